package aws

import (
	"regexp"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	shieldSubscriptionToken = "aws:shield/subscription:Subscription"
	shieldProtectionToken   = "aws:shield/protection:Protection"
)

// shieldARN is what Shield Advanced protects.
// Source: Shield API reference, CreateProtection, read 2026-11.
var shieldARN = regexp.MustCompile(`^arn:aws:(cloudfront::\d{12}:distribution/|route53:::hostedzone/|globalaccelerator::\d{12}:accelerator/|ec2:[a-z0-9-]+:\d{12}:eip-allocation/|elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/).+`)

func shieldTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: shieldSubscriptionToken, Noun: "Shield subscription", Global: true,
		ID: func(op *simcloud.Op) string { return op.Account },
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "autoRenew", "ENABLED", "DISABLED"))
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Old == nil && op.Find(shieldSubscriptionToken, "id", op.Account) != nil {
				return simcloud.Refusal("ResourceAlreadyExistsException", "The subscription already exists.")
			}
			return nil
		},
		Delete: func(op *simcloud.Op) error {
			if op.In.Bool("skipDestroy") {
				return nil // it stays, and is paid for: only the record of it goes
			}
			return simcloud.Refusal("LockedSubscriptionException", "You are trying to update a subscription that has not yet completed the 1-year commitment. You can change the AutoRenew parameter during the last 30 days of your subscription.")
		},
	}, {
		Token: shieldProtectionToken, Noun: "protection", Global: true, ID: uuid, Auto: "name", AutoMax: 128,
		Required: []string{"resourceArn"},
		Replace:  []string{"name", "resourceArn"},
		Unique: []simcloud.Unique{{
			Paths: []string{"resourceArn"}, Words: "ResourceAlreadyExistsException: The referenced resource %s already has a protection.",
		}},
		Validate: func(in simcloud.Values) []error {
			if arn := in.String("resourceArn"); arn != "" && !shieldARN.MatchString(arn) {
				return []error{simcloud.Refusal("InvalidResourceException", "Unrecognized resource type of resource %s", arn)}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Find(shieldSubscriptionToken, "id", op.Account) == nil && !subscribedAccounts[op.Account] {
				return simcloud.Refusal("ResourceNotFoundException", "The subscription does not exist.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": globalArn(op, "shield", "protection/"+op.ID)}
		},
	}}
}

// subscribedAccounts had Shield Advanced before any program: an organisation
// subscribes once.
var subscribedAccounts = map[string]bool{"999999999999": true}
