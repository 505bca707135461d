package workloads

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/versions"
)

// operatorPriority keeps operators on their nodes when room is short: services
// cannot be repaired without them. Every cluster has the class.
const operatorPriority = "system-cluster-critical"

// several says whether operators have more than one replica.
func (b *builder) several() bool { return b.Operators.Replicas > 1 }

// budget is the value of a disruption budget that lets one pod go at a time;
// nothing with a single replica, which it would tie to its node.
func (b *builder) budget() kubernetes.Map {
	if !b.several() {
		return kubernetes.Map{}
	}
	return kubernetes.Map{"maxUnavailable": 1}
}

// switchedBudget is the same for charts that want it switched on.
func (b *builder) switchedBudget() kubernetes.Map {
	if !b.several() {
		return kubernetes.Map{"enabled": false}
	}
	return kubernetes.Map{"enabled": true, "maxUnavailable": 1}
}

// named are the labels by which most charts select the pods of a part.
func named(name string) map[string]string { return map[string]string{"app.kubernetes.io/name": name} }

// inside is what an operator in a namespace depends on: the namespace with its
// guards, and more.
func (b *builder) inside(namespace string, more ...pulumi.Resource) []pulumi.Resource {
	if made := b.namespaces[namespace]; made != nil {
		more = append(more, made)
	}
	return more
}

// identity is an operator's service account as most charts take it, and what
// must be there before the operator starts.
func (b *builder) identity(account platform.Account) (kubernetes.Map, []pulumi.Resource) {
	who := b.cluster.Integrations.Accounts[account]
	values := kubernetes.Map{"create": true, "name": account.Name}
	if len(who.Annotations) > 0 {
		values["annotations"] = who.Annotations
	}
	return values, b.inside(account.Namespace, who.Ready...)
}

// labelled are values with the labels that the cloud wants on the pods of an
// account, as most charts take them.
func (b *builder) labelled(account platform.Account, values kubernetes.Map) kubernetes.Map {
	labels := b.cluster.Integrations.Accounts[account].Labels
	if len(labels) == 0 {
		return values
	}
	return kubernetes.Merge(values, kubernetes.Map{"podLabels": labels})
}

// operator installs one. Most bring a ServiceMonitor, whose definition comes first.
func (b *builder) operator(name string, args kubernetes.OperatorArgs) (*kubernetes.Operator, error) {
	args.Labels = b.labels
	if b.monitors != nil {
		args.After = append(slices.Clone(args.After), b.monitors)
	}
	if len(args.Charts) == 0 {
		args.Charts = []string{name}
	}
	return kubernetes.NewOperator(b.ctx, name, &args, b.in)
}

// cloudOperator installs an operator that only one cloud has.
func (b *builder) cloudOperator(name string, c *platform.Controller, objects []kubernetes.Object) (*kubernetes.Operator, error) {
	account, after := b.identity(c.Account)
	values := kubernetes.Merge(c.Values, kubernetes.Map{"serviceAccount": account, "priorityClassName": operatorPriority})
	if c.Replicated != nil {
		values = kubernetes.Merge(values, c.Replicated(b.Operators.Replicas))
	}
	return b.operator(name, kubernetes.OperatorArgs{
		Manifest: c.Manifest, Charts: c.Charts, Namespace: c.Account.Namespace, Values: b.labelled(c.Account, values), Objects: objects, After: after,
	})
}

// makeOperators installs what runs in the cluster for others. They come in the
// order of what they need: nodes first, then secrets and certificates.
func (b *builder) makeOperators() error {
	for _, make := range []func() error{
		b.makeNodes, b.makeSecretStore, b.makeCertificates, b.makeRecords, b.makeScalers, b.makeDelivery, b.makeClusterBackups, b.makeGPU,
	} {
		if err := make(); err != nil {
			return err
		}
	}
	return nil
}

