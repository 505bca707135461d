package gcp

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	backendBucketToken  = "gcp:compute/backendBucket:BackendBucket"
	backendServiceToken = "gcp:compute/backendService:BackendService"
	urlMapToken         = "gcp:compute/uRLMap:URLMap"
	recordToken         = "gcp:dns/recordSet:RecordSet"
	armorToken          = "gcp:compute/securityPolicy:SecurityPolicy"
	frontRuleToken      = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
)

func edgeProgram(edit func(*EdgeArgs), see *seen) func(*pulumi.Context, pulumi.ResourceOption) error {
	return parts(func(b *bench) error {
		zone, err := NewDns(b.ctx, "dns", &DnsArgs{Scope: testScope(), ZoneName: "example.com"}, b.opt)
		if err != nil {
			return err
		}
		armor, err := NewArmor(b.ctx, "armor", &ArmorArgs{Scope: testScope(), BlockedCountries: []string{"KP"}}, b.opt)
		if err != nil {
			return err
		}
		site, err := NewBucket(b.ctx, "assets", &BucketArgs{Scope: testScope(), KeyID: b.key.ID, After: b.after, ReceivesLogs: true, ServesSite: true}, b.opt)
		if err != nil {
			return err
		}
		args := &EdgeArgs{
			Scope: testScope(), BucketName: site.Name, Domain: "app.example.com", ZoneID: zone.ZoneID, ZoneName: zone.Name, ContentSecurityPolicy: "default-src 'self'",
			API: pulumi.String("api.example.com"), OriginSecret: pulumi.ToSecret(pulumi.String("s3cret")).(pulumi.StringOutput), LogSample: 0.5,
			EdgePolicy: armor.EdgePolicy, BackendPolicy: armor.BackendPolicy,
		}
		if edit != nil {
			edit(args)
		}
		e, err := NewEdge(b.ctx, "edge", args, b.opt)
		if err == nil && see != nil {
			see.add("id", e.ID)
			see.add("url", e.URL)
			see.add("addresses", e.Addresses)
		}
		return err
	})
}

func TestEdgeSecurity(t *testing.T) {
	see := newSeen()
	g := run(t, edgeProgram(nil, see))
	g.CheckHouse(t)
	tls := g.One(t, "gcp:compute/sSLPolicy:SSLPolicy", "edge")
	proxy := g.One(t, "gcp:compute/targetHttpsProxy:TargetHttpsProxy", "edge").Inputs
	if tls.Inputs.String("minTlsVersion") != "TLS_1_2" || tls.Inputs.String("profile") != "MODERN" || proxy.String("sslPolicy") != tls.Outputs.String("selfLink") {
		t.Errorf("TLS: got %v, used %s", tls.Inputs, proxy.String("sslPolicy"))
	}
	if !strings.HasPrefix(proxy.String("certificateMap"), "//certificatemanager.googleapis.com/projects/explico-test/locations/global/certificateMaps/edge-") {
		t.Errorf("the certificates are %s", proxy.String("certificateMap"))
	}
	away := g.One(t, urlMapToken, "edge-redirect").Inputs
	if !away.Bool("defaultUrlRedirect.httpsRedirect") || away.Has("defaultService") || g.One(t, "gcp:compute/targetHttpProxy:TargetHttpProxy", "").Inputs.String("urlMap") != g.One(t, urlMapToken, "edge-redirect").Outputs.String("selfLink") {
		t.Errorf("HTTP goes to %v", away)
	}
	policies := map[string]string{}
	for _, p := range g.All(armorToken) {
		policies[p.Name] = p.Outputs.String("selfLink")
	}
	for _, name := range []string{"edge-pages", "edge-files"} {
		in := g.One(t, backendBucketToken, name).Inputs
		if in.String("edgeSecurityPolicy") != policies["armor-edge"] || !in.Bool("enableCdn") || !slices.ContainsFunc(in.Strings("customResponseHeaders[]"), func(h string) bool {
			return strings.HasPrefix(h, "Strict-Transport-Security: max-age=63072000; includeSubDomains")
		}) {
			t.Errorf("%s: got %v", name, in)
		}
	}
	api := g.One(t, backendServiceToken, "edge-api")
	if api.Inputs.String("securityPolicy") != policies["armor-backend"] || !api.Inputs.Bool("logConfig.enable") || api.Inputs.Get("logConfig.sampleRate") != 0.5 || api.Inputs.String("protocol") != "HTTPS" {
		t.Errorf("API: got %v", api.Inputs)
	}
	if !slices.Contains(api.Secret, "customRequestHeaders") || !slices.Contains(api.Inputs.Strings("customRequestHeaders[]"), OriginHeader+": s3cret") {
		t.Errorf("the API gets %v, secret %v", api.Inputs.Get("customRequestHeaders"), api.Secret)
	}
	addresses, _ := see.all["addresses"].([]string)
	if see.all["url"] != "https://app.example.com" || len(addresses) != 2 || see.all["id"] != g.One(t, urlMapToken, "edge").Outputs.String("name") {
		t.Errorf("outputs: got %v", see.all)
	}
}

