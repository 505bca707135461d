package settings

import (
	"strings"
	"testing"
)

const anyZone = "Z0123456789ABC"

// edgeBreaches are the bad examples of the rules on zones, the WAF and Shield.
var edgeBreaches = []breach{
	{BadDomain, "domain.zone", with(set("domain.createZone", true), set("domain.zone", "com"))},
	{BadDomain, "domain.parentZoneId", with(set("domain.createZone", true), set("domain.zone", "prod.te-explico.com"), set("domain.parentZoneId", "te-explico.com"))},
	{HalfDomain, "domain.zoneId", with(set("domain.name", "app.te-explico.com"), set("domain.zone", "te-explico.com"))},
	{ExampleValue, "domain.name", with(set("domain.name", "app.explico.example"), set("domain.zoneId", anyZone))},
	{ExampleValue, "domain.zone", with(set("domain.createZone", true), set("domain.zone", "prod.example.org"))},
	{ZoneChoice, "domain.createZone", with(set("domain.name", "app.te-explico.com"), set("domain.zoneId", anyZone), set("domain.createZone", true))},
	{ZoneChoice, "domain.zone", with(set("domain.createZone", true))},
	{ZoneChoice, "domain.zone", with(set("domain.zone", "te-explico.com"))},
	{ZoneChoice, "domain.parentZoneId", with(set("domain.name", "app.te-explico.com"), set("domain.zoneId", anyZone), set("domain.parentZoneId", anyZone))},
	{OutsideZone, "domain.name", with(set("domain.name", "app.te-explico.com"), set("domain.zone", "explico.com"), set("domain.createZone", true))},
	{OutsideZone, "domain.name", with(set("domain.name", "app.te-explico.org"), set("domain.zone", "te-explico.com"), set("domain.zoneId", anyZone))},
	{BadDNSSEC, "domain.dnssec", with(set("domain.name", "app.te-explico.com"), set("domain.zoneId", anyZone), set("domain.dnssec", "signed"))},
	{BadDNSSEC, "domain.dnssec", with(set("domain.createZone", true), set("domain.zone", "te-explico.com"), set("domain.dnssec", "trusted"))},
	{UnknownWord, "domain.dnssec", with(set("domain.dnssec", "on"))},
	{LogsOfNoZone, "domain.queryLogs", with(set("domain.queryLogs", true))},
	{BadCountry, "waf.blockedCountries[0]", with(set("waf.blockedCountries", []string{"UK"}))},
	{BadCountry, "waf.blockedCountries[0]", with(set("waf.blockedCountries", []string{"gb"}))},
	{BadCountry, "waf.allowedCountries[1]", with(set("waf.allowedCountries", []string{"GB", "GB"}))},
	{CountryLists, "waf.blockedCountries", with(set("waf.blockedCountries", []string{"KP"}), set("waf.allowedCountries", []string{"GB"}))},
	{BadRate, "waf.rateLimits.all.requests", with(set("waf.rateLimits.all.requests", 9))},
	{BadRate, "waf.rateLimits.all.requests", with(set("waf.rateLimits.all.requests", 2000000001))},
	{BadRate, "waf.rateLimits.login.windowSeconds", with(set("waf.rateLimits.login.windowSeconds", 90))},
	{BadRate, "waf.rateLimits.login.path", with(set("waf.rateLimits.login.path", "api/login"))},
	{BadRate, "waf.rateLimits", manyRates()},
	{BadName, "waf.rateLimits.Login", with(set("waf.rateLimits.Login.requests", 100))},
	{BadRuleGroup, "waf.groups.sql", with(setIn("waf.groups", "sql", map[string]any{}))},
	{BadRuleGroup, "waf.groups.common.countRules[0]", with(set("waf.groups.common.countRules", []string{"Size Restrictions"}))},
	{UnknownWord, "waf.mode", with(set("waf.mode", "monitor"))},
	{ShieldPrice, "shield.acceptMonthlyUsd", with(set("shield.enabled", true))},
	{ShieldPrice, "shield.acceptMonthlyUsd", with(set("shield.enabled", true), set("shield.acceptMonthlyUsd", 30))},
	{ShieldBill, "shield.enabled", with(set("shield.enabled", true), set("shield.acceptMonthlyUsd", 3000))},
	{BadOrigin, "cdn.apiOrigin", with(set("cdn.apiOrigin", "https://api.te-explico.com"))},
	{BadOrigin, "cdn.apiOrigin", with(set("cdn.apiOrigin", "app.te-explico.com"), set("domain.name", "app.te-explico.com"), set("domain.zoneId", anyZone))},
	{BadOrigin, "cdn.failoverOrigin", with(set("cdn.failoverOrigin", "Spare"))},
	{BadFailover, "cdn.failoverOrigin", with(set("cdn.failoverOrigin", "spare.s3.eu-west-1.amazonaws.com"))},
	{BadFailover, "cdn.failoverOrigin", with(set("cdn.failoverOrigin", "spare.s3.amazonaws.com"))},
	{BadFailover, "cdn.failoverOrigin", with(set("cdn.failoverOrigin", "spare.s3.eu-central-1.amazonaws.com"), set("buckets.assets.replicateTo", "arn:aws:s3:::other"), set("buckets.assets.replicateKey", replicaKey))},
	{BadPreload, "cdn.hstsPreload", with(set("cdn.hstsPreload", true))},
	{BadOriginProof, "cdn.originSecrets", with(set("cdn.originSecrets", []string{proof}))},
	{BadOriginProof, "cdn.originSecrets", with(set("cdn.apiOrigin", "api.te-explico.com"), set("cdn.originSecrets", []string{proof, proof, proof}))},
	{BadOriginProof, "cdn.originSecrets[0]", with(set("cdn.apiOrigin", "api.te-explico.com"), set("cdn.originSecrets", []string{"hunter22"}))},
	{BadOriginProof, "cdn.originSecrets[0]", with(set("cdn.apiOrigin", "api.te-explico.com"), set("cdn.originSecrets", []string{strings.Repeat("a!", 20)}))},
	{OpenFront, "waf.enabled", with(set("protect", true), set("waf.enabled", false))},
	{OpenFront, "waf.mode", with(set("protect", true), set("waf.mode", "count"))},
	{ThinWAF, "waf.groups", with(edit{strings.Split("waf.groups", "."), map[string]any{"common": nil}})},
	{ThinWAF, "waf.rateLimits", with(set("waf.rateLimits.all.path", "/api"))},
}

