package gcp

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// workloadProgram makes a cluster and a workload in it.
func workloadProgram(args *WorkloadArgs, use func(*Workload)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		var made *Gke
		if err := gkeProgram(gkeArgs(), func(_ *pulumi.Context, g *Gke) { made = g })(ctx, opt); err != nil {
			return err
		}
		args.Pool = made.WorkloadPool
		w, err := NewWorkload(ctx, "records", args, opt)
		if err == nil && use != nil {
			use(w)
		}
		return err
	}
}

func TestWorkload(t *testing.T) {
	const principal = "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/explico-test.svc.id.goog/subject/ns/dns/sa/records"
	var w *Workload
	g := run(t, workloadProgram(&WorkloadArgs{
		Scope: testScope(), Namespace: "dns", ServiceAccount: "records", Roles: map[string]string{"zones": "roles/dns.reader"},
	}, func(made *Workload) { w = made }))
	g.CheckHouse(t)
	in := g.One(t, "gcp:projects/iAMMember:IAMMember", "records-zones").Inputs
	if in.String("member") != principal || in.String("role") != "roles/dns.reader" {
		t.Errorf("got %v", in)
	}
	if len(w.Ready) != 1 || len(w.Annotations) != 0 || w.Email != "" {
		t.Errorf("got %d rights, annotations %v, address %s", len(w.Ready), w.Annotations, w.Email)
	}
	if n := len(g.All("gcp:serviceaccount/account:Account")); n != 1 { // that of the nodes
		t.Errorf("got %d accounts of Google's, want none beside the nodes'", n)
	}
}

func TestWorkloadAccount(t *testing.T) {
	var w *Workload
	g := run(t, workloadProgram(&WorkloadArgs{
		Scope: testScope(), Namespace: "velero", ServiceAccount: "velero", Account: true, Signs: true,
	}, func(made *Workload) { w = made }))
	const email = "explico-test-records@explico-test.iam.gserviceaccount.com"
	if w.Email != email || w.Annotations["iam.gke.io/gcp-service-account"] != email {
		t.Errorf("got %s and %v, want %s", w.Email, w.Annotations, email)
	}
	bound := g.One(t, "gcp:serviceaccount/iAMMember:IAMMember", "records-bound").Inputs
	if !strings.HasSuffix(bound.String("member"), "/subject/ns/velero/sa/velero") {
		t.Errorf("bound to %s", bound.String("member"))
	}
	if signs := g.One(t, "gcp:serviceaccount/iAMMember:IAMMember", "records-signs").Inputs; signs.String("member") != "serviceAccount:"+email {
		t.Errorf("%s signs", signs.String("member"))
	}
}

func TestWorkloadBadArgs(t *testing.T) {
	err := (&WorkloadArgs{Signs: true}).check()
	for _, arg := range []string{"Pool", "ServiceAccount", "Signs"} {
		if err == nil || !strings.Contains(err.Error(), arg) {
			t.Errorf("got %v, which does not name %s", err, arg)
		}
	}
}

func githubArgs() *GithubArgs {
	return &GithubArgs{Scope: testScope(), Stack: "prod", Repository: "te-explico/infrastructure"}
}

func githubProgram(args *GithubArgs) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		_, err := NewGithub(ctx, "ci", args, opt)
		return err
	}
}

func TestGithub(t *testing.T) {
	g := run(t, githubProgram(githubArgs()))
	g.CheckHouse(t)
	p := g.One(t, "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider", "ci").Inputs
	if p.String("attributeCondition") != "assertion.repository == 'te-explico/infrastructure'" {
		t.Errorf("anybody's repository: %v", p)
	}
	for name, subject := range map[string]string{
		"ci-preview-pull-request": "repo:te-explico/infrastructure:pull_request",
		"ci-preview-prod-preview": "repo:te-explico/infrastructure:environment:prod-preview",
		"ci-deploy-prod":          "repo:te-explico/infrastructure:environment:prod",
	} {
		in := g.One(t, "gcp:serviceaccount/iAMMember:IAMMember", name).Inputs
		if !strings.HasSuffix(in.String("member"), "/workloadIdentityPools/explico-test-ci/subject/"+subject) {
			t.Errorf("%s: got %s", name, in.String("member"))
		}
	}
	for _, right := range g.All("gcp:projects/iAMMember:IAMMember") {
		if slices.Contains([]string{"roles/owner", "roles/editor"}, right.Inputs.String("role")) {
			t.Errorf("%s: %s", right.Name, right.Inputs.String("role"))
		}
	}
	if c := g.One(t, "gcp:projects/iAMMember:IAMMember", "ci-deploy-grants").Inputs.String("condition.expression"); !strings.Contains(c, "hasOnly(['roles/container.admin'") {
		t.Errorf("a deployment gives any right: %s", c)
	}
}

func TestAudit(t *testing.T) {
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, err := newTestKey(ctx, "key", opt, StorageAgent)
		if err != nil {
			return err
		}
		bucket, err := NewBucket(ctx, "logs", &BucketArgs{Scope: testScope(), Purpose: "logs", KeyID: key.ID, After: key.Ready, ReceivesLogs: true, EmptyOnDelete: true}, opt)
		if err != nil {
			return err
		}
		_, err = NewAudit(ctx, "audit", &AuditArgs{Scope: testScope(), KeepDays: 400, Key: key, LogBucket: bucket.Name}, opt)
		return err
	})
	g.CheckHouse(t)
	audit := g.One(t, "gcp:projects/iAMAuditConfig:IAMAuditConfig", "audit").Inputs
	if audit.String("service") != "allServices" || len(audit.Strings("auditLogConfigs[].logType")) != 3 {
		t.Errorf("got %v", audit)
	}
	writer := g.One(t, "gcp:storage/bucketIAMMember:BucketIAMMember", "audit-writer").Inputs
	if !strings.Contains(writer.String("member"), "gcp-sa-logging") {
		t.Errorf("%s writes", writer.String("member"))
	}
}

func TestGithubBadArgs(t *testing.T) {
	err := (&GithubArgs{Repository: "x", Pool: "gcp-pool"}).check()
	for _, arg := range []string{"Repository", "Stack", "Pool"} {
		if err == nil || !strings.Contains(err.Error(), arg) {
			t.Errorf("got %v, which does not name %s", err, arg)
		}
	}
}

func TestGithubPreview(t *testing.T) {
	g := run(t, githubProgram(githubArgs()), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
}