// A page that is not there is answered by the application, a file or an answer of
// the API is not.
func TestEdgeRoutes(t *testing.T) {
	g := run(t, edgeProgram(nil, nil))
	m := g.One(t, urlMapToken, "edge").Inputs
	link := func(token, name string) string { return g.One(t, token, name).Outputs.String("selfLink") }
	pages, files, api := link(backendBucketToken, "edge-pages"), link(backendBucketToken, "edge-files"), link(backendServiceToken, "edge-api")
	if m.Has("pathMatchers[].defaultCustomErrorResponsePolicy") || m.Has("defaultCustomErrorResponsePolicy") {
		t.Error("the answer for what is not there holds for the API too")
	}
	got := map[string]string{}
	for _, r := range m.Objects("pathMatchers[].pathRules[]") {
		for _, p := range r.Strings("paths[]") {
			got[p] = r.String("service")
			if r.Has("customErrorResponsePolicy") != (p == "/*") {
				t.Errorf("%s: errors %v", p, r.Get("customErrorResponsePolicy"))
			}
			if e := r.Objects("customErrorResponsePolicy.errorResponseRules[]"); p == "/*" &&
				(len(e) != 1 || e[0].Int("overrideResponseCode") != 200 || e[0].String("path") != "/index.html" || e[0].String("matchResponseCodes[]") != "404") {
				t.Errorf("what is not there is answered by %v", e)
			}
		}
	}
	for path, want := range map[string]string{"/*": pages, "/assets/*": files, "/static/*": files, "/api": api, "/api/*": api} {
		if got[path] != want {
			t.Errorf("%s: got %s, want %s", path, got[path], want)
		}
	}
	if in := g.One(t, backendBucketToken, "edge-files").Inputs; in.Int("cdnPolicy.defaultTtl") != fileSeconds {
		t.Errorf("files are kept for %v", in.Get("cdnPolicy"))
	}
}

func TestEdgeNames(t *testing.T) {
	g := run(t, edgeProgram(nil, nil))
	var names []string
	for _, r := range g.All(recordToken) {
		names = append(names, r.Inputs.String("name")+" "+r.Inputs.String("type"))
	}
	slices.Sort(names)
	if want := []string{"_acme-challenge.app.example.com. CNAME", "app.example.com. A", "app.example.com. AAAA"}; !slices.Equal(names, want) {
		t.Errorf("records: got %v, want %v", names, want)
	}
	ports := map[string]int{}
	for _, r := range g.All(frontRuleToken) {
		ports[r.Inputs.String("portRange")]++
		if r.Inputs.String("loadBalancingScheme") != scheme {
			t.Errorf("%s is of the scheme %s", r.Name, r.Inputs.String("loadBalancingScheme"))
		}
	}
	if ports["443"] != 2 || ports["80"] != 2 {
		t.Errorf("it answers at %v", ports)
	}
}

