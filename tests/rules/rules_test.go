package rules

import (
	"slices"
	"strings"
	"testing"
)

// rules are all rules, in the order of the report.
var rules = slices.Concat(
	networkRules, firewallRules, clusterRules, databaseRules, storeRules, bucketRules, edgeRules, wafRules, balancerRules, taskRules, keyRules, accessRules,
	ownRules,
)

// scenarios are the stacks and, since these leave much out, the scenario that
// has everything, and those of services on ECS.
var scenarios = append(strings.Fields(shipped), "everything", "ecs", "ecs-cdn")

// TestRules checks every rule in every stack. Run it with -v for the report.
func TestRules(t *testing.T) {
	seen := map[string]int{}      // by rule: the resources that it looked at, in all stacks
	used := map[waiver][]string{} // by waiver: the stacks that needed it
	for _, stack := range scenarios {
		findings, looked := find(rules, load(t, stack))
		open, waived := map[string][]finding{}, map[string][]finding{}
		for _, f := range findings {
			name := f.rule.name()
			i := slices.IndexFunc(waivers, func(w waiver) bool { return w.covers(stack, f) })
			if i < 0 {
				open[name] = append(open[name], f)
				continue
			}
			f.waiver = waivers[i]
			waived[name] = append(waived[name], f)
			used[waivers[i]] = append(used[waivers[i]], stack)
		}
		report := []string{stack + ":"}
		for _, r := range rules {
			line, failed := outcome(r, stack, looked[r.name()], open[r.name()], waived[r.name()])
			report = append(report, line)
			seen[r.name()] += looked[r.name()]
			if failed {
				t.Errorf("%s: %s\nbecause %s", stack, line, r.reason)
			}
		}
		if testing.Verbose() {
			t.Log(strings.Join(report, "\n"))
		}
	}
	for _, r := range rules {
		if seen[r.name()] == 0 {
			t.Errorf("rule %s looks at no resource of any stack", r.name())
		}
	}
	for _, w := range waivers {
		if len(used[w]) == 0 {
			t.Errorf("nothing needs the waiver of %s for %s", w.rule, w.resource)
		}
		for _, stack := range strings.Fields(w.stacks) {
			if stack != "*" && !slices.Contains(used[w], stack) {
				t.Errorf("nothing in %s needs the waiver of %s for %s", stack, w.rule, w.resource)
			}
		}
	}
}

// TestEveryRuleCanFail makes each rule's bad changes, one at a time, and wants
// this rule to complain, and no other.
func TestEveryRuleCanFail(t *testing.T) {
	graphs := map[string]*graph{}
	before := map[string][]string{} // what is wrong with them as they are
	text := func(f finding) string { return f.rule.name() + ": " + f.String() }
	for _, s := range scenarios {
		graphs[s] = load(t, s)
		findings, _ := find(rules, graphs[s])
		for _, f := range findings {
			before[s] = append(before[s], text(f))
		}
	}
	for _, r := range rules {
		if len(r.bad) == 0 {
			t.Errorf("rule %s has no bad change", r.name())
		}
		for _, words := range r.bad {
			c, err := parseChange(words)
			if err != nil {
				t.Fatal(err)
			}
			if graphs[c.scenario] == nil {
				t.Fatalf("change %q is for %s, which is no scenario of this test", words, c.scenario)
			}
			changed, err := c.apply(graphs[c.scenario])
			if err != nil {
				t.Fatalf("rule %s: %v", r.name(), err)
			}
			findings, _ := find(rules, changed)
			findings = slices.DeleteFunc(findings, func(f finding) bool { return slices.Contains(before[c.scenario], text(f)) })
			if !slices.ContainsFunc(findings, func(f finding) bool { return f.rule.name() == r.name() }) {
				t.Errorf("rule %s does not complain of %s", r.name(), words)
			}
			for _, f := range findings {
				if f.rule.name() != r.name() && !slices.Contains(r.also, f.rule.name()) {
					t.Errorf("of %s\nanother rule than %s complains: %s", words, r.name(), text(f))
				}
			}
		}
	}
}

// TestRulesAreComplete wants each rule to say what it is, and each waiver why.
func TestRulesAreComplete(t *testing.T) {
	names := map[string]bool{}
	for _, r := range rules {
		if names[r.name()] {
			t.Errorf("two rules are named %s", r.name())
		}
		names[r.name()] = true
		if r.priority < 1 || r.priority > 3 || r.reason == "" || r.check == nil {
			t.Errorf("rule %s lacks a priority, a reason or a check", r.name())
		}
	}
	for _, r := range rules {
		for _, other := range r.also {
			if !names[other] {
				t.Errorf("rule %s names %s, which is no rule", r.name(), other)
			}
		}
	}
	for _, w := range waivers {
		if !names[w.rule] || w.reason == "" {
			t.Errorf("the waiver of %s for %s names no rule or gives no reason", w.rule, w.resource)
		}
	}
}
