package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func (c *checker) domain() {
	d := c.s.Domain
	switch {
	case d.Name != "" && d.ZoneID == "" && !d.CreateZone:
		c.bad(HalfDomain, "domain.zoneId", "nothing", "the id of the hosted zone that holds the name, or createZone: true", "domain.name")
	case d.Name == "" && d.ZoneID != "":
		c.bad(HalfDomain, "domain.name", "nothing", "the host name of the frontend, since there is a zone", "domain.zoneId")
	}
	for _, path := range []string{"domain.name", "domain.zone"} {
		host := d.Name
		if path == "domain.zone" {
			host = d.Zone
		}
		if host != "" && !isHost(host) {
			c.bad(BadDomain, path, shown(host), "a host name in lower case such as app.example.com")
		} else if reserved(host) {
			c.warn(ExampleValue, path, host+", a name reserved for documentation", "your own name")
		}
	}
}

// isHost says whether a text is a host name in lower case with at least one dot.
func isHost(host string) bool {
	return domainShape.MatchString(host) && strings.Contains(host, ".") && len(host) <= 253 && !longLabel(host)
}

// reserved says whether nobody can have a name.
// Source: RFC 2606 and RFC 6761.
func reserved(host string) bool {
	return slices.ContainsFunc(strings.Fields("example example.com example.net example.org test invalid localhost"), func(top string) bool {
		return inZone(host, top)
	})
}

// inZone says whether a name is a zone's, or below it.
func inZone(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// zone checks where the domain is kept.
func (c *checker) zone() {
	d := c.s.Domain
	exists := d.ZoneID != ""
	switch {
	case exists && d.CreateZone:
		c.bad(ZoneChoice, "domain.createZone", "true beside an existing zone", "one of them: zoneId, or createZone: true", "domain.zoneId")
	case d.CreateZone && d.Zone == "":
		c.bad(ZoneChoice, "domain.zone", "nothing", "the name of the zone to create, such as example.com", "domain.createZone")
	case d.ParentZoneID != "" && !d.CreateZone:
		c.bad(ZoneChoice, "domain.parentZoneId", shown(d.ParentZoneID), "it left out: nothing is delegated without createZone: true")
	case d.Zone != "" && !d.CreateZone && !exists:
		c.bad(ZoneChoice, "domain.zone", shown(d.Zone), "createZone: true, or the zone's id in zoneId")
	}
	if d.Name != "" && d.Zone != "" && !inZone(d.Name, d.Zone) {
		c.bad(OutsideZone, "domain.name", shown(d.Name), "a name in the zone "+shown(d.Zone), "domain.zone")
	}
	switch {
	case d.DNSSEC != DNSSECNone && !d.CreateZone:
		c.bad(BadDNSSEC, "domain.dnssec", string(d.DNSSEC), "none: only a zone that the stack creates is signed", "domain.createZone")
	case d.DNSSEC == DNSSECTrusted && d.ParentZoneID == "":
		c.bad(BadDNSSEC, "domain.dnssec", "trusted", "parentZoneId, or signed: then put the stack's output dns.ds into the zone above yourself", "domain.parentZoneId")
	}
	if d.QueryLogs && !exists && !d.CreateZone {
		c.bad(LogsOfNoZone, "domain.queryLogs", "true without a zone", "zoneId or createZone: true")
	}
}

// origins checks what answers behind the CDN, and what browsers are to remember
// of it.
func (c *checker) origins() {
	d := c.s.CDN
	hosts := map[string]string{"cdn.apiOrigin": d.APIOrigin, "cdn.failoverOrigin": d.FailoverOrigin}
	for _, path := range ordered(hosts) {
		switch host := hosts[path]; {
		case host == "":
		case !isHost(host):
			c.bad(BadOrigin, path, shown(host), "a host name in lower case such as ingress.example.com")
		case host == c.s.Domain.Name:
			c.bad(BadOrigin, path, shown(host), "another name: under this one the CDN would ask itself", "domain.name")
		}
	}
	c.originSecrets()
	if d.HSTSPreload && c.s.Domain.Name == "" {
		c.bad(BadPreload, "cdn.hstsPreload", "true without a domain", "domain.name: browsers' lists take a domain of yours", "domain.name")
	}
}

var originSecretShape = regexp.MustCompile(`^[A-Za-z0-9]{32,128}$`)

// originSecrets checks what the CDN shows its API's origin.
func (c *checker) originSecrets() {
	const path = "cdn.originSecrets"
	secrets := c.s.CDN.OriginSecrets
	if len(secrets) > 0 && c.s.CDN.APIOrigin == "" {
		c.bad(BadOriginProof, path, plural(len(secrets), "secret"), "none without cdn.apiOrigin to show them to", "cdn.apiOrigin")
	}
	if len(secrets) > 2 {
		c.bad(BadOriginProof, path, plural(len(secrets), "secret"), "one, or two while the first follows the second")
	}
	for i, s := range secrets {
		if !s.Encrypted() && !originSecretShape.MatchString(s.Reveal()) {
			c.bad(BadOriginProof, fmt.Sprintf("%s[%d]", path, i), "a secret that is too short, too long or not of letters and digits", "32 to 128 letters and digits: openssl rand -hex 32")
		}
	}
}

// longLabel says whether a part of a host name is longer than DNS allows.
func longLabel(host string) bool {
	for label := range strings.SplitSeq(host, ".") {
		if len(label) > 63 {
			return true
		}
	}
	return false
}
