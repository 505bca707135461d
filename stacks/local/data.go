package local

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/versions"
)

// dataNamespace is where what applications keep things in is.
const dataNamespace = "data"

// What the charts and the operator call what they make, and where it listens.
// Sources: the charts' templates; CloudNativePG documentation, "Service
// management" and "Connecting from an application".
const (
	databaseName   = "database"
	databaseSecret = "database-app"
	databaseHost   = "database-rw." + dataNamespace + ".svc.cluster.local"
	databasePort   = 5432
	cacheName      = "cache"
	cacheHost      = cacheName + "." + dataNamespace + ".svc.cluster.local"
	cachePort      = 6379
	objectsSecret  = "seaweedfs-s3-secret"
	objectsHost    = "seaweedfs-all-in-one." + dataNamespace + ".svc.cluster.local"
	objectsPort    = 8333
)

// The labels of the pods, by which network policies find them.
var (
	databasePods = map[string]string{"cnpg.io/cluster": databaseName}
	cachePods    = map[string]string{"app.kubernetes.io/name": "valkey", "app.kubernetes.io/instance": cacheName}
	objectsPods  = map[string]string{"app.kubernetes.io/name": "seaweedfs", "app.kubernetes.io/component": "seaweedfs-all-in-one"}
)

// makeData makes the namespace. The database's operator and its pods speak to
// the API server, whose webhooks call the operator; the rest answers clients.
func (b *builder) makeData() error {
	api := []kubernetes.Peer{{CIDRs: b.platform.Cluster.API.CIDRs}}
	within := []kubernetes.Peer{{Namespace: dataNamespace}}
	scrapers := []kubernetes.Peer{{Namespace: "monitoring", Pods: map[string]string{"app.kubernetes.io/name": "prometheus"}}}
	services := []kubernetes.Peer{{Namespace: "explico"}}
	exporter := func(name string) kubernetes.Peer {
		return kubernetes.Peer{Namespace: "monitoring", Pods: map[string]string{"app.kubernetes.io/name": name}}
	}
	data, err := kubernetes.NewNamespace(b.ctx, dataNamespace, &kubernetes.NamespaceArgs{
		Labels: b.labels, Version: b.Cluster.Version,
		Quota: kubernetes.Quota(b.Namespaces[dataNamespace]), Limits: kubernetes.Limits{Memory: "512Mi", Disk: "1Gi"},
		Flows: []kubernetes.Flow{
			{Name: "api", To: api, Ports: apiPorts},
			{Name: "webhooks", From: api, Ports: []int{9443}},
			{Name: "within", From: within, To: within},
			{Name: "scrape", From: scrapers},
			{Name: "database", Pods: databasePods, From: append(services, exporter("prometheus-postgres-exporter")), Ports: []int{databasePort}},
			{Name: "cache", Pods: cachePods, From: append(services, exporter("prometheus-redis-exporter")), Ports: []int{cachePort}},
			// logs and traces are kept in the object store too, and so are backups
			{Name: "objects", Pods: objectsPods, Ports: []int{objectsPort}, From: append(services,
				kubernetes.Peer{Namespace: "logging"}, kubernetes.Peer{Namespace: "tracing"},
				kubernetes.Peer{Namespace: "monitoring"}, kubernetes.Peer{Namespace: "velero"})},
		},
	}, b.in)
	if err != nil {
		return err
	}
	b.data = data
	return nil
}

// install installs a chart into the namespace, once its guards are there.
func (b *builder) install(name, chart string, values kubernetes.Map) (*kubernetes.Release, error) {
	return kubernetes.InstallRelease(b.ctx, "namespace-data-"+name, &kubernetes.ReleaseArgs{
		Chart: chart, Name: name, Namespace: dataNamespace, Values: values,
	}, b.in, pulumi.Parent(b.data), pulumi.DependsOn(b.data.Guarded))
}

// resources are what a container asks for, and the most memory it gets.
func resources(cpu, memory, most string) kubernetes.Map {
	return kubernetes.Map{
		"requests": kubernetes.Map{"cpu": cpu, "memory": memory, "ephemeral-storage": "64Mi"},
		"limits":   kubernetes.Map{"memory": most, "ephemeral-storage": "1Gi"},
	}
}

// makeDatabase makes a PostgreSQL server of one instance. The operator makes the
// password and keeps it in a secret.
func (b *builder) makeDatabase() error {
	operator, err := b.install("cloudnative-pg", "cloudnative-pg", kubernetes.Map{
		"config":    kubernetes.Map{"clusterWide": false}, // it sees its own namespace alone
		"resources": resources("50m", "128Mi", "256Mi"),
	})
	if err != nil {
		return err
	}
	image, err := versions.Image("postgresql")
	if err != nil {
		return err
	}
	d := b.Database
	if _, err := kubernetes.Apply(b.ctx, "namespace-data-database", kubernetes.Object{
		APIVersion: "postgresql.cnpg.io/v1", Kind: "Cluster", Name: databaseName, Namespace: dataNamespace, Labels: b.labels,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"instances": 1, "imageName": image,
			"enablePDB":  false, // one of one instance could never be evicted
			"bootstrap":  kubernetes.Map{"initdb": kubernetes.Map{"database": d.Name, "owner": d.Name}},
			"storage":    kubernetes.Map{"size": fmt.Sprintf("%dGi", d.StorageGiB)},
			"resources":  resources("100m", "256Mi", "1Gi"),
			"postgresql": kubernetes.Map{"parameters": d.Parameters},
		}},
	}, b.in, pulumi.Parent(b.data), pulumi.DependsOn([]pulumi.Resource{operator})); err != nil {
		return err
	}
	b.platform.Database = platform.Database{
		Host: pulumi.String(databaseHost), PoolHost: pulumi.String(databaseHost), Port: pulumi.Int(databasePort),
		Name: d.Name, Readers: pulumi.StringArray{}, Secret: pulumi.String(databaseSecret),
		Reach: platform.Reach{Namespace: dataNamespace, Pods: databasePods, Ports: []int{databasePort}},
	}
	return nil
}

// user is whom the containers of charts run as that leave it to us.
const user = 10001

// makeCache makes one Valkey server that keeps nothing on disk and lets in
// whoever the network policies let through.
func (b *builder) makeCache() error {
	if _, err := b.install(cacheName, "valkey", kubernetes.Map{
		"fullnameOverride": cacheName,
		"podSecurityContext": kubernetes.Map{
			"runAsUser": user, "runAsGroup": user, "fsGroup": user, "seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
		},
		"securityContext": kubernetes.Map{"runAsUser": user},
		"readinessProbe":  kubernetes.Map{"enabled": true},
		"valkeyConfig":    "maxmemory 192mb\n", // below the container's limit
		"resources":       resources("50m", "64Mi", "256Mi"),
		"initResources":   resources("10m", "16Mi", "64Mi"),
	}); err != nil {
		return err
	}
	b.platform.Cache = &platform.Cache{
		Host: pulumi.String(cacheHost), Reader: pulumi.String(cacheHost), Port: pulumi.Int(cachePort), Open: true,
		Reach: platform.Reach{Namespace: dataNamespace, Pods: cachePods, Ports: []int{cachePort}},
	}
	return nil
}
