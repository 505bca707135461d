package aws

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
	"github.com/te-explico/infrastructure/versions"
)

// systemGroup is the node group that carries the cluster's own add-ons.
const systemGroup = "system"

var (
	eksName = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)
	// nodeGroupName is short: Pulumi's suffix must fit into a node group's 63
	// characters, behind the component's name.
	nodeGroupName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$`)
	accessName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	// rolePrincipal is a role itself, not a session of it, which EKS refuses.
	rolePrincipal = regexp.MustCompile(`^arn:[a-z-]+:iam::\d{12}:role/.+$`)
)

// check returns all that is wrong with the arguments.
func (a *EksArgs) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !eksName.MatchString(a.ClusterName) {
		bad("ClusterName: got %q, want at most 100 letters, digits, - and _", a.ClusterName)
	}
	if !slices.Contains(versions.Kubernetes(), a.Version) {
		bad("Version: got %q, want one of %s", a.Version, strings.Join(versions.Kubernetes(), ", "))
	}
	if ids, plain := a.SubnetIDs.(pulumi.StringArray); a.SubnetIDs == nil || plain && len(ids) < 2 {
		bad("SubnetIDs: want subnets in at least two zones")
	}
	if a.VpcID == nil {
		bad("VpcID: want a network")
	}
	for arg, key := range map[string]pulumi.StringInput{
		"SecretsKeyArn": a.SecretsKeyArn, "LogKeyArn": a.LogKeyArn, "DiskKeyArn": a.DiskKeyArn,
	} {
		if key == nil {
			bad("%s: want a key", arg)
		}
	}
	if !slices.Contains([]string{"STANDARD", "EXTENDED"}, a.UpgradePolicy) {
		bad("UpgradePolicy: got %q, want STANDARD or EXTENDED", a.UpgradePolicy)
	}
	if a.LogDays < 1 {
		bad("LogDays: got %d, want at least 1", a.LogDays)
	}
	if a.ServiceCIDR != "" {
		if p, err := netip.ParsePrefix(a.ServiceCIDR); err != nil || !p.Addr().IsPrivate() || p.Bits() < 12 || p.Bits() > 24 {
			bad("ServiceCIDR: got %s, want a private range between /12 and /24", a.ServiceCIDR)
		}
	}
	errs = append(errs, component.CheckRanges("ClientCIDRs", a.ClientCIDRs), component.CheckEndpoint(a.Endpoint, a.EndpointCIDRs),
		a.checkAccess(), a.checkGroups())
	return component.Problems(errs...)
}

func (a *EksArgs) checkAccess() error {
	var errs []error
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(a.Access)) {
		access := a.Access[name]
		_, known := accessPolicies[access.Level]
		switch other, twice := taken[access.Role]; {
		case !accessName.MatchString(name):
			errs = append(errs, fmt.Errorf("Access: got the name %q, want letters, digits, - and _", name))
		case !rolePrincipal.MatchString(access.Role):
			errs = append(errs, fmt.Errorf("Access[%s].Role: got %q, want the ARN of a role", name, access.Role))
		case twice:
			errs = append(errs, fmt.Errorf("Access[%s].Role: %s has it already: a role has one entry", name, other))
		case !known:
			errs = append(errs, fmt.Errorf("Access[%s].Level: got %q, want clusterAdmin, admin, edit or view", name, access.Level))
		case access.Level == "clusterAdmin" && len(access.Namespaces) > 0:
			errs = append(errs, fmt.Errorf("Access[%s].Namespaces: a clusterAdmin has no limit", name))
		}
		taken[access.Role] = name
	}
	return errors.Join(errs...)
}

func (a *EksArgs) checkGroups() error {
	var errs []error
	home := false // a group that the cluster's own add-ons can run on
	for _, name := range slices.Sorted(maps.Keys(a.NodeGroups)) {
		group := a.NodeGroups[name]
		home = home || name == systemGroup || !group.repels()
		if !nodeGroupName.MatchString(name) {
			errs = append(errs, fmt.Errorf("NodeGroups: got the name %q, want at most 30 small letters, digits and -", name))
		}
		if err := group.check(); err != nil {
			errs = append(errs, fmt.Errorf("NodeGroups[%s].%w", name, err))
		}
	}
	if !home {
		errs = append(errs, fmt.Errorf("NodeGroups: want a group without taints, or one named %s, for the cluster's own add-ons", systemGroup))
	}
	return errors.Join(errs...)
}

// repels says whether a taint keeps pods away that do not tolerate it.
func (g NodeGroupArgs) repels() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(g.Taints)), func(t TaintArgs) bool { return t.Effect != "PreferNoSchedule" })
}

func (g NodeGroupArgs) check() error {
	if _, err := imageType(g.Instances, g.GPU); err != nil {
		return fmt.Errorf("Instances: %w", err)
	}
	switch initial := g.initial(); {
	case g.Min < 0 || g.Max < 1 || g.Min > g.Max:
		return fmt.Errorf("Min: got %d to %d nodes, want at least 0 to 1", g.Min, g.Max)
	case initial < g.Min || initial > g.Max:
		return fmt.Errorf("Initial: got %d, want between %d and %d", initial, g.Min, g.Max)
	case g.DiskGiB < 20:
		return fmt.Errorf("DiskGiB: got %d, want at least 20, the size of the image", g.DiskGiB)
	}
	for _, key := range slices.Sorted(maps.Keys(g.Taints)) {
		if _, known := taintEffects[g.Taints[key].Effect]; !known {
			return fmt.Errorf("Taints[%s].Effect: got %q, want NoSchedule, PreferNoSchedule or NoExecute", key, g.Taints[key].Effect)
		}
	}
	return nil
}

// initial is the number of nodes at creation.
func (g NodeGroupArgs) initial() int {
	if g.Initial == 0 {
		return g.Min
	}
	return g.Initial
}
