package policies

import (
	"fmt"
	"slices"
	"strings"
)

var gcpNetworkRules = []rule{
	{
		ids:      "C CKV2_GCP_18, T GCP-0010/0073, CIS 3.1",
		topics:   "exposure",
		priority: 1, types: "compute.Network",
		reason: "a subnet in each region of the world, with a range that nobody chose",
		check:  is("autoCreateSubnetworks", false),
		bad:    []string{`gcp/compute.Network network: autoCreateSubnetworks = null`},
	},
	{
		ids:      "T GCP-0029/0076, C CKV_GCP_26, CIS 3.8",
		topics:   "audit",
		priority: 1, types: "compute.Subnetwork",
		reason: "without flow logs nobody can say afterwards who spoke to whom",
		check:  only(forMachines, has("logConfig")),
		bad:    []string{`gcp/compute.Subnetwork network: logConfig = null`},
	},
	{
		ids:      "T GCP-0075, C CKV_GCP_74",
		topics:   "exposure",
		priority: 1, types: "compute.Subnetwork",
		reason: "without it machines reach Google's services through the internet",
		check:  only(forMachines, is("privateIpGoogleAccess", true)),
		bad:    []string{`gcp/compute.Subnetwork network: privateIpGoogleAccess = false`},
	},
	{
		ids:      "T GCP-0027/0070/0071/0072, C CKV_GCP_2/3/106, CKV2_GCP_12",
		topics:   "exposure",
		priority: 1, types: "compute.Firewall",
		reason: "SSH, databases and consoles are tried by everybody; the world comes in through the load balancer",
		check:  firewall("INGRESS", "sourceRanges[]", func(bool) bool { return true }),
		bad: []string{
			`gcp/compute.Firewall network-health-checks: sourceRanges[0] = "0.0.0.0/0"`,
			`gcp/compute.Firewall ssh: new {"network":"x","direction":"INGRESS","sourceRanges":["::/0"],"allows":[{"protocol":"tcp","ports":["22"]}]}`,
			`gcp/compute.Firewall ssh: new {"network":"x","allows":[{"protocol":"all"}]}`,
		},
	},
	{
		ids:      "T GCP-0035",
		topics:   "exposure",
		priority: 2, types: "compute.Firewall",
		reason: "what may speak to anybody on any port can carry data to anybody",
		check:  firewall("EGRESS", "destinationRanges[]", func(all bool) bool { return all }),
		bad: []string{
			`gcp/compute.Firewall out: new {"network":"x","direction":"EGRESS","destinationRanges":["0.0.0.0/0"],"allows":[{"protocol":"all"}]}`,
		},
	},
	{
		ids:      "T GCP-0039, C CKV_GCP_4, CIS 3.9",
		topics:   "inTransit",
		priority: 1, types: "compute.SSLPolicy compute.TargetHttpsProxy",
		reason: "older versions of TLS can be broken",
		check: all(
			only(isKind("compute.SSLPolicy"), all(is("minTlsVersion", "TLS_1_2", "TLS_1_3"), is("profile", "MODERN", "RESTRICTED", "FIPS_202205"))),
			only(isKind("compute.TargetHttpsProxy"), ofStack("sslPolicy", "compute.SSLPolicy")),
		),
		bad: []string{
			`gcp/compute.SSLPolicy edge: minTlsVersion = "TLS_1_0"`, `gcp/compute.SSLPolicy edge: profile = null`,
			`gcp/compute.TargetHttpsProxy edge: sslPolicy = null`,
		},
	},
	{
		ids:      "own EDGE-1 (HTTP only sends to HTTPS)",
		topics:   "inTransit",
		priority: 1, types: "compute.TargetHttpProxy",
		reason: "what comes in clear can be read and changed on the way",
		check:  through("compute.URLMap", "urlMap", is("defaultUrlRedirect.httpsRedirect", true)),
		bad:    []string{`gcp/compute.URLMap edge-redirect: defaultUrlRedirect.httpsRedirect = false`},
	},
	{
		ids:      "C CKV_GCP_73",
		topics:   "attacks",
		priority: 1, types: "compute.SecurityPolicy",
		reason: "what is known to be an attack, such as Log4Shell, is stopped at the door",
		check: only(func(r resource) bool { return r.Inputs.String("type") != "CLOUD_ARMOR_EDGE" }, local(func(r resource) []string {
			for _, e := range r.Inputs.Strings("rules[].match.expr.expression") {
				if strings.Contains(e, "cve-canary") {
					return nil
				}
			}
			return complain("has no rule with cve-canary")
		})),
		bad: []string{`gcp/compute.SecurityPolicy edge: rules[0].match.expr.expression = "origin.region_code == 'KP'"`},
	},
	{
		ids:      "own EDGE-2 (Cloud Armor stands before what the world reaches)",
		topics:   "attacks",
		priority: 1, types: "compute.BackendService",
		reason: "what the world reaches is attacked",
		check:  only(external, has("securityPolicy")),
		bad:    []string{`gcp/compute.BackendService edge-api: securityPolicy = null`},
	},
	{
		ids:      "CIS 2.16",
		topics:   "audit",
		priority: 2, types: "compute.BackendService",
		reason: "who asked for what is asked after an attack",
		check:  only(external, is("logConfig.enable", true)),
		bad:    []string{`gcp/compute.BackendService edge-api: logConfig = null`},
	},
	{
		ids:      "T GCP-0013, C CKV_GCP_16, CIS 3.3",
		topics:   "inTransit",
		priority: 2, types: "dns.ManagedZone",
		reason: "an answer that somebody else gave sends users to them",
		check:  only(publicZone, is("dnssecConfig.state", "on")),
		bad:    []string{`gcp/dns.ManagedZone dns: dnssecConfig.state = "off"`},
	},
	{
		ids:      "CIS 2.12",
		topics:   "audit",
		priority: 2, types: "dns.Policy",
		reason: "malware asks for names before it does anything else",
		check:  is("enableLogging", true),
		bad:    []string{`gcp/dns.Policy network: enableLogging = false`},
	},
}

