package gcp

import (
	"net/netip"
	"regexp"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// clusterName and poolName are at most 40 characters.
// Source: GKE reference, Cluster.name and NodePool.name, read 2026-11.
var clusterName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$`)

// validCluster holds a cluster's arguments against one another.
func validCluster(in simcloud.Values) []error {
	errs := simcloud.Problems(
		gkeName(in, "name"),
		simcloud.OneOf(in, "releaseChannel.channel", "UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"),
		simcloud.OneOf(in, "datapathProvider", "DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"),
		simcloud.OneOf(in, "networkingMode", "VPC_NATIVE", "ROUTES"),
		simcloud.OneOf(in, "databaseEncryption.state", "ENCRYPTED", "DECRYPTED"),
		simcloud.OneOf(in, "securityPostureConfig.mode", "DISABLED", "BASIC", "ENTERPRISE", "MODE_UNSPECIFIED"),
		simcloud.OneOf(in, "binaryAuthorization.evaluationMode", "DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"),
		privateEndpoint(in), autopilotConflicts(in), dataplane(in), workloadPool(in),
		listed(in, "loggingConfig.enableComponents[]", "SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "WORKLOADS", "KCP_SSHD", "KCP_CONNECTION"),
		listed(in, "monitoringConfig.enableComponents[]", "SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "STORAGE",
			"HPA", "POD", "DAEMONSET", "DEPLOYMENT", "STATEFULSET", "CADVISOR", "KUBELET", "DCGM", "JOBSET"),
	)
	for _, b := range in.Strings("masterAuthorizedNetworksConfig.cidrBlocks[].cidrBlock") {
		if p, err := netip.ParsePrefix(b); err != nil || p != p.Masked() {
			errs = append(errs, refused(400, "badRequest", "Invalid master authorized networks: network \"%s\" is not a valid CIDR.", b))
		}
	}
	return append(errs, maintenance(in)...)
}

// gkeName refuses a name that GKE cannot use.
func gkeName(in simcloud.Values, input string) error {
	if n := in.String(input); n != "" && !clusterName.MatchString(n) {
		return refused(400, "badRequest",
			"Invalid value for field \"%s\": \"%s\". It must start with a lowercase letter followed by up to 39 lowercase letters, numbers, or hyphens, and cannot end with a hyphen.", input, n)
	}
	return nil
}

// listed refuses what is not in a list.
func listed(in simcloud.Values, input string, allowed ...string) error {
	for _, v := range in.Strings(input) {
		if !slices.Contains(allowed, v) {
			return refused(400, "badRequest", "Invalid value for field \"%s\": \"%s\".", input, v)
		}
	}
	return nil
}

// privateEndpoint refuses a private API of nodes that are not.
// Source: GKE docs, "Customize your network isolation", read 2026-11.
func privateEndpoint(in simcloud.Values) error {
	if in.Bool("privateClusterConfig.enablePrivateEndpoint") && !in.Bool("privateClusterConfig.enablePrivateNodes") {
		return refused(400, "badRequest", "private_endpoint can only be enabled when private nodes are enabled")
	}
	if in.Bool("privateClusterConfig.enablePrivateEndpoint") && !in.Has("masterAuthorizedNetworksConfig") {
		return refused(400, "badRequest", "master_authorized_networks_config must be enabled when private_endpoint is enabled")
	}
	if in.String("networkingMode") == "VPC_NATIVE" && !in.Has("ipAllocationPolicy") {
		return refused(400, "badRequest", "IP allocation policy must be specified for VPC_NATIVE clusters")
	}
	if in.String("databaseEncryption.state") == "ENCRYPTED" && !in.Has("databaseEncryption.keyName") {
		return refused(400, "badRequest", "database_encryption.key_name must be specified when state is ENCRYPTED")
	}
	return nil
}

// autopilotConflicts refuses what Autopilot does not let be said.
// Source: Terraform provider, google_container_cluster, "conflicts with
// enable_autopilot", read 2026-11.
func autopilotConflicts(in simcloud.Values) error {
	if !in.Bool("enableAutopilot") {
		return nil
	}
	for _, path := range []string{
		"removeDefaultNodePool", "initialNodeCount", "nodeConfig", "enableShieldedNodes", "datapathProvider", "enableIntranodeVisibility", "nodePools",
		"addonsConfig.networkPolicyConfig", "networkPolicy", "clusterAutoscaling.enabled", "clusterAutoscaling.resourceLimits", "defaultMaxPodsPerNode",
	} {
		if in.Has(path) {
			return refused(400, "badRequest", "\"%s\": conflicts with enable_autopilot", path)
		}
	}
	return nil
}

// dataplane refuses Calico beside Dataplane V2, and a cluster without limits that
// provisions nodes.
func dataplane(in simcloud.Values) error {
	if in.String("datapathProvider") == "ADVANCED_DATAPATH" && in.Bool("networkPolicy.enabled") {
		return refused(400, "badRequest", "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed")
	}
	if !in.Bool("clusterAutoscaling.enabled") {
		return nil
	}
	limits := in.Strings("clusterAutoscaling.resourceLimits[].resourceType")
	if !slices.Contains(limits, "cpu") || !slices.Contains(limits, "memory") {
		return refused(400, "badRequest", "Node autoprovisioning requires resource limits for cpu and memory.")
	}
	return nil
}

var fleetPool = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]\.svc\.id\.goog$`)

func workloadPool(in simcloud.Values) error {
	if p := in.String("workloadIdentityConfig.workloadPool"); p != "" && !fleetPool.MatchString(p) {
		return refused(400, "badRequest", "Invalid workload pool \"%s\": want PROJECT_ID.svc.id.goog", p)
	}
	return nil
}

// maintenance holds windows against the bounds.
// Source: GKE docs, "Maintenance windows and exclusions", read 2026-11.
func maintenance(in simcloud.Values) []error {
	var errs []error
	if w, ok := span(in, "maintenancePolicy.recurringWindow"); in.Known("maintenancePolicy.recurringWindow.startTime") && (!ok || w < 4*time.Hour || w > 24*time.Hour) {
		errs = append(errs, refused(400, "badRequest", "Recurring maintenance window must be at least 4 hours and at most 24 hours long."))
	}
	for _, x := range in.Objects("maintenancePolicy.maintenanceExclusions[]") {
		w, ok := span(x, "")
		if !ok {
			errs = append(errs, refused(400, "badRequest", "Maintenance exclusion \"%s\" has an invalid time.", x.String("exclusionName")))
		}
		if x.String("exclusionOptions.scope") == "NO_UPGRADES" && w > 30*24*time.Hour {
			errs = append(errs, refused(400, "badRequest", "Maintenance exclusion \"%s\" with scope NO_UPGRADES must not be longer than 30 days.", x.String("exclusionName")))
		}
	}
	return errs
}

// span is how long a window is.
func span(in simcloud.Values, path string) (time.Duration, bool) {
	if path != "" {
		path += "."
	}
	start, errStart := time.Parse(time.RFC3339, in.String(path+"startTime"))
	end, errEnd := time.Parse(time.RFC3339, in.String(path+"endTime"))
	return end.Sub(start), errStart == nil && errEnd == nil && end.After(start)
}
