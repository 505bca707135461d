package kubernetes

import (
	"maps"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// bring brings along what the controllers in the cluster make of an object. A
// controller that is not there makes nothing.
//
// Sources: the controllers' documentation of the names that they give.
func bring(op *simcloud.Op) {
	if f := makers[groupKind(op.In)]; f != nil {
		f(op, op.In.String("metadata.name"))
	}
}

var makers = map[string]func(op *simcloud.Op, name string){
	"external-secrets.io/ExternalSecret": func(op *simcloud.Op, name string) {
		if released(op, "external-secrets") && op.In.String("spec.target.creationPolicy") != "None" {
			side(op, "v1", "Secret", orText(op.In.String("spec.target.name"), name))
		}
	},
	"cert-manager.io/Certificate": func(op *simcloud.Op, _ string) {
		if released(op, "cert-manager") {
			side(op, "v1", "Secret", op.In.String("spec.secretName"))
		}
	},
	"elasticsearch.k8s.elastic.co/Elasticsearch": makeElasticsearch,
	"kibana.k8s.elastic.co/Kibana": func(op *simcloud.Op, name string) {
		if !released(op, "eck-operator") {
			return
		}
		labels := map[string]any{"common.k8s.elastic.co/type": "kibana", "kibana.k8s.elastic.co/name": name}
		side(op, "v1", "Service", name+"-kb-http")
		side(op, "v1", "Secret", name+"-kb-http-certs-public")
		sideWorkload(op, "Deployment", space(op), name+"-kb", labels)
	},
	"logstash.k8s.elastic.co/Logstash": func(op *simcloud.Op, name string) {
		if !released(op, "eck-operator") {
			return
		}
		labels := map[string]any{"common.k8s.elastic.co/type": "logstash", "logstash.k8s.elastic.co/name": name}
		for _, s := range op.In.Strings("spec.services[].name") {
			side(op, "v1", "Service", name+"-ls-"+s)
		}
		side(op, "v1", "Service", name+"-ls-api")
		sideWorkload(op, "StatefulSet", space(op), name+"-ls", labels)
	},
	"monitoring.coreos.com/Prometheus": func(op *simcloud.Op, name string) {
		side(op, "v1", "Service", "prometheus-operated")
		sideWorkload(op, "StatefulSet", space(op), "prometheus-"+name, map[string]any{"app.kubernetes.io/name": "prometheus", "prometheus": name})
	},
	"monitoring.coreos.com/Alertmanager": func(op *simcloud.Op, name string) {
		side(op, "v1", "Service", "alertmanager-operated")
		sideWorkload(op, "StatefulSet", space(op), "alertmanager-"+name, map[string]any{"app.kubernetes.io/name": "alertmanager", "alertmanager": name})
	},
	"opentelemetry.io/OpenTelemetryCollector": func(op *simcloud.Op, name string) {
		if !released(op, "opentelemetry-operator") {
			return
		}
		kind := map[string]string{"daemonset": "DaemonSet", "statefulset": "StatefulSet"}[op.In.String("spec.mode")]
		side(op, "v1", "Service", name+"-collector")
		sideWorkload(op, orText(kind, "Deployment"), space(op), name+"-collector", map[string]any{"app.kubernetes.io/name": name + "-collector"})
	},
	"postgresql.cnpg.io/Cluster": func(op *simcloud.Op, name string) {
		if !released(op, "cloudnative-pg") {
			return
		}
		for _, s := range []string{"-rw", "-ro", "-r"} {
			side(op, "v1", "Service", name+s)
		}
		for _, s := range []string{"-app", "-ca", "-server", "-replication"} {
			side(op, "v1", "Secret", name+s)
		}
		if op.In.Bool("spec.enableSuperuserAccess") {
			side(op, "v1", "Secret", name+"-superuser")
		}
		side(op, "v1", "ServiceAccount", name)
	},
	"gateway.networking.k8s.io/Gateway": makeGateway,
}

func makeElasticsearch(op *simcloud.Op, name string) {
	if !released(op, "eck-operator") {
		return
	}
	for _, s := range []string{"elastic-user", "http-certs-public", "http-certs-internal", "http-ca-internal", "transport-certs-public", "internal-users"} {
		side(op, "v1", "Secret", name+"-es-"+s)
	}
	for _, s := range []string{"http", "internal-http", "transport"} {
		side(op, "v1", "Service", name+"-es-"+s)
	}
	for _, set := range op.In.Strings("spec.nodeSets[].name") {
		sideWorkload(op, "StatefulSet", space(op), name+"-es-"+set, map[string]any{
			"common.k8s.elastic.co/type": "elasticsearch", "elasticsearch.k8s.elastic.co/cluster-name": name,
			"elasticsearch.k8s.elastic.co/statefulset-name": name + "-es-" + set,
		})
	}
}

// side brings along an object of a name in op's namespace.
func side(op *simcloud.Op, apiVersion, kind, name string) {
	sideIn(op, apiVersion, kind, space(op), name, nil)
}

// sideIn brings along an object in a namespace ("" for what belongs to the whole
// cluster), with fields beside its metadata.
func sideIn(op *simcloud.Op, apiVersion, kind, namespace, name string, fields map[string]any) {
	if name == "" {
		return
	}
	id, metadata := name, map[string]any{"name": name}
	if namespace != "" {
		id, metadata["namespace"] = namespace+"/"+name, namespace
	}
	out := simcloud.Values{"apiVersion": apiVersion, "kind": kind, "metadata": metadata}
	maps.Copy(out, fields)
	op.Side(tokenOf(apiVersion, kind), id, out)
}

// sideWorkload brings along a workload whose pods have labels.
func sideWorkload(op *simcloud.Op, kind, namespace, name string, labels map[string]any) {
	sideIn(op, "apps/v1", kind, namespace, name, map[string]any{"spec": map[string]any{
		"template": map[string]any{"metadata": map[string]any{"labels": labels}},
	}})
}
