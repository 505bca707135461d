package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// DnsArgs are the arguments of NewDns.
type DnsArgs struct {
	Scope
	// ZoneID is the id of an existing public zone. It is left as it is, but for
	// what is put in it. A new one is made if it is empty.
	ZoneID string
	// ZoneName is the name of the new zone, such as prod.example.com. Of an
	// existing one it may be given, and must then be right.
	ZoneName string
	// ParentZoneID is the id of the zone above a new one, in the same account: the
	// new zone's name servers are put there. Without one, somebody else has to.
	ParentZoneID string
	// Records are the zone's records, each once by name, type and set.
	Records []RecordArgs
	// HealthChecks ask from all over the world whether something answers, by a
	// name of yours that records take.
	HealthChecks map[string]HealthCheckArgs
	// LogDays keeps a log of the questions that the zone is asked; none if 0.
	LogDays int
	// LogKeyArn encrypts that log if the scope is in us-east-1, where it stands;
	// elsewhere it has a key of its own.
	LogKeyArn pulumi.StringInput
	// DNSSEC is none (or empty), signed or trusted. A trusted zone's key stands in
	// the parent zone, so that resolvers refuse what is not signed with it. Go
	// there by way of signed, and back the same way: in between, wait for a day.
	DNSSEC string
	// EmptyOnDelete deletes whatever is in the zone along with a new zone.
	EmptyOnDelete bool
}

// Dns is a public Route 53 zone: a new one, perhaps delegated from the zone
// above, or an existing one; with records, health checks, a log and signatures.
type Dns struct {
	pulumi.ResourceState

	// Name is the zone's name, without a dot at the end.
	Name string
	// ZoneID is the zone's id. It is there once the zone is delegated.
	ZoneID pulumi.StringOutput
	// NameServers are the four that the zone above names.
	NameServers pulumi.StringArrayOutput
	// DS is the record that the zone above needs for DNSSEC; empty without.
	DS pulumi.StringOutput
	// HealthCheckIDs are the ids of the health checks by name.
	HealthCheckIDs map[string]pulumi.StringOutput
}

// NewDns makes or finds a zone, and what belongs to it.
func NewDns(ctx *pulumi.Context, name string, args *DnsArgs, opts ...pulumi.ResourceOption) (*Dns, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating DNS %s: %w", name, err)
	}
	d := &Dns{DS: pulumi.String("").ToStringOutput(), HealthCheckIDs: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "aws", "Dns", name, d, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(d)
	find := args.create
	if args.ZoneID != "" {
		find = args.find
	}
	zone, err := find(ctx, name, d, parent)
	if err != nil {
		return nil, err
	}
	if err := args.records(ctx, name, d, zone, parent); err != nil {
		return nil, err
	}
	if err := args.guard(ctx, name, d, zone, parent); err != nil {
		return nil, err
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"name": pulumi.String(d.Name), "zoneId": d.ZoneID, "nameServers": d.NameServers, "ds": d.DS,
		"healthCheckIds": stringOutputs(d.HealthCheckIDs),
	})
}

// guard logs the zone's questions and signs its answers, both from us-east-1.
func (a *DnsArgs) guard(ctx *pulumi.Context, name string, d *Dns, zone pulumi.StringInput, parent pulumi.ResourceOption) error {
	if a.LogDays == 0 && !a.signs() {
		return nil
	}
	there, err := a.in(ctx, name, edgeRegion, parent)
	if err != nil {
		return err
	}
	if a.LogDays > 0 {
		if err := a.queryLog(ctx, name, d.Name, zone, there, parent); err != nil {
			return err
		}
	}
	if a.signs() {
		return a.sign(ctx, name, d, zone, there, parent)
	}
	return nil
}

func (a *DnsArgs) signs() bool { return a.DNSSEC == "signed" || a.DNSSEC == "trusted" }

