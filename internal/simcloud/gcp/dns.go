package gcp

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	zoneToken   = "gcp:dns/managedZone:ManagedZone"
	recordToken = "gcp:dns/recordSet:RecordSet"
)

func dnsTypes() []*simcloud.Type { return []*simcloud.Type{zoneType(), recordType()} }

var (
	zoneName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	dnsName  = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+$`)
)

// zoneType is a zone of Cloud DNS.
// Source: Cloud DNS reference, managedZones; the provider's page of the resource
// for what replaces it; Cloud DNS's words as in issue 256 of
// tetratelabs/tetrate-service-bridge-sandbox; read 2026-11.
func zoneType() *simcloud.Type {
	return &simcloud.Type{
		Token: zoneToken, Noun: "managed zone", Auto: "name", AutoMax: 63, Takes: 3 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "managedZones", op.In.String("name")) },
		Required: []string{"dnsName"}, Replace: []string{"dnsName", "name", "project", "visibility"},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "googleapi: Error 409: The resource 'entity.managedZone' named '%s' already exists, alreadyExists"}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.Matches(in, "name", zoneName), simcloud.OneOf(in, "visibility", "public", "private"), simcloud.OneOf(in, "dnssecConfig.state", "off", "on", "transfer"),
				simcloud.OneOf(in, "dnssecConfig.nonExistence", "nsec", "nsec3"),
			)
			if n := in.String("dnsName"); in.Known("dnsName") && (!dnsName.MatchString(n) || strings.HasPrefix(n, "*")) {
				errs = append(errs, refused(400, "invalid", "Invalid value for 'entity.managedZone.dnsName': '%s'", n))
			}
			if in.String("visibility") == "private" && in.String("dnssecConfig.state") == "on" {
				errs = append(errs, refused(400, "invalid", "DNSSEC is not supported for private zones."))
			}
			return errs
		},
		// The kinds of the keys are fixed while a zone signs.
		Refuse: func(op *simcloud.Op) error {
			if op.Old != nil && op.Old.In.String("dnssecConfig.state") == "on" && op.In.String("dnssecConfig.state") == "on" &&
				!slices.Equal(op.Old.In.Strings("dnssecConfig.defaultKeySpecs[].algorithm"), op.In.Strings("dnssecConfig.defaultKeySpecs[].algorithm")) {
				return refused(400, "invalid", "The DNSSEC parameters can only be changed while DNSSEC is off.")
			}
			return nil
		},
		Delete: func(op *simcloud.Op) error {
			if op.In.Bool("forceDestroy") {
				return nil
			}
			for _, r := range op.All(recordToken) {
				if lastPart(r.In.String("managedZone")) == op.In.String("name") {
					return refused(400, "containerNotEmpty", "The resource named '%s' cannot be deleted because it contains one or more 'resource records'.", op.In.String("name"))
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			letter := string("abcde"[int(op.Hex(1, "servers")[0])%5])
			servers := []any{}
			for _, n := range "1234" {
				servers = append(servers, "ns-cloud-"+letter+string(n)+".googledomains.com.")
			}
			return simcloud.Values{"project": op.Account, "nameServers": servers, "managedZoneId": "4", "creationTime": "2026-11-01T00:00:00Z"}
		},
	}
}

// recordType are the records of one name and type.
// Source: Cloud DNS reference, resourceRecordSets; Cloud DNS's words as in issues
// 9112 and 9257 of hashicorp/terraform-provider-google, 3885 of
// kubernetes-sigs/external-dns and 1082 of mantl/mantl; read 2026-11.
func recordType() *simcloud.Type {
	return &simcloud.Type{
		Token: recordToken, Noun: "record set", Takes: 10 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "managedZones", lastPart(op.In.String("managedZone")), "rrsets", op.In.String("name"), op.In.String("type"))
		},
		Required: []string{"managedZone", "name", "type"}, Replace: []string{"managedZone", "name", "project", "type"},
		Refs: []simcloud.Ref{{
			Path: "managedZone", To: []string{zoneToken}, By: "name", Plain: lastPart, Foreign: existingZone, Missing: "googleapi: Error 404: The 'parameters.managedZone' resource named '%s' does not exist., notFound",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "type", "A", "AAAA", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"))
			if n := in.String("name"); n != "" && !dnsName.MatchString(n) {
				errs = append(errs, refused(400, "invalid", "Invalid value for 'entity.change.additions[0].name': '%s'", n))
			}
			for _, v := range in.Strings("rrdatas[]") {
				if err := recordData(in.String("type"), v); err != nil {
					errs = append(errs, err)
				}
			}
			return errs
		},
		Refuse:  refuseRecord,
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"project": op.Account} },
	}
}

// recordData refuses an answer that its type cannot have.
func recordData(kind, value string) error {
	bad := refused(400, "invalid", "Invalid value for 'entity.change.additions[0].rrdata[0]': '%s'", value)
	addr, err := netip.ParseAddr(value)
	switch {
	case kind == "A" && (err != nil || !addr.Is4()), kind == "AAAA" && (err != nil || !addr.Is6()):
		return bad
	case (kind == "CNAME" || kind == "NS") && !dnsName.MatchString(strings.ToLower(value)):
		return bad
	case kind == "DS" && len(strings.Fields(value)) != 4:
		return bad
	}
	return nil
}

// refuseRecord refuses a name outside the zone, one that is taken, and a CNAME
// beside others.
func refuseRecord(op *simcloud.Op) error {
	name, kind := op.In.String("name"), op.In.String("type")
	zone, root := lastPart(op.In.String("managedZone")), zoneRoot(op)
	if name != root && !strings.HasSuffix(name, "."+root) {
		return refused(400, "invalid", "Invalid value for 'entity.change.additions[0].name': '%s' is not in the zone '%s'", name, root)
	}
	taken := refused(409, "alreadyExists", "The resource 'entity.rrset' named '%s (%s)' already exists", name, kind)
	beside := func(other string) error {
		return refused(400, "cnameResourceRecordSetConflict",
			"The resource record set 'entity.change.additions[%s][%s]' is invalid because the DNS name '%s' has a resource record set of the type '%s'. "+
				"A DNS name may have either one CNAME resource record set or resource record sets of other types, but not both.", name, kind, name, other)
	}
	if name == root { // which has its own from the beginning
		switch kind {
		case "NS", "SOA":
			return taken
		case "CNAME":
			return beside("SOA")
		}
	}
	for _, other := range op.All(recordToken) {
		if op.Old != nil && other.ID == op.ID || lastPart(other.In.String("managedZone")) != zone || other.In.String("name") != name {
			continue
		}
		switch theirs := other.In.String("type"); {
		case theirs == kind:
			return taken
		case kind == "CNAME" || theirs == "CNAME":
			return beside(theirs)
		}
	}
	return nil
}

// existingZones are zones that were there before any program: a company has its
// domain already. By name; the value is the zone's domain.
var existingZones = map[string]string{
	"explico-example": "explico.example.", "staging-explico-example": "staging.explico.example.", "dev-explico-example": "dev.explico.example.",
}

// existingZone says whether a zone was there before any program.
func existingZone(name string) bool { return existingZones[lastPart(name)] != "" }

// zoneRoot is the domain of a zone.
func zoneRoot(op *simcloud.Op) string {
	name := lastPart(op.In.String("managedZone"))
	if zone := op.Find(zoneToken, "name", name); zone != nil {
		return zone.In.String("dnsName")
	}
	return existingZones[name]
}

// getManagedZone looks a zone up by its name.
func getManagedZone(c *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	name := args.String("name")
	if existingZone(name) {
		return simcloud.Values{
			"id": "projects/" + s.Account + "/managedZones/" + name, "name": name, "project": s.Account, "dnsName": existingZones[name],
			"nameServers": []any{"ns-cloud-a1.googledomains.com.", "ns-cloud-a2.googledomains.com."},
			"description": "", "managedZoneId": "4", "visibility": "public",
		}, nil
	}
	for _, r := range c.Records() {
		if r.Type == zoneToken && r.Account == s.Account && r.In.String("name") == name {
			return simcloud.Values{
				"id": r.ID, "name": name, "project": s.Account, "dnsName": r.Out.String("dnsName"), "nameServers": r.Out.Get("nameServers"),
				"description": r.Out.String("description"), "managedZoneId": "4", "visibility": r.Out.String("visibility"),
			}, nil
		}
	}
	return nil, refused(404, "notFound", "The 'parameters.managedZone' resource named '%s' does not exist.", name)
}

// getKeys are the keys that a zone signs with.
func getKeys(c *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	zone := lastPart(args.String("managedZone"))
	for _, r := range c.Records() {
		if r.Type != zoneToken || r.Account != s.Account || r.In.String("name") != zone {
			continue
		}
		keys := []any{}
		if r.Out.String("dnssecConfig.state") == "on" {
			keys = append(keys, map[string]any{
				"algorithm": "ecdsap256sha256", "creationTime": "2026-11-01T00:00:00Z", "description": "", "id": "0", "isActive": true, "keyLength": 256,
				"keyTag": 12345, "publicKey": "c2ltdWxhdGVk", "dsRecord": "12345 13 2 " + strings.ToUpper(strings.Repeat("0a1b2c3d", 8)),
				"digests": []any{map[string]any{"digest": strings.Repeat("0a1b2c3d", 8), "type": "sha256"}},
			})
		}
		return simcloud.Values{"id": r.ID, "managedZone": args.String("managedZone"), "project": s.Account, "keySigningKeys": keys, "zoneSigningKeys": []any{}}, nil
	}
	return nil, refused(404, "notFound", "The 'parameters.managedZone' resource named '%s' does not exist.", zone)
}
