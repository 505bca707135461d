package tests

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/tests/deploy"
)

var stackNames = []string{"dev", "staging", "prod"}

// exampleNames are the examples: stacks on other clouds.
var exampleNames = []string{"azure-dev", "azure-staging", "azure-prod", "gcp-dev", "gcp-staging", "gcp-prod"}

func TestUpAgainAndDestroy(t *testing.T) {
	for _, stack := range slices.Concat([]string{"local"}, stackNames, exampleNames) {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			w := standing(t, stack, "")
			acceptOutputs(t, w, stack)
			if steps := w.up(stack); len(steps) != 0 {
				t.Errorf("a second up changes something: %v", steps)
			}
			noSecrets(t, w.state(stack))
			if stack == "prod" {
				databaseStays(t, w)
			}
			if stack == "dev" {
				staysWhereItStands(t, w)
			}
			before := w.fingerprint()
			came := zoneComes(t, w, stack)
			unprotect(t, w, stack)
			zoneGoes(t, w, stack)
			refuseLoss(t, w.up(stack), inThirdZone(stack))
			if after := w.fingerprint(); came && !slices.Equal(before, after) {
				t.Errorf("a zone that came and went leaves a difference:\n%s", difference(before, after))
			}
			w.must("destroy", "--yes", "--skip-preview", "-s", stack)
			left := slices.DeleteFunc(w.records(""), func(r *simcloud.Record) bool { return remnants.MatchString(r.Type) })
			if stack == "local" { // charts keep their definitions, and nobody takes the cluster down with the stack
				left = slices.DeleteFunc(left, func(r *simcloud.Record) bool {
					return r.Type == "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
				})
			}
			if len(left) != 0 {
				t.Errorf("%d resources are left in the cloud, first %s", len(left), left[0].Key())
			}
		})
	}
}

// zones are the third ones of stacks, as their settings have them: a small stack gets
// it after another one and loses it, a large one, which has all that its region has,
// loses it. EKS keeps its control plane in the zones that it was made in.
var zones = map[string]struct{ after, zone string }{
	"dev":       {"eu-west-1b: 1", "eu-west-1c: 2"},
	"azure-dev": {"westeurope-2: 1", "westeurope-3: 2"}, "azure-staging": {"", "westeurope-3: 2"}, "azure-prod": {"", "westeurope-3: 2"},
	"gcp-dev": {"europe-west1-c: 1", "europe-west1-d: 2"}, "gcp-staging": {"", "europe-west1-d: 2"}, "gcp-prod": {"", "europe-west1-d: 2"},
}

// zoneComes adds a zone to a stack, if it lacks one, and says so: nothing that holds
// data is replaced.
func zoneComes(t *testing.T, w *world, stack string) bool {
	t.Helper()
	z := zones[stack]
	if z.after == "" {
		return false
	}
	w.edit(stack, `(?m)^(\s+)`+z.after+`(.*)\n`, "${1}"+z.after+"${2}\n${1}"+z.zone+"\n")
	steps := w.up(stack)
	if len(steps) == 0 {
		t.Error("another zone changes nothing")
	}
	refuseLoss(t, steps, nil)
	return true
}

// zoneGoes takes the third zone from the settings of a stack that can lose it.
func zoneGoes(t *testing.T, w *world, stack string) {
	t.Helper()
	if z, has := zones[stack]; has {
		w.edit(stack, `(?m)^\s+`+z.zone+`\n`, "")
	}
}

// inThirdZone are the resources that a zone takes along.
func inThirdZone(stack string) *regexp.Regexp {
	name, _, has := strings.Cut(zones[stack].zone, ":")
	if !has {
		return nil
	}
	return regexp.MustCompile(name + `$`)
}

// remnants are what a cloud itself keeps of what was deleted, for some days.
// Source: Azure Key Vault soft-delete overview.
var remnants = regexp.MustCompile(`^azure-native:keyvault:(Deleted(Vault|Secret)|KeptKey)$`)

// unprotect has a protected stack refuse to go, and then says in its settings that
// it is no longer protected, and that its data may go.
func unprotect(t *testing.T, w *world, stack string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "Pulumi."+stack+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "explico:protect: true") {
		return
	}
	if out := w.fails("destroy", "--yes", "--skip-preview", "-s", stack); !strings.Contains(out, "protected") {
		t.Errorf("a protected stack is not refused as such:\n%s", out)
	}
	w.edit(stack, `(?m)^  explico:protect: true`, "  explico:protect: false\n  explico:disposable: true")
}

