package azure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/insights/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarm is what an alert watches and what it means.
type alarm struct {
	// name tells it from the other alerts of a stack: area, thing, trouble.
	name     string
	severity severity
	// means says what is wrong, for whoever is woken by it.
	means string
	// runbook is where it is said what to do: <file>#<heading> in docs/runbooks.
	runbook string

	// on is the id of what is watched; namespace, metric and total say what is
	// measured and how the values of a window become one.
	on                       pulumi.StringInput
	namespace, metric, total string
	// dimensions narrow the metric down; a value of * makes an alert of each.
	dimensions map[string]string

	// The alert rings when compare with threshold holds over a window of minutes,
	// which Azure looks at every minutes.
	compare       string
	threshold     float64
	window, every int
}

const (
	above = "GreaterThan"
	below = "LessThan"
)

// fill gives alarms what they share.
func (a alarm) fill(all []alarm) []alarm {
	for i := range all {
		all[i].on, all[i].namespace = a.on, a.namespace
	}
	return all
}

func (a *alarm) description() string {
	return strings.ToUpper(string(a.severity)) + ": " + a.means + " Runbook: docs/runbooks/" + a.runbook
}

// azureSeverity is how grave Azure calls it: 0 is critical, 2 a warning.
var azureSeverity = map[severity]int{p0: 0, p1: 2}

// alarm makes an alert on a metric. A service that reports nothing rings none:
// what must be there has a metric that says so.
func (b *monitoringBuilder) alarm(a alarm) error {
	var dimensions insights.MetricDimensionArray
	for _, name := range slices.Sorted(maps.Keys(a.dimensions)) {
		dimensions = append(dimensions, insights.MetricDimensionArgs{
			Name: pulumi.String(name), Operator: pulumi.String("Include"), Values: pulumi.ToStringArray([]string{a.dimensions[name]}),
		})
	}
	if _, err := insights.NewMetricAlert(b.ctx, b.name+"-"+a.name, &insights.MetricAlertArgs{
		ResourceGroupName: b.ResourceGroup, Location: pulumi.String("global"), RuleName: pulumi.String(b.Prefix + "-" + a.name),
		Description: pulumi.String(a.description()), Severity: pulumi.Int(azureSeverity[a.severity]), Enabled: pulumi.Bool(true), AutoMitigate: pulumi.Bool(true),
		Scopes:              pulumi.StringArray{a.on},
		EvaluationFrequency: pulumi.Sprintf("PT%dM", a.every), WindowSize: pulumi.Sprintf("PT%dM", a.window),
		Criteria: insights.MetricAlertSingleResourceMultipleMetricCriteriaArgs{
			OdataType: pulumi.String("Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"),
			AllOf: insights.MetricCriteriaArray{insights.MetricCriteriaArgs{
				CriterionType: pulumi.String("StaticThresholdCriterion"), Name: pulumi.String(a.metric),
				MetricNamespace: pulumi.String(a.namespace), MetricName: pulumi.String(a.metric), TimeAggregation: pulumi.String(a.total),
				Operator: pulumi.String(a.compare), Threshold: pulumi.Float64(a.threshold), Dimensions: dimensions,
			}},
		},
		Actions: insights.MetricAlertActionArray{insights.MetricAlertActionArgs{ActionGroupId: b.groups[a.severity].ToStringPtrOutput()}},
		Tags:    b.tags("monitoring"),
	}, pulumi.Parent(b.monitoring)); err != nil {
		return fmt.Errorf("creating alert %s: %w", a.name, err)
	}
	b.monitoring.AlarmNames = append(b.monitoring.AlarmNames, b.Prefix+"-"+a.name)
	return nil
}

// subscribe makes the action groups. Addresses are kept secret.
func (b *monitoringBuilder) subscribe() error {
	for _, level := range []severity{p0, p1} {
		who := map[severity]map[string]SubscriptionArgs{p0: b.P0, p1: b.P1}[level]
		args := &insights.ActionGroupArgs{
			ResourceGroupName: b.ResourceGroup, Location: pulumi.String("Global"), ActionGroupName: pulumi.String(b.Prefix + "-" + string(level)),
			GroupShortName: pulumi.String(string(level)), Enabled: pulumi.Bool(true), Tags: b.tags("monitoring"),
		}
		email, sms, web := insights.EmailReceiverArray{}, insights.SmsReceiverArray{}, insights.WebhookReceiverArray{}
		for _, name := range slices.Sorted(maps.Keys(who)) {
			address := pulumi.ToSecret(who[name].Endpoint).(pulumi.StringOutput)
			switch who[name].Protocol {
			case "email":
				email = append(email, insights.EmailReceiverArgs{Name: pulumi.String(name), EmailAddress: address, UseCommonAlertSchema: pulumi.Bool(true)})
			case "https":
				web = append(web, insights.WebhookReceiverArgs{Name: pulumi.String(name), ServiceUri: address, UseCommonAlertSchema: pulumi.Bool(true)})
			case "sms":
				sms = append(sms, insights.SmsReceiverArgs{Name: pulumi.String(name), CountryCode: smsPart(address, 1), PhoneNumber: smsPart(address, 2)})
			}
		}
		args.EmailReceivers, args.SmsReceivers, args.WebhookReceivers = email, sms, web
		made, err := insights.NewActionGroup(b.ctx, b.name+"-"+string(level), args, pulumi.Parent(b.monitoring))
		if err != nil {
			return fmt.Errorf("creating action group %s: %w", level, err)
		}
		b.groups[level] = made.ID().ToStringOutput()
	}
	return nil
}

// smsPart is the country's code (1) or the number (2) of a telephone.
func smsPart(number pulumi.StringOutput, part int) pulumi.StringOutput {
	return number.ApplyT(func(text string) (string, error) {
		m := smsNumber.FindStringSubmatch(text)
		if m == nil {
			return "", fmt.Errorf("reading a telephone number: want it as in +41 791234567")
		}
		return m[part], nil
	}).(pulumi.StringOutput)
}
