package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// cache puts all that a cache needs, and returns the inputs of one with nodes.
func (c *dataCloud) cache() simcloud.Values {
	c.t.Helper()
	c.network()
	key := c.must(keyToken, simcloud.Values{"policy": logsKeyPolicy}).Out.String("arn")
	c.must(logGroupToken, simcloud.Values{"name": "/aws/elasticache/c-1/slow-log", "kmsKeyId": key})
	c.must(cacheSubnetGroupToken, simcloud.Values{"name": "cache", "subnetIds": []string{"subnet-a", "subnet-b"}})
	c.must(cacheSubnetGroupToken, simcloud.Values{"name": "one-zone", "subnetIds": []string{"subnet-a", "subnet-a2"}})
	c.must(cacheParameterGroupToken, simcloud.Values{"name": "valkey8", "family": "valkey8"})
	c.must(cacheParameterGroupToken, simcloud.Values{"name": "redis7", "family": "redis7"})
	c.must(cacheParameterGroupToken, simcloud.Values{
		"name": "sharded", "family": "valkey8", "parameters": []any{map[string]any{"name": "cluster-enabled", "value": "yes"}},
	})
	c.must(cacheUserToken, iamUser("app", "valkey"))
	c.must(cacheUserGroupToken, simcloud.Values{"userGroupId": "users", "engine": "valkey", "userIds": []string{"app"}})
	return simcloud.Values{
		"replicationGroupId": "c-1", "description": "test", "engine": "valkey", "engineVersion": "8.1", "nodeType": "cache.m7g.large",
		"numNodeGroups": 1, "replicasPerNodeGroup": 1, "automaticFailoverEnabled": true, "multiAzEnabled": true,
		"subnetGroupName": "cache", "parameterGroupName": "valkey8", "securityGroupIds": []string{"sg-1"},
		"atRestEncryptionEnabled": true, "kmsKeyId": key, "transitEncryptionEnabled": true, "transitEncryptionMode": "required",
		"userGroupIds": []string{"users"}, "snapshotRetentionLimit": 1, "snapshotWindow": "02:00-03:00", "maintenanceWindow": "sun:04:00-sun:05:00",
		"logDeliveryConfigurations": []any{map[string]any{
			"destination": "/aws/elasticache/c-1/slow-log", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log",
		}},
	}
}

const logsKeyPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"},` +
	`{"Effect":"Allow","Principal":{"Service":"logs.eu-west-1.amazonaws.com"},"Action":"kms:GenerateDataKey","Resource":"*"}]}`

func iamUser(id, engine string) simcloud.Values {
	return simcloud.Values{
		"userId": id, "userName": id, "engine": engine, "accessString": "on ~* +@all", "authenticationMode": map[string]any{"type": "iam"},
	}
}

