package aws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// s3Step is one operation of a test: a creation; with update or delete, the
// change or deletion of what an earlier step of the same name created. In texts,
// {name.property} is a property of what an earlier step created.
type s3Step struct {
	name, token    string
	region         string // eu-west-1 if empty
	account        string // the default account if empty
	in             simcloud.Values
	update, delete bool
}

// s3Case is steps of which the last one is refused, in words that begin with
// want; or none is, if want is empty.
type s3Case struct {
	name  string
	steps []s3Step
	want  string
}

func s3Run(t *testing.T, cases []s3Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cloud, made := simcloud.New(Catalog()), map[string]*simcloud.Record{}
			for i, step := range c.steps {
				err := s3Do(cloud, made, step)
				switch last := i == len(c.steps)-1; {
				case !last || c.want == "":
					if err != nil {
						t.Fatalf("step %d (%s): %v", i+1, step.name, err)
					}
				case err == nil:
					t.Fatalf("nothing was refused; want %q", c.want)
				case !strings.HasPrefix(err.Error(), c.want):
					t.Fatalf("got %q, want %q", err, c.want)
				}
			}
		})
	}
}

func s3Do(cloud *simcloud.Cloud, made map[string]*simcloud.Record, step s3Step) error {
	s := simcloud.Session{Account: DefaultAccount, Region: "eu-west-1"}
	if step.region != "" {
		s.Region = step.region
	}
	if step.account != "" {
		s.Account = step.account
	}
	in, _ := s3Fill(map[string]any(step.in), made).(map[string]any)
	var r *simcloud.Record
	var err error
	switch old := made[step.name]; {
	case step.delete:
		return cloud.Delete(s, old.Type, old.ID)
	case step.update:
		r, err = cloud.Update(s, old.Type, old.ID, step.name, in)
	default:
		r, err = cloud.Create(s, step.token, step.name, in)
	}
	if err == nil {
		made[step.name] = r
	}
	return err
}

// s3Fill puts properties of earlier steps in.
func s3Fill(x any, made map[string]*simcloud.Record) any {
	switch x := x.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, e := range x {
			m[k] = s3Fill(e, made)
		}
		return m
	case []any:
		var l []any
		for _, e := range x {
			l = append(l, s3Fill(e, made))
		}
		return l
	case string:
		for name, r := range made {
			for property := range r.Out {
				x = strings.ReplaceAll(x, "{"+name+"."+property+"}", fmt.Sprint(r.Out[property]))
			}
		}
		return x
	default:
		return x
	}
}

func s3BucketStep(name string, more ...simcloud.Values) s3Step {
	in := simcloud.Values{"bucket": name}
	for _, m := range more {
		for k, v := range m {
			in[k] = v
		}
	}
	return s3Step{name: name, token: bucketToken, in: in}
}

func s3VersionStep(bucket, status string) s3Step {
	return s3Step{name: bucket + "-versions", token: bucketVersionToken, in: simcloud.Values{
		"bucket": bucket, "versioningConfiguration": map[string]any{"status": status},
	}}
}

func s3PolicyStep(bucket, statements string) s3Step {
	return s3Step{name: bucket + "-policy", token: bucketPolicyToken, in: simcloud.Values{
		"bucket": bucket, "policy": `{"Version":"2012-10-17","Statement":[` + statements + `]}`,
	}}
}

func s3LogsStep(bucket, target string) s3Step {
	return s3Step{name: bucket + "-logs", token: "aws:s3/bucketLoggingV2:BucketLoggingV2", in: simcloud.Values{
		"bucket": bucket, "targetBucket": target, "targetPrefix": "s3/",
	}}
}

const letLogs = `{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*"}`

