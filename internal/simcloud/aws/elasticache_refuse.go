package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// validateCacheGroup is what the provider says before it asks ElastiCache.
func validateCacheGroup(in simcloud.Values) []error {
	errs := simcloud.Problems(
		cacheIDProblem(in, "replicationGroupId"),
		simcloud.OneOf(in, "engine", "redis", "valkey"), simcloud.OneOf(in, "transitEncryptionMode", "preferred", "required"),
		simcloud.OneOf(in, "clusterMode", "enabled", "disabled", "compatible"),
		simcloud.Matches(in, "snapshotWindow", dayWindow), simcloud.Matches(in, "maintenanceWindow", weekWindow),
		simcloud.Between(in, "replicasPerNodeGroup", 0, 5), simcloud.Between(in, "snapshotRetentionLimit", 0, 35),
	)
	failover, multi := in.Bool("automaticFailoverEnabled"), in.Bool("multiAzEnabled")
	if multi && !failover {
		errs = append(errs, fmt.Errorf("automatic_failover_enabled must be true if multi_az_enabled is true"))
	}
	if in.Has("numCacheClusters") && in.Int("numCacheClusters") < 2 {
		for name, on := range map[string]bool{"automatic_failover_enabled": failover, "multi_az_enabled": multi} {
			if on {
				errs = append(errs, fmt.Errorf(`"num_cache_clusters": must be at least 2 if %s is true`, name))
				break
			}
		}
	}
	for _, pair := range [][2]string{
		{"numCacheClusters", "numNodeGroups"}, {"numCacheClusters", "replicasPerNodeGroup"}, {"authToken", "userGroupIds"},
	} {
		if in.Has(pair[0]) && in.Has(pair[1]) {
			errs = append(errs, fmt.Errorf("%q: conflicts with %s", pair[0], pair[1]))
		}
	}
	for _, log := range in.Objects("logDeliveryConfigurations[]") {
		errs = append(errs, simcloud.Problems(
			simcloud.OneOf(log, "logType", "slow-log", "engine-log"), simcloud.OneOf(log, "logFormat", "json", "text"),
			simcloud.OneOf(log, "destinationType", "cloudwatch-logs", "kinesis-firehose"),
		)...)
	}
	return errs
}

func cacheIDProblem(in simcloud.Values, path string) error {
	if id := in.String(path); id != "" && (len(id) > 40 || !cacheName.MatchString(id)) {
		return fmt.Errorf("InvalidParameterValue: The parameter %s is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; "+
			"must not end with a hyphen or contain two consecutive hyphens, and have at most 40 characters: %q", path, id)
	}
	return nil
}

// refuseCacheGroup is what ElastiCache says, in the order in which it asks.
func refuseCacheGroup(op *simcloud.Op) error {
	for _, refuse := range []func(*simcloud.Op) error{
		refuseCacheOffer, refuseCacheShape, refuseCacheGuards, refuseCachePlace,
	} {
		if err := refuse(op); err != nil {
			return err
		}
	}
	return cacheWindows(op.In)
}

func refuseCacheOffer(op *simcloud.Op) error {
	engine, version := op.In.String("engine"), op.In.String("engineVersion")
	if engine == "" {
		engine = "redis"
	}
	if !slices.Contains(cacheVersions[engine], version) {
		return combination("Cannot find version %s for %s", version, engine)
	}
	if node := op.In.String("nodeType"); !offersNode(node) {
		return badValue("Invalid Cache Node Type: %s", node)
	}
	if was := op.Old; was != nil && was.In.String("engine") == engine && version < was.In.String("engineVersion") {
		return combination("Engine downgrade from %s to %s is not supported.", was.In.String("engineVersion"), version)
	}
	name := op.In.String("parameterGroupName")
	family := strings.TrimSuffix(strings.TrimPrefix(name, "default."), ".cluster.on")
	if group := op.Find(cacheParameterGroupToken, "name", name); group != nil {
		family = group.In.String("family")
	}
	if want := cacheFamily(engine, version); name != "" && family != want {
		return combination("Expected a parameter group of family %s but found one of family %s", want, family)
	}
	return nil
}

// cacheFamily is the parameter group family of an engine's version.
func cacheFamily(engine, version string) string {
	major, _, _ := strings.Cut(version, ".")
	if engine == "redis" && major == "6" {
		major = "6.x"
	}
	return engine + major
}

func refuseCacheShape(op *simcloud.Op) error {
	shards, nodes := shape(op.In)
	switch {
	case clustered(op) && !op.In.Bool("automaticFailoverEnabled"):
		return badValue("Redis with cluster mode enabled cannot be created with auto failover turned off.")
	case !clustered(op) && shards > 1:
		return combination("Number of node groups greater than 1 needs a parameter group with cluster-enabled.")
	case op.In.Bool("multiAzEnabled") && nodes < 2:
		return combination("Must have at least 1 replica in each node group when Multi-AZ is enabled.")
	case shards > 90 || nodes > 6:
		return simcloud.Refusal("NodeGroupsPerReplicationGroupQuotaExceeded", "The request cannot be processed because it would exceed the maximum allowed number of node groups or nodes.")
	}
	return nil
}

