package gcp

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// bench is what the components of data need: a network with its private services
// access and a key that their agents may use.
type bench struct {
	ctx     *pulumi.Context
	opt     pulumi.ResourceOption
	network *Network
	key     *Key
	// after is what must exist before.
	after []pulumi.Resource
	// own is a component for what a test makes by itself.
	own *ownThings
}

type ownThings struct{ pulumi.ResourceState }

// parts makes a program of a bench.
func parts(make func(*bench) error) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		b := &bench{ctx: ctx, opt: opt, own: &ownThings{}}
		if err := component.Register(ctx, "gcp", "Own", "own", b.own, opt); err != nil {
			return err
		}
		var err error
		if b.key, err = newTestKey(ctx, "key", opt, SQLAgent, RedisAgent, StorageAgent, SecretsAgent, PubSubAgent, RegistryAgent, BackupAgent); err != nil {
			return err
		}
		// All services are on when the key is there.
		b.opt = pulumi.Composite(opt, pulumi.DependsOn(b.key.Ready))
		if b.network, err = NewNetwork(ctx, "net", networkArgs(), b.opt); err != nil {
			return err
		}
		b.after = append(slices.Clone(b.key.Ready), b.network.PrivateConnection)
		return make(b)
	}
}

// seen is what outputs came to.
type seen struct {
	mu  sync.Mutex
	all map[string]any
}

func newSeen() *seen { return &seen{all: map[string]any{}} }

func (v *seen) add(name string, out pulumi.Output) {
	out.ApplyT(func(x any) any {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.all[name] = x
		return x
	})
}

// refuses runs a program for each wanted word and fails where the error lacks it.
func refuses[A any](t *testing.T, program func(edit func(*A)) func(*pulumi.Context, pulumi.ResourceOption) error, cases map[string]func(*A)) {
	t.Helper()
	for want, edit := range cases {
		_, err := simtest.Try("explico", "test", withProvider(program(edit)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}

// waitsFor says whether a resource depends on one of a type and name.
func waitsFor(r simtest.Resource, token, name string) bool {
	return slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, token+"::"+name) })
}
