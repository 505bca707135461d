package azure

import (
	"regexp"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	groupToken     = "azure-native:resources:ResourceGroup"
	scopeLockToken = "azure-native:authorization:ManagementLockByScope"
	groupLockToken = "azure-native:authorization:ManagementLockAtResourceGroupLevel"
)

// lockTokens are the types of locks.
var lockTokens = []string{scopeLockToken, groupLockToken}

// Source: "Naming rules and restrictions for Azure resources", read 2026-11.
var groupName = regexp.MustCompile(`^[-\w.()]{0,89}[-\w()]$`)

func groupTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: groupToken, Noun: "resource group", Auto: "resourceGroupName", AutoNaming: simcloud.Joined,
		Takes: 2 * time.Second, Sweeps: true,
		ID: func(op *simcloud.Op) string { return groupID(op) },
		// A group's region cannot change, nor its name.
		Replace: []string{"resourceGroupName", "location"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(named(in, "resourceGroupName", groupName, "InvalidResourceGroup"),
				inRegion(in, "Microsoft.Resources/resourceGroups", "zones[]"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"name": op.In.String("resourceGroupName"), "type": "Microsoft.Resources/resourceGroups",
				"properties": map[string]any{"provisioningState": "Succeeded"},
			}
		},
	}, lock(scopeLockToken, "scope"), lock(groupLockToken, "resourceGroupName")}
}

// lock is a lock on a scope or a group.
func lock(token, at string) *simcloud.Type {
	t := &simcloud.Type{
		Token: token, Noun: "lock", Auto: "lockName", AutoNaming: simcloud.Joined, Takes: time.Second,
		Required: []string{at, "level"}, Replace: []string{at, "lockName"},
		ID: func(op *simcloud.Op) string {
			return lockScope(op, at) + "/providers/Microsoft.Authorization/locks/" + op.In.String("lockName")
		},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "level", "CanNotDelete", "ReadOnly"))
		},
		Refuse: func(op *simcloud.Op) error {
			if scope := lockScope(op, at); record(op, scope) == nil && scope != "/subscriptions/"+op.Account {
				return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", scope)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.In.String("lockName"), "scope": lockScope(op, at), "type": "Microsoft.Authorization/locks"}
		},
	}
	if at == "resourceGroupName" {
		t.Refs = []simcloud.Ref{groupRef()}
	}
	return t
}

func lockScope(op *simcloud.Op, at string) string {
	if at == "scope" {
		return op.In.String("scope")
	}
	return groupID(op)
}
