package kubernetes

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Connection is one that a pod takes or makes: its other end, and the ports.
type Connection struct {
	// Name says who it is; it stands in the policy's annotation.
	Name string
	// Namespace is where the pods are, the policy's own if empty; Pods are labels
	// of them, all of the namespace if empty.
	Namespace string
	Pods      map[string]string
	// CIDR is a range instead, without the ranges in Except.
	CIDR   string
	Except []string
	// TCP and UDP are the ports: numbers, or Pulumi inputs.
	TCP, UDP List
}

func (p Connection) selector() Map {
	if p.CIDR != "" {
		block := Map{"cidr": p.CIDR}
		if len(p.Except) > 0 {
			block["except"] = p.Except
		}
		return Map{"ipBlock": block}
	}
	out := Map{"podSelector": Map{}}
	if len(p.Pods) > 0 {
		out["podSelector"] = Map{"matchLabels": p.Pods}
	}
	if p.Namespace != "" {
		out["namespaceSelector"] = Map{"matchLabels": Map{"kubernetes.io/metadata.name": p.Namespace}}
	}
	return out
}

// ports are the peer's. What a mesh carries between pods comes through its tunnel.
func (p Connection) ports(tunnel int) List {
	var all List
	if tunnel != 0 && p.CIDR == "" {
		all = append(all, Map{"protocol": "TCP", "port": tunnel})
	}
	for _, n := range p.TCP {
		all = append(all, Map{"protocol": "TCP", "port": n})
	}
	for _, n := range p.UDP {
		all = append(all, Map{"protocol": "UDP", "port": n})
	}
	return all
}

// policy lets the pods called name connect to, and be reached from, its peers
// alone. The annotation names the flows.
func (p *Pod) policy(ctx *pulumi.Context, prefix, name string, pods []string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	spec := Map{
		"podSelector": Map{"matchExpressions": List{Map{"key": NameLabel, "operator": "In", "values": pods}}},
		"policyTypes": List{"Ingress", "Egress"},
	}
	var ingress, egress List
	var from, to []string
	for _, peer := range p.From {
		ingress = append(ingress, Map{"from": List{peer.selector()}, "ports": peer.ports(p.Tunnel)})
		from = append(from, peer.Name)
	}
	for _, peer := range p.To {
		egress = append(egress, Map{"to": List{peer.selector()}, "ports": peer.ports(p.Tunnel)})
		to = append(to, peer.Name)
	}
	if len(ingress) > 0 {
		spec["ingress"] = ingress
	}
	if len(egress) > 0 {
		spec["egress"] = egress
	}
	return Apply(ctx, resourceName(prefix, "network"), Object{
		APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Name: name, Namespace: p.Namespace, Labels: p.labels(name),
		Annotations: map[string]string{"explico.io/from": strings.Join(from, " "), "explico.io/to": strings.Join(to, " ")},
		Body:        Map{"spec": spec},
	}, opts...)
}
