package kubernetes

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// A cluster on EKS has load balancers made in the network that it is in. They
// are AWS's, and nobody but the cluster knows of them: while one is left, its
// subnets cannot go.
//
// Sources: the documentation of the AWS Load Balancer Controller (v3) and its
// error messages; for Services without its class, of EKS' own controller.
const (
	balancerChart = "aws-load-balancer-controller"
	balancerToken = "aws:lb/loadBalancer:LoadBalancer"
	subnetToken   = "aws:ec2/subnet:Subnet"

	serviceAnnotation = "service.beta.kubernetes.io/aws-load-balancer-"
	ingressAnnotation = "alb.ingress.kubernetes.io/"
)

// asked is a load balancer that an object asks for.
type asked struct {
	namespace, name string
	// kind is net or app.
	kind string
	// internal says that only the network reaches it.
	internal bool
	// subnets are the ids that the object names, if it names any.
	subnets []string
	// gke is the cluster that makes the load balancer itself; nil on another cloud.
	gke *simcloud.Record
	// aks is the cluster whose controller leads a gateway that is there; nil on
	// another cloud.
	aks *simcloud.Record
	// finalizer is what the controller puts on the object; empty where the cluster
	// itself makes the load balancer.
	finalizer string
}

// askedBy is the load balancer that op's object asks for; nil if none.
func askedBy(op *simcloud.Op) *asked {
	in := op.In
	a := &asked{namespace: space(op), name: in.String("metadata.name")}
	notes := textsAt(in, "metadata.annotations")
	switch in.String("kind") {
	case "Service":
		if in.String("spec.type") != "LoadBalancer" {
			return nil
		}
		return a.service(in.String("spec.loadBalancerClass"), notes)
	case "Ingress":
		class := orText(in.String("spec.ingressClassName"), notes["kubernetes.io/ingress.class"])
		if gke := gkeOf(op); gke != nil && (class == "gce" || class == "") {
			return &asked{namespace: a.namespace, name: a.name, kind: "app", gke: gke}
		}
		if aks := aksOf(op); aks != nil && class == aksClass {
			return &asked{namespace: a.namespace, name: a.name, kind: "app", aks: aks}
		}
		if class != "alb" {
			return nil
		}
		a.kind, a.finalizer = "app", "ingress.k8s.aws/resources"
		a.internal = notes[ingressAnnotation+"scheme"] != "internet-facing"
		a.subnets = split(notes[ingressAnnotation+"subnets"])
		return a
	case "Gateway":
		return a.gateway(op, notes)
	}
	return nil
}

// service is what a Service asks for.
func (a *asked) service(class string, notes map[string]string) *asked {
	a.kind, a.subnets = "net", split(notes[serviceAnnotation+"subnets"])
	scheme := notes[serviceAnnotation+"scheme"]
	kind := notes[serviceAnnotation+"type"]
	if class == "service.k8s.aws/nlb" || kind == "external" || kind == "nlb-ip" {
		a.finalizer, a.internal = "service.k8s.aws/resources", scheme != "internet-facing"
	} else {
		a.internal = notes[serviceAnnotation+"internal"] == "true" || scheme == "internal"
	}
	return a
}

// gateway is what a Gateway asks for: of the load balancer controller's classes
// a load balancer, of Istio's a Service of that type.
func (a *asked) gateway(op *simcloud.Op, notes map[string]string) *asked {
	class := named(op, "gateway.networking.k8s.io/v1", "GatewayClass", "", op.In.String("spec.gatewayClassName"))
	if class == nil {
		return nil
	}
	switch controller := class.Out.String("spec.controllerName"); {
	case strings.HasPrefix(controller, "gateway.k8s.aws/"):
		a.kind = map[string]string{"gateway.k8s.aws/alb": "app"}[controller]
		a.kind, a.finalizer = orText(a.kind, "net"), controller+"-finalizer"
		return a
	case controller == "istio.io/gateway-controller" && orText(notes["networking.istio.io/service-type"], "LoadBalancer") == "LoadBalancer":
		return a.service("", mergedNotes(notes, textsAt(op.In, "spec.infrastructure.annotations")))
	}
	return nil
}