func TestS3Buckets(t *testing.T) {
	s3Run(t, []s3Case{
		{"name of one's own", []s3Step{s3BucketStep("files"), {name: "again", token: bucketToken, in: simcloud.Values{"bucket": "files"}}}, "BucketAlreadyOwnedByYou"},
		{"name of another", []s3Step{s3BucketStep("files"), {name: "again", token: bucketToken, account: "444455556666", region: "eu-west-2", in: simcloud.Values{"bucket": "files"}}}, "BucketAlreadyExists"},
		{"upper case", []s3Step{s3BucketStep("Files")}, "InvalidBucketName"},
		{"short", []s3Step{s3BucketStep("ab")}, "InvalidBucketName"},
		{"an address", []s3Step{s3BucketStep("192.168.5.4")}, "InvalidBucketName"},
		{"reserved end", []s3Step{s3BucketStep("files-s3alias")}, "InvalidBucketName"},
		{"long prefix", []s3Step{{token: bucketToken, in: simcloud.Values{"bucketPrefix": strings.Repeat("a", 38)}}}, "expected length of bucketPrefix"},
		{"bad prefix", []s3Step{{token: bucketToken, in: simcloud.Values{"bucketPrefix": "a_b"}}}, "InvalidBucketName"},
		{"name and prefix", []s3Step{{token: bucketToken, in: simcloud.Values{"bucketPrefix": "ab", "bucket": "abc"}}}, "ConflictsWith"},
		{"public ACL", []s3Step{s3BucketStep("files", simcloud.Values{"acl": "public-read"})}, "InvalidBucketAclWithObjectOwnership"},
		{"not empty", []s3Step{s3BucketStep("files"), {name: "o", token: bucketObjectToken, in: simcloud.Values{"bucket": "files", "key": "a"}}, {name: "files", delete: true}}, "BucketNotEmpty"},
		{"emptied", []s3Step{s3BucketStep("files", simcloud.Values{"forceDestroy": true}), {name: "o", token: bucketObjectToken, in: simcloud.Values{"bucket": "files", "key": "a"}}, {name: "files", delete: true}}, ""},
		{"object nowhere", []s3Step{{name: "o", token: bucketObjectToken, in: simcloud.Values{"bucket": "files", "key": "a"}}}, "NoSuchBucket"},
		{"object with an ACL", []s3Step{s3BucketStep("files"), {name: "o", token: bucketObjectToken, in: simcloud.Values{"bucket": "files", "key": "a", "acl": "private"}}}, "AccessControlListNotSupported"},
		{"object with no key", []s3Step{s3BucketStep("files"), {name: "o", token: bucketObjectToken, in: simcloud.Values{"bucket": "files", "key": "a", "kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"}}}, "KMS.NotFoundException"},
		{"object twice", []s3Step{s3BucketStep("files"), {name: "o", token: bucketObjectToken, in: simcloud.Values{"bucket": "files", "key": "a"}}, {name: "p", token: bucketObjectToken, in: simcloud.Values{"bucket": "files", "key": "a"}}}, "OperationAborted"},
	})
}

func TestS3Logging(t *testing.T) {
	far := s3BucketStep("far")
	far.region = "us-east-1"
	s3Run(t, []s3Case{
		{"no target", []s3Step{s3BucketStep("files"), s3LogsStep("files", "logs")}, "InvalidTargetBucketForLogging"},
		{"target lets nobody in", []s3Step{s3BucketStep("files"), s3BucketStep("logs"), s3LogsStep("files", "logs")}, "InvalidTargetBucketForLogging"},
		{"target elsewhere", []s3Step{s3BucketStep("files"), far, s3LogsStep("files", "far")}, "CrossLocationLoggingProhibited"},
		{"target has logs", []s3Step{s3BucketStep("files"), s3BucketStep("logs"), s3PolicyStep("logs", letLogs), s3LogsStep("files", "logs"), {name: "files-logs", delete: true}, {name: "logs", delete: true}}, "BucketNotEmpty"},
		{"target is emptied", []s3Step{s3BucketStep("files"), s3BucketStep("logs", simcloud.Values{"forceDestroy": true}), s3PolicyStep("logs", letLogs), s3LogsStep("files", "logs"), {name: "files-logs", delete: true}, {name: "logs", delete: true}}, ""},
		{"two configurations", []s3Step{s3BucketStep("files"), s3VersionStep("files", "Enabled"), {name: "v2", token: bucketVersionToken, in: simcloud.Values{"bucket": "files", "versioningConfiguration": map[string]any{"status": "Suspended"}}}}, "OperationAborted: bucket files already has a versioning configuration"},
		{"wrong region", []s3Step{far, s3VersionStep("far", "Enabled")}, "PermanentRedirect"},
		{"no bucket", []s3Step{s3VersionStep("files", "Enabled")}, "NoSuchBucket"},
	})
}

// What came along with a bucket goes with it: a log bucket that is emptied
// leaves no objects behind.
func TestS3LogObjectsGoWithTheirBucket(t *testing.T) {
	cloud, made := simcloud.New(Catalog()), map[string]*simcloud.Record{}
	for _, step := range []s3Step{
		s3BucketStep("files"), s3BucketStep("logs", simcloud.Values{"forceDestroy": true}), s3PolicyStep("logs", letLogs), s3LogsStep("files", "logs"),
		{name: "files-logs", delete: true}, {name: "logs-policy", delete: true}, {name: "logs", delete: true}, {name: "files", delete: true},
	} {
		if err := s3Do(cloud, made, step); err != nil {
			t.Fatal(err)
		}
	}
	if left := cloud.Records(); len(left) != 0 {
		t.Errorf("%d resources are left, such as %s", len(left), left[0].Key())
	}
}
