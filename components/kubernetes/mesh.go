package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// MeshMode is how a mesh sees traffic.
type MeshMode string

// The modes of a mesh.
const (
	// Sidecar puts a proxy into every pod.
	Sidecar MeshMode = "sidecar"
	// Ambient puts a proxy on every node, and one (a waypoint) in front of the
	// services of a namespace.
	Ambient MeshMode = "ambient"
)

// MeshNamespace is where the mesh's own pods run, and where what holds for the
// whole mesh is said.
const MeshNamespace = "istio-system"

// Waypoint is the name of the proxy in front of a namespace's services, in an
// ambient mesh.
const Waypoint = "waypoint"

// AmbientProbes is the address that the kubelet's probes of pods in an ambient mesh
// come from.
// Source: Istio 1.30, "Ambient and Kubernetes NetworkPolicy".
const AmbientProbes = "169.254.7.127/32"

// ambientLabel puts a namespace or a pod into an ambient mesh.
const ambientLabel = "istio.io/dataplane-mode"

// PodLabels are what a pod has that is in the mesh by itself: its namespace is not.
// A sidecar's proxy would be one more part of the pod; none is asked for.
func (m MeshMode) PodLabels() map[string]string {
	if m == Ambient {
		return map[string]string{ambientLabel: "ambient"}
	}
	return map[string]string{}
}

// Labels are what a namespace has whose pods are in the mesh.
func (m MeshMode) Labels() map[string]string {
	switch m {
	case Sidecar:
		return map[string]string{"istio-injection": "enabled"}
	case Ambient:
		// A gateway passes a waypoint by unless it is told to ask it (Istio 1.30,
		// "Configure waypoint proxies", ingress-use-waypoint).
		return map[string]string{ambientLabel: "ambient", "istio.io/use-waypoint": Waypoint, "istio.io/ingress-use-waypoint": "true"}
	}
	return map[string]string{}
}

// MeshArgs are the arguments of NewMesh.
type MeshArgs struct {
	// Mode is Sidecar or Ambient.
	Mode MeshMode
	// Platform is what the charts call a platform that is special to them, such as
	// gke; empty for any other.
	Platform string
	// Hub is where Istio's images come from: a registry, perhaps with a path.
	Hub string
	// Labels are on every object.
	Labels map[string]string
	// Replicas is how many control planes there are.
	Replicas int
	// Retries is how often a call is tried again that did not reach a service.
	Retries int
	// TracePercent is the share of requests that are traced.
	TracePercent int
	// TraceService is the host that takes OTLP over gRPC on port 4317.
	TraceService string
	// Namespaces are those of the product: nobody may call what is in them unless
	// a rule says so.
	Namespaces []string
	// After is what must be there first: the definitions of the Gateway API.
	After []pulumi.Resource
}

// Mesh is Istio, and what holds in all of it: every connection is encrypted and
// both ends are known, and in the product's namespaces nobody calls anybody
// unless a rule lets them.
type Mesh struct {
	pulumi.ResourceState

	// Ready is what those depend on whose pods are in the mesh.
	Ready []pulumi.Resource
}

// traceProvider and metricProvider are the mesh's names of where it reports to.
const (
	traceProvider  = "otel"
	metricProvider = "prometheus"
)

// NewMesh installs a mesh: definitions, control plane, the node's part, and then
// what holds everywhere.
func NewMesh(ctx *pulumi.Context, name string, args *MeshArgs, opts ...pulumi.ResourceOption) (*Mesh, error) {
	if args.Mode != Sidecar && args.Mode != Ambient || args.Hub == "" {
		return nil, fmt.Errorf("creating mesh %s: got mode %q and hub %q, want %s or %s, and where images come from", name, args.Mode, args.Hub, Sidecar, Ambient)
	}
	m := &Mesh{}
	if err := component.Register(ctx, "kubernetes", "Mesh", name, m, opts...); err != nil {
		return nil, err
	}
	after, parent := args.After, pulumi.Parent(m)
	for _, part := range args.parts() {
		made, err := InstallRelease(ctx, resourceName(name, part.Chart), &part, parent, pulumi.DependsOn(after))
		if err != nil {
			return nil, err
		}
		after = []pulumi.Resource{made}
	}
	for _, o := range args.objects() {
		o.Labels = merged(args.Labels, o.Labels)
		made, err := Apply(ctx, resourceName(name, o.Namespace, lower(o.Kind), o.Name), o, parent, pulumi.DependsOn(after))
		if err != nil {
			return nil, err
		}
		m.Ready = append(m.Ready, made)
	}
	m.Ready = append(m.Ready, after...)
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{})
}

// parts are the mesh's releases, in the order of their installation.
// Source: Istio 1.30, "Install with Helm", sidecar and ambient, and the charts'
// values.yaml.
func (a *MeshArgs) parts() []ReleaseArgs {
	ambient := a.Mode == Ambient
	part := func(chart string, values Map) ReleaseArgs {
		if ambient {
			values["profile"] = "ambient" // the charts' own values for this mode
		}
		if a.Platform != "" {
			values = Merge(values, Map{"global": Map{"platform": a.Platform}})
		}
		return ReleaseArgs{Chart: chart, Name: chart, Namespace: MeshNamespace, Values: values}
	}
	all := []ReleaseArgs{
		part("istio-base", Map{"defaultRevision": "default"}),
		part("istiod", a.controlPlane(ambient)),
		part("istio-cni", Map{"hub": a.Hub, "ambient": Map{"enabled": ambient}, "resources": Resources("50m", "128Mi", "512Mi")}),
	}
	if ambient {
		all = append(all, part("ztunnel", Map{"hub": a.Hub, "resources": Resources("100m", "256Mi", "1Gi"), "logAsJson": true}))
	}
	return all
}

