package kubernetes

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Quota is the most that all pods of a namespace may use together. Amounts are
// Kubernetes quantities (500m, 2Gi); CPU, Memory and Pods are not limited if empty
// or 0.
type Quota struct {
	// CPU is the most that pods may ask for, Memory the most that they may use, and
	// Storage the size of all claims; there are no claims if it is empty.
	CPU, Memory, Storage string
	// Pods is their number.
	Pods int
	// LoadBalancers is the number of services that get a load balancer of the
	// cloud, each at its price; none if 0.
	LoadBalancers int
}

// Limits are what a container gets that asks for nothing. Empty is the default.
type Limits struct {
	// Memory and Disk are the most memory and local storage that it may use: 512Mi
	// and 1Gi.
	Memory, Disk string
}

// portsOfBalancer is how many ports of nodes a service with a load balancer may
// take: one for each of its own. They count against the quota of node ports.
const portsOfBalancer = 10

// bound makes the quota and the limits. A quota refuses pods that ask for
// nothing; the limits are what lets those in that a chart brings.
func (n *Namespace) bound(ctx *pulumi.Context, within []pulumi.ResourceOption) error {
	q, l := n.args.Quota, n.args.Limits
	hard := map[string]string{
		"services.loadbalancers": strconv.Itoa(q.LoadBalancers),
		"services.nodeports":     strconv.Itoa(q.LoadBalancers * portsOfBalancer),
	}
	for key, amount := range map[string]string{"requests.cpu": q.CPU, "limits.memory": q.Memory, "requests.storage": q.Storage} {
		if amount != "" {
			hard[key] = amount
		}
	}
	if q.Storage == "" {
		hard["persistentvolumeclaims"] = "0"
	}
	if q.Pods > 0 {
		hard["pods"] = strconv.Itoa(q.Pods)
	}
	if err := n.put(ctx, "quota", Object{
		APIVersion: "v1", Kind: "ResourceQuota", Name: "quota", Body: Map{"spec": Map{"hard": hard}},
	}, within); err != nil {
		return err
	}
	if n.args.Critical {
		if err := n.put(ctx, "critical-pods", n.critical(), within); err != nil {
			return err
		}
	}
	return n.put(ctx, "limits", Object{
		APIVersion: "v1", Kind: "LimitRange", Name: "limits", Body: Map{"spec": Map{"limits": List{Map{
			"type":           "Container",
			"default":        Map{"memory": orText(l.Memory, "512Mi"), "ephemeral-storage": orText(l.Disk, "1Gi")},
			"defaultRequest": Map{"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
		}}}},
	}, within)
}

// critical is a quota that names the critical priority classes. GKE lets pods of
// these classes run in no namespace without one.
// Source: Istio docs, "Platform-Specific Prerequisites", Google Kubernetes Engine;
// Kubernetes docs, "Limit Priority Class consumption by default"; read 2026-11.
func (n *Namespace) critical() Object {
	pods := n.args.Quota.Pods
	if pods == 0 {
		pods = 1000
	}
	return Object{APIVersion: "v1", Kind: "ResourceQuota", Name: "critical-pods", Body: Map{"spec": Map{
		"hard": Map{"pods": strconv.Itoa(pods)},
		"scopeSelector": Map{"matchExpressions": List{Map{
			"scopeName": "PriorityClass", "operator": "In", "values": List{"system-cluster-critical", "system-node-critical"},
		}}},
	}}}
}
