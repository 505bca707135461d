package azure

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func frontDoorProgram(edit func(*FrontDoorArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return onStage(testScope(), func(on *stage) error {
		site := storageArgs(on)
		site.Website, site.AllowedRanges = true, []string{"203.0.113.0/28"}
		assets, err := NewStorage(on.ctx, "assets", site, on.opt)
		if err != nil {
			return err
		}
		zone, err := NewDns(on.ctx, "dns", &DnsArgs{Scope: on.Scope, ZoneName: "example.com"}, on.opt)
		if err != nil {
			return err
		}
		waf, err := NewWaf(on.ctx, "waf", wafArgs(on.Scope), on.opt)
		if err != nil {
			return err
		}
		args := &FrontDoorArgs{
			Scope: on.Scope, Site: SiteOrigin{AccountID: assets.ID, Host: assets.WebHost, Location: "westeurope"},
			API: pulumi.String("api.example.com"), ContentSecurityPolicy: "default-src 'self'", Preload: true,
			Domain: "app.example.com", Zone: zone, WafPolicyID: waf.PolicyID, WorkspaceID: on.logs.ID,
		}
		if edit != nil {
			edit(args)
		}
		f, err := NewFrontDoor(on.ctx, "cdn", args, on.opt)
		if err != nil {
			return err
		}
		on.ctx.Export("url", f.URL)
		on.ctx.Export("host", f.Host)
		return nil
	})
}

func wafArgs(s Scope) *WafArgs {
	return &WafArgs{
		Scope: s, Bots: true, CountRules: map[string][]string{"SQLI": {"942440", "942100"}}, BlockedCountries: []string{"KP"},
		RateLimits: map[string]RateLimitArgs{"login": {Requests: 100, Minutes: 5, Path: "/api/login"}, "all": {Requests: 2000, Minutes: 1}},
	}
}

func TestFrontDoor(t *testing.T) {
	g := run(t, frontDoorProgram(nil))
	checkHouse(t, g)
	if got := g.One(t, "azure-native:cdn:Profile", "cdn").Inputs.String("sku.name"); got != "Premium_AzureFrontDoor" {
		t.Errorf("got %s", got)
	}
	account := g.One(t, "azure-native:storage:StorageAccount", "assets")
	site := g.One(t, "azure-native:cdn:AFDOrigin", "cdn-site").Inputs
	if site.String("sharedPrivateLinkResource.privateLink.id") != account.ID || site.String("sharedPrivateLinkResource.groupId") != "web" ||
		!site.Bool("enforceCertificateNameCheck") || site.String("hostName") != site.String("originHostHeader") {
		t.Errorf("the site's origin is %v", site)
	}
	for _, key := range []string{"site", "api"} {
		route := g.One(t, "azure-native:cdn:Route", "cdn-"+key).Inputs
		if route.String("httpsRedirect") != "Enabled" || route.String("forwardingProtocol") != "HttpsOnly" || route.String("linkToDefaultDomain") != "Disabled" ||
			route.Has("cacheConfiguration") != (key == "site") {
			t.Errorf("route %s: got %v", key, route)
		}
	}
	if n := len(g.One(t, "azure-native:cdn:SecurityPolicy", "cdn").Inputs.Strings("parameters.associations[].domains[].id")); n != 2 {
		t.Errorf("the WAF guards %d names, want both", n)
	}
	if got := g.Exports.String("url"); got != "https://app.example.com" {
		t.Errorf("the site is at %s", got)
	}
}

// Headers are on every answer, the API's too; what is kept for long is the site's.
func TestFrontDoorRules(t *testing.T) {
	g := run(t, frontDoorProgram(nil))
	set := map[string]string{}
	for _, a := range g.One(t, "azure-native:cdn:Rule", "cdn-security").Inputs.Objects("actions[]") {
		set[a.String("parameters.headerName")] = a.String("parameters.value")
	}
	for name, want := range map[string]string{
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload", "Content-Security-Policy": "default-src 'self'",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
	} {
		if set[name] != want {
			t.Errorf("%s: got %q, want %q", name, set[name], want)
		}
	}
	immutable := g.One(t, "azure-native:cdn:Rule", "cdn-immutable").Inputs
	if got := immutable.Objects("conditions[]")[0].Strings("parameters.matchValues[]"); !slices.Equal(got, []string{"/assets/", "/static/"}) {
		t.Errorf("kept for long: %v", got)
	}
	sets := func(route string) int { return len(g.One(t, "azure-native:cdn:Route", route).Inputs.All("ruleSets[]")) }
	if sets("cdn-site") != 2 || sets("cdn-api") != 1 {
		t.Errorf("the site has %d sets of rules, the API %d", sets("cdn-site"), sets("cdn-api"))
	}
}

func TestFrontDoorDomain(t *testing.T) {
	g := run(t, frontDoorProgram(nil))
	domain := g.One(t, "azure-native:cdn:AFDCustomDomain", "cdn")
	if domain.Inputs.String("tlsSettings.minimumTlsVersion") != "TLS12" || domain.Inputs.String("tlsSettings.certificateType") != "ManagedCertificate" {
		t.Errorf("got %v", domain.Inputs)
	}
	proof := g.One(t, recordToken, "cdn-proof").Inputs
	if proof.String("relativeRecordSetName") != "_dnsauth.app" || proof.Objects("txtRecords[]")[0].Strings("value[]")[0] != domain.Outputs.String("validationProperties.validationToken") {
		t.Errorf("the proof is %v", proof)
	}
	if got := g.One(t, recordToken, "cdn-alias").Inputs; got.String("targetResource.id") != g.One(t, "azure-native:cdn:AFDEndpoint", "cdn").ID {
		t.Errorf("the name leads to %v", got)
	}
	g = run(t, frontDoorProgram(func(a *FrontDoorArgs) { a.Domain = "example.com" }))
	if got := g.One(t, recordToken, "cdn-alias").Inputs.String("relativeRecordSetName"); got != "@" {
		t.Errorf("the zone's own name is %q", got)
	}
	if got := g.One(t, recordToken, "cdn-proof").Inputs.String("relativeRecordSetName"); got != "_dnsauth" {
		t.Errorf("its proof is %q", got)
	}
	g = run(t, frontDoorProgram(func(a *FrontDoorArgs) { a.Domain, a.Zone, a.API, a.WafPolicyID = "", nil, nil, nil }))
	if g.Exports.String("url") != "https://"+g.Exports.String("host") || len(g.All("azure-native:cdn:Route")) != 1 || len(g.All("azure-native:cdn:SecurityPolicy")) != 0 {
		t.Errorf("got %v", g.Exports)
	}
}

// A second place is asked when the first fails, and only then is anything probed.
func TestFrontDoorFailover(t *testing.T) {
	g := run(t, frontDoorProgram(func(a *FrontDoorArgs) {
		a.Failover = &SiteOrigin{AccountID: a.Site.AccountID, Host: pulumi.String("copy.z6.web.core.windows.net"), Location: "northeurope"}
	}))
	if got := g.One(t, "azure-native:cdn:AFDOrigin", "cdn-failover").Inputs; got.Int("priority") != 2 || got.String("sharedPrivateLinkResource.privateLinkLocation") != "northeurope" {
		t.Errorf("got %v", got)
	}
	if !g.One(t, "azure-native:cdn:AFDOriginGroup", "cdn-site").Inputs.Has("healthProbeSettings") || g.One(t, "azure-native:cdn:AFDOriginGroup", "cdn-api").Inputs.Has("healthProbeSettings") {
		t.Error("what is probed is not the group of two")
	}
}

func TestFrontDoorPreview(t *testing.T) {
	if g := run(t, frontDoorProgram(nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestFrontDoorBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*FrontDoorArgs){
		"Site.AccountID":        func(a *FrontDoorArgs) { a.Site.AccountID = nil },
		"Site.Location":         func(a *FrontDoorArgs) { a.Site.Location = "" },
		"Failover.Host":         func(a *FrontDoorArgs) { a.Failover = &SiteOrigin{} },
		"ContentSecurityPolicy": func(a *FrontDoorArgs) { a.ContentSecurityPolicy = "" },
		"Domain and Zone":       func(a *FrontDoorArgs) { a.Zone = nil },
		"a name in the zone":    func(a *FrontDoorArgs) { a.Domain = "app.example.org" },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, frontDoorProgram(edit)) })
	}
}

