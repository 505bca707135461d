package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// gibPerCPU is the memory of a family's machines, in GiB for each processor.
// Families that are not here have no such rule.
// Source: Amazon EC2 instance types, specifications of general purpose, compute
// optimised and memory optimised instances.
var gibPerCPU = map[byte]int{'m': 4, 'c': 2, 'r': 8}

// acceleratedGiB is the same of the families with GPUs that have such a rule.
// Source: Amazon EC2 instance types, specifications of accelerated computing
// instances.
var acceleratedGiB = map[string]int{"g4dn": 4, "g5": 4, "g6": 4, "g6e": 8, "gr6": 8}

// burstable are the T machines: processors in thousandths and memory in MiB.
var burstable = map[string]machine{
	"nano": {2000, 512, 0}, "micro": {2000, 1024, 0}, "small": {2000, 2048, 0}, "medium": {2000, 4096, 0},
	"large": {2000, 8192, 0}, "xlarge": {4000, 16384, 0}, "2xlarge": {8000, 32768, 0},
}

// accelerated are the GPUs of the sizes that have more than one.
var accelerated = map[string]int{
	"g5.12xlarge": 4, "g5.24xlarge": 4, "g5.48xlarge": 8, "g6.12xlarge": 4, "g6.24xlarge": 4, "g6.48xlarge": 8,
	"g4dn.12xlarge": 4, "g6e.12xlarge": 4, "g6e.24xlarge": 4, "g6e.48xlarge": 8,
}

// peculiar are the machines with GPUs that follow no rule, from the same source.
var peculiar = map[string]machine{
	"g4dn.metal": {96000, 384 * 1024, 8},
	"p3.2xlarge": {8000, 61 * 1024, 1}, "p3.8xlarge": {32000, 244 * 1024, 4}, "p3.16xlarge": {64000, 488 * 1024, 8},
	"p4d.24xlarge": {96000, 1152 * 1024, 8}, "p5.4xlarge": {16000, 256 * 1024, 1}, "p5.48xlarge": {192000, 2048 * 1024, 8},
}

// awsMachine says what an instance type has; of a type that it does not know,
// nothing.
func awsMachine(instance string) (machine, bool) {
	if m, known := peculiar[instance]; known {
		return m, true
	}
	name, size, _ := strings.Cut(instance, ".")
	family, want := findInstance(instance)
	if want != "" || strings.HasPrefix(size, "metal") {
		return machine{}, false
	}
	if name[0] == 't' && len(name) <= 3 {
		m, known := burstable[size]
		return m, known
	}
	cpus := map[string]int{"medium": 1, "large": 2, "xlarge": 4}[size]
	if times, cut := strings.CutSuffix(size, "xlarge"); cut && times != "" {
		n, err := strconv.Atoi(times)
		if err != nil {
			return machine{}, false
		}
		cpus = 4 * n
	}
	gib, gpus := gibPerCPU[name[0]], 0
	if of, known := acceleratedGiB[name]; known {
		gib, gpus = of, max(1, accelerated[instance])
	}
	if cpus == 0 || gib == 0 || family.gpu && gpus == 0 {
		return machine{}, false
	}
	return machine{cpus * 1000, cpus * gib * 1024, gpus}, true
}

// karpenterPlaces are the pools of operators. Karpenter takes whichever machine of
// their families is within what the limits leave.
// Source: Karpenter v1.14, "NodePools", spec.limits; its scheduler leaves out every
// instance type that would breach them (filterByRemainingResources).
func karpenterPlaces(s *Settings) []place {
	var all []place
	for _, name := range ordered(s.Operators.Pools) {
		p := s.Operators.Pools[name]
		at := place{name: name, limited: true, spot: p.Spot, gpu: p.GPU, closed: closedBy(p.Taints)}
		for _, m := range p.machines() {
			if p.allows(m) {
				at.seats = append(at.seats, seat{m, diskMiB(p.DiskGiB)})
			}
		}
		all = append(all, at)
	}
	return all
}

// machines are those of a pool's families. Of a family whose machines are not known,
// the limits are the largest. Bare metal is as large as the largest of its family,
// unless it is known to be larger.
func (p Pool) machines() []machine {
	var all []machine
	for _, name := range p.Instances {
		found := false
		for _, size := range strings.Fields(instanceFamilies[name].sizes) {
			if m, known := awsMachine(name + "." + size); known {
				all, found = append(all, m), true
			}
		}
		if !found {
			all = append(all, machine{p.CPUs * 1000, p.MemoryGiB * 1024, anyMachine.gpus})
		}
	}
	return all
}

// allows says whether a pool's limits have room for a machine. Karpenter counts the
// memory without the part that it takes the hypervisor to keep.
// Source: Karpenter v1.14, "Settings", VM_MEMORY_OVERHEAD_PERCENT, 0.075.
func (p Pool) allows(m machine) bool {
	return m.milliCPU <= p.CPUs*1000 && m.memoryMiB*925/1000 <= p.MemoryGiB*1024
}

// roomy checks that a pool's limits have room for a machine at all.
func (c *checker) roomy(path string, p Pool) {
	all := p.machines()
	if p.CPUs < 1 || p.MemoryGiB < 1 || len(all) == 0 || slices.ContainsFunc(all, p.allows) {
		return
	}
	smallest := slices.MinFunc(all, func(a, b machine) int {
		return cmp.Or(cmp.Compare(a.milliCPU, b.milliCPU), cmp.Compare(a.memoryMiB, b.memoryMiB))
	})
	const why = ", what the smallest machine of its families has: it would start none"
	if smallest.milliCPU > p.CPUs*1000 {
		c.bad(BadPool, path+".cpus", fmt.Sprint(p.CPUs), fmt.Sprintf("at least %d", smallest.milliCPU/1000)+why, path+".instances")
	} else {
		c.bad(BadPool, path+".memoryGiB", fmt.Sprint(p.MemoryGiB), fmt.Sprintf("at least %d", smallest.memoryMiB/1024)+why, path+".instances")
	}
}
