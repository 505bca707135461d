package azure

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/sdksource"
)

// testScope is where the components of the unit tests stand.
func testScope() Scope {
	return Scope{
		Prefix:         "explico-test",
		SubscriptionID: "11111111-2222-3333-4444-555555555555", TenantID: "99999999-8888-7777-6666-555555555555",
		Location: "westeurope", Tags: map[string]string{"stack": "test"},
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
		p, err := testScope().Provider(ctx, "azure")
		if err != nil {
			return err
		}
		return program(ctx, pulumi.Providers(p))
	}
}
