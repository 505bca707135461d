package workloads

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/components/monitoring"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// traceService takes the mesh's spans: the collector's agents.
const traceService = "otel-agent.tracing.svc.cluster.local"

// inMesh are the namespaces whose pods are in the mesh.
var inMesh = []string{product}

// meshMode is how the mesh sees traffic; empty without one.
func (b *builder) meshMode() kubernetes.MeshMode {
	if b.Mesh.Mode == settings.MeshNone {
		return ""
	}
	return kubernetes.MeshMode(b.Mesh.Mode)
}

// makeMesh installs the definitions of the Gateway API, and the mesh.
func (b *builder) makeMesh() error {
	if b.meshMode() == "" {
		return nil
	}
	api, err := kubernetes.InstallManifest(b.ctx, "gateway-api", &kubernetes.ManifestArgs{Manifest: "gateway-api"}, b.in)
	if err != nil {
		return err
	}
	after := []pulumi.Resource{api}
	for _, namespace := range inMesh {
		after = b.inside(namespace, after...)
	}
	mesh, err := kubernetes.NewMesh(b.ctx, "mesh", &kubernetes.MeshArgs{
		Mode: b.meshMode(), Hub: b.Mesh.Hub, Platform: b.cluster.MeshPlatform, Labels: b.labels, Replicas: b.Operators.Replicas, Retries: b.Mesh.Retries, TracePercent: b.Mesh.TracePercent,
		TraceService: traceService, Namespaces: inMesh, After: after,
	}, b.in)
	if err != nil {
		return err
	}
	b.mesh = mesh.Ready
	for _, namespace := range inMesh {
		policy := kubernetes.DefaultPolicy(namespace, b.Mesh.EjectAfter)
		policy.Labels = b.labels
		made, err := kubernetes.Apply(b.ctx, "mesh-policy-"+namespace, policy, pulumi.Parent(mesh), pulumi.DependsOn(mesh.Ready))
		if err != nil {
			return err
		}
		b.mesh = append(b.mesh, made)
	}
	return nil
}

// letIn lets service accounts (namespace/name) call a service of the product.
// Without a mesh there is nobody to ask who calls: network policies remain.
func (b *builder) letIn(args *kubernetes.CallersArgs) error {
	if b.meshMode() == "" {
		return nil
	}
	args.Mode, args.Namespace, args.Labels = b.meshMode(), product, b.labels
	made, err := kubernetes.AllowCallers(b.ctx, "callers-"+args.Service, args, b.in, pulumi.DependsOn(b.mesh))
	if err != nil {
		return err
	}
	b.mesh = append(b.mesh, made.Ready...)
	return nil
}

// issuer is the name of the ClusterIssuer.
const issuer = "letsencrypt"

// makeCertificates installs cert-manager, and says who issues: names are proved
// by DNS, so that nothing has to be open for it.
func (b *builder) makeCertificates() error {
	account, after := b.identity(platform.CertificatesAccount)
	part := func() kubernetes.Map {
		return kubernetes.Map{
			"replicaCount": b.Operators.Replicas, "podDisruptionBudget": b.switchedBudget(), "resources": kubernetes.Resources("20m", "64Mi", "256Mi"),
		}
	}
	spread := func(name string) kubernetes.Map {
		return kubernetes.Map{"topologySpreadConstraints": kubernetes.Spread(named(name))}
	}
	values := kubernetes.Merge(part(), spread("cert-manager"), kubernetes.Map{
		"crds":           kubernetes.Map{"enabled": false},
		"global":         kubernetes.Map{"leaderElection": kubernetes.Map{"namespace": "cert-manager"}, "priorityClassName": operatorPriority},
		"serviceAccount": account, "webhook": kubernetes.Merge(part(), spread("webhook")), "cainjector": kubernetes.Merge(part(), spread("cainjector")),
		"startupapicheck":           kubernetes.Map{"resources": kubernetes.Resources("20m", "64Mi", "128Mi")},
		"enableCertificateOwnerRef": true, "prometheus": kubernetes.Map{"servicemonitor": kubernetes.Map{"enabled": true}},
		// It looks for a proof through the cluster's DNS: no pod asks the world's name
		// servers itself.
		"dns01RecursiveNameserversOnly": true,
	})
	args := kubernetes.OperatorArgs{
		Manifest: "cert-manager", Namespace: platform.CertificatesAccount.Namespace, Values: b.labelled(platform.CertificatesAccount, values), After: after,
	}
	if records := b.cluster.Integrations.Records; records != nil {
		args.Objects = []kubernetes.Object{b.clusterIssuer(records)}
		b.issuer = issuer
	}
	made, err := b.operator("cert-manager", args)
	if err != nil {
		return err
	}
	b.certificates = made.Ready
	return nil
}

