package cost

import (
	"slices"
	"strings"
)

// The kinds of AWS, by what they are for, are in aws_*.go. A kind reads the
// inputs that a price hangs on; what AWS bills for them stands in components.

// eksCluster is a control plane. After the end of a Kubernetes version's
// standard support it costs six times as much, if it may stay on it.
type eksCluster struct{ version, support string }

func newEksCluster(r *reader) domain {
	return eksCluster{r.text("version", ""), r.text("upgradePolicy.supportType", "EXTENDED")} // EXTENDED is what EKS takes without one
}

// standardSupport are the Kubernetes versions under standard support. Source:
// EKS user guide, "Understand the Kubernetes version lifecycle on EKS", read
// 2026-11-23.
var standardSupport = []string{"1.34", "1.35", "1.36"}

func (c eksCluster) components(*basis) []component {
	sku, item := "eks/cluster", "control plane hours"
	if c.support == "EXTENDED" && !slices.Contains(standardSupport, c.version) {
		sku, item = "eks/cluster-extended", "control plane hours in extended support"
	}
	return []component{{item: item, category: Compute, sku: sku, unit: Hour, quantity: exactly(whole(HoursPerMonth))}}
}

// nodeGroup is a group of EC2 instances that an autoscaler grows and shrinks,
// with their disks.
type nodeGroup struct {
	instances          []string
	least, first, most int
	spot               bool
}

func newNodeGroup(r *reader) domain {
	g := nodeGroup{
		least: r.number("scalingConfig.minSize", 0), first: r.number("scalingConfig.desiredSize", 0), most: r.number("scalingConfig.maxSize", 0),
		spot: r.text("capacityType", "ON_DEMAND") == "SPOT",
	}
	for i := range r.list("instanceTypes") {
		g.instances = append(g.instances, r.text("instanceTypes."+itoa(i), ""))
	}
	if len(g.instances) == 0 {
		r.fail("instanceTypes", "is empty")
	}
	return g
}

// size is how many nodes there are, and the assumption that says so; the first
// size where nobody says.
func (g nodeGroup) size(b *basis) (Span, []string) {
	name := strings.TrimPrefix(b.r.Name, b.r.Component+"-")
	if key := "nodeGroups." + name; b.stated(key) {
		return between(g.least, b.Usage[key].Value, g.most), []string{key}
	}
	return between(g.least, g.first, g.most), nil
}

func (g nodeGroup) components(b *basis) []component {
	size, rests := g.size(b)
	rests = append(rests, b.restsOnHours()...)
	hours := size.Times(b.running())
	node := component{
		item: "node hours, " + g.instances[0], category: Compute, sku: "ec2/" + g.instances[0], unit: Hour,
		quantity: hours, rests: rests, spot: g.spot,
	}
	if g.spot {
		node.item += ", spot"
		node.rests = append(slices.Clone(rests), spotKey)
	}
	return append([]component{node}, g.disks(b, size, rests)...)
}

// disks are the disks of the nodes and their monitoring, as the group's launch
// template has them. A node that is gone takes its disk along.
func (g nodeGroup) disks(b *basis, size Span, rests []string) []component {
	template, found := b.beside("aws:ec2/launchTemplate:LaunchTemplate")
	if !found {
		return []component{{item: "node disks", category: Storage, reason: "the group has no launch template of its name"}}
	}
	r := &reader{in: template.Inputs}
	gib, kind := r.number("blockDeviceMappings.0.ebs.volumeSize", 0), r.text("blockDeviceMappings.0.ebs.volumeType", "gp3")
	if len(r.bad) > 0 {
		return []component{{item: "node disks", category: Storage, reason: strings.Join(r.bad, "; ")}}
	}
	present := size.Times(b.running()).Times(whole(1).Div(whole(HoursPerMonth)))
	all := []component{{
		item: "node disks, " + kind, category: Storage, sku: "ebs/" + kind + "-storage", unit: GBMonth,
		quantity: present.Times(whole(gib)), rests: rests,
	}}
	if r.flag("monitoring.enabled") {
		// Seven metrics an instance. Source: EC2 user guide, "Detailed monitoring",
		// and Infracost's golden of it: 2.10 USD an instance.
		all = append(all, component{
			item: "detailed monitoring of nodes", category: Observability, sku: "cloudwatch/metric", unit: Month,
			quantity: present.Times(whole(7)), rests: rests,
		})
	}
	return all
}
