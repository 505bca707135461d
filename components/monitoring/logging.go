// Package monitoring holds the components that watch what runs in a cluster:
// logs and traces, whichever cloud the cluster is from.
package monitoring

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/versions"
)

// The namespaces of logs and traces.
const (
	// LoggingNamespace holds Elasticsearch, Kibana and their operator.
	LoggingNamespace = "logging"
	// LogAgentsNamespace holds Fluent Bit, which reads the nodes' /var/log and so
	// breaks every Pod Security Standard but privileged, and Logstash, whose
	// certificate Fluent Bit trusts. Nothing else is there, so nothing else is let
	// off.
	LogAgentsNamespace = "log-agents"
	// TracingNamespace holds the collectors and Jaeger.
	TracingNamespace = "tracing"
)

// ElasticsearchAccount is the service account that Elasticsearch runs as, in
// LoggingNamespace: whoever lets it at an object store names it.
const ElasticsearchAccount = "elasticsearch"

const (
	elasticsearchName = "elasticsearch"
	elasticsearchPort = 9200
	// elasticsearchURL is where Elasticsearch answers: the service that ECK makes.
	elasticsearchURL = "https://" + elasticsearchName + "-es-http." + LoggingNamespace + ".svc:9200"
	// elasticPassword and elasticCertificates are the secrets that ECK makes: the
	// administrator's password, and the authority of the certificates.
	// Source: ECK guide, "Accessing Elastic Stack services".
	elasticPassword     = elasticsearchName + "-es-elastic-user"
	elasticCertificates = elasticsearchName + "-es-http-certs-public"
)

//go:embed logs
var logFiles embed.FS

// LoggingArgs are the arguments of NewLogging.
type LoggingArgs struct {
	// Labels are on all that the component makes.
	Labels map[string]string
	// Stream ends the names of the data streams: the stack's name.
	Stream string
	// StorageClass is the class of the disks; the cluster's default if empty.
	StorageClass string
	// Tiers are the nodes of Elasticsearch, by what they are for: masters (may be
	// missing, the hot ones do it then), hot, warm and cold.
	Tiers map[string]LogTier
	// Retention says how old logs become.
	Retention LogRetention
	// TraceDays is how long Jaeger's traces are kept; 0 without Jaeger.
	TraceDays int
	// KibanaReplicas is the number of Kibana's pods.
	KibanaReplicas int
	// Logstash sizes Logstash.
	Logstash LogstashArgs
	// RedactAddresses takes IP addresses out of logs.
	RedactAddresses bool
	// Snapshots are backups; none if nil.
	Snapshots *LogSnapshots
	// Readers are who reads Elasticsearch from other namespaces.
	Readers []LogReader
	// MetricsNamespace is where the metrics are collected from.
	MetricsNamespace string
	// API is the Kubernetes API.
	API API
	// After are what everything in the component waits for, such as its namespaces.
	After []pulumi.Resource
}

// LogTier are like nodes of Elasticsearch.
type LogTier struct {
	// Nodes is how many there are.
	Nodes int
	// CPUMillis are thousandths of a processor, MemoryGiB the memory and
	// StorageGiB the disk of each.
	CPUMillis, MemoryGiB, StorageGiB int
}

// LogRetention are ages in days; 0 leaves a phase out.
type LogRetention struct {
	WarmAfterDays, ColdAfterDays, DeleteAfterDays int
}

// LogstashArgs size Logstash.
type LogstashArgs struct {
	// Replicas is the number of pods.
	Replicas int
	// MemoryGiB is the memory of a pod and QueueGiB the disk of its queue.
	MemoryGiB, QueueGiB int
}

// LogSnapshots are backups of Elasticsearch in an object store.
type LogSnapshots struct {
	// Schedule is a cron expression of Elasticsearch, KeepDays how long a snapshot
	// is kept.
	Schedule string
	KeepDays int
	// Store is where they go.
	Store SnapshotStore
}

// SnapshotStore is an object store, and how Elasticsearch gets at it.
type SnapshotStore struct {
	// Type is the kind of the repository: s3, gcs or azure.
	Type string
	// Settings are the repository's: bucket, base_path and the like.
	Settings pulumi.StringMap
	// Annotations are on Elasticsearch's service account.
	Annotations map[string]string
	// Env are environment variables of Elasticsearch.
	Env pulumi.StringMap
	// Keystore are settings that Elasticsearch reads from its keystore alone.
	Keystore pulumi.StringMap
	// TokenAudience is whom a token of the service account is for that stands in
	// the file TokenFile of the folder TokenFolder of Elasticsearch's configuration;
	// there is none if empty.
	TokenAudience, TokenFolder, TokenFile string
	// Credentials are the address ranges, and CredentialsPorts the TCP ports, where
	// Elasticsearch gets the credentials of its identity; none where the token is
	// enough.
	Credentials      []string
	CredentialsPorts []int
}

