package monitoring

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// DatabaseTarget is a PostgreSQL that an exporter asks. It logs in with a user
// name and a password; one that only knows identities of a cloud is watched by
// that cloud's own alarms.
type DatabaseTarget struct {
	// Secret is the name of the secret, in the store, with the whole connection
	// string of a user with the role pg_monitor: postgresql://user:password@host:
	// 5432/name?sslmode=verify-full
	Secret string
	// To and Ports are where it is, for the network policy.
	To    []kubernetes.Peer
	Ports []int
}

// CacheTarget is a cache that an exporter asks, with a password.
type CacheTarget struct {
	// Host and Port are where it answers, over TLS.
	Host pulumi.StringInput
	Port pulumi.IntInput
	// CA are the authorities, in PEM, that sign its certificate; nil where those are
	// everybody's.
	CA pulumi.StringInput
	// Secret is what the store calls the secret of the password.
	Secret pulumi.StringInput
	// To and Ports are where it is, for the network policy.
	To    []kubernetes.Peer
	Ports []int
}

// The exporters' charts, by whose names their pods are labelled.
const (
	postgresExporterChart = "prometheus-postgres-exporter"
	redisExporterChart    = "prometheus-redis-exporter"
)

// makeExporters installs the exporters.
func (m *Metrics) makeExporters(ctx *pulumi.Context, opts []pulumi.ResourceOption) error {
	install := func(chart, namespace string, values kubernetes.Map) error {
		_, err := kubernetes.InstallRelease(ctx, m.name+"-"+chart, &kubernetes.ReleaseArgs{
			Chart: chart, Namespace: namespace, Values: values,
		}, opts...)
		return err
	}
	if err := install("prometheus-node-exporter", m.args.AgentNamespace, nodeExporter()); err != nil {
		return err
	}
	if m.args.Database != nil {
		if err := install(postgresExporterChart, m.args.Namespace, postgresExporter()); err != nil {
			return err
		}
	}
	if c := m.args.Cache; c != nil {
		values := kubernetes.Map{
			"redisAddress": pulumi.Sprintf("rediss://%s:%d", c.Host, c.Port),
			"auth": kubernetes.Map{"enabled": true, "secret": kubernetes.Map{
				"name": cacheSecret, "key": keyFile,
			}},
			"serviceMonitor": kubernetes.Map{"enabled": true},
			"resources":      resources("10m", 64), "securityContext": restrictedPod(),
		}
		if c.CA != nil {
			// The chart takes it from a secret alone.
			authorities, err := kubernetes.Apply(ctx, m.name+"-cache-authorities", kubernetes.Object{
				APIVersion: "v1", Kind: "Secret", Name: cacheAuthorities, Namespace: m.args.Namespace, Labels: m.args.Labels,
				Body: kubernetes.Map{"type": "Opaque", "stringData": kubernetes.Map{"ca.crt": c.CA}},
			}, opts...)
			if err != nil {
				return err
			}
			opts = append(slices.Clone(opts), pulumi.DependsOn([]pulumi.Resource{authorities}))
			values["redisTlsConfig"] = kubernetes.Map{"enabled": true, "caCertFile": kubernetes.Map{
				"secret": kubernetes.Map{"name": cacheAuthorities, "key": "ca.crt"},
			}}
		}
		return install(redisExporterChart, m.args.Namespace, values)
	}
	return nil
}

// nodeExporter is on every node, whatever else must not be there: a node that is
// set apart still fills its disk.
// Source: the chart's values.yaml; node_exporter, "Running on Docker".
func nodeExporter() kubernetes.Map {
	return kubernetes.Map{
		"prometheus":  kubernetes.Map{"monitor": kubernetes.Map{"enabled": true, "jobLabel": "app.kubernetes.io/name"}},
		"resources":   resources("20m", 64),
		"tolerations": kubernetes.List{kubernetes.Map{"operator": "Exists"}},
		"extraArgs": []string{
			`--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/.+|var/lib/containerd/.+|var/lib/kubelet/.+)($|/)`,
			`--collector.filesystem.fs-types-exclude=^(autofs|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|mqueue|nsfs|overlay|proc|pstore|securityfs|squashfs|sysfs|tmpfs|tracefs)$`,
		},
	}
}

func postgresExporter() kubernetes.Map {
	return kubernetes.Map{
		"config": kubernetes.Map{
			"datasourceSecret": kubernetes.Map{"name": databaseSecret, "key": keyFile},
		},
		"serviceMonitor": kubernetes.Map{"enabled": true}, "resources": resources("10m", 128),
		"podSecurityContext": kubernetes.Map{
			"runAsUser": nobodyUser, "runAsGroup": nobodyUser, "runAsNonRoot": true,
			"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
		},
	}
}
