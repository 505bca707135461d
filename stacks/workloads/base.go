package workloads

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/platform"
)

// product is the namespace of the product's services.
const product = platform.ProductNamespace

// judged is the label of the namespaces whose pods the admission policies judge:
// those that run what is built here. Others run what their charts pin.
var judged = map[string]string{"explico.io/admission": "strict"}

// space is a namespace of the cluster.
type space struct {
	name string
	// standard is the Pod Security Standard if it is not the strictest one, for a
	// reason.
	standard, reason string
	labels           map[string]string
	limits           kubernetes.Limits
	flows            []kubernetes.Flow
}

// spaces is the list of namespaces. With cloud: local there is one more, data,
// which the platform brings along.
func (b *builder) spaces() []space {
	// What watches the cluster brings its flows itself, pod by pod.
	watcher := func(name string) space { return space{name: name, limits: operatorLimits} }
	operator := func(name string, more ...kubernetes.Flow) space {
		return space{name: name, limits: operatorLimits, flows: append(b.operatorFlows(name), more...)}
	}
	all := []space{
		{name: product, labels: union(judged, b.meshMode().Labels()), flows: b.productFlows()},
		operator("autoscaling", toMetrics),
		operator("cert-manager"),
		operator("external-dns"),
		operator("external-secrets", b.storeFlows()...),
		operator("ingress", b.gatewayFlows()...),
		operator("istio-system", b.meshFlows()...),
		watcher(monitoring.LogAgentsNamespace),
		watcher(monitoring.LoggingNamespace),
		watcher(metricsNamespace),
		watcher(agentNamespace),
		operator("operators"),
		operator("rollouts", toMetrics),
		watcher(monitoring.TracingNamespace),
		operator("velero"),
	}
	for i := range all {
		if lower, less := lowered[all[i].name]; less {
			all[i].standard, all[i].reason = lower.standard, lower.reason
		}
	}
	return all
}

// lowered are the namespaces whose pods cannot meet the strictest standard.
// Source of what the standards refuse: Kubernetes documentation, "Pod Security
// Standards": hostPath volumes, host namespaces and added capabilities are
// refused by baseline already.
var lowered = map[string]struct{ standard, reason string }{
	"istio-system": {kubernetes.Privileged, "the mesh's agent on each node sets up the network of other pods (NET_ADMIN, hostPath)"},
	"log-agents":   {kubernetes.Privileged, "the shipper on each node reads the node's log files (hostPath)"},
	agentNamespace: {kubernetes.Privileged, "the exporter on each node reads the node's own figures (hostPath, hostNetwork, hostPID)"},
}

// operatorLimits are for charts that say nothing: an operator that watches a
// whole cluster holds it in memory.
var operatorLimits = kubernetes.Limits{Memory: "2Gi", Disk: "2Gi"}

// makeBase makes what everything else in the cluster stands on: priority and
// storage classes, namespaces with their guards, and the policies that judge pods.
func (b *builder) makeBase() error {
	var err error
	if b.priorities, err = kubernetes.NewPriorities(b.ctx, "priorities", b.labels, b.in); err != nil {
		return err
	}
	if err := b.makeStorage(); err != nil {
		return err
	}
	for _, s := range b.spaces() {
		if err := b.makeSpace(s); err != nil {
			return err
		}
	}
	if err := b.makeAccess(); err != nil {
		return err
	}
	return b.makeAdmission()
}

// makeAccess lets in whom the cloud lets in no further than to the door.
func (b *builder) makeAccess() error {
	if len(b.cluster.Access) == 0 {
		return nil
	}
	args := &kubernetes.AccessArgs{Labels: b.labels, Bindings: map[string]kubernetes.Binding{}}
	var after []pulumi.Resource
	for name, a := range b.cluster.Access {
		args.Bindings[name] = kubernetes.Binding(a)
		for _, namespace := range a.Namespaces {
			after = b.inside(namespace, after...)
		}
	}
	_, err := kubernetes.NewAccess(b.ctx, "access", args, b.in, pulumi.DependsOn(after))
	return err
}

func (b *builder) makeStorage() error {
	if len(b.cluster.StorageClasses) == 0 {
		return nil // the cluster came with its own
	}
	classes := map[string]kubernetes.StorageClassArgs{}
	for _, c := range b.cluster.StorageClasses {
		classes[c.Name] = kubernetes.StorageClassArgs{Provisioner: c.Provisioner, Parameters: c.Parameters, Default: c.Default}
	}
	_, err := kubernetes.NewStorage(b.ctx, "storage", classes, b.labels, b.in)
	return err
}

func (b *builder) makeSpace(s space) error {
	labels := union(b.labels, s.labels)
	quota, ok := b.Namespaces[s.name]
	if !ok {
		return fmt.Errorf("creating namespace %s: the settings have no quota of it", s.name)
	}
	made, err := kubernetes.NewNamespace(b.ctx, s.name, &kubernetes.NamespaceArgs{
		Labels: labels, PodSecurity: s.standard, Reason: s.reason, Version: b.cluster.Version,
		Quota: kubernetes.Quota(quota), Limits: s.limits, Flows: s.flows, Critical: b.cluster.GuardsPriority,
	}, b.in)
	if err != nil {
		return err
	}
	b.namespaces[s.name] = made
	return nil
}

// makeAdmission refuses pods of the product from elsewhere than the stack's own
// registry, its mirrors and what the settings name.
func (b *builder) makeAdmission() error {
	named := pulumi.ToStringArray(b.ImageSources()).ToStringArrayOutput()
	own := pulumi.All(named, texts(b.platform.Registry.Images), texts(b.platform.Registry.Mirrors)).ApplyT(func(all []any) []string {
		return merge(all[0].([]string), all[1].(map[string]string), all[2].(map[string]string))
	}).(pulumi.StringArrayOutput)
	_, err := kubernetes.NewAdmission(b.ctx, "admission", &kubernetes.AdmissionArgs{
		Labels: b.labels, Namespaces: judged, Registries: own, RequiredLabels: b.Admission.Labels,
	}, b.in, pulumi.DependsOn(b.namespaces[product].Guarded))
	return err
}