func mergedNotes(a, b map[string]string) map[string]string {
	for k, v := range b {
		a[k] = v
	}
	return a
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// refuseBalancer refuses an object whose load balancer would never come.
func refuseBalancer(op *simcloud.Op) error {
	return askedBy(op).refuse(op)
}

func (a *asked) refuse(op *simcloud.Op) error {
	if a != nil && a.gke != nil {
		return a.refuseGke(op)
	}
	if a != nil && a.aks != nil {
		return a.refuseAks(op)
	}
	eks := eksOf(op)
	if a == nil || eks == nil {
		return nil
	}
	if a.finalizer != "" && !released(op, balancerChart) {
		return never(op.In, "Service was not allocated an IP address; does your cloud provider support this? (the load balancer controller is not in the cluster)")
	}
	zones := map[string]bool{}
	for _, s := range a.places(op, eks) {
		zones[s.Out.String("availabilityZone")] = true
	}
	switch {
	case len(zones) == 0:
		return never(op.In, "Failed build model due to unable to resolve at least one subnet (0 match VPC and tags: [%s])", a.role())
	case len(zones) < 2 && a.kind == "app":
		return never(op.In, "Failed build model due to subnets count less than minimal required count: %d < 2", len(zones))
	}
	return nil
}

// role is the tag of the subnets that a load balancer may be in.
func (a *asked) role() string {
	if a.internal {
		return "kubernetes.io/role/internal-elb"
	}
	return "kubernetes.io/role/elb"
}

// places are the subnets that the load balancer will be in.
func (a *asked) places(op *simcloud.Op, eks *simcloud.Record) []*simcloud.Record {
	return slices.DeleteFunc(op.Everywhere(subnetToken), func(s *simcloud.Record) bool {
		if s.Account != eks.Account || s.Region != eks.Region || s.Out.String("vpcId") != eks.Out.String("vpcConfig.vpcId") {
			return true
		}
		if len(a.subnets) > 0 {
			return !slices.Contains(a.subnets, s.ID)
		}
		return textsAt(s.Out, "tagsAll")[a.role()] == ""
	})
}

// balance makes the load balancer that an object asks for, and says under which
// name it is reached. A cluster on no cloud gives the machine's own address.
func balance(op *simcloud.Op) simcloud.Values {
	a := askedBy(op)
	if a == nil {
		return simcloud.Values{}
	}
	status := map[string]any{"loadBalancer": map[string]any{"ingress": []any{a.makeIn(op)}}}
	if a.finalizer != "" {
		status["finalizer"] = a.finalizer
	}
	return simcloud.Values{"status": status}
}

// makeIn makes the load balancer and returns how it is reached.
func (a *asked) makeIn(op *simcloud.Op) map[string]any {
	if a.gke != nil {
		return a.makeInGke(op)
	}
	if a.aks != nil {
		return a.makeInAks(op)
	}
	eks := eksOf(op)
	if eks == nil {
		return map[string]any{"ip": "127.0.0.1"}
	}
	var ids []any
	for _, s := range a.places(op, eks) {
		ids = append(ids, s.ID)
	}
	name := "k8s-" + short(a.namespace) + "-" + short(a.name) + "-" + op.Hex(10, "balancer")
	dns := name + "-" + op.Hex(16, "dns") + ".elb." + eks.Region + ".amazonaws.com"
	arn := "arn:aws:elasticloadbalancing:" + eks.Region + ":" + eks.Account + ":loadbalancer/" + a.kind + "/" + name + "/" + op.Hex(16, "arn")
	op.Elsewhere(simcloud.Session{Account: eks.Account, Region: eks.Region}, balancerToken, arn, simcloud.Values{
		"arn": arn, "name": name, "internal": a.internal, "subnets": ids, "dnsName": dns, "vpcId": eks.Out.String("vpcConfig.vpcId"),
		"loadBalancerType": map[string]string{"app": "application", "net": "network"}[a.kind],
		"tags":             map[string]any{"elbv2.k8s.aws/cluster": eks.ID},
	})
	return map[string]any{"hostname": dns}
}

// short is the part of a name that a load balancer's name has room for.
func short(name string) string {
	name = strings.ReplaceAll(name, "-", "")
	return name[:min(8, len(name))]
}
