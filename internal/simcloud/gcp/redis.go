package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	redisToken = "gcp:redis/instance:Instance"
	redisAgent = "cloud-redis"
)

var (
	redisName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,38}[a-z0-9]$`)
	// redisVersions are the versions that Memorystore offers.
	// Source: Memorystore for Redis docs, "Supported versions", read 2026-11.
	redisVersions = []string{"REDIS_3_2", "REDIS_4_0", "REDIS_5_0", "REDIS_6_X", "REDIS_7_0", "REDIS_7_2"}
	// redisConfigs are the parameters that can be set.
	// Source: Memorystore for Redis docs, "Supported Redis configurations", read
	// 2026-11.
	redisConfigs = []string{
		"activedefrag", "lfu-decay-time", "lfu-log-factor", "maxmemory-gb", "maxmemory-policy", "notify-keyspace-events",
		"stream-node-max-bytes", "stream-node-max-entries", "timeout", "lazyfree-lazy-eviction", "lazyfree-lazy-expire",
	}
)

// redisTypes is Memorystore for Redis.
// Source: Memorystore reference, projects.locations.instances; the provider's page
// of the resource for what replaces it; read 2026-11.
func redisTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: redisToken, Noun: "Redis instance", Auto: "name", AutoMax: 40, Takes: 8 * time.Minute,
		ID: func(op *simcloud.Op) string {
			return path(op, "locations", op.In.String("region"), "instances", op.In.String("name"))
		},
		Required: []string{"memorySizeGb", "region"},
		Replace: []string{
			"alternativeLocationId", "authorizedNetwork", "connectMode", "customerManagedKey", "locationId", "name", "project",
			"region", "reservedIpRange", "tier", "transitEncryptionMode",
		},
		ReplaceIf: func(old, in simcloud.Values) []string {
			// A version goes up in place; read replicas stay once they are there.
			var paths []string
			if slices.Index(redisVersions, in.String("redisVersion")) < slices.Index(redisVersions, old.String("redisVersion")) {
				paths = append(paths, "redisVersion")
			}
			if old.String("readReplicasMode") != in.String("readReplicasMode") {
				paths = append(paths, "readReplicasMode")
			}
			return paths
		},
		Refs: []simcloud.Ref{
			ref("authorizedNetwork", "googleapi: Error 404: Network %s was not found, notFound", networkToken),
			holding("customerManagedKey", "googleapi: Error 404: CryptoKey %s not found., notFound", keyToken),
		},
		Unique:   []simcloud.Unique{{Paths: []string{"region", "name"}, Words: "googleapi: Error 409: Resource 'projects/-/locations/%s/instances/%s' already exists, alreadyExists"}},
		Secrets:  []string{"authString"},
		Validate: validRedis,
		Refuse:   refuseRedis,
		Outputs:  redisOutputs,
	}}
}

func validRedis(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.Matches(in, "name", redisName), place(in, "region"),
		simcloud.OneOf(in, "tier", "BASIC", "STANDARD_HA"), simcloud.OneOf(in, "connectMode", "DIRECT_PEERING", "PRIVATE_SERVICE_ACCESS"),
		simcloud.OneOf(in, "transitEncryptionMode", "SERVER_AUTHENTICATION", "DISABLED"),
		simcloud.OneOf(in, "readReplicasMode", "READ_REPLICAS_DISABLED", "READ_REPLICAS_ENABLED"), simcloud.OneOf(in, "redisVersion", redisVersions...),
		simcloud.OneOf(in, "persistenceConfig.persistenceMode", "DISABLED", "RDB"),
		simcloud.OneOf(in, "persistenceConfig.rdbSnapshotPeriod", "ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"),
	)
	for _, w := range in.Objects("maintenancePolicy.weeklyMaintenanceWindows[]") {
		errs = append(errs, simcloud.Problems(
			simcloud.OneOf(w, "day", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"), simcloud.Between(w, "startTime.hours", 0, 23))...)
	}
	if configs, ok := in.Get("redisConfigs").(map[string]any); ok {
		for name := range configs {
			if !slices.Contains(redisConfigs, name) {
				errs = append(errs, refused(400, "badRequest", "Unsupported Redis config parameter: %s", name))
			}
		}
	}
	return errs
}

// refuseRedis is what Memorystore says of an instance.
// Source: Memorystore's words as in issue 14734 of
// hashicorp/terraform-provider-google and pull request 22 of
// terraform-google-modules/terraform-google-memorystore; Memorystore for Redis
// docs, "Read replicas overview"; read 2026-11.
func refuseRedis(op *simcloud.Op) error {
	in := op.In
	memory, copies := in.Int("memorySizeGb"), in.Int("replicaCount")
	reads, highly := in.String("readReplicasMode") == "READ_REPLICAS_ENABLED", in.String("tier") == "STANDARD_HA"
	switch {
	case memory < 1 || memory > 300:
		return refused(400, "badRequest", "Invalid memory_size_gb: %d. It must be between 1 and 300.", memory)
	case reads && !highly:
		return refused(400, "badRequest", "Read replicas are only supported for Standard Tier instances.")
	case reads && memory < 5:
		return refused(400, "badRequest", "Read replicas require a memory size of at least 5 GB, got %d.", memory)
	case in.Has("replicaCount") && !reads && (highly && copies != 1 || !highly && copies != 0):
		return refused(400, "badRequest", "Setting replica count requires read-replicas-mode to be \"READ_REPLICAS_ENABLED\"")
	case reads && in.Has("replicaCount") && (copies < 1 || copies > 5):
		return refused(400, "badRequest", "Invalid replica_count: %d. It must be between 1 and 5.", copies)
	case in.String("persistenceConfig.persistenceMode") == "RDB" && !in.Has("persistenceConfig.rdbSnapshotPeriod"):
		return refused(400, "badRequest", "rdb_snapshot_period is required when persistence_mode is RDB.")
	case in.String("connectMode") == "PRIVATE_SERVICE_ACCESS" && !hasConnection(op, in.String("authorizedNetwork")):
		return refused(400, "failedPrecondition", "Google private service access is not enabled. Enable private service access and try again. For information on enabling "+
			"private service access, see https://cloud.google.com/service-infrastructure/docs/enabling-private-services-access")
	}
	return encrypts(op, "customerManagedKey", redisAgent, in.String("region"))
}

func redisOutputs(op *simcloud.Op) simcloud.Values {
	zone := zones(op.In.String("region"))
	out := simcloud.Values{
		"project": op.Account, "host": fmt.Sprintf("10.200.1.%d", 3+int(op.Hex(1, "host")[0])%200), "port": 6379,
		"createTime": "2026-11-01T00:00:00Z", "persistenceIamIdentity": "serviceAccount:service-" + ProjectNumber + "@" + redisAgent + agentSuffix,
		"readEndpoint": "", "readEndpointPort": 0, "serverCaCerts": []any{},
	}
	if len(zone) > 0 && !op.In.Has("locationId") {
		out["locationId"], out["currentLocationId"] = zone[0], zone[0]
	}
	if op.In.String("transitEncryptionMode") == "SERVER_AUTHENTICATION" {
		out["port"] = 6378
		out["serverCaCerts"] = []any{map[string]any{
			"cert": "-----BEGIN CERTIFICATE-----\nsimulated " + op.Hex(12, "ca") + "\n-----END CERTIFICATE-----", "serialNumber": "1",
		}}
	}
	if op.In.Bool("authEnabled") {
		h := op.Hex(32, "auth")
		out["authString"] = h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	} else {
		out["authString"] = ""
	}
	if op.In.String("readReplicasMode") == "READ_REPLICAS_ENABLED" {
		out["readEndpoint"], out["readEndpointPort"] = fmt.Sprintf("10.200.2.%d", 3+int(op.Hex(1, "read")[0])%200), out["port"]
	}
	return out
}
