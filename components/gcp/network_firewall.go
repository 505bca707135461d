package gcp

import (
	"fmt"
	"maps"
	"slices"

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
	denied, err := bind(b.ctx, "gcp:compute/firewall:Firewall", b.name+"-deny", pulumi.Map{
		"description": pulumi.String("Everything that no other rule lets in"), "network": b.out.ID,
		"direction": pulumi.String("INGRESS"), "priority": pulumi.Int(65534), "sourceRanges": pulumi.ToStringArray([]string{"0.0.0.0/0"}),
		"denies":    pulumi.Array{pulumi.Map{"protocol": pulumi.String("all")}},
		"logConfig": pulumi.Map{"metadata": pulumi.String("INCLUDE_ALL_METADATA")},
	}, b.in)
	if err != nil {
		return fmt.Errorf("denying what nobody lets in: %w", err)
	}
	b.out.Ready = append(b.out.Ready, denied)
	rules := b.rules()
	for _, key := range slices.Sorted(maps.Keys(rules)) {
		rule := rules[key]
		allowed, err := bind(b.ctx, "gcp:compute/firewall:Firewall", b.name+"-"+key, pulumi.Map{
			"description": pulumi.String(rule.why), "network": b.out.ID,
			"direction": pulumi.String("INGRESS"), "priority": pulumi.Int(1000), "sourceRanges": pulumi.ToStringArray(rule.from),
			"targetTags": pulumi.ToStringArray([]string{b.nodeTag()}),
			"allows": pulumi.Array{pulumi.Map{
				"protocol": pulumi.String("tcp"), "ports": pulumi.ToStringArray(rule.ports),
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
