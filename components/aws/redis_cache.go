package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// network makes the security group: clients come in, and nothing goes out. A
// serverless cache answers readers on a port of their own.
func (b *redisBuilder) network() error {
	says := "Cache of " + b.Prefix + "-" + b.name + ", for its clients only"
	group, err := securityGroup(b.ctx, b.name, b.VpcID, says, b.tags("redis", b.name), pulumi.Parent(b.redis))
	if err != nil {
		return err
	}
	b.redis.SecurityGroupID = group.ID().ToStringOutput()
	last := redisPort
	if b.Nodes == nil {
		last++
	}
	for _, client := range slices.Sorted(maps.Keys(b.ClientSecurityGroups)) {
		name := b.name + "-from-" + client
		if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, name, &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId:           group.ID(),
			ReferencedSecurityGroupId: b.ClientSecurityGroups[client].ToStringOutput().ToStringPtrOutput(),
			IpProtocol:                pulumi.String("tcp"), FromPort: pulumi.Int(redisPort), ToPort: pulumi.Int(last),
			Description: pulumi.String("Redis from " + client), Tags: b.tags("redis", name),
		}, pulumi.Parent(b.redis)); err != nil {
			return fmt.Errorf("creating ingress rule %s: %w", name, err)
		}
	}
	return nil
}

// family is the parameter group family, such as valkey8.
func (b *redisBuilder) family() string {
	major, _, _ := strings.Cut(b.EngineVersion, ".")
	return b.Engine + major
}

// parameters makes the parameter group. A new major version gets a new group
// beside the old one, so its family is in its name.
func (b *redisBuilder) parameters() error {
	all := maps.Clone(b.Nodes.Parameters)
	if b.redis.Clustered {
		if all == nil {
			all = map[string]string{}
		}
		all["cluster-enabled"] = "yes"
	}
	var list elasticache.ParameterGroupParameterArray
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, elasticache.ParameterGroupParameterArgs{Name: pulumi.String(key), Value: pulumi.String(all[key])})
	}
	name := b.name + "-" + b.family()
	group, err := elasticache.NewParameterGroup(b.ctx, name, &elasticache.ParameterGroupArgs{
		Family: pulumi.String(b.family()), Description: pulumi.String("Parameters of " + b.Prefix + "-" + b.name),
		Parameters: list, Tags: b.tags("redis", name),
	}, pulumi.Parent(b.redis))
	if err != nil {
		return fmt.Errorf("creating parameter group %s: %w", name, err)
	}
	b.params = group
	return nil
}

// cacheLogs are the logs of a node: commands that took long, and what the engine
// says.
var cacheLogs = []string{"engine-log", "slow-log"}

func (b *redisBuilder) logs() (elasticache.ReplicationGroupLogDeliveryConfigurationArray, []pulumi.Resource, error) {
	var logs elasticache.ReplicationGroupLogDeliveryConfigurationArray
	var groups []pulumi.Resource
	for _, log := range cacheLogs {
		path := pulumi.String("/aws/elasticache/" + b.redis.Name + "/" + log)
		group, err := b.logGroup(b.ctx, "redis", b.name+"-"+log, path, b.LogKeyArn, b.LogDays, pulumi.Parent(b.redis))
		if err != nil {
			return nil, nil, err
		}
		logs = append(logs, elasticache.ReplicationGroupLogDeliveryConfigurationArgs{
			Destination: group.Name, DestinationType: pulumi.String("cloudwatch-logs"), LogFormat: pulumi.String("json"), LogType: pulumi.String(log),
		})
		groups = append(groups, group)
	}
	return logs, groups, nil
}

