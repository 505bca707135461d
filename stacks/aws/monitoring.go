package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

func (b *builder) makeMonitoring() error {
	args := &components.MonitoringArgs{
		Scope: b.scope, KeyArn: b.keys.alerts.Arn,
		P0: subscriptions(b.Alerts.P0), P1: subscriptions(b.Alerts.P1),
		Database: &components.DatabaseAlarms{
			Identifier: b.rds.Identifier, Replicas: b.rds.ReplicaIdentifiers,
			Instance: b.Database.Instance, StorageGiB: b.Database.StorageGiB,
		},
		Cache:          b.cacheAlarms(),
		DistributionID: b.cdn.ID, NATGateways: map[string]pulumi.StringInput{},
		Publishers: b.publishers(),
	}
	b.watchCompute(args)
	for zone, id := range b.vpc.NATGateways {
		args.NATGateways[zone] = id
	}
	monitoring, err := components.NewMonitoring(b.ctx, "monitoring", args, b.in)
	if err != nil {
		return err
	}
	b.monitoring = monitoring
	b.platform.Alerts = platform.Alerts{P0: monitoring.P0Arn, P1: monitoring.P1Arn}
	return nil
}

// subscriptions marks every address as a secret: that of an on-call service
// holds its key.
func subscriptions(s map[string]settings.Subscription) map[string]components.SubscriptionArgs {
	all := map[string]components.SubscriptionArgs{}
	for name, one := range s {
		all[name] = components.SubscriptionArgs{Protocol: string(one.Protocol), Endpoint: secretOf(one.Endpoint)}
	}
	return all
}
