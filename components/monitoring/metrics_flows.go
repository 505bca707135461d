package monitoring

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// privateRanges are where nodes and the Kubernetes API are.
// Source: RFC 1918 and RFC 6598.
var privateRanges = []string{"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"}

// Ports of the cluster itself: the API (443 through its service, 6443 at its own
// address), the kubelet, and node exporters, which have the node's address.
var clusterPorts = []int{443, 6443, 10250, 9100}

// makeFlows lets through what the namespace refuses otherwise. Prometheus reaches
// every pod; whether a pod answers is said where the pod is.
func (m *Metrics) makeFlows(ctx *pulumi.Context, opts []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	within := kubernetes.Map{"podSelector": kubernetes.Map{}}
	flows := map[string]kubernetes.Map{
		"within": {
			"podSelector": kubernetes.Map{}, "policyTypes": []string{"Ingress", "Egress"},
			"ingress": kubernetes.List{kubernetes.Map{"from": kubernetes.List{within}}},
			"egress":  kubernetes.List{kubernetes.Map{"to": kubernetes.List{within}}},
		},
		// The API server calls the operator's webhook; what asks the API is the
		// operator, kube-state-metrics, Grafana's sidecars and Prometheus.
		"cluster": {
			"podSelector": kubernetes.Map{}, "policyTypes": []string{"Ingress", "Egress"},
			"ingress": kubernetes.List{kubernetes.Map{"from": blocks(privateRanges, nil), "ports": ports(10250)}},
			"egress":  kubernetes.List{kubernetes.Map{"to": blocks(privateRanges, nil), "ports": ports(clusterPorts...)}},
		},
		"scrape": egress("prometheus", kubernetes.List{kubernetes.Map{"namespaceSelector": kubernetes.Map{}}}),
		// Analyses of releases, autoscalers and the mesh's console ask by metrics;
		// collectors of traces write theirs.
		"ask":  ingress("prometheus", 9090, "rollouts", "autoscaling", "istio-system", "tracing"),
		"look": ingress("grafana", 3000, "ingress", "istio-system"),
		"logs-and-traces": egress("grafana", kubernetes.List{
			kubernetes.Map{"namespaceSelector": named("logging", "tracing")},
		}),
	}
	internet := blocks([]string{"0.0.0.0/0"}, append([]string{"169.254.0.0/16"}, privateRanges...))
	outside := map[string]bool{
		"alertmanager": len(m.args.OnCall.secrets()) > 0, "prometheus": m.args.RemoteWrite != nil, "grafana": m.args.Grafana.SSO != nil,
	}
	for _, name := range namesOf(outside) {
		if outside[name] {
			flow := egress(name, internet)
			flow["egress"] = kubernetes.List{kubernetes.Map{"to": internet, "ports": ports(443)}}
			flows[name+"-outside"] = flow
		}
	}
	var made []pulumi.Resource
	for _, name := range namesOf(flows) {
		one, err := kubernetes.Apply(ctx, m.name+"-flow-"+name, kubernetes.Object{
			APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Name: "metrics-" + name, Namespace: m.args.Namespace,
			Labels: m.args.Labels, Body: kubernetes.Map{"spec": flows[name]},
		}, opts...)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	return made, nil
}

func byName(name string) kubernetes.Map {
	return kubernetes.Map{"matchLabels": map[string]string{"app.kubernetes.io/name": name}}
}

func named(namespaces ...string) kubernetes.Map {
	return kubernetes.Map{"matchExpressions": kubernetes.List{kubernetes.Map{
		"key": "kubernetes.io/metadata.name", "operator": "In", "values": namespaces,
	}}}
}

func egress(from string, to kubernetes.List) kubernetes.Map {
	return kubernetes.Map{
		"podSelector": byName(from), "policyTypes": []string{"Egress"}, "egress": kubernetes.List{kubernetes.Map{"to": to}},
	}
}

func ingress(to string, port int, namespaces ...string) kubernetes.Map {
	return kubernetes.Map{
		"podSelector": byName(to), "policyTypes": []string{"Ingress"},
		"ingress": kubernetes.List{kubernetes.Map{
			"from": kubernetes.List{kubernetes.Map{"namespaceSelector": named(namespaces...)}}, "ports": ports(port),
		}},
	}
}

func blocks(ranges, except []string) kubernetes.List {
	all := kubernetes.List{}
	for _, cidr := range ranges {
		block := kubernetes.Map{"cidr": cidr}
		if len(except) > 0 {
			block["except"] = except
		}
		all = append(all, kubernetes.Map{"ipBlock": block})
	}
	return all
}

func ports(all ...int) kubernetes.List {
	list := kubernetes.List{}
	for _, port := range all {
		list = append(list, kubernetes.Map{"protocol": "TCP", "port": port})
	}
	return list
}
