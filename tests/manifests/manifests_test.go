package manifests

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestManifests checks every object of every stack and scenario.
func TestManifests(t *testing.T) {
	all := clusters(t)
	if len(all) == 0 {
		t.Fatal("no stack has a cluster")
	}
	findings := checked(t, all)
	for _, c := range all {
		findings = append(findings, scored(t, c)...)
	}
	left, idle := open(findings, waivers)
	for _, f := range left {
		t.Error(f)
	}
	for _, w := range idle {
		t.Errorf("nothing needs the waiver of %s for %s", w.check, w.object)
	}
	for _, w := range waivers {
		if w.reason == "" {
			t.Errorf("the waiver of %s for %s has no reason", w.check, w.object)
		}
	}
}

// bad are objects with mistakes, and what the checkers must find; nothing else
// may be found of them.
var bad = []struct{ objects, object, check, want string }{
	{"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}, daata: {}}", "ConfigMap shop/a", "strict", `unknown field "daata"`},
	{"{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: shop}, data: {a: 1}}", "ConfigMap shop/b", "strict", "cannot unmarshal number"},
	{"{apiVersion: apps/v1, kind: Deploymint, metadata: {name: a, namespace: shop}}", "Deploymint shop/a", "schema", "no definition of Deploymint in apps/v1"},
	{
		"{apiVersion: cloud.google.com/v1, kind: BackendConfig, metadata: {name: a, namespace: shop}, spec: {timeoutSecs: 60}}",
		"BackendConfig shop/a", "strict", `unknown field "spec.timeoutSecs"`,
	},
	{
		"{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: a, namespace: shop}, spec: {selfSined: {}}}",
		"Issuer shop/a", "schema", `unknown field "spec.selfSined"`,
	},
	{
		"{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a, namespace: shop}, spec: {secretName: a}}",
		"Certificate shop/a", "schema", "spec.issuerRef: Required value",
	},
	{
		"{apiVersion: cert-manager.io/v1alpha2, kind: Issuer, metadata: {name: b, namespace: shop}, spec: {selfSigned: {}}}",
		"Issuer shop/b", "schema", "its definition does not serve cert-manager.io/v1alpha2",
	},
	{
		"{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: a, namespace: shop}, spec: {gatewayClassName: a, listeners: [{name: a, port: 80, protocol: HTTP, tls: {mode: Passthrough}}]}}",
		"Gateway shop/a", "schema", "tls must not be specified for protocols",
	},
	{
		"{apiVersion: batch/v1, kind: Job, metadata: {name: a, namespace: shop}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}",
		"Job shop/a", "pod-security", `violates PodSecurity "restricted:v1.35": allowPrivilegeEscalation != false`,
	},
	{
		"{apiVersion: kibana.k8s.elastic.co/v1, kind: Kibana, metadata: {name: a, namespace: shop}, spec: {version: 9.0.0, podTemplate: {spec: {securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: kibana, resourcez: {}, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]}}}}",
		"Kibana shop/a", "strict", `unknown field "spec.containers[0].resourcez"`,
	},
	{
		"{apiVersion: argoproj.io/v1alpha1, kind: AnalysisTemplate, metadata: {name: a, namespace: shop}, spec: {metrics: [{name: a, provider: {job: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}}]}}",
		"AnalysisTemplate shop/a", "pod-security", "allowPrivilegeEscalation != false",
	},
	{
		"{apiVersion: batch/v1, kind: Job, metadata: {name: a, namespace: other}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}",
		"Job other/a", "pod-security", "its namespace is none of the program's",
	},
}

const shop = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.35}}}"

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// TestCheckersFind makes mistakes and wants each found.
func TestCheckersFind(t *testing.T) {
	c := cluster{name: "bad", objects: []map[string]any{parsed(t, shop)}}
	for _, b := range bad {
		c.objects = append(c.objects, parsed(t, b.objects))
	}
	findings := checked(t, []cluster{c})
	for _, b := range bad {
		if left, _ := open(findings, []waiver{{check: b.check, object: b.object, about: b.want}}); len(left) == len(findings) {
			t.Errorf("%s: want %s: %s, got %v", b.object, b.check, b.want, findings)
		}
	}
	for _, f := range findings {
		found := false
		for _, b := range bad {
			found = found || f.Object == b.object && f.Check == b.check
		}
		if !found {
			t.Errorf("found beside: %s", f)
		}
	}
}

// TestScoreFinds wants kube-score to find a Rollout without probes and limits.
func TestScoreFinds(t *testing.T) {
	c := cluster{name: "bad", unrendered: map[string]bool{"charts": true}, objects: []map[string]any{
		parsed(t, "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a, namespace: shop}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: 'a:latest'}]}}}}"),
		parsed(t, "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: shop}, spec: {podSelector: {matchLabels: {a: c}}}}"),
		parsed(t, "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: empty}, spec: {podSelector: {}}}"),
		parsed(t, "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: charts}, spec: {podSelector: {matchLabels: {a: c}}}}"),
	}}
	for name, image := range map[string]string{"pinned": "a:1@sha256:" + strings.Repeat("0", 64), "loose": "a:1"} {
		c.objects = append(c.objects, parsed(t, "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: "+name+", namespace: shop}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: '"+image+"'}]}}}}"))
	}
	findings := scored(t, c)
	for _, want := range []string{
		"Deployment shop/loose: container-image-pull-policy",
		"Deployment shop/a: container-image-tag", "Deployment shop/a: container-resources", "Deployment shop/a: pod-networkpolicy",
		"NetworkPolicy shop/a: networkpolicy-targets-pod",
	} {
		found := false
		for _, f := range findings {
			found = found || strings.HasPrefix(f.Object+": "+f.Check, want)
			if f.Object == "Deployment shop/pinned" && f.Check == "container-image-pull-policy" {
				t.Errorf("the image has a digest: %s", f)
			}
			if strings.Contains(f.Object, "charts/") || strings.Contains(f.Object, "empty/") {
				t.Errorf("these pods may come to be: %s", f)
			}
		}
		if !found {
			t.Errorf("kube-score does not find %s, but %v", want, findings)
		}
	}
}

func TestWaivers(t *testing.T) {
	findings := []finding{{"dev", "Job shop/a", "strict", "unknown field x"}, {"dev", "Job shop/b", "strict", "unknown field y"}}
	left, idle := open(findings, []waiver{{check: "strict", object: "Job shop/*", about: " x"}, {check: "schema", object: "*"}})
	if len(left) != 1 || left[0].Object != "Job shop/b" || len(idle) != 1 || idle[0].check != "schema" {
		t.Errorf("left %v, idle %v", left, idle)
	}
}
