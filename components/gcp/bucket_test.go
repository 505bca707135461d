package gcp

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	bucketToken      = "gcp:storage/bucket:Bucket"
	bucketGrantToken = "gcp:storage/bucketIAMMember:BucketIAMMember"
)

// bucketProgram makes a bucket of logs and one that logs to it.
func bucketProgram(s Scope, edit func(*BucketArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return parts(func(b *bench) error {
		logs, err := NewBucket(b.ctx, "logs", &BucketArgs{Scope: s, Purpose: "access logs", KeyID: b.key.ID, After: b.after, ReceivesLogs: true, EmptyOnDelete: true}, b.opt)
		if err != nil {
			return err
		}
		args := &BucketArgs{
			Scope: s, Purpose: "What users upload", KeyID: b.key.ID, After: b.after, LogBucket: logs.Name,
			InfrequentDays: 30, ArchiveDays: 90, ExpireDays: 365, NoncurrentDays: 60, SoftDeleteDays: 7,
			Readers: map[string]pulumi.StringInput{"report": pulumi.String("group:report@example.com")},
			Writers: map[string]pulumi.StringInput{"backend": pulumi.String("serviceAccount:backend@other-project.iam.gserviceaccount.com")},
		}
		if edit != nil {
			edit(args)
		}
		made, err := NewBucket(b.ctx, "uploads", args, b.opt)
		if err == nil && see != nil {
			see.add("name", made.Name)
			see.add("url", made.URL)
		}
		return err
	})
}

// uploads is the bucket under test.
func uploads(t *testing.T, g *simtest.Graph) simtest.Resource {
	t.Helper()
	return g.One(t, bucketToken, "uploads-explico-test")
}

func TestBucketSecurity(t *testing.T) {
	see := newSeen()
	g := run(t, bucketProgram(testScope(), nil, see))
	g.CheckHouse(t)
	in := uploads(t, g).Inputs
	if !in.Bool("uniformBucketLevelAccess") || in.String("publicAccessPrevention") != "enforced" || !in.Bool("versioning.enabled") ||
		in.String("encryption.defaultKmsKeyName") != g.One(t, "gcp:kms/cryptoKey:CryptoKey", "key").ID || in.Has("website") || in.Bool("forceDestroy") {
		t.Errorf("got %v", in)
	}
	if logs := g.One(t, bucketToken, "logs-explico-test"); in.String("logging.logBucket") != logs.ID || in.String("logging.logObjectPrefix") != "gcs/uploads" || logs.Inputs.Has("logging") {
		t.Errorf("logs to %v; the bucket of logs to %v", in.Get("logging"), logs.Inputs.Get("logging"))
	}
	name, _ := see.all["name"].(string)
	if !strings.HasPrefix(name, "uploads-explico-test-") || see.all["url"] != "gs://"+name {
		t.Errorf("outputs: got %v", see.all)
	}
	want := map[string]string{"logs-logs": objectMaker, "uploads-reader-report": objectReader, "uploads-writer-backend": objectWriter}
	for _, r := range g.All(bucketGrantToken) {
		if want[r.Name] != r.Inputs.String("role") || strings.HasPrefix(r.Inputs.String("member"), "all") {
			t.Errorf("%s: got %v", r.Name, r.Inputs)
		}
		delete(want, r.Name)
	}
	if len(want) > 0 {
		t.Errorf("nobody has %v", want)
	}
}

func TestBucketLifecycle(t *testing.T) {
	rules := func(edit func(*BucketArgs)) []string {
		var all []string
		for _, r := range uploads(t, run(t, bucketProgram(testScope(), edit, nil))).Inputs.Objects("lifecycleRules[]") {
			all = append(all, strings.TrimSpace(r.String("action.type")+" "+r.String("action.storageClass")))
		}
		return all
	}
	if got, want := rules(nil), []string{"SetStorageClass NEARLINE", "SetStorageClass ARCHIVE", "Delete", "Delete", "AbortIncompleteMultipartUpload"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	never := func(a *BucketArgs) { a.InfrequentDays, a.ArchiveDays, a.ExpireDays, a.NoncurrentDays = 0, 0, 0, 0 }
	if got, want := rules(never), []string{"AbortIncompleteMultipartUpload"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	auto := func(a *BucketArgs) { a.InfrequentDays, a.ArchiveDays, a.Autoclass = 0, 0, true }
	if got, want := rules(auto), []string{"Delete", "Delete", "AbortIncompleteMultipartUpload"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBucketPlaces(t *testing.T) {
	in := uploads(t, run(t, bucketProgram(testScope(), func(a *BucketArgs) { a.Regions, a.Turbo = []string{"europe-west4", "europe-west1"}, true }, nil))).Inputs
	if in.String("location") != "EU" || !slices.Equal(in.Strings("customPlacementConfig.dataLocations[]"), []string{"EUROPE-WEST1", "EUROPE-WEST4"}) || in.String("rpo") != "ASYNC_TURBO" {
		t.Errorf("got %v in %v", in.Get("customPlacementConfig"), in.String("location"))
	}
	if in := uploads(t, run(t, bucketProgram(testScope(), nil, nil))).Inputs; in.String("location") != "EUROPE-WEST1" || in.Has("rpo") {
		t.Errorf("got %v", in)
	}
}

// A site is private: load balancers alone read it, and its name is there only when
// they can.
func TestBucketOfSite(t *testing.T) {
	g := run(t, bucketProgram(testScope(), func(a *BucketArgs) { a.ServesSite = true }, nil))
	grant := g.One(t, bucketGrantToken, "uploads-balancer").Inputs
	if grant.String("member") != "serviceAccount:service-123456789012@https-lb.iam.gserviceaccount.com" || grant.String("role") != objectReader {
		t.Errorf("got %v", grant)
	}
	if in := uploads(t, g).Inputs; in.String("website.mainPageSuffix") != "index.html" || in.String("publicAccessPrevention") != "enforced" {
		t.Errorf("got %v", in)
	}
}

func TestBucketKeeps(t *testing.T) {
	s := testScope()
	s.Protect = true
	b := uploads(t, run(t, bucketProgram(s, func(a *BucketArgs) { a.RetainDays, a.SoftDeleteDays = 10, 0 }, nil)))
	soft, said := b.Inputs.Get("softDeletePolicy.retentionDurationSeconds").(float64)
	if !b.Protect || b.Inputs.Int("retentionPolicy.retentionPeriod") != 864000 || b.Inputs.Bool("retentionPolicy.isLocked") || !said || soft != 0 {
		t.Errorf("protect %v, %v, %v", b.Protect, b.Inputs.Get("retentionPolicy"), b.Inputs.Get("softDeletePolicy"))
	}
	if in := uploads(t, run(t, bucketProgram(testScope(), func(a *BucketArgs) { a.EmptyOnDelete = true }, nil))).Inputs; !in.Bool("forceDestroy") {
		t.Error("a disposable bucket does not go with its objects")
	}
}

func TestBucketPreview(t *testing.T) {
	g := run(t, bucketProgram(testScope(), nil, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(bucketToken)) != 2 {
		t.Errorf("a preview created %d resources and shows %d buckets", n, len(g.All(bucketToken)))
	}
}

func TestBucketBadArguments(t *testing.T) {
	refuses(t, func(edit func(*BucketArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return bucketProgram(testScope(), edit, nil)
	}, map[string]func(*BucketArgs){
		"KeyID":                     func(a *BucketArgs) { a.KeyID = nil },
		"LogBucket: got none":       func(a *BucketArgs) { a.LogBucket = nil },
		"LogBucket: got one":        func(a *BucketArgs) { a.ReceivesLogs = true },
		"ProjectNumber":             func(a *BucketArgs) { a.ServesSite, a.ProjectNumber = true, "" },
		"Regions: got [one]":        func(a *BucketArgs) { a.Regions = []string{"one"} },
		"Regions: got [europe-west": func(a *BucketArgs) { a.Regions = []string{"europe-west1", "us-east1"} },
		"Turbo":                     func(a *BucketArgs) { a.Turbo = true },
		"RetainDays: got 5":         func(a *BucketArgs) { a.RetainDays, a.EmptyOnDelete = 5, true },
		"SoftDeleteDays":            func(a *BucketArgs) { a.SoftDeleteDays = 3 },
		"Readers[none]":             func(a *BucketArgs) { a.Readers = map[string]pulumi.StringInput{"none": nil} },
		"InfrequentDays: got 29":    func(a *BucketArgs) { a.InfrequentDays = 29 },
		"ArchiveDays: got 45":       func(a *BucketArgs) { a.ArchiveDays = 45 },
		"ExpireDays: got 90":        func(a *BucketArgs) { a.ExpireDays = 90 },
		"NoncurrentDays: got -1":    func(a *BucketArgs) { a.NoncurrentDays = -1 },
		"Autoclass":                 func(a *BucketArgs) { a.Autoclass = true },
	})
}
