package gcp

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestZoneRefusals(t *testing.T) {
	w := newWorld(t)
	w.refuses("name", zoneToken, simcloud.Values{"name": "z", "dnsName": "example.com"}, "Invalid value for 'entity.managedZone.dnsName'")
	w.make(zoneToken, simcloud.Values{"name": "z", "dnsName": "example.com.", "dnssecConfig": map[string]any{"state": "on", "defaultKeySpecs": []any{map[string]any{"algorithm": "rsasha256"}}}})
	w.refuses("taken", zoneToken, simcloud.Values{"name": "z", "dnsName": "example.org."}, "named 'z' already exists")
	other := simcloud.Values{"name": "z", "dnsName": "example.com.", "dnssecConfig": map[string]any{"state": "on", "defaultKeySpecs": []any{map[string]any{"algorithm": "ecdsap256sha256"}}}}
	if _, err := w.cloud.Update(w.s, zoneToken, "projects/explico-test/managedZones/z", "", other); err == nil || !strings.Contains(err.Error(), "only be changed while DNSSEC is off") {
		t.Errorf("other keys: got %v", err)
	}
	record := func(name, kind string, values ...any) simcloud.Values {
		return simcloud.Values{"managedZone": "z", "name": name, "type": kind, "rrdatas": values}
	}
	w.make(recordToken, record("www.example.com.", "A", "192.0.2.1"))
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"taken":     {record("www.example.com.", "A", "192.0.2.2"), "named 'www.example.com. (A)' already exists"},
		"CNAME":     {record("www.example.com.", "CNAME", "a.example.com."), "cnameResourceRecordSetConflict"},
		"elsewhere": {record("www.example.org.", "A", "192.0.2.1"), "is not in the zone 'example.com.'"},
		"no dot":    {record("www.example.com", "A", "192.0.2.1"), "Invalid value for 'entity.change.additions[0].name'"},
		"address":   {record("a.example.com.", "A", "2001:db8::1"), "rrdata[0]': '2001:db8::1'"},
		"target":    {record("a.example.com.", "CNAME", "b.example.com"), "rrdata[0]"},
		"DS":        {record("a.example.com.", "DS", "1 2"), "rrdata[0]"},
		"apex":      {record("example.com.", "CNAME", "b.example.com."), "of the type 'SOA'"},
		"servers":   {record("example.com.", "NS", "b.example.com."), "named 'example.com. (NS)' already exists"},
		"no zone":   {with(record("a.example.com.", "A", "192.0.2.1"), simcloud.Values{"managedZone": "none"}), "named 'none' does not exist"},
	} {
		w.refuses(name, recordToken, c.in, c.words)
	}
	if err := w.cloud.Delete(w.s, zoneToken, "projects/explico-test/managedZones/z"); err == nil || !strings.Contains(err.Error(), "cannot be deleted because it contains one or more 'resource records'") {
		t.Errorf("a zone with records: got %v", err)
	}
}

// front makes a load balancer from a bucket on, and returns its parts by kind.
func (w *world) front() map[string]*simcloud.Record {
	w.t.Helper()
	w.make(bucketToken, simcloud.Values{"name": "site", "location": "EU"})
	edge := w.make(securityPolicyToken, simcloud.Values{"name": "edge", "type": "CLOUD_ARMOR_EDGE"})
	waf := w.make(securityPolicyToken, simcloud.Values{"name": "waf", "type": "CLOUD_ARMOR"})
	pages := w.make(backendBucketToken, simcloud.Values{"name": "pages", "bucketName": "site", "enableCdn": true, "edgeSecurityPolicy": edge.Out.String("selfLink")})
	urls := w.make(urlMapToken, simcloud.Values{"name": "urls", "defaultService": pages.Out.String("selfLink")})
	proof := w.make(authorizationToken, simcloud.Values{"name": "proof", "domain": "app.example.com"})
	cert := w.make(certificateToken, simcloud.Values{"name": "cert", "managed": map[string]any{"domains": []any{"app.example.com"}, "dnsAuthorizations": []any{proof.ID}}})
	certs := w.make(certificateMapToken, simcloud.Values{"name": "certs"})
	w.make(certificateEntryToken, simcloud.Values{"name": "entry", "map": "certs", "hostname": "app.example.com", "certificates": []any{cert.ID}})
	proxy := w.make(httpsProxyToken, simcloud.Values{"name": "proxy", "urlMap": urls.ID, "certificateMap": "//certificatemanager.googleapis.com/" + certs.ID})
	return map[string]*simcloud.Record{"edge": edge, "waf": waf, "pages": pages, "urls": urls, "proof": proof, "cert": cert, "certs": certs, "proxy": proxy}
}

