// Package azure describes Microsoft Azure to the simulated cloud: for each
// resource type its ids, what it refers to, what it refuses and in which words,
// and what it cannot change. One file holds one service.
//
// Sources: the REST reference of each service, and the resource pages of the
// Pulumi provider for what replaces a resource.
package azure

import (
	"fmt"
	"regexp"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// DefaultSubscription is the subscription of a provider that names none, and
// DefaultTenant its directory.
const (
	DefaultSubscription = "11111111-2222-3333-4444-555555555555"
	DefaultTenant       = "99999999-8888-7777-6666-555555555555"
)

// Catalog is all that the simulated Azure knows. An id is the full path of a
// resource, with its subscription and group: a session has no region.
func Catalog() *simcloud.Catalog {
	c := &simcloud.Catalog{
		Package: "azure-native", Where: "internal/simcloud/azure",
		Types: map[string]*simcloud.Type{}, Functions: functions(), Session: session,
		Identity: []string{"subscriptionId"},
	}
	for _, service := range [][]*simcloud.Type{
		groupTypes(), identityTypes(), vaultTypes(), logTypes(), networkTypes(), computeTypes(), aksTypes(), defenderTypes(),
		postgresTypes(), redisTypes(), storageTypes(), frontDoorTypes(), dnsTypes(), registryTypes(), secretTypes(), monitorTypes(),
		costTypes(), backupTypes(), eventTypes(),
	} {
		for _, t := range service {
			c.Types[t.Token] = lockable(t)
		}
	}
	return c
}

var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func session(config simcloud.Values) (simcloud.Session, error) {
	// Azure has no default tags: whoever makes a resource gives it its own.
	s := simcloud.Session{Account: config.String("subscriptionId"), Tags: map[string]any{}, LabelInput: "tags"}
	if s.Account == "" {
		s.Account = DefaultSubscription
	}
	if !guid.MatchString(s.Account) {
		return s, fmt.Errorf("invalid subscription %q: want a GUID", s.Account)
	}
	return s, nil
}

func functions() map[string]simcloud.Function {
	return map[string]simcloud.Function{
		"azure-native:containerservice/v20241001:listManagedClusterUserCredentials": userCredentials,
		"azure-native:network:getZone":                                              getZone,
		"azure-native:authorization:getClientConfig": func(_ *simcloud.Cloud, s simcloud.Session, _ simcloud.Values) (simcloud.Values, error) {
			return simcloud.Values{
				"clientId": "00000000-1111-2222-3333-444444444444", "objectId": "00000000-1111-2222-3333-555555555555",
				"subscriptionId": s.Account, "tenantId": DefaultTenant,
			}, nil
		},
	}
}
