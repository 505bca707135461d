package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// accessPolicies are the access policies of EKS by level of access.
// Source: EKS user guide, "Review access policy permissions", read 2026-11.
var accessPolicies = map[string]string{
	"clusterAdmin": "AmazonEKSClusterAdminPolicy",
	"admin":        "AmazonEKSAdminPolicy",
	"edit":         "AmazonEKSEditPolicy",
	"view":         "AmazonEKSViewPolicy",
}

// access lets the roles of the arguments into the cluster. What Pulumi does
// inside the cluster needs these entries: without them it is nobody there.
func (b *eksBuilder) access() ([]pulumi.Resource, error) {
	var all []pulumi.Resource
	for _, who := range slices.Sorted(maps.Keys(b.Access)) {
		access, name := b.Access[who], b.name+"-"+who
		entry, err := eks.NewAccessEntry(b.ctx, name, &eks.AccessEntryArgs{
			ClusterName: b.cluster.Name, PrincipalArn: pulumi.String(access.Role), Tags: b.tags("eks", name),
		}, b.child()...)
		if err != nil {
			return nil, fmt.Errorf("creating access entry %s: %w", who, err)
		}
		scope := &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")}
		if len(access.Namespaces) > 0 {
			scope.Type, scope.Namespaces = pulumi.String("namespace"), pulumi.ToStringArray(access.Namespaces)
		}
		association, err := eks.NewAccessPolicyAssociation(b.ctx, name, &eks.AccessPolicyAssociationArgs{
			ClusterName: b.cluster.Name, PrincipalArn: entry.PrincipalArn, AccessScope: scope,
			PolicyArn: pulumi.String("arn:" + b.Partition + ":eks::aws:cluster-access-policy/" + accessPolicies[access.Level]),
		}, b.child(pulumi.DependsOn([]pulumi.Resource{entry}))...)
		if err != nil {
			return nil, fmt.Errorf("associating %s with access entry %s: %w", accessPolicies[access.Level], who, err)
		}
		all = append(all, entry, association)
	}
	return all, nil
}