func TestEdgeRefusals(t *testing.T) {
	w := newWorld(t)
	f := w.front()
	link := func(kind string) string { return f[kind].Out.String("selfLink") }
	matcher := func(paths ...any) map[string]any {
		return map[string]any{"name": "site", "defaultService": link("pages"), "pathRules": []any{map[string]any{"paths": paths, "service": link("pages")}}}
	}
	urls := simcloud.Values{"name": "u", "defaultService": link("pages")}
	cdn := func(p map[string]any) simcloud.Values {
		return simcloud.Values{"name": "b", "bucketName": "site", "cdnPolicy": p}
	}
	for name, c := range map[string]struct {
		token string
		in    simcloud.Values
		words string
	}{
		"bucket":          {backendBucketToken, simcloud.Values{"name": "b", "bucketName": "none"}, "The specified bucket none does not exist"},
		"policy's kind":   {backendBucketToken, simcloud.Values{"name": "b", "bucketName": "site", "edgeSecurityPolicy": link("waf")}, "must be CLOUD_ARMOR_EDGE"},
		"header":          {backendBucketToken, simcloud.Values{"name": "b", "bucketName": "site", "customResponseHeaders": []any{"nonsense"}}, "name: value"},
		"kept too long":   {backendBucketToken, cdn(map[string]any{"cacheMode": "FORCE_CACHE_ALL", "maxTtl": 10.0}), "Max TTL cannot be set"},
		"kept by clients": {backendBucketToken, cdn(map[string]any{"cacheMode": "FORCE_CACHE_ALL", "defaultTtl": 1.0, "clientTtl": 2.0}), "Client TTL must not be greater"},
		"edge, no CDN":    {backendServiceToken, simcloud.Values{"name": "s", "edgeSecurityPolicy": link("edge")}, "require Cloud CDN"},
		"service's kind":  {backendServiceToken, simcloud.Values{"name": "s", "securityPolicy": link("edge")}, "must be CLOUD_ARMOR."},
		"sampling":        {backendServiceToken, simcloud.Values{"name": "s", "logConfig": map[string]any{"sampleRate": 2.0}}, "between 0.0 and 1.0"},
		"no answer":       {urlMapToken, simcloud.Values{"name": "u"}, "Exactly one of defaultService"},
		"service unknown": {urlMapToken, with(urls, simcloud.Values{"defaultService": "projects/explico-test/global/backendBuckets/none"}), "was not found"},
		"wildcard":        {urlMapToken, with(urls, simcloud.Values{"pathMatchers": []any{matcher("/a*b")}}), "A wildcard may only follow the last slash"},
		"path twice":      {urlMapToken, with(urls, simcloud.Values{"pathMatchers": []any{matcher("/a", "/a")}}), "Duplicate path"},
		"host":            {urlMapToken, with(urls, simcloud.Values{"hostRules": []any{map[string]any{"hosts": []any{"*"}, "pathMatcher": "none"}}}), "no path matcher of that name"},
		"no certificate":  {httpsProxyToken, simcloud.Values{"name": "p", "urlMap": f["urls"].ID}, "At least one SSL certificate"},
		"map unknown":     {httpsProxyToken, simcloud.Values{"name": "p", "urlMap": f["urls"].ID, "certificateMap": "//certificatemanager.googleapis.com/none"}, "The certificate map"},
		"TLS":             {tlsPolicyToken, simcloud.Values{"name": "t", "profile": "RESTRICTED", "minTlsVersion": "TLS_1_0"}, "requires TLS_1_2"},
		"address":         {globalRuleToken, simcloud.Values{"name": "r", "target": f["proxy"].ID, "ipAddress": "192.0.2.1"}, "The address is not reserved"},
		"proof of another": {certificateToken, simcloud.Values{"name": "c", "managed": map[string]any{"domains": []any{"other.example.com"}, "dnsAuthorizations": []any{f["proof"].ID}}},
			"No DNS authorization found for the domain other.example.com"},
		"proof twice": {authorizationToken, simcloud.Values{"name": "again", "domain": "app.example.com"}, "already exists in the project"},
		"wildcard's":  {authorizationToken, simcloud.Values{"name": "wild", "domain": "*.example.com"}, "wildcards are not allowed"},
		"host twice":  {certificateEntryToken, simcloud.Values{"name": "e", "map": "certs", "hostname": "app.example.com", "certificates": []any{f["cert"].ID}}, "already has an entry for app.example.com"},
		"no host":     {certificateEntryToken, simcloud.Values{"name": "e", "map": "certs", "certificates": []any{f["cert"].ID}}, "Exactly one of hostname and matcher"},
	} {
		w.refuses(name, c.token, c.in, c.words)
	}
	for kind, token := range map[string]string{
		"edge": securityPolicyToken, "pages": backendBucketToken, "urls": urlMapToken, "proof": authorizationToken, "cert": certificateToken, "certs": certificateMapToken,
	} {
		if err := w.cloud.Delete(w.s, token, f[kind].ID); err == nil {
			t.Errorf("%s goes while it is in use", kind)
		}
	}
}

