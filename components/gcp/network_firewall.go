package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// healthChecks are where Google's load balancers come from: their checks, and
// the requests that they pass on.
// Source: Cloud Load Balancing docs, "Firewall rules", read 2026-11.
var healthChecks = []string{"35.191.0.0/16", "130.211.0.0/22"}

// makeFirewall lets in what is named, and writes down the rest. What the
// cluster's nodes, its API and its load balancers need among themselves, GKE
// allows by rules of its own, before these.
// Source: GKE docs, "Automatically created firewall rules", read 2026-11.
func (b *networkBuild) makeFirewall() error {
	denied, err := compute.NewFirewall(b.ctx, b.name+"-deny", &compute.FirewallArgs{
		Description: pulumi.String("Everything that no other rule lets in"), Network: b.out.ID,
		Direction: pulumi.String("INGRESS"), Priority: pulumi.Int(65534), SourceRanges: pulumi.ToStringArray([]string{"0.0.0.0/0"}),
		Denies:    compute.FirewallDenyArray{&compute.FirewallDenyArgs{Protocol: pulumi.String("all")}},
		LogConfig: &compute.FirewallLogConfigArgs{Metadata: pulumi.String("INCLUDE_ALL_METADATA")},
	}, b.in)
	if err != nil {
		return fmt.Errorf("denying what nobody lets in: %w", err)
	}
	b.out.Ready = append(b.out.Ready, denied)
	rules := b.rules()
	for _, key := range slices.Sorted(maps.Keys(rules)) {
		rule := rules[key]
		allowed, err := compute.NewFirewall(b.ctx, b.name+"-"+key, &compute.FirewallArgs{
			Description: pulumi.String(rule.why), Network: b.out.ID,
			Direction: pulumi.String("INGRESS"), Priority: pulumi.Int(1000), SourceRanges: pulumi.ToStringArray(rule.from),
			TargetTags: pulumi.ToStringArray([]string{b.nodeTag()}),
			Allows: compute.FirewallAllowArray{&compute.FirewallAllowArgs{
				Protocol: pulumi.String("tcp"), Ports: pulumi.ToStringArray(rule.ports),
			}},
		}, b.in)
		if err != nil {
			return fmt.Errorf("letting in %s: %w", key, err)
		}
		b.out.Ready = append(b.out.Ready, allowed)
	}
	return nil
}

// letIn is a rule that lets TCP in to nodes and their pods.
type letIn struct {
	why   string
	from  []string
	ports []string
}

// rules are what GKE does not allow by itself: load balancers of network
// endpoint groups that something else than GKE's own controllers makes, and
// webhooks on other ports than 443, which the Kubernetes API calls.
func (b *networkBuild) rules() map[string]letIn {
	return map[string]letIn{
		"balancers": {"Load balancers, to pods", healthChecks, []string{"1024-65535"}},
		"webhooks":  {"The Kubernetes API, to webhooks", []string{b.out.NodeCIDR}, []string{"443", "4443", "6443", "8443", "9443", "10250", "15017"}},
	}
}
