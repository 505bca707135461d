// Package pack is the policy pack: the rules of policies, as Pulumi's engine
// asks for them.
//
// A rule that looks at one resource is asked before the resource is created. One
// that relates resources is asked at the end, of all of them: in a preview that
// is before anything is created, too.
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

// summary is the policy that says what could not be determined.
const summary = "not-determined"

// Factory makes the pack for a stack, for policyx.Main. Today decides which
// waivers have expired. The engine's log hears what could not be determined.
func Factory(today time.Time) func(*pulumi.Context) (policyx.PolicyPack, error) {
	return func(ctx *pulumi.Context) (policyx.PolicyPack, error) {
		tell := func(text string) error { return ctx.Log.Info(text, nil) }
		return New(ctx.Stack(), today, tell)
	}
}

// New makes the pack for a stack.
func New(stack string, today time.Time, tell func(string) error) (policyx.PolicyPack, error) {
	settings, err := policies.LoadSettings()
	if err != nil {
		return nil, err
	}
	waivers, err := policies.LoadWaivers()
	if err != nil {
		return nil, err
	}
	p := &pack{stack: stack, settings: settings, waivers: waivers, today: today, tell: tell, inputs: map[string]property.Map{}}
	var all []policyx.Policy
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
	stack    string
	settings *policies.Settings
	waivers  *policies.Waivers
	today    time.Time
	tell     func(string) error

	mu sync.Mutex
	// inputs are by URN: the engine shows inputs while it registers resources, and
	// at the end only what became of them.
	inputs map[string]property.Map
	graph  *policies.Graph
	of     *policyx.AnalyzerResource // the first of those that the graph was made of
}

var levels = map[policies.Level]policyx.EnforcementLevel{
	policies.Mandatory: policyx.EnforcementLevelMandatory, policies.Advisory: policyx.EnforcementLevelAdvisory,
	policies.Disabled: policyx.EnforcementLevelDisabled,
}

// policy is a rule as Pulumi knows it.
func (p *pack) policy(r policies.Rule) policyx.Policy {
	description := fmt.Sprintf("%s: %s.", r.Names(), r.Reason())
	level := levels[r.Level(p.settings, p.stack)]
	if r.Relates() {
		return policyx.NewStackValidationPolicy(policies.Slug(r.ID()), policyx.StackValidationPolicyArgs{
			Description: description, EnforcementLevel: level,
			ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error {
				p.report(r, p.whole(args.Resources), args.Manager)
				return nil
			},
		})
	}
	return policyx.NewResourceValidationPolicy(policies.Slug(r.ID()), policyx.ResourceValidationPolicyArgs{
		Description: description, EnforcementLevel: level,
		ValidateResource: func(_ context.Context, args policyx.ResourceValidationArgs) error {
			p.see(args.Resource)
			if r.LooksAt(args.Resource.Type) {
				one := describe(args.Resource, args.Resource.Properties, property.Map{})
				p.report(r, policies.NewGraph(p.stack, p.settings, []policies.Resource{one}), args.Manager)
			}
			return nil
		},
	})
}

// see remembers a resource's inputs.
func (p *pack) see(r policyx.AnalyzerResource) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inputs[r.URN] = r.Properties
}

// report tells the engine what is wrong.
func (p *pack) report(r policies.Rule, g *policies.Graph, to policyx.PolicyManager) {
	for _, f := range r.Check(g, p.waivers, p.today).Open {
		to.ReportViolation(f.String(), f.URN)
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
	p.graph = policies.NewGraph(p.stack, p.settings, all)
	if len(resources) > 0 {
		p.of = &resources[0]
	}
	return p.graph
}

// sum says how much could not be determined.
func (p *pack) sum(resources []policyx.AnalyzerResource) error {
	var ids []string
	n := 0
	for _, r := range policies.Check(p.whole(resources), p.waivers, p.today) {
		if len(r.Unseen) > 0 {
			n += len(r.Unseen)
			ids = append(ids, r.Rule)
		}
	}
	if n == 0 {
		return nil
	}
	return p.tell(fmt.Sprintf("policies: %d checks of %d rules could not be determined, as they read what only an update will know: %s",
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
