package kubernetes

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/aws"
)

type m = map[string]any

// ground is a cluster with a namespace in it, to try things on.
type ground struct {
	t       *testing.T
	cloud   *simcloud.Cloud
	session simcloud.Session
	n       int
}

func newGround(t *testing.T) *ground {
	g := &ground{t: t, cloud: simcloud.New(Catalog(), aws.Catalog()), session: simcloud.Session{Account: LocalCluster}}
	g.make("v1", "Namespace", "", "shop", m{"metadata": m{"labels": m{
		"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.35",
	}}})
	g.make("v1", "ServiceAccount", "shop", "web", nil)
	return g
}

// object is an object; body's metadata is added to.
func object(apiVersion, kind, namespace, name string, body m) simcloud.Values {
	in := simcloud.Values{"apiVersion": apiVersion, "kind": kind}
	metadata := m{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	for k, v := range body {
		if k == "metadata" {
			maps.Copy(metadata, v.(m))
			continue
		}
		in[k] = v
	}
	in["metadata"] = metadata
	return in
}

// try creates an object.
func (g *ground) try(apiVersion, kind, namespace, name string, body m) error {
	_, err := g.create(object(apiVersion, kind, namespace, name, body))
	return err
}

func (g *ground) create(in simcloud.Values) (*simcloud.Record, error) {
	g.n++
	token := tokenOf(in.String("apiVersion"), in.String("kind"))
	return g.cloud.Create(g.session, token, fmt.Sprintf("urn:%s:%d", token, g.n), in)
}

// make creates an object and fails the test where the cluster refuses.
func (g *ground) make(apiVersion, kind, namespace, name string, body m) *simcloud.Record {
	g.t.Helper()
	r, err := g.create(object(apiVersion, kind, namespace, name, body))
	if err != nil {
		g.t.Fatalf("creating %s %s: %v", kind, name, err)
	}
	return r
}

// update changes an object.
func (g *ground) update(r *simcloud.Record, in simcloud.Values) error {
	_, err := g.cloud.Update(g.session, r.Type, r.ID, r.Hint, in)
	return err
}

func (g *ground) remove(r *simcloud.Record) error { return g.cloud.Delete(g.session, r.Type, r.ID) }

// release installs a chart into kube-system.
func (g *ground) release(chart string, values m) (*simcloud.Record, error) {
	g.n++
	in := simcloud.Values{"chart": chart, "name": chart, "namespace": "kube-system", "version": "1.0.0", "values": values}
	if repository, _, _ := strings.Cut(charts()[chart].repository, " "); strings.HasPrefix(repository, "oci://") {
		in["chart"] = repository + "/" + chart
	} else {
		in["repositoryOpts"] = m{"repo": repository}
	}
	return g.cloud.Create(g.session, releaseToken, fmt.Sprintf("urn:release:%d", g.n), in)
}

// install is release, and fails the test where it is refused.
func (g *ground) install(chart string) *simcloud.Record {
	g.t.Helper()
	r, err := g.release(chart, m{"crds": m{"enabled": true}})
	if err != nil {
		g.t.Fatal(err)
	}
	return r
}

// publish makes the objects of a published file, and returns them.
func (g *ground) publish(file string) []simcloud.Child {
	g.t.Helper()
	all, err := g.cloud.Construct(configFileToken, simcloud.Values{"file": file})
	if err != nil {
		g.t.Fatal(err)
	}
	for _, c := range all {
		if _, err := g.cloud.Create(g.session, c.Token, c.Name, c.In); err != nil {
			g.t.Fatal(err)
		}
	}
	return all
}

// pod is a pod template that meets the standard restricted, with changes to the
// pod and to its container.
func pod(spec, container m) m {
	c := m{
		"name": "web", "image": "example.org/web:1.0.0", "ports": []any{m{"name": "http", "containerPort": 8080}},
		"securityContext": m{"allowPrivilegeEscalation": false, "capabilities": m{"drop": []any{"ALL"}}},
	}
	maps.Copy(c, container)
	s := m{
		"serviceAccountName": "web", "containers": []any{c},
		"securityContext": m{"runAsNonRoot": true, "seccompProfile": m{"type": "RuntimeDefault"}},
	}
	maps.Copy(s, spec)
	return m{"metadata": m{"labels": m{"app.kubernetes.io/name": "web"}}, "spec": s}
}

// deployment is the body of a Deployment of such pods.
func deployment(spec, container m) m {
	return m{
		"metadata": m{"labels": m{"app.kubernetes.io/name": "web"}},
		"spec":     m{"selector": m{"matchLabels": m{"app.kubernetes.io/name": "web"}}, "template": pod(spec, container)},
	}
}

// web tries a Deployment with changes to its pod and its container.
func (g *ground) web(spec, container m) error {
	return g.try("apps/v1", "Deployment", "shop", "web", deployment(spec, container))
}

// refusal is something that the cluster refuses, and the words that it must use.
type refusal struct {
	name string
	do   func(g *ground) error
	want string
}

func runRefusals(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := c.do(newGround(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
