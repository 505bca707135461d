package kubernetes

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/versions"
)

// ReleaseArgs are the arguments of InstallRelease.
type ReleaseArgs struct {
	// Chart names a chart of the versions file, which knows its address and
	// version.
	Chart string
	// Name is the release's name in the cluster, which charts derive the names of
	// their objects from; the chart's if empty.
	Name string
	// Namespace is where the release is; it must exist.
	Namespace string
	// Values go over the chart's own.
	Values Map
	// SkipCRDs leaves out the custom resource definitions in the chart's directory
	// crds, which Helm never upgrades: a release of their own has them.
	SkipCRDs bool
	// TimeoutSeconds is how long the release may take to be ready; 600 if 0.
	TimeoutSeconds int
}

// Release is a Helm release. It is a small binding of the resource
// kubernetes:helm.sh/v3:Release: its package in the SDK pulls in 69 more.
type Release struct {
	pulumi.CustomResourceState
}

// InstallRelease keeps a release in the cluster of the provider that opts carry.
// It waits until the release's objects are ready, and a failed one is taken back.
// A chart that the versions file does not name is an error.
func InstallRelease(ctx *pulumi.Context, name string, args *ReleaseArgs, opts ...pulumi.ResourceOption) (*Release, error) {
	fail := func(err error) error { return fmt.Errorf("creating release %s: %w", name, err) }
	if args.Namespace == "" {
		return nil, fail(errors.New("Namespace is missing"))
	}
	chart, err := versions.ChartOf(args.Chart)
	if err != nil {
		return nil, fail(err)
	}
	values, err := input("values", args.Values)
	if err != nil {
		return nil, fail(err)
	}
	inputs := pulumi.Map{
		"chart": pulumi.String(chart.Ref()), "version": pulumi.String(chart.Version),
		"name": pulumi.String(orText(args.Name, chart.Name)), "namespace": pulumi.String(args.Namespace),
		"values": orMap(values), "skipCrds": pulumi.Bool(args.SkipCRDs),
		"atomic": pulumi.Bool(true), "cleanupOnFail": pulumi.Bool(true), "createNamespace": pulumi.Bool(false),
		"timeout": pulumi.Int(orNumber(args.TimeoutSeconds, 600)),
	}
	if chart.Repository != "" {
		inputs["repositoryOpts"] = pulumi.Map{"repo": pulumi.String(chart.Repository)}
	}
	r := &Release{}
	if err := ctx.RegisterResource("kubernetes:helm.sh/v3:Release", name, inputs, r, opts...); err != nil {
		return nil, fail(err)
	}
	return r, nil
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func orNumber(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

func orMap(in pulumi.Input) pulumi.Input {
	if in == nil {
		return pulumi.Map{}
	}
	return in
}
