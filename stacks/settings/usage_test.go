package settings

import "testing"

// reservedDB is a good commitment, edited.
func reservedDB(edits ...edit) []edit {
	return append([]edit{
		set("commitments.db.service", "database"), set("commitments.db.instance", "db.m7g.large"), set("commitments.db.hourlyUSD", "0.102"),
	}, edits...)
}

// plan is a good savings plan, edited.
func plan(edits ...edit) []edit {
	return append([]edit{
		set("commitments.all.kind", "savingsPlan"), set("commitments.all.service", "nodes"),
		set("commitments.all.hourlyUSD", "0.5"), set("commitments.all.discountPercent", 28),
	}, edits...)
}

var usageBreaches = []breach{
	{NegativeUsage, "usage.network.natGB", with(set("usage.network.natGB", -1))},
	{NegativeUsage, "usage.spotPercent", with(set("usage.spotPercent", -1))},
	{NegativeUsage, "usage.buckets.uploads.gb", with(set("usage.buckets.uploads.gb", -1))},
	{NegativeUsage, "usage.logsGB.network", with(set("usage.logsGB.network", -1))},
	{UsageOfNothing, "usage.nodeGroups.app", with(set("usage.nodeGroups.app", 3))},
	{UsageOfNothing, "usage.nodeGroups.apps", with(set("compute", "ecs"), set("usage.nodeGroups.apps", 3))},
	{UsageOfNothing, "usage.services.backend", with(set("usage.services.backend", 3))},
	{UsageOfNothing, "usage.buckets.upload", with(set("usage.buckets.upload.gb", 3))},
	{UsageOfNothing, "usage.buckets.security-audit", with(set("usage.buckets.security-audit.gb", 3))},
	{UsageOfNothing, "usage.logsGB.dns", with(set("usage.logsGB.dns", 3))},
	{UsageOfNothing, "usage.logsGB.ecs-backend", with(set("usage.logsGB.ecs-backend", 3))},
	{BadAverage, "usage.nodeGroups.apps", with(set("usage.nodeGroups.apps", 7))},
	{BadAverage, "usage.nodeGroups.apps", with(set("usage.nodeGroups.apps", 1))},
	{BadUsageShare, "usage.spotPercent", with(set("usage.spotPercent", 101))},
	{BadUsageShare, "usage.objects.frequentPercent", with(set("usage.objects.frequentPercent", 101))},
	{WrongType, "usage.imagesGB", with(set("usage.imagesGB", "20"))},
	{UnknownKey, "usage.nat", with(set("usage.nat", 20))},
	{BadCommitment, "commitments.db.months", reservedDB(set("commitments.db.months", 24))},
	{BadCommitment, "commitments.db.count", reservedDB(set("commitments.db.count", 0))},
	{Missing, "commitments.db.instance", reservedDB(set("commitments.db.instance", nil))},
	{BadCommitment, "commitments.all.instance", plan(set("commitments.all.instance", "m7g.large"))},
	{BadCommitment, "commitments.all.discountPercent", plan(set("commitments.all.discountPercent", nil))},
	{BadCommitted, "commitments.db.service", reservedDB(set("commitments.db.service", "tasks"))},
	{BadCommitted, "commitments.all.service", plan(set("commitments.all.service", "cache"))},
	{UnknownWord, "commitments.db.service", reservedDB(set("commitments.db.service", "lambda"))},
	{BadName, "commitments.DB", with(set("commitments.DB.service", "database"))},
	{BadCommitPrice, "commitments.db.hourlyUSD", reservedDB(set("commitments.db.hourlyUSD", "0.102 USD"))},
	{BadCommitPrice, "commitments.db.hourlyUSD", reservedDB(set("commitments.db.hourlyUSD", nil))},
	{BadCommitPrice, "commitments.db.upfrontUSD", reservedDB(set("commitments.db.upfrontUSD", "-1"))},
	{NoLimit, "costs.overBudget", with(set("costs.overBudget", "refuse"))},
	{UnknownWord, "costs.overBudget", with(set("costs.overBudget", "ignore"))},
	{UnknownReference, "costs.referenceRegion", with(set("costs.referenceRegion", "us-esat-1"))},
}

func TestGoodUsage(t *testing.T) {
	for name, edits := range map[string][]edit{
		"usage": with(set("usage.nodeGroups.apps", 3), set("usage.buckets.uploads.gb", 900), set("usage.buckets.default.gb", 5),
			set("usage.logsGB.cluster", 30), set("usage.logsGB.default", 1)),
		"reserved":     reservedDB(set("commitments.db.upfrontUSD", "450"), set("commitments.db.months", 36)),
		"plan":         plan(),
		"no reference": with(set("costs.referenceRegion", "")),
	} {
		if _, all := loadYAML(goodFile(t, edits...)); len(all) > 0 {
			t.Errorf("%s:\n%s", name, lines(all))
		}
	}
	s, _ := loadYAML(goodFile(t, set("usage.buckets.uploads.gb", 900)))
	amounts := s.Usage.Amounts()
	for path, want := range map[string]int{
		"buckets.uploads.gb": 900, "buckets.uploads.writesThousand": newBucketUsage().WritesThousand, "buckets.default.gb": newBucketUsage().GB,
		"network.natGB": defaultUsage().Network.NATGB,
	} {
		if amounts[path] != want {
			t.Errorf("%s: got %d, want %d", path, amounts[path], want)
		}
	}
}
