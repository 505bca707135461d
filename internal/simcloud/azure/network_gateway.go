package azure

import (
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	gatewayToken   = "azure-native:network:ApplicationGateway"
	wafPolicyToken = "azure-native:network:WebApplicationFirewallPolicy"
)

// gatewayParts are what an application gateway cannot do without.
// Source: Application Gateway REST API, and its error codes.
var gatewayParts = []string{
	"gatewayIPConfigurations", "frontendIPConfigurations", "frontendPorts", "httpListeners", "requestRoutingRules",
}

func gatewayTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup("Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies", "policyName", simcloud.Type{
			Token: wafPolicyToken, Noun: "firewall policy", Takes: 5 * time.Second,
			Required: []string{"managedRules.managedRuleSets"},
			InUse:    "ApplicationGatewayFirewallPolicyCannotBeDeleted: The firewall policy %s is in use by an application gateway.",
			Validate: func(in simcloud.Values) []error {
				errs := append(onNetwork(in, "ApplicationGatewayWebApplicationFirewallPolicies", "policyName"), simcloud.Problems(
					simcloud.OneOf(in, "policySettings.mode", "Prevention", "Detection"), simcloud.OneOf(in, "policySettings.state", "Enabled", "Disabled"))...)
				for _, set := range in.Objects("managedRules.managedRuleSets[]") {
					kind, version := set.String("ruleSetType"), set.String("ruleSetVersion")
					if !slices.Contains([]string{"OWASP 3.2", "Microsoft_DefaultRuleSet 2.1", "Microsoft_BotManagerRuleSet 1.0", "Microsoft_BotManagerRuleSet 1.1"}, kind+" "+version) {
						errs = append(errs, simcloud.Refusal("ApplicationGatewayFirewallUnknownRuleSet", "The rule set %s %s is not known.", kind, version))
					}
				}
				return errs
			},
		}),
		inGroup("Microsoft.Network/applicationGateways", "applicationGatewayName", simcloud.Type{
			Token: gatewayToken, Noun: "application gateway", Takes: 6 * time.Minute, Replace: []string{"zones"},
			Required: []string{"sku.name"},
			Refs: []simcloud.Ref{
				idRef("gatewayIPConfigurations[].subnet.id", true, subnetToken), idRef("frontendIPConfigurations[].publicIPAddress.id", true, addressToken),
				idRef("firewallPolicy.id", true, wafPolicyToken),
			},
			InUse:    "ApplicationGatewayInUse: The application gateway %s is in use.",
			Validate: gatewayValid,
			Refuse:   refuseGateway,
		}),
	}
}

func gatewayValid(in simcloud.Values) []error {
	errs := append(onNetwork(in, "applicationGateways", "applicationGatewayName"), simcloud.Problems(
		simcloud.OneOf(in, "sku.name", "Standard_v2", "WAF_v2", "Basic"), simcloud.OneOf(in, "sku.tier", "Standard_v2", "WAF_v2", "Basic"),
		simcloud.Between(in, "autoscaleConfiguration.minCapacity", 0, 100), simcloud.Between(in, "autoscaleConfiguration.maxCapacity", 2, 125))...)
	for _, part := range gatewayParts {
		if len(in.All(part+"[]")) == 0 {
			errs = append(errs, simcloud.Refusal("ApplicationGatewayMissingRequiredProperty", "The application gateway needs at least one of %s.", part))
		}
	}
	if in.Has("firewallPolicy") && in.String("sku.tier") != "WAF_v2" {
		errs = append(errs, simcloud.Refusal("ApplicationGatewayFirewallPolicyInvalidSku", "A firewall policy needs the SKU tier WAF_v2."))
	}
	return errs
}

// refuseGateway refuses a subnet that something else is in, and rules that name
// parts that are not there.
func refuseGateway(op *simcloud.Op) error {
	for _, id := range op.In.Strings("gatewayIPConfigurations[].subnet.id") {
		if user := inSubnet(op, id); user != nil && user.Type != gatewayToken {
			return simcloud.Refusal("ApplicationGatewaySubnetCannotBeUsedByOtherResources", "Subnet %s cannot be used for application gateway since it has other resources deployed.", id)
		}
		if err := delegated(op, id, ""); err != nil {
			return err
		}
	}
	priorities := map[int]bool{}
	for _, rule := range op.In.Objects("requestRoutingRules[]") {
		if p := rule.Int("priority"); p == 0 || priorities[p] {
			return simcloud.Refusal("ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty", "Request routing rule %s needs a priority of its own.", rule.String("name"))
		}
		priorities[rule.Int("priority")] = true
	}
	return nil
}
