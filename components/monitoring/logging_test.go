package monitoring

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	elasticsearchToken = "kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch"
	logstashToken      = "kubernetes:logstash.k8s.elastic.co/v1alpha1:Logstash"
	releaseToken       = "kubernetes:helm.sh/v3:Release"
	jobToken           = "kubernetes:batch/v1:Job"
)

// in is a value deep in an object; numbers in the path are places in a list.
func in(t *testing.T, v any, path ...any) any {
	t.Helper()
	for i, key := range path {
		switch at := v.(type) {
		case simcloud.Values:
			v = at[key.(string)]
		case map[string]any:
			v = at[key.(string)]
		case []any:
			if n := key.(int); n < len(at) {
				v = at[n]
				continue
			}
			t.Fatalf("%v: there are %d", path[:i+1], len(at))
		default:
			t.Fatalf("%v: got %v", path[:i], v)
		}
	}
	return v
}

func TestElasticsearch(t *testing.T) {
	g := logs(t, large())
	g.CheckHouse(t)
	spec := g.One(t, elasticsearchToken, "").Inputs["spec"]
	sets := in(t, spec, "nodeSets").([]any)
	var names []string
	for _, set := range sets {
		name := in(t, set, "name").(string)
		names = append(names, name)
		roles := in(t, set, "config", "node.roles").([]any)
		if master := slices.Contains(roles, any("master")); master != (name == "masters") {
			t.Errorf("%s has the roles %v", name, roles)
		}
		if zones := in(t, set, "zoneAwareness"); (zones != nil) != (name != "cold") {
			t.Errorf("%s: zones %v, want them for more than one node", name, zones)
		}
		container := in(t, set, "podTemplate", "spec", "containers", 0)
		request, limit := in(t, container, "resources", "requests", "memory"), in(t, container, "resources", "limits", "memory")
		if request != limit {
			t.Errorf("%s is promised %v of memory and may take %v: Java's heap is sized by the one", name, request, limit)
		}
		if path := in(t, container, "volumeMounts", 0, "mountPath"); path != "/usr/share/elasticsearch/config/repository-s3" {
			t.Errorf("%s has the token of the object store in %v", name, path)
		}
		if class := in(t, set, "volumeClaimTemplates", 0, "spec", "storageClassName"); class != "gp3" {
			t.Errorf("%s: storage class %v", name, class)
		}
	}
	if want := []string{"cold", "warm", "hot", "masters"}; !slices.Equal(names, want) {
		t.Errorf("got the node sets %v, want %v, in the order of upgrades", names, want)
	}
}

func TestOneNodeDoesEverything(t *testing.T) {
	g := logs(t, small())
	spec := g.One(t, elasticsearchToken, "").Inputs["spec"]
	if sets := in(t, spec, "nodeSets").([]any); len(sets) != 1 {
		t.Errorf("got %d node sets", len(sets))
	}
	roles := in(t, spec, "nodeSets", 0, "config", "node.roles").([]any)
	if !slices.Contains(roles, any("master")) || !slices.Contains(roles, any("data_hot")) {
		t.Errorf("got the roles %v", roles)
	}
	for _, r := range g.Resources {
		if strings.Contains(r.Name, "budget") {
			t.Errorf("%s guards a single pod: no node could be drained", r.Name)
		}
	}
	files := g.One(t, "kubernetes:core/v1:ConfigMap", "logging-setup").Inputs["data"]
	if list := in(t, files, "requests").(string); strings.Contains(list, "snapshot") || strings.Contains(list, "jaeger") {
		t.Errorf("asks for what there is not:\n%s", list)
	}
}

// The definitions come before the operator, that before what it looks after, and
// Elasticsearch is set up before anybody writes to it.
func TestLoggingOrder(t *testing.T) {
	g := logs(t, large())
	at := map[string]simtest.Resource{}
	for _, r := range g.Resources {
		at[r.Name] = r
	}
	for after, before := range map[string]string{
		"logging-operator": "logging-crds", "logging-elasticsearch": "logging-operator", "logging-setup-job": "logging-elasticsearch",
		"logging-logstash": "logging-setup-job", "logging-fluent-bit": "logging-logstash", "logging-crds": "namespace-logging",
		"logging-exporter": "logging-setup-job",
	} {
		if !slices.ContainsFunc(at[after].DependsOn, func(urn string) bool { return strings.HasSuffix(urn, "::"+before) }) {
			t.Errorf("%s does not wait for %s, but for %v", after, before, at[after].DependsOn)
		}
	}
}

