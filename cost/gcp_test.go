package cost

import (
	"strings"
	"testing"
)

func gcpOptions(t testing.TB) Options {
	o := options(t)
	o.Catalogue, o.Reference = load(t, "gcp"), "us-central1"
	o.Usage["cdn.gb"], o.Usage["cdn.requestsMillions"], o.Usage["imagesGB"] = Assumed{Value: 100}, Assumed{Value: 5}, Assumed{Value: 20}
	o.Usage["dnsQueriesMillions"], o.Usage["secretRequestsThousand"] = Assumed{Value: 5}, Assumed{Value: 50}
	return o
}

func gcpRes(typ, name string, inputs Values) Resource {
	r := res(typ, name, inputs)
	r.Type, r.Region = "gcp:"+typ, "us-central1"
	return r
}

func gcpSQL(tier, availability string) Resource {
	return gcpRes("sql/databaseInstance:DatabaseInstance", "database", Values{"databaseVersion": "POSTGRES_17", "settings": map[string]any{
		"tier": tier, "edition": "ENTERPRISE", "availabilityType": availability, "diskSize": 100, "diskAutoresizeLimit": 400,
		"backupConfiguration": map[string]any{"enabled": true},
	}})
}

func pool(name, machine string, least, first, most int, spot bool) Resource {
	return gcpRes("container/nodePool:NodePool", name, Values{
		"nodeLocations": []any{"a", "b"}, "initialNodeCount": first / 2,
		"autoscaling": map[string]any{"totalMinNodeCount": least, "totalMaxNodeCount": most},
		"nodeConfig":  map[string]any{"machineType": machine, "diskSizeGb": 50, "diskType": "pd-balanced", "spot": spot},
	})
}

// What Cloud SQL costs is what Infracost's golden has for the same instance: two
// processors at 0.0413 and 7.5 GiB at 0.007 an hour, doubled in two zones.
func TestCloudSQL(t *testing.T) {
	r := Estimate(gcpOptions(t), []Resource{gcpSQL("db-custom-2-7680", "ZONAL")})
	check(t, "processors", quantity(r, "processors"), "1460")
	check(t, "memory", quantity(r, "memory"), "5475")
	check(t, "machine", r.Lines[0].Amount.Likely.Add(r.Lines[1].Amount.Likely), "98.63")
	if s := r.Lines[2]; !s.Quantity.High.Equal(dec("400")) || !s.Amount.Likely.Equal(dec("17")) {
		t.Errorf("storage: got %+v", s)
	}
	two := Estimate(gcpOptions(t), []Resource{gcpSQL("db-custom-2-7680", "REGIONAL")})
	check(t, "two zones", two.Lines[0].Amount.Likely, "120.60")
	check(t, "small", Estimate(gcpOptions(t), []Resource{gcpSQL("db-f1-micro", "ZONAL")}).Lines[0].Amount.Likely, "7.67")
	plus := gcpSQL("db-perf-optimized-N-2", "ZONAL")
	plus.Inputs["settings"].(map[string]any)["edition"] = "ENTERPRISE_PLUS"
	if l := Estimate(gcpOptions(t), []Resource{plus}).Lines[0]; l.State != Unpriced || !strings.Contains(l.Reason, "cloudsql-plus/db-perf-optimized-N-2") {
		t.Errorf("Enterprise Plus has a price: %+v", l)
	}
}

// A resource is priced where it is, not where its provider is.
func TestGcpPlace(t *testing.T) {
	far := gcpSQL("db-custom-2-7680", "ZONAL")
	far.Inputs["region"] = "europe-west4"
	if l := Estimate(gcpOptions(t), []Resource{far}).Lines[0]; l.State != Unpriced || l.Region != "europe-west4" || !l.Referenced {
		t.Errorf("got %+v", l)
	}
	bucket := gcpRes("storage/bucket:Bucket", "uploads-explico", Values{"location": "EUROPE-WEST3"})
	if l := Estimate(gcpOptions(t), []Resource{bucket}).Lines[0]; !l.Amount.Likely.Equal(dec("2.3")) {
		t.Errorf("100 GB in Frankfurt: got %s", l.Amount.Likely)
	}
	if r := (Resource{Type: "aws:s3/bucketV2:BucketV2", Region: home, Inputs: Values{"region": "x"}}).placed(); r.Region != home {
		t.Errorf("a resource of AWS is in %s", r.Region)
	}
}

func TestNodePools(t *testing.T) {
	r := Estimate(gcpOptions(t), []Resource{pool("cluster-general", "n2-standard-4", 2, 4, 6, false)})
	check(t, "nodes", quantity(r, "node hours"), "2920") // 4 × 730
	check(t, "price", r.Lines[0].Amount.Likely, "567.17")
	check(t, "disks", r.Lines[1].Amount.Likely, "20") // 4 × 50 GB
	if l := r.Lines[0]; !l.Quantity.Low.Equal(dec("1460")) || !l.Quantity.High.Equal(dec("4380")) {
		t.Errorf("got %+v", l.Quantity)
	}
	o := gcpOptions(t)
	o.Usage["nodeGroups.general"] = Assumed{Value: 3}
	check(t, "stated", quantity(Estimate(o, []Resource{pool("cluster-general", "n2-standard-4", 2, 4, 6, false)}), "node hours"), "2190")
	spot := Estimate(gcpOptions(t), []Resource{pool("cluster-batch", "n2-standard-4", 0, 2, 4, true)}).Lines[0]
	check(t, "spot", spot.Amount.Likely, "113.43") // 2 × 730 × 0.194236 × 0.4
}

