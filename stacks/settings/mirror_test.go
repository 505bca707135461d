package settings

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// differences are all that staging does not have as prod has it, each with its
// reason. A path stands for everything below it.
var differences = map[string]string{
	"owner.costCentre":                  "each stack is paid for on its own",
	"domain.name":                       "a zone each, in its stack's account",
	"domain.zone":                       "a zone each, in its stack's account",
	"domain.zoneId":                     "a zone each, in its stack's account",
	"aws.accountId":                     "an account each: a mistake in staging cannot reach prod",
	"ingress.host":                      "a zone each, in its stack's account",
	"network.cidr":                      "disjoint, so that the networks can be peered",
	"cluster.access.deploy.role":        "roles belong to the account",
	"cluster.access.oncall.role":        "roles belong to the account",
	"cluster.nodeGroups.apps.instances": "half the size: load tests run with half the data",
	"cluster.nodeGroups.apps.max":       "less load to grow with",
	"cluster.nodeGroups.batch.max":      "less load to grow with",
	"cluster.nodeGroups.gpu.max":        "less load to grow with",
	"operators.pools.apps.cpus":         "less load to grow with",
	"operators.pools.apps.memoryGiB":    "less load to grow with",
	"operators.pools.batch.cpus":        "less load to grow with",
	"operators.pools.batch.memoryGiB":   "less load to grow with",
	"operators.pools.gpu.cpus":          "less load to grow with",
	"operators.pools.gpu.memoryGiB":     "less load to grow with",
	"database.instance":                 "a smaller working set; the same CPU architecture",
	"database.storageGiB":               "a sample of prod's data",
	"database.maxStorageGiB":            "a sample of prod's data",
	"database.backupDays":               "30 days are enough to rehearse a restore from; prod keeps the most there is",
	"database.insightsDays":             "a month compares releases under test; prod keeps a quarter",
	"cache.node":                        "a sample of prod's data; the same CPU architecture",
	"costs.monthlyBudgetUSD":            "smaller sizes, less traffic",
	"logging.dailyGiB":                  "less traffic",
	"logging.retention.deleteAfterDays": "incidents of staging are looked into at once",
	"logging.elasticsearch":             "smaller sizes for less traffic; the same shape",
	"logging.logstash.queueGiB":         "less traffic",
	"tracing.samplePercent":             "less traffic, and releases under test are of interest",
	"tracing.dailyGiB":                  "less traffic",
	"logs.days":                         "incidents of staging are looked into at once",
	"security.trailDays":                "nobody asks after seven years what was tried in staging",
	"alerts.p0.platform.endpoint":       "staging wakes nobody at night",
}

func TestStagingMirrorsProd(t *testing.T) {
	staging, prod := flat(t, "staging"), flat(t, "prod")
	used := map[string]bool{}
	for _, path := range paths(staging, prod) {
		if staging[path] == prod[path] {
			continue
		}
		reason := ""
		for listed := range differences {
			if path == listed || within(path, listed) {
				reason, used[listed] = differences[listed], true
			}
		}
		if reason == "" {
			t.Errorf("%s: staging has %q, prod has %q, for no reason: make them equal, or list the reason here", path, staging[path], prod[path])
		}
	}
	for _, listed := range ordered(differences) {
		if !used[listed] {
			t.Errorf("%s does not differ any more: take its reason out", listed)
		}
	}
}

func paths(all ...map[string]string) []string {
	var keys []string
	for _, m := range all {
		keys = slices.AppendSeq(keys, maps.Keys(m))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// flat are a stack's settings by path; addresses, which are shown nowhere, are
// told apart here.
func flat(t *testing.T, stack string) map[string]string {
	t.Helper()
	s := load(t, stack)
	all := Flatten(s)
	for severity, subscribers := range s.Alerts.bySeverity() {
		for name, sub := range subscribers {
			all["alerts."+severity+"."+name+".endpoint"] = strings.TrimSpace(sub.Endpoint.Reveal())
		}
	}
	return all
}
