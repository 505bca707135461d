package aws

import (
	"slices"
	"strings"
)

// globalRegion is where services without regions answer: IAM, CloudFront, Route 53.
// Their calls count as calls to this region.
const globalRegion = "us-east-1"

// words splits a list of actions of one service: "ec2", "CreateVpc DeleteVpc".
func words(service, names string) []string {
	all := strings.Fields(names)
	for i, name := range all {
		all[i] = service + ":" + name
	}
	return all
}

// readRights are what a preview looks at: how everything is configured, and
// nothing that it holds. No secret, no object, no log line and no image is read.
func (b *githubBuilder) readRights() []Statement {
	return []Statement{
		allow("ReadConfiguration", slices.Concat(
			words("access-analyzer", "GetAnalyzer ListAnalyzers ListTagsForResource"), words("acm", "DescribeCertificate ListCertificates ListTagsForCertificate"),
			words("application-autoscaling", "Describe* ListTagsForResource"), words("autoscaling", "Describe*"),
			words("backup", "Describe* GetBackup* GetRestoreTesting* List*"), words("budgets", "ViewBudget ListTagsForResource"),
			words("ce", "GetAnomaly* ListCostAllocationTags ListTagsForResource"),
			words("cloudfront", "Describe* Get* List*"), words("cloudtrail", "DescribeTrails GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags"),
			words("cloudwatch", "DescribeAlarms GetDashboard ListTagsForResource"), words("config", "Describe* ListTagsForResource"),
			words("dlm", "Get* List*"),
			words("ec2", "Describe* GetEbs* GetInstanceMetadataDefaults GetManagedPrefixListEntries"),
			words("ecr", "Describe* GetLifecyclePolicy GetRegistry* GetRepositoryPolicy ListTagsForResource"), words("ecs", "Describe* List*"),
			words("eks", "Describe* List*"), words("elasticache", "Describe* ListTagsForResource"), words("elasticloadbalancing", "Describe*"),
			words("events", "Describe* List*"), words("guardduty", "GetDetector ListDetectors ListTagsForResource"),
			words("iam", `GetAccountPasswordPolicy GetInstanceProfile GetOpenIDConnectProvider GetPolicy GetPolicyVersion GetRole GetRolePolicy
				ListAttachedRolePolicies ListEntitiesForPolicy ListInstanceProfilesForRole ListOpenIDConnectProviders ListPolicyVersions ListRolePolicies`),
			words("inspector2", "BatchGetAccountStatus"), words("kms", "Describe* GetKeyPolicy GetKeyRotationStatus List*"),
			words("logs", "Describe* GetDelivery GetDeliveryDestination GetDeliveryDestinationPolicy GetDeliverySource ListTagsForResource ListTagsLogGroup"),
			words("rds", "Describe* ListTagsForResource"), words("route53", "Get* List*"),
			words("s3", "GetAccountPublicAccessBlock"), words("scheduler", "GetSchedule GetScheduleGroup ListTagsForResource"),
			words("secretsmanager", "DescribeSecret GetResourcePolicy"), words("securityhub", "DescribeHub DescribeStandards GetEnabledStandards"),
			words("shield", "DescribeProtection DescribeSubscription ListTagsForResource"),
			words("sqs", "GetQueueAttributes GetQueueUrl ListQueueTags"),
			words("sns", "GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource"),
			words("wafv2", "Get* List*"),
		), []string{"*"}),
		allow("ReadBuckets", words("s3", `GetAccelerateConfiguration GetAnalyticsConfiguration GetBucket* GetEncryptionConfiguration
			GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket`),
			b.own("s3", "")),
	}
}

// own are the ARNs of what bears a name of the stack's, of kinds such as
// "db:" or "cluster/"; a kind may begin with what stands in front of the name.
func (b *githubBuilder) own(service string, kinds ...string) []string {
	all := make([]string, len(kinds))
	for i, kind := range kinds {
		switch name := kind + b.Prefix + "-*"; service {
		case "s3":
			all[i] = "arn:" + b.Partition + ":s3:::" + name
		case "iam", "budgets":
			all[i] = b.globalArn(service, name)
		default:
			all[i] = b.arn(service, name)
		}
	}
	return all
}

// some are ARNs in the account and region of what has an id instead of a name.
func (b *githubBuilder) some(service string, kinds ...string) []string {
	all := make([]string, len(kinds))
	for i, kind := range kinds {
		all[i] = b.arn(service, kind+"*")
	}
	return all
}

// here is a statement for what has no name to go by: it holds in the stack's
// region.
func (b *githubBuilder) here(sid string, actions []string) Statement {
	s := allow(sid, actions, []string{"*"})
	s.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {b.Region}}}
	return s
}

