package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Agent is a service agent: the account that a service of Google's acts as in a
// project, by the short name of the service's API.
type Agent string

// The service agents that use keys here.
const (
	// ComputeAgent encrypts the disks of nodes and of volumes.
	ComputeAgent Agent = "compute"
	// ContainerAgent encrypts the secrets of Kubernetes.
	ContainerAgent Agent = "container"
	// SQLAgent encrypts databases.
	SQLAgent Agent = "sqladmin"
	// RedisAgent encrypts caches.
	RedisAgent Agent = "redis"
	// StorageAgent encrypts buckets.
	StorageAgent Agent = "storage"
	// RegistryAgent encrypts images.
	RegistryAgent Agent = "artifactregistry"
	// SecretsAgent encrypts secrets of Secret Manager.
	SecretsAgent Agent = "secretmanager"
	// PubSubAgent encrypts messages.
	PubSubAgent Agent = "pubsub"
	// BackupAgent encrypts backups of a cluster.
	BackupAgent Agent = "gkebackup"
)

// agents are the domains of the agents' addresses, and which of them come into
// being only when somebody asks. The others are there with their API; that of
// Cloud Storage is asked for where a key needs it.
// Source: IAM docs, "Service agents"; Service Usage, generateServiceIdentity;
// read 2026-11.
var agents = map[Agent]struct {
	domain string
	asked  bool
}{
	ComputeAgent:   {"compute-system", false},
	ContainerAgent: {"container-engine-robot", false},
	StorageAgent:   {"gs-project-accounts", false},
	SQLAgent:       {"gcp-sa-cloud-sql", true},
	RedisAgent:     {"cloud-redis", true},
	RegistryAgent:  {"gcp-sa-artifactregistry", true},
	SecretsAgent:   {"gcp-sa-secretmanager", true},
	PubSubAgent:    {"gcp-sa-pubsub", true},
	BackupAgent:    {"gcp-sa-gkebackup", true},
}

// agentEmail is the address of a service agent in the scope's project.
func (s Scope) agentEmail(a Agent) string {
	return "service-" + s.ProjectNumber + "@" + agents[a].domain + ".iam.gserviceaccount.com"
}

// ServicesArgs are the arguments of NewServices.
type ServicesArgs struct {
	Scope
	// APIs are the services to switch on, by the first part of their names:
	// container for container.googleapis.com.
	APIs []string
}

// Services are the APIs of a project: a new one has next to none. Everything
// else depends on them. They stay on when the stack goes, because what else is
// in the project may need them.
type Services struct {
	pulumi.ResourceState

	// Ready are the services and their agents: what everything else depends on. A
	// dependency on the component itself would miss those that are not registered
	// yet when it is looked at.
	Ready []pulumi.Resource
}

// apiName is the first part of a service's name.
var apiName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// NewServices switches APIs on, and asks for the service agents of those that
// have one: a key cannot be given to an agent that does not exist yet.
func NewServices(ctx *pulumi.Context, name string, args *ServicesArgs, opts ...pulumi.ResourceOption) (*Services, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating services %s: %w", name, err)
	}
	s := &Services{}
	if err := component.Register(ctx, "gcp", "Services", name, s, opts...); err != nil {
		return nil, err
	}
	for _, api := range slices.Sorted(slices.Values(args.APIs)) {
		on, err := projects.NewService(ctx, name+"-"+api, &projects.ServiceArgs{
			Project: pulumi.String(args.Project), Service: pulumi.String(api + ".googleapis.com"), DisableOnDestroy: pulumi.Bool(false),
		}, pulumi.Parent(s))
		if err != nil {
			return nil, fmt.Errorf("switching on API %s: %w", api, err)
		}
		s.Ready = append(s.Ready, on)
		if !agents[Agent(api)].asked {
			continue
		}
		agent, err := projects.NewServiceIdentity(ctx, name+"-"+api, &projects.ServiceIdentityArgs{
			Project: pulumi.String(args.Project), Service: on.Service,
		}, pulumi.Parent(s), pulumi.DependsOn([]pulumi.Resource{on}))
		if err != nil {
			return nil, fmt.Errorf("asking for the service agent of %s: %w", api, err)
		}
		s.Ready = append(s.Ready, agent)
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"apis": pulumi.ToStringArray(args.APIs)})
}

// check returns all that is wrong with the arguments.
func (a *ServicesArgs) check() error {
	var errs []error
	seen := map[string]bool{}
	for _, api := range a.APIs {
		if !apiName.MatchString(api) {
			errs = append(errs, fmt.Errorf("APIs: got %q, want the first part of a name, such as container", api))
		}
		if seen[api] {
			errs = append(errs, fmt.Errorf("APIs: got %s twice", api))
		}
		seen[api] = true
	}
	if a.ProjectNumber == "" {
		errs = append(errs, errors.New("ProjectNumber is missing"))
	}
	return errors.Join(errs...)
}