func TestEdgeWithoutAPI(t *testing.T) {
	g := run(t, edgeProgram(func(a *EdgeArgs) { a.API, a.OriginSecret, a.Preload = nil, nil, true }, nil))
	if len(g.All(backendServiceToken)) > 0 {
		t.Error("without an API there is a backend service")
	}
	if h := g.One(t, backendBucketToken, "edge-pages").Inputs.Strings("customResponseHeaders[]"); !strings.HasSuffix(h[0], "; preload") {
		t.Errorf("got %v", h)
	}
}

func TestEdgePreview(t *testing.T) {
	g := run(t, edgeProgram(nil, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(frontRuleToken)) != 4 {
		t.Errorf("a preview created %d resources and shows %d forwarding rules", n, len(g.All(frontRuleToken)))
	}
}

func TestEdgeBadArguments(t *testing.T) {
	refuses(t, func(edit func(*EdgeArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return edgeProgram(edit, nil)
	}, map[string]func(*EdgeArgs){
		"BucketName":               func(a *EdgeArgs) { a.BucketName = nil },
		"Domain: got none":         func(a *EdgeArgs) { a.Domain = "" },
		"Domain: got app.other.io": func(a *EdgeArgs) { a.Domain = "app.other.io" },
		"ZoneID":                   func(a *EdgeArgs) { a.ZoneID = nil },
		"ContentSecurityPolicy":    func(a *EdgeArgs) { a.ContentSecurityPolicy = "" },
		"OriginSecret":             func(a *EdgeArgs) { a.API = nil },
		"LogSample: got 2":         func(a *EdgeArgs) { a.LogSample = 2 },
		"ImmutablePaths: got /*":   func(a *EdgeArgs) { a.ImmutablePaths = []string{"/*"} },
	})
}

func armorProgram(edit func(*ArmorArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		args := &ArmorArgs{
			Scope: testScope(), Groups: map[string][]string{"common": nil, "sqli": {"owasp-crs-v030301-id942200-sqli"}},
			RateLimits: map[string]RateLimitArgs{"all": {Requests: 1000, Seconds: 60}, "login": {Requests: 20, Seconds: 300, Path: "/api/login"}}, BlockedCountries: []string{"RU", "KP"},
		}
		if edit != nil {
			edit(args)
		}
		_, err := NewArmor(ctx, "armor", args, opt)
		return err
	}
}

// armorRules are the rules of a policy, by priority: action and condition.
func armorRules(t *testing.T, g *simtest.Graph, name string) map[int]simcloud.Values {
	t.Helper()
	all := map[int]simcloud.Values{}
	for _, r := range g.One(t, armorToken, name).Inputs.Objects("rules[]") {
		all[r.Int("priority")] = r
	}
	return all
}

func TestArmor(t *testing.T) {
	g := run(t, armorProgram(nil))
	g.CheckHouse(t)
	edge := armorRules(t, g, "armor-edge")
	if len(edge) != 2 || edge[countryPriority].String("match.expr.expression") != "origin.region_code.matches('^(KP|RU)$')" || edge[lastPriority].String("action") != "allow" {
		t.Errorf("edge: got %v", edge)
	}
	back := armorRules(t, g, "armor-backend")
	if login := back[ratePriority+1]; login.String("match.expr.expression") != "request.path.startsWith('/api/login')" || login.String("rateLimitOptions.exceedAction") != "deny(429)" || login.Int("rateLimitOptions.rateLimitThreshold.intervalSec") != 300 {
		t.Errorf("login: got %v", login)
	}
	var sets []string
	for p := wafPriority; back[p] != nil; p++ {
		sets = append(sets, back[p].String("match.expr.expression"))
		if back[p].String("action") != "deny(403)" || back[p].Bool("preview") {
			t.Errorf("%d: got %v", p, back[p])
		}
	}
	if len(sets) != 10 || sets[8] != "evaluatePreconfiguredWaf('cve-canary')" ||
		sets[9] != "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1, 'opt_out_rule_ids': ['owasp-crs-v030301-id942200-sqli']})" {
		t.Errorf("rule sets: got %v", sets)
	}
}

func TestArmorCounts(t *testing.T) {
	g := run(t, armorProgram(func(a *ArmorArgs) {
		a.Count, a.Groups, a.BlockedCountries, a.AllowedCountries = true, nil, nil, []string{"DE"}
	}))
	for p, r := range armorRules(t, g, "armor-backend") {
		if r.Bool("preview") != (p != lastPriority) {
			t.Errorf("%d: preview %v", p, r.Bool("preview"))
		}
	}
	back := armorRules(t, g, "armor-backend")
	if back[countryPriority].String("match.expr.expression") != "!origin.region_code.matches('^(DE)$')" || back[wafPriority].String("match.expr.expression") != "evaluatePreconfiguredWaf('cve-canary')" || back[wafPriority+1] != nil {
		t.Errorf("got %v", back)
	}
}

func TestArmorBadArguments(t *testing.T) {
	refuses(t, armorProgram, map[string]func(*ArmorArgs){
		"got both":                      func(a *ArmorArgs) { a.AllowedCountries = []string{"DE"} },
		"got \"Germany\"":               func(a *ArmorArgs) { a.BlockedCountries = []string{"Germany"} },
		"Groups: got \"bots\"":          func(a *ArmorArgs) { a.Groups = map[string][]string{"bots": nil} },
		"Groups[sqli]":                  func(a *ArmorArgs) { a.Groups = map[string][]string{"sqli": {"'] || true"}} },
		"RateLimits[x].Requests: got 0": func(a *ArmorArgs) { a.RateLimits = map[string]RateLimitArgs{"x": {Seconds: 60}} },
		"RateLimits[x].Seconds: got 61": func(a *ArmorArgs) { a.RateLimits = map[string]RateLimitArgs{"x": {Requests: 1, Seconds: 61}} },
		"RateLimits[x].Path: got \"api')\"": func(a *ArmorArgs) {
			a.RateLimits = map[string]RateLimitArgs{"x": {Requests: 1, Seconds: 60, Path: "api')"}}
		},
	})
}

func TestDns(t *testing.T) {
	see := newSeen()
	program := func(mode string) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			d, err := NewDns(ctx, "dns", &DnsArgs{
				Scope: testScope(), ZoneName: "prod.example.com", QueryLogs: true, DNSSEC: mode,
				Records: []RecordArgs{{Type: "TXT", Values: pulumi.ToStringArray([]string{`"v=spf1 -all"`})}, {Name: "*", Type: "A", Values: pulumi.ToStringArray([]string{"192.0.2.1"}), TTL: 60}},
			}, opt)
			if err == nil {
				see.add("ds", d.DS)
				see.add("id", d.ZoneID)
				see.add("servers", d.NameServers)
			}
			return err
		}
	}
	for _, mode := range []string{"", "none", "signed"} {
		g := run(t, program(mode))
		g.CheckHouse(t)
		zone := g.One(t, "gcp:dns/managedZone:ManagedZone", "dns").Inputs
		if signed := zone.String("dnssecConfig.state") == "on"; signed != (mode == "signed") || (see.all["ds"] != "") != signed || !zone.Bool("cloudLoggingConfig.enableLogging") || zone.Bool("forceDestroy") {
			t.Errorf("%q: got %v, DS %v", mode, zone, see.all["ds"])
		}
		if r := g.One(t, recordToken, "dns-any-A").Inputs; r.String("name") != "*.prod.example.com." || r.Int("ttl") != 60 {
			t.Errorf("got %v", r)
		}
	}
	if servers, _ := see.all["servers"].([]string); len(servers) != 4 {
		t.Errorf("name servers: got %v", servers)
	}
}

