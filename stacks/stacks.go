// Package stacks turns a stack's settings into its resources and outputs.
package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/cost/registered"
	"github.com/te-explico/infrastructure/stacks/settings"
	"github.com/te-explico/infrastructure/stacks/workloads"
)

// Deploy is the program: settings, then the platform of their cloud, then what
// runs on it, then the outputs, with what all of it costs. Problems with the
// settings are all reported, each with its place, before anything is registered;
// so is a stack that stands elsewhere.
func Deploy(ctx *pulumi.Context) error {
	s, err := load(ctx)
	if err != nil {
		return err
	}
	if err := stays(ctx, s); err != nil {
		return err
	}
	if err := refuseFirst(ctx, s); err != nil {
		return err
	}
	return deploy(ctx, s)
}

func deploy(ctx *pulumi.Context, s *settings.Settings) error {
	build, err := builderFor(s.Cloud)
	if err != nil {
		return err
	}
	seen, err := registered.Watch(ctx)
	if err != nil {
		return err
	}
	p, err := build(ctx, s)
	if err != nil {
		return err
	}
	if err := workloads.Deploy(ctx, s, p); err != nil {
		return err
	}
	for name, value := range p.Outputs() {
		ctx.Export(name, value)
	}
	report, err := estimate(s, seen.Resources())
	if err != nil {
		return err
	}
	return exportCost(ctx, s, report)
}

// load loads the settings and reports what is wrong with them, a line each.
func load(ctx *pulumi.Context) (*settings.Settings, error) {
	s, warnings, err := settings.FromContext(ctx)
	for _, w := range warnings {
		w.Warning = false // Pulumi says that it is one
		if logErr := ctx.Log.Warn(w.String(), nil); logErr != nil {
			return nil, fmt.Errorf("reporting a warning: %w", logErr)
		}
	}
	var bad *settings.Error
	if !errors.As(err, &bad) {
		return s, err
	}
	for _, p := range bad.Problems {
		if logErr := ctx.Log.Error(p.String(), nil); logErr != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("problems with the settings of stack %s: %d; nothing was changed", bad.Stack, len(bad.Problems))
}
