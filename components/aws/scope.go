// Package aws holds the components for Amazon Web Services. One file answers
// for one component; scope.go says where a component stands.
package aws

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Scope is where a component stands: whose it is, in which account and region.
// Every component's arguments carry one.
type Scope struct {
	// Prefix begins every physical name: <project>-<stack>.
	Prefix string
	// Region is the region of the component's resources, such as eu-west-1.
	Region string
	// Partition is aws, aws-cn or aws-us-gov: the second part of an ARN.
	Partition string
	// AccountID is the account's number, twelve digits.
	AccountID string
	// Tags are on every resource, through the provider's default tags.
	Tags map[string]string
	// AllowedAccount is the only account that providers may touch; any if empty.
	AllowedAccount string
	// AssumeRole is the ARN of the role that providers assume; none if empty.
	AssumeRole string
	// Protect keeps what holds data from being deleted or replaced.
	Protect bool
	// East is a provider for us-east-1, which several components need. Each makes
	// its own if nil; sharing one spares a process of the provider for each.
	East *aws.Provider
	// Disposable says that what the stack holds may be lost with it: no final
	// snapshot, no key that outlives it, buckets emptied on deletion.
	Disposable bool
}

// Provider makes an explicit provider for region, with the scope's account,
// role and default tags.
func (s Scope) Provider(ctx *pulumi.Context, name, region string, opts ...pulumi.ResourceOption) (*aws.Provider, error) {
	args := &aws.ProviderArgs{
		Region:      pulumi.String(region),
		DefaultTags: &aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(s.Tags)},
	}
	if s.AllowedAccount != "" {
		args.AllowedAccountIds = pulumi.StringArray{pulumi.String(s.AllowedAccount)}
	}
	if s.AssumeRole != "" {
		args.AssumeRole = aws.ProviderAssumeRoleArgs{RoleArn: pulumi.String(s.AssumeRole)}
	}
	p, err := aws.NewProvider(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating provider %s for %s: %w", name, region, err)
	}
	return p, nil
}

// arn is an ARN in the scope's partition, region and account.
func (s Scope) arn(service, resource string) string {
	return "arn:" + s.Partition + ":" + service + ":" + s.Region + ":" + s.AccountID + ":" + resource
}

// globalArn is an ARN of a service without regions, such as IAM.
func (s Scope) globalArn(service, resource string) string {
	return "arn:" + s.Partition + ":" + service + "::" + s.AccountID + ":" + resource
}

// managedPolicy is the ARN of an IAM policy that AWS itself keeps, such as
// AmazonEKSWorkerNodePolicy or service-role/AmazonEBSCSIDriverPolicy.
func (s Scope) managedPolicy(name string) string {
	return "arn:" + s.Partition + ":iam::aws:policy/" + name
}

// tags are the tags of one resource of a component, beside the provider's
// default tags: its name in the console and the component it belongs to.
func (s Scope) tags(comp, name string, more ...map[string]string) pulumi.StringMap {
	all := map[string]string{"component": comp, "Name": s.Prefix + "-" + name}
	for _, m := range more {
		maps.Copy(all, m)
	}
	return pulumi.ToStringMap(all)
}

// The limits of AWS for the physical names that are set here. All other names
// are left to Pulumi, which adds a random suffix, so that a resource can be
// replaced before its predecessor goes.
// Source: the API reference of each service, read 2026-11.
var limits = struct {
	Cluster, Database, LogGroup, Role, Bucket, Topic, KeyAlias, NodeGroup,
	RestoreTest, ScheduledAction component.Limit
	// Cache is for caches, users and user groups; a Repository's name goes on with
	// /<image>, a Mirror's with /<registry>.
	Cache, Repository, Mirror component.Limit
}{
	Cluster:   component.Limit{Max: 100, Extra: "_"},
	Database:  component.Limit{Max: 63, Lower: true},
	LogGroup:  component.Limit{Max: 512, Extra: "_/.#"},
	Role:      component.Limit{Max: 64, Extra: "_+=,.@"},
	Bucket:    component.Limit{Max: 63, Lower: true},
	Topic:     component.Limit{Max: 256, Extra: "_"},
	KeyAlias:  component.Limit{Max: 250, Extra: "/_"},
	NodeGroup: component.Limit{Max: 63, Extra: "_"},

	Cache:           component.Limit{Max: 40, Lower: true},
	Repository:      component.Limit{Max: 200, Lower: true},
	Mirror:          component.Limit{Max: 25, Lower: true},
	RestoreTest:     component.Limit{Max: 50, Extra: "_", NoHyphen: true}, // not what Pulumi would give
	ScheduledAction: component.Limit{Max: 255, Extra: "_"},
}
