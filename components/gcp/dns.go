package gcp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// DnsArgs are the arguments of NewDns.
type DnsArgs struct {
	Scope
	// ZoneID is what Cloud DNS calls an existing public zone of the project, such as
	// example-com. It is left as it is, but for what is put in it. A new one is made
	// if it is empty.
	ZoneID string
	// ZoneName is the name of the new zone, such as prod.example.com. Of an
	// existing one it may be given, and must then be right.
	ZoneName string
	// ParentZoneID is what Cloud DNS calls the zone above a new one, in the same
	// project: the new zone's name servers are put there. Without one, somebody
	// else has to.
	ParentZoneID string
	// Records are the zone's records, each once by name and type.
	Records []RecordArgs
	// QueryLogs logs the questions that a new zone is asked, in Cloud Logging.
	QueryLogs bool
	// DNSSEC is none (or empty), signed or trusted. A trusted zone's key stands in
	// the parent zone, so that resolvers refuse what is not signed with it. Go
	// there by way of signed, and back the same way: in between, wait for a day.
	DNSSEC string
	// EmptyOnDelete deletes whatever is in the zone along with a new zone.
	EmptyOnDelete bool
}

// RecordArgs are the records of one name and type.
type RecordArgs struct {
	// Name is the record's name without the zone's; empty for the zone itself.
	Name string
	// Type is A, AAAA, CNAME, MX, TXT …
	Type string
	// Values are the answers, as a zone file writes them.
	Values pulumi.StringArrayInput
	// TTL is for how many seconds resolvers remember the answers: 300 if 0.
	TTL int
}

// Dns is a public zone of Cloud DNS: a new one, perhaps delegated from the zone
// above, or an existing one; with records, a log and signatures.
type Dns struct {
	pulumi.ResourceState

	// Name is the zone's name, without a dot at the end.
	Name string
	// ZoneID is what Cloud DNS calls the zone. It is there once the zone is
	// delegated.
	ZoneID pulumi.StringOutput
	// NameServers are the four that the zone above names.
	NameServers pulumi.StringArrayOutput
	// DS is the record that the zone above needs for DNSSEC; empty without.
	DS pulumi.StringOutput
}

// NewDns makes or finds a zone, and what belongs to it.
func NewDns(ctx *pulumi.Context, name string, args *DnsArgs, opts ...pulumi.ResourceOption) (*Dns, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating DNS %s: %w", name, err)
	}
	d := &Dns{DS: pulumi.String("").ToStringOutput()}
	if err := component.Register(ctx, "gcp", "Dns", name, d, opts...); err != nil {
		return nil, err
	}
	find := args.create
	if args.ZoneID != "" {
		find = args.find
	}
	zone, err := find(ctx, name, d)
	if err != nil {
		return nil, err
	}
	for _, r := range args.Records {
		if err := args.record(ctx, name+"-"+r.key(), zone, r.full(d.Name), r.Type, r.Values, r.TTL, pulumi.Parent(d)); err != nil {
			return nil, err
		}
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"name": pulumi.String(d.Name), "zoneId": d.ZoneID, "nameServers": d.NameServers, "ds": d.DS,
	})
}

func (a *DnsArgs) signs() bool { return a.DNSSEC == "signed" || a.DNSSEC == "trusted" }

// check returns all that is wrong with the arguments.
func (a *DnsArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.ZoneID != "" || a.ZoneName != "", "ZoneID and ZoneName: got neither, want an existing zone or the name of a new one")
	want(a.ZoneID == "" || a.ParentZoneID == "", "ParentZoneID: got %s, want none: the zone exists, and so does its delegation", a.ParentZoneID)
	want(a.DNSSEC == "" || a.DNSSEC == "none" || a.signs(), "DNSSEC: got %q, want none, signed or trusted", a.DNSSEC)
	want(a.ZoneID == "" || !a.signs(), "DNSSEC: got %s, want none: an existing zone is signed by who made it", a.DNSSEC)
	want(a.ZoneID == "" || !a.QueryLogs, "QueryLogs: got them, want none: an existing zone is logged by who made it")
	want(a.DNSSEC != "trusted" || a.ParentZoneID != "", "ParentZoneID: got none, want the zone that is to trust this one")
	seen := map[string]bool{}
	for _, r := range a.Records {
		want(r.Type != "", "Records[%s].Type: got none, want one such as A", r.key())
		want(r.Values != nil, "Records[%s].Values are missing", r.key())
		want(!seen[r.key()], "Records[%s]: got it twice, want each name and type once", r.key())
		seen[r.key()] = true
	}
	return errors.Join(errs...)
}

// key tells the record from the zone's others.
func (r *RecordArgs) key() string {
	if r.Name == "" {
		return "apex-" + r.Type
	}
	return strings.ReplaceAll(r.Name, "*", "any") + "-" + r.Type
}

// full is the record's whole name.
func (r *RecordArgs) full(zone string) string {
	if r.Name == "" {
		return zone
	}
	return r.Name + "." + zone
}

// record makes the records of one name and type.
func (s Scope) record(ctx *pulumi.Context, name string, zone pulumi.StringInput, full, kind string, values pulumi.StringArrayInput, ttl int, opts ...pulumi.ResourceOption) error {
	if ttl == 0 {
		ttl = 300
	}
	if _, err := dns.NewRecordSet(ctx, name, &dns.RecordSetArgs{
		ManagedZone: zone, Name: pulumi.String(full + "."), Type: pulumi.String(kind), Rrdatas: values, Ttl: pulumi.Int(ttl),
	}, append(opts, pulumi.DeleteBeforeReplace(true))...); err != nil {
		return fmt.Errorf("creating record %s: %w", name, err)
	}
	return nil
}

// find looks the existing zone up: whether it is there, what it is called and
// who serves it.
func (a *DnsArgs) find(ctx *pulumi.Context, name string, d *Dns) (pulumi.StringInput, error) {
	zone, err := lookupZone(ctx, a.ZoneID, d)
	if err != nil {
		return nil, err
	}
	found := strings.TrimSuffix(zone.DnsName, ".")
	if a.ZoneName != "" && a.ZoneName != found {
		return nil, fmt.Errorf("creating DNS %s: ZoneName: got %s, want %s: that is zone %s", name, a.ZoneName, found, a.ZoneID)
	}
	d.Name, d.ZoneID = found, pulumi.String(a.ZoneID).ToStringOutput()
	d.NameServers = pulumi.ToStringArray(zone.NameServers).ToStringArrayOutput()
	return d.ZoneID, nil
}

func lookupZone(ctx *pulumi.Context, id string, d *Dns) (*dns.LookupManagedZoneResult, error) {
	zone, err := dns.LookupManagedZone(ctx, &dns.LookupManagedZoneArgs{Name: id}, pulumi.Parent(d))
	if err != nil {
		return nil, fmt.Errorf("finding zone %s: %w", id, err)
	}
	return zone, nil
}
