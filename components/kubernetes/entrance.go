package kubernetes

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// The entrance of the mesh: where its gateway is and what it is called.
const (
	EntranceNamespace = "ingress"
	// EntranceGateway is the name of the release, its Service, its service account
	// and the Gateway that routes are bound to.
	EntranceGateway = "gateway"
	// EntranceHealthPort and EntranceHealthPath answer 200 when it can serve.
	EntranceHealthPort = 15021
	EntranceHealthPath = "/healthz/ready"
)

// entrancePods are the labels of the gateway's pods, as its chart gives them to
// a release of this name.
var entrancePods = map[string]string{"istio": EntranceGateway}

// EntranceArgs are the arguments of NewEntrance.
type EntranceArgs struct {
	// Hosts are the names that are answered; any if there are none.
	Hosts []string
	// Issuer is the name of the ClusterIssuer of the gateway's own certificate;
	// without one the gateway speaks in clear, to what is inside the cluster alone.
	Issuer string
	// Replicas and Most are the fewest and the most gateways.
	Replicas, Most int
	// Namespaces are those whose routes it takes.
	Namespaces []string
	// Balancer asks for a load balancer before the gateway; nil for none.
	Balancer *BalancerArgs
	// Labels are on every object.
	Labels map[string]string
	// After is what must be there first: the mesh, and what issues certificates.
	After []pulumi.Resource
}

// BalancerArgs ask for a load balancer.
type BalancerArgs struct {
	// Class is the IngressClass; empty where an annotation says it.
	Class string
	// Certificate says that it shows the gateway's own certificate.
	Certificate bool
	// Service are annotations of the gateway's Service.
	Service map[string]string
	// Objects are what annotations name, in the gateway's namespace.
	Objects []Object
	// Annotations say what it is like.
	Annotations      map[string]string
	LaterAnnotations map[string]pulumi.StringInput
	// After is what makes load balancers and keeps their names: it must be there
	// until the load balancer is gone.
	After []pulumi.Resource
}

// Entrance is where requests come into the mesh: a gateway of the mesh, and
// before it a load balancer of the cloud.
type Entrance struct {
	pulumi.ResourceState

	// Gateway is what a route names: namespace/name.
	Gateway string
	// Account is whom calls come from, as namespace/service account.
	Account string
	// Ready is what routes depend on.
	Ready []pulumi.Resource
}

