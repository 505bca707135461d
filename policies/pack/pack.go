// Package pack is the policy pack: the rules of policies, as Pulumi's engine
// asks for them.
//
// Each rule is a policy of its own, asked at the end, of all resources: in a
// preview that is before anything is created. In an update, one more policy
// stands at the gate: it looks at each resource before it is created or changed,
// with the mandatory rules that need no other resource to decide. (One policy a
// rule would do there too, but the engine's library reads a resource anew for
// each of them, which takes six seconds for a stack of 900.)
package pack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/te-explico/infrastructure/internal/values"
	"github.com/te-explico/infrastructure/policies"
)

// name and version are those of the pack in Pulumi's reports.
const (
	name    = "explico"
	version = "1.0.0"
)

// The policies that are no rule.
const (
	gate    = "before-creation"
	summary = "not-determined"
)

// except is the setting of the gate that names rules that it leaves out.
const except = "except"

// Options say for what a pack is made.
type Options struct {
	// Stack is the stack's name; Preview says that nothing will be created.
	Stack   string
	Preview bool
	// Today decides which waivers have expired.
	Today time.Time
	// Tell hears what could not be determined.
	Tell func(string) error
}

// Factory makes the pack for a stack, for policyx.Main. Today decides which
// waivers have expired. The engine's log hears what could not be determined.
func Factory(today time.Time) func(*pulumi.Context) (policyx.PolicyPack, error) {
	return func(ctx *pulumi.Context) (policyx.PolicyPack, error) {
		tell := func(text string) error { return ctx.Log.Info(text, nil) }
		return New(Options{ctx.Stack(), ctx.DryRun(), today, tell})
	}
}

// New makes the pack for a stack.
func New(o Options) (policyx.PolicyPack, error) {
	settings, err := policies.LoadSettings()
	if err != nil {
		return nil, err
	}
	waivers, err := policies.LoadWaivers()
	if err != nil {
		return nil, err
	}
	p := &pack{Options: o, settings: settings, waivers: waivers, inputs: map[string]property.Map{}}
	all := []policyx.Policy{p.gate()}
	for _, r := range policies.Rules() {
		all = append(all, p.policy(r))
	}
	all = append(all, policyx.NewStackValidationPolicy(summary, policyx.StackValidationPolicyArgs{
		Description: "What only an update will know is said, and not taken for a fault.", EnforcementLevel: policyx.EnforcementLevelAdvisory,
		ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error { return p.sum(args.Resources) },
	}))
	return policyx.NewPolicyPack(name, semver.MustParse(version), policyx.EnforcementLevelMandatory, all)
}

// pack is one run of the rules over one stack.
type pack struct {
	Options
	settings *policies.Settings
	waivers  *policies.Waivers

	mu sync.Mutex
	// inputs are by URN: the engine shows inputs while it registers resources, and
	// at the end only what became of them.
	inputs map[string]property.Map
	graph  *policies.Graph
	of     *policyx.AnalyzerResource // the first of those that the graph was made of
}

// levels are Pulumi's words for ours.
var levels = map[policies.Level]policyx.EnforcementLevel{
	policies.Mandatory: policyx.EnforcementLevelMandatory, policies.Advisory: policyx.EnforcementLevelAdvisory,
	policies.Disabled: policyx.EnforcementLevelDisabled,
}

// policy is a rule as Pulumi knows it.
func (p *pack) policy(r policies.Rule) policyx.Policy {
	return policyx.NewStackValidationPolicy(policies.Slug(r.ID()), policyx.StackValidationPolicyArgs{
		Description: fmt.Sprintf("%s: %s.", r.Names(), r.Reason()), EnforcementLevel: levels[r.Level(p.settings, p.Stack)],
		ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error {
			for _, f := range r.Check(p.whole(args.Resources), p.waivers, p.Today).Open {
				args.Manager.ReportViolation(f.String(), f.URN)
			}
			return nil
		},
	})
}

// gate looks at each resource before it is created. In a preview it only
// remembers it.
func (p *pack) gate() policyx.Policy {
	return policyx.NewResourceValidationPolicy(gate, policyx.ResourceValidationPolicyArgs{
		Description:      "Nothing is created that breaks a mandatory rule by itself.",
		EnforcementLevel: policyx.EnforcementLevelMandatory,
		ConfigSchema: &policyx.ConfigSchema{Properties: map[string]map[string]any{
			except: {"type": "array", "items": map[string]any{"type": "string"}, "description": "Ids of rules that do not stand at the gate."},
		}},
		ValidateResource: func(_ context.Context, args policyx.ResourceValidationArgs) error {
			p.mu.Lock()
			p.inputs[args.Resource.URN] = args.Resource.Properties
			p.mu.Unlock()
			if !p.Preview {
				p.guard(args)
			}
			return nil
		},
	})
}

// guard reports what a resource breaks by itself.
func (p *pack) guard(args policyx.ResourceValidationArgs) {
	var g *policies.Graph
	left, _ := args.Config[except].([]any)
	for _, r := range policies.Rules() {
		if r.Relates() || !r.LooksAt(args.Resource.Type) || slices.Contains(left, any(r.ID())) || r.Level(p.settings, p.Stack) != policies.Mandatory {
			continue
		}
		if g == nil {
			one := describe(args.Resource, args.Resource.Properties, property.Map{})
			g = policies.NewGraph(p.Stack, p.settings, []policies.Resource{one})
		}
		for _, f := range r.Check(g, p.waivers, p.Today).Open {
			args.Manager.ReportViolation(r.ID()+": "+f.String(), f.URN)
		}
	}
}

// whole is the graph of all resources, made once for all rules.
func (p *pack) whole(resources []policyx.AnalyzerResource) *policies.Graph {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.graph != nil && len(resources) > 0 && p.of == &resources[0] {
		return p.graph
	}
	all := make([]policies.Resource, 0, len(resources))
	for _, r := range resources {
		inputs, seen := p.inputs[r.URN]
		if !seen {
			inputs = r.Properties // kept as it was, and not registered in this run
		}
		all = append(all, describe(r, inputs, r.Properties))
	}
	p.graph = policies.NewGraph(p.Stack, p.settings, all)
	if len(resources) > 0 {
		p.of = &resources[0]
	}
	return p.graph
}

// sum says how much could not be determined.
func (p *pack) sum(resources []policyx.AnalyzerResource) error {
	var ids []string
	n := 0
	for _, r := range policies.Check(p.whole(resources), p.waivers, p.Today) {
		if len(r.Unseen) > 0 {
			n += len(r.Unseen)
			ids = append(ids, r.Rule)
		}
	}
	if n == 0 {
		return nil
	}
	return p.Tell(fmt.Sprintf("policies: %d checks of %d rules could not be determined, as they read what only an update will know: %s",
		n, len(ids), strings.Join(ids, ", ")))
}

// describe is a resource as the rules see it.
func describe(r policyx.AnalyzerResource, inputs, outputs property.Map) policies.Resource {
	in := resource.ToResourcePropertyMap(inputs)
	one := policies.Resource{
		Type: r.Type, Name: r.Name, URN: r.URN, Provider: r.Provider.URN, Inputs: values.FromProperties(in),
		Outputs: values.FromProperties(resource.ToResourcePropertyMap(outputs)), DependsOn: r.PropertyDependencies,
	}
	one.ID = one.Outputs.String("id")
	for k, v := range in {
		if v.ContainsSecrets() {
			one.Secret = append(one.Secret, string(k))
		}
	}
	slices.Sort(one.Secret)
	return one
}
