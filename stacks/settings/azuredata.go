package settings

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// azureSize is a size of machines.
type azureSize struct {
	cpus, memoryGiB, gpus int
	gpu                   bool
}

// azureShape reads a size: series, processors, features, accelerator, generation.
// Source: "Azure virtual machine sizes naming conventions".
var azureShape = regexp.MustCompile(`^Standard_([BDEFLN][CV]?)(\d+)([a-z]*)(_T4|_A10|_A100)?_v(\d)$`)

// azureGiBPerCPU is the memory of a series' machines, in GiB for each processor;
// l among the features halves it.
// Source: "Sizes for virtual machines in Azure", read 2026-11.
var azureGiBPerCPU = map[string]int{"B": 4, "D": 4, "E": 8, "F": 2, "L": 8}

// azureGenerations are those of each series that every region with zones has.
var azureGenerations = map[string][]string{
	"B": {"2"}, "D": {"4", "5", "6"}, "E": {"4", "5", "6"}, "F": {"2"}, "L": {"3"},
}

// azureAccelerated are the sizes with GPUs of NVIDIA.
var azureAccelerated = map[string]azureSize{
	"Standard_NC4as_T4_v3": {4, 28, 1, true}, "Standard_NC8as_T4_v3": {8, 56, 1, true}, "Standard_NC16as_T4_v3": {16, 110, 1, true},
	"Standard_NC64as_T4_v3": {64, 440, 4, true}, "Standard_NV36ads_A10_v5": {36, 440, 1, true}, "Standard_NV72ads_A10_v5": {72, 880, 2, true},
	"Standard_NC24ads_A100_v4": {24, 220, 1, true}, "Standard_NC48ads_A100_v4": {48, 440, 2, true}, "Standard_NC96ads_A100_v4": {96, 880, 4, true},
}

// azureCPUs are how many processors machines have.
var azureCPUs = []int{2, 4, 8, 16, 20, 32, 48, 64, 72, 80, 96}

// findAzureSize is what machines of a size have.
func findAzureSize(size string) (azureSize, bool) {
	if m, known := azureAccelerated[size]; known {
		return m, true
	}
	m := azureShape.FindStringSubmatch(size)
	if m == nil || m[4] != "" || !slices.Contains(azureGenerations[m[1]], m[5]) {
		return azureSize{}, false
	}
	cpus, err := strconv.Atoi(m[2])
	if err != nil || !slices.Contains(azureCPUs, cpus) {
		return azureSize{}, false
	}
	gib := azureGiBPerCPU[m[1]] * cpus
	if strings.Contains(m[3], "l") {
		gib /= 2
	}
	return azureSize{cpus: cpus, memoryGiB: gib}, true
}

// azureMachine says what a size has.
func azureMachine(instance string) (machine, bool) {
	m, known := findAzureSize(instance)
	return machine{m.cpus * 1000, m.memoryGiB * 1024, m.gpus}, known
}
