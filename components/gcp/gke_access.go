package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AccessArgs say what somebody may do in a cluster.
type AccessArgs struct {
	// Member is user:, group: or serviceAccount: and an address.
	Member string
	// Level is clusterAdmin, admin, edit or view.
	Level string
	// Namespaces limits the access to these; all if empty.
	Namespaces []string
}

// clusterAdmin is the level of access that IAM alone gives.
const clusterAdmin = "clusterAdmin"

var accessLevels = []string{clusterAdmin, "admin", "edit", "view"}

// clusterRoles are the roles of who gets into a cluster. A clusterAdmin may do
// everything with the objects in it, before there is any: it makes the rights of
// the others, which are roles of Kubernetes, since those of IAM know no
// namespaces. From IAM they have the right to find the cluster.
// Source: GKE docs, "Create IAM allow policies", read 2026-11.
func clusterRole(level string) string {
	if level == clusterAdmin {
		return "roles/container.admin"
	}
	return "roles/container.clusterViewer"
}

// access lets the members of the arguments in, to this cluster of the project
// and no other.
// Source: IAM docs, "Resource attributes for conditions", read 2026-11.
func (b *gkeBuilder) access() ([]pulumi.Resource, error) {
	only := b.gke.ID.ApplyT(func(id string) string {
		return fmt.Sprintf("resource.type != 'container.googleapis.com/Cluster' || resource.name == '%s'", id)
	}).(pulumi.StringOutput)
	var all []pulumi.Resource
	for _, who := range slices.Sorted(maps.Keys(b.Access)) {
		access := b.Access[who]
		right, err := projects.NewIAMMember(b.ctx, b.name+"-"+who, &projects.IAMMemberArgs{
			Project: pulumi.String(b.Project), Member: pulumi.String(access.Member), Role: pulumi.String(clusterRole(access.Level)),
			Condition: &projects.IAMMemberConditionArgs{
				Title: pulumi.String(b.Prefix), Description: pulumi.String("The cluster of " + b.Prefix + " alone"), Expression: only,
			},
		}, b.child()...)
		if err != nil {
			return nil, fmt.Errorf("letting %s in: %w", who, err)
		}
		all = append(all, right)
	}
	return all, nil
}