func TestForwardingConflict(t *testing.T) {
	w := newWorld(t)
	f := w.front()
	address := w.make(globalAddressToken, simcloud.Values{"name": "a", "addressType": "EXTERNAL"}).Out.String("address")
	rule := simcloud.Values{"name": "r", "target": f["proxy"].ID, "ipAddress": address, "ipProtocol": "TCP", "portRange": "443"}
	w.make(globalRuleToken, rule)
	w.refuses("twice", globalRuleToken, with(rule, simcloud.Values{"name": "r2"}), "is in-use and would result in a conflict")
	six := w.make(globalAddressToken, simcloud.Values{"name": "six", "addressType": "EXTERNAL", "ipVersion": "IPV6"}).Out.String("address")
	if !strings.Contains(six, ":") {
		t.Errorf("an IPv6 address is %s", six)
	}
}

func TestArmorRefusals(t *testing.T) {
	w := newWorld(t)
	last := map[string]any{"action": "allow", "priority": float64(lastPriority), "match": map[string]any{"versionedExpr": "SRC_IPS_V1", "config": map[string]any{"srcIpRanges": []any{"*"}}}}
	rule := func(action, expression string, more map[string]any) map[string]any {
		r := map[string]any{"action": action, "priority": 1.0, "match": map[string]any{"expr": map[string]any{"expression": expression}}}
		for k, v := range more {
			r[k] = v
		}
		return r
	}
	limit := func(seconds float64) map[string]any {
		return map[string]any{"rateLimitOptions": map[string]any{"rateLimitThreshold": map[string]any{"count": 10.0, "intervalSec": seconds}}}
	}
	policy := func(kind string, rules ...any) simcloud.Values {
		return simcloud.Values{"name": "p", "type": kind, "rules": append(rules, last)}
	}
	const waf = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})"
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"no default":       {simcloud.Values{"name": "p", "rules": []any{rule("deny(403)", waf, nil)}}, "There must be a default rule"},
		"same priority":    {policy("CLOUD_ARMOR", rule("deny(403)", waf, nil), rule("deny(403)", "true", nil)), "same priorities"},
		"action":           {policy("CLOUD_ARMOR", rule("block", waf, nil)), "Must be allow, deny(status)"},
		"rule set":         {policy("CLOUD_ARMOR", rule("deny(403)", "evaluatePreconfiguredWaf('sqli-v99')", nil)), "Unknown preconfigured rule set 'sqli-v99'"},
		"malformed":        {policy("CLOUD_ARMOR", rule("deny(403)", "origin.region_code.matches('^(X'", nil)), "malformed"},
		"edge with a set":  {policy("CLOUD_ARMOR_EDGE", rule("deny(403)", waf, nil)), "not supported for edge security policies"},
		"edge with a rate": {policy("CLOUD_ARMOR_EDGE", rule("throttle", "true", limit(60))), "not supported for edge security policies"},
		"rate unsaid":      {policy("CLOUD_ARMOR", rule("throttle", "true", nil)), "Must be set exactly for throttle"},
		"rate's window":    {policy("CLOUD_ARMOR", rule("throttle", "true", limit(61))), "Must be one of"},
		"ban unsaid":       {policy("CLOUD_ARMOR", rule("rate_based_ban", "true", limit(60))), "exactly for rate_based_ban"},
		"edge's adaption":  {with(policy("CLOUD_ARMOR_EDGE"), simcloud.Values{"adaptiveProtectionConfig": map[string]any{}}), "not supported for edge"},
	} {
		w.refuses(name, securityPolicyToken, c.in, c.words)
	}
	w.make(securityPolicyToken, policy("CLOUD_ARMOR", rule("throttle", "request.path.startsWith('/api')", limit(60))))
}

