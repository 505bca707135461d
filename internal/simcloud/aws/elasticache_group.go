package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// cacheVersions are the versions that ElastiCache makes caches of.
// Source: ElastiCache user guide, "Supported engines and versions", read 2026-11.
var cacheVersions = map[string][]string{
	"redis":  {"6.0", "6.2", "7.0", "7.1"},
	"valkey": {"7.2", "8.0", "8.1", "8.2"},
}

// cacheNodes are the families of nodes with their sizes.
// Source: ElastiCache user guide, "Supported node types", read 2026-11.
var cacheNodes = map[string]string{
	"t3": "micro small medium", "t4g": "micro small medium",
	"m5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge", "m6g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"m7g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"r5":  "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge", "r6g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"r7g":  "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"c7gn": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
}

func offersNode(node string) bool {
	name, isNode := strings.CutPrefix(node, "cache.")
	family, size, _ := strings.Cut(name, ".")
	return isNode && slices.Contains(strings.Fields(cacheNodes[family]), size)
}

// cacheRefs are what both kinds of cache stand in.
func cacheRefs(userGroup string) []simcloud.Ref {
	return []simcloud.Ref{{
		Path: "securityGroupIds[]", To: []string{dbSecurityGroupToken}, Holds: true,
		Missing: "InvalidParameterValue: Invalid security group , groupId= %s, groupName=.",
	}, {
		Path: userGroup, To: []string{cacheUserGroupToken}, Holds: true, Missing: "UserGroupNotFound: User group %s not found.",
	}, {
		Path: "kmsKeyId", To: []string{keyToken}, By: "arn", Missing: "InvalidParameterValue: The KMS key %s does not exist or is not accessible.",
	}}
}

func cacheGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: cacheGroupToken, Noun: "replication group", IDFrom: "replicationGroupId", Auto: "replicationGroupId", AutoMax: 40,
		Takes:    8 * time.Minute,
		Required: []string{"description"},
		Replace: []string{
			"replicationGroupId", "atRestEncryptionEnabled", "kmsKeyId", "subnetGroupName", "port", "dataTieringEnabled",
			"securityGroupNames", "snapshotName", "snapshotArns", "globalReplicationGroupId", "networkType",
		},
		ReplaceIf: cacheEngineReplaces,
		Refs: append(cacheRefs("userGroupIds[]"), simcloud.Ref{
			Path: "subnetGroupName", To: []string{cacheSubnetGroupToken}, By: "name", Holds: true,
			Missing: "CacheSubnetGroupNotFoundFault: Cache Subnet Group %s does not exist.",
		}, simcloud.Ref{
			Path: "parameterGroupName", To: []string{cacheParameterGroupToken}, By: "name", Holds: true, Foreign: isDefault,
			Missing: "CacheParameterGroupNotFound: CacheParameterGroup not found: %s",
		}, simcloud.Ref{
			Path: "logDeliveryConfigurations[].destination", To: []string{logGroupToken},
			Missing: "InvalidParameterValue: The destination log group %s does not exist.",
		}),
		Unique:   []simcloud.Unique{{Paths: []string{"replicationGroupId"}, Words: "ReplicationGroupAlreadyExists: Replication group %s already exists"}},
		InUse:    "InvalidReplicationGroupState: Replication group %s is in use",
		Validate: validateCacheGroup,
		Refuse:   refuseCacheGroup,
		Outputs:  cacheGroupOutputs,
		Delete:   deleteCacheGroup,
		Secrets:  []string{"authToken"},
	}
}

// cacheEngineReplaces: Redis OSS becomes Valkey in place, but not the reverse.
func cacheEngineReplaces(old, new simcloud.Values) []string {
	if old.String("engine") == "valkey" && new.String("engine") != "valkey" {
		return []string{"engine"}
	}
	return nil
}

// clustered says whether the data is split over shards.
func clustered(op *simcloud.Op) bool {
	group := op.Find(cacheParameterGroupToken, "name", op.In.String("parameterGroupName"))
	if group == nil {
		return strings.HasSuffix(op.In.String("parameterGroupName"), ".cluster.on")
	}
	for _, p := range group.In.Objects("parameters[]") {
		if p.String("name") == "cluster-enabled" {
			return p.String("value") == "yes"
		}
	}
	return false
}

