package gcp

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// KeyRingArgs are the arguments of NewKeyRing.
type KeyRingArgs struct {
	Scope
}

// KeyRing holds the keys of a region. Google Cloud deletes neither rings nor
// keys: a stack that goes leaves an empty ring behind, which costs nothing, and
// of its keys the versions are destroyed. Their names stay taken, so they are
// left to Pulumi: a stack that comes again gets a ring of another name.
// Source: Cloud KMS docs, "Cloud KMS resources", deletion; read 2026-11.
type KeyRing struct {
	pulumi.ResourceState

	// ID is the ring's path: projects/<project>/locations/<region>/keyRings/<name>.
	ID pulumi.StringOutput
}

// NewKeyRing makes a ring in the scope's region.
func NewKeyRing(ctx *pulumi.Context, name string, args *KeyRingArgs, opts ...pulumi.ResourceOption) (*KeyRing, error) {
	r := &KeyRing{}
	if err := component.Register(ctx, "gcp", "KeyRing", name, r, opts...); err != nil {
		return nil, err
	}
	ring, err := kms.NewKeyRing(ctx, name, &kms.KeyRingArgs{Location: pulumi.String(args.Region)}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("creating key ring %s: %w", name, err)
	}
	r.ID = ring.ID().ToStringOutput()
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"id": r.ID})
}

// KeyArgs are the arguments of NewKey.
type KeyArgs struct {
	Scope
	// Ring is the id of the ring the key is in.
	Ring pulumi.StringInput
	// Purpose says what the key encrypts.
	Purpose string
	// Outlives keeps the key when the stack goes, unless the scope is disposable:
	// what is left behind on purpose, such as a last backup, needs it.
	Outlives bool
	// Users are the service agents that encrypt and decrypt with the key.
	Users []Agent
}

// Key is a key of Cloud KMS that rotates every 90 days. Nobody but its users may
// encrypt and decrypt with it, not even the owner of the project.
type Key struct {
	pulumi.ResourceState

	// ID is the key's path: <ring>/cryptoKeys/<name>.
	ID pulumi.StringOutput
	// Ready is what must exist before something is encrypted with the key: that
	// its users may use it.
	Ready []pulumi.Resource
}

const (
	// keyUser is the role of who encrypts and decrypts.
	keyUser = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
	// rotation is 90 days, the longest that the security catalogues allow.
	rotation = "7776000s"
	// window is how long a destroyed version can be had back: 30 days. It is the same
	// in every scope, since another one would be another key.
	window = "2592000s"
)

// NewKey makes a key.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Key, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating key %s: %w", name, err)
	}
	k := &Key{}
	if err := component.Register(ctx, "gcp", "Key", name, k, opts...); err != nil {
		return nil, err
	}
	key, err := kms.NewCryptoKey(ctx, name, &kms.CryptoKeyArgs{
		KeyRing: args.Ring, RotationPeriod: pulumi.String(rotation), DestroyScheduledDuration: pulumi.String(window),
		Labels: args.labels("key", map[string]string{"purpose": labelValue(args.Purpose)}),
	}, pulumi.Parent(k), pulumi.Protect(args.Protect), pulumi.RetainOnDelete(args.Outlives && !args.Disposable))
	if err != nil {
		return nil, fmt.Errorf("creating key %s: %w", name, err)
	}
	k.ID = key.ID().ToStringOutput()
	for _, user := range args.Users {
		email, err := args.agent(ctx, user, pulumi.Parent(k))
		if err != nil {
			return nil, fmt.Errorf("giving key %s to %s: %w", name, user, err)
		}
		// The right goes after what it encrypts, and the key after the right.
		binding, err := kms.NewCryptoKeyIAMMember(ctx, name+"-"+string(user), &kms.CryptoKeyIAMMemberArgs{
			CryptoKeyId: k.ID, Role: pulumi.String(keyUser), Member: pulumi.String("serviceAccount:" + email),
		}, pulumi.Parent(k), pulumi.RetainOnDelete(args.Outlives && !args.Disposable))
		if err != nil {
			return nil, fmt.Errorf("giving key %s to %s: %w", name, user, err)
		}
		k.Ready = append(k.Ready, binding)
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"id": k.ID})
}

// check returns all that is wrong with the arguments.
func (a *KeyArgs) check() error {
	var errs []error
	if a.Ring == nil {
		errs = append(errs, errors.New("Ring: want a key ring"))
	}
	if a.Purpose == "" {
		errs = append(errs, errors.New("Purpose is missing"))
	}
	if a.ProjectNumber == "" && len(a.Users) > 0 {
		errs = append(errs, errors.New("ProjectNumber is missing"))
	}
	for _, user := range a.Users {
		if _, known := agents[user]; !known {
			errs = append(errs, fmt.Errorf("Users: got %q, want a service agent", user))
		}
	}
	return errors.Join(errs...)
}

// agent is the address of a service agent. That of Cloud Storage comes into
// being when it is asked for: its API is on in every project.
// Source: Cloud Storage docs, "Cloud Storage service agent"; read 2026-11.
func (a *KeyArgs) agent(ctx *pulumi.Context, user Agent, parent pulumi.InvokeOption) (string, error) {
	if user != StorageAgent {
		return a.agentEmail(user), nil
	}
	found, err := storage.GetProjectServiceAccount(ctx, &storage.GetProjectServiceAccountArgs{Project: &a.Project}, parent)
	if err != nil {
		return "", fmt.Errorf("asking for the service agent of Cloud Storage: %w", err)
	}
	return found.EmailAddress, nil
}
