package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// OperatorArgs are the arguments of NewOperator.
type OperatorArgs struct {
	// Manifest is what a project publishes, by its name in the versions file: the
	// definitions that no chart has but the operator's own, whose values leave them out
	// where they are no directory crds; none if empty.
	Manifest string
	// Charts are charts of the versions file, in the order of their installation:
	// definitions first, so that an upgrade of the operator never waits for them.
	// The last one is the operator itself, and its name the release's.
	Charts []string
	// Namespace is where the operator runs; it must exist.
	Namespace string
	// Values are those of the last chart; Definitions those of the others.
	Values, Definitions Map
	// SkipCRDs leaves out the definitions in the last chart's directory crds. They
	// are left out in any case where a manifest or another chart has them.
	SkipCRDs bool
	// Objects are custom resources that the operator works by. They go before it
	// does, so that it can clean up after them.
	Objects []Object
	// Labels are on the objects.
	Labels map[string]string
	// After is what must be there before the operator starts, and until it has
	// stopped: its rights, other operators.
	After []pulumi.Resource
}

// Operator is something that runs in the cluster for others: its definitions,
// its release, and the resources that tell it what to do.
type Operator struct {
	pulumi.ResourceState

	// Ready is what those depend on who use the operator.
	Ready []pulumi.Resource
}

// NewOperator makes an operator.
func NewOperator(ctx *pulumi.Context, name string, args *OperatorArgs, opts ...pulumi.ResourceOption) (*Operator, error) {
	if len(args.Charts) == 0 || args.Namespace == "" {
		return nil, fmt.Errorf("creating operator %s: %w", name, errors.New("Charts or Namespace is missing"))
	}
	o := &Operator{}
	if err := component.Register(ctx, "kubernetes", "Operator", "operator-"+name, o, opts...); err != nil {
		return nil, err
	}
	after := args.After
	if args.Manifest != "" {
		made, err := InstallManifest(ctx, resourceName("operator", name, "definitions"), &ManifestArgs{Manifest: args.Manifest}, pulumi.Parent(o), pulumi.DependsOn(args.After))
		if err != nil {
			return nil, err
		}
		after = append(slices.Clone(after), made)
	}
	for i, chart := range args.Charts {
		release := &ReleaseArgs{Chart: chart, Name: chart, Namespace: args.Namespace, Values: args.Definitions}
		if last := i == len(args.Charts)-1; last {
			release.Values, release.SkipCRDs = args.Values, args.SkipCRDs || i > 0 || args.Manifest != ""
		}
		made, err := InstallRelease(ctx, resourceName("operator", name, chart), release, pulumi.Parent(o), pulumi.DependsOn(after))
		if err != nil {
			return nil, err
		}
		after = []pulumi.Resource{made}
	}
	o.Ready = after
	for _, object := range args.Objects {
		object.Labels = merged(args.Labels, object.Labels)
		made, err := Apply(ctx, resourceName("operator", name, lower(object.Kind), object.Name), object, pulumi.Parent(o), pulumi.DependsOn(after))
		if err != nil {
			return nil, err
		}
		// One after the other, as they stand: a pool refers to its class.
		after = []pulumi.Resource{made}
		o.Ready = append(o.Ready, made)
	}
	return o, ctx.RegisterResourceOutputs(o, pulumi.Map{})
}

// Merge puts maps together, the values of later ones over those of earlier ones,
// map by map.
func Merge(all ...Map) Map {
	out := Map{}
	for _, m := range all {
		for key, value := range m {
			below, isMap := value.(Map)
			if under, wasMap := out[key].(Map); isMap && wasMap {
				out[key] = Merge(under, below)
				continue
			}
			out[key] = value
		}
	}
	return out
}

// Spread puts the pods that labels select in different zones, and on different
// nodes, as far as there are any.
func Spread(labels map[string]string) List {
	var all List
	for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		all = append(all, Map{
			"topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": Map{"matchLabels": maps.Clone(labels)},
		})
	}
	return all
}

// Resources asks for a container's share: what it usually takes of processor and
// memory, the most memory, and room for its temporary files. The processor has
// no limit: it is shared by what was asked for.
func Resources(cpu, memory, mostMemory string) Map {
	return Map{
		"requests": Map{"cpu": cpu, "memory": memory, "ephemeral-storage": "64Mi"},
		"limits":   Map{"memory": mostMemory, "ephemeral-storage": "512Mi"},
	}
}
