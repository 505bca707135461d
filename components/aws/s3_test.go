package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	bucketType      = "aws:s3/bucketV2:BucketV2"
	bucketBlockType = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	bucketRulesType = "aws:s3/bucketPolicy:BucketPolicy"
	bucketCryptType = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	bucketAgeType   = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	bucketLogsType  = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	bucketCopyType  = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
)

// buckets makes a key, a log bucket and a bucket named uploads.
func buckets(change func(*BucketArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s := testScope()
		key, err := NewKey(ctx, "data", &KeyArgs{Scope: s, Purpose: "data", Users: []Statement{CDNMayUse(s)}}, opt)
		if err != nil {
			return err
		}
		logs, err := NewBucket(ctx, "logs", &BucketArgs{Scope: s, Purpose: "access logs", ReceivesLogs: true, EmptyOnDelete: true, ExpireDays: 90}, opt)
		if err != nil {
			return err
		}
		args := &BucketArgs{Scope: s, Purpose: "what users upload", KeyArn: key.Arn, LogBucket: logs.Name}
		if change != nil {
			change(args)
		}
		uploads, err := NewBucket(ctx, "uploads", args, opt)
		if err != nil {
			return err
		}
		ctx.Export("domain", uploads.RegionalDomainName)
		return nil
	}
}

// waitsFor says whether a resource depends on the one of a type and name.
func waitsFor(r simtest.Resource, token, name string) bool {
	return slices.ContainsFunc(r.DependsOn, func(urn string) bool {
		return strings.HasSuffix(urn, token+"::"+name)
	})
}

// statements are the statements of a policy document, by their Sid.
func statements(t *testing.T, text string) map[string]Statement {
	t.Helper()
	var doc Policy
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	by := map[string]Statement{}
	for _, s := range doc.Statement {
		by[s.Sid] = s
	}
	return by
}

func TestBucketIsClosed(t *testing.T) {
	g := run(t, buckets(nil))
	g.CheckHouse(t)
	for _, name := range []string{"logs", "uploads"} {
		bucket := g.One(t, bucketType, name)
		if !strings.HasPrefix(bucket.ID, "explico-test-"+name+"-") || len(bucket.ID) > 63 {
			t.Errorf("bucket %s is named %s", name, bucket.ID)
		}
		block := g.One(t, bucketBlockType, name).Inputs
		for _, part := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
			if !block.Bool(part) {
				t.Errorf("bucket %s: %s is off", name, part)
			}
		}
		if got := g.One(t, "aws:s3/bucketOwnershipControls:BucketOwnershipControls", name).Inputs.String("rule.objectOwnership"); got != "BucketOwnerEnforced" {
			t.Errorf("bucket %s: ownership %s", name, got)
		}
		if got := g.One(t, "aws:s3/bucketVersioningV2:BucketVersioningV2", name).Inputs.String("versioningConfiguration.status"); got != "Enabled" {
			t.Errorf("bucket %s: versioning %s", name, got)
		}
		rules := g.One(t, bucketRulesType, name)
		by := statements(t, rules.Inputs.String("policy"))
		clear, old := by["DenyClearText"], by["DenyOldTLS"]
		if clear.Effect != "Deny" || clear.Condition["Bool"]["aws:SecureTransport"][0] != "false" || len(clear.Resource) != 2 {
			t.Errorf("bucket %s takes requests without TLS: %+v", name, clear)
		}
		if old.Effect != "Deny" || old.Condition["NumericLessThan"]["s3:TlsVersion"][0] != "1.2" || old.Principal.AWS[0] != "*" {
			t.Errorf("bucket %s takes old TLS: %+v", name, old)
		}
		if !waitsFor(rules, bucketBlockType, name) {
			t.Errorf("the policy of bucket %s does not wait for the public access block: %v", name, rules.DependsOn)
		}
	}
	if n := len(g.All(bucketRulesType)); n != 2 {
		t.Errorf("got %d policies for 2 buckets", n)
	}
}