// makeNodes installs what starts and stops nodes, and on request what moves pods
// that sit badly.
func (b *builder) makeNodes() error {
	if scaler := b.cluster.Integrations.Nodes; scaler != nil {
		var objects []kubernetes.Object
		for _, s := range scaler.Specs {
			objects = append(objects, kubernetes.Object{APIVersion: s.APIVersion, Kind: s.Kind, Name: s.Name, Body: kubernetes.Map{"spec": s.Spec}})
		}
		if _, err := b.cloudOperator("nodes", scaler.Controller, objects); err != nil {
			return err
		}
	}
	if !b.Operators.Descheduler {
		return nil
	}
	_, err := b.operator("descheduler", kubernetes.OperatorArgs{Namespace: "autoscaling", Values: b.descheduler(), After: b.inside("autoscaling")})
	return err
}

// descheduler moves pods apart. It does not even out nodes: what packs nodes to
// save some would undo it.
// Source: descheduler 0.36, chart's values.yaml and "Policy, Default Evictor and
// Strategy plugins".
func (b *builder) descheduler() kubernetes.Map {
	plugin := func(name string, args kubernetes.Map) kubernetes.Map {
		return kubernetes.Map{"name": name, "args": args}
	}
	return kubernetes.Map{
		"kind": "Deployment", "replicas": b.Operators.Replicas, "leaderElection": kubernetes.Map{"enabled": b.several()},
		"resources":          kubernetes.Resources("50m", "128Mi", "256Mi"),
		"podSecurityContext": kubernetes.Map{"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"}},
		"priorityClassName":  operatorPriority, "deschedulingInterval": "10m",
		"deschedulerPolicy": kubernetes.Map{"profiles": kubernetes.List{kubernetes.Map{
			"name": "default",
			"pluginConfig": kubernetes.List{
				plugin("DefaultEvictor", kubernetes.Map{"podProtections": kubernetes.Map{"extraEnabled": kubernetes.List{"PodsWithPVC"}}}),
				plugin("RemovePodsHavingTooManyRestarts", kubernetes.Map{"podRestartThreshold": 100, "includingInitContainers": true}),
				plugin("RemovePodsViolatingTopologySpreadConstraint", kubernetes.Map{"constraints": kubernetes.List{"DoNotSchedule", "ScheduleAnyway"}}),
			},
			"plugins": kubernetes.Map{
				"balance":    kubernetes.Map{"enabled": kubernetes.List{"RemovePodsViolatingTopologySpreadConstraint"}},
				"deschedule": kubernetes.Map{"enabled": kubernetes.List{"RemovePodsHavingTooManyRestarts"}},
			},
		}}},
	}
}

// StoreName is the name of the ClusterSecretStore that external secrets name.
const StoreName = "platform"

// readers are the namespaces whose external secrets the store answers.
var readers = []string{"explico", "logging", "monitoring", "tracing"}

// makeSecretStore installs External Secrets, and says where it reads.
func (b *builder) makeSecretStore() error {
	source := b.cluster.Integrations.Secrets
	if source == nil {
		return nil
	}
	account, after := b.identity(platform.SecretsAccount)
	part := func() kubernetes.Map {
		return kubernetes.Map{
			"replicaCount": b.Operators.Replicas, "podDisruptionBudget": b.minimumBudget(), "priorityClassName": operatorPriority,
			"resources": kubernetes.Resources("20m", "64Mi", "256Mi"),
		}
	}
	values := kubernetes.Merge(part(), kubernetes.Map{
		"installCRDs": false, "leaderElect": b.several(), "serviceAccount": account, "webhook": part(), "certController": part(),
		"topologySpreadConstraints": kubernetes.Spread(named("external-secrets")), "serviceMonitor": kubernetes.Map{"enabled": true},
	})
	store := kubernetes.Object{
		APIVersion: "external-secrets.io/v1", Kind: "ClusterSecretStore", Name: StoreName,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"provider": source.Provider, "refreshInterval": 3600,
			"conditions": kubernetes.List{kubernetes.Map{"namespaces": readers}},
		}},
	}
	made, err := b.operator("external-secrets", kubernetes.OperatorArgs{
		Manifest: "external-secrets", Namespace: platform.SecretsAccount.Namespace, Values: values, Objects: []kubernetes.Object{store}, After: after,
	})
	if err != nil {
		return err
	}
	b.secretStore = made.Ready
	return nil
}

