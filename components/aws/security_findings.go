package aws

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// findingSeverity is how bad a finding is, and the number at which GuardDuty's
// begin.
type findingSeverity struct {
	name  string
	value float64
}

// findingSeverities are all severities that call for something, the least first.
// Sources: GuardDuty user guide, "Severity levels for GuardDuty findings";
// Security Hub user guide, "Assigning severity to findings", read 2026-11.
var findingSeverities = []findingSeverity{{"low", 1}, {"medium", 4}, {"high", 7}, {"critical", 9}}

// finder is a service whose findings reach people, with the event that it sends
// of each and what people are told of it.
type finder struct {
	// name tells it from the others; it is a heading of the runbook, too.
	name    string
	pattern map[string]any
	// says takes its <parts> from the event.
	says  string
	parts map[string]string
}

// finders are the services whose findings of a severity and above reach people.
// Security Hub hands on what Inspector and Access Analyzer find, and what fails
// a standard; GuardDuty's findings come from GuardDuty itself, once. Security
// Hub tells of a finding again whenever it changes, for as long as nobody has
// said that they know (its workflow status).
// Sources: GuardDuty user guide, "Processing GuardDuty findings with Amazon
// EventBridge"; Security Hub user guide, "EventBridge event formats".
func finders(from string) []finder {
	var least float64
	var labels []string
	for _, s := range findingSeverities {
		if s.name == from || labels != nil {
			labels = append(labels, strings.ToUpper(s.name))
		}
		if s.name == from {
			least = s.value
		}
	}
	return []finder{{
		name: "guardduty-findings",
		pattern: map[string]any{
			"source": []string{"aws.guardduty"}, "detail-type": []string{"GuardDuty Finding"},
			"detail": map[string]any{"severity": []any{map[string]any{"numeric": []any{">=", least}}}},
		},
		says: "GuardDuty, severity <severity>, account <account>, <region>: <title>. <description> (<type>, <id>)",
		parts: map[string]string{
			"severity": "$.detail.severity", "account": "$.account", "region": "$.region", "title": "$.detail.title",
			"description": "$.detail.description", "type": "$.detail.type", "id": "$.detail.id",
		},
	}, {
		name: "hub-findings",
		pattern: map[string]any{
			"source": []string{"aws.securityhub"}, "detail-type": []string{"Security Hub Findings - Imported"},
			"detail": map[string]any{"findings": map[string]any{
				"Severity": map[string]any{"Label": labels}, "Workflow": map[string]any{"Status": []string{"NEW"}},
				"RecordState": []string{"ACTIVE"}, "ProductName": []any{map[string]any{"anything-but": []string{"GuardDuty"}}},
			}},
		},
		says: "Security Hub (<product>), <severity>, account <account>, <region>: <title> at <resource>. (<id>)",
		parts: map[string]string{
			"severity": "$.detail.findings[0].Severity.Label", "account": "$.account", "region": "$.region", "title": "$.detail.findings[0].Title",
			"product": "$.detail.findings[0].ProductName", "resource": "$.detail.findings[0].Resources[0].Id", "id": "$.detail.findings[0].Id",
		},
	}}
}

// tell has EventBridge send findings to the topic p1, as a sentence and where to
// read on. Its policy, and its key's, let EventBridge in (PublishFindings).
func (b *baselineBuilder) tell() error {
	for _, f := range finders(b.AlertSeverity) {
		name := b.name + "-" + f.name
		var pattern strings.Builder
		text := json.NewEncoder(&pattern)
		text.SetEscapeHTML(false) // EventBridge reads ">=" either way; people do not
		if err := text.Encode(f.pattern); err != nil {
			return fmt.Errorf("writing the pattern of %s: %w", name, err)
		}
		rule, err := bind(b.ctx, "aws:cloudwatch/eventRule:EventRule", name, pulumi.Map{
			"description":  pulumi.String(b.Prefix + ": findings of severity " + b.AlertSeverity + " and above"),
			"eventPattern": pulumi.String(strings.TrimSpace(pattern.String())), "tags": b.tags("security", name),
		}, b.in)
		if err != nil {
			return fmt.Errorf("creating rule %s: %w", name, err)
		}
		if _, err := bind(b.ctx, "aws:cloudwatch/eventTarget:EventTarget", name, pulumi.Map{
			"rule": rule.Name, "targetId": pulumi.String("p1"), "arn": b.P1Topic,
			"inputTransformer": pulumi.Map{
				"inputPaths":    pulumi.ToStringMap(f.parts),
				"inputTemplate": pulumi.String(fmt.Sprintf("%q\n%q", f.says, "Runbook: docs/runbooks/security.md#"+f.name)),
			},
		}, b.in); err != nil {
			return fmt.Errorf("sending events of rule %s: %w", name, err)
		}
	}
	return nil
}
