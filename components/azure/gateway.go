package azure

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// GatewayArgs are the arguments of NewGateway.
type GatewayArgs struct {
	Scope
	// SubnetID is the subnet of the gateway, which is in it alone.
	SubnetID pulumi.StringInput
	// Min and Max are its capacity units: it grows and shrinks between them.
	Min, Max int
	// Block refuses what the firewall's rules match; otherwise it is only told.
	Block bool
	// RateLimits refuse an address that asks too often, by a name of yours, letters
	// and digits.
	RateLimits map[string]RateLimitArgs
	// BlockedCountries are refused, or AllowedCountries are the only ones served; two
	// letters each (ISO 3166-1). Everybody is served if both are empty.
	BlockedCountries, AllowedCountries []string
	// WorkspaceID is told who came and what was refused; nobody is if nil.
	WorkspaceID pulumi.StringInput
}

// Gateway is an application gateway with a firewall before what the cluster
// serves. A controller of AKS writes what it listens to and where it leads, from
// the cluster's Ingresses: here it is made with the least that Azure asks for.
type Gateway struct {
	pulumi.ResourceState

	// ID is the gateway's id, and SubnetID its subnet's.
	ID, SubnetID pulumi.StringOutput
	// Address is its public address.
	Address pulumi.StringOutput
}

// written are the parts of a gateway that the controller writes.
// Source: Application Gateway Ingress Controller, "What is …", and its FAQ.
var written = []string{
	"backendAddressPools", "backendHttpSettingsCollection", "frontendPorts", "httpListeners", "probes", "redirectConfigurations",
	"requestRoutingRules", "rewriteRuleSets", "sslCertificates", "trustedRootCertificates", "urlPathMaps", "tags",
}

// NewGateway makes the gateway, its address and its firewall.
func NewGateway(ctx *pulumi.Context, name string, args *GatewayArgs, opts ...pulumi.ResourceOption) (*Gateway, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating gateway %s: %w", name, err)
	}
	g := &Gateway{SubnetID: args.SubnetID.ToStringOutput()}
	if err := component.Register(ctx, "azure", "Gateway", name, g, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(g)
	address, err := publicAddress(ctx, name, args.Scope, "gateway", zoneNumbers, parent)
	if err != nil {
		return nil, err
	}
	policy, err := args.firewall(ctx, name, parent)
	if err != nil {
		return nil, err
	}
	in := args.listener(name)
	maps.Copy(in, pulumi.Map{
		"resourceGroupName": args.ResourceGroup, "location": pulumi.String(args.Location), "zones": pulumi.ToStringArray(zoneNumbers), // it cannot change them
		"sku":                    pulumi.StringMap{"name": pulumi.String("WAF_v2"), "tier": pulumi.String("WAF_v2")},
		"autoscaleConfiguration": pulumi.Map{"minCapacity": pulumi.Int(args.Min), "maxCapacity": pulumi.Int(args.Max)},
		"firewallPolicy":         ref(policy.ID().ToStringOutput()),
		// TLS 1.2 and 1.3, with ciphers that keep what was said secret for ever.
		"sslPolicy":   pulumi.StringMap{"policyType": pulumi.String("Predefined"), "policyName": pulumi.String("AppGwSslPolicy20220101S")},
		"enableHttp2": pulumi.Bool(true), "tags": args.tags("gateway"),
		"gatewayIPConfigurations":  pulumi.Array{pulumi.Map{"name": pulumi.String("gateway"), "subnet": ref(args.SubnetID)}},
		"frontendIPConfigurations": pulumi.Array{pulumi.Map{"name": pulumi.String("public"), "publicIPAddress": ref(address.ID().ToStringOutput())}},
	})
	gateway, err := bind(ctx, "azure-native:network:ApplicationGateway", name, in, parent, pulumi.IgnoreChanges(written), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating gateway %s: %w", name, err)
	}
	g.ID, g.Address = gateway.ID().ToStringOutput(), address.IPAddress
	if err := auditLogs(ctx, name, args.WorkspaceID, g.ID, []string{"ApplicationGatewayAccessLog", "ApplicationGatewayFirewallLog"}, parent); err != nil {
		return nil, err
	}
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{"id": g.ID, "address": g.Address})
}

// gatewayName is the gateway's own: its parts name one another by ids, which have
// it in them.
func (a *GatewayArgs) gatewayName(name string) string { return limits.Gateway.Name(a.Prefix, name) }

// listener is the least that a gateway has: it listens in clear, to nobody, since
// the subnet lets nothing but HTTPS in.
func (a *GatewayArgs) listener(name string) pulumi.Map {
	own := a.gatewayName(name)
	part := func(kind, part string) pulumi.Map {
		return ref(pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Network/applicationGateways/%s/%s/%s",
			a.SubscriptionID, a.ResourceGroup, own, kind, part))
	}
	return pulumi.Map{
		"applicationGatewayName": pulumi.String(own),
		"frontendPorts":          pulumi.Array{pulumi.Map{"name": pulumi.String("start"), "port": pulumi.Int(80)}},
		"backendAddressPools":    pulumi.Array{pulumi.Map{"name": pulumi.String("start")}},
		"backendHttpSettingsCollection": pulumi.Array{pulumi.Map{
			"name": pulumi.String("start"), "port": pulumi.Int(80), "protocol": pulumi.String("Http"), "cookieBasedAffinity": pulumi.String("Disabled"),
		}},
		"httpListeners": pulumi.Array{pulumi.Map{
			"name": pulumi.String("start"), "protocol": pulumi.String("Http"),
			"frontendIPConfiguration": part("frontendIPConfigurations", "public"), "frontendPort": part("frontendPorts", "start"),
		}},
		"requestRoutingRules": pulumi.Array{pulumi.Map{
			"name": pulumi.String("start"), "ruleType": pulumi.String("Basic"), "priority": pulumi.Int(19500),
			"httpListener": part("httpListeners", "start"), "backendAddressPool": part("backendAddressPools", "start"),
			"backendHttpSettings": part("backendHttpSettingsCollection", "start"),
		}},
	}
}

// firewall is the policy: its own rules, Microsoft's, and the bots that it knows.
// Source: "Web Application Firewall DRS rule groups and rules"; read 2026-11.
func (a *GatewayArgs) firewall(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (*resource, error) {
	mode := "Detection"
	if a.Block {
		mode = "Prevention"
	}
	args := pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "location": pulumi.String(a.Location), "tags": a.tags("gateway"),
		"policySettings": pulumi.Map{
			"state": pulumi.String("Enabled"), "mode": pulumi.String(mode), "requestBodyCheck": pulumi.Bool(true),
			"maxRequestBodySizeInKb": pulumi.Int(128), "requestBodyEnforcement": pulumi.Bool(true),
			"fileUploadLimitInMb": pulumi.Int(100), "fileUploadEnforcement": pulumi.Bool(true),
		},
		"managedRules": pulumi.Map{"managedRuleSets": pulumi.Array{
			pulumi.Map{"ruleSetType": pulumi.String("Microsoft_DefaultRuleSet"), "ruleSetVersion": pulumi.String("2.1")},
			pulumi.Map{"ruleSetType": pulumi.String("Microsoft_BotManagerRuleSet"), "ruleSetVersion": pulumi.String("1.1")},
		}},
	}
	if own := a.own(); len(own) > 0 {
		args["customRules"] = own
	}
	policy, err := bind(ctx, "azure-native:network:WebApplicationFirewallPolicy", name, args, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the firewall of gateway %s: %w", name, err)
	}
	return policy, nil
}