// nodes makes a cache of nodes.
func (b *redisBuilder) nodes() error {
	subnets, err := elasticache.NewSubnetGroup(b.ctx, b.name, &elasticache.SubnetGroupArgs{
		Description: pulumi.String("Data subnets of " + b.Prefix + "-" + b.name), SubnetIds: b.SubnetIDs, Tags: b.tags("redis", b.name),
	}, pulumi.Parent(b.redis))
	if err != nil {
		return fmt.Errorf("creating subnet group %s: %w", b.name, err)
	}
	logs, groups, err := b.logs()
	if err != nil {
		return err
	}
	n, r := b.Nodes, b.redis
	args := &elasticache.ReplicationGroupArgs{
		ReplicationGroupId: pulumi.String(r.Name), Description: pulumi.String("Cache of " + b.Prefix),
		Engine: pulumi.String(b.Engine), EngineVersion: pulumi.String(b.EngineVersion), NodeType: pulumi.String(n.Type),
		NumNodeGroups: pulumi.Int(n.Shards), ReplicasPerNodeGroup: pulumi.Int(n.Replicas),
		// Shards want failover even without a replica to fail over to.
		AutomaticFailoverEnabled: pulumi.Bool(n.Replicas > 0 || r.Clustered), MultiAzEnabled: pulumi.Bool(n.MultiAZ),
		ParameterGroupName: b.params.Name, SubnetGroupName: subnets.Name, SecurityGroupIds: pulumi.StringArray{r.SecurityGroupID},
		Port:                    pulumi.Int(redisPort),
		AtRestEncryptionEnabled: pulumi.Bool(true), KmsKeyId: b.KeyArn.ToStringOutput().ToStringPtrOutput(),
		TransitEncryptionEnabled: pulumi.Bool(true), TransitEncryptionMode: pulumi.String("required"),
		UserGroupIds:           pulumi.StringArray{b.userGroup.UserGroupId},
		SnapshotRetentionLimit: pulumi.Int(b.SnapshotDays), SnapshotWindow: pulumi.String(snapshotWindow),
		MaintenanceWindow: pulumi.String(cacheMaintenanceWindow), AutoMinorVersionUpgrade: pulumi.Bool(true),
		ApplyImmediately: pulumi.Bool(!b.Protect), LogDeliveryConfigurations: logs, Tags: b.tags("redis", b.name),
	}
	if !b.Disposable {
		// The subnet group's name is new for each incarnation, so that no final
		// snapshot meets that of an earlier cache.
		args.FinalSnapshotIdentifier = pulumi.Sprintf("%s-final", subnets.Name)
	}
	cache, err := elasticache.NewReplicationGroup(b.ctx, b.name, args, pulumi.Parent(r), pulumi.Protect(b.Protect),
		pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(groups))
	if err != nil {
		return fmt.Errorf("creating cache %s: %w", b.name, err)
	}
	r.Arn, r.Port, r.Host, r.Reader = cache.Arn, cache.Port.Elem(), cache.PrimaryEndpointAddress, cache.ReaderEndpointAddress
	if r.Clustered {
		r.Host, r.Reader = cache.ConfigurationEndpointAddress, cache.ConfigurationEndpointAddress
	}
	for shard := range n.Shards {
		for node := range n.Replicas + 1 {
			id := fmt.Sprintf("-%03d", node+1)
			if r.Clustered {
				id = fmt.Sprintf("-%04d-%03d", shard+1, node+1)
			}
			r.NodeNames[fmt.Sprintf("shard-%d-node-%d", shard+1, node+1)] = pulumi.Sprintf("%s%s", cache.ReplicationGroupId, id)
		}
	}
	return nil
}

// serverless makes a cache without nodes. It is highly available by itself.
func (b *redisBuilder) serverless() error {
	r, l := b.redis, b.Serverless
	major, _, _ := strings.Cut(b.EngineVersion, ".")
	cache, err := elasticache.NewServerlessCache(b.ctx, b.name, &elasticache.ServerlessCacheArgs{
		Name: pulumi.String(r.Name), Description: pulumi.String("Cache of " + b.Prefix),
		Engine: pulumi.String(b.Engine), MajorEngineVersion: pulumi.String(major),
		CacheUsageLimits: elasticache.ServerlessCacheCacheUsageLimitsArgs{
			DataStorage: elasticache.ServerlessCacheCacheUsageLimitsDataStorageArgs{Maximum: pulumi.Int(l.StorageGB), Unit: pulumi.String("GB")},
			EcpuPerSeconds: elasticache.ServerlessCacheCacheUsageLimitsEcpuPerSecondArray{
				elasticache.ServerlessCacheCacheUsageLimitsEcpuPerSecondArgs{Maximum: pulumi.Int(l.ECPUs)},
			},
		},
		KmsKeyId: b.KeyArn.ToStringOutput().ToStringPtrOutput(), SubnetIds: b.SubnetIDs, SecurityGroupIds: pulumi.StringArray{r.SecurityGroupID},
		UserGroupId: b.userGroup.UserGroupId, DailySnapshotTime: pulumi.String(snapshotTime), SnapshotRetentionLimit: pulumi.Int(b.SnapshotDays),
		Tags: b.tags("redis", b.name),
	}, pulumi.Parent(r), pulumi.Protect(b.Protect), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("creating cache %s: %w", b.name, err)
	}
	r.Arn = cache.Arn
	r.Host = cache.Endpoints.Index(pulumi.Int(0)).Address()
	r.Port = cache.Endpoints.Index(pulumi.Int(0)).Port()
	r.Reader = cache.ReaderEndpoints.Index(pulumi.Int(0)).Address()
	return nil
}
