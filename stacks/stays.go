package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/stacks/settings"
)

// readOutputs is the engine's own look-up of a stack's outputs as they were after
// its last update. No provider is asked.
// Source: github.com/pulumi/pulumi/pkg/v3/resource/deploy, builtins.go.
const readOutputs = "pulumi:pulumi:readStackOutputs"

// stays refuses to build a stack on another cloud, or in another region, than the
// one that it stands in: the engine would delete what is there, and the data in it
// does not move by itself.
func stays(ctx *pulumi.Context, s *settings.Settings) error {
	var last struct {
		Outputs map[string]any `pulumi:"outputs"`
	}
	args := struct {
		Name string `pulumi:"name"`
	}{ctx.Organization() + "/" + ctx.Project() + "/" + ctx.Stack()}
	// The raw call: there are secrets among the outputs, and they stay here.
	if _, err := ctx.InvokePackageRaw(readOutputs, args, &last, ""); err != nil {
		return fmt.Errorf("asking where stack %s stands: %w", ctx.Stack(), err)
	}
	return staysAt(ctx.Stack(), last.Outputs, s)
}

// staysAt compares where a stack stands by its outputs with where its settings
// want it.
func staysAt(stack string, outputs map[string]any, s *settings.Settings) error {
	for _, place := range []struct{ path, want string }{{"cloud", string(s.Cloud)}, {"region", s.Region}} {
		// A developer's machine is in no region.
		if stands, _ := outputs[place.path].(string); stands != "" && place.want != "" && stands != place.want {
			return fmt.Errorf("%s: got %s, want %s, where stack %s stands: an update would delete what is there, and data does not move by itself; nothing was changed; docs/runbooks/move.md says how to move",
				place.path, place.want, stands, stack)
		}
	}
	return nil
}
