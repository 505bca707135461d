package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	cacheSubnetGroupToken    = "aws:elasticache/subnetGroup:SubnetGroup"
	cacheParameterGroupToken = "aws:elasticache/parameterGroup:ParameterGroup"
	cacheUserToken           = "aws:elasticache/user:User"
	cacheUserGroupToken      = "aws:elasticache/userGroup:UserGroup"
	cacheGroupToken          = "aws:elasticache/replicationGroup:ReplicationGroup"
	cacheServerlessToken     = "aws:elasticache/serverlessCache:ServerlessCache"
	cacheSnapshotToken       = "aws:elasticache/snapshot:Snapshot"
)

var (
	cacheName   = regexp.MustCompile(`^[a-z]([a-z0-9]|-[a-z0-9])*$`)
	cacheUserID = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*$`)
	// cacheFamilies are the parameter group families of engines that know users.
	// Source: ElastiCache user guide, "Engine-specific parameters", read 2026-11.
	cacheFamilies = []string{"redis6.x", "redis7", "valkey7", "valkey8"}
)

func cacheTypes() []*simcloud.Type {
	return []*simcloud.Type{
		cacheSubnetGroup(), cacheParameterGroup(), cacheUser(), cacheUserGroup(), cacheGroup(), cacheServerless(),
		// What a deleted cache leaves behind, if it was asked to.
		{Token: cacheSnapshotToken, Noun: "snapshot", IDFrom: "name"},
	}
}

func cacheSubnetGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: cacheSubnetGroupToken, Noun: "cache subnet group", IDFrom: "name", Auto: "name", AutoMax: 255, Takes: 2 * time.Second,
		Required: []string{"subnetIds"},
		Replace:  []string{"name"},
		Refs: []simcloud.Ref{{
			Path: "subnetIds[]", To: []string{dbSubnetToken}, Holds: true,
			Missing: "InvalidParameterValue: Some input subnets in :[%s] are invalid.",
		}},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "CacheSubnetGroupAlreadyExists: Cache subnet group %s already exists."}},
		InUse:  "CacheSubnetGroupInUse: Cache subnet group %s is currently in use by a cache cluster.",
		Validate: func(in simcloud.Values) []error {
			if name := in.String("name"); name == "default" {
				return []error{fmt.Errorf("ElastiCache Subnet Group name cannot be %q", name)}
			}
			return simcloud.Problems(simcloud.Matches(in, "name", dbSubnetGroupName))
		},
		Refuse: func(op *simcloud.Op) error {
			ids := op.In.Strings("subnetIds[]")
			if vpcs, _ := subnetsOf(op, ids); len(vpcs) > 1 {
				return simcloud.Refusal("InvalidSubnet", "Subnets %s are not in the same VPC.", strings.Join(ids, " and "))
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			vpcs, _ := subnetsOf(op, op.In.Strings("subnetIds[]"))
			return simcloud.Values{"arn": arn(op, "elasticache", "subnetgroup:"+op.ID), "vpcId": firstOf(vpcs)}
		},
	}
}

func cacheParameterGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: cacheParameterGroupToken, Noun: "cache parameter group", IDFrom: "name", Auto: "name", AutoMax: 255, Takes: 3 * time.Second,
		Required: []string{"family"},
		Replace:  []string{"name", "family", "description"},
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "CacheParameterGroupAlreadyExists: Parameter group %s already exists"}},
		InUse:    "InvalidCacheParameterGroupState: One or more cache clusters are still members of this parameter group %s, so the group cannot be deleted",
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.Matches(in, "name", cacheName)) },
		Refuse: func(op *simcloud.Op) error {
			if family := op.In.String("family"); !slices.Contains(cacheFamilies, family) {
				return simcloud.Refusal("InvalidParameterValue", "CacheParameterGroupFamily %s is not a valid parameter group family", family)
			}
			for _, p := range op.In.Objects("parameters[]") {
				if !dbParameterName.MatchString(strings.ReplaceAll(p.String("name"), "-", "_")) {
					return simcloud.Refusal("InvalidParameterValue", "Could not find parameter with name: %s", p.String("name"))
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "elasticache", "parametergroup:"+op.ID)}
		},
	}
}

// cacheUser is a user with its rights, an access string as in the engine's ACL
// SETUSER.
func cacheUser() *simcloud.Type {
	return &simcloud.Type{
		Token: cacheUserToken, Noun: "user", IDFrom: "userId", Takes: 5 * time.Second,
		Required: []string{"userId", "userName", "engine", "accessString"},
		Replace:  []string{"userId", "userName"},
		Unique:   []simcloud.Unique{{Paths: []string{"userId"}, Words: "UserAlreadyExists: User %s already exists."}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.Matches(in, "userId", cacheUserID), simcloud.OneOf(in, "engine", "redis", "valkey"),
				simcloud.OneOf(in, "authenticationMode.type", "password", "no-password-required", "iam"),
			)
		},
		Refuse:  cacheUserProblem,
		Secrets: []string{"passwords"},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "elasticache", "user:"+op.ID)}
		},
		// Any other user leaves its groups when it is deleted.
		Delete: func(op *simcloud.Op) error {
			for _, group := range op.All(cacheUserGroupToken) {
				if op.In.String("userName") == "default" && slices.Contains(group.In.Strings("userIds[]"), op.ID) {
					return simcloud.Refusal("DefaultUserAssociatedToUserGroup", "User is associated to user group(s) as default user and cannot be deleted. (%s)", group.ID)
				}
			}
			return nil
		},
	}
}

// cacheAuthentication is how a user shows who it is.
func cacheAuthentication(in simcloud.Values) string {
	switch {
	case in.Has("authenticationMode.type"):
		return in.String("authenticationMode.type")
	case in.Bool("noPasswordRequired"):
		return "no-password-required"
	case in.Has("passwords"):
		return "password"
	}
	return ""
}

func cacheUserProblem(op *simcloud.Op) error {
	how := cacheAuthentication(op.In)
	switch {
	case how == "":
		return simcloud.Refusal("InvalidParameterValue", "Input Authentication type: null is not in the allowed list: [password,no-password-required,iam]")
	case how == "iam" && op.In.String("userId") != op.In.String("userName"):
		return simcloud.Refusal("InvalidParameterCombination", "User Id and User name must be same for authentication type: iam")
	case how == "no-password-required" && op.In.String("engine") == "valkey":
		return simcloud.Refusal("InvalidParameterCombination", "Authentication type: no-password-required is not supported for engine: valkey")
	}
	for token := range strings.FieldsSeq(op.In.String("accessString")) {
		if token == "reset" || token == "nopass" || strings.ContainsAny(token[:1], "<>#!") {
			return simcloud.Refusal("InvalidParameterValue", "Access string cannot contain passwords or reset: %s", token)
		}
	}
	return nil
}

func cacheUserGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: cacheUserGroupToken, Noun: "user group", IDFrom: "userGroupId", Takes: 10 * time.Second,
		Required: []string{"userGroupId", "engine"},
		Replace:  []string{"userGroupId"},
		Refs:     []simcloud.Ref{{Path: "userIds[]", To: []string{cacheUserToken}, Missing: "UserNotFound: User %s not found."}},
		Unique:   []simcloud.Unique{{Paths: []string{"userGroupId"}, Words: "UserGroupAlreadyExists: User group %s already exists."}},
		InUse:    "InvalidUserGroupState: User group %s is associated with a cache and must first be disassociated from it.",
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "userGroupId", cacheUserID), simcloud.OneOf(in, "engine", "redis", "valkey"))
		},
		Refuse: cacheUserGroupProblem,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "elasticache", "usergroup:"+op.ID)}
		},
	}
}

// cacheUserGroupProblem: a group for Redis OSS has its default user, and one for
// Valkey has nobody who comes in without showing who it is.
// Source: ElastiCache user guide, "Role-Based Access Control (RBAC)", read 2026-11.
func cacheUserGroupProblem(op *simcloud.Op) error {
	names := map[string]bool{}
	for _, id := range op.In.Strings("userIds[]") {
		user := op.Find(cacheUserToken, "userId", id)
		name := user.In.String("userName")
		if names[name] {
			return simcloud.Refusal("DuplicateUserName", "User group can not contain users with the same user name: %s", name)
		}
		names[name] = true
		if op.In.String("engine") == "valkey" && cacheAuthentication(user.In) == "no-password-required" {
			return simcloud.Refusal("InvalidParameterCombination", "User %s without authentication cannot be in a user group with engine: valkey", id)
		}
	}
	if op.In.String("engine") == "redis" && !names["default"] {
		return simcloud.Refusal("DefaultUserRequired", "User group needs to contain a user with the user name default.")
	}
	return nil
}
