package azure

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// inGroup describes a resource of a resource group: kind is its type in ARM and
// input where its name is. It fills in what is the same for all of them.
func inGroup(kind, input string, t simcloud.Type) *simcloud.Type {
	t.Auto = input
	if t.AutoNaming == simcloud.Dashed {
		t.AutoNaming = simcloud.Joined
	}
	t.ID = func(op *simcloud.Op) string { return groupID(op) + "/providers/" + kind + "/" + op.In.String(input) }
	t.Required = append(t.Required, "resourceGroupName")
	t.Replace = append(t.Replace, "resourceGroupName", input, "location")
	t.Refs = append(t.Refs, groupRef())
	return armOutputs(kind, input, t)
}

// inside describes a resource inside another one of a group, such as a subnet.
// Its name is copied from its logical one.
func inside(parentKind, parentInput, parentToken, kind, input string, t simcloud.Type) *simcloud.Type {
	t.Auto, t.AutoNaming = input, simcloud.Copied
	t.ID = func(op *simcloud.Op) string {
		return groupID(op) + "/providers/" + parentKind + "/" + op.In.String(parentInput) + "/" + kind + "/" + op.In.String(input)
	}
	t.Required = append(t.Required, "resourceGroupName", parentInput)
	t.Replace = append(t.Replace, "resourceGroupName", parentInput, input)
	t.Refs = append(t.Refs, groupRef(), simcloud.Ref{
		Path: parentInput, To: []string{parentToken}, By: "name",
		Missing: "ParentResourceNotFound: Failed to perform 'write' on resource(s) of type '" + parentKind + "/" + kind +
			"', because the parent resource '%s' could not be found.",
	})
	return armOutputs(parentKind+"/"+kind, input, t)
}

// armOutputs adds what ARM says of every resource.
func armOutputs(kind, input string, t simcloud.Type) *simcloud.Type {
	own := t.Outputs
	t.Outputs = func(op *simcloud.Op) simcloud.Values {
		out := simcloud.Values{"name": op.In.String(input), "type": kind, "provisioningState": "Succeeded"}
		if own != nil {
			maps.Copy(out, own(op))
		}
		return out
	}
	return &t
}

func groupID(op *simcloud.Op) string {
	return "/subscriptions/" + op.Account + "/resourceGroups/" + op.In.String("resourceGroupName")
}

func groupRef() simcloud.Ref {
	return simcloud.Ref{
		Path: "resourceGroupName", To: []string{groupToken}, By: "name",
		Missing: "ResourceGroupNotFound: Resource group '%s' could not be found.",
	}
}

// idRef is the reference of a resource of the network to another by its id.
// Source: ARM's error codes, InvalidResourceReference.
func idRef(path string, holds bool, to ...string) simcloud.Ref {
	return simcloud.Ref{
		Path: path, To: to, Holds: holds,
		Missing: "InvalidResourceReference: Resource %s referenced by resource was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.",
	}
}

// record is the resource with an id, of whatever type; nil if there is none.
func record(op *simcloud.Op, id string) *simcloud.Record {
	for _, r := range op.Everywhere("azure-native:") {
		if strings.EqualFold(r.ID, id) {
			return r
		}
	}
	return nil
}

// kindOf is the type in an id, such as Microsoft.KeyVault/vaults/keys.
func kindOf(id string) string {
	_, path, found := strings.Cut(id, "/providers/")
	if !found {
		return "Microsoft.Resources/subscriptions/resourceGroups"
	}
	if i := strings.LastIndex(path, "/providers/"); i >= 0 {
		path = path[i+len("/providers/"):]
	}
	parts := strings.Split(path, "/")
	kind := parts[:1]
	for i := 1; i < len(parts); i += 2 {
		kind = append(kind, parts[i])
	}
	return strings.Join(kind, "/")
}

