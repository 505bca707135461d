package aws

// Publisher is a service of AWS that publishes to the p1 topic by itself, beside
// CloudWatch.
type Publisher struct {
	service string
	// narrow says that the service tells whose business it is on, so that it may
	// publish for this account alone.
	narrow bool
}

// The publishers. That AWS Backup tells its account is written nowhere, and that
// EventBridge does not is; a condition on it would keep every message away
// without a word. AWS Backup publishes only to topics of the account that it
// works for.
// Sources: AWS Backup developer guide, "Notification options"; AWS Cost
// Management user guide, "Creating an Amazon SNS topic for budget
// notifications" and "for anomaly notifications"; SNS developer guide, "Managing
// Amazon SNS encryption keys and costs".
var (
	PublishBackups   = Publisher{service: "backup.amazonaws.com"}
	PublishBudgets   = Publisher{service: "budgets.amazonaws.com", narrow: true}
	PublishAnomalies = Publisher{service: "costalerts.amazonaws.com", narrow: true}
	// PublishFindings is EventBridge, which passes on what other services find.
	PublishFindings = Publisher{service: "events.amazonaws.com"}
)

// MayUse lets the service encrypt what it publishes to a topic with a key.
func (p Publisher) MayUse(s Scope) Statement { return serviceMayUse(p.service, p.condition(s)) }

func (p Publisher) condition(s Scope) map[string]map[string][]string {
	if !p.narrow {
		return nil
	}
	return map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {s.AccountID}}}
}