// deployRights are what a deployment changes, by area; each becomes a policy.
// Where a resource bears the stack's name, the right ends there; where it has an
// id, at the account and region.
// Source: Service Authorization Reference, which says what each action can be
// limited to; read 2026-11.
func (b *githubBuilder) deployRights() map[string][]Statement {
	return map[string][]Statement{
		"network":  b.networkRights(),
		"cluster":  b.clusterRights(),
		"data":     b.dataRights(),
		"keys":     b.keyRights(),
		"edge":     b.edgeRights(),
		"watch":    b.watchRights(),
		"audit":    b.auditRights(),
		"identity": append(b.identityRights(), b.never()...),
	}
}

func (b *githubBuilder) networkRights() []Statement {
	return []Statement{b.here("Network", words("ec2", `AllocateAddress AssociateAddress AssociateRouteTable AssociateSubnetCidrBlock
		AssociateVpcCidrBlock AttachInternetGateway AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateEgressOnlyInternetGateway
		CreateFlowLogs CreateInternetGateway CreateLaunchTemplate CreateLaunchTemplateVersion CreateNatGateway CreateNetworkAcl
		CreateNetworkAclEntry CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint
		DeleteEgressOnlyInternetGateway DeleteFlowLogs DeleteInternetGateway DeleteLaunchTemplate DeleteLaunchTemplateVersions
		DeleteNatGateway DeleteNetworkAcl DeleteNetworkAclEntry DeleteNetworkInterface DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet
		DeleteTags DeleteVpc DeleteVpcEndpoints DetachInternetGateway DetachNetworkInterface DisassociateAddress DisassociateRouteTable
		DisassociateSubnetCidrBlock DisassociateVpcCidrBlock ModifyLaunchTemplate ModifySecurityGroupRules ModifySubnetAttribute
		ModifyVpcAttribute ModifyVpcEndpoint ReleaseAddress ReplaceNetworkAclAssociation ReplaceNetworkAclEntry ReplaceRoute
		ReplaceRouteTableAssociation RevokeSecurityGroupEgress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress
		UpdateSecurityGroupRuleDescriptionsIngress`)),
		// EKS asks whether its caller could start the nodes of a launch template.
		b.here("Nodes", words("ec2", "RunInstances")),
	}
}

func (b *githubBuilder) clusterRights() []Statement {
	return []Statement{
		allow("Cluster", words("eks", `AssociateAccessPolicy AssociateEncryptionConfig CreateAccessEntry CreateAddon CreateCluster CreateNodegroup
			CreatePodIdentityAssociation DeleteAccessEntry DeleteAddon DeleteCluster DeleteNodegroup DeletePodIdentityAssociation
			DisassociateAccessPolicy TagResource UntagResource UpdateAccessEntry UpdateAddon UpdateClusterConfig UpdateClusterVersion
			UpdateNodegroupConfig UpdateNodegroupVersion UpdatePodIdentityAssociation`), b.own("eks", "cluster/", "nodegroup/", "addon/", "access-entry/", "podidentityassociation/")),
		allow("Containers", words("ecs", `CreateCluster CreateService DeleteCluster DeleteService PutClusterCapacityProviders TagResource UntagResource
			UpdateCluster UpdateClusterSettings UpdateService`), b.own("ecs", "cluster/", "service/")),
		allow("Tasks", words("ecs", "RegisterTaskDefinition TagResource UntagResource"), b.own("ecs", "task-definition/")),
		b.here("OldTasks", words("ecs", "DeregisterTaskDefinition")), // cannot be limited to a name
		allow("Images", words("ecr", `CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy PutImageScanningConfiguration
			PutImageTagMutability PutLifecyclePolicy SetRepositoryPolicy TagResource UntagResource`), append(b.own("ecr", "repository/"), b.arn("ecr", "repository/"+b.Prefix+"/*"))),
		b.here("Registry", words("ecr", `CreatePullThroughCacheRule CreateRepositoryCreationTemplate DeletePullThroughCacheRule DeleteRegistryPolicy
			DeleteRepositoryCreationTemplate PutAccountSetting PutRegistryPolicy PutRegistryScanningConfiguration PutReplicationConfiguration
			UpdatePullThroughCacheRule UpdateRepositoryCreationTemplate`)),
		allow("Balancers", words("elasticloadbalancing", `AddTags CreateListener CreateLoadBalancer CreateRule CreateTargetGroup DeleteListener
			DeleteLoadBalancer DeleteRule DeleteTargetGroup ModifyListener ModifyListenerAttributes ModifyLoadBalancerAttributes ModifyRule ModifyTargetGroup
			ModifyTargetGroupAttributes RemoveTags SetSecurityGroups SetSubnets SetWebAcl`), b.own("elasticloadbalancing",
			"loadbalancer/app/", "loadbalancer/net/", "targetgroup/", "listener/app/", "listener/net/", "listener-rule/app/", "listener-rule/net/")),
		allow("Scaling", words("application-autoscaling", `DeleteScalingPolicy DeleteScheduledAction DeregisterScalableTarget PutScalingPolicy
			PutScheduledAction RegisterScalableTarget TagResource UntagResource`), b.some("application-autoscaling", "scalable-target/")),
		// The groups of EKS's nodes are named by EKS.
		allow("NodeSchedules", words("autoscaling", "CreateOrUpdateTags DeleteScheduledAction DeleteTags PutScheduledUpdateGroupAction"),
			b.some("autoscaling", "autoScalingGroup:*:autoScalingGroupName/eks-")),
	}
}