// locked refuses to delete what a lock is on, or on what it is in.
// Source: ARM, "Lock your resources to protect your infrastructure".
func locked(op *simcloud.Op) error {
	for _, token := range lockTokens {
		for _, lock := range op.All(token) {
			scope := lock.Out.String("scope")
			if lock.ID != op.ID && (op.ID == scope || strings.HasPrefix(op.ID, scope+"/")) && lock.In.String("level") == "CanNotDelete" {
				return simcloud.Refusal("ScopeLocked",
					"The scope '%s' cannot perform delete operation because following scope(s) are locked: '%s'. Please remove the lock and try again.", op.ID, scope)
			}
		}
	}
	return nil
}

// lockable wraps a type: locks hold for all.
func lockable(t *simcloud.Type) *simcloud.Type {
	own := t.Delete
	t.Delete = func(op *simcloud.Op) error {
		if err := locked(op); err != nil || own == nil {
			return err
		}
		return own(op)
	}
	return t
}

// kept is an output that stays as it was when the resource was made.
func kept(op *simcloud.Op, path, fresh string) string {
	if op.Old != nil {
		if was := op.Old.Out.String(path); was != "" {
			return was
		}
	}
	return fresh
}

// newGUID is a GUID of a resource.
func newGUID(op *simcloud.Op, salt string) string {
	h := op.Hex(32, salt)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// named refuses a name outside a type's alphabet and length.
func named(in simcloud.Values, path string, pattern *regexp.Regexp, code string) error {
	if name := in.String(path); name != "" && !pattern.MatchString(name) {
		return simcloud.Refusal(code, "The name '%s' is invalid: it must match %s", name, pattern)
	}
	return nil
}

// steady refuses the change of an input that Azure holds on to, where the
// provider does not replace the resource by itself.
func steady(op *simcloud.Op, code, words string, paths ...string) error {
	if op.Old == nil {
		return nil
	}
	for _, path := range paths {
		if was, is := op.Old.In.Get(path), op.In.Get(path); fmt.Sprint(was) != fmt.Sprint(is) {
			return simcloud.Refusal(code, words, path)
		}
	}
	return nil
}

// Regions of Azure and whether they have availability zones; those that have
// any have three.
// Source: Azure regions list and "Azure services that support availability
// zones", read 2026-11.
var regions = map[string]bool{
	"westeurope": true, "northeurope": true, "swedencentral": true, "germanywestcentral": true, "francecentral": true,
	"uksouth": true, "switzerlandnorth": true, "norwayeast": true, "polandcentral": true, "italynorth": true, "spaincentral": true,
	"eastus": true, "eastus2": true, "centralus": true, "southcentralus": true, "westus2": true, "westus3": true, "canadacentral": true,
	"brazilsouth": true, "australiaeast": true, "japaneast": true, "koreacentral": true, "southeastasia": true, "eastasia": true,
	"centralindia": true, "uaenorth": true, "southafricanorth": true, "israelcentral": true, "qatarcentral": true, "mexicocentral": true,
	"westus": false, "northcentralus": false, "westcentralus": false, "ukwest": false, "canadaeast": false, "francesouth": false,
	"germanynorth": false, "norwaywest": false, "switzerlandwest": false, "japanwest": false, "southindia": false,
}

// inRegion refuses a region that there is not, and zones that it does not have.
func inRegion(in simcloud.Values, kind, zonePath string) error {
	region := in.String("location")
	has, known := regions[region]
	switch {
	case region == "" || region == "global":
		return nil
	case !known:
		return simcloud.Refusal("LocationNotAvailableForResourceType",
			"The provided location '%s' is not available for resource type '%s'.", region, kind)
	}
	for _, zone := range in.Strings(zonePath) {
		if !has || !slices.Contains([]string{"1", "2", "3"}, zone) {
			return simcloud.Refusal("ResourceTypesInAvailabilityZonesNotSupported",
				"The zone(s) '%s' for resource type '%s' is not supported. The supported zones for location '%s' are %s.",
				zone, kind, region, map[bool]string{true: "'1,2,3'", false: "none"}[has])
		}
	}
	return nil
}
