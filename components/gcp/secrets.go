package gcp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/pubsub"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// SecretsArgs are the arguments of NewSecrets.
type SecretsArgs struct {
	Scope
	// KeyID is the key that encrypts the secrets, and the messages of those that
	// rotate: Secret Manager and Pub/Sub may use it.
	KeyID pulumi.StringInput
	// After is what must exist before: the key's rights (Key.Ready).
	After []pulumi.Resource
	// Secrets are the secrets, by name.
	Secrets map[string]SecretArgs
}

// SecretArgs are one secret: a place for a value that people or pipelines put
// in. The program never has the value.
type SecretArgs struct {
	// Purpose says what the secret opens; it is a label.
	Purpose string
	// RotationDays is how old a value may become, at most 90; 0 for never. When it
	// is due Secret Manager says so on the topic; whoever listens makes the new
	// value.
	RotationDays int
	// FirstRotation is when the first rotation is due, such as 2027-01-04T03:00:00Z.
	// The later ones follow from it.
	FirstRotation string
	// Readers are who may read the value, by a name of yours: members such as
	// serviceAccount:<e-mail>.
	Readers map[string]pulumi.StringInput
}

// Secrets are secrets in Secret Manager, kept in the scope's region alone.
type Secrets struct {
	pulumi.ResourceState

	// Names are what Secret Manager calls the secrets, by their names here, and IDs
	// their paths: projects/<project>/secrets/<name>.
	Names, IDs map[string]pulumi.StringOutput
	// Topic is the path of the topic that says which value is due; empty if none
	// ever is.
	Topic pulumi.StringOutput
}

const (
	// rotationDays is the longest that a secret may go without a new value.
	rotationDays = 90
	// secretReader is the role of who reads a secret's value.
	secretReader = "roles/secretmanager.secretAccessor"
	// publisher is the role of who publishes to a topic.
	publisher = "roles/pubsub.publisher"
)

// NewSecrets makes secrets without values. Who reads each of them is said for
// each: nobody reads all.
func NewSecrets(ctx *pulumi.Context, name string, args *SecretsArgs, opts ...pulumi.ResourceOption) (*Secrets, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating secrets %s: %w", name, err)
	}
	s := &Secrets{Names: map[string]pulumi.StringOutput{}, IDs: map[string]pulumi.StringOutput{}, Topic: pulumi.String("").ToStringOutput()}
	if err := component.Register(ctx, "gcp", "Secrets", name, s, opts...); err != nil {
		return nil, err
	}
	topic, err := args.topic(ctx, name+"-rotation", s)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(args.Secrets)) {
		one, child := args.Secrets[key], name+"-"+key
		spec := &secretSpec{comp: "secrets", purpose: one.Purpose, key: args.KeyID, after: args.After}
		if one.RotationDays > 0 {
			spec.topic = topic
			spec.rotation = &secretmanager.SecretRotationArgs{
				NextRotationTime: pulumi.String(one.FirstRotation), RotationPeriod: pulumi.String(fmt.Sprintf("%ds", one.RotationDays*24*3600)),
			}
		}
		secret, err := args.secret(ctx, child, spec, pulumi.Parent(s))
		if err != nil {
			return nil, err
		}
		s.Names[key], s.IDs[key] = secret.SecretId, secret.ID().ToStringOutput()
		if err := readers(ctx, child, secret, one.Readers, pulumi.Parent(s)); err != nil {
			return nil, err
		}
	}
	if topic != nil {
		s.Topic = topic.path
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"names": stringMap(s.Names), "ids": stringMap(s.IDs), "topic": s.Topic})
}

// readers let members read a secret's value.
func readers(ctx *pulumi.Context, name string, secret *secretmanager.Secret, members map[string]pulumi.StringInput, parent pulumi.ResourceOption) error {
	for _, who := range slices.Sorted(maps.Keys(members)) {
		if _, err := secretmanager.NewSecretIamMember(ctx, name+"-"+who, &secretmanager.SecretIamMemberArgs{
			SecretId: secret.ID(), Role: pulumi.String(secretReader), Member: members[who],
		}, parent); err != nil {
			return fmt.Errorf("letting %s read secret %s: %w", who, name, err)
		}
	}
	return nil
}

// rotationTopic is a topic and what lets Secret Manager publish to it.
type rotationTopic struct {
	path  pulumi.StringOutput
	ready []pulumi.Resource
}

