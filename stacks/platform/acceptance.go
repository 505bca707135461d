package platform

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Accept says what is wrong with a platform's resolved outputs, whichever cloud
// they come from: as captured from a program or as pulumi stack output --json
// --show-secrets prints them. It is the acceptance suite that every cloud
// passes.
func Accept(outputs map[string]any) []error {
	a := &acceptance{outputs: outputs}
	a.text("cloud")
	a.text("region")
	a.lacking()
	a.unless("network", "network.id", func() {
		a.text("network.id")
		a.check("network.cidr", func(v string) error { _, err := netip.ParsePrefix(v); return err })
		a.atLeast("network.zones", 2)
	})
	a.compute()
	a.check("database.host", isHost)
	a.port("database.port")
	a.check("database.poolHost", isHost)
	a.text("database.name")
	a.text("database.secret")
	a.atLeast("database.readers", 0)
	a.secrets()
	a.unless("registry", "registry.images", func() {
		a.texts("registry.images", 1)
		a.texts("registry.mirrors", 0)
	})
	for _, purpose := range []string{"assets", "uploads", "logs", "backups"} {
		a.text("buckets." + purpose)
	}
	a.objects()
	a.unless("cdn", "cdn.id", func() {
		a.text("cdn.id")
		a.check("cdn.url", isHTTPS)
	})
	a.zone()
	a.unless("alerts", "alerts.p0", func() {
		a.text("alerts.p0")
		a.text("alerts.p1")
	})
	if _, ok := outputs["ci"]; ok { // a stack may have no identity for jobs, but not half of one
		a.text("ci.preview")
		a.text("ci.deploy")
	}
	a.backup()
	return a.errs
}

// compute wants either a Kubernetes cluster, or services with their addresses.
func (a *acceptance) compute() {
	switch a.get("compute") {
	case string(Kubernetes):
		a.cache()
		a.text("cluster.name")
		a.text("cluster.version")
		a.check("cluster.endpoint", isHTTPS)
		a.check("cluster.issuer", isHTTPS)
		a.unless("access", "kubeconfig", func() { a.check("kubeconfig", hasNoCredentials) })
	case string(Services):
		services, ok := a.get("services").(map[string]any)
		if !ok || len(services) == 0 {
			a.fail("services", fmt.Errorf("got %v, want at least one service", a.get("services")))
		}
		for _, name := range slices.Sorted(maps.Keys(services)) {
			a.check("services."+name, isHTTPS)
		}
	default:
		a.fail("compute", fmt.Errorf("got %v, want %s or %s", a.get("compute"), Kubernetes, Services))
	}
}

type acceptance struct {
	outputs map[string]any
	errs    []error
}

func (a *acceptance) get(path string) any {
	var at any = a.outputs
	for key := range strings.SplitSeq(path, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[key]
	}
	return at
}

// optional are the parts that a cloud may have no counterpart of.
var optional = []string{"access", "alerts", "cdn", "network", "registry"}

// lacking wants a reason for every part that is lacking, and no other parts.
func (a *acceptance) lacking() {
	lacks, _ := a.get("lacks").(map[string]any)
	for _, part := range slices.Sorted(maps.Keys(lacks)) {
		if reason, _ := lacks[part].(string); reason == "" || !slices.Contains(optional, part) {
			a.fail("lacks."+part, fmt.Errorf("got %v, want a reason for one of %s", lacks[part], strings.Join(optional, ", ")))
		}
	}
}

// unless checks a part, or that nothing is at a path of it where it is lacking.
func (a *acceptance) unless(part, path string, check func()) {
	lacks, _ := a.get("lacks").(map[string]any)
	if _, lacking := lacks[part]; !lacking {
		check()
		return
	}
	switch v := a.get(path).(type) {
	case nil:
	case string:
		if v != "" {
			a.fail(path, fmt.Errorf("got %s, want nothing: the platform lacks it", v))
		}
	case map[string]any:
		if len(v) > 0 {
			a.fail(path, fmt.Errorf("got %v, want nothing: the platform lacks it", v))
		}
	}
}

// objects wants the address of the buckets and the keys to it, or neither where
// the cloud's own clients know the one and identities are the other.
func (a *acceptance) objects() {
	endpoint, _ := a.get("objects.endpoint").(string)
	secret, _ := a.get("objects.secret").(string)
	switch {
	case endpoint == "" && secret == "":
	case !strings.HasPrefix(endpoint, "http://") && !strings.HasPrefix(endpoint, "https://"):
		a.fail("objects.endpoint", fmt.Errorf("got %q, want a URL", endpoint))
	case secret == "":
		a.fail("objects.secret", fmt.Errorf("got nothing, want the reference of the secret with the keys"))
	}
}

func (a *acceptance) fail(path string, err error) {
	a.errs = append(a.errs, fmt.Errorf("output %s: %w", path, err))
}

func (a *acceptance) text(path string) {
	a.check(path, func(string) error { return nil })
}

