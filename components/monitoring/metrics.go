// Package monitoring holds the components that watch a cluster and what runs in
// it: metrics, rules, objectives, dashboards and who is called. It knows no
// cloud.
package monitoring

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
)

// PrometheusURL is where Prometheus answers queries inside the cluster, for what
// decides by metrics: analyses of releases, autoscalers.
const PrometheusURL = "http://kube-prometheus-stack-prometheus.monitoring.svc:9090"

// prometheusAccount is the service account of Prometheus, as its chart names it.
const prometheusAccount = "kube-prometheus-stack-prometheus"

// PrometheusAccount is Prometheus' service account as namespace/name, for what asks
// who calls. Namespace is where Prometheus is.
func PrometheusAccount(namespace string) string { return namespace + "/" + prometheusAccount }

// MetricsArgs are the arguments of NewMetrics.
type MetricsArgs struct {
	// Namespace is where everything is but the node exporters. Its pods meet the
	// restricted Pod Security Standard.
	Namespace string
	// AgentNamespace is where the node exporters are: they see the node's own
	// network, processes and file systems, which restricted forbids.
	AgentNamespace string
	// Labels are on every object that the component makes itself.
	Labels map[string]string
	// Cluster is the name that all series carry when they leave the cluster.
	Cluster string
	// RetentionDays is how long samples are kept, and StorageGiB how much space
	// they have, each replica's own. Whatever is reached first counts.
	RetentionDays, StorageGiB int
	// MemoryMiB is what a Prometheus may use, in MiB: about 1 GiB for every
	// 100,000 series.
	MemoryMiB int
	// Replicas is how many Prometheus there are: each scrapes everything.
	Replicas int
	// Alertmanagers is how many Alertmanagers there are; they tell everything once.
	Alertmanagers int
	// RemoteWrite sends samples on; nil keeps them in the cluster.
	RemoteWrite *RemoteWrite
	// Grafana says who may look.
	Grafana Grafana
	// OnCall says who is called.
	OnCall OnCall
	// Objectives are what the services promise, by service.
	Objectives map[string]SLO
	// Runbooks is the URL that docs/ is below, with a slash at its end.
	Runbooks string
	// Database is watched by an exporter; nil without one, where the cloud watches
	// it.
	Database *DatabaseTarget
	// Cache likewise.
	Cache *CacheTarget
	// OpenCost tells what the cluster costs; nil leaves it out.
	OpenCost *OpenCost
	// Store is the name of the ClusterSecretStore, and References what it calls
	// the secrets, by name.
	Store      string
	References pulumi.StringMap
	// API is the Kubernetes API.
	API API
	// Mesh is the mesh that services are in; empty without one. An ambient one lets
	// nobody scrape who is outside: Prometheus is in it.
	Mesh kubernetes.MeshMode
	// CRDs are what has to be there first: the definitions of NewMonitors.
	CRDs pulumi.Resource
}

// RemoteWrite sends samples on to a store that keeps them for longer.
type RemoteWrite struct {
	// URL is where to send them.
	URL string
	// Secret is the name of the secret, in the store, with the bearer token; empty
	// for none.
	Secret string
}

// Metrics is Prometheus, Alertmanager, Grafana and the exporters, with rules,
// objectives and dashboards.
type Metrics struct {
	pulumi.ResourceState

	// Stack is the release of Prometheus, Alertmanager and Grafana.
	Stack *kubernetes.Release

	name string
	args *MetricsArgs
}

// NewMetrics makes all of it. Secrets come from the store; none is in an
// argument.
func NewMetrics(ctx *pulumi.Context, name string, args *MetricsArgs, opts ...pulumi.ResourceOption) (*Metrics, error) {
	m := &Metrics{name: name, args: args}
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating %s: %w", name, err)
	}
	if err := component.Register(ctx, "monitoring", "Metrics", name, m, opts...); err != nil {
		return nil, err
	}
	first := []pulumi.ResourceOption{pulumi.Parent(m), pulumi.DependsOn([]pulumi.Resource{args.CRDs})}
	secrets, err := m.makeSecrets(ctx, first)
	if err != nil {
		return nil, err
	}
	flows, err := m.makeFlows(ctx, first)
	if err != nil {
		return nil, err
	}
	if args.Mesh == kubernetes.Ambient {
		open, err := m.openToAll(ctx, first)
		if err != nil {
			return nil, err
		}
		flows = append(flows, open)
	}
	dashboards, err := m.makeDashboards(ctx, first)
	if err != nil {
		return nil, err
	}
	ready := append(append(append([]pulumi.Resource{args.CRDs}, secrets...), flows...), dashboards...)
	values, err := m.values()
	if err != nil {
		return nil, err
	}
	if m.Stack, err = kubernetes.InstallRelease(ctx, name+"-stack", &kubernetes.ReleaseArgs{
		Chart: "kube-prometheus-stack", Namespace: args.Namespace, Values: values, SkipCRDs: true, TimeoutSeconds: 900,
	}, pulumi.Parent(m), pulumi.DependsOn(ready)); err != nil {
		return nil, err
	}
	after := []pulumi.ResourceOption{pulumi.Parent(m), pulumi.DependsOn([]pulumi.Resource{m.Stack})}
	for _, make := range []func(*pulumi.Context, []pulumi.ResourceOption) error{m.makeRules, m.makeExporters, m.makeOpenCost} {
		if err := make(ctx, after); err != nil {
			return nil, err
		}
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"url": pulumi.String(PrometheusURL)})
}

