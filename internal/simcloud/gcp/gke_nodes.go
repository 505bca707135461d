package gcp

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// nodePoolType is a pool of nodes.
// Source for what replaces it: page google_container_node_pool of the Terraform
// provider, read 2026-11.
func nodePoolType() *simcloud.Type {
	return &simcloud.Type{
		Token: nodePoolToken, Noun: "node pool", Auto: "name", AutoMax: 40, Takes: 3 * time.Minute,
		ID:       func(op *simcloud.Op) string { return clusterOf(op) + "/nodePools/" + op.In.String("name") },
		Required: []string{"cluster"},
		Replace: []string{
			"cluster", "initialNodeCount", "location", "maxPodsPerNode", "name", "networkConfig.podRange", "placementPolicy", "project",
			"nodeConfig.advancedMachineFeatures", "nodeConfig.bootDiskKmsKey", "nodeConfig.confidentialNodes", "nodeConfig.ephemeralStorageLocalSsdConfig",
			"nodeConfig.guestAccelerators", "nodeConfig.localSsdCount", "nodeConfig.metadata", "nodeConfig.minCpuPlatform", "nodeConfig.oauthScopes",
			"nodeConfig.preemptible", "nodeConfig.reservationAffinity", "nodeConfig.sandboxConfig", "nodeConfig.serviceAccount",
			"nodeConfig.shieldedInstanceConfig", "nodeConfig.spot",
		},
		Refs: []simcloud.Ref{{
			Path: "cluster", To: []string{clusterToken}, Plain: plain,
			Missing: "googleapi: Error 404: Not found: %s., notFound",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"cluster", "name"}, Words: "googleapi: Error 409: Already exists: %s/nodePools/%s., alreadyExists",
		}},
		Validate: validPool, Refuse: refusePool,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			cluster := op.Find(clusterToken, "id", clusterOf(op))
			out := simcloud.Values{
				"project": op.Account, "instanceGroupUrls": groups(op), "managedInstanceGroupUrls": groups(op),
			}
			if cluster != nil && !op.In.Has("version") {
				out["version"] = given(op, "version", cluster.Out.String("masterVersion"))
			}
			return out
		},
	}
}

func clusterOf(op *simcloud.Op) string { return plain(op.In.String("cluster")) }

// groups are the instance groups of a pool, one a zone.
func groups(op *simcloud.Op) []any {
	var all []any
	for _, zone := range op.In.Strings("nodeLocations[]") {
		all = append(all, selfLink(path(op, "zones", zone, "instanceGroupManagers", "gke-"+op.In.String("name")+"-grp")))
	}
	return all
}

func validPool(in simcloud.Values) []error {
	errs := simcloud.Problems(
		gkeName(in, "name"), simcloud.OneOf(in, "autoscaling.locationPolicy", "BALANCED", "ANY"),
		simcloud.OneOf(in, "nodeConfig.workloadMetadataConfig.mode", "MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"),
		simcloud.Between(in, "nodeConfig.diskSizeGb", 10, 65536), simcloud.OneOf(in, "upgradeSettings.strategy", "SURGE", "BLUE_GREEN"),
		listed(in, "nodeConfig.taints[].effect", "NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"),
		simcloud.OneOf(in, "nodeConfig.imageType", "COS_CONTAINERD", "UBUNTU_CONTAINERD", "WINDOWS_LTSC_CONTAINERD"),
	)
	low, high := in.Int("autoscaling.totalMinNodeCount"), in.Int("autoscaling.totalMaxNodeCount")
	if in.Has("autoscaling.totalMaxNodeCount") && (high < 1 || low > high) {
		errs = append(errs, refused(400, "badRequest", "Autoscaling total_max_node_count must be >= 1 and >= total_min_node_count."))
	}
	if in.Has("autoscaling.maxNodeCount") && in.Has("autoscaling.totalMaxNodeCount") {
		errs = append(errs, refused(400, "badRequest", "Per-zone and total autoscaling limits cannot be used together."))
	}
	if in.Has("upgradeSettings.maxSurge") && in.Int("upgradeSettings.maxSurge")+in.Int("upgradeSettings.maxUnavailable") < 1 {
		errs = append(errs, refused(400, "badRequest", "max_surge + max_unavailable must be at least 1."))
	}
	if in.Bool("nodeConfig.spot") && in.Bool("nodeConfig.preemptible") {
		errs = append(errs, refused(400, "badRequest", "Spot and preemptible cannot be both set."))
	}
	return errs
}

