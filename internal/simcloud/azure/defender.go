package azure

import (
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const pricingToken = "azure-native:security:Pricing"

// plans are those of Microsoft Defender for Cloud.
// Source: Defender for Cloud REST API, Pricings, read 2026-11.
var plans = []string{
	"VirtualMachines", "SqlServers", "AppServices", "StorageAccounts", "SqlServerVirtualMachines", "KeyVaults", "Arm", "Containers",
	"OpenSourceRelationalDatabases", "CosmosDbs", "CloudPosture", "Api", "AI",
}

func defenderTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: pricingToken, Noun: "plan of Defender for Cloud", Takes: 5 * time.Second,
		Required: []string{"pricingName", "pricingTier"}, Replace: []string{"pricingName"},
		ID: func(op *simcloud.Op) string {
			return "/subscriptions/" + op.Account + "/providers/Microsoft.Security/pricings/" + op.In.String("pricingName")
		},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "pricingName", plans...), simcloud.OneOf(in, "pricingTier", "Free", "Standard"))
			if in.Has("subPlan") && in.String("pricingTier") == "Free" {
				errs = append(errs, simcloud.Refusal("InvalidInputJson", "A plan that is off has no sub-plan."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.In.String("pricingName"), "type": "Microsoft.Security/pricings"}
		},
	}}
}
