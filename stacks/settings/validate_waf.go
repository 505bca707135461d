package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ruleGroups are the managed rule groups that the program knows.
var ruleGroups = []string{"common", "ipReputation", "knownBadInputs", "sqli"}

// neededGroups are those without which a WAF is none.
var neededGroups = []string{"common", "knownBadInputs"}

var ruleShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,127}$`)

// firewall checks the WAF. Rules that are switched off are checked all the same:
// whoever switches them on wants no surprise.
func (c *checker) firewall() {
	w := c.s.WAF
	for _, name := range ordered(w.Groups) {
		path := child("waf.groups", name)
		if !slices.Contains(ruleGroups, name) {
			c.bad(BadRuleGroup, path, "the group "+shown(name), oneOf(name, ruleGroups))
		}
		for i, rule := range w.Groups[name].CountRules {
			if !ruleShape.MatchString(rule) {
				c.bad(BadRuleGroup, fmt.Sprintf("%s.countRules[%d]", path, i), shown(rule), "a rule's name such as SizeRestrictions_BODY")
			}
		}
	}
	c.rates()
	c.countries()
	if c.protected() && (!w.Enabled || w.Mode != WAFBlock) {
		path, got := "waf.enabled", "false"
		if w.Enabled {
			path, got = "waf.mode", string(w.Mode)
		}
		c.warn(OpenFront, path, got, "a WAF that blocks, since the stack is protected", "protect")
	}
	if !w.Enabled {
		return
	}
	for _, name := range neededGroups {
		if _, has := w.Groups[name]; !has {
			c.bad(ThinWAF, "waf.groups", "no group "+name, "common and knownBadInputs, or enabled: false")
		}
	}
	if !slices.ContainsFunc(ordered(w.RateLimits), func(name string) bool { return w.RateLimits[name].Path == "" }) {
		c.bad(ThinWAF, "waf.rateLimits", "no limit on all paths", "a limit without a path, or enabled: false")
	}
}

// Source: AWS WAF developer guide, "Rate-based rule high-level settings" and
// quotas, read 2026-11.
const (
	fewestRequests = 10
	mostRequests   = 2000000000
	mostRates      = 10
)

var rateWindows = []int{60, 120, 300, 600}

func (c *checker) rates() {
	limits := c.s.WAF.RateLimits
	c.names("waf.rateLimits", ordered(limits))
	if len(limits) > mostRates {
		c.bad(BadRate, "waf.rateLimits", fmt.Sprintf("%d limits", len(limits)), fmt.Sprintf("at most %d", mostRates))
	}
	for _, name := range ordered(limits) {
		r, path := limits[name], child("waf.rateLimits", name)
		if r.Requests < fewestRequests || r.Requests > mostRequests {
			c.bad(BadRate, path+".requests", fmt.Sprint(r.Requests), fmt.Sprintf("%d to %d", fewestRequests, mostRequests))
		}
		if !slices.Contains(rateWindows, r.WindowSeconds) {
			c.bad(BadRate, path+".windowSeconds", fmt.Sprint(r.WindowSeconds), "60, 120, 300 or 600")
		}
		if r.Path != "" && (!strings.HasPrefix(r.Path, "/") || len(r.Path) > 200) {
			c.bad(BadRate, path+".path", shown(r.Path), "up to 200 characters that begin with /")
		}
	}
}

func (c *checker) countries() {
	w := c.s.WAF
	for _, list := range []struct {
		path  string
		codes []string
	}{{"waf.allowedCountries", w.AllowedCountries}, {"waf.blockedCountries", w.BlockedCountries}} {
		for i, code := range list.codes {
			path := fmt.Sprintf("%s[%d]", list.path, i)
			switch {
			case !slices.Contains(isoCountries, code):
				c.bad(BadCountry, path, shown(code), "two capital letters of ISO 3166-1, such as GB")
			case slices.Index(list.codes, code) < i:
				c.bad(BadCountry, path, shown(code)+" twice", "each country once")
			}
		}
	}
	if len(w.AllowedCountries) > 0 && len(w.BlockedCountries) > 0 {
		c.bad(CountryLists, "waf.blockedCountries", "countries beside allowedCountries", "one of the two lists", "waf.allowedCountries")
	}
}

// shieldUSD is the price of Shield Advanced for a month.
// Source: AWS Shield pricing, read 2026-11.
const shieldUSD = 3000

func (c *checker) shield() {
	s := c.s.Shield
	switch {
	case s.Enabled && s.AcceptMonthlyUSD != shieldUSD:
		c.bad(ShieldPrice, "shield.acceptMonthlyUsd", fmt.Sprint(s.AcceptMonthlyUSD), "3000, which is what Shield Advanced costs a month, or enabled: false", "shield.enabled")
	case s.Enabled:
		c.warn(ShieldBill, "shield.enabled", "true: 3,000 USD a month for a year, besides the traffic", "you to want that; Shield Standard costs nothing")
	}
}

// isoCountries are the countries' two letters, and XK, which AWS has for Kosovo.
// Source: ISO 3166-1, read 2026-11.
var isoCountries = strings.Fields(`AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
	CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
	GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
	KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ
	NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
	SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
	UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW`)