// topic makes the topic that says which value is due; nil if none ever is.
func (a *SecretsArgs) topic(ctx *pulumi.Context, name string, s *Secrets) (*rotationTopic, error) {
	rotates := func(one SecretArgs) bool { return one.RotationDays > 0 }
	if !slices.ContainsFunc(slices.Collect(maps.Values(a.Secrets)), rotates) {
		return nil, nil
	}
	topic, err := pubsub.NewTopic(ctx, name, &pubsub.TopicArgs{
		KmsKeyName: a.KeyID.ToStringOutput().ToStringPtrOutput(), Labels: a.labels("secrets"),
		MessageStoragePolicy: pubsub.TopicMessageStoragePolicyArgs{AllowedPersistenceRegions: pulumi.StringArray{pulumi.String(a.Region)}},
	}, pulumi.Parent(s), pulumi.DependsOn(a.After))
	if err != nil {
		return nil, fmt.Errorf("creating topic %s: %w", name, err)
	}
	may, err := pubsub.NewTopicIAMMember(ctx, name, &pubsub.TopicIAMMemberArgs{
		Topic: topic.Name, Role: pulumi.String(publisher), Member: pulumi.String("serviceAccount:" + a.agentEmail(SecretsAgent)),
	}, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("letting Secret Manager publish to topic %s: %w", name, err)
	}
	return &rotationTopic{topic.ID().ToStringOutput(), []pulumi.Resource{may}}, nil
}

func (a *SecretsArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.KeyID != nil, "KeyID is missing")
	for _, name := range slices.Sorted(maps.Keys(a.Secrets)) {
		s := a.Secrets[name]
		want(s.Purpose != "", "Secrets[%s].Purpose is missing", name)
		want(0 <= s.RotationDays && s.RotationDays <= rotationDays, "Secrets[%s].RotationDays: got %d, want 0 to %d", name, s.RotationDays, rotationDays)
		_, err := time.Parse(time.RFC3339, s.FirstRotation)
		want((s.RotationDays > 0) == (err == nil), "Secrets[%s].FirstRotation: got %q with %d RotationDays, want a time such as 2027-01-04T03:00:00Z exactly if the secret rotates",
			name, s.FirstRotation, s.RotationDays)
		want(s.RotationDays == 0 || a.ProjectNumber != "", "ProjectNumber is missing: Secret Manager's agent is named by it")
		for who, member := range s.Readers {
			want(member != nil, "Secrets[%s].Readers[%s] is missing", name, who)
		}
	}
	return errors.Join(errs...)
}

// secretSpec is what a secret is like.
type secretSpec struct {
	comp, purpose string
	key           pulumi.StringInput
	after         []pulumi.Resource
	topic         *rotationTopic
	rotation      *secretmanager.SecretRotationArgs
}

// secretName is what Secret Manager allows for a secret's name. It has to be
// given: the service makes none.
// Source: Secret Manager reference, projects.secrets.create, read 2026-11.
var secretName = component.Limit{Max: 255, Extra: "_"}

// secret makes a secret without a value, in the scope's region alone.
func (s Scope) secret(ctx *pulumi.Context, name string, spec *secretSpec, parent pulumi.ResourceOption) (*secretmanager.Secret, error) {
	labels := map[string]string{}
	if spec.purpose != "" {
		labels["purpose"] = labelValue(spec.purpose)
	}
	args := &secretmanager.SecretArgs{
		SecretId: pulumi.String(secretName.Name(s.Prefix, name)), Labels: s.labels(spec.comp, labels),
		Replication: secretmanager.SecretReplicationArgs{UserManaged: secretmanager.SecretReplicationUserManagedArgs{
			Replicas: secretmanager.SecretReplicationUserManagedReplicaArray{secretmanager.SecretReplicationUserManagedReplicaArgs{
				Location: pulumi.String(s.Region),
				CustomerManagedEncryption: secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs{
					KmsKeyName: spec.key,
				},
			}},
		}},
	}
	if !s.Disposable {
		// A destroyed version can be had back for a week.
		args.VersionDestroyTtl = pulumi.String("604800s")
	}
	after := slices.Clone(spec.after)
	if spec.topic != nil {
		args.Topics = secretmanager.SecretTopicArray{secretmanager.SecretTopicArgs{Name: spec.topic.path}}
		args.Rotation = spec.rotation
		after = append(after, spec.topic.ready...)
	}
	// Secret Manager moves the next rotation on by itself.
	secret, err := secretmanager.NewSecret(ctx, name, args, parent, pulumi.Protect(s.Protect), pulumi.DeleteBeforeReplace(true),
		pulumi.DependsOn(after), pulumi.IgnoreChanges([]string{"rotation.nextRotationTime"}))
	if err != nil {
		return nil, fmt.Errorf("creating secret %s: %w", name, err)
	}
	return secret, nil
}

// stringMap makes a map of outputs one input.
func stringMap(m map[string]pulumi.StringOutput) pulumi.StringMap {
	all := pulumi.StringMap{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all[k] = m[k]
	}
	return all
}
