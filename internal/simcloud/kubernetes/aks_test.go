package kubernetes

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/azure"
)

// onAzure is a ground in a cluster of the simulated Azure that leads an
// application gateway.
type onAzure struct {
	*ground
	in      simcloud.Session
	cluster *simcloud.Record
	address string
}

// newAzure makes the cluster; led says whether it may change the gateway.
func newAzure(t *testing.T, led bool) *onAzure {
	t.Helper()
	const sub = "/subscriptions/" + azure.DefaultSubscription
	a := &onAzure{in: simcloud.Session{Account: azure.DefaultSubscription}}
	cloud := simcloud.New(Catalog(), azure.Catalog())
	create := func(token string, more m) *simcloud.Record {
		t.Helper()
		in := simcloud.Values{"resourceGroupName": "rg", "location": "westeurope"}
		for k, v := range more {
			in[k] = v
		}
		r, err := cloud.Create(a.in, "azure-native:"+token, token, in)
		if err != nil {
			t.Fatalf("creating %s: %v", token, err)
		}
		return r
	}
	create("resources:ResourceGroup", nil)
	create("network:VirtualNetwork", m{"virtualNetworkName": "net", "addressSpace": m{"addressPrefixes": []any{"10.0.0.0/16"}}})
	subnet := create("network:Subnet", m{"virtualNetworkName": "net", "subnetName": "gateway", "addressPrefix": "10.0.128.0/24"})
	address := create("network:PublicIPAddress", m{"publicIpAddressName": "address", "sku": m{"name": "Standard"}, "publicIPAllocationMethod": "Static"})
	a.address = address.Out.String("ipAddress")
	part := []any{m{"name": "start"}}
	gateway := create("network:ApplicationGateway", m{
		"applicationGatewayName": "gateway", "sku": m{"name": "WAF_v2", "tier": "WAF_v2"}, "frontendPorts": part, "httpListeners": part,
		"gatewayIPConfigurations":  []any{m{"subnet": m{"id": subnet.ID}}},
		"frontendIPConfigurations": []any{m{"publicIPAddress": m{"id": address.ID}}}, "requestRoutingRules": []any{m{"name": "start", "priority": 1}},
	})
	a.cluster = create("containerservice/v20241001:ManagedCluster", m{
		"resourceName": "shop", "dnsPrefix": "shop", "kubernetesVersion": "1.34", "identity": m{"type": "SystemAssigned"},
		"agentPoolProfiles": []any{m{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}},
		"addonProfiles":     m{"ingressApplicationGateway": m{"enabled": true, "config": m{"applicationGatewayId": gateway.ID}}},
	})
	if led {
		create("authorization:RoleAssignment", m{
			"roleAssignmentName": "00000000-0000-0000-0000-000000000001", "scope": gateway.ID,
			"principalId":      a.cluster.Out.String("addonProfiles.ingressApplicationGateway.identity.objectId"),
			"roleDefinitionId": sub + "/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c",
		})
	}
	a.ground = &ground{t: t, cloud: cloud, session: simcloud.Session{Account: a.cluster.Out.String("fqdn") + ":443"}}
	a.make("v1", "Namespace", "", "shop", nil)
	return a
}

// door is an Ingress that the gateway serves.
func door(secret string) m {
	tls := m{"hosts": []any{"shop.example.com"}}
	if secret != "" {
		tls["secretName"] = secret
	}
	return m{"spec": m{"ingressClassName": "azure-application-gateway", "tls": []any{tls}, "rules": []any{m{"host": "shop.example.com"}}}}
}

func TestGatewayOnAzure(t *testing.T) {
	a := newAzure(t, true)
	made := a.make("networking.k8s.io/v1", "Ingress", "shop", "door", door("certificate"))
	if got := made.Out.String("status.loadBalancer.ingress[].ip"); got != a.address {
		t.Errorf("got %s, want the gateway's address %s", got, a.address)
	}
	if err := a.try("networking.k8s.io/v1", "Ingress", "shop", "bare", door("")); err == nil || !strings.Contains(err.Error(), "TLS secret") {
		t.Errorf("an Ingress without a certificate: got %v", err)
	}
	a = newAzure(t, false)
	if err := a.try("networking.k8s.io/v1", "Ingress", "shop", "door", door("certificate")); err == nil || !strings.Contains(err.Error(), "AuthorizationFailed") {
		t.Errorf("a controller without rights: got %v", err)
	}
}

func TestClusterOnAzureIsGone(t *testing.T) {
	a := newAzure(t, true)
	if _, err := a.release("karpenter-crd", nil); err != nil { // it brings definitions that nobody tracks
		t.Fatal(err)
	}
	if err := a.cloud.Delete(a.in, a.cluster.Type, a.cluster.ID); err != nil {
		t.Fatal(err)
	}
	for _, r := range a.cloud.Records() {
		if r.Account == a.session.Account && r.Hint == "" {
			t.Errorf("%s %s is left", r.Type, r.ID)
		}
	}
	if err := a.try("v1", "Namespace", "", "late", nil); err == nil || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("got %v, want that nobody is there", err)
	}
}
