package azure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// DnsArgs are the arguments of NewDns.
type DnsArgs struct {
	Scope
	// ZoneID is the id of an existing public zone, in this subscription. It is left
	// as it is, but for what is put in it. A new one is made if it is empty.
	ZoneID string
	// ZoneName is the name of the new zone, such as prod.example.com. Of an existing
	// one it may be given, and must then be right.
	ZoneName string
	// ParentZoneID is the id of the zone above a new one, in this subscription: the
	// new zone's name servers are put there, and what signs it. Without one,
	// somebody else has to.
	ParentZoneID string
	// Records are the zone's records, each once by name and type.
	Records []RecordArgs
	// DNSSEC is none (or empty) or signed: Azure keeps the keys. The record DS that
	// has resolvers trust the zone goes into the zone above, by whoever owns it.
	DNSSEC string
}

// RecordArgs are one record.
type RecordArgs struct {
	// Name is the record's name without the zone's; empty for the zone itself.
	Name string
	// Type is A, AAAA, CAA, CNAME, MX, NS or TXT.
	Type string
	// Values are the answers; an alias has none.
	Values []string
	// TTL is for how many seconds resolvers remember the answers: 300 if 0.
	TTL int
	// Alias is the id of an Azure resource that answers instead, such as a public
	// address or a Front Door endpoint: of type A, AAAA or CNAME.
	Alias pulumi.StringInput
}

// Dns is a public Azure DNS zone: a new one, perhaps delegated from the zone
// above, or an existing one; with records and signatures.
type Dns struct {
	pulumi.ResourceState

	// Name is the zone's name, and Group the resource group that it is in.
	Name  string
	Group pulumi.StringOutput
	// ZoneID is the zone's id. It is there once the zone is delegated.
	ZoneID pulumi.StringOutput
	// NameServers are the four that the zone above names.
	NameServers pulumi.StringArrayOutput
	// DS is the record that the zone above needs for DNSSEC; empty without.
	DS pulumi.StringOutput
	// zone is the zone's name for what is put into it: it is there with the zone.
	zone pulumi.StringOutput
}

// dnsZone is a zone, and dnsKeys what signs it.
type dnsZone struct {
	pulumi.CustomResourceState

	Name        pulumi.StringOutput      `pulumi:"name"`
	NameServers pulumi.StringArrayOutput `pulumi:"nameServers"`
}

type dnsKeys struct {
	pulumi.CustomResourceState

	SigningKeys pulumi.ArrayOutput `pulumi:"signingKeys"`
}

// delegationTTL is for how many seconds resolvers remember who serves the zone.
const delegationTTL = 3600

// NewDns makes or finds a zone, and what belongs to it.
func NewDns(ctx *pulumi.Context, name string, args *DnsArgs, opts ...pulumi.ResourceOption) (*Dns, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating DNS %s: %w", name, err)
	}
	d := &Dns{Name: args.ZoneName, DS: pulumi.String("").ToStringOutput()}
	if err := component.Register(ctx, "azure", "Dns", name, d, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(d)
	find := args.create
	if args.ZoneID != "" {
		find = args.find
	}
	if err := find(ctx, name, d, parent); err != nil {
		return nil, err
	}
	for _, r := range args.Records {
		if err := r.create(ctx, name+"-"+r.key(), d.Group, d.zone, parent); err != nil {
			return nil, err
		}
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"name": pulumi.String(d.Name), "zoneId": d.ZoneID, "nameServers": d.NameServers, "ds": d.DS,
	})
}

// check returns all that is wrong with the arguments.
func (a *DnsArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil || a.ZoneID != "", "ResourceGroup is missing")
	p.want(a.ZoneID != "" || a.ZoneName != "", "ZoneID and ZoneName: got neither, want an existing zone or the name of a new one")
	p.want(a.ZoneID == "" || a.ParentZoneID == "", "ParentZoneID: got %s, want none: the zone exists, and so does its delegation", a.ParentZoneID)
	p.want(slices.Contains([]string{"", "none", "signed"}, a.DNSSEC), "DNSSEC: got %q, want none or signed", a.DNSSEC)
	p.want(a.ZoneID == "" || !a.signs(), "DNSSEC: got %s, want none: an existing zone is signed by who made it", a.DNSSEC)
	if a.ZoneID != "" {
		_, zone, err := zoneOf(a.ZoneID)
		p.add(err)
		p.want(err != nil || a.ZoneName == "" || a.ZoneName == zone, "ZoneName: got %s, want %s: that is the zone of ZoneID", a.ZoneName, zone)
	}
	if a.ParentZoneID != "" {
		_, above, err := zoneOf(a.ParentZoneID)
		p.add(err)
		p.want(err != nil || strings.HasSuffix(a.ZoneName, "."+above), "ZoneName: got %s, want a name below %s, the zone above", a.ZoneName, above)
	}
	seen := map[string]bool{}
	for _, r := range a.Records {
		p.add(r.check())
		p.want(!seen[r.key()], "Records[%s]: got it twice, want each name and type once", r.key())
		seen[r.key()] = true
	}
	return p.err()
}

