package monitoring

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// nodePorts are where nodes answer: the kubelet, and node exporters, which have
// the node's address.
var nodePorts = []int{10250, 9100}

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
			"ingress": kubernetes.List{kubernetes.Map{"from": m.args.API.peers(), "ports": ports(10250)}},
			"egress":  kubernetes.List{kubernetes.Map{"to": m.args.API.peers(), "ports": ports(m.args.API.Ports...)}},
		},
		"scrape": egress("prometheus", kubernetes.List{kubernetes.Map{"namespaceSelector": kubernetes.Map{}}}),
		"nodes":  egress("prometheus", blocks(kubernetes.PrivateRanges(), nil), nodePorts...),
		// Analyses of releases and autoscalers ask by metrics.
		"ask":    ingress("prometheus", 9090, "rollouts", "autoscaling"),
		"traces": egress("grafana", kubernetes.List{pods(TracingNamespace, jaegerPod)}, jaegerQuery),
	}
	if m.args.Mesh == kubernetes.Ambient {
		flows["probes"] = kubernetes.Map{
			"podSelector": byName("prometheus"), "policyTypes": []string{"Ingress"},
			"ingress": kubernetes.List{kubernetes.Map{"from": blocks([]string{kubernetes.AmbientProbes}, nil), "ports": ports(9090, 8080)}},
		}
	}
	if m.args.Grafana.Logs {
		flows["logs"] = egress("grafana", kubernetes.List{pods(LoggingNamespace, elasticsearchPod)}, elasticsearchPort)
	}
	if m.args.Grafana.Host != "" {
		flows["look"] = ingress("grafana", GrafanaPort, kubernetes.EntranceNamespace)
	}
	if err := m.exporterFlows(flows); err != nil {
		return nil, err
	}
	internet := blocks([]string{"0.0.0.0/0"}, append([]string{"169.254.0.0/16"}, kubernetes.PrivateRanges()...))
	outside := map[string]bool{
		"alertmanager": len(m.args.OnCall.secrets()) > 0, "prometheus": m.args.RemoteWrite != nil, "grafana": m.args.Grafana.SSO != nil,
		openCostChart: m.args.OpenCost != nil, // where prices are told
	}
	for _, name := range namesOf(outside) {
		if outside[name] {
			flows[name+"-outside"] = egress(name, internet, 443)
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

// exporterFlows let the exporters reach what they ask.
func (m *Metrics) exporterFlows(flows map[string]kubernetes.Map) error {
	var all []kubernetes.Flow
	if d := m.args.Database; d != nil {
		all = append(all, kubernetes.Flow{Name: "database", Pods: chartPods(postgresExporterChart), To: d.To, Ports: d.Ports})
	}
	if c := m.args.Cache; c != nil {
		all = append(all, kubernetes.Flow{Name: "cache", Pods: chartPods(redisExporterChart), To: c.To, Ports: c.Ports})
	}
	for _, f := range all {
		spec, err := kubernetes.FlowPolicy(f)
		if err != nil {
			return fmt.Errorf("creating the way to the %s: %w", f.Name, err)
		}
		flows[f.Name] = spec
	}
	return nil
}

// chartPods are the labels of a chart's pods.
func chartPods(chart string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": chart}
}

func byName(name string) kubernetes.Map {
	return kubernetes.Map{"matchLabels": map[string]string{"app.kubernetes.io/name": name}}
}

func named(namespaces ...string) kubernetes.Map {
	return kubernetes.Map{"matchExpressions": kubernetes.List{kubernetes.Map{
		"key": "kubernetes.io/metadata.name", "operator": "In", "values": namespaces,
	}}}
}

// egress lets pods out to ports, all of them if none is named.
func egress(from string, to kubernetes.List, open ...int) kubernetes.Map {
	rule := kubernetes.Map{"to": to}
	if len(open) > 0 {
		rule["ports"] = ports(open...)
	}
	return kubernetes.Map{"podSelector": byName(from), "policyTypes": []string{"Egress"}, "egress": kubernetes.List{rule}}
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
