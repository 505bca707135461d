package aws

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// EcsServiceArgs are the arguments of NewEcsService.
type EcsServiceArgs struct {
	Scope
	// Cluster is where the service runs, and Service its name there: one of the
	// names in the cluster's Ports, which says where the container listens.
	Cluster *Ecs
	Service string
	// Image is the image that serves.
	Image string
	// Live is the colour that Image has, blue or green; blue if empty. Candidate
	// is the image of the other colour: the next release or the last one; none if
	// empty. It gets CandidatePercent of the requests, and all those with the
	// header of the name in CandidateHeader and the value "candidate".
	Live             string
	Candidate        string
	CandidatePercent int
	// CPU is in units of which 1024 are a processor, and Memory in MiB.
	CPU, Memory int
	// Architecture is arm64 or x86_64.
	Architecture string
	// Min and Max are the fewest and the most tasks.
	Min, Max int
	// RequestsPerTask is how many requests a minute one task should serve; more
	// tasks are started above. 0 scales by the processor alone.
	RequestsPerTask int
	// SpotPercent is the share of tasks on spare capacity: a third of the price, and
	// taken back at two minutes' notice.
	SpotPercent int
	// Env are environment variables, in plain text.
	Env map[string]string
	// Secrets are environment variables whose values ECS gets when it starts a
	// task.
	Secrets map[string]EcsSecretArgs
	// Database lets the service connect to a database; none if nil.
	Database *EcsDatabaseArgs
	// Host and Paths are the requests that are the service's: /api/* and the like.
	// Order is its turn among the services, from 1: the lowest is asked first.
	Host  string
	Paths []string
	Order int
	// HealthPath answers with 2xx when the service can serve.
	HealthPath string
	// DrainSeconds is how long a task that is to stop may finish its requests, at
	// most 120.
	DrainSeconds int
	// User is the user and group that the container runs as: 10001:10001.
	User string
	// Scratch are directories that can be written to, such as /tmp; all else is
	// read-only. The image has to declare each as a volume, with User as its owner.
	Scratch []string
	// Shell lets operators open a shell in a container (ECS Exec). It needs a file
	// system that can be written to.
	Shell bool
	// LogKeyArn encrypts the log, which is kept for LogDays.
	LogKeyArn pulumi.StringInput
	LogDays   int
}

// EcsSecretArgs is where a secret is.
type EcsSecretArgs struct {
	// From is the ARN of a secret in Secrets Manager, with :key:: after it for one
	// key of a secret in JSON, or that of an SSM parameter.
	From string
	// KeyArn is the ARN of the KMS key that encrypts it; AWS's own if empty.
	KeyArn string
}

// EcsDatabaseArgs is a database that knows the service by its role (IAM
// authentication): there is no password. The database's administrator creates
// User and grants it rds_iam.
type EcsDatabaseArgs struct {
	Host            pulumi.StringInput
	Port            int
	Name, User      string
	ResourceID      pulumi.StringInput
	SecurityGroupID pulumi.StringInput
}

// CandidateHeader is the header by which testers reach a candidate.
const CandidateHeader = "X-Explico-Release"

// EcsService is a service on Fargate behind the load balancer of its cluster.
//
// Each colour that has an image is an ECS service of its own with a target
// group of its own. One rule of the listener shares the requests between them,
// so that a release goes live, or goes back, by a change of that rule: in
// seconds, and with the old tasks still running.
type EcsService struct {
	pulumi.ResourceState

	// Name and TargetGroupID are the names that the metrics of the live colour have.
	Name, TargetGroupID pulumi.StringOutput
	// URL is where the service answers.
	URL pulumi.StringOutput
	// TaskRoleArn is the role that the containers act as.
	TaskRoleArn pulumi.StringOutput
	// LogGroup is the log's name.
	LogGroup pulumi.StringOutput
}

// serviceBuilder holds what the parts of a service need of each other.
type serviceBuilder struct {
	*EcsServiceArgs
	ctx  *pulumi.Context
	name string
	svc  *EcsService

	logs            *bound
	execution, task *iam.Role
	targets         map[string]*lb.TargetGroup // by colour
	ready           []pulumi.Resource          // what must exist before a task can start
}

// colour is one of the two releases that a service may have at a time.
type colour struct {
	name, image string
	live        bool
}

// colours are the colours that have an image, the live one first.
func (a *EcsServiceArgs) colours() []colour {
	live, other := "blue", "green"
	if a.Live == "green" {
		live, other = other, live
	}
	all := []colour{{live, a.Image, true}}
	if a.Candidate != "" {
		all = append(all, colour{other, a.Candidate, false})
	}
	return all
}

