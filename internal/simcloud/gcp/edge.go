package gcp

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	backendBucketToken  = "gcp:compute/backendBucket:BackendBucket"
	backendServiceToken = "gcp:compute/backendService:BackendService"
	urlMapToken         = "gcp:compute/uRLMap:URLMap"
	httpsProxyToken     = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
	httpProxyToken      = "gcp:compute/targetHttpProxy:TargetHttpProxy"
	globalRuleToken     = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
	tlsPolicyToken      = "gcp:compute/sSLPolicy:SSLPolicy"
	securityPolicyToken = "gcp:compute/securityPolicy:SecurityPolicy"
	globalGroupToken    = "gcp:compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup"
	endpointToken       = "gcp:compute/globalNetworkEndpoint:GlobalNetworkEndpoint"
)

func edgeTypes() []*simcloud.Type {
	return []*simcloud.Type{
		backendBucket(), backendService(), urlMap(), httpsProxy(), httpProxy(), globalRule(), tlsPolicy(), securityPolicy(), globalGroup(), globalEndpoint(),
	}
}

// global completes the type of a global resource of Compute Engine.
func global(collection, noun string, takes time.Duration, t *simcloud.Type) *simcloud.Type {
	t.Noun, t.Auto, t.AutoMax, t.Takes = noun, "name", 63, takes
	t.ID = func(op *simcloud.Op) string { return path(op, "global", collection, op.In.String("name")) }
	t.Replace = append(t.Replace, "name", "project")
	t.Unique = append(t.Unique, taken(collection))
	t.InUse = inUse(noun)
	validate, outputs := t.Validate, t.Outputs
	t.Validate = func(in simcloud.Values) []error {
		errs := simcloud.Problems(named(in))
		if validate != nil {
			errs = append(errs, validate(in)...)
		}
		return errs
	}
	t.Outputs = func(op *simcloud.Op) simcloud.Values {
		out := simcloud.Values{"project": op.Account, "selfLink": selfLink(op.ID)}
		if outputs != nil {
			for k, v := range outputs(op) {
				out[k] = v
			}
		}
		return out
	}
	return t
}

// badField is how Compute Engine refuses a value.
func badField(field, value, why string) error {
	return refused(400, "badRequest", "Invalid value for field 'resource.%s': '%s'. %s", field, value, why)
}

var headerLine = regexp.MustCompile(`^[A-Za-z0-9-]+:.*$`)

func headers(in simcloud.Values, input string) error {
	for _, h := range in.Strings(input + "[]") {
		if !headerLine.MatchString(h) {
			return badField(input, h, "Header must be in the form name: value.")
		}
	}
	return nil
}

// cdnPolicy refuses lifetimes that do not go together.
// Source: Cloud CDN docs, "TTL settings and overrides"; Compute Engine reference,
// backendBuckets; read 2026-11.
func cdnPolicy(in simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.OneOf(in, "cdnPolicy.cacheMode", "CACHE_ALL_STATIC", "USE_ORIGIN_HEADERS", "FORCE_CACHE_ALL"), headers(in, "customResponseHeaders"))
	mode := in.String("cdnPolicy.cacheMode")
	for _, ttl := range []string{"defaultTtl", "maxTtl", "clientTtl"} {
		if n := in.Int("cdnPolicy." + ttl); n < 0 || n > 31622400 {
			errs = append(errs, badField("cdnPolicy."+ttl, "", "Must be between 0 and 31622400."))
		}
	}
	if mode == "FORCE_CACHE_ALL" && in.Int("cdnPolicy.maxTtl") > 0 {
		errs = append(errs, badField("cdnPolicy.maxTtl", "", "Max TTL cannot be set with cache mode FORCE_CACHE_ALL."))
	}
	if mode == "FORCE_CACHE_ALL" && in.Int("cdnPolicy.clientTtl") > in.Int("cdnPolicy.defaultTtl") {
		errs = append(errs, badField("cdnPolicy.clientTtl", "", "Client TTL must not be greater than default TTL."))
	}
	if n := in.Int("cdnPolicy.serveWhileStale"); n > 604800 {
		errs = append(errs, badField("cdnPolicy.serveWhileStale", "", "Must be at most 604800."))
	}
	return errs
}

func backendBucket() *simcloud.Type {
	return global("backendBuckets", "backend bucket", 10*time.Second, &simcloud.Type{
		Token: backendBucketToken, Required: []string{"bucketName"},
		Refs: []simcloud.Ref{
			{Path: "bucketName", To: []string{bucketToken}, By: "name", Missing: "googleapi: Error 404: The specified bucket %s does not exist., notFound"},
			holding("edgeSecurityPolicy", notFound, securityPolicyToken),
		},
		Validate: cdnPolicy,
		Refuse:   func(op *simcloud.Op) error { return policyKind(op, "edgeSecurityPolicy", "CLOUD_ARMOR_EDGE") },
	})
}

