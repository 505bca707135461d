package azure

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
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
	// Limit is how many requests one address may make a minute; any if 0.
	Limit int
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
	switch {
	case args.SubnetID == nil:
		return nil, fmt.Errorf("creating gateway %s: %w", name, errors.New("SubnetID is missing"))
	case args.Min < 0 || args.Max < 2 || args.Max < args.Min || args.Max > 125:
		return nil, fmt.Errorf("creating gateway %s: got %d to %d units, want at most 125, and room for 2", name, args.Min, args.Max)
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
	in.ResourceGroupName, in.Location, in.Zones = args.ResourceGroup, pulumi.String(args.Location), pulumi.ToStringArray(zoneNumbers) // it cannot change them
	in.Sku = network.ApplicationGatewaySkuArgs{Name: pulumi.String("WAF_v2"), Tier: pulumi.String("WAF_v2")}
	in.AutoscaleConfiguration = network.ApplicationGatewayAutoscaleConfigurationArgs{MinCapacity: pulumi.Int(args.Min), MaxCapacity: pulumi.Int(args.Max)}
	in.FirewallPolicy = network.SubResourceArgs{Id: policy.ID().ToStringOutput().ToStringPtrOutput()}
	// TLS 1.2 and 1.3, with ciphers that keep what was said secret for ever.
	in.SslPolicy = network.ApplicationGatewaySslPolicyArgs{PolicyType: pulumi.String("Predefined"), PolicyName: pulumi.String("AppGwSslPolicy20220101S")}
	in.EnableHttp2, in.Tags = pulumi.Bool(true), args.tags("gateway")
	in.GatewayIPConfigurations = network.ApplicationGatewayIPConfigurationArray{network.ApplicationGatewayIPConfigurationArgs{
		Name: pulumi.String("gateway"), Subnet: network.SubResourceArgs{Id: args.SubnetID.ToStringOutput().ToStringPtrOutput()},
	}}
	in.FrontendIPConfigurations = network.ApplicationGatewayFrontendIPConfigurationArray{network.ApplicationGatewayFrontendIPConfigurationArgs{
		Name: pulumi.String("public"), PublicIPAddress: network.SubResourceArgs{Id: address.ID().ToStringOutput().ToStringPtrOutput()},
	}}
	gateway, err := network.NewApplicationGateway(ctx, name, in, parent, pulumi.IgnoreChanges(written), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating gateway %s: %w", name, err)
	}
	g.ID, g.Address = gateway.ID().ToStringOutput(), address.IpAddress.Elem()
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
func (a *GatewayArgs) listener(name string) *network.ApplicationGatewayArgs {
	own := a.gatewayName(name)
	part := func(kind, part string) network.SubResourceArgs {
		return network.SubResourceArgs{Id: pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Network/applicationGateways/%s/%s/%s",
			a.SubscriptionID, a.ResourceGroup, own, kind, part).ToStringPtrOutput()}
	}
	return &network.ApplicationGatewayArgs{
		ApplicationGatewayName: pulumi.String(own),
		FrontendPorts: network.ApplicationGatewayFrontendPortArray{network.ApplicationGatewayFrontendPortArgs{
			Name: pulumi.String("start"), Port: pulumi.Int(80),
		}},
		BackendAddressPools: network.ApplicationGatewayBackendAddressPoolArray{network.ApplicationGatewayBackendAddressPoolArgs{Name: pulumi.String("start")}},
		BackendHttpSettingsCollection: network.ApplicationGatewayBackendHttpSettingsArray{network.ApplicationGatewayBackendHttpSettingsArgs{
			Name: pulumi.String("start"), Port: pulumi.Int(80), Protocol: pulumi.String("Http"), CookieBasedAffinity: pulumi.String("Disabled"),
		}},
		HttpListeners: network.ApplicationGatewayHttpListenerArray{network.ApplicationGatewayHttpListenerArgs{
			Name: pulumi.String("start"), Protocol: pulumi.String("Http"),
			FrontendIPConfiguration: part("frontendIPConfigurations", "public"), FrontendPort: part("frontendPorts", "start"),
		}},
		RequestRoutingRules: network.ApplicationGatewayRequestRoutingRuleArray{network.ApplicationGatewayRequestRoutingRuleArgs{
			Name: pulumi.String("start"), RuleType: pulumi.String("Basic"), Priority: pulumi.Int(19500),
			HttpListener: part("httpListeners", "start"), BackendAddressPool: part("backendAddressPools", "start"),
			BackendHttpSettings: part("backendHttpSettingsCollection", "start"),
		}},
	}
}

// firewall is the policy: Microsoft's rules, and the bots that it knows.
// Source: "Web Application Firewall DRS rule groups and rules"; read 2026-11.
func (a *GatewayArgs) firewall(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (*network.WebApplicationFirewallPolicy, error) {
	mode := "Detection"
	if a.Block {
		mode = "Prevention"
	}
	args := &network.WebApplicationFirewallPolicyArgs{
		ResourceGroupName: a.ResourceGroup, Location: pulumi.String(a.Location), Tags: a.tags("gateway"),
		PolicySettings: network.PolicySettingsArgs{
			State: pulumi.String("Enabled"), Mode: pulumi.String(mode), RequestBodyCheck: pulumi.Bool(true),
			MaxRequestBodySizeInKb: pulumi.Int(128), FileUploadLimitInMb: pulumi.Int(100),
		},
		ManagedRules: network.ManagedRulesDefinitionArgs{ManagedRuleSets: network.ManagedRuleSetArray{
			network.ManagedRuleSetArgs{RuleSetType: pulumi.String("Microsoft_DefaultRuleSet"), RuleSetVersion: pulumi.String("2.1")},
			network.ManagedRuleSetArgs{RuleSetType: pulumi.String("Microsoft_BotManagerRuleSet"), RuleSetVersion: pulumi.String("1.1")},
		}},
	}
	if a.Limit > 0 {
		args.CustomRules = network.WebApplicationFirewallCustomRuleArray{a.limit()}
	}
	policy, err := network.NewWebApplicationFirewallPolicy(ctx, name, args, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the firewall of gateway %s: %w", name, err)
	}
	return policy, nil
}

// limit refuses an address that asks too often.
func (a *GatewayArgs) limit() network.WebApplicationFirewallCustomRuleArgs {
	return network.WebApplicationFirewallCustomRuleArgs{
		Name: pulumi.String("limit"), Priority: pulumi.Int(10), RuleType: pulumi.String("RateLimitRule"), Action: pulumi.String("Block"),
		RateLimitDuration: pulumi.String("OneMin"), RateLimitThreshold: pulumi.Int(a.Limit),
		GroupByUserSession: network.GroupByUserSessionArray{network.GroupByUserSessionArgs{
			GroupByVariables: network.GroupByVariableArray{network.GroupByVariableArgs{VariableName: pulumi.String("ClientAddr")}},
		}},
		MatchConditions: network.MatchConditionArray{network.MatchConditionArgs{
			MatchVariables: network.MatchVariableArray{network.MatchVariableArgs{VariableName: pulumi.String("RemoteAddr")}},
			Operator:       pulumi.String("IPMatch"), NegationConditon: pulumi.Bool(true), MatchValues: pulumi.ToStringArray([]string{"255.255.255.255/32"}),
		}},
	}
}
