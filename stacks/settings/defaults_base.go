package settings

// defaultNamespaces are brakes on accidents: several times what the namespaces
// use when all is well. An operator takes a fraction of a processor, a daemon a
// pod on each node.
func defaultNamespaces() map[string]Quota {
	operator := Quota{CPU: "4", Memory: "8Gi", Pods: 30}
	all := map[string]Quota{
		// the three services at their most, twice: a release has both versions running
		"explico": {CPU: "40", Memory: "96Gi", Storage: "50Gi", Pods: 200},
		// istiod, and a network agent or two on each node
		"istio-system": {CPU: "16", Memory: "32Gi", Pods: 200},
		// one load balancer for the world, and one more while it is replaced
		"ingress": {CPU: "8", Memory: "16Gi", Pods: 40, LoadBalancers: 2},
		// Prometheus holds its series in memory and a fortnight on disk; an exporter on each node
		"monitoring": {CPU: "24", Memory: "96Gi", Storage: "2Ti", Pods: 200},
		// Elasticsearch keeps three copies of the newest logs
		"logging": {CPU: "48", Memory: "192Gi", Storage: "8Ti", Pods: 50},
		// a shipper on each node, and what takes from them, with its queue on disk
		"log-agents": {CPU: "24", Memory: "48Gi", Storage: "200Gi", Pods: 200},
		// an exporter on each node
		"node-exporter": {CPU: "8", Memory: "16Gi", Pods: 200},
		// a collector on each node
		"tracing": {CPU: "16", Memory: "48Gi", Storage: "200Gi", Pods: 200},
		// the database, the cache and the object store of cloud: local
		"data": {CPU: "4", Memory: "8Gi", Storage: "500Gi", Pods: 20},
	}
	for _, name := range []string{"autoscaling", "cert-manager", "external-dns", "external-secrets", "operators", "rollouts", "velero"} {
		all[name] = operator
	}
	return all
}

// defaultAdmission lets in the sample that services run until their images exist.
func defaultAdmission() Admission {
	return Admission{
		Registries: []string{"ghcr.io/stefanprodan"},
		// who is called when a pod misbehaves, and what it is
		Labels: []string{"app.kubernetes.io/name", "explico.io/team"},
	}
}
