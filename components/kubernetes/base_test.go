package kubernetes

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// inCluster is a program with a provider of the developer's current cluster.
func inCluster(program func(ctx *pulumi.Context, in pulumi.ResourceOption) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := NewProvider(ctx, "kubernetes", &ProviderArgs{Context: "kind-test"})
		if err != nil {
			return err
		}
		return program(ctx, pulumi.Providers(p))
	}
}

// space makes a namespace, edited.
func space(edit func(*NamespaceArgs)) pulumi.RunFunc {
	return inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		args := &NamespaceArgs{
			Labels: map[string]string{"explico.io/team": "platform"}, Version: "1.35",
			Quota: Quota{CPU: "8", Memory: "16Gi", Storage: "50Gi", Pods: 40},
		}
		edit(args)
		_, err := NewNamespace(ctx, "shop", args, in)
		return err
	})
}

func TestNamespaceIsGuarded(t *testing.T) {
	g := simtest.Run(t, space(func(a *NamespaceArgs) {
		a.Accounts = map[string]Account{"backend": {Annotations: map[string]string{"cloud/role": "r"}, PullSecrets: []string{"registry"}}}
	}))
	g.CheckHouse(t)
	labels := g.One(t, "kubernetes:core/v1:Namespace", "").Inputs
	for _, mode := range []string{"enforce", "audit", "warn"} {
		label := "pod-security.kubernetes.io/" + mode
		if got := at(labels, "metadata", "labels", label); got != "restricted" {
			t.Errorf("%s: got %v, want restricted", label, got)
		}
		if got := at(labels, "metadata", "labels", label+"-version"); got != "v1.35" {
			t.Errorf("%s-version: got %v, want v1.35", label, got)
		}
	}
	hard, _ := at(g.One(t, "kubernetes:core/v1:ResourceQuota", "").Inputs, "spec", "hard").(map[string]any)
	want := map[string]any{
		"requests.cpu": "8", "limits.memory": "16Gi", "requests.storage": "50Gi", "pods": "40",
		"services.loadbalancers": "0", "services.nodeports": "0",
	}
	if !maps.Equal(hard, want) {
		t.Errorf("quota: got %v, want %v", hard, want)
	}
	limits := g.One(t, "kubernetes:core/v1:LimitRange", "").Inputs
	if got := at(limits, "spec", "limits", 0, "default", "memory"); got != "512Mi" {
		t.Errorf("memory of a container that asks for nothing: got %v, want 512Mi", got)
	}
	for _, r := range g.Resources {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") && at(r.Inputs, "metadata", "labels", "explico.io/team") != "platform" {
			t.Errorf("%s has no labels", r.Name)
		}
	}
}

func TestAccountsHaveNoTokens(t *testing.T) {
	g := simtest.Run(t, space(func(a *NamespaceArgs) {
		a.Accounts = map[string]Account{"backend": {Annotations: map[string]string{"cloud/role": "r"}, PullSecrets: []string{"registry"}}}
	}))
	var names []string
	for _, account := range g.All("kubernetes:core/v1:ServiceAccount") {
		names = append(names, account.Inputs.String("metadata.name"))
		if got := account.Inputs.Get("automountServiceAccountToken"); got != false {
			t.Errorf("%s: automountServiceAccountToken is %v, want false", account.Name, got)
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"backend", "default"}) {
		t.Errorf("got the accounts %v, want backend, and default without a token", names)
	}
	backend := g.One(t, "kubernetes:core/v1:ServiceAccount", "namespace-shop-account-backend").Inputs
	if at(backend, "metadata", "annotations", "cloud/role") != "r" || at(backend, "imagePullSecrets", 0, "name") != "registry" {
		t.Errorf("the identity and the login to the registry are lost: %v", backend)
	}
}

// Nothing may be said before the guards are there, and all of it is refused
// unless it is named.
func TestNothingIsSaidUnnamed(t *testing.T) {
	g := simtest.Run(t, space(func(*NamespaceArgs) {}))
	deny := policySpec(t, g, "default-deny")
	types, _ := deny["policyTypes"].([]any)
	if selector, _ := deny["podSelector"].(map[string]any); len(selector) != 0 || len(types) != 2 || deny["ingress"] != nil || deny["egress"] != nil {
		t.Errorf("the default refuses not everything to everyone: %v", deny)
	}
	dns := simcloud.Values(policySpec(t, g, "allow-dns"))
	if at(dns, "egress", 0, "to", 0, "podSelector", "matchLabels", "k8s-app") != "kube-dns" ||
		at(dns, "egress", 0, "to", 0, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") != "kube-system" {
		t.Errorf("names are not resolved by the cluster's DNS: %v", dns)
	}
	if n := len(g.All("kubernetes:networking.k8s.io/v1:NetworkPolicy")); n != 2 {
		t.Errorf("got %d policies, want two", n)
	}
	for _, r := range g.All("kubernetes:networking.k8s.io/v1:NetworkPolicy") {
		if !slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, "::namespace-shop") }) {
			t.Errorf("%s does not come after its namespace", r.Name)
		}
	}
}

