package platform

import (
	"strings"
	"testing"
)

// good are outputs that every clause of the contract accepts.
func good() map[string]any {
	return map[string]any{
		"compute": "kubernetes", "cloud": "aws", "region": "eu-west-1",
		"network": map[string]any{"id": "vpc-1", "cidr": "10.0.0.0/16", "zones": []any{"a", "b"}},
		"cluster": map[string]any{
			"name": "c", "version": "1.34", "endpoint": "https://c.example", "issuer": "https://i.example",
		},
		"kubeconfig": `{"users":[{"name":"u","user":{"exec":{"command":"aws"}}}]}`,
		"database": map[string]any{
			"host": "db.example", "poolHost": "pool.example", "port": 5432.0, "name": "explico", "secret": "ref", "readers": []any{},
		},
		"cache": map[string]any{
			"host": "cache.example", "port": 6379.0, "reader": "reader.example", "clustered": false,
			"users": map[string]any{"app": "explico-app"}, "secret": "",
		},
		"secrets": map[string]any{
			"store": "vault", "references": map[string]any{"backend": "ref"},
			"address": "https://vault.example", "authMount": "kubernetes", "role": "r", "path": "secret",
		},
		"registry": map[string]any{"images": map[string]any{"backend": "registry.example/backend"}, "mirrors": map[string]any{}},
		"buckets":  map[string]any{"assets": "a", "uploads": "u", "logs": "l", "backups": "b"},
		"objects":  map[string]any{"endpoint": "", "secret": ""},
		"cdn":      map[string]any{"id": "E1", "url": "https://cdn.example"},
		"alerts":   map[string]any{"p0": "t0", "p1": "t1"},
		"dns":      map[string]any{"zone": "example.com", "zoneId": "Z1", "nameServers": []any{"ns1", "ns2"}, "ds": ""},
		"ci":       map[string]any{"preview": "r0", "deploy": "r1"},
		"backup":   map[string]any{"vault": "v", "plan": "p", "days": 30.0, "continuousDays": 0.0},
	}
}

func TestAcceptNoZone(t *testing.T) {
	outputs := good()
	none := map[string]any{"zone": "", "zoneId": "", "nameServers": []any{}, "ds": ""}
	outputs["dns"] = none
	if errs := Accept(outputs); len(errs) != 0 {
		t.Errorf("a platform without a zone is refused: %v", errs)
	}
	none["nameServers"] = []any{"ns1", "ns2"}
	if errs := Accept(outputs); len(errs) != 1 {
		t.Errorf("name servers of no zone: got %v, want one error", errs)
	}
}

func TestAccept(t *testing.T) {
	if errs := Accept(good()); len(errs) != 0 {
		t.Errorf("good outputs are refused: %v", errs)
	}
}

// Not every stack is deployed by jobs.
func TestAcceptWithoutCI(t *testing.T) {
	outputs := good()
	delete(outputs, "ci")
	if errs := Accept(outputs); len(errs) != 0 {
		t.Errorf("outputs without CI are refused: %v", errs)
	}
}

func TestAcceptWithoutBackups(t *testing.T) {
	outputs := good()
	outputs["backup"] = map[string]any{"vault": "", "plan": "", "days": 0, "continuousDays": 0}
	if errs := Accept(outputs); len(errs) != 0 {
		t.Errorf("a stack without backups is refused: %v", errs)
	}
	outputs["backup"].(map[string]any)["plan"] = "p"
	outputs["backup"].(map[string]any)["continuousDays"] = 7.0
	if errs := Accept(outputs); len(errs) != 2 {
		t.Errorf("got %v, want a plan and continuous backups without backups refused", errs)
	}
}

// onServices are good outputs of a platform without Kubernetes.
func onServices(services any) map[string]any {
	outputs := good()
	delete(outputs, "cluster")
	delete(outputs, "kubeconfig")
	outputs["compute"], outputs["services"] = "services", services
	return outputs
}

func TestAcceptServices(t *testing.T) {
	if errs := Accept(onServices(map[string]any{"backend": "https://api.example/api"})); len(errs) != 0 {
		t.Errorf("good outputs are refused: %v", errs)
	}
	for want, bad := range map[string]any{
		"services:": map[string]any{}, "services.backend:": map[string]any{"backend": "http://api.example"}, "services.front:": map[string]any{"front": 3},
	} {
		if errs := Accept(onServices(bad)); len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("%v: got %v, want one error about %s", bad, errs, want)
		}
	}
}

