package monitoring

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
)

const (
	agentName, gatewayName, jaegerName = "otel-agent", "otel-gateway", "jaeger"
	// otlpGRPC and otlpHTTP are the ports of OTLP.
	otlpGRPC, otlpHTTP = 4317, 4318
	// jaegerQuery is where Jaeger's API and pages answer.
	jaegerQuery = 16686
	// jaegerStore is the secret with Jaeger's user, password and, for the stack's
	// own Elasticsearch, authority.
	jaegerStore = "jaeger-elasticsearch"
)

// TraceEndpoint is where services send traces by OTLP over HTTP: the agent of
// their own node. It is what OTEL_EXPORTER_OTLP_ENDPOINT has, with the protocol
// http/protobuf.
const TraceEndpoint = "http://" + agentName + "." + TracingNamespace + ".svc:4318"

// TraceEndpointGRPC is the same by OTLP over gRPC.
const TraceEndpointGRPC = "http://" + agentName + "." + TracingNamespace + ".svc:4317"

// TraceAgent are the labels of the agents' pods, for the network policies of who
// sends traces, and TracePorts the ports.
func TraceAgent() map[string]string { return withLabels(agentPod) }

// TracePorts are the TCP ports that agents listen on.
func TracePorts() []int { return []int{otlpGRPC, otlpHTTP} }

// TracingArgs are the arguments of NewTracing.
type TracingArgs struct {
	// Labels are on all that the component makes.
	Labels map[string]string
	// SamplePercent is the share of ordinary traces that is kept, and SlowMillis
	// from when on a trace is slow, and kept.
	SamplePercent, SlowMillis int
	// RedactAddresses takes IP addresses out of attributes.
	RedactAddresses bool
	// Days is how far back Jaeger looks.
	Days int
	// GatewayReplicas and GatewayMemoryMiB size the gateway.
	GatewayReplicas, GatewayMemoryMiB int
	// JaegerReplicas is the number of Jaeger's pods.
	JaegerReplicas int
	// Copies is how many further copies of each span Elasticsearch keeps: 0 on one
	// node.
	Copies int
	// Elasticsearch is one outside of the cluster; the stack's own if nil.
	Elasticsearch *TraceStore
	// Senders are the namespaces whose pods send traces.
	Senders []string
	// MetricsNamespace is where metrics are collected from, and where Grafana is.
	MetricsNamespace string
	// API is the Kubernetes API.
	API API
	// After are what everything in the component waits for: its namespace, the
	// definitions of NewMonitors, and the stack's own Elasticsearch.
	After []pulumi.Resource
}

// TraceStore is an Elasticsearch outside of the cluster.
type TraceStore struct {
	// Address is its URL.
	Address string
	// SecretStore is the ClusterSecretStore with the secret, and Secret what it
	// calls it: an object with the keys username and password.
	SecretStore string
	Secret      pulumi.StringInput
}

// Tracing is the way of the traces: an agent on every node, gateways and Jaeger.
type Tracing struct {
	pulumi.ResourceState
}

// tracing is a Tracing while it is made.
type tracing struct {
	*TracingArgs
	ctx  *pulumi.Context
	name string
	in   pulumi.ResourceOption
	// jaeger and gateway are what later resources wait for.
	jaeger, gateway pulumi.Resource
	// flows are the network policies.
	flows []pulumi.Resource
}

// JaegerReader is Jaeger as a reader of the stack's own Elasticsearch.
func JaegerReader() LogReader {
	return LogReader{
		User: jaegerName, Namespace: TracingNamespace, Pods: jaegerPod, Secret: jaegerStore,
		Cluster: []string{"monitor", "manage_index_templates"}, Patterns: []string{"jaeger-*"}, Indices: []string{"all"},
	}
}

