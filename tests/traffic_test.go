package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/deploy"
)

const (
	releaseToken = "kubernetes:helm.sh/v3:Release"
	ingressToken = "kubernetes:networking.k8s.io/v1:Ingress"
)

// albPrefix begins the annotations that the load balancer is asked for with.
const albPrefix = "alb.ingress.kubernetes.io/"

// reaches says whether a resource comes after others: what it depends on, and
// what that depends on. Whoever depends on a component depends on its children.
func reaches(g *simtest.Graph, from simtest.Resource) map[string]bool {
	byURN, children := map[string]simtest.Resource{}, map[string][]simtest.Resource{}
	for _, r := range g.Resources {
		byURN[r.URN] = r
		children[r.Parent] = append(children[r.Parent], r)
	}
	seen := map[string]bool{}
	var visit func(urn string)
	visit = func(urn string) {
		if seen[urn] {
			return
		}
		seen[urn] = true
		for _, child := range children[urn] {
			visit(child.URN)
		}
		for _, next := range byURN[urn].DependsOn {
			visit(next)
		}
	}
	for _, next := range from.DependsOn {
		visit(next)
	}
	return seen
}

// The load balancer goes before what takes it down, what keeps its name, the
// rights of both, and the network that it is in. Otherwise a destroy would hang
// on a network that cannot go.
func TestTheLoadBalancerGoesFirst(t *testing.T) {
	g := deploy.Scenario(t, "prod")
	ingress := g.One(t, ingressToken, "entrance-balancer")
	after := reaches(g, ingress)
	if gateway := g.One(t, releaseToken, "entrance"); !reaches(g, gateway)[g.One(t, releaseToken, "operator-external-dns-external-dns").URN] {
		t.Error("what keeps records does not outlive the gateway: it would be gone with the load balancer, before it sees that a host is")
	}
	for token, names := range map[string][]string{
		releaseToken: {"operator-balancer-aws-load-balancer-controller", "operator-external-dns-external-dns", "entrance", "mesh-istiod"},
		"aws:eks/podIdentityAssociation:PodIdentityAssociation": {"workload-ingress.load-balancer-controller", "workload-external-dns.external-dns"},
		"aws:iam/rolePolicy:RolePolicy":                         {"workload-ingress.load-balancer-controller-balancers"},
	} {
		for _, name := range names {
			if r := g.One(t, token, name); !after[r.URN] {
				t.Errorf("the load balancer does not come after %s: it would outlive it", name)
			}
		}
	}
	for _, r := range g.Resources {
		if (r.Type == releaseToken || r.Type == ingressToken) && r.Provider == "" {
			t.Errorf("%s has no provider: nothing says that it goes before the cluster", r.Name)
		}
	}
}

// What users reach has the stack's WAF, certificate, TLS and access log.
func TestTheWayIn(t *testing.T) {
	g := deploy.Scenario(t, "prod")
	ingress := g.One(t, ingressToken, "entrance-balancer")
	annotations, _ := ingress.Inputs.Get("metadata.annotations").(map[string]any)
	text := func(key string) string { s, _ := annotations[albPrefix+key].(string); return s }
	acl := ""
	for _, r := range g.All("aws:wafv2/webAcl:WebAcl") {
		if r.Inputs.String("scope") == "REGIONAL" {
			acl = r.Outputs.String("arn")
		}
	}
	if acl == "" || text("wafv2-acl-arn") != acl {
		t.Errorf("the load balancer has the web ACL %q, want the regional one %q", text("wafv2-acl-arn"), acl)
	}
	certificates := g.All("aws:acm/certificate:Certificate")
	if !slices.ContainsFunc(certificates, func(r simtest.Resource) bool {
		return r.Outputs.String("arn") == text("certificate-arn") && r.Inputs.String("domainName") == "api.app.explico.example"
	}) {
		t.Errorf("the load balancer has the certificate %q, which is not the host's", text("certificate-arn"))
	}
	var public []string
	for _, r := range g.All("aws:ec2/subnet:Subnet") {
		if tags, _ := r.Inputs.Get("tags").(map[string]any); tags["kubernetes.io/role/elb"] != nil {
			public = append(public, r.ID)
		}
	}
	if got := strings.Split(text("subnets"), ","); len(public) == 0 || !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(public))) {
		t.Errorf("the load balancer is in the subnets %v, want %v", got, public)
	}
	for key, want := range map[string]string{
		"ssl-policy": "TLS13", "ssl-redirect": "443", "target-type": "ip", "backend-protocol": "HTTPS", "healthcheck-port": "15021",
		"load-balancer-attributes": "idle_timeout.timeout_seconds=65,access_logs.s3.enabled=true", "scheme": "internet-facing",
	} {
		if !strings.Contains(text(key), want) {
			t.Errorf("%s is %q, want %s in it", key, text(key), want)
		}
	}
	if host := ingress.Inputs.Strings("spec.rules[].host"); !slices.Equal(host, []string{"api.app.explico.example"}) {
		t.Errorf("the load balancer answers for %v", host)
	}
	// Without a domain nothing of the cluster is on the internet.
	if dev := deploy.Scenario(t, "dev"); len(dev.All(ingressToken)) != 0 {
		t.Error("dev has no domain, and a load balancer all the same")
	}
}

