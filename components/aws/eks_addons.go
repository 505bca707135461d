package aws

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/versions"
)

// networkAddons makes the add-ons that nodes need to become ready: the agent
// that hands out roles, the pods' network and the services' one. None of them
// waits for a node.
func (b *eksBuilder) networkAddons() ([]pulumi.Resource, error) {
	agent, err := b.addon("eks-pod-identity-agent", nil)
	if err != nil {
		return nil, err
	}
	identity, err := b.identity("vpc-cni", "aws-node", "AmazonEKS_CNI_Policy", nil)
	if err != nil {
		return nil, err
	}
	cni, err := b.addon("vpc-cni", b.cniConfig(), identity...)
	if err != nil {
		return nil, err
	}
	proxy, err := b.addon("kube-proxy", nil)
	if err != nil {
		return nil, err
	}
	return append(identity, agent, cni, proxy), nil
}

// nodeAddons makes the add-ons that run on nodes. The snapshot controller comes
// before the EBS driver, which takes snapshots only if it finds it.
func (b *eksBuilder) nodeAddons(nodes []pulumi.Resource) ([]pulumi.Resource, error) {
	pods := b.placement()
	dns, err := b.addon("coredns", pulumi.String(dnsConfig(pods)), nodes...)
	if err != nil {
		return nil, err
	}
	metrics, err := b.addon("metrics-server", pulumi.String(addonJSON(pods.values())), nodes...)
	if err != nil {
		return nil, err
	}
	snapshots, err := b.addon("snapshot-controller", pulumi.String(addonJSON(pods.values())), nodes...)
	if err != nil {
		return nil, err
	}
	identity, err := b.identity("aws-ebs-csi-driver", "ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy", b.diskPolicy())
	if err != nil {
		return nil, err
	}
	disks, err := b.addon("aws-ebs-csi-driver", pulumi.String(diskConfig(pods)), slices.Concat(nodes, identity, []pulumi.Resource{snapshots})...)
	if err != nil {
		return nil, err
	}
	return append(identity, dns, metrics, snapshots, disks), nil
}

// addon makes an add-on in the version of the versions file.
func (b *eksBuilder) addon(addon string, config pulumi.StringInput, after ...pulumi.Resource) (pulumi.Resource, error) {
	version, err := versions.Addon(b.Version, addon)
	if err != nil {
		return nil, err
	}
	args := &eks.AddonArgs{
		ClusterName: b.cluster.Name, AddonName: pulumi.String(addon), AddonVersion: pulumi.String(version),
		// What stands here is the truth: what somebody changed by hand inside the
		// cluster gives way, at creation and at every update.
		ResolveConflictsOnCreate: pulumi.String("OVERWRITE"),
		ResolveConflictsOnUpdate: pulumi.String("OVERWRITE"),
		Tags:                     b.tags("eks", b.name+"-"+addon),
	}
	if config != nil {
		args.ConfigurationValues = config.ToStringOutput().ToStringPtrOutput()
	}
	a, err := eks.NewAddon(b.ctx, b.name+"-"+addon, args, b.child(pulumi.DependsOn(after))...)
	if err != nil {
		return nil, fmt.Errorf("creating add-on %s: %w", addon, err)
	}
	return a, nil
}

// identity gives the service account of an add-on a role of its own, through
// Pod Identity: a managed policy, and own (a policy document) if there is one.
// It returns what must exist before the add-on starts.
func (b *eksBuilder) identity(addon, account, managed string, own pulumi.StringInput) ([]pulumi.Resource, error) {
	name := b.name + "-" + addon
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(assumedByPods(b.Scope)), Tags: b.tags("eks", name),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("creating the role of add-on %s: %w", addon, err)
	}
	attached, err := b.attach(name, role, b.managedPolicy(managed))
	if err != nil {
		return nil, err
	}
	ready := []pulumi.Resource{attached}
	if own != nil {
		p, err := iam.NewRolePolicy(b.ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: own}, b.child()...)
		if err != nil {
			return nil, fmt.Errorf("creating the policy of add-on %s: %w", addon, err)
		}
		ready = append(ready, p)
	}
	association, err := eks.NewPodIdentityAssociation(b.ctx, name, &eks.PodIdentityAssociationArgs{
		ClusterName: b.cluster.Name, Namespace: pulumi.String("kube-system"), ServiceAccount: pulumi.String(account),
		RoleArn: role.Arn, Tags: b.tags("eks", name),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("giving add-on %s its role: %w", addon, err)
	}
	return append(ready, association), nil
}

// assumedByPods is the trust policy of a role for pods of the account's
// clusters.
// Source: EKS user guide, "Create IAM role with trust policy required by EKS Pod
// Identity".
func assumedByPods(s Scope) string {
	return policy(Statement{
		Effect: "Allow", Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Principal: &Principal{Service: []string{"pods.eks.amazonaws.com"}},
		Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {s.AccountID}}},
	})
}

// diskPolicy lets the EBS driver make encrypted disks, with the disk key alone.
// Source: documentation of the EBS CSI driver, "Set up driver permissions".
func (b *eksBuilder) diskPolicy() pulumi.StringInput {
	return b.DiskKeyArn.ToStringOutput().ApplyT(func(key string) string {
		grants := allow("Grants", []string{"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"}, []string{key})
		grants.Condition = map[string]map[string][]string{"Bool": {"kms:GrantIsForAWSResource": {"true"}}}
		return policy(grants, allow("Disks", []string{
			"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey",
		}, []string{key}))
	}).(pulumi.StringOutput)
}

// cniConfig configures the pods' network.
func (b *eksBuilder) cniConfig() pulumi.StringInput {
	zones := slices.Sorted(maps.Keys(b.PodSubnets))
	ids := make([]any, len(zones)+1)
	for i, zone := range zones {
		ids[i] = b.PodSubnets[zone]
	}
	ids[len(zones)] = b.eks.NodeSecurityGroupID
	return pulumi.All(ids...).ApplyT(func(v []any) string {
		subnets := map[string]string{}
		for i, zone := range zones {
			subnets[zone], _ = v[i].(string)
		}
		group, _ := v[len(zones)].(string)
		return cniConfig(b.Region, group, subnets)
	}).(pulumi.StringOutput)
}
