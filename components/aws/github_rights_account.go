package aws

import "maps"

// keyRights manage the stack's keys, which bear its tags, and let services use
// them for what is deployed.
func (b *githubBuilder) keyRights() []Statement {
	tagged := func(kind string) map[string][]string {
		all := map[string][]string{}
		for _, tag := range []string{"project", "stack"} {
			if value := b.Tags[tag]; value != "" {
				all["aws:"+kind+"/"+tag] = []string{value}
			}
		}
		return all
	}
	keys := b.some("kms", "key/")
	made := b.here("NewKeys", words("kms", "CreateKey"))
	maps.Copy(made.Condition["StringEquals"], tagged("RequestTag"))
	kept := allow("Keys", words("kms", `CancelKeyDeletion CreateAlias DeleteAlias DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy
		ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`), keys)
	kept.Condition = map[string]map[string][]string{"StringEquals": tagged("ResourceTag")}
	// A new key's tags come with it; its policy too.
	names := allow("KeyNames", words("kms", "CreateAlias DeleteAlias UpdateAlias"), b.own("kms", "alias/"))
	granted := allow("KeyGrants", words("kms", "CreateGrant"), keys)
	granted.Condition = map[string]map[string][]string{"StringEquals": tagged("ResourceTag"), "Bool": {"kms:GrantIsForAWSResource": {"true"}}}
	used := allow("KeysThroughServices", words("kms", "Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext"), keys)
	used.Condition = map[string]map[string][]string{
		"StringEquals": tagged("ResourceTag"),
		"StringLike":   {"kms:ViaService": {"*." + b.Region + ".amazonaws.com"}},
	}
	return []Statement{made, kept, names, granted, used}
}

// edgeRights are about services that answer the whole world: their resources lie
// in no region, or in the one that CloudFront reads from.
func (b *githubBuilder) edgeRights() []Statement {
	balancers := b.own("elasticloadbalancing", "loadbalancer/app/")
	account := func(service, kind string) string {
		return "arn:" + b.Partition + ":" + service + ":*:" + b.AccountID + ":" + kind
	}
	zone := func(kind string) string { return "arn:" + b.Partition + ":route53:::" + kind + "/*" }
	zones := allow("NewZones", words("route53", "CreateHealthCheck CreateHostedZone"), []string{"*"}) // cannot be limited
	zones.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {globalRegion}}}
	certificates := allow("NewCertificates", words("acm", "RequestCertificate"), []string{"*"}) // cannot be limited
	certificates.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {b.Region, globalRegion}}}
	return []Statement{
		allow("Distributions", words("cloudfront", `AllowVendedLogDeliveryForResource CreateCachePolicy CreateDistribution CreateFunction
			CreateInvalidation CreateOriginAccessControl CreateOriginRequestPolicy CreateResponseHeadersPolicy DeleteCachePolicy
			DeleteDistribution DeleteFunction DeleteOriginAccessControl DeleteOriginRequestPolicy DeleteResponseHeadersPolicy
			PublishFunction TagResource UntagResource UpdateCachePolicy UpdateDistribution UpdateFunction UpdateOriginAccessControl
			UpdateOriginRequestPolicy UpdateResponseHeadersPolicy`), []string{b.globalArn("cloudfront", "*")}),
		allow("Names", words("route53", `ActivateKeySigningKey ChangeResourceRecordSets ChangeTagsForResource CreateKeySigningKey
			CreateQueryLoggingConfig DeactivateKeySigningKey DeleteHealthCheck DeleteHostedZone DeleteKeySigningKey DeleteQueryLoggingConfig DisableHostedZoneDNSSEC
			EnableHostedZoneDNSSEC UpdateHealthCheck UpdateHostedZoneComment`), []string{zone("hostedzone"), zone("healthcheck"), zone("queryloggingconfig")}),
		zones, certificates,
		allow("Certificates", words("acm", "AddTagsToCertificate DeleteCertificate RemoveTagsFromCertificate UpdateCertificateOptions"), []string{account("acm", "certificate/*")}),
		allow("Firewalls", words("wafv2", `AssociateWebACL CreateIPSet CreateRegexPatternSet CreateRuleGroup CreateWebACL DeleteIPSet
			DeleteLoggingConfiguration DeleteRegexPatternSet DeleteRuleGroup DeleteWebACL DisassociateWebACL PutLoggingConfiguration
			TagResource UntagResource UpdateIPSet UpdateRegexPatternSet UpdateRuleGroup UpdateWebACL`), append(balancers, account("wafv2", "*"))),
		allow("Shield", words("shield", "CreateProtection DeleteProtection TagResource UntagResource"), []string{b.globalArn("shield", "protection/*"), account("elasticloadbalancing", "loadbalancer/app/*"), b.globalArn("cloudfront", "distribution/*")}),
	}
}