// policyKind refuses a policy of Cloud Armor of another kind than it takes there.
// Source: Cloud Armor docs, "Security policy overview", policy types, read 2026-11.
func policyKind(op *simcloud.Op, input, kind string) error {
	at := op.In.String(input)
	if at == "" {
		return nil
	}
	if p := op.Find(securityPolicyToken, "id", plain(at)); p.Out.String("type") != kind {
		return badField(input, at, "The security policy type must be "+kind+".")
	}
	return nil
}

func backendService() *simcloud.Type {
	return global("backendServices", "backend service", 15*time.Second, &simcloud.Type{
		Token: backendServiceToken, Replace: []string{"loadBalancingScheme"}, Secrets: []string{"iap"},
		Refs: []simcloud.Ref{
			holding("securityPolicy", notFound, securityPolicyToken), holding("edgeSecurityPolicy", notFound, securityPolicyToken),
			holding("backends[].group", notFound, globalGroupToken),
		},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.OneOf(in, "protocol", "HTTP", "HTTPS", "HTTP2", "TCP", "SSL", "GRPC"), headers(in, "customRequestHeaders"),
				simcloud.OneOf(in, "loadBalancingScheme", "EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"),
			)
			if rate, ok := in.Get("logConfig.sampleRate").(float64); ok && (rate < 0 || rate > 1) {
				errs = append(errs, badField("logConfig.sampleRate", "", "Must be between 0.0 and 1.0."))
			}
			return append(errs, cdnPolicy(in)...)
		},
		Refuse: func(op *simcloud.Op) error {
			if err := policyKind(op, "securityPolicy", "CLOUD_ARMOR"); err != nil {
				return err
			}
			if op.In.Has("edgeSecurityPolicy") && !op.In.Bool("enableCdn") {
				return badField("edgeSecurityPolicy", op.In.String("edgeSecurityPolicy"), "Edge security policies require Cloud CDN to be enabled on the backend service.")
			}
			if op.In.Has("healthChecks") && op.In.Has("backends") && op.Find(globalGroupToken, "id", plain(op.In.String("backends[].group"))) != nil {
				return badField("healthChecks", "", "Health checks are not supported for internet network endpoint groups.")
			}
			return policyKind(op, "edgeSecurityPolicy", "CLOUD_ARMOR_EDGE")
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"generatedId": 1, "fingerprint": op.Hex(12, "fingerprint")}
		},
	})
}

// urlMap says who answers what.
// Source: Compute Engine reference, urlMaps; Cloud Load Balancing docs, "Custom
// error responses"; read 2026-11.
func urlMap() *simcloud.Type {
	backends := []string{backendBucketToken, backendServiceToken}
	const missing = "googleapi: Error 404: The resource '%s' was not found, notFound"
	return global("urlMaps", "URL map", 10*time.Second, &simcloud.Type{
		Token: urlMapToken,
		Refs: []simcloud.Ref{
			holding("defaultService", missing, backends...), holding("pathMatchers[].defaultService", missing, backends...),
			holding("pathMatchers[].pathRules[].service", missing, backends...),
			holding("pathMatchers[].pathRules[].customErrorResponsePolicy.errorService", missing, backends...),
		},
		Validate: validURLMap,
		Outputs:  func(*simcloud.Op) simcloud.Values { return simcloud.Values{"mapId": 1} },
	})
}

func validURLMap(in simcloud.Values) []error {
	var errs []error
	if in.Has("defaultService") == in.Has("defaultUrlRedirect") {
		errs = append(errs, badField("defaultService", in.String("defaultService"), "Exactly one of defaultService and defaultUrlRedirect must be set."))
	}
	matchers := map[string]bool{}
	for _, m := range in.Objects("pathMatchers[]") {
		matchers[m.String("name")] = true
		seen := map[string]bool{}
		for _, p := range m.Strings("pathRules[].paths[]") {
			star := strings.Index(p, "*")
			if !strings.HasPrefix(p, "/") || star >= 0 && (star != len(p)-1 || !strings.HasSuffix(p, "/*")) {
				errs = append(errs, badField("pathMatchers[].pathRules[].paths[]", p, "A wildcard may only follow the last slash."))
			}
			if seen[p] {
				errs = append(errs, badField("pathMatchers[].pathRules[].paths[]", p, "Duplicate path."))
			}
			seen[p] = true
		}
		for _, rule := range m.Objects("pathRules[].customErrorResponsePolicy.errorResponseRules[]") {
			if !strings.HasPrefix(rule.String("path"), "/") {
				errs = append(errs, badField("errorResponseRules[].path", rule.String("path"), "Path must begin with a slash."))
			}
		}
	}
	for _, h := range in.Objects("hostRules[]") {
		if !matchers[h.String("pathMatcher")] {
			errs = append(errs, badField("hostRules[].pathMatcher", h.String("pathMatcher"), "There is no path matcher of that name."))
		}
	}
	return errs
}