func TestCacheGroupRefusals(t *testing.T) {
	const badID = "InvalidParameterValue: The parameter replicationGroupId is not a valid identifier."
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":                      {nil, ""},
		"taken":                     {simcloud.Values{"replicationGroupId": "taken"}, "ReplicationGroupAlreadyExists: Replication group taken already exists"},
		"id long":                   {simcloud.Values{"replicationGroupId": strings.Repeat("a", 41)}, badID},
		"id hyphens":                {simcloud.Values{"replicationGroupId": "a--b"}, badID},
		"engine":                    {simcloud.Values{"engine": "memcached"}, "expected engine to be one of"},
		"version":                   {simcloud.Values{"engineVersion": "9.9"}, "InvalidParameterCombination: Cannot find version 9.9 for valkey"},
		"version of another engine": {simcloud.Values{"engine": "redis"}, "InvalidParameterCombination: Cannot find version 8.1 for redis"},
		"node":                      {simcloud.Values{"nodeType": "m7g.large"}, "InvalidParameterValue: Invalid Cache Node Type: m7g.large"},
		"family":                    {simcloud.Values{"parameterGroupName": "redis7"}, "InvalidParameterCombination: Expected a parameter group of family valkey8 but found one of family redis7"},
		"default parameters":        {simcloud.Values{"parameterGroupName": "default.valkey8"}, ""},
		"parameter group unknown":   {simcloud.Values{"parameterGroupName": "none"}, "CacheParameterGroupNotFound: "},
		"Multi-AZ alone":            {simcloud.Values{"automaticFailoverEnabled": false}, "automatic_failover_enabled must be true if multi_az_enabled is true"},
		"Multi-AZ without replicas": {simcloud.Values{"replicasPerNodeGroup": 0}, "InvalidParameterCombination: Must have at least 1 replica in each node group"},
		"Multi-AZ in one zone":      {simcloud.Values{"subnetGroupName": "one-zone"}, "InvalidVPCNetworkStateFault: "},
		"failover of one": {simcloud.Values{"numNodeGroups": nil, "replicasPerNodeGroup": nil, "numCacheClusters": 1, "multiAzEnabled": false},
			`"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true`},
		"two ways to count":      {simcloud.Values{"numCacheClusters": 2}, `"numCacheClusters": conflicts with numNodeGroups`},
		"shards":                 {simcloud.Values{"numNodeGroups": 3, "parameterGroupName": "sharded"}, ""},
		"shards, no cluster":     {simcloud.Values{"numNodeGroups": 3}, "InvalidParameterCombination: Number of node groups greater than 1"},
		"cluster, no failover":   {simcloud.Values{"parameterGroupName": "sharded", "automaticFailoverEnabled": false, "multiAzEnabled": false}, "InvalidParameterValue: Redis with cluster mode enabled cannot be created with auto failover turned off."},
		"shards, too many":       {simcloud.Values{"numNodeGroups": 91, "parameterGroupName": "sharded"}, "NodeGroupsPerReplicationGroupQuotaExceeded: "},
		"replicas":               {simcloud.Values{"replicasPerNodeGroup": 6}, "expected replicasPerNodeGroup to be in the range (0 - 5)"},
		"users without TLS":      {simcloud.Values{"transitEncryptionEnabled": false}, "InvalidParameterCombination: User group based access control requires encryption-in-transit"},
		"token without TLS":      {simcloud.Values{"transitEncryptionEnabled": false, "userGroupIds": nil, "authToken": "x"}, "InvalidParameterCombination: The AUTH token is only supported"},
		"token and users":        {simcloud.Values{"authToken": "x"}, `"authToken": conflicts with userGroupIds`},
		"user group unknown":     {simcloud.Values{"userGroupIds": []string{"none"}}, "UserGroupNotFound: User group none not found."},
		"users of Valkey":        {simcloud.Values{"engine": "redis", "engineVersion": "7.1", "parameterGroupName": "redis7"}, "InvalidParameterCombination: User group users with engine valkey can't be used"},
		"key without encryption": {simcloud.Values{"atRestEncryptionEnabled": nil}, "InvalidParameterCombination: A KMS key can be specified only"},
		"key unknown":            {simcloud.Values{"kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/none"}, "InvalidParameterValue: The KMS key"},
		"subnet group unknown":   {simcloud.Values{"subnetGroupName": "none"}, "CacheSubnetGroupNotFoundFault: "},
		"security group unknown": {simcloud.Values{"securityGroupIds": []string{"sg-0"}}, "InvalidParameterValue: Invalid security group , groupId= sg-0"},
		"security group's VPC":   {simcloud.Values{"securityGroupIds": []string{"sg-2"}}, "InvalidParameterValue: Security group sg-2"},
		"snapshots":              {simcloud.Values{"snapshotRetentionLimit": 36}, "expected snapshotRetentionLimit to be in the range (0 - 35)"},
		"window short":           {simcloud.Values{"snapshotWindow": "02:00-02:30"}, "InvalidParameterValue: Invalid snapshot window"},
		"windows overlap":        {simcloud.Values{"maintenanceWindow": "sun:02:30-sun:03:30"}, "InvalidParameterValue: The snapshot window and maintenance window must not overlap."},
		"log group unknown":      {simcloud.Values{"logDeliveryConfigurations": []any{map[string]any{"destination": "none"}}}, "InvalidParameterValue: The destination log group none"},
		"log type":               {simcloud.Values{"logDeliveryConfigurations": []any{map[string]any{"logType": "audit"}}}, "expected logType to be one of"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			in := c.cache()
			c.must(cacheGroupToken, edited(in, simcloud.Values{"replicationGroupId": "taken"}))
			_, err := c.create(cacheGroupToken, edited(in, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestCacheGroupChanges(t *testing.T) {
	c := newDataCloud(t)
	in := c.cache()
	r := c.must(cacheGroupToken, in)
	if got := r.Out.Strings("memberClusters[]"); len(got) != 2 || got[1] != "c-1-002" || r.Out.String("primaryEndpointAddress") == "" {
		t.Errorf("got the nodes %v at %q", got, r.Out.String("primaryEndpointAddress"))
	}
	_, err := c.Update(dataSession, cacheGroupToken, r.ID, "", edited(in, simcloud.Values{"engineVersion": "8.0"}))
	dataRefused(t, err, "InvalidParameterCombination: Engine downgrade from 8.1 to 8.0")
	if got := cacheGroup().Replaces(simcloud.Values{"engine": "valkey"}, simcloud.Values{"engine": "redis"}, []string{"engine"}); len(got) != 1 {
		t.Error("Valkey becomes Redis OSS in place")
	}
	if got := cacheGroup().Replaces(simcloud.Values{"engine": "redis"}, simcloud.Values{"engine": "valkey"}, []string{"engine"}); len(got) != 0 {
		t.Error("Redis OSS does not become Valkey in place")
	}
}

func TestCacheInUse(t *testing.T) {
	c := newDataCloud(t)
	r := c.must(cacheGroupToken, edited(c.cache(), simcloud.Values{"finalSnapshotIdentifier": "last"}))
	for token, want := range map[string][2]string{
		cacheSubnetGroupToken:    {"cache", "CacheSubnetGroupInUse: Cache subnet group cache is currently in use"},
		cacheParameterGroupToken: {"valkey8", "InvalidCacheParameterGroupState: "},
		cacheUserGroupToken:      {"users", "InvalidUserGroupState: User group users"},
		dbSecurityGroupToken:     {"sg-1", "DependencyViolation"},
	} {
		dataRefused(t, c.Delete(dataSession, token, want[0]), want[1])
	}
	dataRefused(t, c.Delete(dataSession, cacheUserToken, "app"), "")
	dataRefused(t, c.Delete(dataSession, cacheGroupToken, r.ID), "")
	c.must(cacheUserToken, iamUser("app", "valkey"))
	again := c.must(cacheGroupToken, r.In)
	dataRefused(t, c.Delete(dataSession, cacheGroupToken, again.ID), "SnapshotAlreadyExistsFault: Snapshot last already exists.")
}

func TestCacheServerlessRefusals(t *testing.T) {
	limits := func(gb, ecpus int) map[string]any {
		return map[string]any{"dataStorage": map[string]any{"maximum": gb, "unit": "GB"}, "ecpuPerSeconds": []any{map[string]any{"maximum": ecpus}}}
	}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":           {nil, ""},
		"taken":          {simcloud.Values{"name": "taken"}, "ServerlessCacheAlreadyExistsFault: "},
		"node":           {simcloud.Values{"nodeType": "cache.m7g.large"}, `unsupported argument: an argument named "nodeType" is not expected here`},
		"version":        {simcloud.Values{"majorEngineVersion": "6"}, "InvalidParameterCombination: Cannot find version 6 for valkey"},
		"one zone":       {simcloud.Values{"subnetIds": []string{"subnet-a"}}, "InvalidSubnet: "},
		"one zone twice": {simcloud.Values{"subnetIds": []string{"subnet-a", "subnet-a2", "subnet-b"}}, "InvalidSubnet: Only one subnet in each"},
		"two networks":   {simcloud.Values{"subnetIds": []string{"subnet-a", "subnet-x"}}, "InvalidSubnet: Subnets subnet-a and subnet-x are not in the same VPC."},
		"subnet unknown": {simcloud.Values{"subnetIds": []string{"subnet-0"}}, "InvalidParameterValue: Some input subnets in :[subnet-0] are invalid."},
		"security group": {simcloud.Values{"securityGroupIds": []string{"sg-2"}}, "InvalidParameterValue: Security group sg-2"},
		"storage":        {simcloud.Values{"cacheUsageLimits": limits(5001, 5000)}, "expected cacheUsageLimits.dataStorage.maximum to be in the range (1 - 5000)"},
		"ecpus":          {simcloud.Values{"cacheUsageLimits": limits(5, 999)}, "expected maximum to be in the range (1000 - 15000000)"},
		"snapshots":      {simcloud.Values{"snapshotRetentionLimit": 36}, "InvalidParameterValue: Invalid snapshot retention limit: 36."},
		"users":          {simcloud.Values{"engine": "redis", "majorEngineVersion": "7"}, "InvalidParameterCombination: User group users with engine valkey"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			key := c.cache().String("kmsKeyId")
			in := simcloud.Values{
				"name": "s-1", "engine": "valkey", "majorEngineVersion": "8", "subnetIds": []string{"subnet-a", "subnet-b"}, "securityGroupIds": []string{"sg-1"},
				"kmsKeyId": key, "userGroupId": "users", "cacheUsageLimits": limits(10, 5000), "snapshotRetentionLimit": 1,
			}
			c.must(cacheServerlessToken, edited(in, simcloud.Values{"name": "taken"}))
			_, err := c.create(cacheServerlessToken, edited(in, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestCacheUserRefusals(t *testing.T) {
	none := map[string]any{"type": "no-password-required"}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":                  {nil, ""},
		"taken":                 {simcloud.Values{"userId": "taken", "userName": "taken"}, "UserAlreadyExists: User taken already exists."},
		"id":                    {simcloud.Values{"userId": "9a"}, "invalid value for userId"},
		"another name":          {simcloud.Values{"userName": "other"}, "InvalidParameterCombination: User Id and User name must be same for authentication type: iam"},
		"no authentication":     {simcloud.Values{"authenticationMode": nil}, "InvalidParameterValue: Input Authentication type: null is not in the allowed list"},
		"authentication":        {simcloud.Values{"authenticationMode": map[string]any{"type": "token"}}, "expected authenticationMode.type to be one of"},
		"nobody, Valkey":        {simcloud.Values{"authenticationMode": none}, "InvalidParameterCombination: Authentication type: no-password-required"},
		"nobody, Redis OSS":     {simcloud.Values{"authenticationMode": none, "engine": "redis"}, ""},
		"password in its rules": {simcloud.Values{"accessString": "on >hunter22 ~* +@all"}, "InvalidParameterValue: Access string cannot contain passwords or reset"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(cacheUserToken, iamUser("taken", "valkey"))
			_, err := c.create(cacheUserToken, edited(iamUser("app", "valkey"), tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestCacheUserGroupRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		engine string
		users  []string
		want   string
	}{
		"good Valkey":     {"valkey", []string{"app"}, ""},
		"good Redis OSS":  {"redis", []string{"app", "off"}, ""},
		"no default":      {"redis", []string{"app"}, "DefaultUserRequired: User group needs to contain a user with the user name default."},
		"nobody, Valkey":  {"valkey", []string{"app", "off"}, "InvalidParameterCombination: User off without authentication"},
		"user unknown":    {"valkey", []string{"none"}, "UserNotFound: User none not found."},
		"same name twice": {"redis", []string{"off", "off-2"}, "DuplicateUserName: "},
		"another engine":  {"memcached", []string{"app"}, "expected engine to be one of"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(cacheUserToken, iamUser("app", "redis"))
			for _, id := range []string{"off", "off-2"} {
				c.must(cacheUserToken, edited(iamUser(id, "redis"), simcloud.Values{
					"userName": "default", "accessString": "off -@all", "authenticationMode": map[string]any{"type": "no-password-required"},
				}))
			}
			_, err := c.create(cacheUserGroupToken, simcloud.Values{"userGroupId": "g", "engine": tt.engine, "userIds": tt.users})
			dataRefused(t, err, tt.want)
			if tt.want == "" && tt.engine == "redis" {
				dataRefused(t, c.Delete(dataSession, cacheUserToken, "off"), "DefaultUserAssociatedToUserGroup: ")
			}
		})
	}
}

func TestCacheGroupsOfPartsRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		token string
		in    simcloud.Values
		want  string
	}{
		"subnets of two networks": {cacheSubnetGroupToken, simcloud.Values{"name": "x", "subnetIds": []string{"subnet-a", "subnet-x"}}, "InvalidSubnet: Subnets subnet-a and subnet-x are not in the same VPC."},
		"subnet unknown":          {cacheSubnetGroupToken, simcloud.Values{"name": "x", "subnetIds": []string{"subnet-0"}}, "InvalidParameterValue: Some input subnets in :[subnet-0] are invalid."},
		"subnet group taken":      {cacheSubnetGroupToken, simcloud.Values{"name": "cache", "subnetIds": []string{"subnet-a"}}, "CacheSubnetGroupAlreadyExists: "},
		"subnet group default":    {cacheSubnetGroupToken, simcloud.Values{"name": "default", "subnetIds": []string{"subnet-a"}}, `ElastiCache Subnet Group name cannot be "default"`},
		"family":                  {cacheParameterGroupToken, simcloud.Values{"name": "x", "family": "valkey6"}, "InvalidParameterValue: CacheParameterGroupFamily valkey6"},
		"parameter":               {cacheParameterGroupToken, simcloud.Values{"name": "x", "family": "valkey8", "parameters": []any{map[string]any{"name": "Max Memory"}}}, "InvalidParameterValue: Could not find parameter with name: Max Memory"},
		"parameter group taken":   {cacheParameterGroupToken, simcloud.Values{"name": "valkey8", "family": "valkey8"}, "CacheParameterGroupAlreadyExists: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.cache()
			_, err := c.create(tt.token, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}

func TestShortRegion(t *testing.T) {
	for region, want := range map[string]string{"eu-west-1": "euw1", "us-east-1": "use1", "ap-southeast-2": "apse2", "eu-central-1": "euc1", "ap-northeast-1": "apne1"} {
		if got := shortRegion(region); got != want {
			t.Errorf("%s: got %s, want %s", region, got, want)
		}
	}
}
