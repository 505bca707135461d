package azure

import (
	"maps"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// cluster are inputs of a cluster that is not refused, in a world that has what
// they name.
func (w *world) cluster() simcloud.Values {
	w.t.Helper()
	made := w.network(map[string]string{"nodes": "10.0.0.0/17"})
	identity := w.make(identityToken, "control", in(object{"resourceName": "control"}))
	w.make(assignmentToken, "rights", simcloud.Values{
		"roleAssignmentName": "00000000-0000-0000-0000-000000000001", "principalId": identity.Out.String("principalId"), "scope": made[""].ID,
		"roleDefinitionId": "/subscriptions/" + subscription + roleDefinitions + "4d97b98b-1d4f-4787-a291-c67834d212e7",
	})
	return in(object{
		"resourceName": "aks", "dnsPrefix": "aks", "kubernetesVersion": "1.34",
		"identity":       object{"type": "UserAssigned", "userAssignedIdentities": []any{identity.ID}},
		"sku":            object{"name": "Base", "tier": "Standard"},
		"networkProfile": object{"networkPlugin": "azure", "networkPluginMode": "overlay", "networkDataplane": "cilium", "networkPolicy": "cilium", "podCidr": "10.244.0.0/16", "serviceCidr": "10.245.0.0/16", "dnsServiceIP": "10.245.0.10"},
		"agentPoolProfiles": []any{object{
			"name": "system", "mode": "System", "vmSize": "Standard_D2ds_v5", "enableAutoScaling": true, "minCount": 1, "maxCount": 3, "count": 1,
			"availabilityZones": []any{"1", "2"}, "vnetSubnetID": made["nodes"].ID,
		}},
	})
}

// change sets a value at a path of a copy.
func change(in simcloud.Values, path string, value any) simcloud.Values {
	copied := maps.Clone(in)
	at, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		copied[at] = value
		return copied
	}
	switch inner := in[at].(type) {
	case object:
		copied[at] = map[string]any(change(inner, rest, value))
	case []any:
		copied[at] = []any{map[string]any(change(inner[0].(object), rest, value))}
	default:
		copied[at] = map[string]any(change(simcloud.Values{}, rest, value))
	}
	return copied
}

func TestClusterRefuses(t *testing.T) {
	w := newWorld(t)
	good := w.cluster()
	for words, at := range map[string]object{
		"K8sVersionNotSupported":                          {"kubernetesVersion": "1.20"},
		"Cilium dataplane requires":                       {"networkProfile.networkPluginMode": ""},
		"requires network policy cilium":                  {"networkProfile.networkPolicy": "azure"},
		"not supported for private cluster":               {"apiServerAccessProfile": object{"enablePrivateCluster": true, "authorizedIPRanges": []any{"198.51.100.0/24"}}},
		"CustomPrivateDNSZoneMissingUserAssignedIdentity": {"apiServerAccessProfile": object{"enablePrivateCluster": true, "privateDNSZone": "/subscriptions/x"}, "identity": object{"type": "SystemAssigned"}},
		"Cost analysis requires":                          {"sku.tier": "Free", "metricsProfile": object{"costAnalysis": object{"enabled": true}}},
		"Microsoft Entra integration only":                {"disableLocalAccounts": true},
		"Workload identity needs":                         {"securityProfile": object{"workloadIdentity": object{"enabled": true}}},
		"cannot be enabled with the cluster autoscaler":   {"nodeProvisioningProfile": object{"mode": "Auto"}},
		"MustHaveSystemPool":                              {"agentPoolProfiles.mode": "User"},
		"A node pool name must match":                     {"agentPoolProfiles.name": "System-1"},
		"minCount 5 of pool":                              {"agentPoolProfiles.minCount": 5},
		"ResourceTypesInAvailabilityZonesNotSupported":    {"agentPoolProfiles.availabilityZones": []any{"4"}},
		"is not allowed in your subscription":             {"agentPoolProfiles.vmSize": "Standard_Q4_v1"},
		"Use a VM size with larger cache":                 {"agentPoolProfiles.osDiskType": "Ephemeral", "agentPoolProfiles.osDiskSizeGB": 128},
		"cannot be a spot pool":                           {"agentPoolProfiles.scaleSetPriority": "Spot"},
		"ServiceCidrOverlapExistingSubnetsCidr":           {"networkProfile.serviceCidr": "10.0.64.0/20"},
		"DnsServiceIpOutOfServiceCidr":                    {"networkProfile.dnsServiceIP": "10.246.0.10"},
		"NatGatewayNotAssociated":                         {"networkProfile.outboundType": "userAssignedNATGateway"},
		"InvalidResourceReference":                        {"diskEncryptionSetID": "/subscriptions/x"},
		"NodePoolMcVersionIncompatible":                   {"agentPoolProfiles.orchestratorVersion": "1.35"},
		"CustomKubeletIdentityMissingPermissionError":     {"identityProfile": object{"kubeletidentity": object{"resourceId": good.String("identity.userAssignedIdentities[]")}}},
	} {
		bad := good
		for path, value := range at {
			bad = change(bad, path, value)
		}
		_, err := w.try(aksToken, "aks", bad)
		refused(t, err, words)
	}
	cluster := w.make(aksToken, "aks", good)
	if issuer := cluster.Out.String("oidcIssuerProfile.issuerURL"); !strings.HasPrefix(issuer, "https://westeurope.oic.") {
		t.Errorf("issuer: got %s", issuer)
	}
	for words, at := range map[string]object{
		"'networkProfile.podCidr' is not allowed":                  {"networkProfile.podCidr": "10.248.0.0/16"},
		"agentPoolProfiles.vmSize' is not allowed":                 {"agentPoolProfiles.vmSize": "Standard_D4ds_v5"},
		"agentPoolProfiles.availabilityZones' is not allowed":      {"agentPoolProfiles.availabilityZones": []any{"1"}},
		"Upgrading Kubernetes version 1.34 to 1.36 is not allowed": {"kubernetesVersion": "1.36"},
		"Upgrading Kubernetes version 1.34 to 1.33 is not allowed": {"kubernetesVersion": "1.33"},
	} {
		bad := good
		for path, value := range at {
			bad = change(bad, path, value)
		}
		_, err := w.cloud.Update(w.s, aksToken, cluster.ID, "aks", bad)
		refused(t, err, words)
	}
	if err := w.cloud.Delete(w.s, subnetToken, good.Objects("agentPoolProfiles[]")[0].String("vnetSubnetID")); err == nil {
		t.Error("a subnet with nodes in it was deleted")
	}
}

