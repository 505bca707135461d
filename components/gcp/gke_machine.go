package gcp

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// machineType is family, kind and size, such as n2d-standard-4.
var machineType = regexp.MustCompile(`^[a-z][a-z0-9]*-[a-z]+(-[a-z0-9]+)*$`)

// accelerator is what a machine computes with beside its processors.
type accelerator struct {
	kind  string
	count int
}

// accelerators are those of the machines that are made with them.
// Source: Compute Engine docs, "GPU machine types", read 2026-11.
var accelerators = map[string]accelerator{
	"g2-standard-4": {"nvidia-l4", 1}, "g2-standard-8": {"nvidia-l4", 1}, "g2-standard-12": {"nvidia-l4", 1},
	"g2-standard-16": {"nvidia-l4", 1}, "g2-standard-24": {"nvidia-l4", 2}, "g2-standard-32": {"nvidia-l4", 1},
	"g2-standard-48": {"nvidia-l4", 4}, "g2-standard-96": {"nvidia-l4", 8},
	"a2-highgpu-1g": {"nvidia-tesla-a100", 1}, "a2-highgpu-2g": {"nvidia-tesla-a100", 2},
	"a2-highgpu-4g": {"nvidia-tesla-a100", 4}, "a2-highgpu-8g": {"nvidia-tesla-a100", 8},
	"a2-ultragpu-1g": {"nvidia-a100-80gb", 1}, "a2-ultragpu-2g": {"nvidia-a100-80gb", 2},
	"a2-ultragpu-4g": {"nvidia-a100-80gb", 4}, "a2-ultragpu-8g": {"nvidia-a100-80gb", 8},
	"a3-highgpu-8g": {"nvidia-h100-80gb", 8},
}

// repels says whether a taint keeps pods away that do not tolerate it.
func (p NodePoolArgs) repels() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(p.Taints)), func(t TaintArgs) bool { return t.Effect != "PreferNoSchedule" })
}

func (p NodePoolArgs) check(region string) error {
	_, has := accelerators[p.Machine]
	switch initial := p.initial(); {
	case !machineType.MatchString(p.Machine):
		return fmt.Errorf("Machine: got %q, want a machine type such as n2d-standard-4", p.Machine)
	case p.GPU && !has:
		return fmt.Errorf("GPU: %s has no accelerators; those that have are %v", p.Machine, slices.Sorted(maps.Keys(accelerators)))
	case !p.GPU && has:
		return fmt.Errorf("GPU: %s has accelerators, which need drivers", p.Machine)
	case p.Min < 0 || p.Max < 1 || p.Min > p.Max:
		return fmt.Errorf("Min: got %d to %d nodes, want at least 0 to 1", p.Min, p.Max)
	case initial < p.Min || initial > p.Max:
		return fmt.Errorf("Initial: got %d, want between %d and %d", initial, p.Min, p.Max)
	case p.DiskGiB < 20:
		return fmt.Errorf("DiskGiB: got %d, want at least 20, for the image and its containers", p.DiskGiB)
	case p.Surge < 0:
		return fmt.Errorf("Surge: got %d, want at least 1", p.Surge)
	}
	for _, zone := range p.Zones {
		if !inRegion(zone, region) {
			return fmt.Errorf("Zones: %q is no zone of %s", zone, region)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Taints)) {
		if _, known := taintEffects[p.Taints[key].Effect]; !known {
			return fmt.Errorf("Taints[%s].Effect: got %q, want NoSchedule, PreferNoSchedule or NoExecute", key, p.Taints[key].Effect)
		}
	}
	return nil
}

// initial is the number of nodes at creation.
func (p NodePoolArgs) initial() int {
	if p.Initial == 0 {
		return p.Min
	}
	return p.Initial
}

// zones are where the nodes are, sorted.
func (p NodePoolArgs) zones(all []string) []string {
	if len(p.Zones) > 0 {
		all = p.Zones
	}
	return slices.Sorted(slices.Values(all))
}