func acceptOutputs(t *testing.T, w *world, stack string) {
	t.Helper()
	var outputs map[string]any
	text := w.must("stack", "output", "--json", "--show-secrets", "-s", stack)
	if err := json.Unmarshal([]byte(text), &outputs); err != nil {
		t.Fatalf("reading the outputs: %v\n%s", err, text)
	}
	// A structured output that holds no secret arrives as it is; a kubeconfig is
	// a text in JSON, which the CLI shows parsed.
	if m, ok := outputs["kubeconfig"].(map[string]any); ok {
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		outputs["kubeconfig"] = string(raw)
	}
	for _, err := range platform.Accept(outputs) {
		t.Error(err)
	}
}

// statefulTypes are how the types begin that hold data, or that others cannot do
// without: they are never replaced by a change of zones or gateways. Some stack has
// each: a pattern that matches nothing watches over nothing.
var statefulTypes = []string{
	`aws:ec2/vpc`, `aws:ec2/subnet`, `aws:ec2/natGateway`, `aws:ec2/eip`, `aws:ec2/routeTable`, `aws:eks/cluster`, `aws:rds/`,
	`aws:s3/bucketV2`, `aws:kms/key`,
	`azure-native:network:VirtualNetwork$`, `azure-native:network:Subnet$`, `azure-native:network:NatGateway$`,
	`azure-native:containerservice(/v\d+)?:ManagedCluster$`, `azure-native:dbforpostgresql(/v\d+)?:Server$`, `azure-native:storage:StorageAccount$`,
	`azure-native:keyvault:Vault$`, `azure-native:keyvault:Key$`, `azure-native:cache(/v\d+)?:`,
	`gcp:compute/network:`, `gcp:compute/subnetwork:`, `gcp:compute/router:`, `gcp:compute/routerNat:`, `gcp:container/cluster:`,
	`gcp:sql/databaseInstance:`, `gcp:storage/bucket:`, `gcp:redis/`, `gcp:kms/cryptoKey:`, `gcp:kms/keyRing:`,
}

var stateful = regexp.MustCompile(`^(` + strings.Join(statefulTypes, "|") + `)`)

func TestStatefulTypesAreThere(t *testing.T) {
	types := map[string]bool{}
	for _, stack := range slices.Concat(stackNames, exampleNames) {
		for _, r := range deploy.Scenario(t, stack).Resources {
			types[r.Type] = true
		}
	}
	for _, pattern := range statefulTypes {
		re := regexp.MustCompile(`^` + pattern)
		if !slices.ContainsFunc(slices.Collect(maps.Keys(types)), re.MatchString) {
			t.Errorf("no stack has %s", pattern)
		}
	}
}

func refuseLoss(t *testing.T, steps []step, mayGo *regexp.Regexp) {
	t.Helper()
	for _, s := range steps {
		lost := strings.Contains(s.Op, "replace") || s.Op == "delete" && (mayGo == nil || !mayGo.MatchString(s.URN))
		if lost && stateful.MatchString(s.typ()) {
			t.Errorf("%s %s", s.Op, s.URN)
		}
	}
}