// watchRights are about logs, alarms, topics, schedules and budgets. Log groups
// and alarms of services that answer the whole world are in us-east-1.
func (b *githubBuilder) watchRights() []Statement {
	both := func(service string, kinds ...string) []string {
		far := *b.GithubOidcArgs
		far.Region = globalRegion
		there := (&githubBuilder{GithubOidcArgs: &far}).own(service, kinds...)
		if b.Region == globalRegion {
			return there
		}
		return append(b.own(service, kinds...), there...)
	}
	account := func(service, kind string) string {
		return "arn:" + b.Partition + ":" + service + ":*:" + b.AccountID + ":" + kind
	}
	logPolicies := allow("LogPolicies", words("logs", "DeleteResourcePolicy PutResourcePolicy"), []string{"*"}) // cannot be limited
	logPolicies.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {b.Region, globalRegion}}}
	return []Statement{
		allow("Logs", words("logs", `AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteMetricFilter DeleteRetentionPolicy DisassociateKmsKey
			PutMetricFilter PutRetentionPolicy TagLogGroup TagResource UntagLogGroup UntagResource`), both("logs", "log-group:*")),
		allow("LogDelivery", words("logs", `CreateDelivery DeleteDelivery DeleteDeliveryDestination DeleteDeliverySource PutDeliveryDestination
			PutDeliverySource TagResource UntagResource UpdateDeliveryConfiguration`), []string{
			account("logs", "delivery:*"), account("logs", "delivery-destination:*"), account("logs", "delivery-source:*"),
		}),
		logPolicies,
		allow("Alarms", words("cloudwatch", `DeleteAlarms DeleteDashboards PutCompositeAlarm PutDashboard PutMetricAlarm TagResource UntagResource`),
			append(both("cloudwatch", "alarm:"), b.globalArn("cloudwatch", "dashboard/"+b.Prefix+"-*"))),
		allow("Topics", words("sns", `CreateTopic DeleteTopic SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource Unsubscribe
			UntagResource`), both("sns", "")),
		allow("Queues", words("sqs", "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue"), b.own("sqs", "")),
		allow("Events", words("events", "DeleteRule DisableRule EnableRule PutRule PutTargets RemoveTargets TagResource UntagResource"), b.own("events", "rule/")),
		allow("Schedules", words("scheduler", `CreateSchedule CreateScheduleGroup DeleteSchedule DeleteScheduleGroup TagResource UntagResource
			UpdateSchedule`), append(b.own("scheduler", "schedule/*/", "schedule-group/"), b.arn("scheduler", "schedule/"+b.Prefix+"-*/*"))),
		allow("Budgets", words("budgets", "ModifyBudget TagResource UntagResource"), b.own("budgets", "budget/")),
		allow("Anomalies", words("ce", `CreateAnomalyMonitor CreateAnomalySubscription DeleteAnomalyMonitor DeleteAnomalySubscription TagResource
			UntagResource UpdateAnomalyMonitor UpdateAnomalySubscription`), []string{b.globalArn("ce", "anomalymonitor/*"), b.globalArn("ce", "anomalysubscription/*")}),
		allow("CostTags", words("ce", "UpdateCostAllocationTagsStatus"), []string{"*"}), // cannot be limited; a setting of the account
	}
}

