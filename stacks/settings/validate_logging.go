package settings

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
)

const (
	// leastMemory and mostMemory bound a node's memory in GiB. Half of it is the
	// heap, whose pointers are compressed below some 32 GiB only.
	// Source: Elasticsearch reference, "JVM heap size".
	leastMemory, mostMemory = 2, 62
	// fullDisk is how full a disk becomes before Elasticsearch puts no more shards
	// on it: the low watermark.
	// Source: Elasticsearch reference, cluster.routing.allocation.disk.watermark.low.
	fullDisk = 0.85
)

// logging are the rules of logs.
func (c *checker) logging() {
	l := c.s.Logging
	c.retention(l.Retention)
	c.logNodes(l)
	c.logSizes(l)
	c.logSnapshots(l)
	if l.Enabled {
		c.disks()
	}
	if l.Enabled && c.protected() {
		c.protectedLogging(l)
	}
}

func (c *checker) retention(r LogRetention) {
	const path = "logging.retention"
	if r.DeleteAfterDays < 1 {
		c.bad(BadRetention, path+".deleteAfterDays", fmt.Sprint(r.DeleteAfterDays), "1 or more: the disks are finite")
	}
	before, of := 0, ""
	for _, phase := range []struct {
		key  string
		days int
	}{{"warmAfterDays", r.WarmAfterDays}, {"coldAfterDays", r.ColdAfterDays}, {"deleteAfterDays", r.DeleteAfterDays}} {
		at := path + "." + phase.key
		switch {
		case phase.days < 0:
			c.bad(BadRetention, at, fmt.Sprint(phase.days), "0 (no such phase) or days")
		case phase.days > 0 && phase.days <= before:
			c.bad(BadRetention, at, fmt.Sprint(phase.days), fmt.Sprintf("more than %d, when the phase before begins", before), of)
		case phase.days > 0:
			before, of = phase.days, at
		}
	}
}

// logNodes checks the sizes of Elasticsearch's nodes, and how many there are.
func (c *checker) logNodes(l Logging) {
	const path = "logging.elasticsearch"
	e, sets := l.Elasticsearch, l.Elasticsearch.byTier()
	for _, tier := range ordered(sets) {
		n, at := sets[tier], path+"."+tier
		if n.Nodes < 0 || tier == "hot" && n.Nodes < 1 {
			c.bad(BadLogNodes, at+".nodes", fmt.Sprint(n.Nodes), map[bool]string{true: "1 or more", false: "0 or more"}[tier == "hot"])
		}
		if n.MemoryGiB < leastMemory || n.MemoryGiB > mostMemory {
			c.bad(BadLogNodes, at+".memoryGiB", fmt.Sprint(n.MemoryGiB), fmt.Sprintf("%d to %d: half of it is Java's heap, of 1 to 31 GiB; more nodes do what a larger heap does not", leastMemory, mostMemory))
		}
		if n.CPUMillis < 100 {
			c.bad(BadLogNodes, at+".cpuMillis", fmt.Sprint(n.CPUMillis), "100 or more (1000 are a processor)")
		}
		if n.StorageGiB < 1 {
			c.bad(BadLogNodes, at+".storageGiB", fmt.Sprint(n.StorageGiB), "1 or more")
		}
	}
	masters, at := e.Masters.Nodes, path+".masters.nodes"
	if masters == 0 {
		masters, at = e.Hot.Nodes, path+".hot.nodes"
		if masters == 2 {
			c.bad(BadMasters, at, "2 without masters", "1, or 3 and more: two agree on nothing when one is away", path+".masters")
		}
	} else if masters < 3 {
		c.bad(BadMasters, at, fmt.Sprint(masters), "0 (the hot nodes do it), or 3 and more")
	}
	for tier, after := range map[string]int{"warm": l.Retention.WarmAfterDays, "cold": l.Retention.ColdAfterDays} {
		if sets[tier].Nodes > 0 && after == 0 {
			c.bad(IdleTier, path+"."+tier+".nodes", fmt.Sprint(sets[tier].Nodes), "0, or logs that become "+tier, "logging.retention")
		}
	}
}

// byTier are the kinds of nodes by their keys.
func (e Elasticsearch) byTier() map[string]ElasticsearchNodes {
	return map[string]ElasticsearchNodes{"masters": e.Masters, "hot": e.Hot, "warm": e.Warm, "cold": e.Cold}
}

func (c *checker) logSizes(l Logging) {
	for path, n := range map[string]int{
		"logging.dailyGiB": l.DailyGiB, "logging.kibana.replicas": l.Kibana.Replicas, "logging.logstash.replicas": l.Logstash.Replicas,
		"logging.logstash.memoryGiB": l.Logstash.MemoryGiB, "logging.logstash.queueGiB": l.Logstash.QueueGiB,
	} {
		if n < 1 {
			c.bad(BadLogSize, path, fmt.Sprint(n), "1 or more")
		}
	}
}

// logSnapshots checks when snapshots are made, and that they stay readable: an
// object of a repository is needed for as long as the logs in it, and the
// snapshots of these, are kept.
func (c *checker) logSnapshots(l Logging) {
	const path = "logging.snapshots"
	s := l.Snapshots
	if want := watcherWant(s.Schedule); want != "" {
		c.bad(BadLogSnapshots, path+".schedule", shown(s.Schedule), want)
	}
	if s.KeepDays < 1 {
		c.bad(BadLogSnapshots, path+".keepDays", fmt.Sprint(s.KeepDays), "1 or more")
	}
	needed := l.Retention.DeleteAfterDays + s.KeepDays
	if kept := c.s.Buckets.Backups.ExpireDays; l.Enabled && s.Enabled && kept > 0 && kept <= needed {
		c.bad(LostSnapshots, path+".keepDays", fmt.Sprint(s.KeepDays),
			fmt.Sprintf("less: with the %d days of the logs an object is needed for %d, and the bucket deletes it after %d", l.Retention.DeleteAfterDays, needed, kept),
			"logging.retention.deleteAfterDays", "buckets.backups.expireDays")
	}
}