func (a *DnsArgs) signs() bool { return a.DNSSEC == "signed" }

// zoneOf is the resource group and the name of a zone by its id.
func zoneOf(id string) (group, zone string, err error) {
	part := strings.Split(id, "/")
	if len(part) != 9 || part[1] != "subscriptions" || !strings.EqualFold(part[3], "resourceGroups") || !strings.EqualFold(part[7], "dnsZones") {
		return "", "", fmt.Errorf("got %q, want the id of a zone, /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/dnsZones/<name>", id)
	}
	return part[4], part[8], nil
}

// create makes the zone, has the zone above name its servers, and signs it.
func (a *DnsArgs) create(ctx *pulumi.Context, name string, d *Dns, parent pulumi.ResourceOption) error {
	zone, err := component.Bind[dnsZone](ctx, "azure-native:network:Zone", name, pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "zoneName": pulumi.String(a.ZoneName), "zoneType": pulumi.String("Public"),
		"location": pulumi.String("global"), "tags": a.tags("dns"),
	}, parent, pulumi.Protect(a.Protect))
	if err != nil {
		return fmt.Errorf("creating zone %s: %w", a.ZoneName, err)
	}
	d.Group, d.NameServers, d.zone = a.ResourceGroup.ToStringOutput(), zone.NameServers, zone.Name
	d.ZoneID = zone.ID().ToStringOutput()
	if a.signs() {
		keys, err := component.Bind[dnsKeys](ctx, "azure-native:network:DnssecConfig", name, pulumi.Map{
			"resourceGroupName": a.ResourceGroup, "zoneName": zone.Name,
		}, parent)
		if err != nil {
			return fmt.Errorf("signing zone %s: %w", a.ZoneName, err)
		}
		d.DS = keys.SigningKeys.ApplyT(delegationSigner).(pulumi.StringOutput)
	}
	if a.ParentZoneID == "" {
		return nil
	}
	return a.delegate(ctx, name+"-delegation", d, zone, parent)
}

// delegate has the zone above name the zone's servers.
func (a *DnsArgs) delegate(ctx *pulumi.Context, name string, d *Dns, zone *dnsZone, parent pulumi.ResourceOption) error {
	group, above, err := zoneOf(a.ParentZoneID)
	if err != nil {
		return err
	}
	delegation, err := bind(ctx, "azure-native:network:RecordSet", name, pulumi.Map{
		"resourceGroupName": pulumi.String(group), "zoneName": pulumi.String(above), "recordType": pulumi.String("NS"),
		"relativeRecordSetName": pulumi.String(strings.TrimSuffix(a.ZoneName, "."+above)), "ttl": pulumi.Float64(delegationTTL),
		"nsRecords": zone.NameServers.ApplyT(func(servers []string) []map[string]string {
			var all []map[string]string
			for _, s := range servers {
				all = append(all, map[string]string{"nsdname": s})
			}
			return all
		}),
	}, parent)
	if err != nil {
		return fmt.Errorf("delegating zone %s: %w", a.ZoneName, err)
	}
	d.ZoneID = pulumi.All(zone.ID(), delegation.URN()).ApplyT(func(all []any) string { return string(all[0].(pulumi.ID)) }).(pulumi.StringOutput)
	return nil
}

// delegationSigner is the record DS of the zone's key-signing key, which has the
// flag 257.
func delegationSigner(keys []any) string {
	for _, k := range keys {
		key, _ := k.(map[string]any)
		if flags, _ := key["flags"].(float64); flags != 257 {
			continue
		}
		signers, _ := key["delegationSignerInfo"].([]any)
		for _, s := range signers {
			info, _ := s.(map[string]any)
			if record, _ := info["record"].(string); record != "" {
				return record
			}
		}
	}
	return ""
}

// find takes the existing zone: what it is called and where it is, its id says;
// who serves it, Azure does.
func (a *DnsArgs) find(ctx *pulumi.Context, name string, d *Dns, parent pulumi.ResourceOption) error {
	group, zone, err := zoneOf(a.ZoneID)
	if err != nil {
		return err
	}
	option, ok := parent.(pulumi.ResourceOrInvokeOption)
	if !ok {
		return fmt.Errorf("finding zone %s: its component is no parent", zone)
	}
	var found struct {
		NameServers []string `pulumi:"nameServers"`
	}
	if err := ctx.Invoke("azure-native:network:getZone", map[string]any{"resourceGroupName": group, "zoneName": zone}, &found, option); err != nil {
		return fmt.Errorf("finding zone %s of %s: %w", zone, name, err)
	}
	d.Name, d.Group, d.ZoneID = zone, pulumi.String(group).ToStringOutput(), pulumi.String(a.ZoneID).ToStringOutput()
	d.NameServers, d.zone = pulumi.ToStringArray(found.NameServers).ToStringArrayOutput(), pulumi.String(zone).ToStringOutput()
	return nil
}