func (a *MeshArgs) controlPlane(ambient bool) Map {
	return Map{
		"cni":              Map{"enabled": !ambient}, // how sidecars are wired; ambient needs no telling
		"autoscaleEnabled": a.Replicas > 1, "autoscaleMin": a.Replicas, "autoscaleMax": max(5, a.Replicas), "replicaCount": a.Replicas,
		"resources":                 Resources("250m", "1Gi", "2Gi"),
		"topologySpreadConstraints": Spread(map[string]string{"app": "istiod"}),
		"global": Map{
			"hub": a.Hub, "logAsJson": true, "defaultPodDisruptionBudget": Map{"enabled": a.Replicas > 1},
			"proxy": Map{"resources": Map{
				"requests": Map{"cpu": ProxyCPU, "memory": "96Mi", "ephemeral-storage": "64Mi"},
				"limits":   Map{"cpu": "1000m", "memory": ProxyMemory, "ephemeral-storage": "512Mi"},
			}},
			// A pod that is lost takes no service with it.
			"waypoint": Map{"topologySpreadConstraints": Spread(WaypointPods())},
		},
		// Pods of Gateways, a waypoint's among them, lack the profile that the
		// restricted Pod Security Standard wants.
		"gateways": Map{"seccompProfile": Map{"type": "RuntimeDefault"}},
		"meshConfig": Map{
			"enablePrometheusMerge":  true,
			"defaultHttpRetryPolicy": Map{"attempts": a.Retries, "retryOn": retryOn},
			"defaultConfig":          Map{"holdApplicationUntilProxyStarts": true},
			"extensionProviders": List{Map{
				"name": traceProvider, "opentelemetry": Map{"service": a.TraceService, "port": 4317},
			}},
		},
	}
}

// What a quota counts of each sidecar: the processor that it asks for, and the memory
// that it may use.
const (
	ProxyCPU    = "50m"
	ProxyMemory = "512Mi"
)

// retryOn is when a call is tried again: where it cannot have been served yet.
const retryOn = "connect-failure,refused-stream,unavailable,cancelled"

// objects are what holds in the whole mesh, and in the product's namespaces.
func (a *MeshArgs) objects() []Object {
	all := []Object{
		{APIVersion: "security.istio.io/v1", Kind: "PeerAuthentication", Name: "default", Namespace: MeshNamespace,
			Body: Map{"spec": Map{"mtls": Map{"mode": "STRICT"}}}},
		{APIVersion: "telemetry.istio.io/v1", Kind: "Telemetry", Name: "default", Namespace: MeshNamespace, Body: Map{"spec": Map{
			"metrics": List{Map{"providers": List{Map{"name": metricProvider}}}},
			"tracing": List{Map{"providers": List{Map{"name": traceProvider}}, "randomSamplingPercentage": float64(a.TracePercent)}},
		}}},
	}
	for _, namespace := range a.Namespaces {
		all = append(all, Object{APIVersion: "security.istio.io/v1", Kind: "AuthorizationPolicy", Name: "deny-all", Namespace: namespace,
			Body: Map{"spec": Map{}}})
		if a.Mode == Ambient {
			all = append(all, a.waypoint(namespace)...)
		}
	}
	return all
}

// WaypointPods are the labels of the pods of a waypoint.
func WaypointPods() map[string]string {
	return map[string]string{"gateway.networking.k8s.io/gateway-name": Waypoint}
}

// waypoint asks for the proxy before a namespace's services. Its pods are Istio's,
// with the labels that the Gateway asks for: those that every pod has here. One pod
// is the default, and all requests pass it: more are asked for in a ConfigMap.
// Source: Istio 1.30, "Kubernetes Gateway API", sections "Automated Deployment" and
// "Resource customization".
func (a *MeshArgs) waypoint(namespace string) []Object {
	// The rule without a selector is not asked by a waypoint: it has one of its own, so
	// that what no rule of a service names is refused there as well.
	all := []Object{{
		APIVersion: "security.istio.io/v1", Kind: "AuthorizationPolicy", Name: "deny-all-" + Waypoint, Namespace: namespace,
		Body: Map{"spec": Map{"targetRefs": List{Map{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": Waypoint}}}},
	}}
	infrastructure := Map{"labels": merged(a.Labels, map[string]string{NameLabel: Waypoint})}
	if a.Replicas > 1 {
		infrastructure["parametersRef"] = Map{"group": "", "kind": "ConfigMap", "name": Waypoint}
		all = append(all, Object{APIVersion: "v1", Kind: "ConfigMap", Name: Waypoint, Namespace: namespace, Body: Map{"data": Map{
			"deployment":          fmt.Sprintf("spec: {replicas: %d}\n", a.Replicas),
			"podDisruptionBudget": "spec: {maxUnavailable: 1}\n",
		}}})
	}
	return append(all, Object{
		APIVersion: "gateway.networking.k8s.io/v1", Kind: "Gateway", Name: Waypoint, Namespace: namespace,
		Labels: map[string]string{"istio.io/waypoint-for": "service"},
		Body: Map{"spec": Map{
			"gatewayClassName": "istio-waypoint", "infrastructure": infrastructure,
			"listeners": List{Map{"name": "mesh", "port": 15008, "protocol": "HBONE"}},
		}},
	})
}
