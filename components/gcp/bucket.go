package gcp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// BucketArgs are the arguments of NewBucket. All days count from an object's
// creation; 0 means never.
type BucketArgs struct {
	Scope
	// Purpose says what the bucket holds; it is its label of that name.
	Purpose string
	// KeyID is the key that encrypts the objects, in the bucket's location: Cloud
	// Storage may use it.
	KeyID pulumi.StringInput
	// After is what must exist before: the key's rights (Key.Ready).
	After []pulumi.Resource
	// LogBucket is the name of the bucket that gets the access log. Only the
	// bucket that receives logs has none: its own log would feed itself.
	LogBucket pulumi.StringInput
	// ReceivesLogs makes it the bucket that Cloud Storage delivers access logs to.
	ReceivesLogs bool
	// ServesSite lets the project's load balancers read the objects, and answers /
	// with index.html.
	ServesSite bool
	// Regions are two regions of a continent that each keep a copy of everything;
	// the scope's region alone if empty. It cannot change. Turbo has a copy be
	// there within 15 minutes.
	Regions []string
	Turbo   bool
	// InfrequentDays moves objects to the class Nearline, at least 30 days old.
	InfrequentDays int
	// ArchiveDays moves objects to the class Archive, which are as quickly read
	// and, deleted within a year, paid for as long; after InfrequentDays.
	ArchiveDays int
	// Autoclass leaves it to Cloud Storage to move each object to the class that is
	// cheapest for how often it is read, instead of InfrequentDays and ArchiveDays.
	Autoclass bool
	// ExpireDays deletes objects, after the moves.
	ExpireDays int
	// NoncurrentDays deletes overwritten and deleted versions, counted from when
	// they were overwritten or deleted.
	NoncurrentDays int
	// RetainDays keeps every version of an object from being deleted or overwritten
	// for so long, by anybody. It can be taken back: it is not locked.
	RetainDays int
	// SoftDeleteDays is how long what was deleted can still be had back, 7 to 90, or
	// 0 for not.
	SoftDeleteDays int
	// Readers and Writers are who reads objects, and who reads and writes them:
	// members such as serviceAccount:<e-mail>, by a name of yours. Nobody else does,
	// but for whom the project's own policy lets.
	Readers, Writers map[string]pulumi.StringInput
	// EmptyOnDelete deletes all objects along with the bucket. Without it, a
	// bucket that holds anything cannot be deleted.
	EmptyOnDelete bool
}

// Bucket is a private, versioned, encrypted bucket of Cloud Storage whose rights
// are IAM's alone.
type Bucket struct {
	pulumi.ResourceState

	// Name is the bucket's name. It is there when its rights are.
	Name pulumi.StringOutput
	// URL is gs://<name>.
	URL pulumi.StringOutput
}

// bucketName is the limit of a bucket's name without the suffix that Pulumi adds.
// Source: Cloud Storage docs, "Bucket naming requirements", read 2026-11.
var bucketName = component.Limit{Max: 63 - len("-1234567"), Lower: true, Extra: "_"}

// The roles on a bucket's objects, and who may deliver access logs.
// Source: Cloud Storage docs, "Usage logs & storage logs", read 2026-11.
const (
	objectReader = "roles/storage.objectViewer"
	objectWriter = "roles/storage.objectUser"
	objectMaker  = "roles/storage.objectCreator"
	logDelivery  = "group:cloud-storage-analytics@google.com"
)

// NewBucket makes a bucket. Its name says whose it is, so that a human finds it,
// and ends at random, since all the world shares the names.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating bucket %s: %w", name, err)
	}
	b := &Bucket{}
	if err := component.Register(ctx, "gcp", "Bucket", name, b, opts...); err != nil {
		return nil, err
	}
	bucket, err := storage.NewBucket(ctx, bucketName.Name(name, args.Prefix), args.bucket(name), pulumi.Parent(b), pulumi.Protect(args.Protect), pulumi.DependsOn(args.After))
	if err != nil {
		return nil, fmt.Errorf("creating bucket %s: %w", name, err)
	}
	rights, err := args.rights(ctx, name, bucket, pulumi.Parent(b))
	if err != nil {
		return nil, err
	}
	b.Name = after(bucket.Name, rights)
	b.URL = bucket.Url
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name, "url": b.URL})
}

// after is an output that waits for rights as well.
func after(value pulumi.StringOutput, rights []any) pulumi.StringOutput {
	return pulumi.All(append([]any{value}, rights...)...).ApplyT(func(all []any) string { return all[0].(string) }).(pulumi.StringOutput)
}