func (a *DnsArgs) check() error {
	switch {
	case a.ZoneID == "" && a.ZoneName == "":
		return fmt.Errorf("ZoneID and ZoneName: got neither, want an existing zone or the name of a new one")
	case a.ZoneID != "" && a.ParentZoneID != "":
		return fmt.Errorf("ParentZoneID: got %s, want none: the zone exists, and so does its delegation", a.ParentZoneID)
	case a.DNSSEC != "" && a.DNSSEC != "none" && !a.signs():
		return fmt.Errorf("DNSSEC: got %q, want none, signed or trusted", a.DNSSEC)
	case a.ZoneID != "" && a.signs():
		return fmt.Errorf("DNSSEC: got %s, want none: an existing zone is signed by who made it", a.DNSSEC)
	case a.DNSSEC == "trusted" && a.ParentZoneID == "":
		return fmt.Errorf("ParentZoneID: got none, want the zone that is to trust this one")
	case a.LogDays > 0 && a.LogKeyArn == nil:
		return fmt.Errorf("LogKeyArn: got none, want a key for the query log")
	}
	return a.checkRecords()
}

// create makes the zone and has the zone above name its servers. It returns the
// id for what belongs to the zone itself.
func (a *DnsArgs) create(ctx *pulumi.Context, name string, d *Dns, parent pulumi.ResourceOption) (pulumi.StringInput, error) {
	if a.ParentZoneID != "" {
		// The provider would put a name from outside the zone above into it all the
		// same, as prod.example.org.example.com.
		above, err := lookupZone(ctx, a.ParentZoneID, parent)
		if err != nil {
			return nil, err
		}
		if a.ZoneName == above.Name || !inZone(a.ZoneName, above.Name) {
			return nil, fmt.Errorf("creating DNS %s: ZoneName: got %s, want a name below %s, the zone above", name, a.ZoneName, above.Name)
		}
	}
	zone, err := route53.NewZone(ctx, name, &route53.ZoneArgs{
		Name: pulumi.String(a.ZoneName), Comment: pulumi.String(a.Prefix + "-" + name),
		ForceDestroy: pulumi.Bool(a.EmptyOnDelete), Tags: a.tags("dns", name),
	}, parent, pulumi.Protect(a.Protect)) // a new zone has other name servers: all its names would be gone for days
	if err != nil {
		return nil, fmt.Errorf("creating zone %s: %w", a.ZoneName, err)
	}
	d.Name, d.ZoneID, d.NameServers = a.ZoneName, zone.ZoneId, zone.NameServers
	if a.ParentZoneID == "" {
		return zone.ZoneId, nil
	}
	delegation, err := route53.NewRecord(ctx, name+"-delegation", &route53.RecordArgs{
		ZoneId: pulumi.String(a.ParentZoneID), Name: pulumi.String(a.ZoneName), Type: pulumi.String("NS"),
		Records: zone.NameServers, Ttl: pulumi.Int(delegationTTL),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("delegating zone %s: %w", a.ZoneName, err)
	}
	d.ZoneID = pulumi.All(zone.ZoneId, delegation.ID()).ApplyT(func(all []any) string { return all[0].(string) }).(pulumi.StringOutput)
	return zone.ZoneId, nil
}

// delegationTTL is for how many seconds resolvers remember who serves the zone.
const delegationTTL = 3600

// find looks the existing zone up: whether it is there, what it is called and
// who serves it.
func (a *DnsArgs) find(ctx *pulumi.Context, name string, d *Dns, parent pulumi.ResourceOption) (pulumi.StringInput, error) {
	zone, err := lookupZone(ctx, a.ZoneID, parent)
	if err != nil {
		return nil, err
	}
	if a.ZoneName != "" && a.ZoneName != zone.Name {
		return nil, fmt.Errorf("creating DNS %s: ZoneName: got %s, want %s: that is zone %s", name, a.ZoneName, zone.Name, a.ZoneID)
	}
	d.Name, d.ZoneID = zone.Name, pulumi.String(a.ZoneID).ToStringOutput()
	d.NameServers = pulumi.ToStringArray(zone.NameServers).ToStringArrayOutput()
	return d.ZoneID, nil
}

func lookupZone(ctx *pulumi.Context, id string, parent pulumi.ResourceOption) (*route53.LookupZoneResult, error) {
	option, ok := parent.(pulumi.ResourceOrInvokeOption)
	if !ok {
		return nil, fmt.Errorf("finding zone %s: its component is no parent", id)
	}
	zone, err := route53.LookupZone(ctx, &route53.LookupZoneArgs{ZoneId: &id}, option)
	if err != nil {
		return nil, fmt.Errorf("finding zone %s: %w", id, err)
	}
	return zone, nil
}