func manyRates() []edit {
	var edits []edit
	for _, name := range strings.Split("abcdefghij", "") { // beside the default one
		edits = append(edits, set("waf.rateLimits."+name+".requests", 100))
	}
	return edits
}

// What the rules must leave alone.
func TestGoodEdges(t *testing.T) {
	for name, edits := range map[string][]edit{
		"a zone before its name":   with(set("domain.createZone", true), set("domain.zone", "te-explico.com")),
		"the zone itself":          with(set("domain.createZone", true), set("domain.zone", "te-explico.com"), set("domain.name", "te-explico.com")),
		"a delegated, trusted one": with(set("domain.createZone", true), set("domain.zone", "prod.te-explico.com"), set("domain.parentZoneId", anyZone), set("domain.dnssec", "trusted"), set("domain.queryLogs", true)),
		"an existing one":          with(set("domain.name", "app.te-explico.com"), set("domain.zoneId", anyZone), set("domain.queryLogs", true)),
		"no WAF":                   with(set("waf.enabled", false), set("waf.groups.common", nil)),
		"a WAF with everything":    with(setIn("waf.groups", "sqli", map[string]any{}), set("waf.rateLimits.login.path", "/api/login"), set("waf.allowedCountries", []string{"GB", "XK"}), set("waf.mode", "count")),
		"a second bucket":          with(set("cdn.failoverOrigin", "spare.s3.eu-central-1.amazonaws.com"), set("buckets.assets.replicateTo", "arn:aws:s3:::spare"), set("buckets.assets.replicateKey", replicaKey)),
		"a second host":            with(set("cdn.failoverOrigin", "www2.te-explico.com")),
		"HTTPS for ever":           with(set("cdn.hstsPreload", true), set("domain.name", "app.te-explico.com"), set("domain.zoneId", anyZone)),
		"an API":                   with(set("cdn.apiOrigin", "ingress.te-explico.com")),
	} {
		if _, all := loadYAML(goodFile(t, edits...)); len(all) > 0 {
			t.Errorf("%s is refused:\n%s", name, lines(all))
		}
	}
}
