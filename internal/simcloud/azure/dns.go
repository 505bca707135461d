package azure

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	zoneToken   = "azure-native:network:Zone"
	recordToken = "azure-native:network:RecordSet"
	dnssecToken = "azure-native:network:DnssecConfig"
	zoneKind    = "Microsoft.Network/dnsZones"
)

// recordFields are where each type of record has its answers.
var recordFields = map[string]string{
	"A": "aRecords", "AAAA": "aaaaRecords", "CAA": "caaRecords", "CNAME": "cnameRecord", "MX": "mxRecords", "NS": "nsRecords",
	"PTR": "ptrRecords", "SRV": "srvRecords", "TXT": "txtRecords",
}

func dnsTypes() []*simcloud.Type {
	return []*simcloud.Type{
		{
			Token: zoneToken, Noun: "DNS zone", Takes: 5 * time.Second, Sweeps: true, Auto: "zoneName", AutoNaming: simcloud.Joined,
			Required: []string{"resourceGroupName"}, Replace: []string{"resourceGroupName", "zoneName", "location"},
			ID: func(op *simcloud.Op) string {
				return groupID(op) + "/providers/" + zoneKind + "/" + op.In.String("zoneName")
			},
			Refs: []simcloud.Ref{groupRef()},
			Validate: func(in simcloud.Values) []error {
				errs := simcloud.Problems(named(in, "zoneName", dnsName, "BadRequest"), simcloud.OneOf(in, "zoneType", "Public"))
				if in.Known("location") && !strings.EqualFold(in.String("location"), "global") {
					errs = append(errs, simcloud.Refusal("LocationNotAvailableForResourceType",
						"The provided location '%s' is not available for resource type '%s'. List of available regions for the resource type is 'global'.", in.String("location"), zoneKind))
				}
				return errs
			},
			Outputs: func(op *simcloud.Op) simcloud.Values {
				// Which of ten groups of servers a zone gets, Azure chooses.
				n := op.Hex(1, "servers")[0]%10 + 1
				var servers []string
				for i, domain := range []string{"com", "net", "org", "info"} {
					servers = append(servers, fmt.Sprintf("ns%d-%02d.azure-dns.%s.", i+1, n, domain))
				}
				out := simcloud.Values{"name": op.In.String("zoneName"), "type": zoneKind, "nameServers": servers}
				if op.Old != nil {
					out["nameServers"] = op.Old.Out.Get("nameServers")
				}
				return out
			},
		},
		dnsRecord(),
		{
			Token: dnssecToken, Noun: "DNSSEC configuration", Takes: 2 * time.Minute,
			Required: []string{"resourceGroupName", "zoneName"}, Replace: []string{"resourceGroupName", "zoneName"},
			ID: func(op *simcloud.Op) string {
				return groupID(op) + "/providers/" + zoneKind + "/" + op.In.String("zoneName") + "/dnssecConfigs/default"
			},
			Refs:    []simcloud.Ref{groupRef(), zoneRef("dnssecConfigs")},
			Outputs: signingKeys,
			// Whoever unsigns a zone that its parent still trusts takes it off the net.
			Delete: func(op *simcloud.Op) error {
				if parentTrusts(op) {
					return simcloud.Refusal("BadRequest", "The zone %s cannot be unsigned: a DS record for it exists in the parent zone.", op.In.String("zoneName"))
				}
				return nil
			},
		},
	}
}

func zoneRef(kind string) simcloud.Ref {
	return simcloud.Ref{
		Path: "zoneName", To: []string{zoneToken}, By: "name",
		Missing: "ParentResourceNotFound: Failed to perform 'write' on resource(s) of type '" + zoneKind + "/" + kind + "', because the parent resource '%s' could not be found.",
	}
}

func signingKeys(op *simcloud.Op) simcloud.Values {
	if op.Old != nil {
		return simcloud.Values{"signingKeys": op.Old.Out.Get("signingKeys")}
	}
	digest := strings.ToUpper(op.Hex(64, "digest"))
	tag := 10000 + int(op.Hex(1, "tag")[0])
	return simcloud.Values{"name": "default", "type": zoneKind + "/dnssecConfigs", "provisioningState": "Succeeded", "signingKeys": []any{
		map[string]any{"flags": 256, "keyTag": tag + 1, "protocol": 3, "securityAlgorithmType": 13, "publicKey": op.Hex(64, "zsk")},
		map[string]any{
			"flags": 257, "keyTag": tag, "protocol": 3, "securityAlgorithmType": 13, "publicKey": op.Hex(64, "ksk"),
			"delegationSignerInfo": []any{map[string]any{
				"digestAlgorithmType": 2, "digestValue": digest, "record": fmt.Sprintf("%d 13 2 %s", tag, digest),
			}},
		},
	}}
}

