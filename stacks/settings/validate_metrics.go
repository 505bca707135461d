package settings

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// metrics checks Prometheus, Grafana and the objectives.
func (c *checker) metrics() {
	m := c.s.Metrics
	if m.RetentionDays < 1 || m.RetentionDays > 365 {
		c.bad(BadSampleKeeping, "metrics.retentionDays", fmt.Sprint(m.RetentionDays), "1 to 365; remoteWrite for longer")
	}
	if m.StorageGiB < 5 || m.StorageGiB < m.RetentionDays/2 {
		c.bad(BadSampleKeeping, "metrics.storageGiB", fmt.Sprint(m.StorageGiB),
			"at least 5, and half a GiB for each day that is kept", "metrics.retentionDays")
	}
	if m.MemoryMiB < 512 {
		c.bad(BadSampleKeeping, "metrics.memoryMiB", fmt.Sprint(m.MemoryMiB), "at least 512")
	}
	counts := map[string]int{"metrics.replicas": m.Replicas, "metrics.alertmanagers": m.Alertmanagers}
	least := map[string]int{"metrics.replicas": 2, "metrics.alertmanagers": 3}
	for _, path := range ordered(counts) {
		switch n := counts[path]; {
		case n < 1 || n > 5:
			c.bad(BadWatchers, path, fmt.Sprint(n), "1 to 5")
		case c.protected() && n < least[path]:
			c.bad(BadWatchers, path, fmt.Sprint(n), fmt.Sprintf("at least %d, since the stack is protected", least[path]), "protect")
		}
	}
	if u, err := url.Parse(m.Runbooks); err != nil || u.Scheme != "https" || u.Host == "" || !strings.HasSuffix(m.Runbooks, "/") {
		c.bad(BadRunbooks, "metrics.runbooks", shown(m.Runbooks), "a URL such as https://example.com/docs/, with a slash at its end")
	}
	c.remoteWrite(m.RemoteWrite)
	c.grafana(m.Grafana)
	c.openCost(m.OpenCost)
	c.fetched("metrics.databaseSecret", m.DatabaseSecret)
}

func (c *checker) remoteWrite(r RemoteWrite) {
	switch {
	case r.URL == "" && r.Secret != "":
		c.bad(BadRemoteWrite, "metrics.remoteWrite.secret", shown(r.Secret), "a url to send samples to with it", "metrics.remoteWrite.url")
	case r.URL != "" && !httpsURL(r.URL):
		c.bad(BadRemoteWrite, "metrics.remoteWrite.url", shown(r.URL), "a URL that begins with https://")
	}
	c.fetched("metrics.remoteWrite.secret", r.Secret)
}

// openCost checks that somebody tells OpenCost the prices.
func (c *checker) openCost(o OpenCost) {
	const path = "metrics.openCost.secret"
	switch {
	case !o.Enabled && o.Secret != "":
		c.bad(BadOpenCost, path, shown(o.Secret), "it left out, or OpenCost enabled", "metrics.openCost.enabled")
	case o.Enabled && c.s.Cloud == GCPCloud && o.Secret == "":
		c.bad(BadOpenCost, path, "nothing", "the secret with an API key, which Google Cloud's prices are told for", "metrics.openCost.enabled")
	case c.s.Cloud != GCPCloud && o.Secret != "":
		c.bad(BadOpenCost, path, shown(o.Secret), "it left out: "+string(c.s.Cloud)+" tells its prices everyone", "cloud")
	}
	c.fetched(path, o.Secret)
}

func httpsURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// grafana checks single sign-on: all of it, or nothing.
func (c *checker) grafana(g Grafana) {
	const path = "metrics.grafana.sso"
	s := g.SSO
	if g.Host != "" && s.ClientID == "" {
		c.bad(OpenGrafana, "metrics.grafana.host", shown(g.Host), "single sign-on, since the name is known to others", path+".clientId")
	}
	c.grafanaHost(g.Host)
	texts := map[string]string{
		"name": s.Name, "clientId": s.ClientID, "secret": s.Secret, "authUrl": s.AuthURL, "tokenUrl": s.TokenURL, "apiUrl": s.APIURL,
	}
	given := s.Role != "" || len(s.Domains) > 0
	for _, text := range texts {
		given = given || text != ""
	}
	if !given {
		return
	}
	for _, key := range ordered(texts) {
		switch {
		case texts[key] == "":
			c.bad(BadSSO, path+"."+key, "nothing", "all of name, clientId, secret, authUrl, tokenUrl and apiUrl")
		case strings.HasSuffix(key, "Url") && !httpsURL(texts[key]):
			c.bad(BadSSO, path+"."+key, shown(texts[key]), "a URL that begins with https://")
		}
	}
	c.fetched(path+".secret", s.Secret)
}

// grafanaHost checks that there is a way in which answers for Grafana.
func (c *checker) grafanaHost(host string) {
	const path = "metrics.grafana.host"
	in := c.s.Ingress
	switch {
	case host == "":
	case !in.Enabled || in.Host == "":
		c.bad(NoWayIn, path, shown(host)+" without a way in", "ingress.enabled: true with a host (ingress.host, or domain), or it left out", "ingress.enabled", "ingress.host")
	case host == in.Host:
		c.bad(NoWayIn, path, shown(host)+", the services' own host", "a name of its own", "ingress.host")
	default:
		c.entranceHost(path, host)
	}
}

// onCall checks who is called.
func (c *checker) onCall() {
	o := c.s.OnCall
	switch {
	case o.Provider == NoOnCall && o.Secret != "":
		c.bad(BadOnCall, "oncall.secret", shown(o.Secret), "it left out, or a provider", "oncall.provider")
	case o.Provider != NoOnCall && o.Provider != "" && o.Secret == "":
		c.bad(BadOnCall, "oncall.secret", "nothing", "the secret with the key of "+string(o.Provider), "oncall.provider")
	}
	if o.EU && o.Provider != Opsgenie {
		c.bad(BadOnCall, "oncall.eu", "true", "it left out: it is Opsgenie's", "oncall.provider")
	}
	if o.Provider == NoOnCall && c.protected() {
		c.bad(NobodyOnCall, "oncall.provider", "none", "pagerduty or opsgenie, since the stack is protected", "protect")
	}
	if o.Provider == Opsgenie {
		c.warn(OpsgenieEnds, "oncall.provider", "opsgenie", "pagerduty: Opsgenie is not sold since 2025-06-04 and shut down on 2027-04-05")
	}
	if o.Heartbeat == "" && c.protected() {
		c.warn(NoHeartbeat, "oncall.heartbeat", "nothing", "the secret of a URL that misses its calls, since the stack is protected", "protect")
	}
	c.fetched("oncall.secret", o.Secret)
	c.fetched("oncall.heartbeat", o.Heartbeat)
}

// fetched checks a secret that the cluster fetches from the store: that it is
// there, and that the operator may read it. A Vault says itself who reads.
func (c *checker) fetched(path, name string) {
	if name == "" {
		return
	}
	s := c.s.Secrets
	if _, ok := s.Names[name]; !ok {
		c.bad(UnfetchedSecret, path, shown(name), oneOf(name, ordered(s.Names)), "secrets.names")
		return
	}
	c.fetchable(path, name)
}

// fetcher is the service account of what fetches secrets for the cluster.
const fetcher = "external-secrets/external-secrets"

// fetchable checks that the operator may read a secret that is there. Where no
// identity of a cloud reads secrets there is no such right.
func (c *checker) fetchable(path, name string) {
	s := c.s.Secrets
	if s.Store == VaultStore || c.lacks("secrets.readers") {
		return
	}
	if !slices.ContainsFunc(ordered(s.Readers), func(reader string) bool {
		r := s.Readers[reader]
		return r.ServiceAccount == fetcher && slices.Contains(r.Secrets, name)
	}) {
		c.bad(UnfetchedSecret, path, name+", which the cluster may not read", "it among the secrets of a reader with the service account "+fetcher, "secrets.readers")
	}
}
