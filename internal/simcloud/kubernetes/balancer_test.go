package kubernetes

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/aws"
)

// onAWS is a ground in a cluster of the simulated AWS, with its network.
type onAWS struct {
	*ground
	in      simcloud.Session
	cluster *simcloud.Record
	subnets []*simcloud.Record
}

const trustEKS = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`

// newAWS makes the cluster; its subnets have the tags.
func newAWS(t *testing.T, tags m) *onAWS {
	t.Helper()
	a := &onAWS{in: simcloud.Session{Account: aws.DefaultAccount, Region: "eu-west-1"}}
	cloud := simcloud.New(Catalog(), aws.Catalog())
	create := func(token, hint string, in simcloud.Values) *simcloud.Record {
		t.Helper()
		r, err := cloud.Create(a.in, token, hint, in)
		if err != nil {
			t.Fatalf("creating %s: %v", hint, err)
		}
		return r
	}
	vpc := create("aws:ec2/vpc:Vpc", "vpc", simcloud.Values{"cidrBlock": "10.0.0.0/16"})
	var ids []any
	for i, zone := range []string{"eu-west-1a", "eu-west-1b"} {
		s := create(subnetToken, zone, simcloud.Values{
			"vpcId": vpc.ID, "cidrBlock": []string{"10.0.0.0/24", "10.0.1.0/24"}[i], "availabilityZone": zone, "tags": tags,
		})
		a.subnets, ids = append(a.subnets, s), append(ids, s.ID)
	}
	role := create("aws:iam/role:Role", "role", simcloud.Values{"name": "cluster", "assumeRolePolicy": trustEKS})
	a.cluster = create("aws:eks/cluster:Cluster", "cluster", simcloud.Values{
		"name": "shop", "roleArn": role.Out.String("arn"), "vpcConfig": m{"subnetIds": ids},
	})
	a.ground = &ground{t: t, cloud: cloud, session: simcloud.Session{Account: strings.TrimPrefix(a.cluster.Out.String("endpoint"), "https://")}}
	a.make("v1", "Namespace", "", "shop", nil)
	return a
}

var public = m{"kubernetes.io/role/elb": "1"}

// entry is a Service that the load balancer controller looks after.
var entry = m{
	"metadata": m{"annotations": m{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}},
	"spec":     m{"type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb", "ports": []any{m{"port": 443}}},
}

func (a *onAWS) delete(r *simcloud.Record) error { return a.cloud.Delete(a.in, r.Type, r.ID) }

func TestBalancers(t *testing.T) {
	for _, c := range []struct {
		name string
		tags m
		do   func(a *onAWS) error
		want string
	}{
		{"no controller", public, func(a *onAWS) error { return a.try("v1", "Service", "shop", "web", entry) },
			"resource shop/web was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: Service was not allocated an IP address"},
		{"no subnet for it", m{"kubernetes.io/role/internal-elb": "1"}, func(a *onAWS) error {
			a.install(balancerChart)
			return a.try("v1", "Service", "shop", "web", entry)
		}, "unable to resolve at least one subnet (0 match VPC and tags: [kubernetes.io/role/elb])"},
		{"the controller goes first", public, func(a *onAWS) error {
			controller := a.install(balancerChart)
			service := a.make("v1", "Service", "shop", "web", entry)
			if err := a.remove(controller); err != nil {
				return err
			}
			return a.remove(service)
		}, "timed out waiting for the deletion of Service shop/web: the finalizer service.k8s.aws/resources is never taken off"},
		{"the network goes first", public, func(a *onAWS) error {
			a.install(balancerChart)
			a.make("v1", "Service", "shop", "web", entry)
			if err := a.delete(a.cluster); err != nil {
				return err
			}
			return a.delete(a.subnets[0])
		}, "has dependencies and cannot be deleted."},
		{"the cluster goes first", public, func(a *onAWS) error {
			if err := a.delete(a.cluster); err != nil {
				return err
			}
			return a.cloud.Delete(a.session, namespaceToken, "shop")
		}, "configured Kubernetes cluster is unreachable"},
		{"a cluster that is gone", public, func(a *onAWS) error {
			if err := a.delete(a.cluster); err != nil {
				return err
			}
			return a.try("v1", "Namespace", "", "late", nil)
		}, ".gr7.eu-west-1.eks.amazonaws.com: no such host"},
		{"a gateway's release goes after the controller", public, func(a *onAWS) error {
			controller := a.install(balancerChart)
			gateway, err := a.release("gateway", m{"service": m{"loadBalancerClass": "service.k8s.aws/nlb", "annotations": m{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}}})
			if err != nil {
				return err
			}
			if err := a.remove(controller); err != nil {
				return err
			}
			return a.remove(gateway)
		}, "the finalizer service.k8s.aws/resources is never taken off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.do(newAWS(t, c.tags)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// In the right order everything goes, and nothing is left but the network.
func TestBalancerGoes(t *testing.T) {
	a := newAWS(t, public)
	controller := a.install(balancerChart)
	service := a.make("v1", "Service", "shop", "web", entry)
	ingress := a.make("networking.k8s.io/v1", "Ingress", "shop", "web", m{
		"metadata": m{"annotations": m{"alb.ingress.kubernetes.io/scheme": "internet-facing"}},
		"spec":     m{"ingressClassName": "alb", "defaultBackend": m{"service": m{"name": "web"}}},
	})
	if host := service.Out.String("status.loadBalancer.ingress[].hostname"); !strings.HasSuffix(host, ".elb.eu-west-1.amazonaws.com") {
		t.Errorf("the load balancer's name is %q", host)
	}
	for _, r := range []*simcloud.Record{ingress, service, controller} {
		if err := a.remove(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.cloud.Delete(a.session, namespaceToken, "shop"); err != nil {
		t.Fatal(err)
	}
	if err := a.delete(a.cluster); err != nil {
		t.Fatal(err)
	}
	for _, s := range a.subnets {
		if err := a.delete(s); err != nil {
			t.Error(err)
		}
	}
	for _, r := range a.cloud.Records() {
		if strings.HasPrefix(r.Type, "kubernetes:") || r.Type == balancerToken {
			t.Errorf("%s is left", r.Key())
		}
	}
}

// A load balancer that is asked out of a subnet lets go of it.
func TestBalancerLeavesASubnet(t *testing.T) {
	a := newAWS(t, public)
	a.install(balancerChart)
	third, err := a.cloud.Create(a.in, subnetToken, "eu-west-1c", simcloud.Values{
		"vpcId": a.subnets[0].Out.String("vpcId"), "cidrBlock": "10.0.2.0/24", "availabilityZone": "eu-west-1c",
	})
	if err != nil {
		t.Fatal(err)
	}
	in := func(subnets ...*simcloud.Record) m {
		var ids []string
		for _, s := range subnets {
			ids = append(ids, s.ID)
		}
		return m{
			"metadata": m{"annotations": m{ingressAnnotation + "scheme": "internet-facing", ingressAnnotation + "subnets": strings.Join(ids, ",")}},
			"spec":     m{"ingressClassName": "alb", "defaultBackend": m{"service": m{"name": "web"}}},
		}
	}
	a.make("v1", "Service", "shop", "web", m{"spec": m{"ports": []any{m{"port": 80}}}})
	made := a.make("networking.k8s.io/v1", "Ingress", "shop", "way-in", in(a.subnets[0], a.subnets[1], third))
	host := made.Out.String("status.loadBalancer.ingress[].hostname")
	if err := a.delete(third); err == nil || !strings.Contains(err.Error(), "DependencyViolation") {
		t.Errorf("got %v, want a subnet in use", err)
	}
	if err := a.update(made, object("networking.k8s.io/v1", "Ingress", "shop", "way-in", in(a.subnets[0], a.subnets[1]))); err != nil {
		t.Fatal(err)
	}
	moved, err := a.cloud.Read(a.session, made.Type, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := moved.Out.String("status.loadBalancer.ingress[].hostname"); got != host {
		t.Errorf("the load balancer is %s, and was %s", got, host)
	}
	if err := a.delete(third); err != nil {
		t.Error(err)
	}
}