func TestBucketEncryption(t *testing.T) {
	g := run(t, buckets(nil))
	by := "rules[].applyServerSideEncryptionByDefault."
	uploads := g.One(t, bucketCryptType, "uploads").Inputs
	key := g.One(t, "aws:kms/key:Key", "data").Outputs.String("arn")
	if uploads.String(by+"sseAlgorithm") != "aws:kms" || uploads.String(by+"kmsMasterKeyId") != key || !uploads.Bool("rules[].bucketKeyEnabled") {
		t.Errorf("uploads are encrypted as %v, want with %s and a bucket key", uploads, key)
	}
	logs := g.One(t, bucketCryptType, "logs").Inputs
	if logs.String(by+"sseAlgorithm") != "AES256" || logs.Has(by+"kmsMasterKeyId") {
		t.Errorf("logs are encrypted as %v, want AES256", logs)
	}
}

func TestBucketLogs(t *testing.T) {
	g := run(t, buckets(nil))
	logs := g.One(t, bucketType, "logs")
	log := g.One(t, bucketLogsType, "")
	if log.Name != "uploads" || log.Inputs.String("targetBucket") != logs.ID || log.Inputs.String("targetPrefix") != "s3/uploads/" {
		t.Errorf("access is logged as %s %v", log.Name, log.Inputs)
	}
	by := statements(t, g.One(t, bucketRulesType, "logs").Inputs.String("policy"))
	for sid, service := range map[string]string{
		"S3AccessLogs": "logging.s3.amazonaws.com", "LogDelivery": "delivery.logs.amazonaws.com",
	} {
		s := by[sid]
		if s.Principal == nil || s.Principal.Service[0] != service || s.Condition["StringEquals"]["aws:SourceAccount"][0] != testScope().AccountID {
			t.Errorf("%s: got %+v, want %s of this account", sid, s, service)
		}
	}
	if got := by["LogDelivery"].Condition["StringEquals"]["s3:x-amz-acl"]; !slices.Equal(got, []string{"bucket-owner-full-control"}) {
		t.Errorf("logs are delivered with the ACL %v", got)
	}
	if !waitsFor(log, bucketRulesType, "logs") {
		t.Errorf("logging does not wait for the policy that lets it write: %v", log.DependsOn)
	}
	if got := by["LoadBalancerLogs"].Resource[0]; !strings.HasSuffix(got, "AWSLogs/111122223333/*") {
		t.Errorf("load balancers of any account may write: %s", got)
	}
	if by := statements(t, g.One(t, bucketRulesType, "uploads").Inputs.String("policy")); len(by) != 2 {
		t.Errorf("the policy of uploads lets somebody in: %v", by)
	}
	if !logs.Inputs.Bool("forceDestroy") || g.One(t, bucketType, "uploads").Inputs.Bool("forceDestroy") {
		t.Error("want the log bucket emptied on deletion, and uploads not")
	}
}