// NewEcsService makes a service: its roles, its log, its rule in front of the
// load balancer, and its tasks. It waits until the tasks are healthy; a
// deployment whose tasks keep failing is rolled back.
func NewEcsService(ctx *pulumi.Context, name string, args *EcsServiceArgs, opts ...pulumi.ResourceOption) (*EcsService, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating service %s: %w", name, err)
	}
	s := &EcsService{}
	if err := component.Register(ctx, "aws", "EcsService", name, s, opts...); err != nil {
		return nil, err
	}
	b := &serviceBuilder{EcsServiceArgs: args, ctx: ctx, name: name, svc: s, targets: map[string]*lb.TargetGroup{}, ready: slices.Clone(args.Cluster.ready)}
	for _, step := range []func() error{b.makeLog, b.makeRoles, b.makeWays, b.makeTargets, b.makeRules, b.makeColours} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("creating service %s: %w", name, err)
		}
	}
	s.URL = pulumi.String("https://" + args.Host + args.base()).ToStringOutput()
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"name": s.Name, "targetGroupId": s.TargetGroupID, "url": s.URL, "taskRoleArn": s.TaskRoleArn, "logGroup": s.LogGroup,
	})
}

// base is the first path without its wildcard: /api of /api/*.
func (a *EcsServiceArgs) base() string {
	path, _, _ := strings.Cut(a.Paths[0], "*")
	if path = strings.TrimSuffix(path, "/"); path == "" {
		return "/"
	}
	return path
}

// child are the options of a part of the service.
func (b *serviceBuilder) child(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return slices.Concat([]pulumi.ResourceOption{pulumi.Parent(b.svc)}, more)
}

var (
	containerUser = regexp.MustCompile(`^[1-9][0-9]*(:[1-9][0-9]*)?$`)
	secretSource  = regexp.MustCompile(`^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[a-z0-9-]+:\d{12}:parameter/.+)$`)
)

// check returns all that is wrong with the arguments.
func (a *EcsServiceArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	if a.Cluster == nil {
		return errors.New("Cluster is missing")
	}
	_, known := a.Cluster.SecurityGroupIDs[a.Service]
	want(known, "Service: got %q, want a name in the cluster's Ports", a.Service)
	want(a.Image != "", "Image is missing")
	want(slices.Contains([]string{"", "blue", "green"}, a.Live), "Live: got %q, want blue or green", a.Live)
	want(0 <= a.CandidatePercent && a.CandidatePercent <= 100, "CandidatePercent: got %d, want 0 to 100", a.CandidatePercent)
	want(a.CandidatePercent == 0 || a.Candidate != "", "CandidatePercent: got %d without a Candidate", a.CandidatePercent)
	want(a.CPU > 0 && a.Memory > 0, "CPU and Memory: got %d and %d, want a size of Fargate", a.CPU, a.Memory)
	want(a.Architecture == "arm64" || a.Architecture == "x86_64", "Architecture: got %q, want arm64 or x86_64", a.Architecture)
	want(0 < a.Min && a.Min <= a.Max, "Min and Max: got %d to %d, want a range from 1", a.Min, a.Max)
	want(0 <= a.SpotPercent && a.SpotPercent <= 100, "SpotPercent: got %d, want 0 to 100", a.SpotPercent)
	want(a.RequestsPerTask >= 0, "RequestsPerTask: got %d, want 0 or more", a.RequestsPerTask)
	want(a.Host != "", "Host is missing")
	want(0 < len(a.Paths) && len(a.Paths) <= 3, "Paths: got %d, want 1 to 3", len(a.Paths))
	want(0 < a.Order && a.Order <= 25000, "Order: got %d, want 1 to 25000", a.Order)
	want(strings.HasPrefix(a.HealthPath, "/"), "HealthPath: got %q, want a path", a.HealthPath)
	want(0 <= a.DrainSeconds && a.DrainSeconds <= 120, "DrainSeconds: got %d, want 0 to 120", a.DrainSeconds)
	want(containerUser.MatchString(a.User), "User: got %q, want numbers such as 10001:10001, and not root", a.User)
	want(a.LogKeyArn != nil && a.LogDays > 0, "LogKeyArn and LogDays are missing")
	for _, name := range slices.Sorted(maps.Keys(a.Secrets)) {
		want(secretSource.MatchString(a.Secrets[name].From), "Secrets[%s].From: got %q, want the ARN of a secret or of an SSM parameter", name, a.Secrets[name].From)
	}
	return errors.Join(errs...)
}