func (a *acceptance) check(path string, test func(string) error) {
	v, ok := a.get(path).(string)
	if !ok || v == "" {
		a.fail(path, fmt.Errorf("got %v, want a text", a.get(path)))
		return
	}
	if err := test(v); err != nil {
		a.fail(path, err)
	}
}

func (a *acceptance) atLeast(path string, n int) {
	list, ok := a.get(path).([]any)
	if !ok || len(list) < n {
		a.fail(path, fmt.Errorf("got %v, want a list of at least %d", a.get(path), n))
	}
}

// texts wants a map of at least n texts.
func (a *acceptance) texts(path string, n int) {
	all, ok := a.get(path).(map[string]any)
	if !ok || len(all) < n {
		a.fail(path, fmt.Errorf("got %v, want at least %d texts by name", a.get(path), n))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if text, isText := all[name].(string); !isText || text == "" {
			a.fail(path, fmt.Errorf("%s: got %v, want a text", name, all[name]))
		}
	}
}

// cache wants an address and a way in.
func (a *acceptance) cache() {
	a.check("cache.host", isHost)
	a.port("cache.port")
	a.check("cache.reader", isHost)
	a.cacheLogin()
}

// cacheLogin wants a way to log in to the cache: users with identities of the
// cloud, or a secret, or that it is said to be open.
func (a *acceptance) cacheLogin() {
	if open, _ := a.get("cache.open").(bool); open {
		return
	}
	if secret, _ := a.get("cache.secret").(string); secret == "" {
		a.texts("cache.users", 1)
	}
}

// secrets wants a store that an operator in the cluster can find.
func (a *acceptance) secrets() {
	a.text("secrets.store")
	a.texts("secrets.references", 0)
	if a.get("secrets.store") == "kubernetes" {
		a.text("secrets.path")
	}
	if a.get("secrets.store") == "vault" {
		a.check("secrets.address", isHTTPS)
		a.text("secrets.authMount")
		a.text("secrets.role")
		a.text("secrets.path")
	}
}

// zone wants a zone with all that belongs to it, or none at all.
func (a *acceptance) zone() {
	a.atLeast("dns.nameServers", 0)
	if a.get("dns.zone") == "" && a.get("dns.zoneId") == "" && a.get("dns.ds") == "" {
		if list, _ := a.get("dns.nameServers").([]any); len(list) > 0 {
			a.fail("dns.nameServers", fmt.Errorf("got %v, want none: there is no zone", list))
		}
		return
	}
	a.check("dns.zone", isHost)
	a.text("dns.zoneId")
	a.atLeast("dns.nameServers", 2)
	if _, isText := a.get("dns.ds").(string); !isText {
		a.fail("dns.ds", fmt.Errorf("got %v, want a text, perhaps an empty one", a.get("dns.ds")))
	}
}

// backup wants a vault and a plan where there are backups, and neither where
// there are none.
func (a *acceptance) backup() {
	days, ok := a.number("backup.days")
	if !ok || days < 0 {
		a.fail("backup.days", fmt.Errorf("got %v, want a number of days", a.get("backup.days")))
		return
	}
	for _, path := range []string{"backup.vault", "backup.plan"} {
		if days > 0 {
			a.text(path)
		} else if a.get(path) != "" {
			a.fail(path, fmt.Errorf("got %v without backups", a.get(path)))
		}
	}
	if back, ok := a.number("backup.continuousDays"); !ok || back < 0 || back > 0 && days == 0 {
		a.fail("backup.continuousDays", fmt.Errorf("got %v, want a number of days, and 0 without backups", a.get("backup.continuousDays")))
	}
}

func (a *acceptance) number(path string) (float64, bool) {
	if i, isInt := a.get(path).(int); isInt {
		return float64(i), true
	}
	n, ok := a.get(path).(float64)
	return n, ok
}

func (a *acceptance) port(path string) {
	n, ok := a.number(path)
	if !ok || n < 1 || n > 65535 {
		a.fail(path, fmt.Errorf("got %v, want a port", a.get(path)))
	}
}

func isHTTPS(v string) error {
	u, err := url.Parse(v)
	if err != nil {
		return err
	}
	if u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("got %s, want an https URL", v)
	}
	return nil
}

// isHost refuses what is no bare host name or address.
func isHost(v string) error {
	if _, _, err := net.SplitHostPort(v); err == nil || strings.Contains(v, "/") || !strings.Contains(v, ".") {
		return fmt.Errorf("got %s, want a host name without a port", v)
	}
	return nil
}

// hasNoCredentials wants a kubeconfig that runs a tool to get a token, and
// holds neither token, password nor client key.
func hasNoCredentials(v string) error {
	var k struct {
		Users []struct {
			User map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(v), &k); err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	if len(k.Users) == 0 {
		return fmt.Errorf("the kubeconfig has no user")
	}
	for _, u := range k.Users {
		for key := range u.User {
			if key != "exec" {
				return fmt.Errorf("the kubeconfig's user has %s, want exec and nothing else", key)
			}
		}
		if len(u.User["exec"]) == 0 {
			return fmt.Errorf("the kubeconfig's user has no exec plugin")
		}
	}
	return nil
}