// auditRights turn on and set what audits the account. What would turn it off is
// missing: see never.
func (b *githubBuilder) auditRights() []Statement {
	return []Statement{
		allow("Trail", words("cloudtrail", "AddTags CreateTrail PutEventSelectors PutInsightSelectors RemoveTags StartLogging UpdateTrail"), b.own("cloudtrail", "trail/")),
		// There is one of each in an account, and none has a name of the stack's.
		b.here("Account", append(append(words("config", "PutConfigurationRecorder PutDeliveryChannel StartConfigurationRecorder"),
			words("securityhub", "BatchDisableStandards BatchEnableStandards EnableSecurityHub UpdateSecurityHubConfiguration")...),
			append(words("guardduty", "CreateDetector"), append(words("inspector2", "Enable"), append(words("s3", "PutAccountPublicAccessBlock"),
				words("ec2", `DisableEbsEncryptionByDefault EnableEbsEncryptionByDefault ModifyEbsDefaultKmsKeyId ModifyInstanceMetadataDefaults
					ResetEbsDefaultKmsKeyId`)...)...)...)...)),
		allow("Rules", words("config", "DeleteConfigRule PutConfigRule TagResource UntagResource"), b.some("config", "config-rule/")),
		allow("Detector", words("guardduty", "TagResource UntagResource UpdateDetector"), b.some("guardduty", "detector/")),
		allow("Analyzer", words("access-analyzer", "CreateAnalyzer DeleteAnalyzer TagResource UntagResource UpdateAnalyzer"), b.own("access-analyzer", "analyzer/")),
	}
}

// passTo are the services that the program gives roles to.
var passTo = []string{
	"backup.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com", "dlm.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com",
	"ecs.amazonaws.com", "eks.amazonaws.com", "events.amazonaws.com", "monitoring.rds.amazonaws.com", "pods.eks.amazonaws.com", "rds.amazonaws.com",
	"s3.amazonaws.com", "scheduler.amazonaws.com", "vpc-flow-logs.amazonaws.com",
}

// linkedTo are the services whose own roles come into being with their first
// resource in an account.
var linkedTo = []string{
	"access-analyzer.amazonaws.com", "autoscaling.amazonaws.com", "backup.amazonaws.com", "config.amazonaws.com", "ecs.amazonaws.com", "eks-nodegroup.amazonaws.com",
	"eks.amazonaws.com", "elasticache.amazonaws.com", "elasticloadbalancing.amazonaws.com", "guardduty.amazonaws.com", "inspector2.amazonaws.com",
	"malware-protection.guardduty.amazonaws.com", "rds.amazonaws.com", "restore-testing.backup.amazonaws.com", "securityhub.amazonaws.com", "spot.amazonaws.com",
	"wafv2.amazonaws.com",
}

// identityRights are about roles and policies with the stack's name. A role gets
// its rights only within the boundary, so that nobody makes one that may more
// than its maker.
// Source: IAM user guide, "Delegating responsibility to others using permissions
// boundaries".
func (b *githubBuilder) identityRights() []Statement {
	roles := b.own("iam", "role/")
	bound := allow("RolesWithinBoundary", words("iam", `AttachRolePolicy CreateRole DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary
		PutRolePolicy`), roles)
	bound.Condition = map[string]map[string][]string{"StringEquals": {"iam:PermissionsBoundary": {b.boundaryARN()}}}
	pass := allow("PassRoles", words("iam", "PassRole"), append(roles, b.globalArn("iam", "role/aws-service-role/config.amazonaws.com/*")))
	pass.Condition = map[string]map[string][]string{"StringEquals": {"iam:PassedToService": passTo}}
	linked := allow("ServiceRoles", words("iam", "CreateServiceLinkedRole"), []string{b.globalArn("iam", "role/aws-service-role/*")})
	linked.Condition = map[string]map[string][]string{"StringEquals": {"iam:AWSServiceName": linkedTo}}
	all := []Statement{
		bound, pass, linked,
		allow("Roles", words("iam", "DeleteRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription"), roles),
		allow("Profiles", words("iam", `AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile RemoveRoleFromInstanceProfile
			TagInstanceProfile UntagInstanceProfile`), b.own("iam", "instance-profile/")),
		// The issuer of the cluster's service accounts, and no other: not GitHub's.
		allow("ClusterIssuer", words("iam", `AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider
			RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint`),
			[]string{b.globalArn("iam", "oidc-provider/oidc.eks."+b.Region+".amazonaws.com/*")}),
		allow("Policies", words("iam", "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion TagPolicy UntagPolicy"), b.own("iam", "policy/")),
	}
	if b.AssumeRole != "" {
		all = append(all, allow("Assume", words("sts", "AssumeRole"), []string{b.AssumeRole}))
	}
	return all
}
