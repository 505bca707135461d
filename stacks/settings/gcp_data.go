package settings

import (
	"net/netip"
	"strconv"
	"strings"
)

// gcpRegions are the regions with the letters of their zones.
// Source: Compute Engine docs, "Available regions and zones", read 2026-11.
var gcpRegions = map[string]string{
	"us-central1": "abcf", "us-east1": "bcd", "us-east4": "abc", "us-east5": "abc", "us-south1": "abc",
	"us-west1": "abc", "us-west2": "abc", "us-west3": "abc", "us-west4": "abc",
	"northamerica-northeast1": "abc", "northamerica-northeast2": "abc", "southamerica-east1": "abc", "southamerica-west1": "abc",
	"europe-west1": "bcd", "europe-west2": "abc", "europe-west3": "abc", "europe-west4": "abc", "europe-west6": "abc",
	"europe-west8": "abc", "europe-west9": "abc", "europe-west10": "abc", "europe-west12": "abc",
	"europe-central2": "abc", "europe-north1": "abc", "europe-north2": "abc", "europe-southwest1": "abc",
	"asia-east1": "abc", "asia-east2": "abc", "asia-northeast1": "abc", "asia-northeast2": "abc", "asia-northeast3": "abc",
	"asia-south1": "abc", "asia-south2": "abc", "asia-southeast1": "abc", "asia-southeast2": "abc",
	"australia-southeast1": "abc", "australia-southeast2": "abc",
	"me-central1": "abc", "me-central2": "abc", "me-west1": "abc", "africa-south1": "abc",
}

// gcpFamily is a family of machine types: the MiB of memory for each processor of
// its kinds.
type gcpFamily map[string]int

// gcpFamilies are the families that nodes are built from.
// Source: Compute Engine docs, "General-purpose machine family" and "Compute-
// optimized machine family", read 2026-11.
var gcpFamilies = map[string]gcpFamily{
	"e2":  {"standard": 4096, "highmem": 8192, "highcpu": 1024},
	"n1":  {"standard": 3840, "highmem": 6656, "highcpu": 922},
	"n2":  {"standard": 4096, "highmem": 8192, "highcpu": 1024},
	"n2d": {"standard": 4096, "highmem": 8192, "highcpu": 1024},
	"n4":  {"standard": 4096, "highmem": 8192, "highcpu": 2048},
	"c2":  {"standard": 4096}, "c2d": {"standard": 4096, "highmem": 8192, "highcpu": 2048},
	"c3":  {"standard": 4096, "highmem": 8192, "highcpu": 2048},
	"c3d": {"standard": 4096, "highmem": 8192, "highcpu": 2048},
	"c4":  {"standard": 3840, "highmem": 7936, "highcpu": 2048},
	"c4a": {"standard": 4096, "highmem": 8192, "highcpu": 2048},
	"c4d": {"standard": 3968, "highmem": 8064, "highcpu": 1920},
	"t2a": {"standard": 4096}, "t2d": {"standard": 4096},
}

// gcpHyperdisk are the families that take Hyperdisk alone: nodes and volumes are
// given Persistent Disk, and a volume has to go with its pod to any node.
// Source: Compute Engine docs, "Machine families resource and comparison guide",
// disks of each series; read 2026-11.
var gcpHyperdisk = []string{"n4", "c4", "c4a", "c4d"}

// gcpAccelerated are the machines with accelerators.
// Source: Compute Engine docs, "GPU machine types", read 2026-11.
var gcpAccelerated = map[string]machine{
	"g2-standard-4": {4000, 16384, 1}, "g2-standard-8": {8000, 32768, 1}, "g2-standard-12": {12000, 49152, 1},
	"g2-standard-16": {16000, 65536, 1}, "g2-standard-24": {24000, 98304, 2}, "g2-standard-32": {32000, 131072, 1},
	"g2-standard-48": {48000, 196608, 4}, "g2-standard-96": {96000, 393216, 8},
	"a2-highgpu-1g": {12000, 87040, 1}, "a2-highgpu-2g": {24000, 174080, 2}, "a2-highgpu-4g": {48000, 348160, 4}, "a2-highgpu-8g": {96000, 696320, 8},
	"a2-ultragpu-1g": {12000, 174080, 1}, "a2-ultragpu-2g": {24000, 348160, 2}, "a2-ultragpu-4g": {48000, 696320, 4}, "a2-ultragpu-8g": {96000, 1392640, 8},
	"a3-highgpu-8g": {208000, 1916928, 8},
}

// gcpMachine says what a machine type has; of one that it does not know, nothing.
func gcpMachine(name string) (machine, bool) {
	if m, known := gcpAccelerated[name]; known {
		return m, true
	}
	parts := strings.Split(name, "-")
	if len(parts) != 3 {
		return machine{}, false
	}
	mib, known := gcpFamilies[parts[0]][parts[1]]
	cpus, err := strconv.Atoi(parts[2])
	if !known || err != nil || cpus < 1 || cpus > 416 {
		return machine{}, false
	}
	return machine{cpus * 1000, cpus * mib, 0}, true
}

// ProvisionedDiskGiB is the disk of nodes that GKE makes by itself. A test compares it
// with what the program sets.
const ProvisionedDiskGiB = 100

// provisioned is where GKE makes node pools of its own, within the limits of the
// whole cluster: of machines that it chooses, with the disk that the program sets.
// Pods that ask for GPUs or spot name the node groups that have them.
func provisioned(s *Settings) []place {
	a := s.GCP.AutoProvisioning
	if a.CPUs < 1 || a.MemoryGiB < 1 {
		return nil
	}
	return []place{{name: "autoProvisioning", limited: true, seats: []seat{{machine{a.CPUs * 1000, a.MemoryGiB * 1024, 0}, diskMiB(ProvisionedDiskGiB)}}}}
}

// family is the family of a machine type.
func family(instance string) string {
	name, _, _ := strings.Cut(instance, "-")
	return name
}

// prefix reads a range.
func prefix(text string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(text)
	return p, err == nil
}
