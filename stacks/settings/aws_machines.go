package settings

import (
	"strconv"
	"strings"
)

// gibPerCPU is the memory of a family's machines, in GiB for each processor.
// Families that are not here have no such rule.
// Source: Amazon EC2 instance types, specifications of general purpose, compute
// optimised, memory optimised and accelerated computing instances.
var gibPerCPU = map[byte]int{'m': 4, 'c': 2, 'r': 8}

// burstable are the T machines: processors in thousandths and memory in MiB.
var burstable = map[string]machine{
	"nano": {2000, 512, 0}, "micro": {2000, 1024, 0}, "small": {2000, 2048, 0}, "medium": {2000, 4096, 0},
	"large": {2000, 8192, 0}, "xlarge": {4000, 16384, 0}, "2xlarge": {8000, 32768, 0},
}

// accelerated are the GPUs of the sizes that have more than one.
var accelerated = map[string]int{
	"g5.12xlarge": 4, "g5.24xlarge": 4, "g5.48xlarge": 8, "g6.12xlarge": 4, "g6.24xlarge": 4, "g6.48xlarge": 8,
	"g4dn.12xlarge": 4,
}

// awsMachine says what an instance type has; of a type that it does not know,
// nothing.
func awsMachine(instance string) (machine, bool) {
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
	if name == "g5" || name == "g6" || name == "g4dn" {
		gib, gpus = 4, max(1, accelerated[instance])
	}
	if cpus == 0 || gib == 0 || family.gpu && gpus == 0 {
		return machine{}, false
	}
	return machine{cpus * 1000, cpus * gib * 1024, gpus}, true
}