func (a *MetricsArgs) check() error {
	switch {
	case a.Namespace == "" || a.AgentNamespace == "" || a.Cluster == "" || a.CRDs == nil || len(a.API.CIDRs) == 0:
		return errors.New("want Namespace, AgentNamespace, Cluster, API and CRDs")
	case a.RetentionDays < 1 || a.StorageGiB < 1 || a.MemoryMiB < 1 || a.Replicas < 1 || a.Alertmanagers < 1:
		return errors.New("want RetentionDays, StorageGiB, MemoryMiB, Replicas and Alertmanagers of at least 1")
	case len(a.secrets()) > 0 && a.Store == "":
		return errors.New("want a Store, since secrets are needed")
	}
	return nil
}

// sources are those of the metrics that not every stack has.
func (a *MetricsArgs) sources() []Source {
	var there []Source
	for source, has := range map[Source]bool{DatabaseSource: a.Database != nil, CacheSource: a.Cache != nil, CostSource: a.OpenCost != nil} {
		if has {
			there = append(there, source)
		}
	}
	return there
}

// openToAll lets those ask Prometheus who are not in the mesh: Grafana, and what
// decides by metrics. Who they are is the network policies' business.
func (m *Metrics) openToAll(ctx *pulumi.Context, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	return kubernetes.Apply(ctx, m.name+"-open", kubernetes.Object{
		APIVersion: "security.istio.io/v1", Kind: "PeerAuthentication", Name: "prometheus", Namespace: m.args.Namespace,
		Labels: m.args.Labels, Body: kubernetes.Map{"spec": kubernetes.Map{
			"selector": byName("prometheus"), "mtls": kubernetes.Map{"mode": "PERMISSIVE"},
		}},
	}, opts...)
}

// makeRules makes a PrometheusRule of each file of rules.
func (m *Metrics) makeRules(ctx *pulumi.Context, opts []pulumi.ResourceOption) error {
	signals := MeshSignals
	if m.args.Mesh == "" {
		signals = CountedSignals
	}
	files, err := RuleFiles(m.args.Objectives, signals, m.args.Runbooks)
	if err != nil {
		return err
	}
	for _, name := range namesOf(files) {
		if _, err := kubernetes.Apply(ctx, m.name+"-rules-"+name, kubernetes.Object{
			APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule", Name: name, Namespace: m.args.Namespace,
			Labels: m.args.Labels, Body: kubernetes.Map{"spec": files[name].spec()},
		}, opts...); err != nil {
			return err
		}
	}
	return nil
}

// dashboardLabel is how Grafana's sidecar finds dashboards.
const dashboardLabel = "grafana_dashboard"

// makeDashboards makes a ConfigMap of each dashboard.
func (m *Metrics) makeDashboards(ctx *pulumi.Context, opts []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	all, err := Dashboards()
	if err != nil {
		return nil, err
	}
	all = Watched(all, m.args.sources()...)
	var made []pulumi.Resource
	for _, uid := range namesOf(all) {
		text, err := all[uid].JSON(uid)
		if err != nil {
			return nil, err
		}
		labels := map[string]string{dashboardLabel: "1"}
		for key, value := range m.args.Labels {
			labels[key] = value
		}
		one, err := kubernetes.Apply(ctx, m.name+"-dashboard-"+uid, kubernetes.Object{
			APIVersion: "v1", Kind: "ConfigMap", Name: "dashboard-" + uid, Namespace: m.args.Namespace,
			Labels: labels, Body: kubernetes.Map{"data": map[string]string{uid + ".json": text}},
		}, opts...)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	return made, nil
}
