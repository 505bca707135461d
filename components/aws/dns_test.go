package aws

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	zoneType      = "aws:route53/zone:Zone"
	exampleZone   = "Z0123456789EXAMPLE"
	dnsLogType    = "aws:route53/queryLog:QueryLog"
	signingType   = "aws:route53/keySigningKey:KeySigningKey"
	certType      = "aws:acm/certificate:Certificate"
	certReadyType = "aws:acm/certificateValidation:CertificateValidation"
)

// dns makes a zone named dns, prod.example.com below example.com; change alters
// its arguments.
func dns(t *testing.T, change func(*DnsArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		args := &DnsArgs{
			Scope: testScope(), ZoneName: "prod.example.com", ParentZoneID: exampleZone, LogDays: 30, LogKeyArn: testKey(ctx, t, opt),
		}
		if change != nil {
			change(args)
		}
		d, err := NewDns(ctx, "dns", args, opt)
		if err != nil {
			return err
		}
		ctx.Export("zone", d.ZoneID)
		ctx.Export("servers", d.NameServers)
		ctx.Export("ds", d.DS)
		return nil
	}
}

func existing(a *DnsArgs) { a.ZoneID, a.ZoneName, a.ParentZoneID, a.LogDays = exampleZone, "", "", 0 }

func TestDnsDelegates(t *testing.T) {
	g := run(t, dns(t, nil))
	g.CheckHouse(t)
	zone, above := g.One(t, zoneType, "dns"), g.One(t, recordType, "dns-delegation").Inputs
	if above.String("zoneId") != exampleZone || above.String("type") != "NS" || above.String("name") != "prod.example.com" || len(above.Strings("records[]")) != 4 {
		t.Errorf("the zone above says %v", above)
	}
	if zone.Protect || zone.Inputs.Bool("forceDestroy") {
		t.Errorf("protected %v, emptied %v", zone.Protect, zone.Inputs.Bool("forceDestroy"))
	}
	alone := run(t, dns(t, func(a *DnsArgs) { a.ParentZoneID, a.LogDays, a.Protect, a.EmptyOnDelete = "", 0, true, true }))
	if len(alone.All(recordType)) != 0 || len(alone.All(dnsLogType)) != 0 || len(alone.All("pulumi:providers:aws")) != 1 {
		t.Error("a zone alone comes with more")
	}
	if zone := alone.One(t, zoneType, "dns"); !zone.Protect || !zone.Inputs.Bool("forceDestroy") {
		t.Errorf("protected %v, emptied %v", zone.Protect, zone.Inputs.Bool("forceDestroy"))
	}
}

func TestDnsFinds(t *testing.T) {
	g := run(t, dns(t, func(a *DnsArgs) {
		existing(a)
		a.Records = []RecordArgs{{Name: "www", Type: "CNAME", Values: pulumi.ToStringArray([]string{"app.example.com"})}}
	}))
	g.CheckHouse(t)
	if len(g.All(zoneType)) != 0 {
		t.Error("an existing zone is made again")
	}
	if in := g.One(t, recordType, "dns-www-CNAME").Inputs; in.String("name") != "www.example.com" || in.Int("ttl") != 300 || in.String("zoneId") != exampleZone {
		t.Errorf("the record: %v", in)
	}
}

func TestDnsRecords(t *testing.T) {
	little, much := 10, 90
	here := pulumi.ToStringArray([]string{"192.0.2.1"})
	g := run(t, dns(t, func(a *DnsArgs) {
		a.HealthChecks = map[string]HealthCheckArgs{"home": {Host: pulumi.String("home.example.com"), Path: "/healthz", Seconds: 10}}
		a.Records = []RecordArgs{
			{Type: "TXT", Values: pulumi.ToStringArray([]string{"v=spf1 -all"}), TTL: 60},
			{Name: "*", Type: "A", Alias: &AliasArgs{Name: pulumi.String("d1.cloudfront.net"), ZoneID: pulumi.String("Z2FDTNDATAQYW2")}},
			{Name: "api", Type: "A", Set: "blue", Weight: &much, Values: here},
			{Name: "api", Type: "A", Set: "green", Weight: &little, Values: here},
			{Name: "db", Type: "A", Set: "home", Failover: "PRIMARY", HealthCheck: "home", Values: here},
			{Name: "db", Type: "A", Set: "away", Failover: "SECONDARY", Values: here},
		}
	}))
	g.CheckHouse(t)
	if in := g.One(t, recordType, "dns-apex-TXT").Inputs; in.String("name") != "prod.example.com" || in.Int("ttl") != 60 {
		t.Errorf("at the top: %v", in)
	}
	if in := g.One(t, recordType, "dns-any-A").Inputs; in.String("name") != "*.prod.example.com" || in.Has("ttl") || in.String("aliases[].name") != "d1.cloudfront.net" {
		t.Errorf("alias: %v", in)
	}
	if in := g.One(t, recordType, "dns-api-A-green").Inputs; in.String("setIdentifier") != "green" || in.Int("weightedRoutingPolicies[].weight") != 10 {
		t.Errorf("weighted: %v", in)
	}
	check := g.One(t, "aws:route53/healthCheck:HealthCheck", "dns-home")
	if in := g.One(t, recordType, "dns-db-A-home").Inputs; in.String("failoverRoutingPolicies[].type") != "PRIMARY" || in.String("healthCheckId") != check.ID {
		t.Errorf("failover: %v", in)
	}
	in := check.Inputs
	if in.String("type") != "HTTPS" || in.Int("port") != 443 || in.Int("requestInterval") != 10 || in.Int("failureThreshold") != 3 || in.String("resourcePath") != "/healthz" {
		t.Errorf("health check: %v", in)
	}
}

