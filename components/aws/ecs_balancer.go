package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// balancerLimit is what Elastic Load Balancing allows for a name. The load
// balancer's is set: nothing that is set here would ever replace it, and its
// own DNS name begins with it.
var balancerLimit = component.Limit{Max: 32}

// TLSPolicy is what load balancers speak: TLS 1.2 and 1.3 with forward secrecy.
// Source: Application Load Balancer user guide, "Security policies".
const TLSPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// balancerPrefix begins the names of the access log's objects.
const balancerPrefix = "alb"

// makeBalancer makes the load balancer.
func (b *ecsBuilder) makeBalancer() error {
	addresses := "ipv4"
	if b.IPv6 {
		addresses = "dualstack"
	}
	balancer, err := lb.NewLoadBalancer(b.ctx, b.name, &lb.LoadBalancerArgs{
		Name:             pulumi.String(balancerLimit.Name(b.Prefix)),
		LoadBalancerType: pulumi.String("application"), Internal: pulumi.Bool(false), IpAddressType: pulumi.String(addresses),
		Subnets: b.PublicSubnetIDs, SecurityGroups: pulumi.StringArray{b.door.ID()},
		// Requests that servers read differently are how one is smuggled past another.
		DropInvalidHeaderFields: pulumi.Bool(true), DesyncMitigationMode: pulumi.String("defensive"),
		EnableDeletionProtection: pulumi.Bool(b.Protect),
		AccessLogs: lb.LoadBalancerAccessLogsArgs{
			Bucket: b.LogBucket, Prefix: pulumi.String(balancerPrefix), Enabled: pulumi.Bool(true),
		},
		Tags: b.tags("ecs", b.name),
	}, b.child(pulumi.Protect(b.Protect))...)
	if err != nil {
		return fmt.Errorf("creating the load balancer: %w", err)
	}
	b.balancer = balancer
	e := b.ecs
	e.LoadBalancerArn, e.LoadBalancerID = balancer.Arn, balancer.ArnSuffix
	e.DNSName, e.DNSZoneID = balancer.DnsName, balancer.ZoneId
	if b.WebACLArn == nil {
		return nil
	}
	return b.guard()
}

// guard puts the web ACL in front of the load balancer.
func (b *ecsBuilder) guard() error {
	if err := newWebACLAssociation(b.ctx, b.name, b.WebACLArn, b.balancer.Arn, b.child()...); err != nil {
		return fmt.Errorf("putting the web ACL in front of the load balancer: %w", err)
	}
	return nil
}

// makeListeners makes the two listeners: one that answers, and one that sends
// whoever comes in clear to the first (the CDN never does). What no service's
// rule takes gets 404.
func (b *ecsBuilder) makeListeners() error {
	certificate, err := b.certificate()
	if err != nil {
		return err
	}
	https, err := lb.NewListener(b.ctx, b.name+"-https", &lb.ListenerArgs{
		LoadBalancerArn: b.balancer.Arn, Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"),
		SslPolicy: pulumi.String(TLSPolicy), CertificateArn: certificate.ToStringOutput().ToStringPtrOutput(),
		// Three years without a request in clear, for this name and those below it.
		RoutingHttpResponseStrictTransportSecurityHeaderValue: pulumi.String("max-age=94608000; includeSubDomains"),
		RoutingHttpResponseServerEnabled:                      pulumi.Bool(false),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("fixed-response"), FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
				ContentType: pulumi.String("text/plain"), MessageBody: pulumi.String("not found"), StatusCode: pulumi.String("404"),
			},
		}},
		Tags: b.tags("ecs", b.name+"-https"),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating the HTTPS listener: %w", err)
	}
	b.ecs.ListenerArn = https.Arn
	if b.OnlyCDN {
		return nil
	}
	if _, err := lb.NewListener(b.ctx, b.name+"-http", &lb.ListenerArgs{
		LoadBalancerArn: b.balancer.Arn, Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"), Redirect: lb.ListenerDefaultActionRedirectArgs{
				Port: pulumi.String("443"), Protocol: pulumi.String("HTTPS"), StatusCode: pulumi.String("HTTP_301"),
			},
		}},
		Tags: b.tags("ecs", b.name+"-http"),
	}, b.child()...); err != nil {
		return fmt.Errorf("creating the listener that redirects: %w", err)
	}
	return nil
}
