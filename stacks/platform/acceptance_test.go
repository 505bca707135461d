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
			"host": "db.example", "port": 5432.0, "name": "explico", "secret": "ref", "readers": []any{},
		},
		"buckets": map[string]any{"assets": "a", "uploads": "u", "logs": "l", "backups": "b"},
		"cdn":     map[string]any{"id": "E1", "url": "https://cdn.example"},
		"alerts":  map[string]any{"p0": "t0", "p1": "t1"},
	}
}

func TestAccept(t *testing.T) {
	if errs := Accept(good()); len(errs) != 0 {
		t.Errorf("good outputs are refused: %v", errs)
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

func TestAcceptRefuses(t *testing.T) {
	for path, bad := range map[string]any{
		"cloud": "", "region": 3, "network.id": nil, "network.cidr": "10.0.0.0", "network.zones": []any{"a"},
		"compute": "metal", "cluster.name": "", "cluster.version": 1.34, "cluster.endpoint": "http://c", "cluster.issuer": "i",
		"kubeconfig":    `{"users":[{"user":{"token":"abc"}}]}`,
		"database.host": "db.example:5432", "database.port": 0.0, "database.name": "", "database.secret": "",
		"database.readers": nil, "buckets.assets": "", "buckets.uploads": nil, "buckets.logs": "", "buckets.backups": "",
		"cdn.id": "", "cdn.url": "d1.example", "alerts.p0": "", "alerts.p1": nil,
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
