package aws

import (
	"encoding/json"
	"maps"
	"slices"
)

// The configuration values of the EKS add-ons. Each add-on has a JSON schema of
// its own and refuses keys it does not know: aws eks describe-addon-configuration.

// addonValues are configuration values.
type addonValues = map[string]any

// addonJSON writes configuration values. The keys of maps are sorted: the text
// changes only when the values do.
func addonJSON(v addonValues) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error() // cannot be: maps of texts, numbers and lists always marshal
	}
	return string(text)
}

// placement is where the cluster's own Deployments run.
type placement struct {
	selector    map[string]string
	tolerations []addonValues
}

// placement puts them on the system group, where there is one. They tolerate its
// taints, and CriticalAddonsOnly, the usual taint of such groups.
func (b *eksBuilder) placement() placement {
	p := placement{tolerations: []addonValues{{"key": "CriticalAddonsOnly", "operator": "Exists"}}}
	group, ok := b.NodeGroups[systemGroup]
	if !ok {
		return p
	}
	p.selector = map[string]string{groupLabel: systemGroup}
	for _, key := range slices.Sorted(maps.Keys(group.Taints)) {
		if key != "CriticalAddonsOnly" {
			p.tolerations = append(p.tolerations, addonValues{"key": key, "operator": "Exists", "effect": group.Taints[key].Effect})
		}
	}
	return p
}

func (p placement) values() addonValues {
	v := addonValues{"tolerations": p.tolerations}
	if p.selector != nil {
		v["nodeSelector"] = p.selector
	}
	return v
}

// cniConfig configures the VPC CNI: network policies are enforced; nodes take
// addresses in blocks of 16 (prefixes), which lets a node hold its full number
// of pods. With pod subnets, a pod's address comes from the subnet of its zone,
// in the group of the nodes.
func cniConfig(region, group string, podSubnets map[string]string) string {
	env := map[string]string{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
	v := addonValues{"enableNetworkPolicy": "true", "env": env}
	if len(podSubnets) > 0 {
		env["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] = "true"
		env["ENI_CONFIG_LABEL_DEF"] = "topology.kubernetes.io/zone"
		subnets := addonValues{}
		for zone, id := range podSubnets {
			subnets[zone] = addonValues{"id": id, "securityGroups": []string{group}}
		}
		v["eniConfig"] = addonValues{"create": true, "region": region, "subnets": subnets}
	}
	return addonJSON(v)
}

// dnsConfig configures CoreDNS: as many replicas as the cluster needs, in
// different zones and on different nodes, at most one away at a time.
func dnsConfig(p placement) string {
	v := p.values()
	v["autoScaling"] = addonValues{"enabled": true, "minReplicas": 2, "maxReplicas": 10}
	v["podDisruptionBudget"] = addonValues{"enabled": true, "maxUnavailable": 1}
	var spread []addonValues
	for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		spread = append(spread, addonValues{
			"topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": addonValues{"matchLabels": map[string]string{"k8s-app": "kube-dns"}},
		})
	}
	v["topologySpreadConstraints"] = spread
	return addonJSON(v)
}

// diskConfig configures the EBS driver. It makes no storage class: the one of
// the Kubernetes layer is encrypted with the disk key. The part on each node
// tolerates everything by itself.
func diskConfig(p placement) string {
	return addonJSON(addonValues{"controller": p.values(), "defaultStorageClass": addonValues{"enabled": false}})
}
