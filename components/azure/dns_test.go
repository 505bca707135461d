package azure

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	zoneToken   = "azure-native:network:Zone"
	recordToken = "azure-native:network:RecordSet"
	aboveID     = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/explico-test/providers/Microsoft.Network/dnsZones/example.com"
)

func dnsProgram(s Scope, edit func(*DnsArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s, err := inGroup(ctx, s, opt)
		if err != nil {
			return err
		}
		above, err := NewDns(ctx, "above", &DnsArgs{Scope: s, ZoneName: "example.com"}, opt)
		if err != nil {
			return err
		}
		if !ctx.DryRun() { // what is looked up is there
			there := make(chan string, 1)
			above.ZoneID.ApplyT(func(id string) string { there <- id; return id })
			<-there
		}
		args := &DnsArgs{
			Scope: s, ZoneName: "prod.example.com", ParentZoneID: aboveID, DNSSEC: "signed",
			Records: []RecordArgs{
				{Type: "CAA", Values: []string{`0 issue "digicert.com"`}}, {Name: "mail", Type: "MX", Values: []string{"10 mx.example.net"}},
				{Name: "www", Type: "A", Values: []string{"203.0.113.7"}, TTL: 60}, {Name: "_dmarc", Type: "TXT", Values: []string{"v=DMARC1"}},
				{Name: "docs", Type: "CNAME", Values: []string{"docs.example.net"}},
			},
		}
		if edit != nil {
			edit(args)
		}
		d, err := NewDns(ctx, "dns", args, opt, pulumi.DependsOn([]pulumi.Resource{above}))
		if err != nil {
			return err
		}
		ctx.Export("dns", pulumi.Map{"ds": d.DS, "zone": pulumi.String(d.Name), "servers": d.NameServers, "id": d.ZoneID})
		return nil
	}
}

func TestDns(t *testing.T) {
	g := run(t, dnsProgram(protectedScope(), nil))
	g.CheckHouse(t)
	zone := g.One(t, zoneToken, "dns")
	if !zone.Protect || zone.Inputs.String("zoneName") != "prod.example.com" || len(g.Exports.Strings("dns.servers[]")) != 4 {
		t.Errorf("got %v, protect %v, and %v", zone.Inputs, zone.Protect, g.Exports)
	}
	if ds := strings.Fields(g.Exports.String("dns.ds")); len(ds) != 4 || ds[1] != "13" {
		t.Errorf("got DS %v", ds)
	}
	above := g.One(t, recordToken, "dns-delegation").Inputs
	if above.String("zoneName") != "example.com" || above.String("relativeRecordSetName") != "prod" || len(above.Strings("nsRecords[].nsdname")) != 4 {
		t.Errorf("the zone above has %v", above)
	}
	for name, path := range map[string]string{
		"dns-apex-CAA": "caaRecords[].value", "dns-mail-MX": "mxRecords[].exchange", "dns-www-A": "aRecords[].ipv4Address",
		"dns-docs-CNAME": "cnameRecord.cname",
	} {
		if got := g.One(t, recordToken, name).Inputs.Strings(path); len(got) != 1 || strings.Contains(got[0], `"`) {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got := g.One(t, recordToken, "dns-www-A").Inputs.Int("ttl"); got != 60 {
		t.Errorf("got %d seconds", got)
	}
}

func TestDnsExisting(t *testing.T) {
	g := run(t, dnsProgram(testScope(), func(a *DnsArgs) { *a = DnsArgs{Scope: a.Scope, ZoneID: aboveID, Records: a.Records[:1]} }))
	if n := len(g.All(zoneToken)); n != 1 || g.Exports.String("dns.zone") != "example.com" || len(g.Exports.Strings("dns.servers[]")) != 4 {
		t.Errorf("got %d zones and %v", n, g.Exports)
	}
	refused(t, "was not found", dnsProgram(testScope(), func(a *DnsArgs) {
		*a = DnsArgs{Scope: a.Scope, ZoneID: strings.Replace(aboveID, "example.com", "example.org", 1)}
	}))
}

func TestDnsPreview(t *testing.T) {
	if g := run(t, dnsProgram(testScope(), nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestDnsBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*DnsArgs){
		"ZoneID and ZoneName":     func(a *DnsArgs) { a.ZoneName, a.ParentZoneID = "", "" },
		"ParentZoneID: got":       func(a *DnsArgs) { a.ZoneID = aboveID },
		"want the id of a zone":   func(a *DnsArgs) { a.ParentZoneID = "example.com" },
		"a name below":            func(a *DnsArgs) { a.ZoneName = "prod.example.org" },
		"DNSSEC: got \"trusted\"": func(a *DnsArgs) { a.DNSSEC = "trusted" },
		"got it twice":            func(a *DnsArgs) { a.Records = append(a.Records, a.Records[0]) },
		"Records[apex-CNAME]":     func(a *DnsArgs) { a.Records = []RecordArgs{{Type: "CNAME", Values: []string{"x.example.com"}}} },
		"Values and Alias":        func(a *DnsArgs) { a.Records = []RecordArgs{{Type: "A"}} },
		"Type: got \"SPF\"":       func(a *DnsArgs) { a.Records = []RecordArgs{{Type: "SPF", Values: []string{"x"}}} },
		"10 mail":                 func(a *DnsArgs) { a.Records = []RecordArgs{{Type: "MX", Values: []string{"mx.example.net"}}} },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, dnsProgram(testScope(), edit)) })
	}
}