// parentTrusts says whether another zone has a DS record for op's.
func parentTrusts(op *simcloud.Op) bool {
	return slices.ContainsFunc(op.All(recordToken), func(r *simcloud.Record) bool {
		return r.In.String("recordType") == "DS" && r.In.String("relativeRecordSetName")+"."+r.In.String("zoneName") == op.In.String("zoneName")
	})
}

func dnsRecord() *simcloud.Type {
	return &simcloud.Type{
		Token: recordToken, Noun: "record set", Takes: 2 * time.Second, Auto: "relativeRecordSetName", AutoNaming: simcloud.Copied,
		Required: []string{"resourceGroupName", "zoneName", "recordType"},
		Replace:  []string{"resourceGroupName", "zoneName", "recordType", "relativeRecordSetName"},
		ID: func(op *simcloud.Op) string {
			return groupID(op) + "/providers/" + zoneKind + "/" + op.In.String("zoneName") + "/" + op.In.String("recordType") + "/" + op.In.String("relativeRecordSetName")
		},
		Refs:     []simcloud.Ref{groupRef(), zoneRef("recordSets")},
		Validate: recordValid, Refuse: refuseRecord,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			name := strings.TrimPrefix(op.In.String("relativeRecordSetName")+"."+op.In.String("zoneName"), "@.")
			return simcloud.Values{"name": op.In.String("relativeRecordSetName"), "fqdn": name + ".", "type": zoneKind + "/" + op.In.String("recordType")}
		},
	}
}

func recordValid(in simcloud.Values) []error {
	kind := in.String("recordType")
	field, known := recordFields[kind]
	switch {
	case kind == "":
		return nil
	case !known:
		return []error{simcloud.Refusal("BadRequest", "The record type '%s' is not valid.", kind)}
	case in.Has(field) == in.Has("targetResource"):
		return []error{simcloud.Refusal("BadRequest", "The record set of type '%s' must have either records or a target resource.", kind)}
	case kind == "CNAME" && in.String("relativeRecordSetName") == "@":
		return []error{simcloud.Refusal("BadRequest", "The CNAME record set cannot be created at the zone apex.")}
	}
	var errs []error
	for path, is4 := range map[string]bool{"aRecords[].ipv4Address": true, "aaaaRecords[].ipv6Address": false} {
		for _, text := range in.Strings(path) {
			if a, err := netip.ParseAddr(text); err != nil || a.Is4() != is4 {
				errs = append(errs, simcloud.Refusal("BadRequest", "The value '%s' is not a valid IP address.", text))
			}
		}
	}
	return append(errs, simcloud.Problems(simcloud.Between(in, "ttl", 1, 2147483647))...)
}

func refuseRecord(op *simcloud.Op) error {
	if target := op.In.String("targetResource.id"); target != "" {
		kind := kindOf(target)
		if record(op, target) == nil {
			return simcloud.Refusal("BadRequest", "The target resource %s was not found.", target)
		}
		if !slices.Contains([]string{"Microsoft.Network/publicIPAddresses", "Microsoft.Cdn/profiles/afdEndpoints", "Microsoft.Network/trafficManagerProfiles", zoneKind + "/" + op.In.String("recordType")}, kind) {
			return simcloud.Refusal("BadRequest", "A record set of type '%s' cannot target a resource of type %s.", op.In.String("recordType"), kind)
		}
	}
	for _, r := range op.All(recordToken) {
		same := r.In.String("zoneName") == op.In.String("zoneName") && r.In.String("relativeRecordSetName") == op.In.String("relativeRecordSetName")
		if same && r.ID != idOf(op) && (r.In.String("recordType") == "CNAME" || op.In.String("recordType") == "CNAME") {
			return simcloud.Refusal("Conflict", "A CNAME record set with name '%s' cannot coexist with another record set with the same name.", op.In.String("relativeRecordSetName"))
		}
	}
	return nil
}

// getZone looks a zone up by its group and name.
func getZone(c *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	id := "/subscriptions/" + s.Account + "/resourceGroups/" + args.String("resourceGroupName") + "/providers/" + zoneKind + "/" + args.String("zoneName")
	r, err := c.Read(s, zoneToken, id)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, simcloud.Refusal("ResourceNotFound", "The Resource '%s' under resource group '%s' was not found.", zoneKind+"/"+args.String("zoneName"), args.String("resourceGroupName"))
	}
	return r.Out, nil
}
