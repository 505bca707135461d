package kubernetes

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// A cluster on AKS with the add-on of the application gateway leads that gateway by
// its Ingresses. The gateway is no part of the cluster: the stack makes it.
//
// Source: Application Gateway Ingress Controller, "How-to" guides and
// pkg/k8scontext; read 2026-11.
const (
	aksToken     = "azure-native:containerservice/v20241001:ManagedCluster"
	gatewayToken = "azure-native:network:ApplicationGateway"
	addressToken = "azure-native:network:PublicIPAddress"
	gatewayAddon = "addonProfiles.ingressApplicationGateway."
	aksClass     = "azure-application-gateway"
	aksDomain    = ".azmk8s.io:443"
)

// aksOf is the record of op's cluster in the simulated Azure; nil for another.
func aksOf(op *simcloud.Op) *simcloud.Record {
	for _, r := range op.Everywhere(aksToken) {
		for _, at := range []string{"fqdn", "privateFQDN"} {
			if host := r.Out.String(at); host != "" && host+":443" == op.Account {
				return r
			}
		}
	}
	return nil
}

// aksReachable refuses everything in a cluster that was on AKS and is gone: its
// name does not resolve any more.
func aksReachable(op *simcloud.Op) error {
	if !strings.HasSuffix(op.Account, aksDomain) || aksOf(op) != nil || len(op.Everywhere("azure-native:")) == 0 {
		return nil
	}
	host := strings.TrimSuffix(op.Account, ":443")
	return simcloud.Refusal("Unreachable",
		"configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get \"https://%s/openapi/v2?timeout=32s\": dial tcp: lookup %s: no such host",
		op.Account, host)
}

// refuseAks refuses an Ingress that the gateway would never serve.
func (a *asked) refuseAks(op *simcloud.Op) error {
	gateway := a.gatewayOf(op)
	if gateway == "" {
		return never(op.In, "there is no IngressClass %s: the add-on ingress-appgw is not enabled", aksClass)
	}
	for _, t := range op.In.Objects("spec.tls[]") {
		if t.String("secretName") == "" {
			return never(op.In, "unable to find a TLS secret for host %s: the gateway has no certificate to show", strings.Join(t.Strings("hosts[]"), ", "))
		}
	}
	if id := a.aks.Out.String(gatewayAddon + "identity.objectId"); !mayLead(op, id, gateway) {
		return never(op.In, "AuthorizationFailed: the client with object id '%s' does not have authorization to perform action 'Microsoft.Network/applicationGateways/write' over scope '%s'", id, gateway)
	}
	return nil
}

// gatewayOf is the id of the gateway that the cluster leads; empty without one.
func (a *asked) gatewayOf(op *simcloud.Op) string {
	id := a.aks.In.String(gatewayAddon + "config.applicationGatewayId")
	for _, r := range op.Everywhere(gatewayToken) {
		if r.ID == id {
			return id
		}
	}
	return ""
}

// mayLead says whether an identity may change the gateway.
// Source: Azure built-in roles, Contributor.
func mayLead(op *simcloud.Op, principal, gateway string) bool {
	const contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	return slices.ContainsFunc(op.Everywhere("azure-native:authorization:RoleAssignment"), func(r *simcloud.Record) bool {
		return r.In.String("principalId") == principal && strings.HasPrefix(gateway, r.In.String("scope")) &&
			strings.HasSuffix(r.In.String("roleDefinitionId"), contributor)
	})
}

// makeInAks says at which address the gateway serves an Ingress.
func (a *asked) makeInAks(op *simcloud.Op) map[string]any {
	for _, g := range op.Everywhere(gatewayToken) {
		for _, r := range op.Everywhere(addressToken) {
			if g.ID == a.gatewayOf(op) && slices.Contains(g.In.Strings("frontendIPConfigurations[].publicIPAddress.id"), r.ID) {
				return map[string]any{"ip": r.Out.String("ipAddress")}
			}
		}
	}
	return map[string]any{}
}