func TestBucketLifecycle(t *testing.T) {
	g := run(t, buckets(func(a *BucketArgs) {
		a.InfrequentDays, a.ArchiveDays, a.ExpireDays, a.NoncurrentDays = 30, 90, 365, 14
	}))
	rule := g.One(t, bucketAgeType, "uploads").Inputs.Objects("rules[]")[0]
	if got := rule.Strings("transitions[].storageClass"); !slices.Equal(got, []string{"STANDARD_IA", "GLACIER_IR"}) {
		t.Errorf("objects move to %v", got)
	}
	for path, want := range map[string]int{
		"expiration.days": 365, "noncurrentVersionExpiration.noncurrentDays": 14, "abortIncompleteMultipartUpload.daysAfterInitiation": 7,
	} {
		if got := rule.Int(path); got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	plain := run(t, buckets(nil))
	rule = plain.One(t, bucketAgeType, "uploads").Inputs.Objects("rules[]")[0]
	if rule.Has("transitions") || rule.Has("expiration") || !rule.Has("abortIncompleteMultipartUpload") {
		t.Errorf("without days: got %v, want nothing but the end of broken uploads", rule)
	}
}

func TestBucketReplication(t *testing.T) {
	const to, key = "arn:aws:s3:::copy-of-uploads", "arn:aws:kms:eu-central-1:111122223333:key/1"
	g := run(t, buckets(func(a *BucketArgs) { a.ReplicateTo, a.ReplicateKeyArn = to, key }))
	g.CheckHouse(t)
	copies := g.One(t, bucketCopyType, "uploads")
	rule := copies.Inputs.Objects("rules[]")[0]
	if rule.String("destination.bucket") != to || rule.String("destination.encryptionConfiguration.replicaKmsKeyId") != key {
		t.Errorf("copies go to %v", rule)
	}
	if rule.String("sourceSelectionCriteria.sseKmsEncryptedObjects.status") != "Enabled" {
		t.Error("encrypted objects are not copied")
	}
	if !waitsFor(copies, "aws:s3/bucketVersioningV2:BucketVersioningV2", "uploads") || !waitsFor(copies, "aws:iam/rolePolicy:RolePolicy", "uploads-replication") {
		t.Errorf("replication does not wait for versioning and the role's policy: %v", copies.DependsOn)
	}
	may := g.One(t, "aws:iam/rolePolicy:RolePolicy", "uploads-replication").Inputs.String("policy")
	for sid, s := range statements(t, may) {
		for i, action := range s.Action {
			if strings.HasSuffix(action, "*") || s.Resource[min(i, len(s.Resource)-1)] == "*" {
				t.Errorf("%s: %v on %v is too much", sid, s.Action, s.Resource)
			}
		}
	}
	if by := statements(t, may); by["Copy"].Resource[0] != to+"/*" || by["Encrypt"].Resource[0] != key || len(by["Decrypt"].Condition) == 0 {
		t.Errorf("the role may %s", may)
	}
}

func TestBucketReaders(t *testing.T) {
	g := run(t, buckets(func(a *BucketArgs) {
		a.ServesCDN = true
		a.Grants = func(arn string) []Statement {
			s := allow("Mine", []string{"s3:GetObject"}, []string{arn + "/mine/*"})
			s.Principal = &Principal{AWS: []string{"111122223333"}}
			return []Statement{s}
		}
	}))
	by := statements(t, g.One(t, bucketRulesType, "uploads").Inputs.String("policy"))
	read := by["CDNReads"]
	if read.Principal.Service[0] != "cloudfront.amazonaws.com" || read.Condition["ArnLike"]["aws:SourceArn"][0] != "arn:aws:cloudfront::111122223333:distribution/*" {
		t.Errorf("the CDN reads as %+v", read)
	}
	if !strings.HasSuffix(by["Mine"].Resource[0], "/mine/*") || len(by) != 5 {
		t.Errorf("got %d statements, want 5 with Mine: %v", len(by), by)
	}
}

func TestBucketProtected(t *testing.T) {
	g := run(t, buckets(func(a *BucketArgs) { a.Protect = true }))
	if !g.One(t, bucketType, "uploads").Protect || g.One(t, bucketType, "logs").Protect {
		t.Error("want uploads protected, and logs not")
	}
}

func TestBucketPreview(t *testing.T) {
	g := run(t, buckets(func(a *BucketArgs) {
		a.ReplicateTo, a.ReplicateKeyArn = "arn:aws:s3:::copy", "arn:aws:kms:eu-central-1:111122223333:key/1"
	}), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	if n := len(g.All(bucketLogsType)) + len(g.All(bucketCopyType)); n != 2 {
		t.Errorf("the preview shows %d of 2", n)
	}
}

func TestBucketRefuses(t *testing.T) {
	for want, change := range map[string]func(*BucketArgs){
		"KeyArn: got none":          func(a *BucketArgs) { a.KeyArn = nil },
		"KeyArn: got a key":         func(a *BucketArgs) { a.ReceivesLogs = true },
		"LogBucket: got none":       func(a *BucketArgs) { a.LogBucket = nil },
		"ReplicateKeyArn: got none": func(a *BucketArgs) { a.ReplicateTo = "arn:aws:s3:::copy" },
		"ReplicateTo: got none":     func(a *BucketArgs) { a.ReplicateKeyArn = "arn:key" },
		"InfrequentDays: got 29":    func(a *BucketArgs) { a.InfrequentDays = 29 },
		"ArchiveDays: got 59":       func(a *BucketArgs) { a.InfrequentDays, a.ArchiveDays = 30, 59 },
		"ExpireDays: got 60":        func(a *BucketArgs) { a.ArchiveDays, a.ExpireDays = 60, 60 },
		"IntelligentTiering: got":   func(a *BucketArgs) { a.IntelligentTiering, a.InfrequentDays = true, 30 },
		"Inventory: got \"Hourly\"": func(a *BucketArgs) { a.Inventory = "Hourly" },
		"InventoryTo: want":         func(a *BucketArgs) { a.Inventory = "Weekly" },
		"NoncurrentDays: got -1":    func(a *BucketArgs) { a.NoncurrentDays = -1 },
	} {
		_, err := simtest.Try("explico", "test", withProvider(buckets(change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
