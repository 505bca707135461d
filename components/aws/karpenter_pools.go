package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/versions"
)

// KarpenterPool is a kind of nodes that Karpenter starts.
type KarpenterPool struct {
	// Families are families of instance types, such as m7g, all of one processor
	// architecture.
	Families []string
	// Spot takes spare capacity where there is some.
	Spot bool
	// CPUs and MemoryGiB are the most that the pool's nodes have together.
	CPUs, MemoryGiB int
	// DiskGiB is the size of a node's disk.
	DiskGiB int
	// ConsolidateAfter and MaxAge are durations as Kubernetes writes them, such as
	// 5m and 336h.
	ConsolidateAfter, MaxAge string
	// TerminationGracePeriod is how long a node that is to go waits for its pods, such
	// as 1h: then it goes, whatever their disruption budgets say.
	TerminationGracePeriod string
	// DisruptPercent is the share of the nodes that may be replaced at a time.
	DisruptPercent int
	// Labels and Taints are Kubernetes'; a taint by its key.
	Labels map[string]string
	Taints map[string]TaintArgs
}

// KarpenterNodes is where Karpenter starts nodes.
type KarpenterNodes struct {
	// ClusterName is the cluster's fixed name, whose tag its subnets bear.
	ClusterName string
	// Version is the Kubernetes minor; the machine image follows.
	Version string
	// SecurityGroupID is the nodes' security group, and DiskKeyArn their disks' key.
	SecurityGroupID, DiskKeyArn pulumi.StringInput
}

// NodeClass is the spec of an EC2NodeClass: subnets by their tag, the machine
// image of the versions file, an encrypted disk, and a metadata service that
// pods do not reach.
// Source: Karpenter v1.14, "NodeClasses".
func (k *Karpenter) NodeClass(s Scope, n KarpenterNodes, p KarpenterPool) map[string]any {
	image := "al2023@latest"
	if _, date, ok := strings.Cut(versions.AMIRelease(n.Version), "-"); ok {
		image = "al2023@v" + date
	}
	return map[string]any{
		"amiSelectorTerms":           []any{map[string]any{"alias": image}},
		"instanceProfile":            k.InstanceProfile,
		"subnetSelectorTerms":        []any{map[string]any{"tags": map[string]any{"karpenter.sh/discovery": n.ClusterName}}},
		"securityGroupSelectorTerms": []any{map[string]any{"id": n.SecurityGroupID}},
		"associatePublicIPAddress":   false,
		"metadataOptions": map[string]any{
			"httpEndpoint": "enabled", "httpTokens": "required", "httpProtocolIPv6": "disabled", "httpPutResponseHopLimit": 1,
		},
		"blockDeviceMappings": []any{map[string]any{
			"deviceName": "/dev/xvda", "rootVolume": true,
			"ebs": map[string]any{
				"volumeType": "gp3", "volumeSize": fmt.Sprintf("%dGi", p.DiskGiB), "encrypted": true, "kmsKeyID": n.DiskKeyArn,
				"deleteOnTermination": true,
			},
		}},
		"detailedMonitoring": true,
		"tags":               maps.Clone(s.Tags),
	}
}

// NodePool is the spec of a NodePool of the class called name. The nodes bear
// the label by which node groups are chosen, with the pool's name.
// Source: Karpenter v1.14, "NodePools".
func (k *Karpenter) NodePool(name string, p KarpenterPool) (map[string]any, error) {
	sizes := make([]string, len(p.Families))
	for i, family := range p.Families {
		sizes[i] = family + ".large" // what the architecture is told from
	}
	image, err := imageType(sizes, false)
	if err != nil {
		return nil, fmt.Errorf("describing pool %s: %w", name, err)
	}
	arch, capacity := "amd64", []string{"on-demand"}
	if strings.Contains(image, "ARM") {
		arch = "arm64"
	}
	if p.Spot {
		capacity = []string{"spot", "on-demand"}
	}
	in := func(key string, values ...string) map[string]any {
		return map[string]any{"key": key, "operator": "In", "values": values}
	}
	labels := map[string]string{groupLabel: name}
	maps.Copy(labels, p.Labels)
	node := map[string]any{
		"nodeClassRef": map[string]any{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": name},
		"requirements": []any{
			in("kubernetes.io/arch", arch), in("kubernetes.io/os", "linux"), in("karpenter.sh/capacity-type", capacity...),
			in("karpenter.k8s.aws/instance-family", p.Families...),
		},
		"expireAfter": p.MaxAge, "terminationGracePeriod": p.TerminationGracePeriod,
	}
	if taints := poolTaints(p.Taints); len(taints) > 0 {
		node["taints"] = taints
	}
	return map[string]any{
		"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": node},
		"disruption": map[string]any{
			"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": p.ConsolidateAfter,
			"budgets": []any{map[string]any{"nodes": fmt.Sprintf("%d%%", p.DisruptPercent)}},
		},
		"limits": map[string]any{"cpu": fmt.Sprint(p.CPUs), "memory": fmt.Sprintf("%dGi", p.MemoryGiB)},
	}, nil
}

// poolTaints are in the order of their keys.
func poolTaints(all map[string]TaintArgs) []any {
	var list []any
	for _, key := range slices.Sorted(maps.Keys(all)) {
		taint := map[string]any{"key": key, "effect": all[key].Effect}
		if all[key].Value != "" {
			taint["value"] = all[key].Value
		}
		list = append(list, taint)
	}
	return list
}
