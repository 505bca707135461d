package cost

import (
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

const home = "us-east-1" // the region with the most rates

func options(t testing.TB) Options {
	return Options{
		Catalogue: load(t, "aws"), Team: "platform", Reference: "us-east-1",
		Usage: map[string]Assumed{
			"spotPercent": {Value: 40}, "network.natGB": {Value: 100}, "network.endpointGB": {Value: 50}, "network.internetGB": {Value: 20000},
			"network.zoneGB": {Value: 10}, "buckets.default.gb": {Value: 100}, "buckets.default.writesThousand": {Value: 10},
			"buckets.default.readsThousand": {Value: 10}, "logsGB.default": {Value: 5}, "keyRequestsThousand": {Value: 100},
		},
	}
}

func res(typ, name string, inputs Values) Resource {
	component, _, _ := strings.Cut(name, "-")
	return Resource{Type: "aws:" + typ, Name: name, URN: "urn:" + typ + "::" + name, Parent: "urn:" + component, Component: component, Region: home, Inputs: inputs}
}

// nodes are a node group and its launch template.
func nodes(name, instance string, least, first, most int, spot bool) []Resource {
	capacity := "ON_DEMAND"
	if spot {
		capacity = "SPOT"
	}
	return []Resource{
		res("eks/nodeGroup:NodeGroup", name, Values{
			"instanceTypes": []any{instance}, "capacityType": capacity,
			"scalingConfig": map[string]any{"minSize": least, "desiredSize": first, "maxSize": most},
		}),
		res("ec2/launchTemplate:LaunchTemplate", name, Values{
			"monitoring":          map[string]any{"enabled": true},
			"blockDeviceMappings": []any{map[string]any{"ebs": map[string]any{"volumeSize": 50, "volumeType": "gp3"}}},
		}),
	}
}

func rds(class string, gib, maxGiB int, multiAZ bool) Resource {
	return res("rds/instance:Instance", "database", Values{
		"instanceClass": class, "engine": "postgres", "storageType": "gp3", "allocatedStorage": gib, "maxAllocatedStorage": maxGiB, "multiAz": multiAZ,
	})
}

func cacheOf(shards, replicas int) Resource {
	return res("elasticache/replicationGroup:ReplicationGroup", "cache", Values{
		"engine": "valkey", "nodeType": "cache.m7g.large", "numNodeGroups": shards, "replicasPerNodeGroup": replicas,
	})
}

func endpointIn(subnets int) Resource {
	ids := make([]any, subnets)
	for i := range ids {
		ids[i] = Unknown{}
	}
	return res("ec2/vpcEndpoint:VpcEndpoint", "network-endpoint", Values{"vpcEndpointType": "Interface", "subnetIds": ids})
}

func acl(rules int) Resource {
	return res("wafv2/webAcl:WebAcl", "waf", Values{"rules": make([]any, rules)})
}

// sample is a stack of one of each.
func sample() []Resource {
	all := append(nodes("cluster-apps", "m7g.large", 2, 3, 6, false), nodes("cluster-batch", "m7g.xlarge", 0, 1, 4, true)...)
	return append(all,
		res("eks/cluster:Cluster", "cluster", Values{"version": "1.35", "upgradePolicy": map[string]any{"supportType": "STANDARD"}}),
		rds("db.m7g.large", 100, 500, true), cacheOf(1, 2), endpointIn(3), acl(5),
		res("ec2/vpc:Vpc", "network", Values{}), res("ec2/natGateway:NatGateway", "network-nat-a", Values{}), res("ec2/natGateway:NatGateway", "network-nat-b", Values{}),
		res("ec2/eip:Eip", "network-nat-a", Values{}), res("s3/bucketV2:BucketV2", "uploads", Values{}),
		res("kms/key:Key", "storage", Values{"enableKeyRotation": true}), res("cloudwatch/logGroup:LogGroup", "network-logs", Values{"retentionInDays": 30}),
		res("iam/role:Role", "cluster-nodes", Values{}), res("guardduty/detector:Detector", "security", Values{}),
		Resource{Type: "kubernetes:apps/v1:Deployment", Name: "web", URN: "urn:web", Component: "web", Inputs: Values{}},
	)
}

func likely(t testing.TB, all ...Resource) decimal.Decimal {
	t.Helper()
	return Estimate(options(t), all).Total().Likely
}

// What is more, or bigger, costs more.
func TestMonotone(t *testing.T) {
	steps := map[string][]Resource{
		"node count":    {nodes("c-a", "m7g.large", 1, 1, 9, false)[0], nodes("c-a", "m7g.large", 1, 2, 9, false)[0], nodes("c-a", "m7g.large", 1, 9, 9, false)[0]},
		"instance size": {nodes("c-a", "m7g.medium", 1, 1, 1, false)[0], nodes("c-a", "m7g.large", 1, 1, 1, false)[0], nodes("c-a", "m7g.xlarge", 1, 1, 1, false)[0]},
		"class":         {rds("db.t4g.medium", 100, 0, false), rds("db.m7g.large", 100, 0, false), rds("db.m7g.xlarge", 100, 0, false)},
		"storage":       {rds("db.m7g.large", 100, 0, false), rds("db.m7g.large", 200, 0, false)},
		"standby":       {rds("db.m7g.large", 100, 0, false), rds("db.m7g.large", 100, 0, true)},
		"small standby": {rds("db.t4g.medium", 100, 0, false), rds("db.t4g.medium", 100, 0, true)},
		"replicas":      {cacheOf(1, 0), cacheOf(1, 1), cacheOf(2, 1)},
		"zones":         {endpointIn(1), endpointIn(2), endpointIn(3)},
		"rules":         {acl(0), acl(1), acl(9)},
	}
	for name, all := range steps {
		for i := range all[1:] {
			// Node groups bring their launch template.
			template := nodes("c-a", "m7g.large", 0, 0, 0, false)[1]
			before, after := likely(t, all[i], template), likely(t, all[i+1], template)
			if !after.GreaterThan(before) {
				t.Errorf("%s: step %d costs %s, the one before %s", name, i+1, after, before)
			}
		}
	}
}

// A standby costs as much again: its own price where there is one, otherwise a
// second instance's.
func TestStandby(t *testing.T) {
	for class, want := range map[string]string{"db.m7g.large": "245.28", "db.t4g.medium": "94.17"} { // 2 × 0.168, and 0.129
		l := Estimate(options(t), []Resource{rds(class, 100, 0, true)}).Lines[0]
		if !l.Amount.Likely.Equal(dec(want)) {
			t.Errorf("%s: got %s, want %s", class, l.Amount.Likely, want)
		}
	}
}

// More of anything never makes the stack cheaper.
func TestMoreIsNeverCheaper(t *testing.T) {
	all := sample()
	before := Estimate(options(t), all).Total()
	for _, r := range all {
		more := r
		more.Name, more.URN = r.Name+"2", r.URN+"2"
		after := Estimate(options(t), append(sample(), more)).Total()
		if after.Likely.LessThan(before.Likely.Sub(dec("0.02"))) { // shares are rounded
			t.Errorf("another %s makes %s of %s", r.Type, after.Likely, before.Likely)
		}
	}
}

// Spot costs at most what on demand does, and the two bounds are in order.
func TestSpot(t *testing.T) {
	for _, percent := range []int{0, 1, 40, 100, 150} {
		o := options(t)
		o.Usage["spotPercent"] = Assumed{Value: percent}
		spot, steady := Estimate(o, nodes("c-a", "m7g.large", 1, 2, 4, true)), Estimate(o, nodes("c-a", "m7g.large", 1, 2, 4, false))
		if spot.Total().Likely.GreaterThan(steady.Total().Likely) || spot.Total().High.GreaterThan(steady.Total().High) {
			t.Errorf("at %d percent spot costs %v, on demand %v", percent, spot.Total(), steady.Total())
		}
		if spot.totals.spotFloor.GreaterThan(spot.totals.spotCeiling) {
			t.Errorf("at %d percent the floor is %s and the ceiling %s", percent, spot.totals.spotFloor, spot.totals.spotCeiling)
		}
		if !spot.Total().High.Equal(steady.Total().High) {
			t.Errorf("spot at its most costs %s, want the on-demand price %s", spot.Total().High, steady.Total().High)
		}
	}
}

// Groups sum to the total, whatever they group by, and so do the parts of the
// summary; a span is in order.
func TestSums(t *testing.T) {
	o := options(t)
	o.Commitments = map[string]Commit{"db": {SKU: "rds-postgres/db.m7g.large", Count: 1, HourlyUSD: dec("0.1"), Months: 12}, "plan": {Services: []string{"ec2"}, HourlyUSD: dec("0.05"), Months: 12, DiscountPercent: 20}}
	r := Estimate(o, sample())
	total := r.Total().Likely
	if total.IsZero() {
		t.Fatal("the sample costs nothing")
	}
	for name, by := range map[string]func(Line) string{"component": ByComponent, "category": ByCategory, "team": ByTeam, "region": ByRegion} {
		sum := decimal.Zero
		for _, part := range r.Groups(by) {
			sum = sum.Add(part)
		}
		if !sum.Equal(total) {
			t.Errorf("by %s: %s, want %s", name, sum, total)
		}
	}
	if parts := r.totals.known.Add(r.totals.usage).Add(r.totals.commitments); !parts.Equal(total) {
		t.Errorf("fixed, usage and commitments are %s, want %s", parts, total)
	}
	merged := decimal.Zero
	for _, l := range r.Merged() {
		merged = merged.Add(l.Amount.Likely)
	}
	if !merged.Equal(total) {
		t.Errorf("lines are %s, want %s", merged, total)
	}
	for _, l := range r.Lines {
		if l.Amount.Low.GreaterThan(l.Amount.Likely) || l.Amount.Likely.GreaterThan(l.Amount.High) {
			t.Errorf("%s %s: %v is out of order", l.Resource, l.Item, l.Amount)
		}
	}
}

// The order of registration, which differs from run to run, changes nothing.
func TestOrderDoesNotMatter(t *testing.T) {
	first := Estimate(options(t), sample())
	want := first.Output()
	random := rand.New(rand.NewSource(1))
	for range 20 {
		all := sample()
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		r := Estimate(options(t), all)
		if got := r.Output(); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if !reflect.DeepEqual(r.Lines, first.Lines) {
			t.Fatalf("lines: got %v, want %v", r.Lines, first.Lines)
		}
	}
}

// A resource has lines, or is free for a reason. A line of no money has no
// quantity, or says why it has no rate.
func TestNothingIsSilentlyZero(t *testing.T) {
	for _, r := range append(sample(), res("mystery/thing:Thing", "thing", Values{})) {
		report := Estimate(options(t), []Resource{r})
		if len(report.Lines) == 0 && len(report.Free()) == 0 {
			t.Errorf("%s vanished", r.Type)
		}
		for _, l := range report.Lines {
			switch {
			case l.State == Unpriced && l.Reason == "":
				t.Errorf("%s %s has no rate, and no reason", r.Type, l.Item)
			case l.State != Unpriced && l.Amount.Likely.IsZero() && l.Quantity.Likely.GreaterThan(dec("1")):
				t.Errorf("%s %s: %s %s for nothing", r.Type, l.Item, l.Quantity.Likely, l.Unit)
			}
		}
		for kind, reason := range report.Free() {
			if reason == "" {
				t.Errorf("%s is free for no reason", kind)
			}
		}
	}
	unknown := Estimate(options(t), []Resource{res("mystery/thing:Thing", "thing", Values{})})
	if len(unknown.Lines) != 1 || unknown.Lines[0].State != Unpriced || unknown.Complete() {
		t.Errorf("a type that nobody described: got %+v", unknown.Lines)
	}
	if says := unknown.Says(); !strings.HasPrefix(says, "≥") {
		t.Errorf("says %q, want ≥ in front", says)
	}
}

// A type is free or costs something, not both.
func TestFreeOrNot(t *testing.T) {
	for typ := range kinds {
		if free[typ] != "" {
			t.Errorf("%s is in kinds and in free", typ)
		}
	}
}

// Every way in which an input can be missing makes a line that says so.
func TestUnknownInputs(t *testing.T) {
	for _, r := range sample() {
		for path := range r.Inputs {
			inputs := Values{}
			for k, v := range r.Inputs {
				inputs[k] = v
			}
			inputs[path] = Unknown{}
			changed := r
			changed.Inputs = inputs
			report := Estimate(options(t), []Resource{changed})
			if _, described := kinds[r.Type]; !described || path == "enableKeyRotation" {
				continue
			}
			if len(report.Lines) == 0 {
				t.Errorf("%s without %s has no line", r.Type, path)
			}
		}
	}
	report := Estimate(options(t), []Resource{res("rds/instance:Instance", "database", Values{"instanceClass": Unknown{}})})
	if l := report.Lines[0]; l.State != Unpriced || !strings.Contains(l.Reason, "instanceClass is not known") {
		t.Errorf("got %+v", l)
	}
}

// A region without a rate is unpriced; the reference shows what it would be there.
func TestRegionWithoutRate(t *testing.T) {
	nat := res("ec2/natGateway:NatGateway", "network-nat", Values{})
	nat.Region = "ap-south-2"
	r := Estimate(options(t), []Resource{nat})
	for _, l := range r.Lines {
		if l.State != Unpriced || !l.Amount.Likely.IsZero() || !l.Referenced || !strings.Contains(l.Reason, "ap-south-2") {
			t.Errorf("got %+v", l)
		}
	}
	if got := r.totals.reference.Likely; !got.Equal(dec("37.35")) { // 730 × 0.045 + 100 × 0.045
		t.Errorf("reference: got %s", got)
	}
}

func TestExtendedSupport(t *testing.T) {
	for version, want := range map[string]string{"1.35": "73", "1.30": "438"} {
		if got := likely(t, res("eks/cluster:Cluster", "c", Values{"version": version})); !got.Equal(dec(want)) {
			t.Errorf("%s: got %s, want %s", version, got, want)
		}
	}
}

// Stopped at night, nodes and the database's hours cost less; what lies still
// does not.
func TestHours(t *testing.T) {
	o := options(t)
	all := []Resource{rds("db.m7g.large", 100, 0, false)}
	always := Estimate(o, all)
	o.Running, o.Hours = dec("0.5"), "half"
	half := Estimate(o, all)
	for i, l := range half.Lines {
		want := always.Lines[i].Amount.Likely
		if strings.HasPrefix(l.Item, "instance hours") {
			want = want.Div(dec("2")).Round(2)
		}
		if !l.Amount.Likely.Equal(want) {
			t.Errorf("%s: got %s, want %s", l.Item, l.Amount.Likely, want)
		}
	}
	if out := half.Output()["assumptions"].(map[string]any); out[hoursKey] != "half" {
		t.Errorf("the hours are no assumption: %v", out)
	}
}

func TestCommitments(t *testing.T) {
	o := options(t)
	all := []Resource{rds("db.m7g.large", 100, 0, false)} // 0.168 an hour
	plain := Estimate(o, all).Total().Likely
	for name, tt := range map[string]struct {
		c    Commit
		want string // what it changes
	}{
		"reserved":          {Commit{SKU: "rds-postgres/db.m7g.large", Count: 1, HourlyUSD: dec("0.1"), Months: 12}, "-49.64"},
		"upfront":           {Commit{SKU: "rds-postgres/db.m7g.large", Count: 1, UpfrontUSD: dec("1200"), Months: 12}, "-22.64"},
		"twice too many":    {Commit{SKU: "rds-postgres/db.m7g.large", Count: 2, HourlyUSD: dec("0.1"), Months: 12}, "23.36"},
		"of another type":   {Commit{SKU: "rds-postgres/db.m6g.large", Count: 1, HourlyUSD: dec("0.1"), Months: 12}, "73"},
		"plan for too much": {Commit{Services: []string{"rds-postgres"}, HourlyUSD: dec("1"), Months: 12, DiscountPercent: 20}, "607.36"},
	} {
		o.Commitments = map[string]Commit{"c": tt.c}
		r := Estimate(o, all)
		if got := r.Total().Likely.Sub(plain); !got.Equal(dec(tt.want)) {
			t.Errorf("%s: changes %s, want %s", name, got, tt.want)
		}
		if lost := fmt.Sprint(r.Warnings); strings.Contains(lost, "covers nothing") != (name == "of another type") {
			t.Errorf("%s: warns %s", name, lost)
		}
	}
}

// What one commitment covers, no other covers again.
func TestCommitmentsCoverOnce(t *testing.T) {
	o := options(t)
	all := []Resource{rds("db.m7g.large", 100, 0, false)}
	worth := dec("122.64") // 730 × 0.168
	one := Commit{SKU: "rds-postgres/db.m7g.large", Count: 1, HourlyUSD: dec("0.1"), Months: 12}
	o.Commitments = map[string]Commit{"a": one, "b": one, "plan": {Services: []string{"rds-postgres"}, HourlyUSD: dec("1"), Months: 12, DiscountPercent: 20}}
	covered := decimal.Zero
	for _, l := range Estimate(o, all).Lines {
		if l.Item == "what it covers" {
			covered = covered.Sub(l.Amount.Likely)
		}
	}
	if !covered.Equal(worth) {
		t.Errorf("got %s covered, want %s", covered, worth)
	}
}

func TestBudget(t *testing.T) {
	for limit, want := range map[int]Status{0: NoBudget, 10: Over, 100000: MayBeOver} {
		o := options(t)
		o.Budget.LimitUSD = limit
		r := Estimate(o, sample())
		if r.Status() != want || (r.OverBudget() != nil) != (want == Over) {
			t.Errorf("%d: got %s (%v), want %s", limit, r.Status(), r.OverBudget(), want)
		}
	}
	o := options(t)
	o.Budget.LimitUSD = 1000
	if got := Estimate(o, []Resource{acl(2)}).Status(); got != Within {
		t.Errorf("got %s, want %s", got, Within)
	}
}