// NewTracing makes the way of the traces, in a namespace that is there already.
func NewTracing(ctx *pulumi.Context, name string, args *TracingArgs, opts ...pulumi.ResourceOption) (*Tracing, error) {
	if args.GatewayReplicas < 1 || args.SamplePercent < 0 || args.SamplePercent > 100 {
		return nil, fmt.Errorf("creating tracing %s: got %d gateways and %d percent, want 1 or more, and 0 to 100", name, args.GatewayReplicas, args.SamplePercent)
	}
	t := &Tracing{}
	if err := component.Register(ctx, "monitoring", "Tracing", name, t, opts...); err != nil {
		return nil, err
	}
	b := &tracing{TracingArgs: args, ctx: ctx, name: name, in: within(t, args.After)}
	if err := b.makeFlows(); err != nil {
		return nil, err
	}
	b.in = within(t, slices.Concat(args.After, b.flows))
	for _, step := range []func() error{b.makeJaeger, b.makeGateway, b.makeAgent} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{"endpoint": pulumi.String(TraceEndpoint)})
}

// apply makes an object of the component in its namespace.
func (b *tracing) apply(suffix string, o kubernetes.Object, opts ...pulumi.ResourceOption) (*kubernetes.Applied, error) {
	o.Labels, o.Namespace = withLabels(b.Labels, o.Labels), TracingNamespace
	return kubernetes.Apply(b.ctx, b.name+"-"+suffix, o, append(opts, b.in)...)
}

var (
	agentPod   = map[string]string{"app.kubernetes.io/name": "opentelemetry-collector", "app.kubernetes.io/instance": agentName}
	gatewayPod = map[string]string{"app.kubernetes.io/name": "opentelemetry-collector", "app.kubernetes.io/instance": gatewayName}
	jaegerPod  = map[string]string{"app.kubernetes.io/name": jaegerName}
)

// makeFlows lets through what the traces need.
func (b *tracing) makeFlows() error {
	in := func(labels map[string]string) kubernetes.List { return kubernetes.List{pods(TracingNamespace, labels)} }
	metrics, grafana := kubernetes.List{pods(b.MetricsNamespace, prometheusPod)}, kubernetes.List{pods(b.MetricsNamespace, grafanaPod)}
	var senders kubernetes.List
	for _, namespace := range b.Senders {
		senders = append(senders, pods(namespace, nil))
	}
	store, port := kubernetes.List{pods(LoggingNamespace, elasticsearchPod)}, []int{elasticsearchPort}
	if b.Elasticsearch != nil {
		store, port = everywhere(), []int{443, elasticsearchPort}
	}
	for _, f := range []flow{
		{name: "agent-senders", pods: agentPod, from: senders, ports: TracePorts()},
		{name: "agent-metrics", pods: agentPod, from: metrics, ports: []int{8888}},
		{name: "agent-to-gateway", pods: agentPod, to: in(gatewayPod), ports: []int{otlpGRPC}},
		{name: "agent-to-api", pods: agentPod, to: b.API.peers(), ports: b.API.Ports},
		{name: "gateway-agents", pods: gatewayPod, from: in(agentPod), ports: []int{otlpGRPC}},
		{name: "gateway-metrics", pods: gatewayPod, from: metrics, ports: []int{8888, spanMetricsPort}},
		{name: "gateway-to-jaeger", pods: gatewayPod, to: in(jaegerPod), ports: []int{otlpGRPC}},
		{name: "jaeger-gateways", pods: jaegerPod, from: in(gatewayPod), ports: []int{otlpGRPC}},
		{name: "jaeger-readers", pods: jaegerPod, from: grafana, ports: []int{jaegerQuery}},
		{name: "jaeger-metrics", pods: jaegerPod, from: metrics, ports: []int{8888}},
		{name: "jaeger-to-elasticsearch", pods: jaegerPod, to: store, ports: port},
	} {
		f.namespace = TracingNamespace
		made, err := b.apply("flow-"+f.name, f.object())
		if err != nil {
			return err
		}
		b.flows = append(b.flows, made)
	}
	return nil
}
