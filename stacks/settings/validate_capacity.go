package settings

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// machine is what a node's machine has.
type machine struct {
	milliCPU, memoryMiB, gpus int
}

// anyMachine stands for a machine that nothing is known of: it may have anything.
var anyMachine = machine{math.MaxInt32, math.MaxInt32, math.MaxInt32}

// seat is a machine that a pod may run on, with what it can have of the disk.
type seat struct {
	machine
	diskMiB int
}

// place is where nodes are alike: a node group, or a pool that starts them.
type place struct {
	name              string
	spot, gpu, closed bool // closed to pods that do not ask for it
	// still says that there are no nodes, and that nobody starts any.
	still bool
	// limited says that the limits of a pool decide how large a machine may be.
	limited bool
	seats   []seat
}

// diskMiB is what the pods of a node can have of its disk: at a tenth that is free
// the kubelet evicts, so it gives that away to nobody.
// Source: Kubernetes docs, "Node-pressure Eviction", hard eviction thresholds
// (nodefs.available<10%), and "Reserve Compute Resources for System Daemons".
func diskMiB(gib int) int { return gib * 1024 * 9 / 10 }

// closedBy says whether taints keep pods away.
func closedBy(taints map[string]Taint) bool {
	for _, t := range taints {
		if t.Effect != PreferNoSchedule {
			return true
		}
	}
	return false
}

// places are the node groups, and what the cloud starts beside them.
func (c *checker) places() []place {
	cloud := Capabilities()[c.s.Cloud]
	var all []place
	for _, name := range ordered(c.s.Cluster.NodeGroups) {
		g := c.s.Cluster.NodeGroups[name]
		p := place{name: name, spot: g.Spot, gpu: g.GPU, closed: closedBy(c.s.Taints(name, g)), still: cloud.stillGroups && max(g.Initial, g.Min) == 0}
		for _, instance := range g.Instances {
			m, known := cloud.machine(instance)
			if !known {
				m = anyMachine
			}
			p.seats = append(p.seats, seat{m, diskMiB(g.DiskGiB)})
		}
		all = append(all, p)
	}
	if cloud.pools != nil {
		all = append(all, cloud.pools(c.s)...)
	}
	return all
}

// openTo are the places that let a pod in. One that asks for GPUs, or for spot where
// there is any, is held to the nodes that have them; all others go wherever no
// taint keeps them away.
func openTo(all []place, gpu, spot bool) []place {
	only := func(fits func(place) bool) []place {
		return slices.DeleteFunc(slices.Clone(all), func(p place) bool { return !fits(p) })
	}
	if gpu {
		return only(func(p place) bool { return p.gpu })
	}
	if some := only(func(p place) bool { return p.spot && !p.gpu }); spot && len(some) > 0 {
		return some
	}
	return only(func(p place) bool { return !p.closed })
}

// seats are the machines of places, and the name of one that has no nodes.
func seats(places []place) (all []seat, still string) {
	for _, p := range places {
		if p.still {
			still = p.name
			continue
		}
		all = append(all, p.seats...)
	}
	return all, still
}

// wish is a resource that a pod asks for.
type wish struct {
	key, text string
	amount    int
	of        func(seat) int // what a machine has of it
	whole     bool           // a pod can have all of it
	most      string         // how much that is at most
}

// wishes are a pod's. The system keeps a part of processor and memory for itself:
// what passes here may still be a little too large.
func (p pod) wishes(cpu, memory, disk int) []wish {
	return []wish{
		{"gpu", fmt.Sprint(p.gpu), p.gpu, func(s seat) int { return s.gpus }, true, "at most %d, the most that a node has"},
		{"resources.cpu", p.resources.CPU, cpu, func(s seat) int { return s.milliCPU }, false, "less than %dm, all of the largest node that lets the pod in"},
		{"resources.memory", p.resources.Memory, memory, func(s seat) int { return s.memoryMiB }, false, "less than %dMi, all of the largest node that lets the pod in"},
		{"resources.disk", p.resources.Disk, disk, func(s seat) int { return s.diskMiB }, true, "at most %dMi, what pods have of the largest disk of a node that lets the pod in"},
	}
}

