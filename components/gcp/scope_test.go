package gcp

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/sdksource"
)

// testScope is where the components of the unit tests stand.
func testScope() Scope {
	return Scope{
		Prefix:  "explico-test",
		Project: "explico-test", ProjectNumber: "123456789012", Region: "europe-west1", Labels: map[string]string{"stack": "test"},
	}
}

// run runs a program that gets a provider for the test's scope.
func run(t *testing.T, program func(ctx *pulumi.Context, opt pulumi.ResourceOption) error, opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	g := simtest.Run(t, withProvider(program), opts...)
	sdksource.CheckBound(t, g, ".")
	return g
}

func withProvider(program func(ctx *pulumi.Context, opt pulumi.ResourceOption) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := testScope().Provider(ctx, "gcp")
		if err != nil {
			return err
		}
		return program(ctx, pulumi.Providers(p))
	}
}