// forMachines says whether a subnet holds machines: those of load balancers take
// neither logs nor Google's services.
func forMachines(r resource) bool {
	return !slices.Contains([]string{"REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"}, r.Inputs.String("purpose"))
}

func publicZone(r resource) bool { return r.Inputs.String("visibility") != "private" }

// external says whether a backend service answers the internet.
func external(r resource) bool { return strings.HasPrefix(orExternal(r), "EXTERNAL") }

// orExternal is a backend's scheme, which is EXTERNAL if nothing is said.
func orExternal(r resource) string {
	if s := r.Inputs.String("loadBalancingScheme"); s != "" {
		return s
	}
	return "EXTERNAL"
}

// firewall refuses rules of a direction that let through from or to everybody,
// of which a predicate holds. A rule of ingress without ranges, tags and accounts
// is for everybody.
func firewall(direction, path string, bad func(everything bool) bool) check {
	return local(func(r resource) []string {
		of := r.Inputs.String("direction")
		if of == "" {
			of = "INGRESS"
		}
		ranges := r.Inputs.Strings(path)
		open := slices.ContainsFunc(ranges, everywhere) ||
			of == "INGRESS" && len(ranges) == 0 && !r.Inputs.Has("sourceTags") && !r.Inputs.Has("sourceServiceAccounts") && !r.Inputs.Has("sourceRanges")
		if of != direction || !open || !r.Inputs.Has("allows") {
			return nil
		}
		everything := slices.Contains(r.Inputs.Strings("allows[].protocol"), "all")
		if !bad(everything) {
			return nil
		}
		return []string{fmt.Sprintf("%s from or to anywhere: %s", direction, strings.Join(r.Inputs.Strings("allows[].protocol"), ", "))}
	})
}
