package kubernetes

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Flow is traffic that a namespace lets through: from its pods to others, or
// from others to its pods.
type Flow struct {
	// Name says what for; the network policy is called allow-<name>.
	Name string
	// Pods are the labels of the pods it holds for; all of the namespace if empty.
	Pods map[string]string
	// From are who may speak to the pods, and To whom the pods may speak to.
	From, To []Peer
	// Ports are TCP ports of the side that is spoken to; all ports if empty. UDP
	// are UDP ports beside them.
	Ports, UDP []int
}

// Peer is the other end of a flow: pods, or addresses.
type Peer struct {
	// Namespace and Pods (labels; all pods if empty) are pods of the cluster.
	Namespace string
	Pods      map[string]string
	// Everywhere are the pods of all namespaces.
	Everywhere bool
	// CIDRs are address ranges, without the parts of them in Except. Addresses of
	// pods do not count among them with every network plugin.
	CIDRs, Except []string
}

// PrivateRanges are the IPv4 ranges that are nobody's on the internet.
// Source: RFC 1918, RFC 6598.
func PrivateRanges() []string {
	return []string{"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"}
}

// Internet is every address but the private ones: what is inside the network is
// named where it is needed.
// Source: RFC 3927, RFC 4193, RFC 4291.
func Internet() []Peer {
	return []Peer{
		{CIDRs: []string{"0.0.0.0/0"}, Except: append(PrivateRanges(), "169.254.0.0/16")},
		{CIDRs: []string{"::/0"}, Except: []string{"fc00::/7", "fe80::/10"}},
	}
}

// shut refuses all traffic, and lets through what is named.
func (n *Namespace) shut(ctx *pulumi.Context, within []pulumi.ResourceOption) error {
	if err := n.put(ctx, "default-deny", policy("default-deny", Map{
		"podSelector": Map{}, "policyTypes": List{"Ingress", "Egress"},
	}), within); err != nil {
		return err
	}
	// kube-dns is the label of CoreDNS too, in every distribution.
	dns := Flow{
		Name: "dns", Ports: []int{53}, UDP: []int{53},
		To: []Peer{{Namespace: "kube-system", Pods: map[string]string{"k8s-app": "kube-dns"}}},
	}
	for _, f := range append([]Flow{dns}, n.args.Flows...) {
		spec, err := f.spec()
		if err != nil {
			return fmt.Errorf("creating flow %s of namespace %s: %w", f.Name, n.Name, err)
		}
		if err := n.put(ctx, "allow-"+f.Name, policy("allow-"+f.Name, spec), within); err != nil {
			return err
		}
	}
	return nil
}

func policy(name string, spec Map) Object {
	return Object{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Name: name, Body: Map{"spec": spec}}
}

// FlowPolicy is a flow as the specification of a NetworkPolicy, for components
// that bring one of their own. A flow without a name, or from and to nobody, is
// an error.
func FlowPolicy(f Flow) (Map, error) { return f.spec() }

func (f Flow) spec() (Map, error) {
	if f.Name == "" || len(f.From)+len(f.To) == 0 {
		return nil, errors.New("want a name, and From or To")
	}
	types, spec := List{}, Map{"podSelector": labelSelector(f.Pods)}
	for _, d := range []struct {
		peers                 []Peer
		direction, rule, side string
	}{{f.From, "Ingress", "ingress", "from"}, {f.To, "Egress", "egress", "to"}} {
		if len(d.peers) == 0 {
			continue // a rule without peers would let everybody through
		}
		peers := List{}
		for _, p := range d.peers {
			all, err := p.selectors()
			if err != nil {
				return nil, err
			}
			peers = append(peers, all...)
		}
		allowed := Map{d.side: peers}
		if ports := f.ports(); len(ports) > 0 {
			allowed["ports"] = ports
		}
		types, spec[d.rule] = append(types, d.direction), List{allowed}
	}
	spec["policyTypes"] = types
	return spec, nil
}

func (f Flow) ports() List {
	all := List{}
	for _, p := range f.UDP {
		all = append(all, Map{"protocol": "UDP", "port": p})
	}
	for _, p := range f.Ports {
		all = append(all, Map{"protocol": "TCP", "port": p})
	}
	return all
}

func (p Peer) selectors() (List, error) {
	kinds := 0
	for _, given := range []bool{p.Namespace != "", p.Everywhere, len(p.CIDRs) > 0} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, fmt.Errorf("got namespace %q, everywhere %v and ranges %v, want one of them", p.Namespace, p.Everywhere, p.CIDRs)
	}
	if len(p.CIDRs) == 0 {
		peer := Map{"namespaceSelector": Map{}}
		if p.Namespace != "" {
			peer["namespaceSelector"] = labelSelector(map[string]string{"kubernetes.io/metadata.name": p.Namespace})
		}
		if len(p.Pods) > 0 {
			peer["podSelector"] = labelSelector(p.Pods)
		}
		return List{peer}, nil
	}
	all := List{}
	for _, cidr := range p.CIDRs {
		block := Map{"cidr": cidr}
		if len(p.Except) > 0 {
			block["except"] = p.Except
		}
		all = append(all, Map{"ipBlock": block})
	}
	return all, nil
}

// labelSelector selects by labels, or everything where there are none.
func labelSelector(labels map[string]string) Map {
	if len(labels) == 0 {
		return Map{}
	}
	return Map{"matchLabels": labels}
}