// granted says whether a machine has what is wished for.
func (w wish) granted(s seat) bool {
	return w.amount < w.of(s) || w.whole && w.amount == w.of(s)
}

// holds says whether one of the machines has everything.
func holds(all []seat, wishes []wish) bool {
	return slices.ContainsFunc(all, func(s seat) bool {
		return !slices.ContainsFunc(wishes, func(w wish) bool { return !w.granted(s) })
	})
}

// fits checks that a node of some group or pool lets the pod in and is large enough.
func (c *checker) fits(path string, p pod) {
	cpu, okCPU := milli(p.resources.CPU)
	memory, okMemory := mebi(p.resources.Memory)
	disk, okDisk := mebi(p.resources.Disk)
	by := map[string]bool{"cpu": okCPU, "memory": okMemory, "disk": okDisk}
	for _, key := range ordered(by) {
		ok := by[key]
		if !ok {
			c.bad(BadPodQuantity, path+".resources."+key, "no quantity", "a quantity such as 250m or 2 (cpu), 256Mi or 2Gi (memory, disk)")
		}
	}
	if p.gpu < 0 {
		c.bad(BadPodQuantity, path+".gpu", fmt.Sprint(p.gpu), "0 or more")
		return
	}
	cloud := Capabilities()[c.s.Cloud]
	if cloud.machine == nil { // the cluster is there already
		if p.gpu > 0 {
			c.bad(NoGPUPool, path+".gpu", fmt.Sprint(p.gpu), "0: the nodes are a developer's machine, of which the program hands out no GPUs: the pod would wait for ever", "cloud")
		}
		return
	}
	if !okCPU || !okMemory || !okDisk {
		return
	}
	wishes, places := p.wishes(cpu, memory, disk), c.places()
	let := openTo(places, p.gpu > 0, p.spot)
	all, still := seats(let)
	sources, kinds := append([]string{"cluster.nodeGroups"}, cloud.poolPath...), []string{"a node group"}
	if slices.Contains(sources, "operators.pools") {
		kinds = append(kinds, "a pool")
	}
	switch {
	case p.gpu > 0 && len(let) == 0:
		c.bad(NoGPUPool, path+".gpu", fmt.Sprint(p.gpu), "0, or "+strings.Join(kinds, " or ")+" with gpu: true", sources...)
	case len(all) == 0 && still != "":
		at, otherwise := path+".resources", ""
		if p.gpu > 0 {
			at = path + ".gpu"
		}
		if elsewhere, _ := seats(openTo(places, false, false)); p.spot && holds(elsewhere, wishes) {
			otherwise = ", or spot: false, which lets it in where nodes are"
		}
		c.bad(NoNodes, at, "a pod for the node group "+still+", which has no nodes",
			"initial: 1 or more there, or a pool of operators that grows: on EKS nobody grows a group"+otherwise, "cluster.nodeGroups."+still+".initial")
	case holds(all, wishes):
	default:
		within := ""
		if slices.ContainsFunc(let, func(p place) bool { return p.limited }) {
			within = ", where a pool's machines are within its limits"
		}
		c.tooLarge(path, all, wishes, within, sources)
	}
}

// tooLarge says which of its wishes keeps a pod from every machine.
func (c *checker) tooLarge(path string, all []seat, wishes []wish, within string, sources []string) {
	count := len(all)
	for _, w := range wishes {
		most := 0
		for _, s := range all {
			most = max(most, w.of(s))
		}
		rest := slices.DeleteFunc(slices.Clone(all), func(s seat) bool { return !w.granted(s) })
		if len(all) > 0 && len(rest) == 0 {
			want := fmt.Sprintf(w.most, most)
			if len(all) < count {
				want += " and has the rest of what it asks for"
			}
			c.bad(OverCapacity, path+"."+w.key, w.text, want+within, sources...)
			return
		}
		all = rest
	}
}
