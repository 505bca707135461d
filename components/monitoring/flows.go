package monitoring

import (
	"github.com/te-explico/infrastructure/components/kubernetes"
)

// flow is traffic that a namespace, which refuses all of it, lets through.
type flow struct {
	// name says what for; the policy is called allow-<name>.
	name, namespace string
	// pods are the labels of the pods it holds for.
	pods map[string]string
	// from are who may speak to them, and to whom they may speak to: peers as in a
	// NetworkPolicy. One of the two.
	from, to kubernetes.List
	// ports are the TCP ports of the side that is spoken to.
	ports []int
}

// object is the flow as a NetworkPolicy.
func (f flow) object() kubernetes.Object {
	var ports kubernetes.List
	for _, p := range f.ports {
		ports = append(ports, kubernetes.Map{"protocol": "TCP", "port": p})
	}
	spec := kubernetes.Map{"podSelector": kubernetes.Map{"matchLabels": f.pods}}
	if f.to != nil {
		spec["policyTypes"], spec["egress"] = kubernetes.List{"Egress"}, kubernetes.List{kubernetes.Map{"to": f.to, "ports": ports}}
	} else {
		spec["policyTypes"], spec["ingress"] = kubernetes.List{"Ingress"}, kubernetes.List{kubernetes.Map{"from": f.from, "ports": ports}}
	}
	return kubernetes.Object{
		APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Name: "allow-" + f.name, Namespace: f.namespace,
		Body: kubernetes.Map{"spec": spec},
	}
}

// pods are pods of a namespace, all of it without labels, as a peer.
func pods(namespace string, labels map[string]string) kubernetes.Map {
	peer := kubernetes.Map{"namespaceSelector": kubernetes.Map{"matchLabels": kubernetes.Map{"kubernetes.io/metadata.name": namespace}}}
	if labels != nil {
		peer["podSelector"] = kubernetes.Map{"matchLabels": labels}
	}
	return peer
}

// everywhere is any address but those that tell a node's pods about the node.
func everywhere() kubernetes.List {
	return kubernetes.List{
		kubernetes.Map{"ipBlock": kubernetes.Map{"cidr": "0.0.0.0/0", "except": kubernetes.List{"169.254.0.0/16"}}},
		kubernetes.Map{"ipBlock": kubernetes.Map{"cidr": "::/0", "except": kubernetes.List{"fe80::/10"}}},
	}
}

// API is where the Kubernetes API answers, and where its calls of webhooks come
// from.
type API struct {
	// CIDRs are address ranges: of the API's service, and of the servers behind it,
	// since network plugins differ in which of them a policy judges.
	CIDRs []string
	// Ports are TCP ports, likewise.
	Ports []int
	// CallersIn is the namespace of the pods (Callers, by their labels) through which
	// it calls webhooks; empty where it calls them itself.
	CallersIn string
	Callers   map[string]string
}

// callers are where calls of webhooks come from.
func (a API) callers() kubernetes.List {
	if a.CallersIn != "" {
		return kubernetes.List{pods(a.CallersIn, a.Callers)}
	}
	return a.peers()
}

func (a API) peers() kubernetes.List { return blocks(a.CIDRs, nil) }

var (
	elasticsearchPod = map[string]string{"common.k8s.elastic.co/type": "elasticsearch"}
	kibanaPod        = map[string]string{"kibana.k8s.elastic.co/name": "kibana"}
	operatorPod      = map[string]string{"app.kubernetes.io/name": "elastic-operator"}
	setupPod         = map[string]string{"app.kubernetes.io/name": setupName}
	prometheusPod    = map[string]string{"app.kubernetes.io/name": "prometheus"}
	grafanaPod       = map[string]string{"app.kubernetes.io/name": "grafana"}
)

// makeFlows lets through what the logs need, pod by pod. All else waits for it.
func (b *logging) makeFlows() error {
	in := func(labels map[string]string) kubernetes.Map { return pods(LoggingNamespace, labels) }
	search := kubernetes.List{in(elasticsearchPod)}
	shippers := pods(LogAgentsNamespace, logstashPod)
	clients := kubernetes.List{in(elasticsearchPod), in(kibanaPod), in(operatorPod), in(setupPod), shippers}
	for _, r := range b.Readers {
		clients = append(clients, pods(r.Namespace, r.Pods))
	}
	metrics := kubernetes.List{pods(b.MetricsNamespace, prometheusPod)}
	all := []flow{
		{name: "elasticsearch-clients", pods: elasticsearchPod, from: clients, ports: []int{elasticsearchPort}},
		{name: "elasticsearch-peers", pods: elasticsearchPod, from: search, ports: []int{9300}},
		{name: "elasticsearch-to-peers", pods: elasticsearchPod, to: search, ports: []int{elasticsearchPort, 9300}},
		{name: "kibana-users", pods: kibanaPod, from: kubernetes.List{in(operatorPod)}, ports: []int{5601}},
		{name: "kibana-to-elasticsearch", pods: kibanaPod, to: search, ports: []int{elasticsearchPort}},
		{name: "setup-to-elasticsearch", pods: setupPod, to: search, ports: []int{elasticsearchPort}},
		{name: "setup-to-api", pods: setupPod, to: b.API.peers(), ports: b.API.Ports},
		{name: "exporter-metrics", pods: exporterPod, from: metrics, ports: []int{exporterPort}},
		{name: "exporter-to-elasticsearch", pods: exporterPod, to: search, ports: []int{elasticsearchPort}},
		{name: "operator-webhook", pods: operatorPod, from: b.API.callers(), ports: []int{9443}},
		{name: "operator-metrics", pods: operatorPod, from: metrics, ports: []int{9090}},
		{name: "operator-to-elasticsearch", pods: operatorPod, to: search, ports: []int{elasticsearchPort}},
		{name: "operator-to-api", pods: operatorPod, to: b.API.peers(), ports: b.API.Ports},
		{name: "logstash-agents", namespace: LogAgentsNamespace, pods: logstashPod, ports: []int{ingestPort},
			from: kubernetes.List{pods(LogAgentsNamespace, fluentBitPod)}},
		{name: "logstash-to-elasticsearch", namespace: LogAgentsNamespace, pods: logstashPod, to: search, ports: []int{elasticsearchPort}},
		{name: "agents-metrics", namespace: LogAgentsNamespace, pods: fluentBitPod, from: metrics, ports: []int{2020}},
		{name: "agents-to-logstash", namespace: LogAgentsNamespace, pods: fluentBitPod, ports: []int{ingestPort}, to: kubernetes.List{shippers}},
		{name: "agents-to-api", namespace: LogAgentsNamespace, pods: fluentBitPod, to: b.API.peers(), ports: b.API.Ports},
	}
	if b.Snapshots != nil {
		all = append(all, flow{name: "elasticsearch-to-object-store", pods: elasticsearchPod, to: everywhere(), ports: []int{443}})
		if s := b.Snapshots.Store; len(s.Credentials) > 0 {
			all = append(all, flow{name: "elasticsearch-to-credentials", pods: elasticsearchPod, to: blocks(s.Credentials, nil), ports: s.CredentialsPorts})
		}
	}
	for _, f := range all {
		if f.namespace == "" {
			f.namespace = LoggingNamespace
		}
		made, err := b.apply("flow-"+f.name, f.object())
		if err != nil {
			return err
		}
		b.flows = append(b.flows, made)
	}
	return nil
}