// NewEntrance makes the gateway, and the load balancer if there is one.
func NewEntrance(ctx *pulumi.Context, name string, args *EntranceArgs, opts ...pulumi.ResourceOption) (*Entrance, error) {
	if args.Balancer != nil && len(args.Hosts) == 0 {
		return nil, fmt.Errorf("creating entrance %s: %w", name, errors.New("a load balancer without Hosts would answer anybody for anything"))
	}
	e := &Entrance{Gateway: EntranceNamespace + "/" + EntranceGateway, Account: EntranceNamespace + "/" + EntranceGateway}
	if err := component.Register(ctx, "kubernetes", "Entrance", name, e, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(e)
	after, err := args.certificate(ctx, name, parent)
	if err != nil {
		return nil, err
	}
	release, err := InstallRelease(ctx, name, &ReleaseArgs{
		Chart: "istio-gateway", Name: EntranceGateway, Namespace: EntranceNamespace, Values: args.values(),
	}, parent, pulumi.DependsOn(after))
	if err != nil {
		return nil, err
	}
	gateway, err := Apply(ctx, name+"-gateway", args.gateway(), parent, pulumi.DependsOn([]pulumi.Resource{release}))
	if err != nil {
		return nil, err
	}
	e.Ready = []pulumi.Resource{release, gateway}
	if len(args.Hosts) > 0 {
		named, err := Apply(ctx, name+"-hosts", args.named(), parent, pulumi.DependsOn([]pulumi.Resource{release}))
		if err != nil {
			return nil, err
		}
		e.Ready = append(e.Ready, named)
	}
	if args.Balancer != nil {
		ingress, err := args.balance(ctx, name, parent, e.Ready)
		if err != nil {
			return nil, err
		}
		e.Ready = append(e.Ready, ingress)
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{"gateway": pulumi.String(e.Gateway), "hosts": pulumi.ToStringArray(args.Hosts)})
}

// balance asks for the load balancer. It comes last and goes first: its own
// controller takes it down, and the network waits for that.
func (a *EntranceArgs) balance(ctx *pulumi.Context, name string, parent pulumi.ResourceOption, ready []pulumi.Resource) (pulumi.Resource, error) {
	before, after := slices.Concat(a.After, a.Balancer.After), slices.Concat(ready, a.Balancer.After)
	for _, o := range a.Balancer.Objects {
		o.Namespace, o.Labels = EntranceNamespace, merged(a.Labels, o.Labels)
		made, err := Apply(ctx, resourceName(name, lower(o.Kind), o.Name), o, parent, pulumi.DependsOn(before))
		if err != nil {
			return nil, err
		}
		after = append(after, made)
	}
	return Apply(ctx, name+"-balancer", a.ingress(), parent, pulumi.DependsOn(after))
}

// entranceSecret holds the gateway's certificate.
const entranceSecret = "gateway-certificate"

// certificate asks for the gateway's certificate, so that requests are encrypted
// from the load balancer on too.
func (a *EntranceArgs) certificate(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) ([]pulumi.Resource, error) {
	if !a.encrypted() {
		return a.After, nil
	}
	made, err := Apply(ctx, name+"-certificate", Object{
		APIVersion: "cert-manager.io/v1", Kind: "Certificate", Name: EntranceGateway, Namespace: EntranceNamespace, Labels: a.Labels,
		Body: Map{"spec": Map{
			"secretName": entranceSecret, "dnsNames": a.Hosts, "usages": List{"digital signature", "server auth"},
			"privateKey": Map{"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
			"issuerRef":  Map{"group": "cert-manager.io", "kind": "ClusterIssuer", "name": a.Issuer},
		}},
	}, parent, pulumi.DependsOn(a.After))
	if err != nil {
		return nil, err
	}
	return append([]pulumi.Resource{made}, a.After...), nil
}

func (a *EntranceArgs) encrypted() bool { return a.Issuer != "" && len(a.Hosts) > 0 }

// named lets requests for the hosts in, with a port or without, and no others: what
// is behind the gateway without being in the mesh has nobody else to ask.
// Source: Istio 1.30, "Authorization Policy", Operation.
func (a *EntranceArgs) named() Object {
	hosts := List{}
	for _, host := range a.Hosts {
		hosts = append(hosts, host, host+":*")
	}
	return Object{
		APIVersion: "security.istio.io/v1", Kind: "AuthorizationPolicy", Name: "hosts", Namespace: EntranceNamespace, Labels: a.Labels,
		Body: Map{"spec": Map{
			"selector": Map{"matchLabels": entrancePods}, "action": "ALLOW",
			"rules": List{Map{"to": List{Map{"operation": Map{"hosts": hosts}}}}},
		}},
	}
}

// values are the gateway's: inside the cluster alone, since the load balancer
// reaches its pods by their addresses.
// Source: Istio 1.30, chart gateway, values.yaml.
func (a *EntranceArgs) values() Map {
	v := Map{
		"name": EntranceGateway, "labels": entrancePods,
		"service": Map{"type": "ClusterIP", "ports": List{
			Map{"name": "status-port", "port": EntranceHealthPort, "targetPort": EntranceHealthPort, "protocol": "TCP"},
			Map{"name": "http2", "port": 80, "targetPort": 80, "protocol": "TCP"},
			Map{"name": "https", "port": 443, "targetPort": 443, "protocol": "TCP"},
		}},
		// The chart's own lacks the profile that the restricted Pod Security Standard
		// wants; what is named here replaces it.
		"securityContext": Map{
			"seccompProfile": Map{"type": "RuntimeDefault"},
			"sysctls":        List{Map{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}},
		},
		"resources": Resources("100m", "128Mi", "1Gi"),
		"autoscaling": Map{
			"enabled": true, "minReplicas": a.Replicas, "maxReplicas": max(a.Replicas, a.Most), "targetCPUUtilizationPercentage": 70,
		},
		"topologySpreadConstraints": Spread(entrancePods),
		// The load balancer goes on sending for as long as it takes to notice.
		"terminationGracePeriodSeconds": 60,
	}
	if a.Replicas > 1 {
		v["podDisruptionBudget"] = Map{"maxUnavailable": 1}
	}
	if a.Balancer != nil && len(a.Balancer.Service) > 0 {
		v = Merge(v, Map{"service": Map{"annotations": a.Balancer.Service}})
	}
	return v
}

// gateway says what the gateway listens to, and whose routes it takes. It takes
// any host: a load balancer may name none in its TLS handshake. Routes go by the
// host of the request. The pods are those of the release: a Gateway whose address
// is a Service gets none of its own.
// Source: Istio 1.30, "Kubernetes Gateway API", manual deployment.
func (a *EntranceArgs) gateway() Object {
	listener := Map{"name": "http", "port": 80, "protocol": "HTTP"}
	if a.encrypted() {
		listener = Map{
			"name": "https", "port": 443, "protocol": "HTTPS",
			"tls": Map{"mode": "Terminate", "certificateRefs": List{Map{"group": "", "kind": "Secret", "name": entranceSecret}}},
		}
	}
	listener["allowedRoutes"] = Map{"namespaces": Map{"from": "Selector", "selector": Map{"matchExpressions": List{
		Map{"key": "kubernetes.io/metadata.name", "operator": "In", "values": a.Namespaces},
	}}}}
	return Object{
		APIVersion: "gateway.networking.k8s.io/v1", Kind: "Gateway", Name: EntranceGateway, Namespace: EntranceNamespace, Labels: a.Labels,
		Body: Map{"spec": Map{
			"gatewayClassName": "istio", "listeners": List{listener},
			"addresses": List{Map{"type": "Hostname", "value": EntranceGateway + "." + EntranceNamespace + ".svc.cluster.local"}},
		}},
	}
}

// ingress asks for the load balancer. Its hosts are what DNS records are made of.
func (a *EntranceArgs) ingress() Object {
	port := 80
	if a.encrypted() {
		port = 443
	}
	tls := Map{"hosts": a.Hosts}
	if a.Balancer.Certificate {
		tls["secretName"] = entranceSecret
	}
	rules := List{}
	for _, host := range a.Hosts {
		rules = append(rules, Map{"host": host, "http": Map{"paths": List{Map{
			"path": "/", "pathType": "Prefix",
			"backend": Map{"service": Map{"name": EntranceGateway, "port": Map{"number": port}}},
		}}}})
	}
	spec := Map{"tls": List{tls}, "rules": rules}
	if a.Balancer.Class != "" {
		spec["ingressClassName"] = a.Balancer.Class
	}
	return Object{
		APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Name: EntranceGateway, Namespace: EntranceNamespace, Labels: a.Labels,
		Annotations: a.Balancer.Annotations, LaterAnnotations: a.Balancer.LaterAnnotations,
		Body: Map{"spec": spec},
	}
}
