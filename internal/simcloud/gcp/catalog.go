// Package gcp describes Google Cloud to the simulated cloud: for each resource
// type its ids, what it refers to, what it refuses and in which words, and what
// it cannot change. One file holds one service.
//
// Sources: the API reference of each service, and the resource pages of the
// Pulumi provider for what replaces a resource.
package gcp

import (
	"fmt"
	"maps"
	"regexp"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// DefaultProject is the project of a provider that names none.
const DefaultProject = "explico-simulated"

// Catalog is all that the simulated Google Cloud knows. An id is the full path
// of a resource, with its project and location: a session has no region.
func Catalog() *simcloud.Catalog {
	c := &simcloud.Catalog{
		Package: "gcp", Where: "internal/simcloud/gcp",
		Types: map[string]*simcloud.Type{}, Functions: functions(), Session: session,
		Identity: []string{"project"},
	}
	for _, service := range [][]*simcloud.Type{
		projectTypes(), kmsTypes(), networkTypes(), iamTypes(), gkeTypes(),
		sqlTypes(), redisTypes(), storageTypes(), secretTypes(), registryTypes(),
		dnsTypes(), edgeTypes(), certificateTypes(), monitoringTypes(), backupTypes(),
	} {
		for _, t := range service {
			c.Types[t.Token] = needsAPI(t)
		}
	}
	return c
}

// projectID is what a project's id looks like.
// Source: Resource Manager reference, projects.
var projectID = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

func session(config simcloud.Values) (simcloud.Session, error) {
	s := simcloud.Session{
		Account: config.String("project"), Tags: map[string]any{},
		LabelInput: "labels", LabelOutput: "effectiveLabels",
	}
	if s.Account == "" {
		s.Account = DefaultProject
	}
	if !projectID.MatchString(s.Account) {
		return s, fmt.Errorf("invalid project %q: want 6 to 30 lowercase letters, digits and hyphens, beginning with a letter", s.Account)
	}
	if labels, ok := config.Get("defaultLabels").(map[string]any); ok {
		maps.Copy(s.Tags, labels)
	}
	return s, nil
}

func functions() map[string]simcloud.Function {
	return map[string]simcloud.Function{
		"gcp:organizations/getProject:getProject": getProject,
		"gcp:compute/getZones:getZones":           getZones,

		"gcp:dns/getManagedZone:getManagedZone": getManagedZone, "gcp:dns/getKeys:getKeys": getKeys,

		"gcp:storage/getProjectServiceAccount:getProjectServiceAccount": getStorageAgent,
	}
}