// httpsProxy needs certificates: of a map, or its own.
func httpsProxy() *simcloud.Type {
	return global("targetHttpsProxies", "target HTTPS proxy", 8*time.Second, &simcloud.Type{
		Token: httpsProxyToken, Required: []string{"urlMap"}, Replace: []string{"description", "httpKeepAliveTimeoutSec", "proxyBind"},
		Refs: []simcloud.Ref{
			holding("urlMap", notFound, urlMapToken), holding("sslPolicy", notFound, tlsPolicyToken),
			{Path: "certificateMap", To: []string{certificateMapToken}, By: "id", Plain: certificateMapID, Missing: "googleapi: Error 404: The certificate map '%s' was not found, notFound", Holds: true},
		},
		Validate: func(in simcloud.Values) []error {
			if !in.Has("certificateMap") && !in.Has("sslCertificates") && !in.Has("certificateManagerCertificates") {
				return []error{badField("sslCertificates", "", "At least one SSL certificate or a certificate map must be specified.")}
			}
			return simcloud.Problems(simcloud.OneOf(in, "quicOverride", "NONE", "ENABLE", "DISABLE"))
		},
		Outputs: func(*simcloud.Op) simcloud.Values { return simcloud.Values{"proxyId": 1} },
	})
}

// certificateMapID is the path in the name of a certificate map.
func certificateMapID(value string) string {
	return strings.TrimPrefix(value, "//certificatemanager.googleapis.com/")
}

func httpProxy() *simcloud.Type {
	return global("targetHttpProxies", "target HTTP proxy", 8*time.Second, &simcloud.Type{
		Token: httpProxyToken, Required: []string{"urlMap"}, Replace: []string{"description", "httpKeepAliveTimeoutSec", "proxyBind"},
		Refs:    []simcloud.Ref{holding("urlMap", notFound, urlMapToken)},
		Outputs: func(*simcloud.Op) simcloud.Values { return simcloud.Values{"proxyId": 1} },
	})
}

// globalRule sends what comes to an address and a port to a proxy. Another rule of
// the same may not exist.
func globalRule() *simcloud.Type {
	return global("forwardingRules", "forwarding rule", 10*time.Second, &simcloud.Type{
		Token: globalRuleToken, Required: []string{"target"},
		Replace: []string{"description", "ipAddress", "ipProtocol", "ipVersion", "loadBalancingScheme", "network", "portRange", "sourceIpRanges", "subnetwork"},
		Refs: []simcloud.Ref{
			holding("target", notFound, httpsProxyToken, httpProxyToken),
			{Path: "ipAddress", To: []string{globalAddressToken}, By: "address", Missing: "googleapi: Error 400: Invalid value for field 'resource.IPAddress': '%s'. The address is not reserved., invalid", Holds: true},
		},
		Unique: []simcloud.Unique{{
			Paths: []string{"ipAddress", "ipProtocol", "portRange"},
			Words: "googleapi: Error 400: Invalid value for field 'resource.IPAddress': '%s'. Specified IP address with protocol %s and ports %s is in-use and would result in a conflict., invalid",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "loadBalancingScheme", "EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"))
		},
	})
}

func tlsPolicy() *simcloud.Type {
	return global("sslPolicies", "SSL policy", 4*time.Second, &simcloud.Type{
		Token: tlsPolicyToken, Replace: []string{"description"},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.OneOf(in, "minTlsVersion", "TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"), simcloud.OneOf(in, "profile", "COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM"))
			if in.String("profile") == "RESTRICTED" && slices.Contains([]string{"TLS_1_0", "TLS_1_1", ""}, in.String("minTlsVersion")) {
				errs = append(errs, badField("minTlsVersion", in.String("minTlsVersion"), "The profile RESTRICTED requires TLS_1_2 or newer."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"fingerprint": op.Hex(12, "fingerprint"), "enabledFeatures": []any{}}
		},
	})
}

func globalGroup() *simcloud.Type {
	return global("networkEndpointGroups", "network endpoint group", 5*time.Second, &simcloud.Type{
		Token: globalGroupToken, Required: []string{"networkEndpointType"}, Replace: []string{"*"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "networkEndpointType", "INTERNET_IP_PORT", "INTERNET_FQDN_PORT"))
		},
	})
}

func globalEndpoint() *simcloud.Type {
	return &simcloud.Type{
		Token: endpointToken, Noun: "network endpoint", Takes: 5 * time.Second, Required: []string{"globalNetworkEndpointGroup", "port"}, Replace: []string{"*"},
		ID: func(op *simcloud.Op) string {
			return strings.Join([]string{op.Account, lastPart(op.In.String("globalNetworkEndpointGroup")), op.In.String("ipAddress"), op.In.String("fqdn")}, "/")
		},
		Refs: []simcloud.Ref{{Path: "globalNetworkEndpointGroup", To: []string{globalGroupToken}, By: "name", Plain: lastPart, Missing: notFound}},
		Refuse: func(op *simcloud.Op) error {
			for _, other := range op.All(endpointToken) {
				if lastPart(other.In.String("globalNetworkEndpointGroup")) == lastPart(op.In.String("globalNetworkEndpointGroup")) {
					return badField("networkEndpoints", op.In.String("fqdn"), "An internet network endpoint group has at most one endpoint.")
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"project": op.Account} },
	}
}
