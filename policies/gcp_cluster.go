package policies

import (
	"slices"
	"strings"
)

// Source of the ids: Trivy 1.12.2, checkov 2026-08, CIS Google Cloud Platform
// Foundation 5.0; of the property names: pulumi-gcp 7.38.

var gcpClusterRules = []rule{
	{
		ids:      "T GCP-0053, C CKV_GCP_18",
		topics:   "exposure",
		priority: 1, types: "container.Cluster",
		reason: "an API that the world can reach is one stolen token away from everybody",
		check: local(func(r resource) []string {
			if !r.Inputs.Bool("privateClusterConfig.enablePrivateEndpoint") && !r.Inputs.Has("masterAuthorizedNetworksConfig") {
				return complain("the API is open to everybody")
			}
			return nil
		}),
		bad:  []string{`gcp/container.Cluster cluster: masterAuthorizedNetworksConfig = null`},
		also: []string{"T GCP-0061"},
	},
	{
		ids:      "T GCP-0061, C CKV_GCP_20",
		topics:   "exposure",
		priority: 1, types: "container.Cluster",
		reason: "a network of clients that is the whole internet is none",
		check: local(func(r resource) []string {
			if !r.Inputs.Has("masterAuthorizedNetworksConfig") {
				return complain("masterAuthorizedNetworksConfig is not set")
			}
			if slices.ContainsFunc(r.Inputs.Strings("masterAuthorizedNetworksConfig.cidrBlocks[].cidrBlock"), everywhere) {
				return complain("masterAuthorizedNetworksConfig lets everybody in")
			}
			return nil
		}),
		bad: []string{`gcp/container.Cluster cluster: masterAuthorizedNetworksConfig.cidrBlocks[0].cidrBlock = "0.0.0.0/0"`},
	},
	{
		ids:      "T GCP-0059, C CKV_GCP_64",
		topics:   "exposure",
		priority: 1, types: "container.Cluster",
		reason: "a node with an address on the internet can be reached from it",
		check:  is("privateClusterConfig.enablePrivateNodes", true),
		bad: []string{
			`gcp/container.Cluster cluster: privateClusterConfig.enablePrivateNodes = false`, `gcp/container.Cluster cluster: privateClusterConfig = null`,
		},
	},
	{
		ids:      "T GCP-0049, C CKV_GCP_23",
		topics:   "exposure",
		priority: 1, types: "container.Cluster",
		reason: "routes instead of the network's own addresses pass its firewall by",
		check:  has("ipAllocationPolicy"),
		bad:    []string{`gcp/container.Cluster cluster: ipAllocationPolicy = null`},
	},
	{
		ids:      "T GCP-0056, C CKV_GCP_12",
		topics:   "hardening",
		priority: 1, types: "container.Cluster",
		reason: "without network policies each pod speaks to every other",
		check: only(standard, local(func(r resource) []string {
			if !r.Inputs.Bool("networkPolicy.enabled") && r.Inputs.String("datapathProvider") != "ADVANCED_DATAPATH" {
				return complain("has no network policies: neither networkPolicy.enabled nor datapathProvider ADVANCED_DATAPATH")
			}
			return nil
		})),
		bad: []string{`gcp/container.Cluster cluster: datapathProvider = "LEGACY_DATAPATH"`},
	},
	{
		ids:      "C CKV_GCP_69, T GCP-0048/0057",
		topics:   "identity hardening",
		priority: 1, types: "container.Cluster container.NodePool",
		reason: "a pod that can reach the metadata service has the node's rights",
		check: all(
			only(isKind("container.Cluster"), has("workloadIdentityConfig.workloadPool")),
			only(isKind("container.NodePool"), all(
				is("nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA"), is("nodeConfig.metadata.disable-legacy-endpoints", "true"),
			)),
		),
		bad: []string{
			`gcp/container.Cluster cluster: workloadIdentityConfig = null`,
			`gcp/container.NodePool cluster-apps: nodeConfig.workloadMetadataConfig.mode = "GCE_METADATA"`,
			`gcp/container.NodePool cluster-apps: nodeConfig.metadata = null`,
		},
	},
	{
		ids:      "T GCP-0050, K gke_using_default_service_account",
		topics:   "rights",
		priority: 1, types: "container.NodePool",
		reason: "the default account is an editor of the whole project",
		check: all(has("nodeConfig.serviceAccount"), local(func(r resource) []string {
			account := r.Inputs.String("nodeConfig.serviceAccount")
			if account == "default" || strings.HasSuffix(account, "-compute@developer.gserviceaccount.com") {
				return complain("nodes are %s", account)
			}
			return nil
		})),
		bad: []string{
			`gcp/container.NodePool cluster-apps: nodeConfig.serviceAccount = null`,
			`gcp/container.NodePool cluster-apps: nodeConfig.serviceAccount = "123-compute@developer.gserviceaccount.com"`,
		},
	},
	{
		ids:      "T GCP-0055, C CKV_GCP_68/71/72",
		topics:   "hardening",
		priority: 1, types: "container.Cluster container.NodePool",
		reason: "a node that starts what somebody changed is not noticed",
		check: all(
			only(isKind("container.Cluster"), isNot("enableShieldedNodes", false)),
			only(isKind("container.NodePool"), all(
				is("nodeConfig.shieldedInstanceConfig.enableSecureBoot", true),
				isNot("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", false),
			)),
		),
		bad: []string{
			`gcp/container.Cluster cluster: enableShieldedNodes = false`,
			`gcp/container.NodePool cluster-apps: nodeConfig.shieldedInstanceConfig = null`,
			`gcp/container.NodePool cluster-apps: nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring = false`,
		},
	},
	{
		ids:      "T GCP-0062/0064, C CKV_GCP_7/13",
		topics:   "identity",
		priority: 1, types: "container.Cluster",
		reason: "a client certificate cannot be taken back, and rights by attribute are not seen in roles",
		check:  all(isNot("enableLegacyAbac", true), isNot("masterAuth.clientCertificateConfig.issueClientCertificate", true)),
		bad: []string{
			`gcp/container.Cluster cluster: enableLegacyAbac = true`,
			`gcp/container.Cluster cluster: masterAuth = {"clientCertificateConfig":{"issueClientCertificate":true}}`,
		},
	},
	{
		ids:      "C CKV_GCP_66",
		topics:   "hardening",
		priority: 2, types: "container.Cluster",
		reason: "an image that nobody built here runs as well as one that we did",
		check:  is("binaryAuthorization.evaluationMode", "PROJECT_SINGLETON_POLICY_ENFORCE"),
		bad: []string{
			`gcp/container.Cluster cluster: binaryAuthorization = null`, `gcp/container.Cluster cluster: binaryAuthorization.evaluationMode = "DISABLED"`,
		},
	},
	{
		ids:      "C CKV_GCP_70, K outdated_gke_version",
		topics:   "patching",
		priority: 1, types: "container.Cluster",
		reason: "without a channel nobody brings security fixes",
		check:  is("releaseChannel.channel", "REGULAR", "STABLE", "EXTENDED"),
		bad: []string{
			`gcp/container.Cluster cluster: releaseChannel = null`, `gcp/container.Cluster cluster: releaseChannel.channel = "UNSPECIFIED"`,
		},
	},
	{
		ids:      "T GCP-0058/0063, C CKV_GCP_9/10",
		topics:   "patching availability",
		priority: 1, types: "container.NodePool",
		reason: "a sick node stays sick, and an old one stays old",
		check:  all(is("management.autoRepair", true), is("management.autoUpgrade", true)),
		bad: []string{
			`gcp/container.NodePool cluster-apps: management.autoRepair = false`, `gcp/container.NodePool cluster-apps: management.autoUpgrade = null`,
		},
	},
	{
		ids:      "T GCP-0052/0060, C CKV_GCP_1/8",
		topics:   "audit alerts",
		priority: 1, types: "container.Cluster",
		reason: "the control plane's logs are the only record of who did what in the cluster",
		check: all(isNot("loggingService", "none"), isNot("monitoringService", "none"), local(func(r resource) (all []string) {
			for _, what := range []string{"loggingConfig", "monitoringConfig"} {
				if r.Inputs.Has(what) && !slices.Contains(r.Inputs.Strings(what+".enableComponents[]"), "SYSTEM_COMPONENTS") {
					all = append(all, what+" lacks SYSTEM_COMPONENTS")
				}
			}
			return all
		})),
		bad: []string{
			`gcp/container.Cluster cluster: loggingConfig.enableComponents = []`, `gcp/container.Cluster cluster: monitoringService = "none"`,
		},
	},
	{
		ids:      "T GCP-0054, C CKV_GCP_22",
		topics:   "hardening",
		priority: 2, types: "container.NodePool",
		reason: "a system with a shell and a package manager is one more thing to break into",
		check:  is("nodeConfig.imageType", "COS_CONTAINERD", "cos_containerd"),
		bad:    []string{`gcp/container.NodePool cluster-apps: nodeConfig.imageType = "UBUNTU_CONTAINERD"`},
	},
	{
		ids:      "own GKE-1 (secrets in etcd are encrypted with a key of the stack)",
		topics:   "atRest",
		priority: 1, types: "container.Cluster",
		reason: "who gets hold of a copy of etcd must not get the secrets in it",
		check:  all(is("databaseEncryption.state", "ENCRYPTED"), gcpKey("databaseEncryption.keyName")),
		bad: []string{
			`gcp/container.Cluster cluster: databaseEncryption.state = "DECRYPTED"`, `gcp/container.Cluster cluster: databaseEncryption.keyName = "projects/x/other"`,
		},
	},
	{
		ids:      "own GKE-2 (a cluster is not deleted with one word)",
		topics:   "backups",
		priority: 2, types: "container.Cluster",
		reason: "what runs in it is gone with it",
		check:  isNot("deletionProtection", false),
		bad:    []string{`gcp/container.Cluster cluster: deletionProtection = false`},
	},
}

// standard says whether a cluster's nodes are ours: those of Autopilot are
// Google's, and are so already.
func standard(r resource) bool { return !r.Inputs.Bool("enableAutopilot") }

// isKind holds for resources of one of the types.
func isKind(kinds ...string) func(resource) bool {
	return func(r resource) bool { return slices.Contains(kinds, r.kind) }
}

// gcpKey wants a key of the stack at a path.
func gcpKey(path string) check { return ofStack(path, "kms.CryptoKey") }