// No password stands in any object: the secrets are there, and empty.
func TestNoPasswords(t *testing.T) {
	g := logs(t, large())
	secrets := g.All("kubernetes:core/v1:Secret")
	if len(secrets) != 3 {
		t.Fatalf("got %d secrets, want one for each reader", len(secrets))
	}
	for _, s := range secrets {
		if s.Inputs["data"] != nil || s.Inputs["stringData"] != nil {
			t.Errorf("%s has content: %v", s.Name, s.Inputs)
		}
		if !slices.Contains(s.IgnoreChanges, "data") {
			t.Errorf("%s: an update would empty it", s.Name)
		}
	}
	for _, r := range g.All("kubernetes:rbac.authorization.k8s.io/v1:Role") {
		rule := in(t, r.Inputs, "rules", 0)
		if names := in(t, rule, "resourceNames").([]any); len(names) != 1 || slices.Contains(in(t, rule, "verbs").([]any), any("list")) {
			t.Errorf("%s may more than its one secret: %v", r.Name, rule)
		}
	}
	text := in(t, g.One(t, logstashToken, "").Inputs, "spec", "pipelines", 0, "config.string").(string)
	if !strings.Contains(text, `password => "${LOGS_ES_PASSWORD}"`) {
		t.Error("Logstash does not take the password that ECK gives it")
	}
}

// The exporter sees how Elasticsearch is, and no log; it logs in by the secret that
// the job fills.
func TestExporterSeesNoLog(t *testing.T) {
	for _, args := range []*LoggingArgs{large(), small()} {
		g := logs(t, args)
		values := in(t, g.One(t, releaseToken, "logging-exporter").Inputs, "values")
		if in(t, values, "es", "snapshots") != (args.Snapshots != nil) {
			t.Errorf("snapshots: got %v", in(t, values, "es"))
		}
		secret := in(t, values, "extraEnvSecrets", "ES_PASSWORD", "secret")
		if secret != exporterName || secret != in(t, values, "secretMounts", 0, "secretName") {
			t.Errorf("got the password of %v", secret)
		}
		files := in(t, g.One(t, "kubernetes:core/v1:ConfigMap", "logging-setup").Inputs, "data")
		if list := in(t, files, "readers").(string); !strings.Contains(list, exporterName+" "+LoggingNamespace+" "+exporterName+"\n") {
			t.Errorf("the job hands out %q", list)
		}
		role := in(t, files, "role-"+exporterName+".json").(string)
		if !strings.Contains(role, `"monitor_snapshot"`) || strings.Contains(role, `"read"`) || strings.Contains(role, `"all"`) {
			t.Errorf("got the role %s", role)
		}
	}
}

// What the job does is in its pod, so that a change makes a new job.
func TestSetupRunsAnew(t *testing.T) {
	sum := func(args *LoggingArgs) any {
		return in(t, logs(t, args).One(t, jobToken, "").Inputs, "spec", "template", "metadata", "annotations", "explico.io/checksum")
	}
	longer := large()
	longer.Retention.DeleteAfterDays = 91
	moved := large()
	moved.Snapshots.Store.Settings["bucket"] = pulumi.String("elsewhere")
	if first := sum(large()); first != sum(large()) || first == sum(longer) || first == sum(moved) {
		t.Errorf("%v, %v and %v: want a sum that changes with the retention and the bucket, and with nothing else", first, sum(longer), sum(moved))
	}
}

// Fluent Bit is root, and nothing else of what makes a pod dangerous; the admission
// policy keeps others from its folders.
func TestFluentBit(t *testing.T) {
	g := logs(t, small())
	values := in(t, g.One(t, releaseToken, "logging-fluent-bit").Inputs, "values")
	security := in(t, values, "securityContext")
	if in(t, security, "privileged") != false || in(t, security, "readOnlyRootFilesystem") != true || in(t, security, "capabilities", "drop", 0) != "ALL" {
		t.Errorf("got %v", security)
	}
	policy := g.One(t, "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", "").Inputs
	for _, v := range in(t, values, "daemonSetVolumes").([]any) {
		path := in(t, v, "hostPath", "path").(string)
		if rule := in(t, policy, "spec", "validations", 0, "expression").(string); !strings.Contains(rule, "'"+path+"'") {
			t.Errorf("the admission policy refuses Fluent Bit its %s: %s", path, rule)
		}
	}
	if mount := in(t, values, "daemonSetVolumeMounts", 0); in(t, mount, "readOnly") != true {
		t.Errorf("the node's logs can be written to: %v", mount)
	}
}

// Every policy is of one direction and names ports.
func TestFlows(t *testing.T) {
	g := logs(t, large())
	all := slices.DeleteFunc(g.All("kubernetes:networking.k8s.io/v1:NetworkPolicy"), func(r simtest.Resource) bool {
		return !strings.HasPrefix(r.Name, "logging-") // the namespaces have theirs
	})
	if len(all) < 15 {
		t.Fatalf("got %d policies", len(all))
	}
	for _, p := range all {
		direction := in(t, p.Inputs, "spec", "policyTypes", 0).(string)
		key, side := "ingress", "from"
		if direction == "Egress" {
			key, side = "egress", "to"
		}
		rule := in(t, p.Inputs, "spec", key, 0)
		if len(in(t, rule, side).([]any)) == 0 || len(in(t, rule, "ports").([]any)) == 0 {
			t.Errorf("%s lets everything through: %v", p.Name, rule)
		}
	}
}

func TestBadLogging(t *testing.T) {
	_, err := simtest.Try("explico", "test", func(ctx *pulumi.Context) error {
		_, err := NewLogging(ctx, "logging", &LoggingArgs{})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "hot nodes") {
		t.Errorf("got %v", err)
	}
}