// shape is the number of shards and of the nodes in each.
func shape(in simcloud.Values) (shards, nodes int) {
	if in.Has("numNodeGroups") || in.Has("replicasPerNodeGroup") {
		return max(1, in.Int("numNodeGroups")), 1 + in.Int("replicasPerNodeGroup")
	}
	return 1, max(1, in.Int("numCacheClusters"))
}

func cacheGroupOutputs(op *simcloud.Op) simcloud.Values {
	shards, nodes := shape(op.In)
	out := simcloud.Values{
		"arn": arn(op, "elasticache", "replicationgroup:"+op.ID), "engineVersionActual": op.In.String("engineVersion") + ".0",
		"numNodeGroups": shards, "replicasPerNodeGroup": nodes - 1, "numCacheClusters": shards * nodes, "clusterEnabled": clustered(op),
		"port": 6379,
	}
	host := func(role string) string {
		return role + "." + op.ID + "." + endpointHash(op)[1:7] + "." + shortRegion(op.Region) + ".cache.amazonaws.com"
	}
	var members []string
	for shard := range shards {
		for node := range nodes {
			if clustered(op) {
				members = append(members, fmt.Sprintf("%s-%04d-%03d", op.ID, shard+1, node+1))
			} else {
				members = append(members, fmt.Sprintf("%s-%03d", op.ID, node+1))
			}
		}
	}
	out["memberClusters"] = members
	if clustered(op) {
		out["configurationEndpointAddress"] = host("clustercfg")
	} else {
		out["primaryEndpointAddress"], out["readerEndpointAddress"] = host("master"), host("replica")
	}
	return out
}

// shortRegion is a region as ElastiCache's host names have it: eu-west-1 is euw1.
func shortRegion(region string) string {
	parts := strings.Split(region, "-")
	middle := strings.NewReplacer("northeast", "ne", "southeast", "se", "north", "n", "south", "s", "east", "e", "west", "w", "central", "c").Replace(parts[1])
	return parts[0] + middle + parts[len(parts)-1]
}

// deleteCacheGroup leaves a final snapshot where one is asked for.
func deleteCacheGroup(op *simcloud.Op) error {
	name := op.In.String("finalSnapshotIdentifier")
	if name == "" {
		return nil
	}
	if op.Find(cacheSnapshotToken, "id", name) != nil {
		return simcloud.Refusal("SnapshotAlreadyExistsFault", "Snapshot %s already exists.", name)
	}
	op.Side(cacheSnapshotToken, name, simcloud.Values{"name": name, "replicationGroupId": op.ID, "status": "available"})
	return nil
}

func cacheServerless() *simcloud.Type {
	return &simcloud.Type{
		Token: cacheServerlessToken, Noun: "serverless cache", IDFrom: "name", Auto: "name", AutoMax: 40, Takes: 2 * time.Minute,
		Required:  []string{"engine"},
		Replace:   []string{"name", "kmsKeyId", "subnetIds", "snapshotArnsToRestores"},
		ReplaceIf: cacheEngineReplaces,
		Refs: append(cacheRefs("userGroupId"), simcloud.Ref{
			Path: "subnetIds[]", To: []string{dbSubnetToken}, Holds: true,
			Missing: "InvalidParameterValue: Some input subnets in :[%s] are invalid.",
		}),
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "ServerlessCacheAlreadyExistsFault: Serverless cache %s already exists."}},
		Validate: validateCacheServerless,
		Refuse:   refuseCacheServerless,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			host := op.ID + "-" + endpointHash(op)[1:7] + ".serverless." + shortRegion(op.Region) + ".cache.amazonaws.com"
			return simcloud.Values{
				"arn": arn(op, "elasticache", "serverlesscache:"+op.ID), "status": "available",
				"endpoints":       []any{map[string]any{"address": host, "port": 6379}},
				"readerEndpoints": []any{map[string]any{"address": host, "port": 6380}},
			}
		},
	}
}
