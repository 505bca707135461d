package policies

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

var azureNetworkRules = []rule{
	{
		ids:      "T AZU-0047/0048/0050, C CKV_AZURE_9/10/77/160, CIS 7.1-7.4",
		topics:   "exposure",
		priority: 1, types: "network.NetworkSecurityGroup network.SecurityRule",
		reason: "SSH, remote desktop and what answers by UDP are tried by everybody; the world gets HTTPS",
		check:  all(every("securityRules[]", local(narrowRule)), only(isKind("network.SecurityRule"), local(narrowRule))),
		bad: []string{
			`azure/network.NetworkSecurityGroup network-gateway: securityRules[0].destinationPortRange = "22"`,
			`azure/network.NetworkSecurityGroup network-gateway: securityRules[0].destinationPortRange = "400-500"`,
			`azure/network.NetworkSecurityGroup network-gateway: securityRules[0].protocol = "Udp"`,
			`azure/network.SecurityRule all: new {"access":"Allow","direction":"Inbound","protocol":"*","sourceAddressPrefix":"0.0.0.0/0","destinationPortRange":"*"}`,
		},
	},
	{
		ids:      "C CKV2_AZURE_31, CIS 7.11",
		topics:   "exposure",
		priority: 1, types: "network.Subnet",
		reason: "a subnet without a group of rules takes everything from the network and what is joined to it",
		check: only(func(r resource) bool {
			return !slices.Contains([]string{"GatewaySubnet", "AzureFirewallSubnet", "AzureBastionSubnet"}, r.Inputs.String("subnetName"))
		}, has("networkSecurityGroup.id")),
		bad: []string{`azure/network.Subnet network-nodes: networkSecurityGroup = null`},
	},
	{
		ids:      "T AZU-0073, C CKV_AZURE_12, CIS 7.6/7.8",
		topics:   "audit",
		priority: 2, types: "network.VirtualNetwork",
		reason: "without flow logs nobody can say afterwards who spoke to whom",
		check: with("network.FlowLog", "targetResourceId", all(
			is("enabled", true), is("retentionPolicy.enabled", true), atLeast("retentionPolicy.days", 90),
		)),
		bad: []string{`azure/network.FlowLog network: gone`, `azure/network.FlowLog network: retentionPolicy.days = 30`},
	},
	{
		ids:      "C CKV_AZURE_120/122/218, CIS 7.10/7.12/7.14",
		topics:   "attacks inTransit",
		priority: 1, types: "network.ApplicationGateway network.WebApplicationFirewallPolicy network.Policy",
		reason: "what is known to be an attack is stopped at the door, and older versions of TLS can be broken",
		check: all(
			only(isKind("network.ApplicationGateway"), all(is("sku.tier", "WAF_v2"), has("firewallPolicy.id"), local(modernTLS))),
			only(isKind("network.WebApplicationFirewallPolicy"), all(is("policySettings.mode", "Prevention"), is("policySettings.requestBodyCheck", nil, true))),
			only(isKind("network.Policy"), all(
				is("policySettings.mode", "Prevention"), is("policySettings.enabledState", nil, "Enabled"), is("policySettings.requestBodyCheck", "Enabled"),
			)),
		),
		bad: []string{
			`azure/network.ApplicationGateway gateway: sku.tier = "Standard_v2"`, `azure/network.ApplicationGateway gateway: firewallPolicy = null`,
			`azure/network.ApplicationGateway gateway: sslPolicy.policyName = "AppGwSslPolicy20150501"`,
			`azure/network.WebApplicationFirewallPolicy gateway: policySettings.mode = "Detection"`,
			`azure/network.Policy waf: policySettings.mode = "Detection"`, `azure/network.Policy waf: policySettings.requestBodyCheck = "Disabled"`,
		},
	},
	{
		ids:      "own DOOR-1 (Front Door sends to HTTPS, and asks origins over it)",
		topics:   "inTransit",
		priority: 1, types: "cdn.Route",
		reason: "what comes in clear can be read and changed on the way",
		check:  all(is("httpsRedirect", "Enabled"), is("forwardingProtocol", "HttpsOnly")),
		bad:    []string{`azure/cdn.Route edge: httpsRedirect = "Disabled"`, `azure/cdn.Route edge: forwardingProtocol = "MatchRequest"`},
	},
}

// fromInternet are the sources that are everybody.
var fromInternet = []string{"*", "Internet", "Any"}

// narrowRule refuses a rule that lets the world in at more than HTTPS.
func narrowRule(r resource) []string {
	if r.Inputs.String("access") != "Allow" || r.Inputs.String("direction") != "Inbound" {
		return nil
	}
	sources := append(r.Inputs.Strings("sourceAddressPrefixes[]"), r.Inputs.Strings("sourceAddressPrefix")...)
	world := slices.ContainsFunc(sources, func(s string) bool {
		p, err := netip.ParsePrefix(s)
		return slices.Contains(fromInternet, s) || err == nil && p.Bits() == 0
	})
	if !world {
		return nil
	}
	ports := append(r.Inputs.Strings("destinationPortRanges[]"), r.Inputs.Strings("destinationPortRange")...)
	tcp := strings.EqualFold(r.Inputs.String("protocol"), "tcp")
	for _, p := range ports {
		if n, err := strconv.Atoi(p); err != nil || n != 443 && n != 80 || !tcp {
			return []string{fmt.Sprintf("lets everybody in: protocol %s, ports %s", r.Inputs.String("protocol"), p)}
		}
	}
	return nil
}

// modernTLS wants a gateway to take TLS from 1.2 on: by a policy of 2017 with an
// S, or of 2022, or by its own words.
// Source: Application Gateway, "TLS policy overview", read 2026-11.
func modernTLS(r resource) []string {
	name := r.Inputs.String("sslPolicy.policyName")
	modern := []string{"AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"}
	if slices.Contains(modern, name) || slices.Contains([]string{"TLSv1_2", "TLSv1_3"}, r.Inputs.String("sslPolicy.minProtocolVersion")) {
		return nil
	}
	return complain("sslPolicy is %s, want one from TLS 1.2 on", orNotSet(name))
}
