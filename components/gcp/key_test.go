package gcp

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// newTestKey makes a key that agents may use, in a ring of its own, after the
// services of the agents.
func newTestKey(ctx *pulumi.Context, name string, opt pulumi.ResourceOption, users ...Agent) (*Key, error) {
	s := testScope()
	apis := []string{"cloudkms"}
	for _, u := range users {
		if u != StorageAgent {
			apis = append(apis, string(u))
		}
	}
	services, err := NewServices(ctx, name+"-services", &ServicesArgs{Scope: s, APIs: append(testAPIs(apis), apis...)}, opt)
	if err != nil {
		return nil, err
	}
	after := pulumi.DependsOn(services.Ready)
	ring, err := NewKeyRing(ctx, name+"-ring", &KeyRingArgs{Scope: s}, opt, after)
	if err != nil {
		return nil, err
	}
	return NewKey(ctx, name, &KeyArgs{Scope: s, Ring: ring.ID, Purpose: "Test " + name, Users: users}, opt, after)
}

// testAPIs are all services that components of the tests use, but for those
// that are switched on already.
func testAPIs(but []string) []string {
	var all []string
	for _, api := range []string{
		"cloudkms", "compute", "container", "servicenetworking", "iam", "sqladmin", "redis", "dns", "secretmanager",
		"artifactregistry", "pubsub", "gkebackup", "certificatemanager", "billingbudgets", "binaryauthorization", "networkservices", "networksecurity",
	} {
		if !strings.Contains(" "+strings.Join(but, " ")+" ", " "+api+" ") {
			all = append(all, api)
		}
	}
	return all
}

func TestKey(t *testing.T) {
	for _, disposable := range []bool{false, true} {
		g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			s := testScope()
			s.Disposable, s.Protect = disposable, !disposable
			ring, err := NewKeyRing(ctx, "keys", &KeyRingArgs{Scope: s}, opt)
			if err != nil {
				return err
			}
			_, err = NewKey(ctx, "disks", &KeyArgs{Scope: s, Ring: ring.ID, Purpose: "Disks of nodes", Outlives: true, Users: []Agent{ComputeAgent, StorageAgent}}, opt)
			return err
		})
		g.CheckHouse(t)
		key := g.One(t, "gcp:kms/cryptoKey:CryptoKey", "disks")
		// It cannot change: a key of another window would be another key.
		if got := key.Inputs.String("destroyScheduledDuration"); got != "2592000s" || key.Inputs.String("rotationPeriod") != "7776000s" {
			t.Errorf("disposable %v: destroyed after %s, rotated after %s", disposable, got, key.Inputs.String("rotationPeriod"))
		}
		if key.Protect == disposable || key.Retain == disposable {
			t.Errorf("disposable %v: protect %v, retain %v", disposable, key.Protect, key.Retain)
		}
		if key.Inputs.Has("name") && !strings.HasPrefix(key.Inputs.String("name"), "disks-") {
			t.Error("the name is fixed: it could not come again")
		}
		for user, email := range map[string]string{
			"compute": "service-123456789012@compute-system.iam.gserviceaccount.com",
			"storage": "service-123456789012@gs-project-accounts.iam.gserviceaccount.com",
		} {
			m := g.One(t, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "disks-"+user).Inputs
			if m.String("member") != "serviceAccount:"+email || m.String("role") != keyUser || m.String("cryptoKeyId") != key.ID {
				t.Errorf("%s: got %v", user, m)
			}
		}
	}
}

// An agent that nobody asked for does not exist, and its API has to be on.
func TestKeyAgents(t *testing.T) {
	key := func(users ...Agent) error {
		_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			ring, err := NewKeyRing(ctx, "keys", &KeyRingArgs{Scope: testScope()}, opt)
			if err != nil {
				return err
			}
			_, err = NewKey(ctx, "data", &KeyArgs{Scope: testScope(), Ring: ring.ID, Purpose: "data", Users: users}, opt)
			return err
		}))
		return err
	}
	if err := key(SQLAgent); err == nil || !strings.Contains(err.Error(), "gcp-sa-cloud-sql.iam.gserviceaccount.com does not exist") {
		t.Errorf("got %v, want a refusal", err)
	}
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := newTestKey(ctx, "data", opt, SQLAgent, RedisAgent, SecretsAgent, RegistryAgent, PubSubAgent, BackupAgent, ContainerAgent)
		return err
	})
	g.CheckHouse(t)
	if n := len(g.All("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")); n != 7 {
		t.Errorf("got %d users, want 7", n)
	}
}

func TestKeyPreview(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := newTestKey(ctx, "data", opt, SQLAgent, StorageAgent)
		return err
	}, simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
}

func TestKeyBadArgs(t *testing.T) {
	err := (&KeyArgs{Users: []Agent{"nobody"}}).check()
	for _, arg := range []string{"Ring", "Purpose", "ProjectNumber", "Users"} {
		if err == nil || !strings.Contains(err.Error(), arg) {
			t.Errorf("got %v, which does not name %s", err, arg)
		}
	}
}

func TestServices(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := NewServices(ctx, "services", &ServicesArgs{Scope: testScope(), APIs: []string{"container", "sqladmin"}}, opt)
		return err
	})
	g.CheckHouse(t)
	on := g.One(t, "gcp:projects/service:Service", "services-container").Inputs
	if on.String("service") != "container.googleapis.com" || !on.Known("disableOnDestroy") || on.Bool("disableOnDestroy") {
		t.Errorf("got %v, want an API that stays on", on)
	}
	if all := g.All("gcp:projects/serviceIdentity:ServiceIdentity"); len(all) != 1 || all[0].Name != "services-sqladmin" {
		t.Errorf("agents that were asked for: got %v", all)
	}
	err := (&ServicesArgs{APIs: []string{"a.googleapis.com", "b", "b"}}).check()
	for _, arg := range []string{"a.googleapis.com", "b twice", "ProjectNumber"} {
		if err == nil || !strings.Contains(err.Error(), arg) {
			t.Errorf("got %v, which does not name %s", err, arg)
		}
	}
}
