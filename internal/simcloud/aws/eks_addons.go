package aws

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var eksAddonVersion = regexp.MustCompile(`^v(\d+\.\d+)\.\d+-eksbuild\.\d+$`)

// eksAddonKind is what is known of one add-on.
type eksAddonKind struct {
	// major begins all its versions.
	major string
	// needsNodes says that it is a Deployment: without nodes it never runs.
	needsNodes bool
	// account is the service account that needs AWS permissions to run.
	account string
	// config are the keys that its configuration values may have.
	config []string
}

// eksAddons are the add-ons of the program.
// Source: describe-addon-versions and describe-addon-configuration, as their
// users print them; EKS user guide, "AWS add-ons". Read 2026-11.
var eksAddons = map[string]eksAddonKind{
	"vpc-cni": {major: "v1.", config: []string{
		"affinity", "enableNetworkPolicy", "eniConfig", "env", "extraVolumes", "init", "livenessProbeTimeoutSeconds", "nodeAgent",
		"podAnnotations", "podLabels", "readinessProbeTimeoutSeconds", "resources", "tolerations",
	}},
	"kube-proxy": {major: "v1.", config: []string{"affinity", "ipvs", "mode", "podAnnotations", "podLabels", "resources", "tolerations"}},
	"eks-pod-identity-agent": {major: "v1.", config: []string{
		"affinity", "agent", "podAnnotations", "podLabels", "priorityClassName", "resources", "tolerations",
	}},
	"coredns": {major: "v1.", needsNodes: true, config: []string{
		"affinity", "autoScaling", "computeType", "corefile", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels",
		"replicaCount", "resources", "tolerations", "topologySpreadConstraints",
	}},
	"aws-ebs-csi-driver": {major: "v1.", needsNodes: true, account: "ebs-csi-controller-sa", config: []string{
		"batching", "controller", "defaultStorageClass", "node", "sidecars", "useOldCSIDriver",
	}},
	"metrics-server": {major: "v0.", needsNodes: true, config: []string{
		"addonResizer", "affinity", "metrics", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels", "replicas", "resources",
		"serviceMonitor", "tolerations", "topologySpreadConstraints", "updateStrategy",
	}},
	"snapshot-controller": {major: "v8.", needsNodes: true, config: []string{
		"affinity", "nodeSelector", "podAnnotations", "podLabels", "replicaCount", "resources", "tolerations", "topologySpreadConstraints",
	}},
}

// eksNewestDNS is the newest CoreDNS minor of each Kubernetes minor.
// Source: EKS user guide, "Manage CoreDNS", read 2026-11.
var eksNewestDNS = map[string]int{"1.31": 11, "1.32": 11, "1.33": 13, "1.34": 13, "1.35": 14, "1.36": 14}

func eksAddon() *simcloud.Type {
	return &simcloud.Type{
		Token: eksAddonToken, Noun: "add-on", Takes: time.Minute,
		ID:       func(op *simcloud.Op) string { return op.In.String("clusterName") + ":" + op.In.String("addonName") },
		Required: []string{"clusterName", "addonName"},
		Replace:  []string{"clusterName", "addonName"},
		Refs: []simcloud.Ref{eksClusterRef(false), {
			Path: "serviceAccountRoleArn", To: []string{roleToken}, By: "arn",
			Missing: "InvalidParameterException: Role %s does not exist",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"clusterName", "addonName"}, Words: "ResourceInUseException: Addon already exists.",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.OneOf(in, "resolveConflictsOnCreate", "NONE", "OVERWRITE"),
				simcloud.OneOf(in, "resolveConflictsOnUpdate", "NONE", "OVERWRITE", "PRESERVE"),
				eksAddonConfig(in),
			)
		},
		Refuse: eksAddonRefused,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			cluster, name := op.In.String("clusterName"), op.In.String("addonName")
			return simcloud.Values{"arn": arn(op, "eks", "addon/"+cluster+"/"+name+"/"+op.Hex(8, "arn"))}
		},
	}
}

