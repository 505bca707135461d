package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var decimalShape = regexp.MustCompile(`^\d{1,7}(\.\d{1,6})?$`)

// usage checks the assumptions about use.
func (c *checker) usage() {
	all := Flatten(c.s)
	for _, path := range ordered(all) {
		if within(path, "usage") && strings.HasPrefix(all[path], "-") {
			c.bad(NegativeUsage, path, all[path], "0 or more")
		}
	}
	u := c.s.Usage
	shares := map[string]int{"usage.spotPercent": u.SpotPercent, "usage.objects.frequentPercent": u.Objects.FrequentPercent}
	for _, path := range ordered(shares) {
		if shares[path] > 100 {
			c.bad(BadUsageShare, path, fmt.Sprint(shares[path]), "0 to 100 percent")
		}
	}
	groups := map[string][2]int{}
	if c.s.Compute != ECS {
		for name, g := range c.s.Cluster.NodeGroups {
			groups[name] = [2]int{g.Min, g.Max}
		}
	}
	c.averages("usage.nodeGroups", u.NodeGroups, groups, "cluster.nodeGroups", "a node group")
	services := map[string][2]int{}
	if c.s.Compute == ECS {
		for name, s := range c.s.Ecs.Services {
			services[name] = [2]int{s.Min, s.Max}
		}
	}
	c.averages("usage.services", u.Services, services, "ecs.services", "a service on ECS")
	c.known("usage.buckets", ordered(u.Buckets), c.bucketNames(), "a bucket of the stack")
	c.known("usage.logsGB", ordered(u.LogsGB), c.logNames(), "a part of the stack that logs")
}

// averages checks average numbers against what they are of.
func (c *checker) averages(path string, stated map[string]int, bounds map[string][2]int, of, what string) {
	c.known(path, ordered(stated), ordered(bounds), what)
	for _, name := range ordered(stated) {
		if b, has := bounds[name]; has && (stated[name] < b[0] || stated[name] > b[1]) {
			c.bad(BadAverage, child(path, name), fmt.Sprint(stated[name]), fmt.Sprintf("%d to %d", b[0], b[1]), child(of, name))
		}
	}
}

// known refuses usage of what the stack does not have.
func (c *checker) known(path string, stated, names []string, what string) {
	for _, name := range stated {
		if name == defaultName || slices.Contains(names, name) {
			continue
		}
		want := what
		if near := nearest(name, names); near != "" {
			want += ": did you mean " + near + "?"
		} else if len(names) > 0 {
			want += ": " + strings.Join(names, ", ")
		}
		c.bad(UsageOfNothing, child(path, name), "usage of "+shown(name), want)
	}
}

func (c *checker) bucketNames() []string {
	names := []string{"assets", "backups", "logs", "uploads"}
	if c.s.Security.Baseline {
		names = append(names, "security-audit")
	}
	return sorted(names)
}

// logNames are the parts of the stack that log into CloudWatch.
func (c *checker) logNames() []string {
	names := []string{"network", "database"}
	for name, has := range map[string]bool{
		"cluster": c.s.Compute != ECS, "ecs": c.s.Compute == ECS, "waf": c.s.WAF.Enabled,
		"waf-services": c.s.WAF.Enabled && c.s.Compute == ECS, "dns": c.s.Domain.QueryLogs,
		"security": c.s.Security.Baseline, "cache": c.s.Cache.Mode != CacheServerless,
	} {
		if has {
			names = append(names, name)
		}
	}
	if c.s.Compute == ECS {
		for name := range c.s.Ecs.Services {
			names = append(names, "ecs-"+name)
		}
	}
	return sorted(names)
}

// commitments checks what was committed to.
func (c *checker) commitments() {
	c.names("commitments", ordered(c.s.Commitments))
	for _, name := range ordered(c.s.Commitments) {
		k, path := c.s.Commitments[name], child("commitments", name)
		if k.Months != 12 && k.Months != 36 {
			c.bad(BadCommitment, path+".months", fmt.Sprint(k.Months), "12 or 36")
		}
		c.commitmentPrice(path, k)
		if k.Kind == SavingsPlan {
			c.savingsPlan(path, k)
			continue
		}
		if k.Count < 1 {
			c.bad(BadCommitment, path+".count", fmt.Sprint(k.Count), "at least 1")
		}
		if k.Instance == "" {
			c.missing(path+".instance", "the reserved type, such as db.m7g.large")
		}
		if k.Service == CommittedTasks {
			c.bad(BadCommitted, path+".service", string(k.Service), "nodes, database or cache: nobody reserves tasks")
		}
	}
}

func (c *checker) savingsPlan(path string, k Commitment) {
	if k.Instance != "" {
		c.bad(BadCommitment, path+".instance", shown(k.Instance), "nothing: a savings plan is for any type", path+".kind")
	}
	if k.DiscountPercent < 1 || k.DiscountPercent > 90 {
		c.bad(BadCommitment, path+".discountPercent", fmt.Sprint(k.DiscountPercent), "1 to 90")
	}
	if k.Service != CommittedNodes && k.Service != CommittedTasks {
		c.bad(BadCommitted, path+".service", shown(string(k.Service)), "nodes or tasks", path+".kind")
	}
}

func (c *checker) commitmentPrice(path string, k Commitment) {
	prices := map[string]string{path + ".hourlyUSD": k.HourlyUSD, path + ".upfrontUSD": k.UpfrontUSD}
	paid := false
	for _, at := range ordered(prices) {
		if !decimalShape.MatchString(prices[at]) {
			c.bad(BadCommitPrice, at, shown(prices[at]), `a decimal number in quotes, such as "0.102"`)
			return
		}
		paid = paid || strings.Trim(prices[at], "0.") != ""
	}
	if !paid {
		c.bad(BadCommitPrice, path+".hourlyUSD", "0, and nothing upfront", "a price", path+".upfrontUSD")
	}
}

// limits checks what the estimate is compared with.
func (c *checker) limits() {
	k := c.s.Costs
	if k.OverBudget == RefuseOverBudget && k.MonthlyBudgetUSD == 0 {
		c.bad(NoLimit, "costs.overBudget", string(k.OverBudget), "a budget", "costs.monthlyBudgetUSD")
	}
}
