package azure

import (
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// poolFixed is what a pool cannot change.
// Source: AKS, "Create node pools", limitations; the error PropertyChangeNotAllowed.
var poolFixed = []string{
	"vmSize", "availabilityZones", "osType", "osDiskType", "osDiskSizeGB", "maxPods", "vnetSubnetID", "podSubnetID",
	"scaleSetPriority", "enableEncryptionAtHost", "enableFIPS",
}

func agentPool() *simcloud.Type {
	return inside(aksKind, "resourceName", aksToken, "agentPools", "agentPoolName", simcloud.Type{
		Token: poolToken, Noun: "agent pool", Takes: 3 * time.Minute,
		Refs:     []simcloud.Ref{idRef("vnetSubnetID", true, subnetToken)},
		Validate: func(in simcloud.Values) []error { return poolValid(in, in.String("agentPoolName"), "") },
		Refuse: func(op *simcloud.Op) error {
			cluster := op.Find(aksToken, "name", op.In.String("resourceName"))
			if slices.Contains(cluster.In.Strings("agentPoolProfiles[].name"), op.In.String("agentPoolName")) {
				return simcloud.Refusal("AlreadyExists", "cannot create already existing resource '%s/agentPools/%s'", cluster.ID, op.In.String("agentPoolName"))
			}
			if err := steady(op, "PropertyChangeNotAllowed", "Changing property 'properties.%s' is not allowed.", poolFixed...); err != nil {
				return err
			}
			pool := simcloud.Values{"location": cluster.In.String("location"), "zones": op.In.Get("availabilityZones")}
			if err := inRegion(pool, "agentPools", "zones[]"); err != nil {
				return err
			}
			return poolRefused(op, op.In, cluster.In.String("kubernetesVersion"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"currentOrchestratorVersion": op.In.String("orchestratorVersion"), "nodeImageVersion": "AKSAzureLinux-V3gen2-202611.01.0"}
		},
	})
}

// poolsValid looks at the pools that come with a cluster.
func poolsValid(in simcloud.Values) []error {
	var errs []error
	pools := in.Objects("agentPoolProfiles[]")
	for _, p := range pools {
		errs = append(errs, poolValid(p, p.String("name"), "agentPoolProfiles.")...)
	}
	if len(pools) > 0 && !slices.ContainsFunc(pools, func(p simcloud.Values) bool { return p.String("mode") == "System" }) {
		errs = append(errs, simcloud.Refusal("MustHaveSystemPool", "Must define at least one system pool."))
	}
	return errs
}

// poolValid refuses what a pool cannot be.
// Source: AKS, "Manage system node pools", "Add a spot node pool", and the REST
// reference of agent pools; read 2026-11.
func poolValid(in simcloud.Values, name, at string) []error {
	var errs []error
	bad := func(is bool, code, format string, args ...any) {
		if is {
			errs = append(errs, simcloud.Refusal(code, format, args...))
		}
	}
	bad(name != "" && !poolName.MatchString(name), "InvalidParameter",
		"The value of parameter %sname is invalid. Error details: %s. A node pool name must match %s.", at, name, poolName)
	least, most, count := in.Int("minCount"), in.Int("maxCount"), in.Int("count")
	system, spot, scales := in.String("mode") == "System", in.String("scaleSetPriority") == "Spot", in.Bool("enableAutoScaling")
	bad(scales && (!in.Has("minCount") || !in.Has("maxCount")), "InvalidParameter", "minCount and maxCount of pool %s are required when autoscaling is enabled.", name)
	bad(scales && least > most, "InvalidParameter", "minCount %d of pool %s is greater than maxCount %d.", least, name, most)
	bad(scales && in.Known("count") && (count < least || count > most), "InvalidParameter", "count %d of pool %s is not between minCount %d and maxCount %d.", count, name, least, most)
	bad(!scales && (in.Has("minCount") || in.Has("maxCount")), "InvalidParameter", "minCount and maxCount of pool %s need autoscaling.", name)
	bad(system && (scales && least < 1 || !scales && count < 1), "InvalidParameter", "System node pool %s must have at least 1 node.", name)
	bad(system && spot, "InvalidParameter", "System node pool %s cannot be a spot pool.", name)
	bad(spot && in.Has("upgradeSettings.maxSurge"), "InvalidParameter", "maxSurge cannot be set on spot pool %s.", name)
	bad(!spot && (in.Has("scaleSetEvictionPolicy") || in.Has("spotMaxPrice")), "InvalidParameter", "Pool %s is no spot pool: it has no eviction policy and no price.", name)
	bad(in.Known("maxPods") && (in.Int("maxPods") < 10 || in.Int("maxPods") > 250), "InvalidParameter", "maxPods %d of pool %s is not between 10 and 250.", in.Int("maxPods"), name)
	bad(in.Known("osDiskSizeGB") && in.Int("osDiskSizeGB") != 0 && in.Int("osDiskSizeGB") < 30, "InvalidParameter", "osDiskSizeGB of pool %s must be at least 30.", name)
	for _, taint := range in.Strings("nodeTaints[]") {
		_, effect, found := strings.Cut(taint, ":")
		bad(!found || !slices.Contains([]string{"NoSchedule", "PreferNoSchedule", "NoExecute"}, effect), "InvalidParameter", "Taint %s of pool %s is invalid: want key=value:effect.", taint, name)
	}
	errs = append(errs, simcloud.Problems(simcloud.OneOf(in, "mode", "System", "User", "Gateway"), simcloud.OneOf(in, "osDiskType", "Managed", "Ephemeral"),
		simcloud.OneOf(in, "osSKU", "Ubuntu", "AzureLinux", "Windows2022"), simcloud.OneOf(in, "scaleSetPriority", "Regular", "Spot"))...)
	return errs
}

// poolRefused refuses machines that there are not, disks that do not fit onto
// them, and nodes newer than their cluster.
func poolRefused(op *simcloud.Op, in simcloud.Values, cluster string) error {
	size := in.String("vmSize")
	m, known := machineOf(size)
	if !known {
		return simcloud.Refusal("BadRequest", "The VM size of %s is not allowed in your subscription in this location.", size)
	}
	if in.String("mode") == "System" && m.vCPU < 2 {
		return simcloud.Refusal("BadRequest", "The VM size %s is not supported for a system node pool: it needs at least 2 vCPUs and 4 GiB of memory.", size)
	}
	if disk := in.Int("osDiskSizeGB"); in.String("osDiskType") == "Ephemeral" && m.local < disk {
		return simcloud.Refusal("BadRequest",
			"The virtual machine size %s has a cache or temp disk of %d GiB, but the OS disk requires %d GiB. Use a VM size with larger cache or disable ephemeral OS.", size, m.local, disk)
	}
	if version := in.String("orchestratorVersion"); version != "" && cluster != "" && (number(version) > number(cluster) || number(version) < number(cluster)-3) {
		return simcloud.Refusal("NodePoolMcVersionIncompatible", "Node pool version %s and control plane version %s are incompatible.", version, cluster)
	}
	return delegated(op, in.String("vnetSubnetID"), "")
}