func (b *githubBuilder) dataRights() []Statement {
	all := []Statement{
		allow("Databases", words("rds", `AddTagsToResource CreateDBInstance CreateDBInstanceReadReplica CreateDBParameterGroup CreateDBSnapshot
			CreateDBSubnetGroup DeleteDBInstance DeleteDBParameterGroup DeleteDBSubnetGroup ModifyDBInstance ModifyDBParameterGroup
			ModifyDBSubnetGroup PromoteReadReplica RebootDBInstance RemoveTagsFromResource ResetDBParameterGroup
			RestoreDBInstanceFromDBSnapshot RestoreDBInstanceToPointInTime`), append(b.own("rds", "db:", "pg:", "snapshot:", "subgrp:"),
			b.arn("rds", "og:default:*"), b.arn("rds", "auto-backup:*"))),
		allow("Proxies", words("rds", `AddTagsToResource CreateDBProxy DeleteDBProxy DeregisterDBProxyTargets ModifyDBProxy ModifyDBProxyTargetGroup
			RegisterDBProxyTargets RemoveTagsFromResource`), append(b.some("rds", "db-proxy:", "target-group:"), b.own("rds", "db:")...)),
		allow("Caches", words("elasticache", `AddTagsToResource CreateCacheParameterGroup CreateCacheSubnetGroup CreateReplicationGroup
			CreateServerlessCache CreateUser CreateUserGroup DecreaseReplicaCount DeleteCacheParameterGroup DeleteCacheSubnetGroup
			DeleteReplicationGroup DeleteServerlessCache DeleteUser DeleteUserGroup IncreaseReplicaCount ModifyCacheParameterGroup
			ModifyCacheSubnetGroup ModifyReplicationGroup ModifyReplicationGroupShardConfiguration ModifyServerlessCache ModifyUser
			ModifyUserGroup RemoveTagsFromResource`), b.own("elasticache", "parametergroup:", "replicationgroup:", "serverlesscache:", "snapshot:", "subnetgroup:", "user:", "usergroup:")),
		allow("Buckets", words("s3", `CreateBucket DeleteBucket DeleteBucketPolicy PutBucket* PutEncryptionConfiguration
			PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration PutReplicationConfiguration`), b.own("s3", "")),
		// What RDS makes for a master password is named by RDS.
		allow("Secrets", words("secretsmanager", `CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret PutResourcePolicy
			PutSecretValue RestoreSecret RotateSecret TagResource UntagResource UpdateSecret`), append(b.own("secretsmanager", "secret:"), b.arn("secretsmanager", "secret:rds!*"))),
		allow("Vaults", words("backup", `CreateBackupVault DeleteBackupVault DeleteBackupVaultAccessPolicy DeleteBackupVaultLockConfiguration
			DeleteBackupVaultNotifications PutBackupVaultAccessPolicy PutBackupVaultLockConfiguration PutBackupVaultNotifications TagResource UntagResource`), b.own("backup", "backup-vault:")),
		allow("Plans", words("backup", `CreateBackupPlan CreateBackupSelection CreateRestoreTestingPlan CreateRestoreTestingSelection
			DeleteBackupPlan DeleteBackupSelection DeleteRestoreTestingPlan DeleteRestoreTestingSelection TagResource UntagResource
			UpdateBackupPlan UpdateRestoreTestingPlan UpdateRestoreTestingSelection`), b.some("backup", "backup-plan:", "restore-testing-plan:")),
		b.here("VaultStorage", words("backup-storage", "MountCapsule")),
		allow("Snapshots", words("dlm", "CreateLifecyclePolicy DeleteLifecyclePolicy TagResource UntagResource UpdateLifecyclePolicy"), b.some("dlm", "policy/")),
	}
	if !b.Protect {
		// A stack that can be thrown away empties its buckets first.
		all = append(all,
			allow("EmptyBuckets", words("s3", "DeleteObject DeleteObjectVersion"), []string{b.own("s3", "")[0] + "/*"}),
			allow("FindVersions", words("s3", "ListBucketVersions"), b.own("s3", "")))
	}
	return all
}