// NAT is billed by the machines behind it, and by no more than 32.
func TestCloudNAT(t *testing.T) {
	nat := gcpRes("compute/routerNat:RouterNat", "network-nat", Values{})
	few := Estimate(gcpOptions(t), []Resource{nat, pool("c-a", "e2-medium", 0, 4, 4, false)})
	check(t, "four machines", quantity(few, "machines behind NAT"), "2920")
	many := Estimate(gcpOptions(t), []Resource{nat, pool("c-a", "e2-medium", 40, 40, 60, false)})
	check(t, "forty machines", quantity(many, "machines behind NAT"), "23360")
}

func TestMemorystore(t *testing.T) {
	cache := func(gib int, tier string, more Values) Resource {
		in := Values{"memorySizeGb": gib, "tier": tier}
		for k, v := range more {
			in[k] = v
		}
		return gcpRes("redis/instance:Instance", "cache", in)
	}
	for want, r := range map[string]Resource{
		"35.77": cache(1, "BASIC", nil), "197.1": cache(5, "STANDARD_HA", nil), "137.97": cache(7, "BASIC", nil), // 7 × 730 × 0.027
	} {
		check(t, "memory", Estimate(gcpOptions(t), []Resource{r}).Lines[0].Amount.Likely, want)
	}
	reads := Estimate(gcpOptions(t), []Resource{cache(5, "STANDARD_HA", Values{"readReplicasMode": "READ_REPLICAS_ENABLED", "replicaCount": 2})})
	check(t, "all nodes", quantity(reads, "memory of all nodes"), "10950")
	if reads.Lines[0].State != Unpriced {
		t.Errorf("read replicas have the price of another thing: %+v", reads.Lines[0])
	}
}

// Objects of all ages lie in the classes that their age leads to.
func TestGcsLifecycle(t *testing.T) {
	rule := func(action, class string, age int) any {
		return map[string]any{"action": map[string]any{"type": action, "storageClass": class}, "condition": map[string]any{"age": age}}
	}
	aged := Estimate(gcpOptions(t), []Resource{gcpRes("storage/bucket:Bucket", "uploads-explico", Values{"lifecycleRules": []any{
		rule("SetStorageClass", "ARCHIVE", 90), rule("SetStorageClass", "NEARLINE", 30), rule("Delete", "", 300), rule("AbortIncompleteMultipartUpload", "", 7),
	}})})
	for item, want := range map[string]string{"storage, standard": "10", "storage, nearline": "20", "storage, archive": "70", "storage": "100"} {
		check(t, item, quantity(aged, item), want)
	}
	auto := gcpOptions(t)
	auto.Usage["objects.frequentPercent"], auto.Usage["objects.kb"] = Assumed{Value: 30}, Assumed{Value: 500}
	tiered := Estimate(auto, []Resource{gcpRes("storage/bucket:Bucket", "uploads-explico", Values{"autoclass": map[string]any{"enabled": true}})})
	check(t, "read often", quantity(tiered, "storage, standard"), "30")
	check(t, "watched", quantity(tiered, "objects watched"), "200")
}

func TestGcpKeysAndParts(t *testing.T) {
	key := Estimate(gcpOptions(t), []Resource{gcpRes("kms/cryptoKey:CryptoKey", "key", Values{"rotationPeriod": "7776000s"})})
	if q := key.Lines[0].Quantity; !q.Likely.Equal(dec("1")) || !q.High.Equal(dec("5")) {
		t.Errorf("versions of a year: got %+v", q)
	}
	two := Values{"replication": map[string]any{"userManaged": map[string]any{"replicas": []any{map[string]any{}, map[string]any{}}}}}
	check(t, "secret in two regions", Estimate(gcpOptions(t), []Resource{gcpRes("secretmanager/secret:Secret", "s", two)}).Lines[0].Amount.Likely, "0.12")
	for typ, inputs := range map[string]Values{
		"compute/subnetwork:Subnetwork": {}, "compute/address:Address": {"addressType": "INTERNAL"}, "compute/firewall:Firewall": {}, "kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {},
	} {
		if lines := Estimate(gcpOptions(t), []Resource{gcpRes(typ, "x", inputs)}).Lines; len(lines) != 0 {
			t.Errorf("%s costs %v", typ, lines)
		}
	}
	for typ, inputs := range map[string]Values{
		"monitoring/alertPolicy:AlertPolicy": {"conditions": []any{1, 2}}, "compute/securityPolicy:SecurityPolicy": {"rules": []any{1}},
		"gkebackup/backupPlan:BackupPlan": {}, "container/cluster:Cluster": {"enableAutopilot": true}, "compute/backendBucket:BackendBucket": {},
	} {
		r := Estimate(gcpOptions(t), []Resource{gcpRes(typ, "x", inputs)})
		if r.Complete() || len(r.Lines) == 0 {
			t.Errorf("%s: what has no rate is left out: %v", typ, r.Lines)
		}
	}
}
