package cost

import "strings"

// Why types are free.
const (
	onlySays    = "a setting of something that is billed itself"
	identity    = "AWS bills nothing for identities and their rights"
	routing     = "AWS bills nothing for the parts of a network, only for what passes"
	encryption  = "a name for something that is billed itself"
	onNodes     = "it runs on nodes, which are billed themselves"
	ofCluster   = "comes with the cluster"
	noCharge    = "AWS offers it free of charge"
	asItsLog    = "billed as the log that it writes"
	asItsParent = "billed with what it belongs to"
	ownEvents   = "events of AWS's own services cost nothing"
	fewMessages = "a million messages a month cost nothing, and the nodes' interruptions are far fewer"
)

// free are the types that cost nothing, each with the reason. A type is added
// here by hand: what is neither here nor in kinds is unpriced.
var free = joined(awsFree, gcpFree, azureFree)

// awsFree are the types of AWS that cost nothing.
var awsFree = invert("aws", map[string]string{
	identity: `iam/accountPasswordPolicy:AccountPasswordPolicy iam/openIdConnectProvider:OpenIdConnectProvider
		iam/policy:Policy iam/role:Role iam/rolePolicy:RolePolicy iam/rolePolicyAttachment:RolePolicyAttachment
		iam/instanceProfile:InstanceProfile iam/serviceLinkedRole:ServiceLinkedRole eks/accessEntry:AccessEntry
		eks/accessPolicyAssociation:AccessPolicyAssociation eks/podIdentityAssociation:PodIdentityAssociation
		elasticache/user:User elasticache/userGroup:UserGroup`,
	routing: `ec2/defaultSecurityGroup:DefaultSecurityGroup ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway
		ec2/internetGateway:InternetGateway ec2/networkAcl:NetworkAcl ec2/networkAclAssociation:NetworkAclAssociation
		ec2/route:Route ec2/routeTable:RouteTable ec2/routeTableAssociation:RouteTableAssociation
		ec2/securityGroup:SecurityGroup ec2/subnet:Subnet ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation
		vpc/securityGroupEgressRule:SecurityGroupEgressRule vpc/securityGroupIngressRule:SecurityGroupIngressRule`,
	encryption:  `kms/alias:Alias ebs/defaultKmsKey:DefaultKmsKey ebs/encryptionByDefault:EncryptionByDefault`,
	ownEvents:   `cloudwatch/eventRule:EventRule cloudwatch/eventTarget:EventTarget`,
	fewMessages: `sqs/queue:Queue sqs/queuePolicy:QueuePolicy`,
	ofCluster:   `eks/addon:Addon`,
	asItsLog: `ec2/flowLog:FlowLog route53/queryLog:QueryLog
		wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration`,
	asItsParent: `autoscaling/group:Group ec2/launchTemplate:LaunchTemplate ecs/cluster:Cluster
		ecs/taskDefinition:TaskDefinition lb/listener:Listener lb/listenerRule:ListenerRule lb/targetGroup:TargetGroup
		route53/record:Record route53/hostedZoneDnsSec:HostedZoneDnsSec route53/keySigningKey:KeySigningKey
		secretsmanager/secretVersion:SecretVersion shield/protection:Protection
		securityhub/standardsSubscription:StandardsSubscription sns/topicSubscription:TopicSubscription`,
	noCharge: `accessanalyzer/analyzer:Analyzer acm/certificate:Certificate acm/certificateValidation:CertificateValidation
		budgets/budget:Budget costexplorer/anomalyMonitor:AnomalyMonitor
		costexplorer/anomalySubscription:AnomalySubscription costexplorer/costAllocationTag:CostAllocationTag
		appautoscaling/policy:Policy appautoscaling/target:Target autoscaling/schedule:Schedule
		scheduler/schedule:Schedule`,
	onlySays: `backup/selection:Selection backup/restoreTestingSelection:RestoreTestingSelection backup/vault:Vault
		backup/vaultLockConfiguration:VaultLockConfiguration backup/vaultNotifications:VaultNotifications
		backup/vaultPolicy:VaultPolicy cfg/deliveryChannel:DeliveryChannel cfg/recorderStatus:RecorderStatus
		cloudfront/cachePolicy:CachePolicy cloudfront/originAccessControl:OriginAccessControl
		cloudfront/responseHeadersPolicy:ResponseHeadersPolicy
		cloudwatch/logDeliveryDestination:LogDeliveryDestination cloudwatch/logDeliverySource:LogDeliverySource
		cloudwatch/logResourcePolicy:LogResourcePolicy
		ec2/instanceMetadataDefaults:InstanceMetadataDefaults ecr/lifecyclePolicy:LifecyclePolicy
		ecr/pullThroughCacheRule:PullThroughCacheRule ecr/repositoryCreationTemplate:RepositoryCreationTemplate
		ecr/repositoryPolicy:RepositoryPolicy ecs/clusterCapacityProviders:ClusterCapacityProviders
		elasticache/parameterGroup:ParameterGroup elasticache/subnetGroup:SubnetGroup
		rds/parameterGroup:ParameterGroup rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup
		rds/proxyTarget:ProxyTarget rds/subnetGroup:SubnetGroup
		s3/accountPublicAccessBlock:AccountPublicAccessBlock
		s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2 s3/bucketLoggingV2:BucketLoggingV2
		s3/bucketOwnershipControls:BucketOwnershipControls s3/bucketPolicy:BucketPolicy
		s3/bucketPublicAccessBlock:BucketPublicAccessBlock
		s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2
		s3/bucketVersioningV2:BucketVersioningV2 secretsmanager/secretPolicy:SecretPolicy
		secretsmanager/secretRotation:SecretRotation sns/topicPolicy:TopicPolicy
		wafv2/webAclAssociation:WebAclAssociation`,
})

// invert makes a map by type of one by reason, for the types of a package.
func invert(pkg string, byReason map[string]string) map[string]string {
	all := map[string]string{}
	for reason, types := range byReason {
		for _, t := range strings.Fields(types) {
			all[pkg+":"+t] = reason
		}
	}
	return all
}

// freeOf says whether a resource costs nothing, and why. Objects of a cluster
// run on its nodes, but for those that have a controller make something.
func freeOf(r Resource) (reason string, ok bool) {
	if strings.HasPrefix(r.Type, "kubernetes:") {
		switch {
		case strings.HasSuffix(r.Type, ":PersistentVolumeClaim"):
			return "", false
		case strings.HasSuffix(r.Type, ":Service") && r.Inputs.at("spec.type") != nil && r.Inputs.at("spec.type") != "ClusterIP":
			return "", false
		}
		return onNodes, true
	}
	if r.Type == "aws:ec2/vpcEndpoint:VpcEndpoint" && (r.Inputs.at("vpcEndpointType") == nil || r.Inputs.at("vpcEndpointType") == "Gateway") {
		return "a gateway endpoint is free of charge", true
	}
	reason, ok = free[r.Type]
	return reason, ok
}
