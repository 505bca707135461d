package gcp

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/versions"
)

// systemPool is the pool that carries the cluster's own add-ons.
const systemPool = "system"

var (
	// poolName is short: the component's name and Pulumi's suffix must fit into the
	// 40 characters of a pool's name.
	// Source: GKE reference, NodePool.name, read 2026-11.
	poolName   = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$`)
	accessName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	// accessMember is who may be let in: a person, a group or a service account.
	accessMember  = regexp.MustCompile(`^(user|group|serviceAccount):[^@\s:]+@[^@\s:]+$`)
	securityGroup = regexp.MustCompile(`^gke-security-groups@[a-z0-9.-]+$`)
)

// channels are the release channels that get security patches for long enough.
var channels = []string{"REGULAR", "STABLE", "EXTENDED"}

// exclusionScopes are what a time without changes keeps away.
// Source: GKE docs, "Maintenance windows and exclusions", read 2026-11.
var exclusionScopes = []string{"NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"}

// check returns all that is wrong with the arguments.
func (a *GkeArgs) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !slices.Contains(versions.Kubernetes(), a.Version) {
		bad("Version: got %q, want one of %s", a.Version, strings.Join(versions.Kubernetes(), ", "))
	}
	if !slices.Contains(channels, a.Channel) {
		bad("Channel: got %q, want one of %s", a.Channel, strings.Join(channels, ", "))
	}
	if a.Network == nil || a.Subnet == nil || a.PodRange == "" || a.ServiceRange == "" {
		bad("Network: want a network, a subnet and the names of its ranges")
	}
	if len(a.Zones) == 0 {
		bad("Zones: got none, want at least one")
	}
	for _, zone := range a.Zones {
		if !inRegion(zone, a.Region) {
			bad("Zones: %q is no zone of %s", zone, a.Region)
		}
	}
	if a.SecretsKey == nil || a.DiskKey == nil {
		bad("SecretsKey, DiskKey: want keys")
	}
	if a.Groups != "" && !securityGroup.MatchString(a.Groups) {
		bad("Groups: got %s, want gke-security-groups@ and a domain", a.Groups)
	}
	errs = append(errs, component.CheckRanges("ClientCIDRs", a.ClientCIDRs), component.CheckEndpoint(a.Endpoint, a.EndpointCIDRs),
		a.checkAccess(), a.checkPools(), a.Maintenance.check(), a.AutoProvisioning.check())
	return errors.Join(errs...)
}

func (a *GkeArgs) checkAccess() error {
	var errs []error
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(a.Access)) {
		access := a.Access[name]
		switch other, twice := taken[access.Member]; {
		case !accessName.MatchString(name):
			errs = append(errs, fmt.Errorf("Access: got the name %q, want letters, digits, - and _", name))
		case !accessMember.MatchString(access.Member):
			errs = append(errs, fmt.Errorf("Access[%s].Member: got %q, want user:, group: or serviceAccount: and an address", name, access.Member))
		case twice:
			errs = append(errs, fmt.Errorf("Access[%s].Member: %s has it already: a member has one entry", name, other))
		case !slices.Contains(accessLevels, access.Level):
			errs = append(errs, fmt.Errorf("Access[%s].Level: got %q, want one of %s", name, access.Level, strings.Join(accessLevels, ", ")))
		case access.Level == clusterAdmin && len(access.Namespaces) > 0:
			errs = append(errs, fmt.Errorf("Access[%s].Namespaces: a clusterAdmin has no limit", name))
		case access.Level != clusterAdmin && strings.HasPrefix(access.Member, "group:") && a.Groups == "":
			errs = append(errs, fmt.Errorf("Access[%s].Member: Kubernetes knows groups with Groups alone", name))
		}
		taken[access.Member] = name
	}
	return errors.Join(errs...)
}

func (a *GkeArgs) checkPools() error {
	if a.Autopilot {
		if len(a.NodePools) > 0 || a.AutoProvisioning != nil {
			return errors.New("NodePools, AutoProvisioning: got some, want none: Autopilot has nodes of its own")
		}
		return nil
	}
	var errs []error
	home := false // a pool that the cluster's own add-ons can run on
	for _, name := range slices.Sorted(maps.Keys(a.NodePools)) {
		pool := a.NodePools[name]
		home = home || name == systemPool || !pool.repels()
		if !poolName.MatchString(name) {
			errs = append(errs, fmt.Errorf("NodePools: got the name %q, want at most 20 small letters, digits and -", name))
		}
		if err := pool.check(a.Region); err != nil {
			errs = append(errs, fmt.Errorf("NodePools[%s].%w", name, err))
		}
	}
	if !home {
		errs = append(errs, fmt.Errorf("NodePools: want a pool without taints, or one named %s, for the cluster's own add-ons", systemPool))
	}
	return errors.Join(errs...)
}

func (m MaintenanceArgs) check() error {
	start, errStart := time.Parse(time.RFC3339, m.Start)
	end, errEnd := time.Parse(time.RFC3339, m.End)
	var errs []error
	if errStart != nil || errEnd != nil || end.Sub(start) < 4*time.Hour || end.Sub(start) > 24*time.Hour {
		errs = append(errs, fmt.Errorf("Maintenance: got %q to %q, want times of 4 to 24 hours in RFC 3339", m.Start, m.End))
	}
	if !strings.HasPrefix(m.Recurrence, "FREQ=") {
		errs = append(errs, fmt.Errorf("Maintenance.Recurrence: got %q, want a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=TU", m.Recurrence))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Exclusions)) {
		x := m.Exclusions[name]
		from, errFrom := time.Parse(time.RFC3339, x.Start)
		to, errTo := time.Parse(time.RFC3339, x.End)
		switch {
		case !slices.Contains(exclusionScopes, x.Scope):
			errs = append(errs, fmt.Errorf("Maintenance.Exclusions[%s].Scope: got %q, want one of %s", name, x.Scope, strings.Join(exclusionScopes, ", ")))
		case errFrom != nil || errTo != nil || !to.After(from):
			errs = append(errs, fmt.Errorf("Maintenance.Exclusions[%s]: got %q to %q, want times in RFC 3339", name, x.Start, x.End))
		case x.Scope == "NO_UPGRADES" && to.Sub(from) > 30*24*time.Hour:
			errs = append(errs, fmt.Errorf("Maintenance.Exclusions[%s]: want at most 30 days without any upgrade", name))
		}
	}
	return errors.Join(errs...)
}

func (a *AutoProvisioningArgs) check() error {
	if a == nil {
		return nil
	}
	if a.CPUs < 1 || a.MemoryGiB < 1 {
		return fmt.Errorf("AutoProvisioning: got %d processors and %d GiB, want limits", a.CPUs, a.MemoryGiB)
	}
	for _, gpu := range slices.Sorted(maps.Keys(a.GPUs)) {
		if a.GPUs[gpu] < 1 {
			return fmt.Errorf("AutoProvisioning.GPUs[%s]: got %d, want at least 1", gpu, a.GPUs[gpu])
		}
	}
	return nil
}
