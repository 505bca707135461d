package azure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
	var dimensions pulumi.Array
	for _, name := range slices.Sorted(maps.Keys(a.dimensions)) {
		dimensions = append(dimensions, pulumi.Map{
			"name": pulumi.String(name), "operator": pulumi.String("Include"), "values": pulumi.ToStringArray([]string{a.dimensions[name]}),
		})
	}
	if _, err := bind(b.ctx, "azure-native:insights:MetricAlert", b.name+"-"+a.name, pulumi.Map{
		"resourceGroupName": b.ResourceGroup, "location": pulumi.String("global"), "ruleName": pulumi.String(b.Prefix + "-" + a.name),
		"description": pulumi.String(a.description()), "severity": pulumi.Int(azureSeverity[a.severity]), "enabled": pulumi.Bool(true), "autoMitigate": pulumi.Bool(true),
		"scopes":              pulumi.StringArray{a.on},
		"evaluationFrequency": pulumi.Sprintf("PT%dM", a.every), "windowSize": pulumi.Sprintf("PT%dM", a.window),
		"criteria": pulumi.Map{
			"odataType": pulumi.String("Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"),
			"allOf": pulumi.Array{pulumi.Map{
				"criterionType": pulumi.String("StaticThresholdCriterion"), "name": pulumi.String(a.metric),
				"metricNamespace": pulumi.String(a.namespace), "metricName": pulumi.String(a.metric), "timeAggregation": pulumi.String(a.total),
				"operator": pulumi.String(a.compare), "threshold": pulumi.Float64(a.threshold), "dimensions": dimensions,
			}},
		},
		"actions": pulumi.Array{pulumi.Map{"actionGroupId": b.groups[a.severity]}},
		"tags":    b.tags("monitoring"),
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
		email, sms, web := pulumi.Array{}, pulumi.Array{}, pulumi.Array{}
		for _, name := range slices.Sorted(maps.Keys(who)) {
			address := pulumi.ToSecret(who[name].Endpoint).(pulumi.StringOutput)
			switch who[name].Protocol {
			case "email":
				email = append(email, pulumi.Map{"name": pulumi.String(name), "emailAddress": address, "useCommonAlertSchema": pulumi.Bool(true)})
			case "https":
				web = append(web, pulumi.Map{"name": pulumi.String(name), "serviceUri": address, "useCommonAlertSchema": pulumi.Bool(true)})
			case "sms":
				sms = append(sms, pulumi.Map{"name": pulumi.String(name), "countryCode": smsPart(address, 1), "phoneNumber": smsPart(address, 2)})
			}
		}
		made, err := bind(b.ctx, "azure-native:insights:ActionGroup", b.name+"-"+string(level), pulumi.Map{
			"resourceGroupName": b.ResourceGroup, "location": pulumi.String("Global"), "actionGroupName": pulumi.String(b.Prefix + "-" + string(level)),
			"groupShortName": pulumi.String(string(level)), "enabled": pulumi.Bool(true),
			"emailReceivers": email, "smsReceivers": sms, "webhookReceivers": web, "tags": b.tags("monitoring"),
		}, pulumi.Parent(b.monitoring))
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