// inCluster are good outputs of a cluster that keeps everything itself.
func inCluster() map[string]any {
	outputs := good()
	outputs["lacks"] = map[string]any{"network": "r", "access": "r", "registry": "r", "cdn": "r", "alerts": "r"}
	outputs["network"] = map[string]any{"id": "", "cidr": "", "zones": []any{}}
	outputs["registry"] = map[string]any{"images": map[string]any{}, "mirrors": map[string]any{}}
	outputs["cdn"] = map[string]any{"id": "", "url": ""}
	outputs["alerts"] = map[string]any{"p0": "", "p1": ""}
	outputs["objects"] = map[string]any{"endpoint": "http://s3.data.svc:8333", "secret": "s3"}
	outputs["secrets"] = map[string]any{"store": "kubernetes", "references": map[string]any{}, "path": "data"}
	cache := outputs["cache"].(map[string]any)
	cache["open"], cache["users"] = true, map[string]any{}
	delete(outputs, "kubeconfig")
	return outputs
}

func TestAcceptWhatACloudLacks(t *testing.T) {
	if errs := Accept(inCluster()); len(errs) != 0 {
		t.Errorf("a cluster that keeps everything itself is refused: %v", errs)
	}
	for path, bad := range map[string]any{
		"lacks.cdn": "", "lacks.database": "none", "network.id": "vpc-1", "registry.images": map[string]any{"a": "b"},
		"cdn.id": "E1", "alerts.p0": "t", "objects.endpoint": "s3.data", "objects.secret": "", "secrets.path": "",
	} {
		t.Run(path, func(t *testing.T) {
			outputs := inCluster()
			parent, child, _ := strings.Cut(path, ".")
			outputs[parent].(map[string]any)[child] = bad
			if errs := Accept(outputs); len(errs) != 1 || !strings.Contains(errs[0].Error(), path+":") {
				t.Errorf("got %v, want one error about %s", errs, path)
			}
		})
	}
	for _, part := range []string{"network", "access", "registry", "cdn", "alerts"} {
		outputs := inCluster()
		delete(outputs["lacks"].(map[string]any), part)
		if errs := Accept(outputs); len(errs) == 0 {
			t.Errorf("%s may be missing without a word", part)
		}
	}
}

func TestAcceptRefuses(t *testing.T) {
	for path, bad := range map[string]any{
		"cloud": "", "region": 3, "network.id": nil, "network.cidr": "10.0.0.0", "network.zones": []any{"a"},
		"compute": "metal", "cluster.name": "", "cluster.version": 1.34, "cluster.endpoint": "http://c", "cluster.issuer": "i",
		"kubeconfig":    `{"users":[{"user":{"token":"abc"}}]}`,
		"database.host": "db.example:5432", "database.port": 0.0, "database.name": "", "database.secret": "",
		"database.readers": nil, "database.poolHost": "pool", "cache.host": "cache.example:6379", "cache.port": 0.0, "cache.reader": "",
		"cache.users": map[string]any{}, "secrets.store": "", "secrets.references": map[string]any{"backend": ""},
		"secrets.address": "http://vault", "secrets.authMount": "", "secrets.role": "", "secrets.path": nil,
		"registry.images": map[string]any{}, "registry.mirrors": nil,
		"buckets.assets": "", "buckets.uploads": nil, "buckets.logs": "", "buckets.backups": "",
		"cdn.id": "", "cdn.url": "d1.example", "alerts.p0": "", "alerts.p1": nil,
		"dns.zone": "", "dns.zoneId": "", "dns.nameServers": []any{"ns1"}, "dns.ds": nil,
		"ci.preview": "", "ci.deploy": nil,
		"backup.vault": "", "backup.plan": nil, "backup.days": -1.0, "backup.continuousDays": "14",
	} {
		t.Run(path, func(t *testing.T) {
			outputs := good()
			at, last := outputs, path
			if parent, child, nested := strings.Cut(path, "."); nested {
				at, last = outputs[parent].(map[string]any), child
			}
			at[last] = bad
			errs := Accept(outputs)
			if len(errs) != 1 || !strings.Contains(errs[0].Error(), path+":") {
				t.Errorf("got %v, want one error about %s", errs, path)
			}
		})
	}
}