// minimumBudget is for charts that have a minimum by default.
func (b *builder) minimumBudget() kubernetes.Map {
	return kubernetes.Map{"enabled": b.several(), "minAvailable": 1}
}

// makeScalers installs what scales pods: by events and to nothing, and what says
// how large they should be.
func (b *builder) makeScalers() error {
	one := kubernetes.Resources("50m", "128Mi", "512Mi")
	n := b.Operators.Replicas
	after := b.inside("autoscaling")
	keda, err := b.operator("keda", kubernetes.OperatorArgs{Manifest: "keda", Namespace: "autoscaling", After: after, Values: kubernetes.Map{
		"crds": kubernetes.Map{"install": false}, "operator": kubernetes.Map{"replicaCount": n},
		"metricsServer": kubernetes.Map{"replicaCount": n}, "webhooks": kubernetes.Map{"replicaCount": n, "failurePolicy": "Ignore"},
		"podDisruptionBudget": kubernetes.Map{"operator": b.budget(), "metricServer": b.budget(), "webhooks": b.budget()},
		"resources":           kubernetes.Map{"operator": one, "metricServer": one, "webhooks": one},
		"priorityClassName":   operatorPriority,
		"prometheus": kubernetes.Map{
			"operator":     kubernetes.Map{"enabled": true, "serviceMonitor": kubernetes.Map{"enabled": true}},
			"metricServer": kubernetes.Map{"enabled": true, "serviceMonitor": kubernetes.Map{"enabled": true}},
		},
		"image": kubernetes.Map{"pullPolicy": "IfNotPresent"},
		"rbac": kubernetes.Map{"scaledRefKinds": kubernetes.List{
			kubernetes.Map{"apiGroup": "argoproj.io", "kind": "rollouts"}, kubernetes.Map{"apiGroup": "apps", "kind": "deployments"},
		}},
	}})
	if err != nil {
		return err
	}
	vpa, err := b.operator("vpa", kubernetes.OperatorArgs{Manifest: "vpa", Namespace: "autoscaling", After: after, Values: kubernetes.Map{
		"recommender": kubernetes.Map{
			"enabled": true, "resources": kubernetes.Resources("50m", "256Mi", "1Gi"), "image": kubernetes.Map{"pullPolicy": "IfNotPresent"},
		},
		// It recommends. What resizes pods while they serve is switched off.
		"updater": kubernetes.Map{"enabled": false}, "admissionController": kubernetes.Map{"enabled": false},
		"priorityClassName": operatorPriority,
	}})
	if err != nil {
		return err
	}
	b.scalers = slices.Concat(keda.Ready, vpa.Ready)
	return nil
}

// makeDelivery installs what replaces services step by step, and what restarts
// them when their configuration changes.
func (b *builder) makeDelivery() error {
	router, err := versions.Image("router")
	if err != nil {
		return err
	}
	made, err := b.operator("argo-rollouts", kubernetes.OperatorArgs{
		Namespace: "rollouts", After: b.inside("rollouts"), Values: kubernetes.Merge(kubernetes.RouterValues(router), kubernetes.Map{
			"installCRDs": true, "keepCRDs": true,
			"controller": kubernetes.Map{
				"replicas": b.Operators.Replicas, "pdb": b.switchedBudget(), "resources": kubernetes.Resources("50m", "128Mi", "512Mi"),
				"metrics": kubernetes.Map{"enabled": true, "serviceMonitor": kubernetes.Map{"enabled": true}}, "logging": kubernetes.Map{"format": "json"},
				"topologySpreadConstraints": kubernetes.Spread(named("argo-rollouts")), "priorityClassName": operatorPriority,
			},
			"providerRBAC": kubernetes.Map{"providers": rolloutProviders()},
		}),
	})
	if err != nil {
		return err
	}
	b.rollouts = made.Ready
	reloader, err := b.operator("reloader", kubernetes.OperatorArgs{Namespace: "operators", After: append(b.inside("operators"), made.Ready...), Values: kubernetes.Map{
		"reloader": kubernetes.Map{
			"isArgoRollouts": true, "enableHA": b.several(), "readOnlyRootFileSystem": true, "logFormat": "json", "reloadStrategy": "annotations",
			"reloadOnCreate":      true, // Grafana's data sources come later than Grafana
			"podDisruptionBudget": b.switchedBudget(),
			"deployment": kubernetes.Map{
				"replicas": b.Operators.Replicas, "resources": kubernetes.Resources("20m", "64Mi", "256Mi"), "priorityClassName": operatorPriority,
				"containerSecurityContext": kubernetes.Map{
					"allowPrivilegeEscalation": false, "capabilities": kubernetes.Map{"drop": kubernetes.List{"ALL"}},
				},
				"topologySpreadConstraints": kubernetes.Spread(map[string]string{"app": "reloader"}),
			},
		},
	}})
	if err != nil {
		return err
	}
	b.reloader = reloader.Ready
	return nil
}

