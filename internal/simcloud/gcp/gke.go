package gcp

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	clusterToken  = "gcp:container/cluster:Cluster"
	nodePoolToken = "gcp:container/nodePool:NodePool"
)

// gkeVersions are the Kubernetes minors that GKE offers, and the patch that each
// gives.
// Source: GKE docs, "GKE release schedule", read 2026-11.
var gkeVersions = map[string]string{
	"1.32": "1.32.13-gke.1038000", "1.33": "1.33.12-gke.1112000", "1.34": "1.34.8-gke.1047000",
	"1.35": "1.35.5-gke.1013000", "1.36": "1.36.2-gke.1006000",
}

// containerAgent is the domain of the agent that encrypts Kubernetes secrets,
// and computeAgent that of who encrypts disks.
const (
	containerAgent = "container-engine-robot"
	computeAgent   = "compute-system"
)

func gkeTypes() []*simcloud.Type { return []*simcloud.Type{gkeClusterType(), nodePoolType()} }

// gkeClusterType is a cluster.
// Source for what replaces it: pages container.Cluster of the Pulumi provider and
// google_container_cluster of Terraform's, read 2026-11.
func gkeClusterType() *simcloud.Type {
	return &simcloud.Type{
		Token: clusterToken, Noun: "cluster", Auto: "name", AutoMax: 40, Takes: 9 * time.Minute,
		ID: func(op *simcloud.Op) string {
			return path(op, "locations", op.In.String("location"), "clusters", op.In.String("name"))
		},
		Required: []string{"location"},
		Replace: []string{
			"clusterIpv4Cidr", "confidentialNodes", "datapathProvider", "defaultMaxPodsPerNode", "description", "enableAutopilot",
			"enableKubernetesAlpha", "enableMultiNetworking", "enableTpu", "initialNodeCount",
			"ipAllocationPolicy.clusterIpv4CidrBlock", "ipAllocationPolicy.clusterSecondaryRangeName",
			"ipAllocationPolicy.servicesIpv4CidrBlock", "ipAllocationPolicy.servicesSecondaryRangeName",
			"location", "masterAuth", "name", "network", "networkingMode", "nodeConfig", "privateClusterConfig.enablePrivateNodes",
			"privateClusterConfig.masterIpv4CidrBlock", "privateClusterConfig.privateEndpointSubnetwork", "project", "subnetwork",
		},
		Refs: []simcloud.Ref{
			holding("network", notFound, networkToken), holding("subnetwork", notFound, subnetToken),
			holding("privateClusterConfig.privateEndpointSubnetwork", notFound, subnetToken),
			ref("notificationConfig.pubsub.topic", "googleapi: Error 400: Pub/Sub topic %s not found., badRequest", "gcp:pubsub/topic:Topic"),
		},
		Unique: []simcloud.Unique{{
			Paths: []string{"location", "name"}, Words: "googleapi: Error 409: Already exists: locations/%s/clusters/%s., alreadyExists",
		}},
		Validate: validCluster, Refuse: refuseCluster, Outputs: gkeClusterOutputs,
		Computed: []string{
			"masterAuth.clusterCaCertificate", "privateClusterConfig.privateEndpoint", "privateClusterConfig.publicEndpoint",
		},
		Secrets: []string{"masterAuth"},
		Delete: func(op *simcloud.Op) error {
			if op.In.Get("deletionProtection") != false {
				return refused(400, "failedPrecondition",
					"Cannot destroy cluster because deletion_protection is set to true. Set it to false to proceed with cluster deletion.")
			}
			// What nobody tracks in the cluster goes with it.
			return op.Abandon(op.Old.Out.String("endpoint"))
		},
	}
}

// refuseCluster holds a cluster against what exists.
func refuseCluster(op *simcloud.Op) error {
	for _, step := range []func(*simcloud.Op) error{clusterVersion, clusterPlace, clusterRanges, clusterAccounts} {
		if err := step(op); err != nil {
			return err
		}
	}
	for input, domain := range map[string]string{
		"databaseEncryption.keyName": containerAgent, "nodeConfig.bootDiskKmsKey": computeAgent,
		"clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey": computeAgent,
	} {
		if err := encrypts(op, input, domain, regionOf(op.In.String("location"))); err != nil {
			return err
		}
	}
	return nil
}

// clusterVersion refuses versions that there are none of, a step back, and one
// over a minor.
func clusterVersion(op *simcloud.Op) error {
	v := op.In.String("minMasterVersion")
	if v == "" {
		return nil
	}
	minor := minorOf(v)
	if gkeVersions[minor] == "" || v != minor && !strings.HasPrefix(gkeVersions[minor], v) {
		return refused(400, "badRequest", "Master version \"%s\" is unsupported.", v)
	}
	if op.Old == nil {
		return nil
	}
	was := minorOf(op.Old.Out.String("masterVersion"))
	switch step := minorNumber(minor) - minorNumber(was); {
	case step < 0:
		return refused(400, "badRequest", "Master cannot be downgraded: current version %s, requested version %s.", op.Old.Out.String("masterVersion"), v)
	case step > 1:
		return refused(400, "badRequest", "Master version must be upgraded one minor at a time: current version %s, requested version %s.", op.Old.Out.String("masterVersion"), v)
	}
	return nil
}

func minorOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version
	}
	return parts[0] + "." + parts[1]
}

func minorNumber(minor string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(minor, "1."))
	if err != nil {
		return 0
	}
	return n
}

// clusterPlace refuses zones of nodes outside of the cluster's region.
func clusterPlace(op *simcloud.Op) error {
	location := op.In.String("location")
	region := regionOf(location)
	if region == "" {
		return refused(400, "badRequest", "Location \"%s\" does not exist.", location)
	}
	for _, zone := range op.In.Strings("nodeLocations[]") {
		if !slices.Contains(zones(region), zone) {
			return refused(400, "badRequest", "Invalid value for field \"locations\": zone %s is not in region %s.", zone, region)
		}
	}
	return nil
}

// clusterRanges refuses ranges that the subnet does not have, or that another
// cluster has.
func clusterRanges(op *simcloud.Op) error {
	subnet := op.Find(subnetToken, "id", plain(op.In.String("subnetwork")))
	if subnet == nil {
		return nil
	}
	if plain(subnet.In.String("network")) != plain(op.In.String("network")) {
		return refused(400, "badRequest", "Subnetwork %s does not belong to network %s.", subnet.ID, op.In.String("network"))
	}
	for _, input := range []string{"clusterSecondaryRangeName", "servicesSecondaryRangeName"} {
		name := op.In.String("ipAllocationPolicy." + input)
		if name == "" {
			continue
		}
		if _, ok := rangeOf(subnet, name); !ok {
			return refused(400, "badRequest", "Services or pods range \"%s\" does not exist in subnetwork \"%s\".", name, subnet.ID)
		}
		for _, other := range op.All(clusterToken) {
			if input == "servicesSecondaryRangeName" && other.ID != op.ID && plain(other.In.String("subnetwork")) == subnet.ID &&
				other.In.String("ipAllocationPolicy."+input) == name {
				return refused(400, "badRequest", "Services range \"%s\" in network \"%s\" is already in use by another cluster.", name, op.In.String("network"))
			}
		}
	}
	return nil
}

// clusterAccounts refuses accounts of nodes that do not exist.
func clusterAccounts(op *simcloud.Op) error {
	for _, input := range []string{"nodeConfig.serviceAccount", "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"} {
		if err := nodesAccount(op, input); err != nil {
			return err
		}
	}
	return nil
}

// nodesAccount refuses an account of nodes that does not exist.
func nodesAccount(op *simcloud.Op, input string) error {
	email := op.In.String(input)
	if email == "" || email == "default" || op.Find(accountToken, "email", email) != nil {
		return nil
	}
	return refused(400, "badRequest", "Service account \"%s\" does not exist.", email)
}

func gkeClusterOutputs(op *simcloud.Op) simcloud.Values {
	name := op.In.String("name")
	version := gkeVersions[minorOf(op.In.String("minMasterVersion"))]
	if version == "" {
		version = gkeVersions["1.34"]
	}
	inside := "10.128.0.2"
	if subnet := op.Find(subnetToken, "id", plain(op.In.String("subnetwork"))); subnet != nil {
		if p, ok := cidrAt(subnet.In, "ipCidrRange"); ok {
			inside = p.Addr().Next().Next().String()
		}
	}
	outside := given(op, "endpoint", external(op))
	auth, private := map[string]any{}, map[string]any{}
	if m, ok := op.In.Get("masterAuth").(map[string]any); ok {
		maps.Copy(auth, m)
	}
	auth["clusterCaCertificate"] = base64.StdEncoding.EncodeToString([]byte("certificate authority of " + name))
	if m, ok := op.In.Get("privateClusterConfig").(map[string]any); ok {
		maps.Copy(private, m)
	}
	private["privateEndpoint"], private["publicEndpoint"] = inside, outside
	out := simcloud.Values{
		"selfLink": "https://container.googleapis.com/v1/" + op.ID, "project": op.Account, "operation": nil,
		"masterVersion": version, "endpoint": outside, "masterAuth": auth, "privateClusterConfig": private,
		"tpuIpv4CidrBlock": "", "servicesIpv4Cidr": "",
	}
	if op.In.Bool("privateClusterConfig.enablePrivateEndpoint") {
		out["endpoint"] = inside
	}
	if !op.In.Has("nodeLocations") {
		out["nodeLocations"] = zones(regionOf(op.In.String("location")))
	}
	return out
}