// A zone that the zone above is to trust has its key there, after its servers.
func TestDnsDelegation(t *testing.T) {
	see := newSeen()
	g := run(t, func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		d, err := NewDns(ctx, "dns", &DnsArgs{Scope: testScope(), ZoneName: "gcp.explico.example", ParentZoneID: "explico-example", DNSSEC: "trusted"}, opt)
		if err == nil {
			see.add("id", d.ZoneID)
			see.add("ds", d.DS)
		}
		return err
	})
	g.CheckHouse(t)
	servers, ds := g.One(t, recordToken, "dns-delegation").Inputs, g.One(t, recordToken, "dns-trust")
	if servers.String("managedZone") != "explico-example" || servers.String("name") != "gcp.explico.example." || len(servers.Strings("rrdatas[]")) != 4 {
		t.Errorf("delegation: got %v", servers)
	}
	if ds.Inputs.String("type") != "DS" || ds.Inputs.String("rrdatas[]") != see.all["ds"] || !waitsFor(ds, recordToken, "dns-delegation") {
		t.Errorf("trust: got %v after %v", ds.Inputs, ds.DependsOn)
	}
	for name, want := range map[string]string{"gcp.other.example": "want a name below explico.example", "explico.example": "want a name below explico.example"} {
		_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			_, err := NewDns(ctx, "dns", &DnsArgs{Scope: testScope(), ZoneName: name, ParentZoneID: "explico-example"}, opt)
			return err
		}))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