func TestLoadBalancersTakePortsOfNodes(t *testing.T) {
	g := simtest.Run(t, space(func(a *NamespaceArgs) { a.Quota.LoadBalancers = 2 }))
	hard, _ := at(g.One(t, "kubernetes:core/v1:ResourceQuota", "").Inputs, "spec", "hard").(map[string]any)
	if hard["services.loadbalancers"] != "2" || hard["services.nodeports"] != "20" {
		t.Errorf("got %v, want 2 load balancers and the ports of nodes that they take", hard)
	}
}

func TestNoStorageNoClaims(t *testing.T) {
	g := simtest.Run(t, space(func(a *NamespaceArgs) { a.Quota.Storage = "" }))
	hard, _ := at(g.One(t, "kubernetes:core/v1:ResourceQuota", "").Inputs, "spec", "hard").(map[string]any)
	if hard["persistentvolumeclaims"] != "0" || hard["requests.storage"] != nil {
		t.Errorf("got %v, want no claims", hard)
	}
}

func TestBadNamespaces(t *testing.T) {
	for want, edit := range map[string]func(*NamespaceArgs){
		"Version":     func(a *NamespaceArgs) { a.Version = "" },
		"Reason":      func(a *NamespaceArgs) { a.PodSecurity = Privileged },
		"Quota":       func(a *NamespaceArgs) { a.Quota = Quota{} },
		"From or To":  func(a *NamespaceArgs) { a.Flows = []Flow{{Name: "nobody"}} },
		"a name":      func(a *NamespaceArgs) { a.Flows = []Flow{{To: Internet()}} },
		"one of them": func(a *NamespaceArgs) { a.Flows = []Flow{{Name: "odd", To: []Peer{{}}}} },
		"everywhere": func(a *NamespaceArgs) {
			a.Flows = []Flow{{Name: "odd", To: []Peer{{Everywhere: true, Namespace: "x"}}}}
		},
	} {
		if _, err := simtest.Try("explico", "test", space(edit)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error about %s", err, want)
		}
	}
	if _, err := simtest.Try("explico", "test", space(func(a *NamespaceArgs) { a.PodSecurity, a.Reason = Privileged, "reads the node's files" })); err != nil {
		t.Errorf("a lower standard with a reason is refused: %v", err)
	}
}

func TestFlows(t *testing.T) {
	backend := map[string]string{"app": "backend"}
	spec, err := FlowPolicy(Flow{
		Name: "odd", Pods: backend, Ports: []int{443}, UDP: []int{8125},
		To: append(Internet(), Peer{Namespace: "data", Pods: backend}, Peer{Everywhere: true}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if spec["ingress"] != nil || !slices.Equal(spec["policyTypes"].(List), List{"Egress"}) {
		t.Errorf("a flow to others says who may come in: %v", spec)
	}
	rule := spec["egress"].(List)[0].(Map)
	to := rule["to"].(List)
	if len(to) != 4 || len(rule["ports"].(List)) != 2 {
		t.Fatalf("got %v", rule)
	}
	if except := to[0].(Map)["ipBlock"].(Map)["except"].([]string); !slices.Contains(except, "10.0.0.0/8") || !slices.Contains(except, "169.254.0.0/16") {
		t.Errorf("the internet holds private ranges: %v", to[0])
	}
	if peer := to[3].(Map); len(peer["namespaceSelector"].(Map)) != 0 || peer["podSelector"] != nil {
		t.Errorf("not all namespaces are selected: %v", peer)
	}
	both, err := FlowPolicy(Flow{Name: "within", From: []Peer{{Namespace: "a"}}, To: []Peer{{Namespace: "a"}}})
	if err != nil || !slices.Equal(both["policyTypes"].(List), List{"Ingress", "Egress"}) || both["ingress"] == nil || both["egress"] == nil {
		t.Errorf("got %v %v, want both directions", both, err)
	}
}

// policySpec is the specification of a namespace's network policy.
func policySpec(t *testing.T, g *simtest.Graph, name string) map[string]any {
	t.Helper()
	spec, ok := g.One(t, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "namespace-shop-"+name).Inputs.Get("spec").(map[string]any)
	if !ok {
		t.Fatalf("%s has no spec", name)
	}
	return spec
}

// at is a value inside others, whose keys may hold dots.
func at(v any, keys ...any) any {
	for _, key := range keys {
		if values, ok := v.(simcloud.Values); ok {
			v = map[string]any(values)
		}
		switch k := key.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}
