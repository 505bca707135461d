package settings

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/versions"
)

func (c *checker) endpoint() {
	if v, known := c.s.Cluster.Version, versions.Kubernetes(); !slices.Contains(known, v) {
		c.bad(BadVersion, "cluster.version", shown(v), oneOf(v, known))
	}
	e := c.s.Cluster.Endpoint
	switch {
	case e.Mode == EndpointRestricted && len(e.CIDRs) == 0:
		c.bad(EndpointRanges, "cluster.endpoint.cidrs", "nothing", "the public ranges that may call the API, since mode is restricted", "cluster.endpoint.mode")
	case e.Mode != EndpointRestricted && len(e.CIDRs) > 0:
		c.bad(EndpointRanges, "cluster.endpoint.cidrs", plural(len(e.CIDRs), "range"),
			fmt.Sprintf("none, since mode is %s, or mode: restricted", e.Mode), "cluster.endpoint.mode")
	}
	if e.Mode == EndpointPublic {
		c.warn(PublicEndpoint, "cluster.endpoint.mode", "public: anyone may try to log in", "private, or restricted to the ranges of your offices and runners")
	}
	for i, text := range e.CIDRs {
		c.caller(fmt.Sprintf("cluster.endpoint.cidrs[%d]", i), text)
	}
	c.proxy(e.ProxyURL)
}

// caller checks one range that may call the Kubernetes API.
func (c *checker) caller(path, text string) {
	p, ok := c.cidr(path, text)
	switch {
	case !ok:
	case p.Bits() == 0:
		c.bad(OpenEndpoint, path, text, "your own ranges, or mode: public to say it openly", "cluster.endpoint.mode")
	case blockOf(p, append([]netip.Prefix{sharedBlock}, privateBlocks...)).IsValid():
		c.bad(BadRange, path, text, "a public range: private addresses reach the API from inside the network anyway")
	case blockOf(p, exampleBlocks).IsValid():
		c.warn(ExampleValue, path, text+", a range reserved for documentation", "the public addresses of your offices, VPN or runners")
	}
}

func (c *checker) proxy(text string) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) || u.User != nil {
		got := shown(text)
		if strings.Contains(text, "@") {
			got = "a URL with a login" // not shown: it holds a password
		}
		c.bad(BadProxy, "cluster.endpoint.proxyUrl", got, "an http, https or socks5 URL without a login, such as socks5://localhost:1080")
	}
}

func (c *checker) access() {
	entries := c.s.Cluster.Access
	c.names("cluster.access", ordered(entries))
	for _, name := range ordered(entries) {
		a, path := entries[name], child("cluster.access", name)
		if a.Role == "" {
			c.missing(path+".role", Capabilities()[c.s.Cloud].member)
		}
		if a.Level == "" {
			c.missing(path+".level", oneOf("", a.Level.words()))
		}
		if a.Level == AccessClusterAdmin && len(a.Namespaces) > 0 {
			c.bad(AdminLimited, path+".namespaces", plural(len(a.Namespaces), "namespace"),
				"none: a clusterAdmin rules the whole cluster; admin can be limited", path+".level")
		}
		for i, ns := range a.Namespaces {
			if !labelShape.MatchString(ns) || len(ns) > 63 {
				c.bad(BadName, fmt.Sprintf("%s.namespaces[%d]", path, i), shown(ns), "a namespace: up to 63 lower-case letters, digits and hyphens")
			}
		}
	}
	for i, name := range ordered(entries) {
		for _, other := range ordered(entries)[:i] {
			if role := entries[name].Role; role != "" && role == entries[other].Role {
				c.bad(SharedRole, child("cluster.access", name)+".role", role, "a role without an entry: "+other+" has it", child("cluster.access", other)+".role")
			}
		}
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