// refusePool holds a pool against its cluster and against what the zones have.
func refusePool(op *simcloud.Op) error {
	cluster := op.Find(clusterToken, "id", clusterOf(op))
	if cluster == nil {
		return nil
	}
	if cluster.In.Bool("enableAutopilot") {
		return refused(400, "badRequest", "Autopilot clusters do not support mutating node pools.")
	}
	region := regionOf(cluster.In.String("location"))
	machine := op.In.String("nodeConfig.machineType")
	for _, zone := range op.In.Strings("nodeLocations[]") {
		if !slices.Contains(zones(region), zone) {
			return refused(400, "badRequest", "Invalid value for field \"node_pool.locations\": zone %s is not in region %s.", zone, region)
		}
	}
	if machine != "" && !isMachine(machine) {
		return refused(400, "badRequest", "Machine type with name '%s' does not exist in zone '%s'.", machine, region)
	}
	if op.In.String("nodeConfig.workloadMetadataConfig.mode") == "GKE_METADATA" && !cluster.In.Has("workloadIdentityConfig.workloadPool") {
		return refused(400, "badRequest", "GKE_METADATA requires Workload Identity to be enabled on the cluster.")
	}
	if err := gpus(op, machine); err != nil {
		return err
	}
	if err := nodesAccount(op, "nodeConfig.serviceAccount"); err != nil {
		return err
	}
	return encrypts(op, "nodeConfig.bootDiskKmsKey", computeAgent, region)
}

// families are the machine families and their kinds; sizes are numbers of
// processors, but for the shared cores of e2.
// Source: Compute Engine docs, "Machine families resource and comparison guide",
// read 2026-11.
var families = map[string][]string{
	"e2": {"standard", "highmem", "highcpu", "micro", "small", "medium"}, "n1": {"standard", "highmem", "highcpu"},
	"n2": {"standard", "highmem", "highcpu"}, "n2d": {"standard", "highmem", "highcpu"},
	"n4": {"standard", "highmem", "highcpu"}, "c2": {"standard"}, "c2d": {"standard", "highmem", "highcpu"},
	"c3": {"standard", "highmem", "highcpu"}, "c3d": {"standard", "highmem", "highcpu"},
	"c4": {"standard", "highmem", "highcpu"}, "c4a": {"standard", "highmem", "highcpu"}, "c4d": {"standard", "highmem", "highcpu"},
	"t2a": {"standard"}, "t2d": {"standard"},
	"g2": {"standard"}, "a2": {"highgpu", "ultragpu", "megagpu"}, "a3": {"highgpu", "megagpu", "ultragpu"},
}

var machineSize = regexp.MustCompile(`^[1-9][0-9]{0,2}g?$`)

// isMachine says whether there is such a machine type.
func isMachine(machine string) bool {
	parts := strings.Split(machine, "-")
	if len(parts) < 2 || !slices.Contains(families[parts[0]], parts[1]) {
		return false
	}
	return len(parts) == 2 && parts[0] == "e2" && len(parts[1]) < 7 || len(parts) == 3 && machineSize.MatchString(parts[2])
}

// gpuFamilies are the accelerators of the families that have them built in.
// Source: Compute Engine docs, "GPU machine types", read 2026-11.
var gpuFamilies = map[string][]string{
	"g2": {"nvidia-l4"}, "a2": {"nvidia-tesla-a100", "nvidia-a100-80gb"}, "a3": {"nvidia-h100-80gb", "nvidia-h100-mega-80gb", "nvidia-h200-141gb"},
	"n1": {"nvidia-tesla-t4", "nvidia-tesla-v100", "nvidia-tesla-p100", "nvidia-tesla-p4"},
}

// gpus refuses accelerators that a machine cannot have, and machines of
// accelerators without them.
func gpus(op *simcloud.Op, machine string) error {
	family, _, _ := strings.Cut(machine, "-")
	kinds := op.In.Strings("nodeConfig.guestAccelerators[].type")
	for _, kind := range kinds {
		if !slices.Contains(gpuFamilies[family], kind) {
			return refused(400, "badRequest", "Accelerator type %s is not supported with machine type %s.", kind, machine)
		}
	}
	if len(kinds) == 0 && family != "n1" && gpuFamilies[family] != nil {
		return refused(400, "badRequest", "Machine type %s requires accelerators to be specified.", machine)
	}
	return nil
}
