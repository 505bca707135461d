package registered

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/cost"
	"github.com/te-explico/infrastructure/internal/dryrun"
)

// thing and thingArgs are what a generated SDK has for a resource.
type thing struct{ pulumi.CustomResourceState }

type thingArgs struct {
	Name  pulumi.StringPtrInput
	Size  pulumi.IntPtrInput
	On    pulumi.BoolPtrInput
	Part  partInput
	Parts pulumi.ArrayInput
	IDs   pulumi.StringArrayInput
	Tags  pulumi.StringMapInput
	Later pulumi.StringPtrInput
}

type thingPlain struct {
	Name  *string           `pulumi:"name"`
	Size  *int              `pulumi:"sizeInGiB"`
	On    *bool             `pulumi:"on"`
	Part  *partPlain        `pulumi:"part"`
	Parts []any             `pulumi:"parts"`
	IDs   []string          `pulumi:"ids"`
	Tags  map[string]string `pulumi:"tags"`
	Later *string           `pulumi:"later"`
}

func (thingArgs) ElementType() reflect.Type { return reflect.TypeFor[thingPlain]() }

type partInput interface{ pulumi.Input }

type partArgs struct{ Deep pulumi.StringInput }

type partPlain struct {
	Deep string `pulumi:"deep"`
}

func (partArgs) ElementType() reflect.Type { return reflect.TypeFor[partPlain]() }

type group struct{ pulumi.ResourceState }

type provider struct{ pulumi.ProviderResourceState }

func run(t *testing.T, program func(ctx *pulumi.Context) error) []cost.Resource {
	t.Helper()
	var all []cost.Resource
	_, err := dryrun.Run("project", "stack", func(ctx *pulumi.Context) error {
		seen, err := Watch(ctx)
		if err != nil {
			return err
		}
		if err := program(ctx); err != nil {
			return err
		}
		all = seen.Resources()
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Inputs are recorded by the names of the schema: plain ones as they are, those
// that come of another resource as unknown, and so are parts of lists, whose
// length is known all the same.
func TestInputs(t *testing.T) {
	all := run(t, func(ctx *pulumi.Context) error {
		first := &thing{}
		if err := ctx.RegisterResource("aws:a/thing:Thing", "first", &thingArgs{}, first); err != nil {
			return err
		}
		return ctx.RegisterResource("aws:a/thing:Thing", "second", &thingArgs{
			Name: pulumi.String("n"), Size: pulumi.IntPtr(3), On: pulumi.Bool(true), Part: partArgs{Deep: pulumi.String("d")},
			Parts: pulumi.Array{pulumi.Map{"k": pulumi.Int(1)}}, IDs: pulumi.StringArray{first.ID(), pulumi.String("x")},
			Tags: pulumi.StringMap{"team": pulumi.String("t")}, Later: first.URN().ToStringOutput().ToStringPtrOutput(),
		}, &thing{})
	})
	want := cost.Values{
		"name": "n", "sizeInGiB": 3, "on": true, "part": map[string]any{"deep": "d"}, "parts": []any{map[string]any{"k": 1}},
		"ids": []any{cost.Unknown{}, "x"}, "tags": map[string]any{"team": "t"}, "later": cost.Unknown{},
	}
	if len(all) != 2 || !reflect.DeepEqual(all[1].Inputs, want) {
		t.Fatalf("got %#v, want %#v", all, want)
	}
	if all[1].Team() != "t" {
		t.Errorf("team: got %q", all[1].Team())
	}
}

// A resource stands in the region of its provider: its own, its component's, or
// that of a component above. Components and providers are not billed.
func TestRegionsAndComponents(t *testing.T) {
	all := run(t, func(ctx *pulumi.Context) error {
		here, there := &provider{}, &provider{}
		for p, region := range map[*provider]string{here: "eu-west-1", there: "us-east-1"} {
			if err := ctx.RegisterResource("pulumi:providers:aws", "p-"+region, pulumi.Map{"region": pulumi.String(region)}, p); err != nil {
				return err
			}
		}
		outer, inner := &group{}, &group{}
		if err := ctx.RegisterComponentResource("explico:a:Outer", "outer", outer, pulumi.Providers(here)); err != nil {
			return err
		}
		if err := ctx.RegisterComponentResource("explico:a:Inner", "inner", inner, pulumi.Parent(outer)); err != nil {
			return err
		}
		if err := ctx.RegisterResource("aws:a/thing:Thing", "inherits", &thingArgs{}, &thing{}, pulumi.Parent(inner)); err != nil {
			return err
		}
		return ctx.RegisterResource("aws:a/thing:Thing", "own", &thingArgs{}, &thing{}, pulumi.Parent(inner), pulumi.Provider(there))
	})
	want := []cost.Resource{
		{Name: "inherits", Region: "eu-west-1", URN: "urn:pulumi:stack::project::explico:a:Outer$explico:a:Inner$aws:a/thing:Thing::inherits"},
		{Name: "own", Region: "us-east-1", URN: "urn:pulumi:stack::project::explico:a:Outer$explico:a:Inner$aws:a/thing:Thing::own"},
	}
	if len(all) != len(want) {
		t.Fatalf("got %v", all)
	}
	for i, r := range all {
		if r.Name != want[i].Name || r.Region != want[i].Region || r.URN != want[i].URN || r.Component != "outer" {
			t.Errorf("got %+v, want %+v in outer", r, want[i])
		}
	}
}