func refuseCacheGuards(op *simcloud.Op) error {
	tls := op.In.Bool("transitEncryptionEnabled")
	switch {
	case op.In.Has("userGroupIds") && !tls:
		return combination("User group based access control requires encryption-in-transit to be enabled on Replication group")
	case op.In.Has("authToken") && !tls:
		return combination("The AUTH token is only supported when encryption-in-transit is enabled")
	case op.In.Has("kmsKeyId") && !op.In.Bool("atRestEncryptionEnabled"):
		return combination("A KMS key can be specified only when at-rest encryption is enabled.")
	}
	return cacheUsersFit(op, firstOf(op.In.Strings("userGroupIds[]")))
}

// cacheUsersFit refuses users of Valkey in a cache of Redis OSS.
func cacheUsersFit(op *simcloud.Op, id string) error {
	group := op.Find(cacheUserGroupToken, "userGroupId", id)
	if group != nil && group.In.String("engine") == "valkey" && op.In.String("engine") != "valkey" {
		return combination("User group %s with engine valkey can't be used with a cache of engine redis.", id)
	}
	return nil
}

// refuseCachePlace refuses networks and zones that do not fit together. The
// words about zones are ours.
func refuseCachePlace(op *simcloud.Op) error {
	group := op.Find(cacheSubnetGroupToken, "name", op.In.String("subnetGroupName"))
	if group == nil {
		return nil
	}
	vpcs, zones := subnetsOf(op, group.In.Strings("subnetIds[]"))
	if op.In.Bool("multiAzEnabled") && len(zones) < 2 {
		return simcloud.Refusal("InvalidVPCNetworkStateFault", "Multi-AZ needs subnets in at least two Availability Zones; the cache subnet group %s has %s.", group.ID, firstOf(zones))
	}
	return cacheGroupsAt(op, vpcs)
}

// cacheGroupsAt refuses security groups of another network.
func cacheGroupsAt(op *simcloud.Op, vpcs []string) error {
	for _, id := range op.In.Strings("securityGroupIds[]") {
		if sg := op.Find(dbSecurityGroupToken, "id", id); sg.Out.String("vpcId") != firstOf(vpcs) {
			return badValue("Security group %s and the subnets are in different VPCs.", id)
		}
	}
	return nil
}

// cacheWindows refuses a snapshot window that is shorter than an hour or meets
// the maintenance window.
func cacheWindows(in simcloud.Values) error {
	w := dayWindow.FindStringSubmatch(in.String("snapshotWindow"))
	if w == nil {
		return nil
	}
	const day = 24 * 60
	if (minuteOfDay(w[3], w[4])-minuteOfDay(w[1], w[2])+day)%day < 60 {
		return badValue("Invalid snapshot window: %s. The snapshot window must be at least 60 minutes.", in.String("snapshotWindow"))
	}
	err := windowProblem(simcloud.Values{"backupWindow": in.String("snapshotWindow"), "maintenanceWindow": in.String("maintenanceWindow")})
	if err != nil {
		return badValue("The snapshot window and maintenance window must not overlap.")
	}
	return nil
}

func validateCacheServerless(in simcloud.Values) []error {
	errs := simcloud.Problems(
		cacheIDProblem(in, "name"), simcloud.OneOf(in, "engine", "redis", "valkey", "memcached"),
		simcloud.Between(in, "cacheUsageLimits.dataStorage.maximum", 1, 5000), simcloud.Between(in, "cacheUsageLimits.dataStorage.minimum", 1, 5000),
		simcloud.OneOf(in, "cacheUsageLimits.dataStorage.unit", "GB"),
	)
	for _, limit := range in.Objects("cacheUsageLimits.ecpuPerSeconds[]") {
		errs = append(errs, simcloud.Problems(simcloud.Between(limit, "maximum", 1000, 15000000), simcloud.Between(limit, "minimum", 1000, 15000000))...)
	}
	// The type has none of a node's properties: the provider does not know them.
	for _, path := range []string{"nodeType", "numNodeGroups", "replicasPerNodeGroup", "numCacheClusters", "multiAzEnabled", "parameterGroupName", "subnetGroupName"} {
		if in.Has(path) {
			errs = append(errs, fmt.Errorf("unsupported argument: an argument named %q is not expected here: a serverless cache has no nodes", path))
		}
	}
	return errs
}

func refuseCacheServerless(op *simcloud.Op) error {
	majors := map[string][]string{"redis": {"7"}, "valkey": {"7", "8"}}[op.In.String("engine")]
	if major := op.In.String("majorEngineVersion"); major != "" && !slices.Contains(majors, major) {
		return combination("Cannot find version %s for %s", major, op.In.String("engine"))
	}
	if n := op.In.Int("snapshotRetentionLimit"); n < 0 || n > 35 {
		return badValue("Invalid snapshot retention limit: %d. Must be between 0 and 35.", n)
	}
	if err := cacheUsersFit(op, op.In.String("userGroupId")); err != nil {
		return err
	}
	ids := op.In.Strings("subnetIds[]")
	vpcs, zones := subnetsOf(op, ids)
	switch {
	case len(vpcs) > 1:
		return simcloud.Refusal("InvalidSubnet", "Subnets %s are not in the same VPC.", strings.Join(ids, " and "))
	case len(ids) > 0 && len(zones) < 2:
		return simcloud.Refusal("InvalidSubnet", "A serverless cache needs subnets in at least two Availability Zones; got %s.", firstOf(zones))
	case len(zones) < len(ids):
		return simcloud.Refusal("InvalidSubnet", "Only one subnet in each Availability Zone can be given.")
	}
	return cacheGroupsAt(op, vpcs)
}