// LogReader is who reads Elasticsearch, or writes to it.
// The user's password is made in the cluster and put into the secret, beside
// username and ca.crt; the program never has it.
type LogReader struct {
	// User is the name in Elasticsearch, and of its role.
	User string
	// Namespace and Secret are where the password goes, and Pods the labels of the
	// pods there that read.
	Namespace, Secret string
	Pods              map[string]string
	// Cluster and Indices are privileges: on the cluster, and on the indices of
	// the patterns.
	Cluster  []string
	Patterns []string
	Indices  []string
}

// Logging is the way of the logs: Fluent Bit on every node, Logstash,
// Elasticsearch and Kibana.
type Logging struct {
	pulumi.ResourceState

	// Ready is there when Elasticsearch answers and is set up.
	Ready pulumi.Resource
}

// logging is a Logging while it is made.
type logging struct {
	*LoggingArgs
	ctx  *pulumi.Context
	name string
	in   pulumi.ResourceOption
	// stack is the version of the Elastic stack.
	stack string
	// operator and the like are what later resources wait for.
	operator, elasticsearch, logstash, setup pulumi.Resource
	// flows are the network policies.
	flows []pulumi.Resource
}

// NewLogging makes the way of the logs, in namespaces that are there already.
func NewLogging(ctx *pulumi.Context, name string, args *LoggingArgs, opts ...pulumi.ResourceOption) (*Logging, error) {
	if args.Tiers["hot"].Nodes < 1 {
		return nil, fmt.Errorf("creating logging %s: got no hot nodes, want 1 or more", name)
	}
	image, err := versions.Image("elasticsearch")
	if err != nil {
		return nil, fmt.Errorf("creating logging %s: %w", name, err)
	}
	_, stack, _ := strings.Cut(image, ":") // ECK takes the images of the stack's version
	l := &Logging{}
	if err := component.Register(ctx, "monitoring", "Logging", name, l, opts...); err != nil {
		return nil, err
	}
	all := *args
	all.Readers = append(slices.Clone(args.Readers), exporterReader())
	b := &logging{LoggingArgs: &all, ctx: ctx, name: name, in: within(l, args.After), stack: stack}
	if err := b.makeFlows(); err != nil {
		return nil, err
	}
	b.in = within(l, slices.Concat(args.After, b.flows))
	for _, step := range []func() error{
		b.makeOperator, b.makeElasticsearch, b.makeSetup, b.makeKibana, b.makeLogstash, b.makeFluentBit, b.makeExporter,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	l.Ready = b.setup
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{"address": pulumi.String(elasticsearchURL)})
}

// makeOperator installs ECK, its custom resource definitions apart: a chart's
// upgrade never takes them along.
func (b *logging) makeOperator() error {
	crds, err := kubernetes.InstallRelease(b.ctx, b.name+"-crds", &kubernetes.ReleaseArgs{
		Chart: "eck-operator-crds", Namespace: LoggingNamespace,
	}, b.in)
	if err != nil {
		return err
	}
	b.operator, err = kubernetes.InstallRelease(b.ctx, b.name+"-operator", &kubernetes.ReleaseArgs{
		Chart: "eck-operator", Namespace: LoggingNamespace, SkipCRDs: true,
		Values: kubernetes.Map{
			"installCRDs":       false,
			"managedNamespaces": []string{LoggingNamespace, LogAgentsNamespace},
			"resources": kubernetes.Map{
				"requests": kubernetes.Map{"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "50Mi"},
				"limits":   kubernetes.Map{"memory": "512Mi", "ephemeral-storage": "200Mi"},
			},
			"podSecurityContext": podSecurity(10001),
			"securityContext":    containerSecurity(),
			"telemetry":          kubernetes.Map{"disabled": true},
			"config":             kubernetes.Map{"metrics": kubernetes.Map{"port": "9090"}},
			"podMonitor":         kubernetes.Map{"enabled": false},
			// The associations of Logstash reach into the other namespace: ECK gives
			// them rights on its own terms.
			"refs": kubernetes.Map{"enforceRBAC": false},
		},
	}, b.in, pulumi.DependsOn([]pulumi.Resource{crds}))
	return err
}

// apply makes an object of the component.
func (b *logging) apply(suffix string, o kubernetes.Object, opts ...pulumi.ResourceOption) (*kubernetes.Applied, error) {
	o.Labels = withLabels(b.Labels, o.Labels)
	return kubernetes.Apply(b.ctx, b.name+"-"+suffix, o, append(opts, b.in)...)
}

// account makes a service account without a token in its pods.
func (b *logging) account(name, namespace string, annotations map[string]string) (*kubernetes.Applied, error) {
	return b.apply("account-"+name, kubernetes.Object{
		APIVersion: "v1", Kind: "ServiceAccount", Name: name, Namespace: namespace, Annotations: annotations,
		Body: kubernetes.Map{"automountServiceAccountToken": false},
	})
}

// render fills in one of the embedded files.
func render(file string, data any) (string, error) {
	t, err := template.ParseFS(logFiles, "logs/"+file)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", file, err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return "", fmt.Errorf("filling in %s: %w", file, err)
	}
	return out.String(), nil
}
