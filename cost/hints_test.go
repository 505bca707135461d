package cost

import (
	"strings"
	"testing"
)

// hinted are the hints of some resources that hold a text.
func hinted(o Options, text string, all ...Resource) []Hint {
	var found []Hint
	for _, h := range Estimate(o, all).Hints {
		if strings.Contains(h.Text, text) {
			found = append(found, h)
		}
	}
	return found
}

// Each hint comes where it applies, with what it saves, and nowhere else.
func TestHints(t *testing.T) {
	resting := func(o *Options) { o.MayRest = true }
	passes := func(gb int, byDefault bool) func(*Options) {
		return func(o *Options) { o.Usage["network.natGB"] = Assumed{gb, byDefault} }
	}
	nats := []Resource{res("ec2/natGateway:NatGateway", "network-a", Values{}), res("ec2/natGateway:NatGateway", "network-b", Values{})}
	replica := func(class string) []Resource {
		r := res("rds/instance:Instance", "database-replica", Values{"instanceClass": class, "storageType": "gp3", "replicateSourceDb": Unknown{}})
		return []Resource{rds("db.m7g.large", 100, 0, true), r}
	}
	gp2 := nodes("c-a", "m7g.large", 1, 1, 1, false)
	gp2[1].Inputs["blockDeviceMappings"] = []any{map[string]any{"ebs": map[string]any{"volumeSize": 500, "volumeType": "gp2"}}}
	redis := cacheOf(1, 1)
	redis.Inputs["engine"] = "redis"
	for name, tt := range map[string]struct {
		text   string
		change func(*Options)
		all    []Resource
		saves  string // empty for no hint
	}{
		"idle gateways":             {"carry 10 GB", passes(10, false), nats, "65.7"}, // 2 × 730 × 0.045
		"busy gateways":             {"NAT gateways carry", passes(100, false), nats, ""},
		"gateways nobody counted":   {"NAT gateways carry", passes(10, true), nats, ""},
		"a gateway in each zone":    {"one NAT gateway", resting, nats, "32.85"},
		"in a protected stack":      {"one NAT gateway", nil, nats, ""},
		"spare copies":              {"copies of a shard", resting, []Resource{cacheOf(1, 2)}, "184.55"}, // 2 × 730 × 0.1264
		"copies that are needed":    {"copies of a shard", nil, []Resource{cacheOf(1, 2)}, ""},
		"a third copy":              {"copies of a shard", nil, []Resource{cacheOf(1, 3)}, "92.27"},
		"a replica nobody needs":    {"no read replica", resting, replica("db.m7g.large"), "122.64"},
		"a replica that is needed":  {"replica", nil, replica("db.m7g.large"), ""},
		"a replica that is larger":  {"larger than what it copies", nil, replica("db.m7g.xlarge"), "123.37"}, // 730 × (0.337 − 0.168)
		"a standby nobody needs":    {"no standby", resting, replica("db.m7g.large"), "122.64"},
		"disks of the old kind":     {"gp3 instead of gp2", nil, gp2, "10"}, // a fifth of 500 × 0.10
		"the dearer engine":         {"Valkey instead", nil, []Resource{redis}, "46.14"},
		"nodes that always run":     {"commit to nodes", nil, nodes("c-a", "m7g.large", 2, 2, 2, false), "29.79"},
		"on the spot market":        {"commit to nodes", nil, nodes("c-a", "m7g.large", 2, 2, 2, true), ""},
		"what runs at night":        {"at night", resting, nodes("c-a", "m7g.large", 2, 2, 2, false), "76.59"},
		"at night, protected":       {"at night", nil, nodes("c-a", "m7g.large", 2, 2, 2, false), ""},
		"what stands still already": {"at night", func(o *Options) { o.MayRest, o.Running = true, dec("0.4") }, nodes("c-a", "m7g.large", 2, 2, 2, false), ""},
	} {
		o := options(t)
		if tt.change != nil {
			tt.change(&o)
		}
		got := hinted(o, tt.text, tt.all...)
		switch {
		case tt.saves == "" && len(got) > 0:
			t.Errorf("%s: got %+v, want none", name, got)
		case tt.saves != "" && (len(got) != 1 || !got[0].Saves.Equal(dec(tt.saves))):
			t.Errorf("%s: got %+v, want one that saves %s", name, got, tt.saves)
		}
	}
}

// A commitment says when it has paid back what it costs in advance.
func TestPayback(t *testing.T) {
	if got := hinted(options(t), "paid back after about 9 months", nodes("c-a", "m7g.large", 2, 2, 2, false)...); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}