func TestDnsLogsQueries(t *testing.T) {
	g := run(t, dns(t, nil))
	group, log := g.One(t, "aws:cloudwatch/logGroup:LogGroup", "dns"), g.One(t, dnsLogType, "dns")
	if group.Inputs.String("name") != "/aws/route53/explico-test-prod.example.com" || !strings.Contains(group.Provider, "dns-us-east-1") {
		t.Errorf("log group %s by %s", group.Inputs.String("name"), group.Provider)
	}
	if group.Inputs.String("kmsKeyId") != g.One(t, "aws:kms/key:Key", "dns-logs").Outputs.String("arn") {
		t.Error("the query log is not encrypted with a key of its region")
	}
	if !waitsFor(log, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "dns") {
		t.Errorf("the log does not wait to be let in: %v", log.DependsOn)
	}
	let := g.One(t, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "dns").Inputs.String("policyDocument")
	if !strings.Contains(let, "route53.amazonaws.com") || !strings.Contains(let, "arn:aws:route53:::hostedzone/*") || strings.Contains(let, `"Resource":["*"]`) {
		t.Errorf("let in: %s", let)
	}
}

func TestDnsSigns(t *testing.T) {
	g := run(t, dns(t, func(a *DnsArgs) { a.DNSSEC, a.LogDays = "trusted", 0 }))
	g.CheckHouse(t)
	pair, key, sign := g.One(t, "aws:kms/key:Key", "dns-dnssec"), g.One(t, signingType, "dns"), g.One(t, "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "dns")
	if in := pair.Inputs; in.String("customerMasterKeySpec") != "ECC_NIST_P256" || in.String("keyUsage") != "SIGN_VERIFY" || in.Bool("enableKeyRotation") || !strings.Contains(pair.Provider, "us-east-1") {
		t.Errorf("the key: %v by %s", in, pair.Provider)
	}
	if key.Inputs.String("name") != "explicotestdns" || !waitsFor(sign, signingType, "dns") {
		t.Errorf("key %v, signing waits for %v", key.Inputs, sign.DependsOn)
	}
	trust := g.One(t, recordType, "dns-trust")
	if in := trust.Inputs; in.String("type") != "DS" || in.String("zoneId") != exampleZone || in.String("records[]") != key.Outputs.String("dsRecord") {
		t.Errorf("the zone above trusts %v", in)
	}
	if !waitsFor(trust, sign.Type, "dns") {
		t.Error("the zone above trusts what is not signed yet")
	}
	signed := run(t, dns(t, func(a *DnsArgs) { a.DNSSEC = "signed" }))
	if len(signed.All(recordType)) != 1 || len(signed.All(signingType)) != 1 || len(signed.All("pulumi:providers:aws")) != 2 {
		t.Error("signed: want the key, and no record in the zone above")
	}
}

func TestDnsPreview(t *testing.T) {
	g := run(t, dns(t, func(a *DnsArgs) { a.DNSSEC = "trusted" }), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(recordType)) != 2 {
		t.Errorf("a preview creates %d resources and shows %d records", n, len(g.All(recordType)))
	}
}

func TestDnsRefuses(t *testing.T) {
	values, weight, heavy := pulumi.ToStringArray([]string{"192.0.2.1"}), 1, 256
	with := func(r ...RecordArgs) func(*DnsArgs) { return func(a *DnsArgs) { a.Records = r } }
	for want, change := range map[string]func(*DnsArgs){
		"ZoneID and ZoneName: got neither":                func(a *DnsArgs) { a.ZoneName = "" },
		"ParentZoneID: got Z0123456789EXAMPLE, want none": func(a *DnsArgs) { existing(a); a.ParentZoneID = exampleZone },
		`DNSSEC: got "on"`:                                func(a *DnsArgs) { a.DNSSEC = "on" },
		"DNSSEC: got signed, want none":                   func(a *DnsArgs) { existing(a); a.DNSSEC = "signed" },
		"ParentZoneID: got none":                          func(a *DnsArgs) { a.DNSSEC, a.ParentZoneID = "trusted", "" },
		"LogKeyArn: got none":                             func(a *DnsArgs) { a.LogKeyArn = nil },
		"NoSuchHostedZone":                                func(a *DnsArgs) { existing(a); a.ZoneID = "Z1" },
		"ZoneName: got example.org, want example.com":     func(a *DnsArgs) { existing(a); a.ZoneName = "example.org" },
		"want a name below example.com":                   func(a *DnsArgs) { a.ZoneName = "prod.example.org" },
		"Records[www-A]: got it twice":                    with(RecordArgs{Name: "www", Type: "A", Values: values}, RecordArgs{Name: "www", Type: "A", Values: values}),
		"Type: got none":                                  with(RecordArgs{Name: "www", Values: values}),
		"Values and Alias: want one":                      with(RecordArgs{Name: "www", Type: "A"}),
		"TTL: got 60, want none":                          with(RecordArgs{Name: "www", Type: "A", TTL: 60, Alias: &AliasArgs{}}),
		"Weight and Failover: got both":                   with(RecordArgs{Type: "A", Values: values, Set: "a", Weight: &weight, Failover: "PRIMARY"}),
		`Set: got ""`:                                     with(RecordArgs{Type: "A", Values: values, Weight: &weight}),
		`Set: got "a"`:                                    with(RecordArgs{Type: "A", Values: values, Set: "a"}),
		"Weight: got 256":                                 with(RecordArgs{Type: "A", Values: values, Set: "a", Weight: &heavy}),
		`Failover: got "FIRST"`:                           with(RecordArgs{Type: "A", Values: values, Set: "a", Failover: "FIRST"}),
		"HealthCheck: got none":                           with(RecordArgs{Type: "A", Values: values, Set: "a", Failover: "PRIMARY"}),
		"HealthCheck: got none-such":                      with(RecordArgs{Type: "A", Values: values, Set: "a", Failover: "PRIMARY", HealthCheck: "none-such"}),
		"HealthChecks[x].Host: got none":                  func(a *DnsArgs) { a.HealthChecks = map[string]HealthCheckArgs{"x": {}} },
		"HealthChecks[x].Type: got": func(a *DnsArgs) {
			a.HealthChecks = map[string]HealthCheckArgs{"x": {Type: "ICMP", Host: pulumi.String("a.example.com")}}
		},
	} {
		_, err := simtest.Try("explico", "test", withProvider(dns(t, change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestCertificate(t *testing.T) {
	cert := func(change func(*CertificateArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			args := &CertificateArgs{
				Scope: testScope(), Domain: "*.example.com", AlternativeNames: []string{"example.com", "api.example.com"},
				ZoneID: pulumi.String(exampleZone), ZoneName: "example.com",
			}
			if change != nil {
				change(args)
			}
			_, err := NewCertificate(ctx, "cert", args, opt)
			return err
		}
	}
	g := run(t, cert(nil))
	g.CheckHouse(t)
	if n := len(g.All(recordType)); n != 2 {
		t.Errorf("got %d records, want 2: a wildcard is proved with the name it stands under", n)
	}
	if proof := g.One(t, recordType, "cert-api.example.com").Inputs; !strings.HasSuffix(proof.String("name"), ".api.example.com.") || proof.String("type") != "CNAME" {
		t.Errorf("proof: %v", proof)
	}
	if len(g.All("pulumi:providers:aws")) != 1 || g.One(t, certType, "cert-eu-west-1").Aliases != 0 {
		t.Error("a certificate in the home region has a provider of its own, or an alias")
	}
	two := run(t, cert(func(a *CertificateArgs) { a.Regions = []string{"us-east-1", "eu-west-1"} }))
	two.CheckHouse(t)
	if n := len(two.All(recordType)); n != 2 || len(two.All(certReadyType)) != 2 {
		t.Errorf("two regions: %d records, %d certificates", n, len(two.All(certReadyType)))
	}
	if far := two.One(t, certType, "cert-us-east-1"); !strings.Contains(far.Provider, "cert-us-east-1") {
		t.Errorf("the far certificate is made by %s", far.Provider)
	}
	if ready := two.One(t, certReadyType, "cert-us-east-1").Inputs; len(ready.Strings("validationRecordFqdns[]")) != 2 {
		t.Errorf("it waits for %v", ready)
	}
	for want, change := range map[string]func(*CertificateArgs){
		"Domain: got none": func(a *CertificateArgs) { a.Domain = "" },
		"ZoneID: got none": func(a *CertificateArgs) { a.ZoneID = nil },
		"got app.example.org, want names in the zone":     func(a *CertificateArgs) { a.AlternativeNames = []string{"app.example.org"} },
		"RRSet with DNS name _":                           func(a *CertificateArgs) { a.AlternativeNames, a.ZoneName = []string{"app.example.org"}, "" },
		"got badexample.com, want names in the zone exam": func(a *CertificateArgs) { a.Domain = "badexample.com" },
	} {
		if _, err := simtest.Try("explico", "test", withProvider(cert(change))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if g := run(t, cert(nil), simtest.Preview()); len(g.Cloud.Records()) != 0 || len(g.All(recordType)) != 2 {
		t.Error("a preview creates something, or shows other records")
	}
}
