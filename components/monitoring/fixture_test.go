package monitoring

import (
	"flag"
	"os"
	"testing"

	sdk "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// update rewrites the golden files, and fails: a run that passes changes none.
var update = flag.Bool("update", false, "rewrite the golden files, then fail")

// golden compares text with a golden file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err == nil && string(want) == got {
		return
	}
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s was rewritten: run the test again without -update", path)
		return
	}
	t.Errorf("%s is out of date (go test ./components/monitoring -update); got:\n%s", path, got)
}

// labels are the stack's.
var labels = map[string]string{"explico.io/stack": "test"}

// program runs f in a cluster with the namespaces of logs and traces.
func program(t *testing.T, f func(ctx *pulumi.Context, in pulumi.ResourceOption, after []pulumi.Resource) error) *simtest.Graph {
	t.Helper()
	return simtest.Run(t, func(ctx *pulumi.Context) error {
		provider, err := sdk.NewProvider(ctx, "kubernetes", &sdk.ProviderArgs{ClusterIdentifier: pulumi.String("test")})
		if err != nil {
			return err
		}
		in := pulumi.Providers(provider)
		var after []pulumi.Resource
		for _, name := range []string{LoggingNamespace, LogAgentsNamespace, TracingNamespace, "monitoring"} {
			args := &kubernetes.NamespaceArgs{Version: "1.35", Quota: kubernetes.Quota{Storage: "8Ti"}}
			if name == LogAgentsNamespace {
				args.PodSecurity, args.Reason = kubernetes.Privileged, "the shipper reads the node's files"
			}
			n, err := kubernetes.NewNamespace(ctx, name, args, in)
			if err != nil {
				return err
			}
			after = append(after, n)
		}
		class, err := kubernetes.NewStorage(ctx, "storage", map[string]kubernetes.StorageClassArgs{"gp3": {Provisioner: "csi.example", Default: true}}, labels, in)
		if err != nil {
			return err
		}
		monitors, err := NewMonitors(ctx, "monitors", "monitoring", in, pulumi.DependsOn(after))
		if err != nil {
			return err
		}
		return f(ctx, in, append(after, class, monitors.Release))
	})
}

// kubernetesAPI is where the test cluster's API is.
var kubernetesAPI = API{CIDRs: []string{"10.0.0.0/16", "172.20.0.0/16"}, Ports: []int{443}}

// small is one node without snapshots, large has all that there is.
func small() *LoggingArgs {
	return &LoggingArgs{
		Labels: labels, Stream: "test", Tiers: map[string]LogTier{"hot": {Nodes: 1, CPUMillis: 500, MemoryGiB: 2, StorageGiB: 30}},
		Retention: LogRetention{DeleteAfterDays: 7}, KibanaReplicas: 1, Logstash: LogstashArgs{Replicas: 1, MemoryGiB: 1, QueueGiB: 2},
		MetricsNamespace: "monitoring", API: kubernetesAPI,
	}
}

func large() *LoggingArgs {
	a := small()
	a.StorageClass, a.RedactAddresses, a.TraceDays = "gp3", true, 7
	a.Tiers = map[string]LogTier{
		"masters": {Nodes: 3, CPUMillis: 250, MemoryGiB: 2, StorageGiB: 10}, "hot": {Nodes: 3, CPUMillis: 1000, MemoryGiB: 8, StorageGiB: 250},
		"warm": {Nodes: 3, CPUMillis: 500, MemoryGiB: 4, StorageGiB: 1000}, "cold": {Nodes: 1, CPUMillis: 250, MemoryGiB: 4, StorageGiB: 400},
	}
	a.Retention = LogRetention{WarmAfterDays: 7, ColdAfterDays: 30, DeleteAfterDays: 90}
	a.KibanaReplicas, a.Logstash.Replicas = 2, 2
	a.Readers = []LogReader{GrafanaReader("monitoring"), JaegerReader()}
	a.Snapshots = &LogSnapshots{Schedule: "0 30 1 * * ?", KeepDays: 30, Store: SnapshotStore{
		Type: "s3", Settings: pulumi.StringMap{"bucket": pulumi.String("backups"), "base_path": pulumi.String("elasticsearch")},
		Env:           pulumi.StringMap{"AWS_REGION": pulumi.String("eu-west-1")},
		TokenAudience: "sts.amazonaws.com", TokenFolder: "repository-s3", TokenFile: "aws-web-identity-token-file",
	}}
	return a
}

// traces are two gateways that write to the stack's own Elasticsearch.
func traces() *TracingArgs {
	return &TracingArgs{
		Labels: labels, SamplePercent: 10, SlowMillis: 1000, RedactAddresses: true, Days: 7, GatewayReplicas: 2, GatewayMemoryMiB: 1024,
		JaegerReplicas: 2, Copies: 1, Senders: []string{"explico"}, MetricsNamespace: "monitoring", API: kubernetesAPI,
	}
}

func logs(t *testing.T, args *LoggingArgs) *simtest.Graph {
	t.Helper()
	return program(t, func(ctx *pulumi.Context, in pulumi.ResourceOption, after []pulumi.Resource) error {
		args.After = after
		_, err := NewLogging(ctx, "logging", args, in)
		return err
	})
}
