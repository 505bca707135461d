package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// BucketArgs are the arguments of NewBucket. All days count from an object's
// creation; 0 means never.
type BucketArgs struct {
	Scope
	// Purpose says what the bucket holds; it is its tag of that name.
	Purpose string
	// KeyArn is the KMS key that encrypts the objects. A bucket that receives
	// logs has none: load balancers and S3 itself deliver their logs only to
	// buckets encrypted with S3's own key.
	KeyArn pulumi.StringInput
	// LogBucket is the name of the bucket that gets the access log. Only the
	// bucket that receives logs has none: its own log would feed itself.
	LogBucket pulumi.StringInput
	// LogPrefix begins the names of the access log's objects: s3/<name>/ if
	// empty.
	LogPrefix string
	// InfrequentDays moves objects to infrequent access, at least 30 days.
	InfrequentDays int
	// ArchiveDays moves objects to the archive tier, at least 30 days after
	// InfrequentDays.
	ArchiveDays int
	// IntelligentTiering leaves it to S3 to move each object to the tier that is
	// cheapest for how often it is read, instead of InfrequentDays and ArchiveDays.
	IntelligentTiering bool
	// ExpireDays deletes objects, after the moves.
	ExpireDays int
	// NoncurrentDays deletes overwritten and deleted versions, counted from when
	// they were overwritten or deleted.
	NoncurrentDays int
	// ReplicateTo is the ARN of an existing versioned bucket that gets a copy of
	// everything; none if empty.
	ReplicateTo string
	// ReplicateKeyArn is the ARN of the KMS key that encrypts the copies, in
	// the region of ReplicateTo. A bucket with a key needs one to replicate: S3
	// leaves encrypted objects out otherwise, and says nothing.
	ReplicateKeyArn string
	// Inventory is how often S3 lists the objects with their sizes, ages and
	// encryption: Daily, Weekly, or never if empty. The lists go to InventoryTo,
	// the ARN of a bucket that receives logs.
	Inventory   string
	InventoryTo pulumi.StringInput
	// BackedUp gives the bucket the tag by which a Backup finds it.
	BackedUp bool
	// ReceivesLogs makes it the bucket that S3, CloudFront, VPC flow logs and
	// load balancers of the account deliver their logs to.
	ReceivesLogs bool
	// ServesCDN lets the account's CloudFront distributions read the objects.
	ServesCDN bool
	// Grants are further statements of the bucket's policy, made from its ARN. A
	// bucket has one policy, and it is here.
	Grants func(bucketArn string) []Statement
	// EmptyOnDelete deletes all objects along with the bucket. Without it, a
	// bucket that holds anything cannot be deleted.
	EmptyOnDelete bool
}

// Bucket is a private, versioned, encrypted S3 bucket that talks TLS 1.2 and
// newer only. Its outputs are there when all its protection is: whoever uses
// one waits for that, and whoever logs to the bucket for the policy that lets
// the logs in.
type Bucket struct {
	pulumi.ResourceState

	// Name is the bucket's name, its id at AWS.
	Name pulumi.StringOutput
	// Arn is the bucket's ARN.
	Arn pulumi.StringOutput
	// RegionalDomainName is <name>.s3.<region>.amazonaws.com, an origin for a CDN.
	RegionalDomainName pulumi.StringOutput
}

// bucketPrefix is the limit of the part of a bucket's name that is set here: the
// provider allows 37 characters with the hyphen, and adds 26 of its own.
var bucketPrefix = component.Limit{Max: 36, Lower: true}

// NewBucket makes a bucket. Its name begins with the scope's prefix, so that a
// human finds it, and ends at random, since all the world shares the names.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating bucket %s: %w", name, err)
	}
	b := &Bucket{}
	if err := component.Register(ctx, "aws", "Bucket", name, b, opts...); err != nil {
		return nil, err
	}
	tags := map[string]string{"purpose": args.Purpose}
	if args.BackedUp {
		tags[BackupTag] = BackupDaily
	}
	parent := pulumi.Parent(b)
	bucket, err := newStore(ctx, name, pulumi.Map{
		"bucketPrefix": pulumi.String(bucketPrefix.Name(args.Prefix, name) + "-"),
		"forceDestroy": pulumi.Bool(args.EmptyOnDelete),
		"tags":         args.tags("bucket", name, tags),
	}, parent, pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating bucket %s: %w", name, err)
	}
	guards, err := args.guard(ctx, name, bucket, parent)
	if err != nil {
		return nil, err
	}
	if err := args.keep(ctx, name, bucket, guards, parent); err != nil {
		return nil, err
	}
	b.Name = guards.after(bucket.Name)
	b.Arn = guards.after(bucket.Arn)
	b.RegionalDomainName = guards.after(bucket.RegionalDomainName)
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{
		"name": b.Name, "arn": b.Arn, "regionalDomainName": b.RegionalDomainName,
	})
}

