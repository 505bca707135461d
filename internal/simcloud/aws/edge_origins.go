package aws

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// distributionOrigins looks at where a distribution gets its answers: origins,
// groups of two, and which behaviour asks which.
func distributionOrigins(in simcloud.Values) []error {
	var errs []error
	origins := in.Strings("origins[].originId")
	unknown := len(origins) == 0 || len(origins) < len(in.All("origins[]"))
	for _, o := range in.Objects("origins[]") {
		errs = append(errs, customOrigin(o)...)
	}
	groups := in.Strings("originGroups[].originId")
	for _, g := range in.Objects("originGroups[]") {
		errs = append(errs, originGroup(g, origins, unknown)...)
	}
	for _, path := range behaviours {
		for _, b := range in.Objects(strings.TrimSuffix(path, ".")) {
			errs = append(errs, behaviour(b, slices.Concat(origins, groups), unknown)...)
			errs = append(errs, behaviourMethods(b, groups)...)
		}
	}
	return errs
}

// customOrigin looks at an origin that is no bucket.
func customOrigin(o simcloud.Values) []error {
	const c = "customOriginConfig."
	if _, err := netip.ParseAddr(o.String("domainName")); err == nil {
		return []error{simcloud.Refusal("InvalidArgument", "The parameter Origin DomainName does not refer to a valid domain name: %s is an address", o.String("domainName"))}
	}
	if host := o.String("domainName"); strings.ContainsAny(host, "/: ") {
		return []error{simcloud.Refusal("InvalidArgument", "The parameter origin name cannot contain a colon or a slash. (%s)", host)}
	}
	if !o.Has("customOriginConfig") {
		return nil
	}
	errs := simcloud.Problems(
		simcloud.OneOf(o, c+"originProtocolPolicy", "http-only", "https-only", "match-viewer"),
		simcloud.Between(o, c+"originReadTimeout", 1, 180), simcloud.Between(o, c+"originKeepaliveTimeout", 1, 180),
	)
	for _, version := range o.Strings(c + "originSslProtocols[]") {
		if !slices.Contains([]string{"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"}, version) {
			errs = append(errs, fmt.Errorf("expected originSslProtocols to be one of [SSLv3 TLSv1 TLSv1.1 TLSv1.2], got %s", version))
		}
	}
	if o.Has("originAccessControlId") {
		errs = append(errs, simcloud.Refusal("InvalidOriginAccessControl", "The origin access control is of type s3, and the origin is a custom origin. (%s)", o.String("originId")))
	}
	return errs
}

// failovers are the answers after which the second origin of a group is asked.
// Source: CloudFront API reference, OriginGroupFailoverCriteria, read 2026-11.
var failovers = []float64{400, 403, 404, 416, 429, 500, 502, 503, 504}

func originGroup(g simcloud.Values, origins []string, unknown bool) []error {
	var errs []error
	members := g.Strings("members[].originId")
	if len(members) != 2 {
		errs = append(errs, fmt.Errorf("expected originGroups.members to have 2 items, got %d", len(members)))
	}
	for _, m := range members {
		if !unknown && !slices.Contains(origins, m) {
			errs = append(errs, simcloud.Refusal("NoSuchOrigin", "One or more of your origins or origin groups do not exist. (%s)", m))
		}
	}
	for _, code := range g.All("failoverCriteria.statusCodes[]") {
		if n, ok := code.(float64); ok && !slices.Contains(failovers, n) {
			errs = append(errs, simcloud.Refusal("InvalidArgument", "The parameter StatusCodes contains a value that is not allowed: %v", n))
		}
	}
	return errs
}

func behaviour(b simcloud.Values, origins []string, unknown bool) []error {
	errs := simcloud.Problems(simcloud.OneOf(b, "viewerProtocolPolicy", "allow-all", "https-only", "redirect-to-https"))
	if b.Known("targetOriginId") && !unknown && !slices.Contains(origins, b.String("targetOriginId")) {
		errs = append(errs, simcloud.Refusal("NoSuchOrigin", "One or more of your origins or origin groups do not exist. (%s)", b.String("targetOriginId")))
	}
	switch {
	case b.Has("cachePolicyId") && b.Has("forwardedValues"):
		errs = append(errs, simcloud.Refusal("InvalidArgument", "The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior."))
	case !b.Has("cachePolicyId") && !b.Has("forwardedValues"):
		errs = append(errs, simcloud.Refusal("InvalidArgument", "The parameter ForwardedValues is required."))
	}
	for _, f := range b.Objects("functionAssociations[]") {
		errs = append(errs, simcloud.Problems(simcloud.OneOf(f, "eventType", "viewer-request", "viewer-response"))...)
	}
	return errs
}

// behaviourMethods refuses a set of methods that CloudFront does not have, and
// methods that change something in front of a group: they cannot be repeated.
func behaviourMethods(b simcloud.Values, groups []string) []error {
	methods := slices.Sorted(slices.Values(b.Strings("allowedMethods[]")))
	if len(methods) == 0 || len(methods) < len(b.All("allowedMethods[]")) {
		return nil
	}
	switch strings.Join(methods, " ") {
	case "GET HEAD", "GET HEAD OPTIONS":
		return nil
	case "DELETE GET HEAD OPTIONS PATCH POST PUT":
		if slices.Contains(groups, b.String("targetOriginId")) {
			return []error{simcloud.Refusal("InvalidArgument", "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.")}
		}
		return nil
	}
	return []error{simcloud.Refusal("InvalidArgument", "The parameter AllowedMethods is invalid: %v", methods)}
}

// webACLThere refuses a web ACL that does not exist.
func webACLThere(op *simcloud.Op) error {
	acl := op.In.String("webAclId")
	if acl == "" || op.Old != nil && op.Old.In.String("webAclId") == acl {
		return nil
	}
	there := *op
	there.Region = "us-east-1"
	if strings.HasPrefix(acl, "arn:") && there.Find(webACLToken, "arn", acl) == nil {
		return simcloud.Refusal("InvalidWebACLId", "Web ACL is not accessible by the requester. (%s does not exist)", acl)
	}
	return nil
}