// rolloutProviders gives Argo Rollouts the rights over the routes that it steers
// and over no others.
func rolloutProviders() kubernetes.Map {
	all := kubernetes.Map{"gatewayAPI": true}
	for _, other := range []string{
		"istio", "smi", "ambassador", "awsLoadBalancerController", "awsAppMesh", "traefik", "apisix", "contour", "glooPlatform",
	} {
		all[other] = false
	}
	return all
}

// hasGPU says whether there are nodes with GPUs, or may be.
func (b *builder) hasGPU() bool {
	for _, p := range b.Operators.Pools {
		if p.GPU {
			return true
		}
	}
	for _, g := range b.Cluster.NodeGroups {
		if g.GPU {
			return true
		}
	}
	return false
}

// makeGPU installs what offers a node's GPUs to pods, and what measures them. The
// first is a part of the node, as kube-proxy is, and lives where that does.
func (b *builder) makeGPU() error {
	if !b.hasGPU() {
		return nil
	}
	tolerated := kubernetes.List{kubernetes.Map{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}}
	where := kubernetes.Map{"nodeAffinity": kubernetes.Map{"requiredDuringSchedulingIgnoredDuringExecution": kubernetes.Map{
		"nodeSelectorTerms": kubernetes.List{kubernetes.Map{"matchExpressions": kubernetes.List{kubernetes.Map{
			"key": "explico.io/node-group", "operator": "In", "values": b.gpuGroups(),
		}}}},
	}}}
	var plugin []pulumi.Resource
	if !b.cluster.OffersGPUs {
		made, err := b.operator("nvidia-device-plugin", kubernetes.OperatorArgs{Namespace: "kube-system", Values: kubernetes.Map{
			"affinity": where, "tolerations": tolerated, "priorityClassName": "system-node-critical",
			"resources": kubernetes.Resources("20m", "64Mi", "256Mi"),
		}})
		if err != nil {
			return err
		}
		plugin = made.Ready
	}
	// It is root on its node (hostPath, SYS_ADMIN), and so lives with the others that are.
	_, err := b.operator("dcgm-exporter", kubernetes.OperatorArgs{Namespace: agentNamespace, Values: kubernetes.Map{
		"affinity": where, "tolerations": tolerated, "resources": kubernetes.Resources("50m", "128Mi", "512Mi"),
		"serviceMonitor": kubernetes.Map{"enabled": true},
	}, After: b.inside(agentNamespace, plugin...)})
	return err
}

// gpuGroups are the pools and node groups with GPUs, sorted.
func (b *builder) gpuGroups() []string {
	var all []string
	for name, p := range b.Operators.Pools {
		if p.GPU {
			all = append(all, name)
		}
	}
	for name, g := range b.Cluster.NodeGroups {
		if g.GPU && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// owner is what marks records and backups as this stack's.
func (b *builder) owner() string { return fmt.Sprintf("%s-%s", b.ctx.Project(), b.ctx.Stack()) }
