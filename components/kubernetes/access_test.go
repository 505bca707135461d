package kubernetes

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func TestAccess(t *testing.T) {
	g := simtest.Run(t, inCluster(func(ctx *pulumi.Context, in pulumi.ResourceOption) error {
		_, err := NewAccess(ctx, "access", &AccessArgs{Labels: map[string]string{"explico.io/team": "platform"}, Bindings: map[string]Binding{
			"oncall": {Kind: "Group", Name: "oncall@example.com", Role: "view"},
			"ada":    {Kind: "User", Name: "ada@example.com", Role: "edit", Namespaces: []string{"default", "kube-public"}},
		}}, in)
		return err
	}))
	g.CheckHouse(t)
	all := g.One(t, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "access-oncall-everywhere").Inputs
	if all.String("roleRef.name") != "view" || all.String("subjects[].kind") != "Group" || all.String("subjects[].name") != "oncall@example.com" {
		t.Errorf("got %v", all)
	}
	for _, namespace := range []string{"default", "kube-public"} {
		one := g.One(t, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "access-ada-"+namespace).Inputs
		if one.String("metadata.namespace") != namespace || one.String("roleRef.kind") != "ClusterRole" || one.String("subjects[].name") != "ada@example.com" {
			t.Errorf("%s: got %v", namespace, one)
		}
	}
}

// Some clusters let critical pods run only where a quota names their classes.
func TestNamespaceOfCriticalPods(t *testing.T) {
	for _, critical := range []bool{false, true} {
		g := simtest.Run(t, space(func(a *NamespaceArgs) { a.Critical = critical }))
		quotas := g.All("kubernetes:core/v1:ResourceQuota")
		if !critical {
			if len(quotas) != 1 {
				t.Errorf("got %d quotas, want one", len(quotas))
			}
			continue
		}
		q := g.One(t, "kubernetes:core/v1:ResourceQuota", "namespace-shop-critical-pods").Inputs
		if q.String("spec.scopeSelector.matchExpressions[].scopeName") != "PriorityClass" || q.String("spec.hard.pods") != "40" {
			t.Errorf("got %v", q)
		}
	}
}

// A load balancer may show the gateway's own certificate, be asked for without a
// class, and need notes on the Service behind it.
func TestEntranceBehindAnotherBalancer(t *testing.T) {
	args := &EntranceArgs{
		Hosts: []string{"api.example.com"}, Issuer: "ca", Replicas: 1,
		Balancer: &BalancerArgs{Certificate: true, Service: map[string]string{"cloud/backend": "gateway"}},
	}
	spec := args.ingress().Body["spec"].(Map)
	if _, has := spec["ingressClassName"]; has {
		t.Error("there is a class, though none is named")
	}
	if tls := spec["tls"].(List)[0].(Map); tls["secretName"] != entranceSecret {
		t.Errorf("it shows %v", tls)
	}
	service := args.values()["service"].(Map)
	if notes := service["annotations"].(map[string]string); notes["cloud/backend"] != "gateway" || service["type"] != "ClusterIP" {
		t.Errorf("the Service has %v", service)
	}
	args.Balancer = &BalancerArgs{Class: "alb"}
	spec = args.ingress().Body["spec"].(Map)
	if _, has := spec["tls"].(List)[0].(Map)["secretName"]; has || spec["ingressClassName"] != "alb" {
		t.Errorf("got %v", spec)
	}
	if _, has := args.values()["service"].(Map)["annotations"]; has {
		t.Error("the Service has notes that nobody asked for")
	}
}
