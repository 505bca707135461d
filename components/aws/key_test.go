package aws

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/sdksource"
)

// testScope is where the components of the unit tests stand.
func testScope() Scope {
	return Scope{
		Prefix: "explico-test", Region: "eu-west-1", Partition: "aws", AccountID: "111122223333",
		Tags: map[string]string{"stack": "test"},
	}
}

// run runs a program that gets a provider for the test's region.
func run(t *testing.T, program func(ctx *pulumi.Context, opt pulumi.ResourceOption) error, opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	g := simtest.Run(t, withProvider(program), opts...)
	sdksource.CheckBound(t, g, ".")
	return g
}

func withProvider(program func(ctx *pulumi.Context, opt pulumi.ResourceOption) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := testScope().Provider(ctx, "aws", "eu-west-1")
		if err != nil {
			return err
		}
		return program(ctx, pulumi.Providers(p))
	}
}

func TestKey(t *testing.T) {
	s := testScope()
	s.Disposable = true
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := NewKey(ctx, "logs", &KeyArgs{Scope: s, Purpose: "logs", Users: []Statement{LogsMayUse(s)}}, opt)
		return err
	})
	g.CheckHouse(t)
	key := g.One(t, "aws:kms/key:Key", "logs")
	if !key.Inputs.Bool("enableKeyRotation") {
		t.Error("the key does not rotate")
	}
	if got := key.Inputs.Int("deletionWindowInDays"); got != 7 {
		t.Errorf("deletion window: got %d days, want 7", got)
	}
	if got := g.One(t, "aws:kms/alias:Alias", "logs").Inputs.String("name"); got != "alias/explico-test-logs" {
		t.Errorf("alias: got %s", got)
	}
}

func TestKeyProtected(t *testing.T) {
	s := testScope()
	s.Protect = true
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := NewKey(ctx, "database", &KeyArgs{Scope: s, Purpose: "the database"}, opt)
		return err
	})
	key := g.One(t, "aws:kms/key:Key", "")
	if !key.Protect || key.Inputs.Int("deletionWindowInDays") != 30 {
		t.Errorf("got protect %v and %d days, want a protected key and 30", key.Protect, key.Inputs.Int("deletionWindowInDays"))
	}
}

func TestKeyPreview(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := NewKey(ctx, "logs", &KeyArgs{Scope: testScope(), Purpose: "logs"}, opt)
		return err
	}, simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
}

// A key that outlives the stack opens what the stack leaves behind.
func TestKeyOutlives(t *testing.T) {
	for _, disposable := range []bool{false, true} {
		s := testScope()
		s.Disposable = disposable
		g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			_, err := NewKey(ctx, "database", &KeyArgs{Scope: s, Purpose: "the database", Outlives: true}, opt)
			return err
		})
		if key := g.One(t, "aws:kms/key:Key", ""); key.Retain == disposable {
			t.Errorf("disposable %v: retained %v", disposable, key.Retain)
		}
	}
}
