package policies

import (
	"slices"
	"strings"
)

// Source of the ids: Trivy 1.12.2, checkov 2026-08, CIS Microsoft Azure
// Foundations 6.0; of the property names: pulumi-azure-native 2.88 to 2.90.

var azureClusterRules = []rule{
	{
		ids:      "T AZU-0065/0041, C CKV_AZURE_115/6, K aks_private_cluster_disabled",
		topics:   "exposure",
		priority: 1, types: "containerservice.ManagedCluster",
		reason: "an API that the world can reach is one stolen token away from everybody",
		check: local(func(r resource) []string {
			const profile = "apiServerAccessProfile."
			if r.Inputs.Bool(profile + "enablePrivateCluster") {
				return nil
			}
			if r.Inputs.Count(profile+"authorizedIPRanges[]") == 0 || slices.ContainsFunc(r.Inputs.Strings(profile+"authorizedIPRanges[]"), everywhere) {
				return complain("the API is open to everybody")
			}
			return nil
		}),
		bad: []string{
			`azure/containerservice.ManagedCluster cluster: apiServerAccessProfile = null`,
			`azure/containerservice.ManagedCluster cluster: apiServerAccessProfile = {"authorizedIPRanges":["0.0.0.0/0"]}`,
		},
	},
	{
		ids:      "T AZU-0042, C CKV_AZURE_5",
		topics:   "rights",
		priority: 1, types: "containerservice.ManagedCluster",
		reason: "without roles everybody who is in may do everything",
		check:  is("enableRBAC", true),
		bad:    []string{`azure/containerservice.ManagedCluster cluster: enableRBAC = false`},
	},
	{
		ids:      "T AZU-0043, C CKV_AZURE_7",
		topics:   "hardening",
		priority: 1, types: "containerservice.ManagedCluster",
		reason: "without network policies each pod speaks to every other",
		check:  is("networkProfile.networkPolicy", "azure", "calico", "cilium"),
		bad:    []string{`azure/containerservice.ManagedCluster cluster: networkProfile.networkPolicy = "none"`},
	},
	{
		ids:      "C CKV2_AZURE_29",
		topics:   "hardening",
		priority: 2, types: "containerservice.ManagedCluster",
		reason: "kubenet knows no policies of Azure's and goes away in 2028",
		check:  is("networkProfile.networkPlugin", "azure"),
		bad:    []string{`azure/containerservice.ManagedCluster cluster: networkProfile.networkPlugin = "kubenet"`},
	},
	{
		ids:      "C CKV_AZURE_141",
		topics:   "identity",
		priority: 1, types: "containerservice.ManagedCluster",
		reason: "the local administrator is nobody, and their certificate lasts for years",
		check:  all(is("disableLocalAccounts", true), is("aadProfile.managed", true)),
		bad: []string{
			`azure/containerservice.ManagedCluster cluster: disableLocalAccounts = false`, `azure/containerservice.ManagedCluster cluster: aadProfile = null`,
		},
	},
	{
		ids:      "T AZU-0040, C CKV_AZURE_4",
		topics:   "audit",
		priority: 1, types: "containerservice.ManagedCluster",
		reason: "the control plane's logs are the only record of who did what in the cluster",
		check:  records("kube-audit", "kube-audit-admin"),
		bad: []string{
			`azure/insights.DiagnosticSetting cluster: gone`, `azure/insights.DiagnosticSetting cluster: logs[0].enabled = false`,
		},
	},
	{
		ids:      "T AZU-0066, C CKV_AZURE_116",
		topics:   "hardening",
		priority: 2, types: "containerservice.ManagedCluster",
		reason: "without it nothing refuses a pod that is root",
		check:  is("addonProfiles.azurepolicy.enabled", true),
		bad:    []string{`azure/containerservice.ManagedCluster cluster: addonProfiles.azurepolicy = null`},
	},
	{
		ids:      "C CKV_AZURE_171",
		topics:   "patching",
		priority: 2, types: "containerservice.ManagedCluster",
		reason: "without a channel nobody brings security fixes",
		check:  is("autoUpgradeProfile.upgradeChannel", "patch", "stable", "rapid", "node-image"),
		bad:    []string{`azure/containerservice.ManagedCluster cluster: autoUpgradeProfile.upgradeChannel = "none"`},
	},
	{
		ids:      "C CKV_AZURE_170",
		topics:   "availability",
		priority: 2, types: "containerservice.ManagedCluster",
		reason: "the free control plane promises nothing",
		check:  is("sku.tier", "Standard", "Premium"),
		bad:    []string{`azure/containerservice.ManagedCluster cluster: sku.tier = "Free"`},
	},
	{
		ids:      "C CKV_AZURE_172",
		topics:   "secrets",
		priority: 2, types: "containerservice.ManagedCluster",
		reason: "a pod keeps the secret of its first day",
		check: only(func(r resource) bool { return r.Inputs.Bool("addonProfiles.azureKeyvaultSecretsProvider.enabled") },
			is("addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation", "true")),
		bad: []string{`azure/containerservice.ManagedCluster cluster: addonProfiles.azureKeyvaultSecretsProvider.config = null`},
	},
	{
		ids:      "T AZU-0067, C CKV_AZURE_117/227",
		topics:   "atRest",
		priority: 2, types: "containerservice.ManagedCluster containerservice.AgentPool",
		reason: "a disk that is thrown away must be of no use",
		check: all(
			only(isKind("containerservice.ManagedCluster"), has("diskEncryptionSetID")), pools(is("enableEncryptionAtHost", true)),
		),
		bad: []string{
			`azure/containerservice.ManagedCluster cluster: diskEncryptionSetID = null`,
			`azure/containerservice.ManagedCluster cluster: agentPoolProfiles[0].enableEncryptionAtHost = false`,
			`azure/containerservice.AgentPool cluster-apps: enableEncryptionAtHost = null`,
		},
	},
	{
		ids:      "C CKV_AZURE_143",
		topics:   "exposure",
		priority: 1, types: "containerservice.ManagedCluster containerservice.AgentPool",
		reason: "a node with an address on the internet can be reached from it",
		check:  pools(isNot("enableNodePublicIP", true)),
		bad:    []string{`azure/containerservice.AgentPool cluster-apps: enableNodePublicIP = true`},
	},
	{
		ids:      "C CKV_AZURE_168, C CKV_AZURE_169, C CKV_AZURE_232",
		topics:   "availability hardening",
		priority: 2, types: "containerservice.ManagedCluster containerservice.AgentPool",
		reason: "pools that cannot grow, and a system that shares its nodes with what users break",
		check: all(
			pools(all(is("type", nil, "VirtualMachineScaleSets"), atLeast("maxPods", 50))),
			only(isKind("containerservice.ManagedCluster"), every("agentPoolProfiles[]", only(
				func(r resource) bool { return r.Inputs.String("mode") == "System" }, includes("nodeTaints[]", "CriticalAddonsOnly=true:NoSchedule"),
			))),
		),
		bad: []string{
			`azure/containerservice.AgentPool cluster-apps: maxPods = 30`, `azure/containerservice.AgentPool cluster-apps: type = "AvailabilitySet"`,
			`azure/containerservice.ManagedCluster cluster: agentPoolProfiles[0].nodeTaints = null`,
		},
	},
	{
		ids:      "own AKS-1 (pods and cluster have identities, and no passwords)",
		topics:   "identity",
		priority: 1, types: "containerservice.ManagedCluster",
		reason: "a password of a service principal lies in a file and does not change",
		check: all(
			is("securityProfile.workloadIdentity.enabled", true), is("oidcIssuerProfile.enabled", true), has("identity.type"), hasNot("servicePrincipalProfile.secret"),
		),
		bad: []string{
			`azure/containerservice.ManagedCluster cluster: securityProfile = null`, `azure/containerservice.ManagedCluster cluster: oidcIssuerProfile.enabled = false`,
			`azure/containerservice.ManagedCluster cluster: servicePrincipalProfile = {"clientId":"x","secret":"y"}`,
		},
	},
	{
		ids:      "own AKS-2 (nodes stand in several zones)",
		topics:   "availability",
		priority: 2, types: "containerservice.ManagedCluster containerservice.AgentPool",
		reason: "a zone that fails must not take the cluster with it",
		check: pools(local(func(r resource) []string {
			if n := r.Inputs.Count("availabilityZones[]"); n < 2 {
				return complain("stands in %d zones, want 2 or more", n)
			}
			return nil
		})),
		bad: []string{`azure/containerservice.AgentPool cluster-apps: availabilityZones = ["1"]`},
	},
}

// pools wants of each pool of a cluster, and of each pool of its own, what a
// check wants.
func pools(want check) check {
	return all(
		only(isKind("containerservice.ManagedCluster"), every("agentPoolProfiles[]", want)),
		only(isKind("containerservice.AgentPool"), want),
	)
}

// records wants a diagnostic setting of a resource that keeps one of some
// categories of logs, or a group of them.
func records(categories ...string) check {
	return some("insights.DiagnosticSetting", "resourceUri", "diagnostic setting that keeps "+strings.Join(categories, " or "), func(s resource) bool {
		for _, l := range s.Inputs.Objects("logs[]") {
			group := l.String("categoryGroup")
			if l.Bool("enabled") && (slices.Contains(categories, l.String("category")) || group == "audit" || group == "allLogs") {
				return true
			}
		}
		return false
	})
}
