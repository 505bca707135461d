package settings

// Domain is a public DNS name with the zone that holds it: one that exists, or
// one that the stack creates.
type Domain struct {
	// Name is the host name the frontend is served under, such as
	// app.example.com. With createZone it may come later: until the new zone is
	// delegated, no certificate is issued for it.
	Name string `yaml:"name"`
	// Zone is the name of the zone, such as example.com: required with
	// createZone; for an existing zone it lets the name be checked beforehand.
	Zone string `yaml:"zone"`
	// ZoneID is the id of the existing hosted zone that holds the name.
	ZoneID string `yaml:"zoneId"`
	// CreateZone creates the zone, instead of zoneId.
	CreateZone bool `yaml:"createZone"`
	// ParentZoneID is the id of the zone above a created one, in the same account:
	// the delegation is put there. Without it, put the stack's output
	// dns.nameServers there yourself.
	ParentZoneID string `yaml:"parentZoneId"`
	// DNSSEC is none, signed (a created zone signs its answers) or trusted (the
	// zone above vouches for it, so that resolvers refuse forgeries). Go from one
	// to the next and back, a day apart: docs/runbooks/dns.md.
	DNSSEC DNSSECMode `yaml:"dnssec"`
	// QueryLogs logs which names the zone is asked for, for logs.days. A zone has
	// one such log: leave it to one stack if several share the zone.
	QueryLogs bool `yaml:"queryLogs"`
}

// DNSSECMode is how far a zone's answers are signed.
type DNSSECMode string

// The modes of DNSSEC.
const (
	DNSSECNone    DNSSECMode = "none"
	DNSSECSigned  DNSSECMode = "signed"
	DNSSECTrusted DNSSECMode = "trusted"
)

// WAF refuses requests before they reach the CDN's origins.
type WAF struct {
	// Enabled puts a web ACL in front of the CDN, and another one in front of the
	// load balancer of the services, if there is one.
	Enabled bool `yaml:"enabled"`
	// Mode is block, or count: everything passes, and what would be blocked is
	// counted and logged.
	Mode WAFMode `yaml:"mode"`
	// Groups are AWS's managed rule groups: common, knownBadInputs, ipReputation
	// and sqli. Each costs a dollar a month.
	Groups map[string]RuleGroup `yaml:"groups"`
	// RateLimits block an address that asks too often, until it asks less; by a
	// name of yours. At most ten.
	RateLimits map[string]RateLimit `yaml:"rateLimits"`
	// BlockedCountries are not served: two letters each, as in ISO 3166-1.
	BlockedCountries []string `yaml:"blockedCountries"`
	// AllowedCountries are the only ones that are served; all if empty.
	AllowedCountries []string `yaml:"allowedCountries"`
	// LogAllowed logs also the requests that were let through. Without it, only
	// those that a rule blocked or counted. Cookies and authorization headers are
	// in no log.
	LogAllowed bool `yaml:"logAllowed"`
}

// WAFMode is what becomes of a request that a rule matches.
type WAFMode string

// The modes of the WAF.
const (
	WAFBlock WAFMode = "block"
	WAFCount WAFMode = "count"
)

// RuleGroup is one of AWS's managed rule groups.
type RuleGroup struct {
	// CountRules are rules of the group that only count, by their names, since
	// they block what is meant to pass, such as SizeRestrictions_BODY.
	CountRules []string `yaml:"countRules"`
}

// RateLimit is how often an address may ask.
type RateLimit struct {
	// Requests are how many an address may make within the window, 10 to
	// 2,000,000,000.
	Requests int `yaml:"requests"`
	// WindowSeconds is 60, 120, 300 or 600.
	WindowSeconds int `yaml:"windowSeconds"`
	// Path is how the paths begin that count, such as /api/login; all if empty.
	Path string `yaml:"path"`
}

// Shield is AWS Shield Advanced, against floods. Shield Standard costs nothing
// and is always there.
type Shield struct {
	// Enabled protects the CDN and a created zone with Shield Advanced. It costs
	// 3,000 USD a month, for a year, once for an organisation.
	Enabled bool `yaml:"enabled"`
	// AcceptMonthlyUSD is 3000: whoever enables it says that they know the price.
	AcceptMonthlyUSD int `yaml:"acceptMonthlyUsd"`
	// Subscribed says that the account has the subscription already, its own or
	// its organisation's. Without it the stack takes one out.
	Subscribed bool `yaml:"subscribed"`
}