// disks warns where a tier's disks do not hold what its days bring.
func (c *checker) disks() {
	l := c.s.Logging
	sets, r := l.Elasticsearch.byTier(), l.Retention
	needs := map[string]float64{}
	from := 0
	tier := "hot"
	for _, next := range []struct {
		tier  string
		after int
	}{{"warm", r.WarmAfterDays}, {"cold", r.ColdAfterDays}, {"", r.DeleteAfterDays}} {
		if next.after <= from {
			continue // no such phase, or said elsewhere
		}
		needs[tier] += float64((next.after - from) * l.DailyGiB)
		from = next.after
		if next.tier != "" && sets[next.tier].Nodes > 0 {
			tier = next.tier // else the nodes that have them keep them
		}
	}
	if t := c.s.Tracing; t.Enabled && t.Elasticsearch.Address == "" {
		needs["hot"] += float64(t.Days * t.DailyGiB)
	}
	for _, tier := range ordered(needs) {
		n := sets[tier]
		copies := min(n.Nodes, 2)
		need := int(math.Ceil(needs[tier] * float64(copies) / fullDisk))
		if have := n.Nodes * n.StorageGiB; have < need {
			c.warn(ThinDisks, "logging.elasticsearch."+tier+".storageGiB", fmt.Sprintf("%d GiB on %s", have, plural(n.Nodes, "node")),
				fmt.Sprintf("%d GiB: what the days of the tier bring, %s, with an eighth left free", need, map[bool]string{true: "twice", false: "once"}[copies > 1]),
				"logging.dailyGiB", "logging.retention")
		}
	}
}

// protectedLogging holds the logs of a protected stack to its promise.
func (c *checker) protectedLogging(l Logging) {
	for path, n := range map[string]int{"logging.elasticsearch.hot.nodes": l.Elasticsearch.Hot.Nodes, "logging.logstash.replicas": l.Logstash.Replicas} {
		if n == 1 {
			c.bad(BrokenProtect, path, "1", "more, since the stack is protected: logs are needed most when a node is lost", "protect")
		}
	}
	if !l.Snapshots.Enabled {
		c.bad(BrokenProtect, "logging.snapshots.enabled", "false", "true, since the stack is protected", "protect")
	}
}

// tracing are the rules of traces.
func (c *checker) tracing() {
	t := c.s.Tracing
	if t.SamplePercent < 0 || t.SamplePercent > 100 {
		c.bad(BadSampling, "tracing.samplePercent", fmt.Sprint(t.SamplePercent), "0 (errors and slow ones only) to 100")
	}
	if t.SlowMillis < 1 {
		c.bad(BadSampling, "tracing.slowMillis", fmt.Sprint(t.SlowMillis), "1 or more")
	}
	for path, n := range map[string]int{
		"tracing.days": t.Days, "tracing.dailyGiB": t.DailyGiB, "tracing.gateway.replicas": t.Gateway.Replicas, "tracing.jaeger.replicas": t.Jaeger.Replicas,
	} {
		if n < 1 {
			c.bad(BadTraceSize, path, fmt.Sprint(n), "1 or more")
		}
	}
	if t.Gateway.MemoryMiB < 256 {
		c.bad(BadTraceSize, "tracing.gateway.memoryMiB", fmt.Sprint(t.Gateway.MemoryMiB), "256 or more: a collector without traces takes half of that")
	}
	if t.Enabled && c.protected() && t.Gateway.Replicas == 1 {
		c.bad(BrokenProtect, "tracing.gateway.replicas", "1", "more, since the stack is protected", "protect")
	}
	c.traceStore(t)
}

func (c *checker) traceStore(t Tracing) {
	const path = "tracing.elasticsearch"
	s := t.Elasticsearch
	switch {
	case s.Address == "" && s.Secret != "":
		c.bad(BadTraceStore, path+".secret", s.Secret+" without an address", "the address that it opens", path+".address")
	case s.Address == "" && t.Enabled && !c.s.Logging.Enabled:
		c.bad(NoTraceStore, "tracing.enabled", "true without an Elasticsearch", "logging.enabled: true, or tracing.elasticsearch.address", "logging.enabled")
	case s.Address != "" && t.Enabled && c.s.Logging.Enabled:
		c.bad(TwoTraceStores, path+".address", "an address beside the stack's own Elasticsearch", "it left out, or logging.enabled: false", "logging.enabled")
	}
	if s.Address == "" {
		return
	}
	if u, err := url.Parse(s.Address); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		c.bad(BadTraceStore, path+".address", "what is no https URL of a server", "a URL such as https://elasticsearch.example.com:9200") // not shown: a password may stand in it
	}
	if known := ordered(c.s.Secrets.Names); s.Secret == "" {
		c.missing(path+".secret", "one of secrets.names, with the keys username and password")
	} else if !slices.Contains(known, s.Secret) {
		c.bad(NoTraceSecret, path+".secret", shown(s.Secret), "one of secrets.names: "+strings.Join(known, ", "), "secrets.names")
	}
}
