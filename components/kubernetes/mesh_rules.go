package kubernetes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// TrafficPolicy is the trafficPolicy of a DestinationRule: a pod that fails
// several times in a row gets no requests for half a minute, unless most do; and
// requests stay in the caller's zone as long as there are pods that are well.
// Source: Istio 1.30, "Destination Rule" and "Locality Load Balancing".
func TrafficPolicy(ejectAfter int) Map {
	return Map{
		"loadBalancer": Map{"simple": "LEAST_REQUEST", "localityLbSetting": Map{"enabled": true}},
		"outlierDetection": Map{
			"consecutive5xxErrors": ejectAfter, "consecutiveGatewayErrors": ejectAfter, "interval": "10s", "baseEjectionTime": "30s",
			"maxEjectionPercent": 50, "minHealthPercent": 50,
		},
		"connectionPool": Map{"tcp": Map{"connectTimeout": "3s"}, "http": Map{"maxRequestsPerConnection": 1000}},
	}
}

// DefaultPolicy is a DestinationRule for all services of a namespace that have
// none of their own.
func DefaultPolicy(namespace string, ejectAfter int) Object {
	return Object{
		APIVersion: "networking.istio.io/v1", Kind: "DestinationRule", Name: "default", Namespace: namespace,
		Body: Map{"spec": Map{"host": "*." + namespace + ".svc.cluster.local", "trafficPolicy": TrafficPolicy(ejectAfter)}},
	}
}

// CallersArgs are the arguments of AllowCallers.
type CallersArgs struct {
	// Mode is the mesh's.
	Mode MeshMode
	// Namespace and Service are the service that is called.
	Namespace, Service string
	// Aliases are the other Services of its pods: in an ambient mesh each is asked
	// for by its own name.
	Aliases []string
	// Pods are the labels that its pods have.
	Pods map[string]string
	// Ports are those that its pods listen on.
	Ports []int
	// Callers are the service accounts that may call it, as namespace/name. None
	// may if empty.
	Callers []string
	// Direct are those that may ask its pods one by one, past any proxy: on DirectPorts,
	// or on Ports if there are none.
	Direct      []string
	DirectPorts []int
	// Labels are on the rules.
	Labels map[string]string
}

// AllowCallers lets service accounts call a service, and nobody else: in the
// namespaces of a mesh nobody is let in without. In an ambient mesh the waypoint
// asks who calls, and the pods let nobody in but the waypoint.
func AllowCallers(ctx *pulumi.Context, name string, args *CallersArgs, opts ...pulumi.ResourceOption) (*Callers, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating the rules of callers %s: %w", name, err)
	}
	c := &Callers{}
	if err := component.Register(ctx, "kubernetes", "Callers", name, c, opts...); err != nil {
		return nil, err
	}
	for _, o := range args.rules() {
		o.Labels = args.Labels
		made, err := Apply(ctx, resourceName(name, strings.TrimPrefix(o.Name, "callers-")), o, pulumi.Parent(c))
		if err != nil {
			return nil, err
		}
		c.Ready = append(c.Ready, made)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// Callers are the rules of who may call a service.
type Callers struct {
	pulumi.ResourceState

	// Ready are the rules themselves.
	Ready []pulumi.Resource
}

func (a *CallersArgs) check() error {
	if a.Namespace == "" || a.Service == "" || len(a.Pods) == 0 || len(a.Ports) == 0 {
		return errors.New("Namespace, Service, Pods or Ports is missing")
	}
	for _, c := range slices.Concat(a.Callers, a.Direct) {
		if namespace, account, ok := strings.Cut(c, "/"); !ok || namespace == "" || account == "" {
			return fmt.Errorf("got caller %q, want namespace/service account", c)
		}
	}
	return nil
}

// principal is how the mesh knows a service account.
func principal(account string) string {
	namespace, name, _ := strings.Cut(account, "/")
	return "cluster.local/ns/" + namespace + "/sa/" + name
}

// accounts are service accounts as the mesh knows them, in order.
func accounts(all []string) []string {
	principals := make([]string, len(all))
	for i, account := range all {
		principals[i] = principal(account)
	}
	slices.Sort(principals)
	return principals
}

func (a *CallersArgs) rules() []Object {
	callers := accounts(a.Callers)
	pods := callers
	var all []Object
	if a.Mode == Ambient {
		pods = []string{principal(a.Namespace + "/" + Waypoint)}
		var services List
		for _, name := range append([]string{a.Service}, a.Aliases...) {
			services = append(services, Map{"group": "", "kind": "Service", "name": name})
		}
		// Ports are the service's there, not the pods': the rule is for all of them.
		all = append(all, a.rule(a.Service+"-waypoint", Map{"targetRefs": services}, callers, nil))
	}
	where := Map{"selector": Map{"matchLabels": a.Pods}}
	if len(a.DirectPorts) > 0 {
		all = append(all, a.rule(a.Service+"-direct", where, accounts(a.Direct), a.DirectPorts))
	} else {
		pods = slices.Sorted(slices.Values(slices.Concat(pods, accounts(a.Direct))))
	}
	return append(all, a.rule(a.Service, where, pods, a.Ports))
}

// rule allows callers; without any it allows nothing, which is an ALLOW without
// rules.
func (a *CallersArgs) rule(name string, where Map, callers []string, ports []int) Object {
	spec := Map{"action": "ALLOW"}
	if len(callers) > 0 {
		rule := Map{"from": List{Map{"source": Map{"principals": callers}}}}
		if len(ports) > 0 {
			texts := make([]string, len(ports))
			for i, p := range ports {
				texts[i] = fmt.Sprint(p)
			}
			rule["to"] = List{Map{"operation": Map{"ports": texts}}}
		}
		spec["rules"] = List{rule}
	}
	return Object{
		APIVersion: "security.istio.io/v1", Kind: "AuthorizationPolicy", Name: "callers-" + name, Namespace: a.Namespace,
		Body: Map{"spec": Merge(spec, where)},
	}
}