// staysWhereItStands wants another region to be refused, before anything of the
// deployed stack is touched.
func staysWhereItStands(t *testing.T, w *world) {
	t.Helper()
	before := w.fingerprint()
	file := filepath.Join(w.dir, "Pulumi.dev.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w.write("Pulumi.dev.yaml", strings.ReplaceAll(string(text), "eu-west-1", "eu-central-1"))
	for _, args := range [][]string{{"preview", "-s", "dev"}, {"up", "--yes", "--skip-preview", "-s", "dev"}} {
		if out := w.fails(args...); !strings.Contains(out, "region: got eu-central-1, want eu-west-1, where stack dev stands") {
			t.Errorf("pulumi %v: a stack that stands elsewhere is not refused as such:\n%s", args, out)
		}
	}
	w.write("Pulumi.dev.yaml", string(text))
	if after := w.fingerprint(); !slices.Equal(before, after) {
		t.Errorf("what was refused changed the cloud:\n%s", difference(before, after))
	}
}

func TestNATSwitches(t *testing.T) {
	t.Parallel()
	w := standing(t, "dev", "ecs") // the network is the same, and there is less beside
	kept := w.records("aws:ec2/natGateway:NatGateway")[0].ID
	w.set("dev", "explico:network.nat", "perZone")
	steps := w.up("dev")
	refuseLoss(t, steps, nil)
	if slices.ContainsFunc(steps, func(s step) bool { return s.Op == "delete" }) {
		t.Errorf("switching to a gateway in each zone deletes: %v", steps)
	}
	w.set("dev", "explico:network.nat", "single")
	refuseLoss(t, w.up("dev"), regexp.MustCompile(`eu-west-1b$`))
	left := w.records("aws:ec2/natGateway:NatGateway")
	if len(left) != 1 || left[0].ID != kept {
		t.Errorf("the single gateway was not kept: %v", left)
	}
}

const database = "aws:rds/instance:Instance"

func databaseSteps(steps []step) []string {
	var ops []string
	for _, s := range steps {
		if s.typ() == database {
			ops = append(ops, s.Op)
		}
	}
	slices.Sort(ops)
	return slices.Compact(ops)
}

func TestDatabaseChanges(t *testing.T) {
	t.Parallel()
	w := standing(t, "dev", "ecs")
	w.set("dev", "explico:database.storageGiB", "40")
	if ops := databaseSteps(w.up("dev")); !slices.Equal(ops, []string{"update"}) {
		t.Errorf("growing the storage: got %v, want an update in place", ops)
	}
	w.set("dev", "explico:database.maxStorageGiB", "0") // storage that grows by itself is left as large as it is
	w.set("dev", "explico:database.storageGiB", "20")
	if out := w.fails("up", "--yes", "--skip-preview", "-s", "dev"); !strings.Contains(out, "storage") {
		t.Errorf("shrinking the storage is not refused:\n%s", out)
	}
	w.set("dev", "explico:database.storageGiB", "40")
	w.set("dev", "explico:database.name", "other")
	if ops := databaseSteps(w.up("dev")); !slices.ContainsFunc(ops, func(op string) bool { return strings.Contains(op, "replace") }) {
		t.Errorf("another database name: got %v, want a replacement", ops)
	}
	if got := w.records(database)[0].In.String("dbName"); got != "other" {
		t.Errorf("database name: got %s", got)
	}
}

// databaseStays wants the replacement of prod's database refused.
func databaseStays(t *testing.T, w *world) {
	t.Helper()
	settings := filepath.Join(w.dir, "Pulumi.prod.yaml")
	before, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	w.set("prod", "explico:database.name", "other")
	if out := w.fails("preview", "-s", "prod"); !strings.Contains(out, "protect") {
		t.Errorf("the replacement of a protected database is not refused:\n%s", out)
	}
	w.write("Pulumi.prod.yaml", string(before))
}

func TestDriftIsRestored(t *testing.T) {
	t.Parallel()
	w := standing(t, "dev", "ecs")
	want := w.fingerprint()
	w.cloud(func(c *simcloud.Cloud) {
		for _, r := range c.Records() {
			if strings.HasSuffix(r.Hint, "::monitoring-p1") || r.Type == "aws:cloudwatch/metricAlarm:MetricAlarm" {
				if _, err := c.Vanish(r.ID); err != nil {
					t.Error(err)
				}
			}
		}
	})
	if slices.Equal(w.fingerprint(), want) {
		t.Fatal("nothing was deleted behind Pulumi's back")
	}
	w.must("refresh", "--yes", "--skip-preview", "-s", "dev")
	w.up("dev")
	if got := w.fingerprint(); !slices.Equal(got, want) {
		t.Errorf("the cloud is not as it was: got %d resources, want %d", len(got), len(want))
	}
}

func TestOverrideOnTheCommandLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.fails("preview", "-s", "dev", "-c", "explico:region=eu-nowhere-9")
	if !strings.Contains(out, "eu-nowhere-9") || !strings.Contains(out, "CFG") {
		t.Errorf("want the override refused:\n%s", out)
	}
}

// TestDataOutlivesItsStack takes a stack down that nobody called disposable: the
// database leaves a snapshot and the key to it, and a bucket that holds
// something stays.
func TestDataOutlivesItsStack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	become(t, w, "ecs")
	w.edit("dev", `(?m)^  explico:disposable: true\n`, "")
	w.up("dev")
	if out := w.fails("destroy", "--yes", "--skip-preview", "--continue-on-error", "-s", "dev"); !strings.Contains(out, "BucketNotEmpty") {
		t.Errorf("a bucket that holds logs is not refused:\n%s", out)
	}
	if n := len(w.records("aws:rds/snapshot:Snapshot")); n != 1 {
		t.Errorf("got %d snapshots of the database, want its last one", n)
	}
	keys := w.records("aws:kms/key:Key")
	if !slices.ContainsFunc(keys, func(r *simcloud.Record) bool { return strings.HasSuffix(r.Hint, "::database") }) {
		t.Error("the database's key is gone: nobody can restore the snapshot")
	}
}
