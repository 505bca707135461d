package gcp

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	certificateToken      = "gcp:certificatemanager/certificate:Certificate"
	authorizationToken    = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization"
	certificateMapToken   = "gcp:certificatemanager/certificateMap:CertificateMap"
	certificateEntryToken = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"
)

var (
	certificateName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,62}$`)
	certified       = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
)

// certificate completes the type of a resource of Certificate Manager, all of
// them global.
func certificate(collection, noun string, t *simcloud.Type) *simcloud.Type {
	t.Noun, t.Auto, t.AutoMax, t.Takes = noun, "name", 63, 8*time.Second
	if t.ID == nil {
		t.ID = func(op *simcloud.Op) string { return path(op, "locations/global", collection, op.In.String("name")) }
	}
	t.Replace = append(t.Replace, "location", "name", "project")
	t.Unique = append(t.Unique, simcloud.Unique{Paths: []string{"name"}, Words: "googleapi: Error 409: Resource '%s' already exists, alreadyExists"})
	t.InUse = "googleapi: Error 400: can't delete " + noun + " that is referenced by other resources: %s, failedPrecondition"
	validate := t.Validate
	t.Validate = func(in simcloud.Values) []error {
		errs := simcloud.Problems(simcloud.Matches(in, "name", certificateName))
		for _, d := range slices.Concat(in.Strings("domain"), in.Strings("hostname"), in.Strings("managed.domains[]")) {
			if !certified.MatchString(d) {
				errs = append(errs, refused(400, "badRequest", "Invalid domain name: %s", d))
			}
		}
		if validate != nil {
			errs = append(errs, validate(in)...)
		}
		return errs
	}
	return t
}

// certificateTypes is Certificate Manager.
// Source: Certificate Manager reference; the provider's pages of the resources for
// what replaces them; read 2026-11.
func certificateTypes() []*simcloud.Type {
	authorization := certificate("dnsAuthorizations", "DNS authorization", &simcloud.Type{
		Token: authorizationToken, Required: []string{"domain"}, Replace: []string{"domain", "type"},
		Validate: func(in simcloud.Values) []error {
			if strings.HasPrefix(in.String("domain"), "*") {
				return []error{refused(400, "badRequest", "A DNS authorization covers a domain and its wildcard: wildcards are not allowed (%s)", in.String("domain"))}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "dnsResourceRecords": []any{map[string]any{
				"name": "_acme-challenge." + op.In.String("domain") + ".", "type": "CNAME", "data": op.Hex(16, "challenge") + "." + op.Hex(2, "shard") + ".authorize.certificatemanager.goog.",
			}}}
		},
	})
	authorization.Unique = append(authorization.Unique, simcloud.Unique{Paths: []string{"domain"}, Words: "googleapi: Error 409: a DNS authorization for %s already exists in the project, alreadyExists"})
	managed := certificate("certificates", "certificate", &simcloud.Type{
		Token: certificateToken, Replace: []string{"managed", "scope"}, Secrets: []string{"selfManaged"},
		Refs: []simcloud.Ref{holding("managed.dnsAuthorizations[]", "googleapi: Error 404: DNS authorization %s was not found, notFound", authorizationToken)},
		Refuse: func(op *simcloud.Op) error {
			covered := map[string]bool{}
			for _, id := range op.In.Strings("managed.dnsAuthorizations[]") {
				covered[op.Find(authorizationToken, "id", plain(id)).In.String("domain")] = true
			}
			for _, d := range op.In.Strings("managed.domains[]") {
				if len(covered) > 0 && !covered[strings.TrimPrefix(d, "*.")] {
					return refused(400, "badRequest", "No DNS authorization found for the domain %s", d)
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "sanDnsnames": op.In.Get("managed.domains")}
		},
	})
	byMap := certificate("certificateMaps", "certificate map", &simcloud.Type{
		Token: certificateMapToken, Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "gclbTargets": []any{}}
		},
	})
	entry := certificate("", "certificate map entry", &simcloud.Type{
		Token: certificateEntryToken, Required: []string{"certificates", "map"}, Replace: []string{"hostname", "map", "matcher"},
		ID: func(op *simcloud.Op) string {
			return path(op, "locations/global/certificateMaps", lastPart(op.In.String("map")), "certificateMapEntries", op.In.String("name"))
		},
		Refs: []simcloud.Ref{
			holding("certificates[]", "googleapi: Error 404: certificate %s was not found, notFound", certificateToken),
			{Path: "map", To: []string{certificateMapToken}, By: "name", Plain: lastPart, Holds: true, Missing: "googleapi: Error 404: certificate map %s was not found, notFound"},
		},
		Validate: func(in simcloud.Values) []error {
			if in.Has("hostname") == in.Has("matcher") {
				return []error{refused(400, "badRequest", "Exactly one of hostname and matcher must be set")}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "state": "ACTIVE"}
		},
	})
	entry.Unique = []simcloud.Unique{{Paths: []string{"map", "hostname"}, Words: "googleapi: Error 409: certificate map %s already has an entry for %s, alreadyExists"}}
	return []*simcloud.Type{authorization, managed, byMap, entry}
}
