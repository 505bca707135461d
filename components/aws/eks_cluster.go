package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// controlPlane makes the cluster itself, with its role and its log group.
func (b *eksBuilder) controlPlane() error {
	role, ready, err := b.clusterRole()
	if err != nil {
		return err
	}
	// The log group comes first: EKS would make one without key and retention.
	logs, err := b.logGroup(b.ctx, "eks", b.name+"-logs", pulumi.String("/aws/eks/"+b.ClusterName+"/cluster"), b.LogKeyArn, b.LogDays,
		b.child(pulumi.Protect(b.Protect))...)
	if err != nil {
		return err
	}
	clients, err := b.apiClients()
	if err != nil {
		return err
	}
	args := &eks.ClusterArgs{
		Name: pulumi.String(b.ClusterName), Version: pulumi.String(b.Version), RoleArn: role.Arn,
		VpcConfig: b.endpoint(clients),
		// API alone: no aws-auth map that breaks in races, and nobody is in
		// because they happened to create the cluster.
		AccessConfig: &eks.ClusterAccessConfigArgs{
			AuthenticationMode:                      pulumi.String("API"),
			BootstrapClusterCreatorAdminPermissions: pulumi.Bool(false),
		},
		// The add-ons are made below, in their pinned versions.
		BootstrapSelfManagedAddons: pulumi.Bool(false),
		EnabledClusterLogTypes:     pulumi.ToStringArray([]string{"api", "audit", "authenticator", "controllerManager", "scheduler"}),
		EncryptionConfig: &eks.ClusterEncryptionConfigArgs{
			Provider:  &eks.ClusterEncryptionConfigProviderArgs{KeyArn: b.SecretsKeyArn},
			Resources: pulumi.ToStringArray([]string{"secrets"}),
		},
		UpgradePolicy: &eks.ClusterUpgradePolicyArgs{SupportType: pulumi.String(b.UpgradePolicy)},
		Tags:          b.tags("eks", b.name),
	}
	if b.ServiceCIDR != "" {
		args.KubernetesNetworkConfig = &eks.ClusterKubernetesNetworkConfigArgs{ServiceIpv4Cidr: pulumi.String(b.ServiceCIDR)}
	}
	b.cluster, err = eks.NewCluster(b.ctx, b.name, args, b.child(
		pulumi.DependsOn(append(ready, logs)), pulumi.Protect(b.Protect),
		// EKS refuses to move the control plane to other zones. Nodes follow when
		// a zone is added; the control plane stays where it was made.
		pulumi.IgnoreChanges([]string{"vpcConfig.subnetIds"}),
	)...)
	if err != nil {
		return fmt.Errorf("creating the control plane: %w", err)
	}
	return b.clusterOutputs()
}

func (b *eksBuilder) clusterOutputs() error {
	e, c := b.eks, b.cluster
	e.Name, e.Arn, e.Endpoint, e.Version = c.Name, c.Arn, c.Endpoint, c.Version
	e.CertificateAuthority = c.CertificateAuthority.Data().Elem()
	e.OIDCIssuer = c.Identities.Index(pulumi.Int(0)).Oidcs().Index(pulumi.Int(0)).Issuer().Elem()
	e.NodeSecurityGroupID = c.VpcConfig.ClusterSecurityGroupId().Elem()
	// For controllers that know no Pod Identity. IAM checks the issuer's
	// certificate against its own list: thumbprints are not needed any more.
	provider, err := iam.NewOpenIdConnectProvider(b.ctx, b.name, &iam.OpenIdConnectProviderArgs{
		Url: e.OIDCIssuer, ClientIdLists: pulumi.ToStringArray([]string{"sts.amazonaws.com"}), Tags: b.tags("eks", b.name),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating the identity provider: %w", err)
	}
	e.OIDCProviderArn = provider.Arn
	return nil
}

// endpoint says where the Kubernetes API answers. Nodes always reach it inside
// the network.
func (b *eksBuilder) endpoint(clients pulumi.StringInput) *eks.ClusterVpcConfigArgs {
	vpc := &eks.ClusterVpcConfigArgs{
		SubnetIds:             b.SubnetIDs,
		SecurityGroupIds:      pulumi.StringArray{clients},
		EndpointPrivateAccess: pulumi.Bool(true),
		EndpointPublicAccess:  pulumi.Bool(b.Endpoint != "private"),
	}
	if b.Endpoint == "restricted" {
		vpc.PublicAccessCidrs = pulumi.ToStringArray(b.EndpointCIDRs)
	}
	return vpc
}

// assumedByCluster is the trust policy of the control plane's role: EKS assumes
// it for this cluster of this account only (the confused deputy).
// Source: EKS user guide, "Cross-service confused deputy prevention".
func (b *eksBuilder) assumedByCluster() string {
	return policy(Statement{
		Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"eks.amazonaws.com"}},
		Condition: map[string]map[string][]string{
			"StringEquals": {"aws:SourceAccount": {b.AccountID}},
			"ArnLike":      {"aws:SourceArn": {b.arn("eks", "cluster/"+b.ClusterName)}},
		},
	})
}

// clusterRole makes the role of the control plane. It returns the role and what
// must exist before the role is of use.
func (b *eksBuilder) clusterRole() (*iam.Role, []pulumi.Resource, error) {
	name := b.name + "-cluster"
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(b.assumedByCluster()), Tags: b.tags("eks", name),
	}, b.child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("creating the control plane's role: %w", err)
	}
	own, err := iam.NewRolePolicy(b.ctx, name, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: b.SecretsKeyArn.ToStringOutput().ApplyT(func(key string) string {
			return policy(
				// Otherwise EKS makes the log group anew, without key and retention,
				// with the last lines that it writes while it is deleted.
				Statement{Sid: "NoLogGroup", Effect: "Deny", Action: []string{"logs:CreateLogGroup"}, Resource: []string{"*"}},
				allow("Secrets", []string{"kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"}, []string{key}),
			)
		}).(pulumi.StringOutput),
	}, b.child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("creating the control plane's policy: %w", err)
	}
	managed, err := b.attach(name, role, b.managedPolicy("AmazonEKSClusterPolicy"))
	if err != nil {
		return nil, nil, err
	}
	return role, []pulumi.Resource{own, managed}, nil
}

// attach attaches a policy to a role.
func (b *eksBuilder) attach(name string, role *iam.Role, arn string) (pulumi.Resource, error) {
	a, err := iam.NewRolePolicyAttachment(b.ctx, name, &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(arn),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("attaching %s to role %s: %w", arn, name, err)
	}
	return a, nil
}
