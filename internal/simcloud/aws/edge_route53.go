package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	recordToken = "aws:route53/record:Record"
	zoneToken   = "aws:route53/zone:Zone"
)

// existingZones are hosted zones that were there before any program: a company
// has its domain already. By id; the value is the zone's name.
var existingZones = map[string]string{
	"Z0123456789EXAMPLE": "example.com",
	"Z0EXPLICO123456789": "explico.example",
	"Z0STAGING123456789": "staging.explico.example",
}

// recordTypes are the types of records that Route 53 keeps.
var recordTypes = []string{
	"A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT",
}

func route53Types() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: zoneToken, Noun: "hosted zone", Global: true, Takes: 45 * time.Second,
		ID:       func(op *simcloud.Op) string { return "Z" + strings.ToUpper(op.Hex(20, "id")) },
		Required: []string{"name"},
		Replace:  []string{"name", "delegationSetId"},
		InUse:    "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets and so cannot be deleted. (%s)",
		Validate: func(in simcloud.Values) []error {
			name := strings.TrimSuffix(in.String("name"), ".")
			if in.Known("name") && (!domainName.MatchString(name) || strings.HasPrefix(name, "*")) {
				return []error{simcloud.Refusal("InvalidDomainName", "%s is not a valid domain name", name)}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			servers := nameServers()
			return simcloud.Values{
				"arn": "arn:aws:route53:::hostedzone/" + op.ID, "zoneId": op.ID, "name": strings.TrimSuffix(op.In.String("name"), "."),
				"nameServers": servers, "primaryNameServer": servers[0],
			}
		},
		Delete: unsigned,
	}, record(), healthCheck(), queryLog(), signingKey(), zoneSigning()}
}

// nameServers are a zone's four, under four top-level domains.
func nameServers() []string {
	var servers []string
	for i, top := range []string{"com", "net", "org", "co.uk"} {
		servers = append(servers, fmt.Sprintf("ns-%d.awsdns-%02d.%s", 512*i+17, 11*i+3, top))
	}
	return servers
}

// unsigned refuses to delete a zone that has keys to sign with.
func unsigned(op *simcloud.Op) error {
	for _, key := range op.All(signingKeyToken) {
		if key.In.String("hostedZoneId") == op.ID {
			return simcloud.Refusal("HostedZoneNotEmpty", "The specified hosted zone contains DNSSEC Key Signing Keys and so cannot be deleted.")
		}
	}
	return nil
}

func record() *simcloud.Type {
	return &simcloud.Type{
		Token: recordToken, Noun: "record", Global: true, Takes: 35 * time.Second,
		ID: func(op *simcloud.Op) string {
			id := op.In.String("zoneId") + "_" + op.In.String("name") + "_" + op.In.String("type")
			if set := op.In.String("setIdentifier"); set != "" {
				id += "_" + set
			}
			return id
		},
		Required: []string{"zoneId", "name", "type"},
		Replace:  []string{"zoneId", "name", "setIdentifier"},
		Refs: []simcloud.Ref{{
			Path: "zoneId", To: []string{zoneToken}, Holds: true,
			Foreign: func(id string) bool { return existingZones[id] != "" },
			Missing: "NoSuchHostedZone: No hosted zone found with ID: %s",
		}, {
			// Route 53 lets a health check go that records still name.
			Path: "healthCheckId", To: []string{healthCheckToken}, Missing: "NoSuchHealthCheck: A health check with id: %s does not exist.",
		}},
		Validate: func(in simcloud.Values) []error { return append(recordInputs(in), routingInputs(in)...) },
		Refuse: func(op *simcloud.Op) error {
			if err := recordFits(op); err != nil {
				return err
			}
			return routingFits(op)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"fqdn": fqdn(op)} },
	}
}

func recordInputs(in simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.OneOf(in, "type", recordTypes...))
	switch {
	case in.Has("aliases") && (in.Has("records") || in.Has("ttl")):
		errs = append(errs, fmt.Errorf("\"aliases\": conflicts with records and ttl"))
	case !in.Has("aliases") && !in.Has("records"):
		errs = append(errs, fmt.Errorf("one of `alias,records` must be specified"))
	case in.Has("records") && !in.Has("ttl"):
		errs = append(errs, fmt.Errorf("\"records\": all of `records,ttl` must be specified"))
	}
	if in.String("type") == "CNAME" && len(in.All("records[]")) > 1 {
		errs = append(errs, simcloud.Refusal("InvalidChangeBatch", "InvalidResourceRecordSet: a CNAME record set has one value"))
	}
	return errs
}

// zoneName is the name of the zone that a record is put in.
func zoneName(op *simcloud.Op) string {
	id := op.In.String("zoneId")
	if name := existingZones[id]; name != "" {
		return name
	}
	return op.Find(zoneToken, "id", id).Out.String("name")
}

// fqdn is a record's full name, to which the provider adds the zone where it is
// missing. It has no dot at the end.
func fqdn(op *simcloud.Op) string {
	name, zone := strings.TrimSuffix(op.In.String("name"), "."), zoneName(op)
	if name == "" {
		return zone
	}
	absolute := strings.HasSuffix(op.In.String("name"), ".") || name == zone || strings.HasSuffix(name, "."+zone)
	if absolute {
		return strings.ToLower(name)
	}
	return strings.ToLower(name + "." + zone)
}

// recordFits refuses a record outside its zone, and one that is there already.
func recordFits(op *simcloud.Op) error {
	name, zone, kind := fqdn(op), zoneName(op), op.In.String("type")
	if name != zone && !strings.HasSuffix(name, "."+zone) {
		return simcloud.Refusal("InvalidChangeBatch", "[RRSet with DNS name %s. is not permitted in zone %s.]", name, zone)
	}
	if kind == "CNAME" && name == zone {
		return simcloud.Refusal("InvalidChangeBatch", "[RRSet of type CNAME with DNS name %s. is not permitted at apex in zone %s.]", name, zone)
	}
	if slices.Contains(op.In.Strings("aliases[].zoneId"), distributionZone) && kind != "A" && kind != "AAAA" && kind != "HTTPS" {
		return simcloud.Refusal("InvalidChangeBatch", "[Tried to create an alias that targets a CloudFront distribution, type %s: it takes A, AAAA and HTTPS]", kind)
	}
	for _, other := range op.All(recordToken) {
		if other.ID == op.ID && op.Old != nil || other.Out.String("zoneId") != op.In.String("zoneId") || other.Out.String("fqdn") != name {
			continue
		}
		was := other.Out.String("type")
		switch {
		case was == kind && other.Out.String("setIdentifier") == op.In.String("setIdentifier") && !op.In.Bool("allowOverwrite"):
			return simcloud.Refusal("InvalidChangeBatch", "[Tried to create resource record set [name='%s.', type='%s'] but it already exists]", name, kind)
		case was != kind && (was == "CNAME" || kind == "CNAME"):
			return simcloud.Refusal("InvalidChangeBatch", "[RRSet of type %s with DNS name %s. is not permitted because a conflicting RRSet of type %s with the same DNS name already exists in zone %s.]", kind, name, was, zone)
		}
	}
	return nil
}