func TestMonitoringRefusals(t *testing.T) {
	w := newWorld(t)
	mail := w.make(channelToken, simcloud.Values{"type": "email", "labels": map[string]any{"email_address": "a@example.com"}})
	hook := w.make(channelToken, simcloud.Values{"type": "webhook_tokenauth", "labels": map[string]any{"url": "https://example.com"}})
	threshold := map[string]any{"displayName": "c", "conditionThreshold": map[string]any{"filter": `metric.type = "a.b/c"`, "comparison": "COMPARISON_GT", "duration": "60s"}}
	alert := func(conditions ...any) simcloud.Values {
		return simcloud.Values{"displayName": "a", "combiner": "OR", "conditions": conditions, "notificationChannels": []any{mail.ID}}
	}
	one := func(kind string, c map[string]any) map[string]any { return map[string]any{"displayName": "c", kind: c} }
	log := one("conditionMatchedLog", map[string]any{"filter": "x"})
	budget := simcloud.Values{
		"billingAccount": "012345-6789AB-CDEF01", "amount": map[string]any{"specifiedAmount": map[string]any{"units": "10", "currencyCode": "USD"}},
	}
	const budgetToken = "gcp:billing/budget:Budget"
	for name, c := range map[string]struct {
		token string
		in    simcloud.Values
		words string
	}{
		"kind":           {channelToken, simcloud.Values{"type": "fax"}, "must be a supported channel type"},
		"no address":     {channelToken, simcloud.Values{"type": "email"}, "['email_address']\" is required"},
		"address":        {channelToken, simcloud.Values{"type": "email", "labels": map[string]any{"email_address": "a"}}, "invalid value"},
		"clear hook":     {channelToken, simcloud.Values{"type": "webhook_tokenauth", "labels": map[string]any{"url": "http://example.com"}}, "must be an HTTPS URL"},
		"topic":          {channelToken, simcloud.Values{"type": "pubsub", "labels": map[string]any{"topic": "projects/explico-test/topics/none"}}, "the topic does not exist"},
		"channel":        {alertToken, with(alert(threshold), simcloud.Values{"notificationChannels": []any{"none"}}), "Cannot find resource none"},
		"no metric":      {alertToken, alert(one("conditionThreshold", map[string]any{"filter": "resource.type = \"x\""})), "must name one metric type"},
		"duration":       {alertToken, alert(one("conditionAbsent", map[string]any{"filter": `metric.type = "a"`, "duration": "90s"})), "multiple of 60 seconds"},
		"short absence":  {alertToken, alert(one("conditionAbsent", map[string]any{"filter": `metric.type = "a"`, "duration": "60s"})), "between 2 minutes"},
		"log, no limit":  {alertToken, alert(log), "notification_rate_limit is required"},
		"log and metric": {alertToken, alert(log, threshold), "must be the only one"},
		"limit":          {alertToken, with(alert(threshold), simcloud.Values{"alertStrategy": map[string]any{"notificationRateLimit": map[string]any{"period": "300s"}}}), "only allowed for log-match"},
		"two kinds":      {alertToken, alert(map[string]any{"conditionThreshold": threshold["conditionThreshold"], "conditionMatchedLog": map[string]any{"filter": "x"}}), "exactly one kind of condition"},
		"account":        {budgetToken, with(budget, simcloud.Values{"billingAccount": "x"}), "invalid value for billingAccount"},
		"no amount":      {budgetToken, with(budget, simcloud.Values{"amount": map[string]any{}}), "Exactly one of specified_amount"},
		"webhook":        {budgetToken, with(budget, simcloud.Values{"allUpdatesRule": map[string]any{"monitoringNotificationChannels": []any{hook.ID}}}), "only channels of type email"},
		"labels":         {budgetToken, with(budget, simcloud.Values{"budgetFilter": map[string]any{"labels": map[string]any{"a": "b", "c": "d"}}}), "only one label"},
	} {
		w.refuses(name, c.token, c.in, c.words)
	}
	w.make(alertToken, alert(threshold))
	w.make(budgetToken, budget)
	if err := w.cloud.Delete(w.s, channelToken, mail.ID); err == nil || !strings.Contains(err.Error(), "is still being referenced by") {
		t.Errorf("a channel in use: got %v", err)
	}
}

func TestBackupPlanRefusals(t *testing.T) {
	w := newWorld(t)
	good := simcloud.Values{"name": "daily", "location": "europe-west1", "cluster": "projects/explico-test/locations/europe-west1/clusters/none", "backupConfig": map[string]any{"allNamespaces": true}}
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"cluster":   {good, "Cluster projects/explico-test/locations/europe-west1/clusters/none was not found"},
		"place":     {with(good, simcloud.Values{"location": "eu"}), "Unknown region"},
		"lock":      {with(good, simcloud.Values{"retentionPolicy": map[string]any{"backupRetainDays": 7.0, "backupDeleteLockDays": 30.0}}), "at least backup_delete_lock_days"},
		"retention": {with(good, simcloud.Values{"retentionPolicy": map[string]any{"backupRetainDays": 400.0}}), "in the range (0 - 365)"},
		"schedule":  {with(good, simcloud.Values{"backupSchedule": map[string]any{"cronSchedule": "daily"}}), "invalid value for backupSchedule.cronSchedule"},
		"scope":     {with(good, simcloud.Values{"backupConfig": map[string]any{"includeSecrets": true}}), "Exactly one of all_namespaces"},
	} {
		w.refuses(name, backupPlanToken, c.in, c.words)
	}
}