// bucket are the arguments of the bucket itself.
func (a *BucketArgs) bucket(name string) *storage.BucketArgs {
	args := &storage.BucketArgs{
		Location: pulumi.String(strings.ToUpper(a.Region)), StorageClass: pulumi.String("STANDARD"),
		UniformBucketLevelAccess: pulumi.Bool(true), PublicAccessPrevention: pulumi.String("enforced"),
		Versioning:       storage.BucketVersioningArgs{Enabled: pulumi.Bool(true)},
		Encryption:       storage.BucketEncryptionArgs{DefaultKmsKeyName: a.KeyID},
		SoftDeletePolicy: storage.BucketSoftDeletePolicyArgs{RetentionDurationSeconds: pulumi.Int(a.SoftDeleteDays * 24 * 3600)},
		LifecycleRules:   a.lifecycle(), ForceDestroy: pulumi.Bool(a.EmptyOnDelete),
		Labels: a.labels("bucket", map[string]string{"purpose": labelValue(a.Purpose)}),
	}
	if len(a.Regions) > 0 {
		continent, _ := continentOf(a.Regions) // checked
		args.Location = pulumi.String(continent)
		args.CustomPlacementConfig = storage.BucketCustomPlacementConfigArgs{DataLocations: upper(a.Regions)}
		args.Rpo = pulumi.String("DEFAULT")
		if a.Turbo {
			args.Rpo = pulumi.String("ASYNC_TURBO")
		}
	}
	if a.LogBucket != nil {
		args.Logging = storage.BucketLoggingArgs{LogBucket: a.LogBucket, LogObjectPrefix: pulumi.String("gcs/" + name)}
	}
	if a.ServesSite {
		args.Website = storage.BucketWebsiteArgs{MainPageSuffix: pulumi.String("index.html")}
	}
	if a.Autoclass {
		args.Autoclass = storage.BucketAutoclassArgs{Enabled: pulumi.Bool(true), TerminalStorageClass: pulumi.String("ARCHIVE")}
	}
	if a.RetainDays > 0 {
		args.RetentionPolicy = storage.BucketRetentionPolicyArgs{RetentionPeriod: pulumi.Int(a.RetainDays * 24 * 3600), IsLocked: pulumi.Bool(false)}
	}
	return args
}

// rights let in who reads and writes, and returns what says so.
func (a *BucketArgs) rights(ctx *pulumi.Context, name string, bucket *storage.Bucket, parent pulumi.ResourceOption) ([]any, error) {
	type right struct{ role, suffix string }
	grants := map[right]pulumi.StringInput{}
	for who, member := range a.Readers {
		grants[right{objectReader, "reader-" + who}] = member
	}
	for who, member := range a.Writers {
		grants[right{objectWriter, "writer-" + who}] = member
	}
	if a.ReceivesLogs {
		grants[right{objectMaker, "logs"}] = pulumi.String(logDelivery)
	}
	if a.ServesSite {
		grants[right{objectReader, "balancer"}] = pulumi.String(a.balancerMember())
	}
	var made []any
	for _, r := range slices.SortedFunc(maps.Keys(grants), func(x, y right) int { return strings.Compare(x.suffix, y.suffix) }) {
		grant, err := storage.NewBucketIAMMember(ctx, name+"-"+r.suffix, &storage.BucketIAMMemberArgs{
			Bucket: bucket.Name, Role: pulumi.String(r.role), Member: grants[r],
		}, parent)
		if err != nil {
			return nil, fmt.Errorf("giving %s on bucket %s: %w", r.suffix, name, err)
		}
		made = append(made, grant.ID())
	}
	return made, nil
}

// balancerMember is who a load balancer reads a private bucket as. It comes into
// being with the API of Compute Engine.
// Source: Cloud CDN docs, "Configure private bucket access", read 2026-11.
func (s Scope) balancerMember() string {
	return "serviceAccount:service-" + s.ProjectNumber + "@https-lb.iam.gserviceaccount.com"
}

// check returns all that is wrong with the arguments.
func (a *BucketArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.KeyID != nil, "KeyID is missing")
	want(a.ReceivesLogs || a.LogBucket != nil, "LogBucket: got none, want the name of the bucket that receives logs")
	want(!a.ReceivesLogs || a.LogBucket == nil, "LogBucket: got one, want none: the bucket that receives logs would log to itself")
	want(!a.ServesSite || a.ProjectNumber != "", "ProjectNumber is missing: the load balancer's account is named by it")
	if len(a.Regions) > 0 {
		_, err := continentOf(a.Regions)
		want(err == nil, "Regions: %w", err)
	}
	want(!a.Turbo || len(a.Regions) > 0, "Turbo: got it for one region, want two Regions to copy between")
	want(a.RetainDays == 0 || !a.EmptyOnDelete, "RetainDays: got %d in a bucket that is emptied when it goes: what is retained cannot be deleted", a.RetainDays)
	want(a.SoftDeleteDays == 0 || 7 <= a.SoftDeleteDays && a.SoftDeleteDays <= 90, "SoftDeleteDays: got %d, want 0 or 7 to 90", a.SoftDeleteDays)
	for kind, members := range map[string]map[string]pulumi.StringInput{"Readers": a.Readers, "Writers": a.Writers} {
		for who, member := range members {
			want(member != nil, "%s[%s] is missing", kind, who)
		}
	}
	return errors.Join(append(errs, a.checkDays()...)...)
}
