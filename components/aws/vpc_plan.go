package aws

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// vpcPlan is what the arguments of a network come to.
type vpcPlan struct {
	network netip.Prefix
	pods    netip.Prefix // not valid without a range for pods
	zones   []string     // sorted
	tiers   []subnetTier
	// natOf is the zone of the NAT gateway that a zone's private subnets go
	// through; empty without NAT.
	natOf map[string]string
}

// plan checks the arguments and returns what they come to, or an error for each
// that is wrong.
func (a *VpcArgs) plan() (vpcPlan, error) {
	p := vpcPlan{
		zones: slices.Sorted(maps.Keys(a.Zones)), natOf: map[string]string{},
		tiers: []subnetTier{publicTier, privateTier, dataTier},
	}
	errs := append(a.checkZones(p.zones), a.checkEndpoints()...)
	var err error
	if p.network, err = networkCIDR(a.CIDR, maxNetworkBits); err != nil {
		errs = append(errs, fmt.Errorf("CIDR: %w", err))
	}
	if a.PodCIDR != "" {
		p.tiers = append(p.tiers, podsTier)
		if p.pods, err = networkCIDR(a.PodCIDR, maxPodBits); err != nil {
			errs = append(errs, fmt.Errorf("PodCIDR: %w", err))
		} else if p.network.IsValid() && p.network.Overlaps(p.pods) {
			errs = append(errs, fmt.Errorf("PodCIDR: %s overlaps the network's range %s", p.pods, p.network))
		}
	}
	if a.FlowLogs != "ALL" && a.FlowLogs != "REJECT" {
		errs = append(errs, fmt.Errorf("FlowLogs: got %q, want ALL or REJECT", a.FlowLogs))
	}
	if a.LogKeyArn == nil {
		errs = append(errs, errors.New("LogKeyArn: got none, want the ARN of a key"))
	}
	return p, errors.Join(append(errs, a.planNAT(&p))...)
}

func (a *VpcArgs) checkZones(zones []string) []error {
	if len(zones) == 0 {
		return []error{errors.New("Zones: got none, want at least one")}
	}
	var errs []error
	taken := map[int]string{}
	for _, zone := range zones {
		slot := a.Zones[zone]
		if !strings.HasPrefix(zone, a.Region) || zone == a.Region {
			errs = append(errs, fmt.Errorf("Zones: %q is no zone of %s", zone, a.Region))
		}
		if slot < 0 || slot >= zoneSlots {
			errs = append(errs, fmt.Errorf("Zones: %s has slot %d, want 0 to %d", zone, slot, zoneSlots-1))
		}
		if other, ok := taken[slot]; ok {
			errs = append(errs, fmt.Errorf("Zones: %s and %s have the same slot %d", other, zone, slot))
		}
		taken[slot] = zone
	}
	return errs
}

func (a *VpcArgs) checkEndpoints() []error {
	var errs []error
	for i, service := range a.Endpoints {
		switch {
		case service == "s3" || service == "dynamodb":
			errs = append(errs, fmt.Errorf("Endpoints: %s has a gateway endpoint already, which is free", service))
		case service == "" || strings.HasPrefix(service, "com."):
			errs = append(errs, fmt.Errorf("Endpoints: got %q, want a short name such as ecr.api", service))
		case slices.Contains(a.Endpoints[:i], service):
			errs = append(errs, fmt.Errorf("Endpoints: %s stands there twice", service))
		}
	}
	return errs
}

// planNAT decides which gateway each zone goes through.
func (a *VpcArgs) planNAT(p *vpcPlan) error {
	single := a.NATZone
	for _, zone := range p.zones {
		if a.NATZone == "" && (single == "" || a.Zones[zone] < a.Zones[single]) {
			single = zone
		}
	}
	if _, ok := a.Zones[single]; !ok && a.NATZone != "" {
		return fmt.Errorf("NATZone: %q is not among the zones %v", a.NATZone, p.zones)
	}
	for _, zone := range p.zones {
		switch a.NAT {
		case NATNone:
		case NATSingle:
			p.natOf[zone] = single
		case NATPerZone:
			p.natOf[zone] = zone
		default:
			return fmt.Errorf("NAT: got %q, want none, single or perZone", a.NAT)
		}
	}
	return nil
}
