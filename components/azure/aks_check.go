package azure

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/versions"
)

// systemPool is the pool that carries the cluster's own parts.
const systemPool = "system"

var (
	// aksName is what a cluster may be called: at most 63 letters, digits, - and _.
	aksName = regexp.MustCompile(`^[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?$`)
	// poolName leaves room for what tells pools of different make apart.
	poolName  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,29}$`)
	taintText = regexp.MustCompile(`^[\w./-]+(=[\w.-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$`)
	startTime = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)
	weekdays  = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
)

// check returns all that is wrong with the arguments.
func (a *AksArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(aksName.MatchString(a.ClusterName), "ClusterName: got %q, want at most 63 letters, digits, - and _", a.ClusterName)
	want(slices.Contains(versions.Kubernetes(), a.Version), "Version: got %q, want one of %s", a.Version, strings.Join(versions.Kubernetes(), ", "))
	want(a.Network != nil, "Network is missing")
	want(a.Identity != nil, "Identity is missing")
	want(a.Tier == "Free" || a.Tier == "Standard", "Tier: got %q, want Free or Standard", a.Tier)
	want(!a.CostAnalysis || a.Tier == "Standard", "CostAnalysis: the tier Free has none")
	for _, zone := range a.Zones {
		want(slices.Contains(zoneNumbers, zone), "Zones: got %q, want 1, 2 or 3", zone)
	}
	want(len(a.Logs) == 0 || a.WorkspaceID != nil, "Logs: there is no WorkspaceID to send them to")
	errs = append(errs, a.checkRanges(), a.checkEndpoint(), a.checkUpgrades(), a.checkAccess(), a.checkPools())
	return component.Problems(errs...)
}

// checkRanges wants ranges that nothing else has: those of pods and services are
// in no network, but nodes must tell them from their own.
func (a *AksArgs) checkRanges() error {
	ranges := map[string]string{"PodCIDR": a.PodCIDR, "ServiceCIDR": a.ServiceCIDR}
	if a.Network != nil {
		ranges["Network"] = a.Network.CIDR
	}
	parsed := map[string]netip.Prefix{}
	for name, text := range ranges {
		p, err := netip.ParsePrefix(text)
		if err != nil || !p.Addr().Is4() {
			return fmt.Errorf("%s: got %q, want an IPv4 range", name, text)
		}
		parsed[name] = p
	}
	if bits := parsed["ServiceCIDR"].Bits(); bits < 12 || bits > 24 {
		return fmt.Errorf("ServiceCIDR: got %s, want a range between /12 and /24", a.ServiceCIDR)
	}
	for _, pair := range [][2]string{{"PodCIDR", "ServiceCIDR"}, {"PodCIDR", "Network"}, {"ServiceCIDR", "Network"}} {
		if x, y := parsed[pair[0]], parsed[pair[1]]; x.IsValid() && y.IsValid() && x.Overlaps(y) {
			return fmt.Errorf("%s: %s overlaps %s, that of %s", pair[0], x, y, pair[1])
		}
	}
	return nil
}

func (a *AksArgs) checkEndpoint() error {
	if _, has := a.zone(); a.Endpoint == "private" && a.Network != nil && !has {
		return errors.New("Network: a private endpoint needs the network's ClusterZone")
	}
	return component.CheckEndpoint(a.Endpoint, a.EndpointCIDRs)
}

func (a *AksArgs) checkUpgrades() error {
	u := a.Upgrades
	switch {
	case !slices.Contains([]string{"patch", "stable", "rapid", "node-image", "none"}, u.Cluster):
		return fmt.Errorf("Upgrades.Cluster: got %q, want patch, stable, rapid, node-image or none", u.Cluster)
	case !slices.Contains([]string{"NodeImage", "SecurityPatch", "None"}, u.Nodes):
		return fmt.Errorf("Upgrades.Nodes: got %q, want NodeImage, SecurityPatch or None", u.Nodes)
	case u.Cluster == "node-image" && u.Nodes != "NodeImage":
		return fmt.Errorf("Upgrades.Nodes: got %s, want NodeImage with the channel node-image", u.Nodes)
	case !slices.Contains(weekdays, u.Day):
		return fmt.Errorf("Upgrades.Day: got %q, want a day such as Sunday", u.Day)
	case !startTime.MatchString(u.Start):
		return fmt.Errorf("Upgrades.Start: got %q, want a time such as 02:00", u.Start)
	case u.Hours < 4 || u.Hours > 24:
		return fmt.Errorf("Upgrades.Hours: got %d, want 4 to 24", u.Hours)
	}
	return nil
}

func (a *AksArgs) checkAccess() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(a.Access)) {
		access := a.Access[name]
		_, known := accessRoles[access.Level]
		switch {
		case access.ObjectID == nil:
			errs = append(errs, fmt.Errorf("Access[%s].ObjectID is missing", name))
		case !slices.Contains([]string{"", group, person, machine}, access.Kind):
			errs = append(errs, fmt.Errorf("Access[%s].Kind: got %q, want Group, User or ServicePrincipal", name, access.Kind))
		case !known:
			errs = append(errs, fmt.Errorf("Access[%s].Level: got %q, want clusterAdmin, admin, edit or view", name, access.Level))
		case access.Level == "clusterAdmin" && len(access.Namespaces) > 0:
			errs = append(errs, fmt.Errorf("Access[%s].Namespaces: a clusterAdmin has no limit", name))
		}
	}
	return errors.Join(errs...)
}

func (a *AksArgs) checkPools() error {
	var errs []error
	bad := func(pool, format string, args ...any) {
		errs = append(errs, fmt.Errorf("Pools[%s]"+format, append([]any{pool}, args...)...))
	}
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(a.Pools)) {
		p := a.Pools[name]
		if !poolName.MatchString(name) {
			bad(name, ": want lower-case letters, digits and - behind a letter")
		}
		if other, twice := taken[a.poolName(name)]; twice {
			bad(name, ": Azure would call it %s as it does %s", a.poolName(name), other)
		}
		taken[a.poolName(name)] = name
		if p.Size == "" {
			bad(name, ".Size is missing")
		}
		if p.Min < 0 || p.Max < max(1, p.Min) || p.Initial != 0 && (p.Initial < p.Min || p.Initial > p.Max) {
			bad(name, ": got %d to %d nodes and %d at first, want Min <= Initial <= Max and Max > 0", p.Min, p.Max, p.Initial)
		}
		if p.DiskGiB < 30 {
			bad(name, ".DiskGiB: got %d, want 30 or more", p.DiskGiB)
		}
		for _, taint := range p.Taints {
			if !taintText.MatchString(taint) {
				bad(name, ".Taints: got %s, want key=value:effect", taint)
			}
		}
	}
	switch system, has := a.Pools[systemPool]; {
	case !has:
		errs = append(errs, fmt.Errorf("Pools: want one named %s", systemPool))
	case system.Spot || system.GPU || len(system.Taints) > 0:
		bad(systemPool, ": the cluster's own parts run on plain nodes, without spot, GPU or taints")
	case system.Min < 1:
		bad(systemPool, ".Min: got %d, want at least 1", system.Min)
	}
	return errors.Join(errs...)
}