func TestPoolRefuses(t *testing.T) {
	w := newWorld(t)
	w.make(aksToken, "aks", w.cluster())
	pool := in(object{
		"resourceName": "aks", "agentPoolName": "apps", "mode": "User", "vmSize": "Standard_D4ds_v5", "enableAutoScaling": true, "minCount": 0, "maxCount": 3,
		"count": 0, "availabilityZones": []any{"1"},
	})
	for words, at := range map[string]object{
		"already existing":       {"agentPoolName": "system"},
		"A node pool name":       {"agentPoolName": "toolongforapool"},
		"maxSurge cannot be set": {"scaleSetPriority": "Spot", "upgradeSettings": object{"maxSurge": "33%"}},
		"is no spot pool":        {"spotMaxPrice": -1},
		"maxPods 5 of pool":      {"maxPods": 5},
		"want key=value:effect":  {"nodeTaints": []any{"a=b"}},
		"ParentResourceNotFound": {"resourceName": "other"},
	} {
		bad := pool
		for path, value := range at {
			bad = change(bad, path, value)
		}
		_, err := w.try(poolToken, "pool", bad)
		refused(t, err, words)
	}
	made := w.make(poolToken, "pool", pool)
	_, err := w.cloud.Update(w.s, poolToken, made.ID, "pool", change(pool, "availabilityZones", []any{"1", "2"}))
	refused(t, err, "'properties.availabilityZones' is not allowed")
}

func TestSizes(t *testing.T) {
	for size, want := range map[string]machine{
		"Standard_D4ds_v5":     {vCPU: 4, local: 150},
		"Standard_D4s_v5":      {vCPU: 4},
		"Standard_D4pds_v6":    {vCPU: 4, arm: true, local: 220},
		"Standard_NC4as_T4_v3": {vCPU: 4, gpu: true, local: 100},
		"Standard_B2s_v2":      {vCPU: 2},
	} {
		if got, ok := machineOf(size); !ok || got != want {
			t.Errorf("%s: got %+v, want %+v", size, got, want)
		}
	}
	for _, size := range []string{"Standard_D3s_v5", "Standard_X2_v1", "m7i.large", "Standard_D2_v9"} {
		if _, ok := machineOf(size); ok {
			t.Errorf("%s is known", size)
		}
	}
}