func (a *BucketArgs) check() error {
	switch {
	case a.ReceivesLogs && a.KeyArn != nil:
		return fmt.Errorf("KeyArn: got a key, want none: logs are delivered only to a bucket with S3's own key")
	case !a.ReceivesLogs && a.KeyArn == nil:
		return fmt.Errorf("KeyArn: got none, want the ARN of a key")
	case !a.ReceivesLogs && a.LogBucket == nil:
		return fmt.Errorf("LogBucket: got none, want the name of the bucket that receives logs")
	case a.ReplicateTo != "" && a.KeyArn != nil && a.ReplicateKeyArn == "":
		return fmt.Errorf("ReplicateKeyArn: got none, want the key of %s: objects encrypted with a key are not copied without", a.ReplicateTo)
	case a.Inventory != "" && a.Inventory != "Daily" && a.Inventory != "Weekly":
		return fmt.Errorf("Inventory: got %q, want Daily, Weekly or nothing", a.Inventory)
	case (a.Inventory == "") != (a.InventoryTo == nil):
		return fmt.Errorf("InventoryTo: want the bucket of the lists exactly where there is an Inventory (%q)", a.Inventory)
	case a.ReplicateTo == "" && a.ReplicateKeyArn != "":
		return fmt.Errorf("ReplicateTo: got none, want the bucket of the key %s", a.ReplicateKeyArn)
	}
	return a.checkDays()
}

// guards are the parts of a bucket's configuration that protect it.
type guards struct {
	versioning pulumi.Resource
	ids        []any
}

// after is an output of the bucket that waits for its guards.
func (g *guards) after(value pulumi.StringOutput) pulumi.StringOutput {
	return pulumi.All(append([]any{value}, g.ids...)...).ApplyT(func(all []any) string {
		return all[0].(string)
	}).(pulumi.StringOutput)
}

// guard closes the bucket to the public, encrypts it, keeps versions and sets
// its policy.
func (a *BucketArgs) guard(ctx *pulumi.Context, name string, bucket *store, parent pulumi.ResourceOption) (*guards, error) {
	block, err := bucket.set(ctx, "bucketPublicAccessBlock:BucketPublicAccessBlock", name, closedToThePublic(), parent)
	if err != nil {
		return nil, fmt.Errorf("closing bucket %s to the public: %w", name, err)
	}
	owner, err := bucket.set(ctx, "bucketOwnershipControls:BucketOwnershipControls", name, pulumi.Map{
		"rule": pulumi.Map{"objectOwnership": pulumi.String("BucketOwnerEnforced")},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("disabling the ACLs of bucket %s: %w", name, err)
	}
	versioning, err := bucket.set(ctx, "bucketVersioningV2:BucketVersioningV2", name, pulumi.Map{
		"versioningConfiguration": pulumi.Map{"status": pulumi.String("Enabled")},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("versioning bucket %s: %w", name, err)
	}
	encryption, err := a.encrypt(ctx, name, bucket, parent)
	if err != nil {
		return nil, err
	}
	// S3 refuses two changes to a bucket's access at once (OperationAborted), and
	// the policy should be judged under the block: one after the other.
	rules, err := bucket.set(ctx, "bucketPolicy:BucketPolicy", name, pulumi.Map{
		"policy": a.policy(bucket.Arn),
	}, parent, pulumi.DependsOn([]pulumi.Resource{block, owner}))
	if err != nil {
		return nil, fmt.Errorf("setting the policy of bucket %s: %w", name, err)
	}
	return &guards{versioning, []any{block.ID(), owner.ID(), versioning.ID(), encryption.ID(), rules.ID()}}, nil
}

// encrypt encrypts with the key, or with S3's own. A bucket key spares most of
// the calls to KMS, which cost money.
func (a *BucketArgs) encrypt(ctx *pulumi.Context, name string, bucket *store, parent pulumi.ResourceOption) (*bound, error) {
	by := pulumi.Map{"sseAlgorithm": pulumi.String("AES256")}
	if a.KeyArn != nil {
		by["sseAlgorithm"], by["kmsMasterKeyId"] = pulumi.String("aws:kms"), a.KeyArn
	}
	const token = "bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	encryption, err := bucket.set(ctx, token, name, pulumi.Map{
		"rules": pulumi.Array{pulumi.Map{
			"applyServerSideEncryptionByDefault": by, "bucketKeyEnabled": pulumi.Bool(a.KeyArn != nil),
		}},
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("encrypting bucket %s: %w", name, err)
	}
	return encryption, nil
}

// keep sets how long objects are kept, where their access is logged and where
// copies go.
func (a *BucketArgs) keep(ctx *pulumi.Context, name string, bucket *store, g *guards, parent pulumi.ResourceOption) error {
	if err := a.lifecycle(ctx, name, bucket, g, parent); err != nil {
		return err
	}
	if a.LogBucket != nil {
		prefix := a.LogPrefix
		if prefix == "" {
			prefix = "s3/" + name + "/"
		}
		if _, err := bucket.set(ctx, "bucketLoggingV2:BucketLoggingV2", name, pulumi.Map{
			"targetBucket": a.LogBucket, "targetPrefix": pulumi.String(prefix),
		}, parent); err != nil {
			return fmt.Errorf("logging access to bucket %s: %w", name, err)
		}
	}
	if err := a.inventory(ctx, name, bucket, parent); err != nil {
		return err
	}
	if a.ReplicateTo == "" {
		return nil
	}
	return a.replicate(ctx, name, bucket, g, parent)
}