func (b *builder) clusterIssuer(records *platform.Records) kubernetes.Object {
	acme := kubernetes.Map{
		"server": "https://acme-v02.api.letsencrypt.org/directory", "privateKeySecretRef": kubernetes.Map{"name": issuer + "-account"},
		"solvers": kubernetes.List{kubernetes.Map{
			"selector": kubernetes.Map{"dnsZones": kubernetes.List{records.Zone}}, "dns01": records.Solver,
		}},
	}
	if b.Ingress.Email != "" {
		acme["email"] = b.Ingress.Email
	}
	return kubernetes.Object{
		APIVersion: "cert-manager.io/v1", Kind: "ClusterIssuer", Name: issuer, Body: kubernetes.Map{"spec": kubernetes.Map{"acme": acme}},
	}
}

// recordsPolicies are external-dns's words.
var recordsPolicies = map[settings.RecordsPolicy]string{settings.RecordsUpsert: "upsert-only", settings.RecordsSync: "sync"}

// makeRecords installs what keeps the DNS records of hosts.
func (b *builder) makeRecords() error {
	records := b.cluster.Integrations.Records
	if records == nil {
		return nil
	}
	account, after := b.identity(platform.RecordsAccount)
	made, err := b.operator("external-dns", kubernetes.OperatorArgs{
		Namespace: platform.RecordsAccount.Namespace, After: after, SkipCRDs: true, // it reads Ingresses alone
		Values: b.labelled(platform.RecordsAccount, kubernetes.Merge(records.Values, kubernetes.Map{
			"serviceAccount": account, "policy": recordsPolicies[b.Ingress.Records], "registry": "txt", "txtOwnerId": b.owner(),
			"sources": kubernetes.List{"ingress"}, "triggerLoopOnEvent": true, // a host that goes takes its record along at once
			"domainFilters": kubernetes.List{records.Zone}, "logFormat": "json",
			"resources": kubernetes.Resources("20m", "64Mi", "256Mi"), "priorityClassName": operatorPriority,
			"serviceMonitor": kubernetes.Map{"enabled": true},
		})),
	})
	if err != nil {
		return err
	}
	b.records = made.Ready
	return nil
}

// routed are the namespaces whose routes lead from the way in.
func (b *builder) routed() []string {
	if b.Metrics.Grafana.Host == "" {
		return inMesh
	}
	return append(slices.Clone(inMesh), metricsNamespace)
}

// makeEntrance makes the way into the mesh, and where there is a host the load
// balancer before it.
func (b *builder) makeEntrance() error {
	if !b.Ingress.Enabled || b.meshMode() == "" {
		return nil
	}
	args := &kubernetes.EntranceArgs{
		Hosts: b.EntranceHosts(), Namespaces: b.routed(), Issuer: b.issuer, Replicas: b.Operators.Replicas, Most: 10, Labels: b.labels,
		// What keeps records goes after the gateway, which takes its time: so long it sees
		// that a host is gone.
		After: b.inside(kubernetes.EntranceNamespace, slices.Concat(b.mesh, b.certificates, b.records)...),
	}
	if balancer := b.cluster.Integrations.Balancer; balancer != nil && len(args.Hosts) > 0 {
		after := slices.Clone(b.records)
		if balancer.Controller != nil {
			made, err := b.cloudOperator("balancer", balancer.Controller, nil)
			if err != nil {
				return err
			}
			after = append(after, made.Ready...)
		}
		args.Balancer = b.balancer(balancer, after)
	}
	made, err := kubernetes.NewEntrance(b.ctx, "entrance", args, b.in)
	if err != nil {
		return err
	}
	b.entrance = made
	return nil
}

// balancer asks for a load balancer of the cloud's before the gateway.
func (b *builder) balancer(of *platform.Balancer, after []pulumi.Resource) *kubernetes.BalancerArgs {
	behind := platform.Backend{
		TLS: b.issuer != "", HealthPort: kubernetes.EntranceHealthPort, HealthPath: kubernetes.EntranceHealthPath,
	}
	args := &kubernetes.BalancerArgs{
		Class: of.Class, Certificate: of.Certificate, LaterAnnotations: of.Annotations, After: after,
	}
	if of.Backend != nil {
		args.Annotations = of.Backend(behind)
	}
	if of.Service != nil {
		args.Service = of.Service(behind)
	}
	if of.Objects != nil {
		for _, s := range of.Objects(behind) {
			args.Objects = append(args.Objects, kubernetes.Object{
				APIVersion: s.APIVersion, Kind: s.Kind, Name: s.Name, Body: kubernetes.Map{"spec": s.Spec},
			})
		}
	}
	return args
}

// makeViews leads from the way in to Grafana, which is not in the mesh: the gateway
// alone gets to it, and Grafana asks who somebody is.
func (b *builder) makeViews() error {
	host := b.Metrics.Grafana.Host
	if host == "" || b.entrance == nil {
		return nil
	}
	route := monitoring.GrafanaRoute(metricsNamespace, host, kubernetes.EntranceNamespace, kubernetes.EntranceGateway)
	route.Labels = b.labels
	_, err := kubernetes.Apply(b.ctx, "entrance-grafana", route, pulumi.Parent(b.entrance), pulumi.DependsOn(append(slices.Clone(b.entrance.Ready), b.metrics)))
	return err
}
