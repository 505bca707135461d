package cost

import "maps"

// kinds are the types that cost something, each with how its domain is read. What
// costs nothing is in free; what is in neither is unpriced.
var kinds = joined(awsKinds, gcpKinds, azureKinds)

// joined are several maps as one: each cloud has types of its own.
func joined[V any](all ...map[string]V) map[string]V {
	one := map[string]V{}
	for _, m := range all {
		maps.Copy(one, m)
	}
	return one
}

// awsKinds are the types of AWS that cost something.
var awsKinds = map[string]kind{
	"aws:eks/cluster:Cluster":          newEksCluster,
	"aws:eks/nodeGroup:NodeGroup":      newNodeGroup,
	"aws:ecs/service:Service":          newFargateService,
	"aws:lb/loadBalancer:LoadBalancer": newLoadBalancer,

	"aws:rds/instance:Instance":                         newDatabase,
	"aws:rds/proxy:Proxy":                               newProxy,
	"aws:elasticache/replicationGroup:ReplicationGroup": newCacheNodes,
	"aws:elasticache/serverlessCache:ServerlessCache":   newServerlessCache,

	"aws:s3/bucketV2:BucketV2":                               newBucket,
	"aws:ecr/repository:Repository":                          newRepository,
	"aws:backup/plan:Plan":                                   newBackupPlan,
	"aws:s3/inventory:Inventory":                             of(metered{"objects listed", "s3/inventory", "objects.listedMillions", Million, Storage, true}),
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig": of(metered{"data copied to another region", "transfer/region", "objects.replicatedGB", GB, Storage, true}),
	"aws:backup/restoreTestingPlan:RestoreTestingPlan":       of(metered{"restore tests", "backup/restore-test", "backup.restoreTests", Month, Backup, true}),

	"aws:ec2/vpc:Vpc":                 newNetwork,
	"aws:ec2/natGateway:NatGateway":   newNATGateway,
	"aws:ec2/eip:Eip":                 newAddress,
	"aws:ec2/vpcEndpoint:VpcEndpoint": newEndpoint,

	"aws:cloudfront/distribution:Distribution": newDistribution,
	"aws:cloudfront/function:Function":         of(metered{"function calls", "cloudfront/function", "cdn.requestsMillions", Million, Edge, true}),
	"aws:route53/zone:Zone":                    newZone,
	"aws:wafv2/webAcl:WebAcl":                  newWebACL,
	"aws:shield/subscription:Subscription":     newShield,

	"aws:cloudwatch/logGroup:LogGroup":               newLogGroup,
	"aws:cloudwatch/metricAlarm:MetricAlarm":         newAlarm,
	"aws:cloudwatch/logMetricFilter:LogMetricFilter": newLogMetric,
	"aws:cloudwatch/logDelivery:LogDelivery":         newLogDelivery,
	"aws:sns/topic:Topic":                            newTopic,

	"aws:kms/key:Key":                               newKey,
	"aws:secretsmanager/secret:Secret":              newSecret,
	"aws:cloudtrail/trail:Trail":                    newTrail,
	"aws:cfg/recorder:Recorder":                     of(metered{"configuration items recorded", "config/item", "security.configItems", Record, Security, true}),
	"aws:cfg/rule:Rule":                             of(metered{"rule evaluations", "config/evaluation", "security.ruleEvaluationsThousand", Thousand, Security, true}),
	"aws:guardduty/detector:Detector":               of(metered{"events looked at", "guardduty/events", "security.eventsMillions", Million, Security, true}),
	"aws:guardduty/detectorFeature:DetectorFeature": of(metered{"further events looked at", "guardduty/features", "security.eventsMillions", Million, Security, true}),
	"aws:securityhub/account:Account":               of(metered{"security checks", "security-hub/checks", "security.checksThousand", Thousand, Security, true}),
	"aws:inspector2/enabler:Enabler":                of(metered{"instances and images scanned", "inspector/scans", "security.scans", Month, Security, true}),
}
