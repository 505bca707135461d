package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// CacheAlarms say what an ElastiCache cache is like; the thresholds follow from
// it.
type CacheAlarms struct {
	// Nodes are the nodes' names at AWS, by a name of yours, and Node is their
	// type, such as cache.m7g.large.
	Nodes map[string]pulumi.StringOutput
	Node  string
	// Replicas says that a node has another that takes over.
	Replicas bool
	// Serverless is the name of a serverless cache, which has no nodes, and Limits
	// are how far it grows.
	Serverless string
	Limits     RedisLimits
}

func (c *CacheAlarms) check(want func(ok bool, format string, args ...any)) {
	want((len(c.Nodes) > 0) != (c.Serverless != ""), "Cache: got %d nodes and serverless cache %q, want one of them", len(c.Nodes), c.Serverless)
	if len(c.Nodes) > 0 {
		_, err := cacheCores(c.Node)
		want(err == nil, "Cache.Node: %w", err)
	}
	if c.Serverless != "" {
		want(c.Limits.StorageGB > 0 && c.Limits.ECPUs > 0, "Cache.Limits: got %+v, want both above 0", c.Limits)
	}
}

// alarms watch each node, or the serverless cache as a whole.
func (c *CacheAlarms) alarms() []alarm {
	if c.Serverless != "" {
		return c.serverless()
	}
	var all []alarm
	for _, name := range slices.Sorted(maps.Keys(c.Nodes)) {
		all = append(all, c.node(name)...)
	}
	return all
}

func (c *CacheAlarms) node(name string) []alarm {
	cores, err := cacheCores(c.Node)
	if err != nil {
		return nil // refused by check
	}
	silent := p0
	if c.Replicas {
		silent = p1 // another node has taken over
	}
	most := cacheConnections(c.Node)
	base := alarm{
		namespace: "AWS/ElastiCache", seconds: 300, periods: 3, missing: silenceIsNothing, compare: above,
		dimensions: pulumi.StringMap{"CacheClusterId": c.Nodes[name], "CacheNodeId": pulumi.String("0001")},
	}
	node, what := "cache-"+name+"-", "node "+name+" of the cache "
	all := []alarm{{
		name: node + "silent", severity: silent, runbook: "cache.md#silent", means: what + "has reported nothing for 15 minutes: it is failing or gone.",
		metrics: one("CPUUtilization", "SampleCount"), compare: below, threshold: 1, missing: silenceIsBad,
	}, {
		// The engine runs commands on one processor: full is full, however many the
		// node has.
		name: node + "engine", severity: p1, runbook: "cache.md#cpu", means: what + "has run commands for more than 80 % of 15 minutes; commands wait for each other.",
		metrics: one("EngineCPUUtilization", "Average"), threshold: 80,
	}, {
		name: node + "memory", severity: p1, runbook: "cache.md#memory", means: what + "has been more than 80 % full for 15 minutes; next it forgets keys or refuses to write.",
		metrics: one("DatabaseMemoryUsagePercentage", "Average"), threshold: 80,
	}, {
		// A cache that is full forgets: some is its work, much is thrashing.
		name: node + "evictions", severity: p1, runbook: "cache.md#memory", means: what + "has thrown out more than 1000 keys in each of three 5 minutes to make room.",
		metrics: one("Evictions", "Sum"), threshold: 1000,
	}, {
		name: node + "connections", severity: p1, runbook: "cache.md#connections",
		means:   what + fmt.Sprintf("has had more than 80 %% of its %d connections taken for 15 minutes; the rest of the clients will be refused.", most),
		metrics: one("CurrConnections", "Maximum"), threshold: float64(most * 8 / 10),
	}}
	if cores <= 2 {
		// On two processors the system itself competes with the engine. AWS's advice:
		// 90 % of one of them.
		all = append(all, alarm{
			name: node + "cpu", severity: p1, runbook: "cache.md#cpu", means: what + "has had its two processors more than 45 % busy for 15 minutes: that is 90 % of what the engine can use.",
			metrics: one("CPUUtilization", "Average"), threshold: 45,
		})
	}
	if c.Replicas {
		all = append(all, alarm{
			name: node + "lag", severity: p1, runbook: "cache.md#lag", means: what + "has been more than 30 seconds behind for 15 minutes; a failover would lose that much.",
			metrics: one("ReplicationLag", "Maximum"), threshold: 30,
		})
	}
	return base.overlay(all)
}

// overlay gives the alarms what they have in common with a, where they say
// nothing else.
func (a alarm) overlay(all []alarm) []alarm {
	filled := a.fill(all)
	for i := range filled {
		if filled[i].compare == "" {
			filled[i].compare = a.compare
		}
		if filled[i].missing == "" {
			filled[i].missing = a.missing
		}
		if filled[i].periods == 0 {
			filled[i].periods = a.periods
		}
	}
	return filled
}

// serverless watches how near a serverless cache is to its limits.
// Source: ElastiCache user guide, "Metrics and events for Valkey and Redis OSS
// serverless caches", read 2026-11.
func (c *CacheAlarms) serverless() []alarm {
	base := alarm{
		namespace: "AWS/ElastiCache", seconds: 300, periods: 3, missing: silenceIsNothing, compare: above,
		dimensions: pulumi.StringMap{"clusterId": pulumi.String(c.Serverless)},
	}
	return base.overlay([]alarm{{
		name: "cache-throttled", severity: p1, runbook: "cache.md#throttled", means: "the serverless cache has refused commands for 15 minutes, since it is to do more than it may.",
		metrics: one("ThrottledCmds", "Sum"), threshold: 0, missing: silenceIsGood,
	}, {
		name: "cache-memory", severity: p1, runbook: "cache.md#memory", means: fmt.Sprintf("the serverless cache has held more than 80 %% of the %d GB it may for 15 minutes.", c.Limits.StorageGB),
		metrics: one("BytesUsedForCache", "Maximum"), threshold: 0.8 * 1e9 * float64(c.Limits.StorageGB),
	}, {
		name: "cache-cpu", severity: p1, runbook: "cache.md#throttled", means: fmt.Sprintf("the serverless cache has used more than 80 %% of the %d processing units a second it may for 15 minutes.", c.Limits.ECPUs),
		metrics: one("ElastiCacheProcessingUnits", "Sum"), threshold: 0.8 * 300 * float64(c.Limits.ECPUs),
	}, {
		name: "cache-evictions", severity: p1, runbook: "cache.md#memory", means: "the serverless cache has thrown out more than 1000 keys in each of three 5 minutes to make room.",
		metrics: one("Evictions", "Sum"), threshold: 1000,
	}})
}