// Grafana has the same way in as the services, under a name of its own.
func TestTheWayInToGrafana(t *testing.T) {
	g := deploy.Scenario(t, "everything")
	const host = "grafana.app.prod.example.com"
	ingress := g.One(t, ingressToken, "entrance-balancer")
	if hosts := ingress.Inputs.Strings("spec.rules[].host"); !slices.Contains(hosts, host) {
		t.Errorf("the load balancer answers for %v", hosts)
	}
	annotations, _ := ingress.Inputs.Get("metadata.annotations").(map[string]any)
	if !slices.ContainsFunc(g.All("aws:acm/certificate:Certificate"), func(r simtest.Resource) bool {
		return r.Outputs.String("arn") == annotations[albPrefix+"certificate-arn"] && slices.Contains(r.Inputs.Strings("subjectAlternativeNames[]"), host)
	}) {
		t.Errorf("the load balancer's certificate %v is not for %s", annotations[albPrefix+"certificate-arn"], host)
	}
}

// Records are the stack's own: they go with the hosts, and nobody else's does.
func TestRecordsGoWithTheirHosts(t *testing.T) {
	for _, stack := range []string{"staging", "prod"} {
		values := deploy.Scenario(t, stack).One(t, releaseToken, "operator-external-dns-external-dns").Inputs
		if policy, owner := values.String("values.policy"), values.String("values.txtOwnerId"); policy != "sync" || owner != "explico-"+stack || values.String("values.registry") != "txt" {
			t.Errorf("%s: records have the policy %s and the owner %s", stack, policy, owner)
		}
	}
}

// A service's rights in the cloud are there before its pods.
func TestServicesHaveTheirRolesFirst(t *testing.T) {
	g := deploy.Scenario(t, "everything")
	for _, name := range []string{"backend", "ai-inference"} {
		role := g.One(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "workload-explico."+name)
		rights := g.One(t, "aws:iam/rolePolicy:RolePolicy", "workload-explico."+name+"-buckets")
		service := g.One(t, "explico:kubernetes:Service", "service-"+name) // its parts wait for it
		if after := reaches(g, service); !after[role.URN] || !after[rights.URN] {
			t.Errorf("%s starts before it has its rights", name)
		}
	}
	for _, r := range g.All("aws:eks/podIdentityAssociation:PodIdentityAssociation") {
		if strings.HasSuffix(r.Name, "explico.frontend") {
			t.Error("frontend has a role, and uses no bucket")
		}
	}
}

// Every operator of a stack that promises to stay up has two pods or more, and
// every one of dev's has one.
func TestOperatorsOutliveANode(t *testing.T) {
	paths := map[string]string{
		"operator-cert-manager-cert-manager": "values.webhook.replicaCount", "operator-external-secrets-external-secrets": "values.replicaCount",
		"operator-keda-keda": "values.operator.replicaCount", "operator-argo-rollouts-argo-rollouts": "values.controller.replicas",
		"operator-nodes-karpenter": "values.replicas", "operator-reloader-reloader": "values.reloader.deployment.replicas",
	}
	for stack, want := range map[string]int{"dev": 1, "prod": 2} {
		g := deploy.Scenario(t, stack)
		for name, path := range paths {
			if stack == "dev" && name == "operator-nodes-karpenter" {
				continue // its nodes are those of its groups, which stand still at night
			}
			if got := g.One(t, releaseToken, name).Inputs.Int(path); got != want {
				t.Errorf("%s: %s: %s is %d, want %d", stack, name, path, got, want)
			}
		}
	}
}

// An operator that works in the cloud has a role, under the name that its chart
// gives its service account.
func TestOperatorsHaveTheirRoles(t *testing.T) {
	g := deploy.Scenario(t, "prod")
	for release, account := range map[string][2]string{
		"operator-balancer-aws-load-balancer-controller": {"values.serviceAccount.name", "load-balancer-controller"},
		"operator-cert-manager-cert-manager":             {"values.serviceAccount.name", "cert-manager"},
		"operator-external-dns-external-dns":             {"values.serviceAccount.name", "external-dns"},
		"operator-external-secrets-external-secrets":     {"values.serviceAccount.name", "external-secrets"},
		"operator-nodes-karpenter":                       {"values.serviceAccount.name", "karpenter"},
		"operator-velero-velero":                         {"values.serviceAccount.server.name", "velero"},
	} {
		r := g.One(t, releaseToken, release)
		if got := r.Inputs.String(account[0]); got != account[1] {
			t.Errorf("%s runs as %q, want %s", release, got, account[1])
		}
		namespace, after := r.Inputs.String("namespace"), reaches(g, r)
		if role := g.One(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "workload-"+namespace+"."+account[1]); !after[role.URN] {
			t.Errorf("%s starts before its service account has a role", release)
		}
	}
}
