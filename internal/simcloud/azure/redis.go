package azure

import (
	"regexp"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	redisModule   = "azure-native:cache/v20250401:"
	redisToken    = redisModule + "RedisEnterprise"
	redisDatabase = redisModule + "Database"
	redisUser     = redisModule + "AccessPolicyAssignment"
	redisKind     = "Microsoft.Cache/redisEnterprise"
)

// Source: REST reference of Microsoft.Cache/redisEnterprise 2025-04-01, read
// 2026-11.
var (
	redisName     = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,59}$`)
	redisUserName = regexp.MustCompile(`^[A-Za-z0-9]{1,60}$`)
	redisSize     = regexp.MustCompile(`^(Balanced_B\d+|MemoryOptimized_M\d+|ComputeOptimized_X\d+|FlashOptimized_A\d+|Enterprise(Flash)?_[EF]\d+)$`)
)

func redisTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup(redisKind, "clusterName", simcloud.Type{
			Token: redisToken, Noun: "cache", Takes: 12 * time.Minute, Sweeps: true,
			Required: []string{"sku.name"}, Replace: []string{"zones"},
			Unique: []simcloud.Unique{{
				Paths: []string{"clusterName", "location"}, Everywhere: true,
				Words: "NameNotAvailable: The requested cluster name '%s' is not available in %s.",
			}},
			Validate: func(in simcloud.Values) []error {
				errs := simcloud.Problems(
					named(in, "clusterName", redisName, "InvalidResourceName"), simcloud.Matches(in, "sku.name", redisSize),
					simcloud.OneOf(in, "highAvailability", "Enabled", "Disabled"), simcloud.OneOf(in, "minimumTlsVersion", "1.0", "1.1", "1.2"),
					inRegion(in, redisKind, "zones[]"),
				)
				if in.Has("zones") && in.Known("sku.name") {
					errs = append(errs, simcloud.Refusal("BadRequest", "Zones are not supported for the SKU %s: it is zone redundant by itself.", in.String("sku.name")))
				}
				return errs
			},
			Refuse: func(op *simcloud.Op) error {
				path := "encryption.customerManagedKeyEncryption."
				return mayEncrypt(op, op.In.String(path+"keyEncryptionKeyUrl"), op.In.String(path+"keyEncryptionKeyIdentity.userAssignedIdentityResourceId"))
			},
			Outputs: func(op *simcloud.Op) simcloud.Values {
				return simcloud.Values{
					"hostName":     op.In.String("clusterName") + "." + op.In.String("location") + ".redis.azure.net",
					"redisVersion": "7.4", "resourceState": "Running",
				}
			},
		}),
		inside(redisKind, "clusterName", redisToken, "databases", "databaseName", simcloud.Type{
			Token: redisDatabase, Noun: "database", Takes: 3 * time.Minute, Sweeps: true,
			Replace:  []string{"clusteringPolicy", "geoReplication", "modules", "port"},
			Validate: redisDatabaseValid, Refuse: refuseRedisDatabase,
			Outputs: func(*simcloud.Op) simcloud.Values {
				return simcloud.Values{"redisVersion": "7.4", "resourceState": "Running"}
			},
		}),
		redisAssignment(),
	}
}

func redisDatabaseValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "databaseName", "default"), simcloud.OneOf(in, "clientProtocol", "Encrypted", "Plaintext"),
		simcloud.OneOf(in, "clusteringPolicy", "EnterpriseCluster", "OSSCluster", "NoCluster"),
		simcloud.OneOf(in, "evictionPolicy", "AllKeysLFU", "AllKeysLRU", "AllKeysRandom", "VolatileLRU", "VolatileLFU", "VolatileTTL", "VolatileRandom", "NoEviction"),
		simcloud.OneOf(in, "accessKeysAuthentication", "Enabled", "Disabled"), simcloud.OneOf(in, "persistence.aofFrequency", "1s", "always"),
		simcloud.OneOf(in, "persistence.rdbFrequency", "1h", "6h", "12h"), simcloud.Between(in, "port", 10000, 10000),
	)
	if in.Bool("persistence.aofEnabled") && in.Bool("persistence.rdbEnabled") {
		errs = append(errs, simcloud.Refusal("BadRequest", "AOF and RDB persistence cannot be enabled at the same time."))
	}
	return errs
}

// refuseRedisDatabase refuses a second database.
func refuseRedisDatabase(op *simcloud.Op) error {
	for _, r := range op.All(redisDatabase) {
		if r.ID != op.ID && r.In.String("clusterName") == op.In.String("clusterName") {
			return simcloud.Refusal("BadRequest", "The cache %s has a database already.", op.In.String("clusterName"))
		}
	}
	return nil
}

// redisAssignment is an identity that may log in.
func redisAssignment() *simcloud.Type {
	parent := redisKind + "/databases"
	return armOutputs(parent+"/accessPolicyAssignments", "accessPolicyAssignmentName", simcloud.Type{
		Token: redisUser, Noun: "access policy assignment", Auto: "accessPolicyAssignmentName", AutoNaming: simcloud.Copied, Takes: 20 * time.Second,
		Required: []string{"resourceGroupName", "clusterName", "databaseName", "accessPolicyName", "user.objectId"},
		Replace:  []string{"*"},
		ID: func(op *simcloud.Op) string {
			return groupID(op) + "/providers/" + redisKind + "/" + op.In.String("clusterName") + "/databases/" + op.In.String("databaseName") +
				"/accessPolicyAssignments/" + op.In.String("accessPolicyAssignmentName")
		},
		Refs: []simcloud.Ref{groupRef(), {
			Path: "clusterName", To: []string{redisToken}, By: "name",
			Missing: "ParentResourceNotFound: Failed to perform 'write' on resource(s) of type '" + parent + "/accessPolicyAssignments', because the parent resource '%s' could not be found.",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "accessPolicyName", "default"), simcloud.Matches(in, "user.objectId", guid),
				named(in, "accessPolicyAssignmentName", redisUserName, "InvalidAccessPolicyAssignmentName"))
		},
		Refuse: func(op *simcloud.Op) error {
			for _, r := range op.All(redisUser) {
				if r.ID != op.ID && r.In.String("clusterName") == op.In.String("clusterName") && r.In.String("user.objectId") == op.In.String("user.objectId") {
					return simcloud.Refusal("BadRequest", "The user %s has an access policy assignment already.", op.In.String("user.objectId"))
				}
			}
			return nil
		},
	})
}
