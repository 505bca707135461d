package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// delegationTTL is for how many seconds resolvers remember who serves the zone,
// and dsTTL for how many they remember its key.
const (
	delegationTTL = 3600
	dsTTL         = 3600
)

// create makes the zone and has the zone above name its servers, and its key if
// it is to trust it.
func (a *DnsArgs) create(ctx *pulumi.Context, name string, d *Dns) (pulumi.StringInput, error) {
	if a.ParentZoneID != "" {
		above, err := lookupZone(ctx, a.ParentZoneID, d)
		if err != nil {
			return nil, err
		}
		if up := strings.TrimSuffix(above.DnsName, "."); !strings.HasSuffix(a.ZoneName, "."+up) {
			return nil, fmt.Errorf("creating DNS %s: ZoneName: got %s, want a name below %s, the zone above", name, a.ZoneName, up)
		}
	}
	zone, err := dns.NewManagedZone(ctx, name, &dns.ManagedZoneArgs{
		DnsName: pulumi.String(a.ZoneName + "."), Description: pulumi.String(a.Prefix + "-" + name), Visibility: pulumi.String("public"),
		DnssecConfig: a.signature(), CloudLoggingConfig: dns.ManagedZoneCloudLoggingConfigArgs{EnableLogging: pulumi.Bool(a.QueryLogs)},
		ForceDestroy: pulumi.Bool(a.EmptyOnDelete), Labels: a.labels("dns"),
	}, pulumi.Parent(d), pulumi.Protect(a.Protect)) // a new zone has other name servers: all its names would be gone for days
	if err != nil {
		return nil, fmt.Errorf("creating zone %s: %w", a.ZoneName, err)
	}
	d.Name, d.ZoneID, d.NameServers = a.ZoneName, zone.Name, zone.NameServers
	if a.signs() {
		d.DS = a.ds(ctx, zone, d)
	}
	return zone.Name, a.delegate(ctx, name, zone, d)
}

// signature is how the zone signs its answers. A zone that does not sign says so,
// since one that once did would otherwise go on.
func (a *DnsArgs) signature() dns.ManagedZoneDnssecConfigArgs {
	if !a.signs() {
		return dns.ManagedZoneDnssecConfigArgs{State: pulumi.String("off")}
	}
	spec := func(kind string) dns.ManagedZoneDnssecConfigDefaultKeySpecArgs {
		return dns.ManagedZoneDnssecConfigDefaultKeySpecArgs{
			Algorithm: pulumi.String("ecdsap256sha256"), KeyLength: pulumi.Int(256), KeyType: pulumi.String(kind),
		}
	}
	return dns.ManagedZoneDnssecConfigArgs{
		State: pulumi.String("on"), NonExistence: pulumi.String("nsec3"),
		DefaultKeySpecs: dns.ManagedZoneDnssecConfigDefaultKeySpecArray{spec("keySigning"), spec("zoneSigning")},
	}
}

// ds is the record that the zone above needs: the digest of the key that signs
// the zone's keys.
func (a *DnsArgs) ds(ctx *pulumi.Context, zone *dns.ManagedZone, d *Dns) pulumi.StringOutput {
	keys := dns.GetKeysOutput(ctx, dns.GetKeysOutputArgs{ManagedZone: zone.ID()}, pulumi.Parent(d))
	return keys.KeySigningKeys().ApplyT(func(keys []dns.GetKeysKeySigningKey) string {
		if len(keys) == 0 {
			return ""
		}
		return keys[0].DsRecord
	}).(pulumi.StringOutput)
}

// delegate has the zone above name this one's servers and, if it is to trust it,
// its key.
func (a *DnsArgs) delegate(ctx *pulumi.Context, name string, zone *dns.ManagedZone, d *Dns) error {
	if a.ParentZoneID == "" {
		return nil
	}
	up := pulumi.String(a.ParentZoneID)
	servers, err := dns.NewRecordSet(ctx, name+"-delegation", &dns.RecordSetArgs{
		ManagedZone: up, Name: pulumi.String(a.ZoneName + "."), Type: pulumi.String("NS"), Rrdatas: zone.NameServers, Ttl: pulumi.Int(delegationTTL),
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("delegating zone %s: %w", a.ZoneName, err)
	}
	d.ZoneID = after(zone.Name, []any{servers.ID()})
	if a.DNSSEC != "trusted" {
		return nil
	}
	return a.record(ctx, name+"-trust", up, a.ZoneName, "DS", pulumi.StringArray{d.DS}, dsTTL, pulumi.Parent(d), pulumi.DependsOn([]pulumi.Resource{servers}))
}