// eksAddonConfig refuses configuration values that the add-on does not know.
func eksAddonConfig(in simcloud.Values) error {
	text := in.String("configurationValues")
	kind, known := eksAddons[in.String("addonName")]
	if text == "" || !known {
		return nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return simcloud.Refusal("InvalidParameterException", "ConfigurationValue is not in valid JSON or YAML format: %s", err)
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(kind.config, key) {
			return simcloud.Refusal("InvalidParameterException",
				"ConfigurationValue provided in request is not supported: Json schema validation failed with error: [$.%s: is not defined in the schema and the schema does not allow additional properties]", key)
		}
	}
	return nil
}

func eksAddonRefused(op *simcloud.Op) error {
	name := op.In.String("addonName")
	cluster := op.Find(eksClusterToken, "id", op.In.String("clusterName"))
	kubernetes := cluster.Out.String("version")
	kind, known := eksAddons[name]
	if !known {
		return simcloud.Refusal("InvalidParameterException", "Addon %s specified is not supported in %s kubernetes version", name, kubernetes)
	}
	if v := op.In.String("addonVersion"); v != "" && !eksAddonFits(name, v, kind, kubernetes) {
		return simcloud.Refusal("InvalidParameterException", "Addon version specified is not supported (%s %s, Kubernetes %s)", name, v, kubernetes)
	}
	if op.Old != nil {
		return nil
	}
	return eksAddonRuns(op, name, kind, cluster)
}

// eksAddonRuns refuses an add-on that would never become active.
func eksAddonRuns(op *simcloud.Op, name string, kind eksAddonKind, cluster *simcloud.Record) error {
	bootstrapped := !cluster.In.Has("bootstrapSelfManagedAddons") || cluster.In.Bool("bootstrapSelfManagedAddons")
	if bootstrapped && slices.Contains([]string{"vpc-cni", "kube-proxy", "coredns"}, name) && op.In.String("resolveConflictsOnCreate") != "OVERWRITE" {
		return simcloud.Refusal("ConfigurationConflict",
			"Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: add-on %s", name)
	}
	if kind.needsNodes && !slices.ContainsFunc(op.All(eksNodeGroupToken), func(r *simcloud.Record) bool {
		return r.In.String("clusterName") == cluster.ID && r.In.Int("scalingConfig.desiredSize") > 0
	}) {
		return simcloud.Refusal("InsufficientNumberOfReplicas",
			"The add-on is unhealthy because it doesn't have the desired number of replicas. (%s has no node to run on: its state stays DEGRADED)", name)
	}
	if kind.account != "" && !op.In.Has("serviceAccountRoleArn") && !eksHasIdentity(op, cluster.ID, name, kind.account) {
		return simcloud.Refusal("InsufficientNumberOfReplicas",
			"The add-on is unhealthy because it doesn't have the desired number of replicas. (%s has no AWS permissions: kube-system/%s has no role)", name, kind.account)
	}
	return nil
}

// eksAddonFits says whether a version of an add-on exists for a Kubernetes
// minor.
func eksAddonFits(name, version string, kind eksAddonKind, kubernetes string) bool {
	m := eksAddonVersion.FindStringSubmatch(version)
	if m == nil || !strings.HasPrefix(version, kind.major) {
		return false
	}
	switch minor := eksMinor(m[1]); name {
	case "kube-proxy": // up to three minors behind, never ahead
		return minor <= eksMinor(kubernetes) && minor >= eksMinor(kubernetes)-3
	case "coredns":
		return minor <= eksNewestDNS[kubernetes]
	default:
		return true
	}
}

// eksAddonOf returns a cluster's add-on, or nil.
func eksAddonOf(op *simcloud.Op, cluster, name string) *simcloud.Record {
	return op.Find(eksAddonToken, "id", cluster+":"+name)
}

// eksHasIdentity says whether an add-on's service account gets a role: its own
// (IRSA) or by a Pod Identity association and the agent.
func eksHasIdentity(op *simcloud.Op, cluster, addon, account string) bool {
	if a := eksAddonOf(op, cluster, addon); a != nil && a.In.Has("serviceAccountRoleArn") {
		return true
	}
	associated := slices.ContainsFunc(op.All(eksPodIdentityToken), func(r *simcloud.Record) bool {
		return r.In.String("clusterName") == cluster && r.In.String("namespace") == "kube-system" && r.In.String("serviceAccount") == account
	})
	return associated && eksAddonOf(op, cluster, "eks-pod-identity-agent") != nil
}
