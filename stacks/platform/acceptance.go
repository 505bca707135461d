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
	a.text("network.id")
	a.check("network.cidr", func(v string) error { _, err := netip.ParsePrefix(v); return err })
	a.atLeast("network.zones", 2)
	a.compute()
	a.check("database.host", isHost)
	a.port("database.port")
	a.text("database.name")
	a.text("database.secret")
	a.atLeast("database.readers", 0)
	for _, purpose := range []string{"assets", "uploads", "logs", "backups"} {
		a.text("buckets." + purpose)
	}
	a.text("cdn.id")
	a.check("cdn.url", isHTTPS)
	a.text("alerts.p0")
	a.text("alerts.p1")
	return a.errs
}

// compute wants either a Kubernetes cluster, or services with their addresses.
func (a *acceptance) compute() {
	switch a.get("compute") {
	case string(Kubernetes):
		a.text("cluster.name")
		a.text("cluster.version")
		a.check("cluster.endpoint", isHTTPS)
		a.check("cluster.issuer", isHTTPS)
		a.check("kubeconfig", hasNoCredentials)
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

func (a *acceptance) port(path string) {
	n, ok := a.get(path).(float64)
	if i, isInt := a.get(path).(int); isInt {
		n, ok = float64(i), true
	}
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