// An existing zone is looked up, and left as it is but for what is put in it.
func TestDnsExisting(t *testing.T) {
	see := newSeen()
	program := func(name string) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			d, err := NewDns(ctx, "dns", &DnsArgs{
				Scope: testScope(), ZoneID: "explico-example", ZoneName: name, Records: []RecordArgs{{Name: "a", Type: "A", Values: pulumi.ToStringArray([]string{"192.0.2.1"})}},
			}, opt)
			if err == nil {
				see.add("id", d.ZoneID)
				see.add("servers", d.NameServers)
			}
			return err
		}
	}
	g := run(t, program(""))
	if len(g.All("gcp:dns/managedZone:ManagedZone")) > 0 || g.One(t, recordToken, "dns-a-A").Inputs.String("name") != "a.explico.example." || see.all["id"] != "explico-example" {
		t.Errorf("got %v", see.all)
	}
	if _, err := simtest.Try("explico", "test", withProvider(program("other.example"))); err == nil || !strings.Contains(err.Error(), "want explico.example") {
		t.Errorf("a zone of another name: got %v", err)
	}
}

func TestDnsBadArguments(t *testing.T) {
	program := func(edit func(*DnsArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			args := &DnsArgs{Scope: testScope(), ZoneName: "prod.example.com"}
			edit(args)
			_, err := NewDns(ctx, "dns", args, opt)
			return err
		}
	}
	record := RecordArgs{Name: "a", Type: "A", Values: pulumi.ToStringArray([]string{"192.0.2.1"})}
	refuses(t, program, map[string]func(*DnsArgs){
		"got neither":                          func(a *DnsArgs) { a.ZoneName = "" },
		"ParentZoneID: got example":            func(a *DnsArgs) { a.ZoneID, a.ParentZoneID = "example-com", "example-com" },
		"DNSSEC: got \"yes\"":                  func(a *DnsArgs) { a.DNSSEC = "yes" },
		"DNSSEC: got signed":                   func(a *DnsArgs) { a.ZoneID, a.DNSSEC = "example-com", "signed" },
		"QueryLogs":                            func(a *DnsArgs) { a.ZoneID, a.QueryLogs = "example-com", true },
		"ParentZoneID: got none":               func(a *DnsArgs) { a.DNSSEC = "trusted" },
		"Records[a-A]: got it twice":           func(a *DnsArgs) { a.Records = []RecordArgs{record, record} },
		"Records[b-].Type":                     func(a *DnsArgs) { a.Records = []RecordArgs{{Name: "b", Values: record.Values}} },
		"Records[c-A].Values":                  func(a *DnsArgs) { a.Records = []RecordArgs{{Name: "c", Type: "A"}} },
		"resource named 'gone' does not exist": func(a *DnsArgs) { a.ZoneID = "gone" },
	})
}