func TestWaf(t *testing.T) {
	program := func(edit func(*WafArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			s, err := inGroup(ctx, testScope(), opt)
			if err != nil {
				return err
			}
			args := wafArgs(s)
			edit(args)
			_, err = NewWaf(ctx, "waf", args, opt)
			return err
		}
	}
	g := run(t, program(func(*WafArgs) {}))
	g.CheckHouse(t)
	in := g.One(t, "azure-native:network/v20240201:Policy", "waf").Inputs
	if in.String("policySettings.mode") != "Prevention" || in.String("policySettings.requestBodyCheck") != "Enabled" || in.String("policyName") != "explicotestwaf" {
		t.Errorf("got %v", in)
	}
	sets := in.Objects("managedRules.managedRuleSets[]")
	if len(sets) != 2 || sets[0].String("ruleSetAction") != "Block" || sets[0].Objects("ruleGroupOverrides[]")[0].Objects("rules[]")[0].String("action") != "Log" {
		t.Errorf("got %v", sets)
	}
	rules := map[string]simcloud.Values{}
	for _, r := range in.Objects("customRules.rules[]") {
		rules[r.String("name")] = r
	}
	login := rules["ratelogin"]
	if login.Int("rateLimitThreshold") != 100 || !strings.HasSuffix(login.Objects("matchConditions[]")[0].Strings("matchValue[]")[0], "/api/login") {
		t.Errorf("got %v", login)
	}
	if got := rules["countries"].Objects("matchConditions[]")[0]; got.Bool("negateCondition") || !slices.Equal(got.Strings("matchValue[]"), []string{"KP"}) {
		t.Errorf("got %v", got)
	}
	if n := len(in.Objects("policySettings.scrubbingRules[]")); n != 3 {
		t.Errorf("the log leaves out %d things", n)
	}
	g = run(t, program(func(a *WafArgs) { a.Count, a.BlockedCountries, a.AllowedCountries = true, nil, []string{"CH"} }))
	in = g.One(t, "azure-native:network/v20240201:Policy", "waf").Inputs
	only := in.Objects("customRules.rules[]")[0].Objects("matchConditions[]")[0]
	if in.String("policySettings.mode") != "Detection" || !only.Bool("negateCondition") || !slices.Equal(only.Strings("matchValue[]"), []string{"CH", "ZZ"}) {
		t.Errorf("got %v", in)
	}
	for want, edit := range map[string]func(*WafArgs){
		"got both":                     func(a *WafArgs) { a.AllowedCountries = []string{"CH"} },
		"two letters":                  func(a *WafArgs) { a.BlockedCountries = []string{"CHE"} },
		"RateLimits[all].Requests":     func(a *WafArgs) { a.RateLimits["all"] = RateLimitArgs{Requests: 1, Minutes: 1} },
		"RateLimits[all].Minutes":      func(a *WafArgs) { a.RateLimits["all"] = RateLimitArgs{Requests: 100, Minutes: 2} },
		"RateLimits[a-b]: want a name": func(a *WafArgs) { a.RateLimits["a-b"] = RateLimitArgs{Requests: 100, Minutes: 1} },
	} {
		t.Run(want, func(t *testing.T) { refused(t, want, program(edit)) })
	}
}
