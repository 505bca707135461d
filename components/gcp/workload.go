package gcp

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// WorkloadArgs are the arguments of NewWorkload.
type WorkloadArgs struct {
	Scope
	// Pool is the pool of identities of the cluster (Gke.WorkloadPool).
	Pool pulumi.StringInput
	// Namespace and ServiceAccount are whom the workload runs as in the cluster.
	Namespace, ServiceAccount string
	// Account gives the workload a service account of Google's: for software that
	// signs in its own name, or is a user of a database.
	Account bool
	// Signs lets it sign as its account: links to objects, for one.
	Signs bool
	// Roles are roles in the whole project, by a name of theirs.
	Roles map[string]string
	// Zones are the names of zones of Cloud DNS whose records it keeps, Buckets the
	// names of buckets whose objects it reads and writes, ReadBuckets of those that it
	// reads alone, and Secrets the paths of secrets that it reads; by a name of theirs.
	Zones, Buckets, ReadBuckets, Secrets map[string]pulumi.StringInput
}

// Workload is what a workload in the cluster is in Google Cloud. IAM knows
// Kubernetes' service accounts themselves, so that is what it is, and there is
// nothing to make, to rotate or to steal; where software needs an account of
// Google's, it may be one.
// Source: GKE docs, "Workload Identity Federation for GKE", read 2026-11.
type Workload struct {
	pulumi.ResourceState

	// Member is what policies of IAM call it.
	Member pulumi.StringOutput
	// Email is the address of its account of Google's; empty without one.
	Email string
	// Annotations on the service account in Kubernetes bind it.
	Annotations map[string]string
	// Ready is what must exist before the workload starts.
	Ready []pulumi.Resource
}

// NewWorkload makes the identity of a service account.
func NewWorkload(ctx *pulumi.Context, name string, args *WorkloadArgs, opts ...pulumi.ResourceOption) (*Workload, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating workload %s: %w", name, err)
	}
	w := &Workload{Annotations: map[string]string{}}
	if err := component.Register(ctx, "gcp", "Workload", name, w, opts...); err != nil {
		return nil, err
	}
	who := args.Namespace + "/" + args.ServiceAccount
	w.Member = args.Pool.ToStringOutput().ApplyT(args.principal).(pulumi.StringOutput)
	if args.Account {
		if err := args.account(ctx, name, w); err != nil {
			return nil, fmt.Errorf("creating the account of %s: %w", who, err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(args.Roles)) {
		right, err := projects.NewIAMMember(ctx, name+"-"+key, &projects.IAMMemberArgs{
			Project: pulumi.String(args.Project), Role: pulumi.String(args.Roles[key]), Member: w.Member,
		}, pulumi.Parent(w))
		if err != nil {
			return nil, fmt.Errorf("giving %s %s: %w", who, args.Roles[key], err)
		}
		w.Ready = append(w.Ready, right)
	}
	if err := args.grant(ctx, name, w); err != nil {
		return nil, fmt.Errorf("giving %s its rights: %w", who, err)
	}
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{"member": w.Member, "email": pulumi.String(w.Email)})
}

// grant gives rights over single things.
func (a *WorkloadArgs) grant(ctx *pulumi.Context, name string, w *Workload) error {
	in := pulumi.Parent(w)
	for _, key := range slices.Sorted(maps.Keys(a.Zones)) {
		right, err := dns.NewDnsManagedZoneIamMember(ctx, name+"-"+key, &dns.DnsManagedZoneIamMemberArgs{
			Project: pulumi.String(a.Project), ManagedZone: a.Zones[key], Role: pulumi.String("roles/dns.admin"), Member: w.Member,
		}, in)
		if err != nil {
			return err
		}
		w.Ready = append(w.Ready, right)
	}
	for role, buckets := range map[string]map[string]pulumi.StringInput{objectWriter: a.Buckets, objectReader: a.ReadBuckets} {
		for _, key := range slices.Sorted(maps.Keys(buckets)) {
			right, err := storage.NewBucketIAMMember(ctx, name+"-"+key, &storage.BucketIAMMemberArgs{
				Bucket: buckets[key], Role: pulumi.String(role), Member: w.Member,
			}, in)
			if err != nil {
				return err
			}
			w.Ready = append(w.Ready, right)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.Secrets)) {
		right, err := secretmanager.NewSecretIamMember(ctx, name+"-"+key, &secretmanager.SecretIamMemberArgs{
			SecretId: a.Secrets[key], Role: pulumi.String(secretReader), Member: w.Member,
		}, in)
		if err != nil {
			return err
		}
		w.Ready = append(w.Ready, right)
	}
	return nil
}

func (a *WorkloadArgs) check() error {
	var errs []error
	if a.Pool == nil {
		errs = append(errs, errors.New("Pool is missing"))
	}
	if a.Namespace == "" || a.ServiceAccount == "" {
		errs = append(errs, fmt.Errorf("ServiceAccount: got %q in namespace %q, want both", a.ServiceAccount, a.Namespace))
	}
	if a.Signs && !a.Account {
		errs = append(errs, errors.New("Signs: want Account too: nobody else signs"))
	}
	return errors.Join(errs...)
}

// principal is the name in IAM of the service account itself.
// Source: IAM docs, "Principal identifiers", GKE; read 2026-11.
func (a *WorkloadArgs) principal(pool string) string {
	return "principal://iam.googleapis.com/projects/" + a.ProjectNumber + "/locations/global/workloadIdentityPools/" + pool +
		"/subject/ns/" + a.Namespace + "/sa/" + a.ServiceAccount
}

// account makes an account of Google's, which the service account may be.
func (a *WorkloadArgs) account(ctx *pulumi.Context, name string, w *Workload) error {
	id := limits.ServiceAccount.Name(a.Prefix, name)
	account, err := serviceaccount.NewAccount(ctx, name, &serviceaccount.AccountArgs{
		AccountId: pulumi.String(id), DisplayName: pulumi.String(a.Namespace + "/" + a.ServiceAccount + " of " + a.Prefix),
	}, pulumi.Parent(w))
	if err != nil {
		return err
	}
	w.Email = id + "@" + a.Project + ".iam.gserviceaccount.com"
	w.Annotations["iam.gke.io/gcp-service-account"] = w.Email
	for key, right := range map[string]struct {
		role   string
		member pulumi.StringInput
		wanted bool
	}{
		"bound": {"roles/iam.workloadIdentityUser", w.Member, true},
		"signs": {"roles/iam.serviceAccountTokenCreator", account.Member, a.Signs},
	} {
		if !right.wanted {
			continue
		}
		made, err := serviceaccount.NewIAMMember(ctx, name+"-"+key, &serviceaccount.IAMMemberArgs{
			ServiceAccountId: account.Name, Role: pulumi.String(right.role), Member: right.member,
		}, pulumi.Parent(w))
		if err != nil {
			return err
		}
		w.Ready = append(w.Ready, made)
	}
	w.Member = account.Member
	return nil
}
