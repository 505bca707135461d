package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// cdnAlarms watch a CloudFront distribution. They stand in us-east-1.
func cdnAlarms(distribution pulumi.StringInput) []alarm {
	base := alarm{namespace: "AWS/CloudFront", dimensions: pulumi.StringMap{"DistributionId": distribution, "Region": pulumi.String("Global")}}
	return base.fill([]alarm{{
		name: "cdn-errors", severity: p0, runbook: "cdn.md#errors",
		means:   "more than 5 % of the CDN's answers have been server errors for 5 minutes: users see a broken site.",
		metrics: one("5xxErrorRate", "Average"), compare: above, threshold: 5, seconds: 60, periods: 5, missing: silenceIsGood,
	}, {
		name: "cdn-some-errors", severity: p1, runbook: "cdn.md#errors",
		means:   "more than 1 % of the CDN's answers have been server errors for 30 minutes.",
		metrics: one("5xxErrorRate", "Average"), compare: above, threshold: 1, seconds: 300, periods: 6, missing: silenceIsGood,
	}})
}

// natAlarms watch a NAT gateway.
func natAlarms(name string, id pulumi.StringInput) []alarm {
	base := alarm{namespace: "AWS/NATGateway", dimensions: pulumi.StringMap{"NatGatewayId": id}}
	return base.fill([]alarm{{
		// A gateway has 55,000 connections to one destination for each address. Each
		// that it refuses is a call that somebody's program could not make.
		name: "nat-" + name + "-ports", severity: p1, runbook: "nat.md#ports",
		means:   "NAT gateway " + name + " has had no port left for new connections for 5 minutes; calls to the outside fail.",
		metrics: one("ErrorPortAllocation", "Sum"), compare: above, threshold: 0, seconds: 60, periods: 5, missing: silenceIsGood,
	}, {
		// AWS's own advice: above a hundredth of a percent something is wrong with
		// the gateway or with the traffic.
		name: "nat-" + name + "-drops", severity: p1, runbook: "nat.md#drops",
		means: "NAT gateway " + name + " has dropped more than 0.01 % of its packets for 15 minutes.",
		metrics: []metric{
			{"drops", "PacketsDropCount", "Sum"}, {"inside", "PacketsInFromSource", "Sum"}, {"outside", "PacketsInFromDestination", "Sum"},
		},
		expression: "100 * FILL(drops, 0) / (inside + outside)", compare: above, threshold: 0.01, seconds: 300, periods: 3, missing: silenceIsGood,
	}})
}
