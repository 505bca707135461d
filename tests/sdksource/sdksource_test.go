package sdksource

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPackage(t *testing.T) {
	for tok, want := range map[string]string{
		"aws:ec2/vpc:Vpc":                       "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2",
		"gcp:compute/network:Network":           "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute",
		"azure-native:network:Subnet":           "github.com/pulumi/pulumi-azure-native-sdk/network/v2",
		"azure-native:network/v20240201:Policy": "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240201",
		"kubernetes:core/v1:Pod":                "",
	} {
		if got := Package(tok); got != want {
			t.Errorf("%s: got %s, want %s", tok, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	const tok = "azure-native:network/v20240201:Policy"
	source := &Source{}
	if err := source.Find(Package(tok)); err != nil {
		t.Fatal(err)
	}
	good := func() map[string]any {
		return map[string]any{
			"resourceGroupName": "group", "tags": map[string]any{"stack": "dev"}, "sku": map[string]any{"name": "Premium_AzureFrontDoor"},
			"customRules": map[string]any{"rules": []any{map[string]any{
				"name": "limit", "action": "Block", "priority": 1.0, "ruleType": "RateLimitRule",
				"matchConditions": []any{map[string]any{"matchVariable": "RemoteAddr", "operator": "Any", "matchValue": []any{}, "negateCondition": true}},
			}}},
		}
	}
	rule := func(in map[string]any) map[string]any {
		return in["customRules"].(map[string]any)["rules"].([]any)[0].(map[string]any)
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"good":          {func(map[string]any) {}, ""},
		"unknown":       {func(in map[string]any) { in["sky"] = "blue" }, tok + ": the SDK knows no sky"},
		"missing":       {func(in map[string]any) { delete(in, "resourceGroupName") }, tok + ": resourceGroupName is missing"},
		"inner unknown": {func(in map[string]any) { rule(in)["prio"] = 1.0 }, tok + ".customRules.rules[0]: the SDK knows no prio"},
		"inner missing": {func(in map[string]any) { delete(rule(in), "action") }, tok + ".customRules.rules[0]: action is missing"},
		"fraction":      {func(in map[string]any) { rule(in)["priority"] = 1.5 }, tok + ".customRules.rules[0].priority: got 1.5 (float64), want int"},
		"text":          {func(in map[string]any) { rule(in)["priority"] = "1" }, tok + ".customRules.rules[0].priority: got 1 (string), want int"},
		"flag": {func(in map[string]any) {
			rule(in)["matchConditions"].([]any)[0].(map[string]any)["negateCondition"] = "yes"
		}, tok + ".customRules.rules[0].matchConditions[0].negateCondition: got yes (string), want bool"},
		"no list":   {func(in map[string]any) { in["customRules"].(map[string]any)["rules"] = "none" }, tok + ".customRules.rules: got string, want a list"},
		"no object": {func(in map[string]any) { in["sku"] = "Premium" }, tok + ".sku: got string, want an object"},
		"no map":    {func(in map[string]any) { in["tags"] = "a=b" }, tok + ".tags: got string, want a map"},
	} {
		in := good()
		c.change(in)
		got := ""
		if err := errors.Join(source.Check(tok, in)...); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// Criteria may be one of three types.
func TestCheckOfAChoice(t *testing.T) {
	const tok = "azure-native:insights:MetricAlert"
	source := &Source{}
	if err := source.Find(Package(tok)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"metricName": "", "metricname": tok + ".criteria: no type of the SDK is an object of [allOf odataType]",
	} {
		got := ""
		if err := errors.Join(source.Check(tok, map[string]any{
			"enabled": true, "evaluationFrequency": "PT1M", "resourceGroupName": "group", "scopes": []any{}, "severity": 1.0, "windowSize": "PT5M",
			"criteria": map[string]any{
				"odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
				"allOf": []any{map[string]any{
					"criterionType": "StaticThresholdCriterion", "name": "busy", name: "cpu", "operator": "GreaterThan", "threshold": 0.5, "timeAggregation": "Average",
				}},
			},
		})...); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestSecrets(t *testing.T) {
	source := &Source{}
	for tok, want := range map[string][]string{
		"gcp:compute/address:Address": {"effectiveLabels", "pulumiLabels"}, "gcp:compute/network:Network": nil,
	} {
		if err := source.Find(Package(tok)); err != nil {
			t.Fatal(err)
		}
		source.Check(tok, nil)
		if got := source.Secrets(tok); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", tok, got, want)
		}
	}
}

func TestCheckSaysWhatItCannotFind(t *testing.T) {
	source := &Source{}
	if err := source.Find("github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240201"); err != nil {
		t.Fatal(err)
	}
	for tok, want := range map[string]string{
		"azure-native:network/v20240201:Police": "registers no such token",
		"azure-native:network/v20230201:Subnet": "no source",
	} {
		if got := fmt.Sprint(source.Check(tok, nil)); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %q", tok, got, want)
		}
	}
	if err := source.Find("github.com/pulumi/pulumi-azure-native-sdk/nowhere/v2"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v, want an error that names the package", err)
	}
}
