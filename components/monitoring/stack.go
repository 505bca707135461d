package monitoring

import (
	"fmt"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// nobodyUser is the user that Prometheus' images are made for.
const nobodyUser = 65534

func restrictedPod() kubernetes.Map {
	return kubernetes.Map{
		"runAsUser": nobodyUser, "runAsGroup": nobodyUser, "fsGroup": nobodyUser, "runAsNonRoot": true,
		"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
	}
}

func restrictedContainer() kubernetes.Map {
	return kubernetes.Map{
		"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
		"capabilities": kubernetes.Map{"drop": []string{"ALL"}},
	}
}

// resources asks for memory (MiB) that is also the limit, since more would be
// taken back at the worst moment, and for processor time without a limit.
func resources(cpu string, memoryMiB int) kubernetes.Map {
	memory := fmt.Sprintf("%dMi", memoryMiB)
	return kubernetes.Map{
		"requests": kubernetes.Map{"cpu": cpu, "memory": memory, "ephemeral-storage": "128Mi"},
		"limits":   kubernetes.Map{"memory": memory, "ephemeral-storage": "1Gi"},
	}
}

// values are those of the chart kube-prometheus-stack. The chart's own rules and
// dashboards are left out: every alert here has a runbook and a test, and every
// dashboard its metrics listed. Of a managed control plane nothing is seen but
// its API; proxies are the network's own business.
// Source: the chart's values.yaml.
func (m *Metrics) values() (kubernetes.Map, error) {
	config, err := m.args.OnCall.Config()
	if err != nil {
		return nil, err
	}
	off := kubernetes.Map{"enabled": false}
	return kubernetes.Map{
		"crds": off, "defaultRules": kubernetes.Map{"create": false}, "commonLabels": m.args.Labels,
		"kubeControllerManager": off, "kubeScheduler": off, "kubeEtcd": off, "kubeProxy": off,
		"nodeExporter": off, "thanosRuler": off, // node exporters have a release and a namespace of their own
		"prometheus":         m.prometheus(),
		"alertmanager":       m.alertmanager(config),
		"grafana":            m.args.Grafana.values(m.args.Namespace),
		"prometheusOperator": m.operator(),
		"kube-state-metrics": kubernetes.Map{
			"resources": resources("10m", 256), "securityContext": restrictedPod(), "containerSecurityContext": restrictedContainer(),
			// What a node costs depends on these.
			"metricLabelsAllowlist": []string{"nodes=[node.kubernetes.io/instance-type,karpenter.sh/capacity-type]"},
		},
	}, nil
}

// prometheus takes every monitor and every rule of the cluster: whoever may make
// one says what is watched. Each replica scrapes everything, in a zone of its own.
func (m *Metrics) prometheus() kubernetes.Map {
	a := m.args
	spec := kubernetes.Map{
		"replicas": a.Replicas, "retention": fmt.Sprintf("%dd", a.RetentionDays),
		// The rest is for what is written ahead, and for compaction.
		"retentionSize": fmt.Sprintf("%dMB", a.StorageGiB*1024*8/10),
		"storageSpec":   claim(a.StorageGiB),
		"resources":     resources("200m", a.MemoryMiB), "securityContext": restrictedPod(),
		"ruleSelectorNilUsesHelmValues": false, "serviceMonitorSelectorNilUsesHelmValues": false,
		"podMonitorSelectorNilUsesHelmValues": false, "probeSelectorNilUsesHelmValues": false,
		"scrapeConfigSelectorNilUsesHelmValues": false,
		"scrapeInterval":                        "30s", "evaluationInterval": "30s",
		"externalLabels": map[string]string{"cluster": a.Cluster},
		"enableFeatures": []string{"exemplar-storage"}, "walCompression": true,
		"podAntiAffinity": "hard", "topologySpreadConstraints": overZones("prometheus"),
	}
	if labels := a.Mesh.PodLabels(); len(labels) > 0 {
		spec["podMetadata"] = kubernetes.Map{"labels": labels}
	}
	if a.RemoteWrite != nil {
		target := kubernetes.Map{"url": a.RemoteWrite.URL}
		if a.RemoteWrite.Secret != "" {
			target["authorization"] = kubernetes.Map{"credentials": kubernetes.Map{"name": remoteWriteSecret, "key": keyFile}}
		}
		spec["remoteWrite"] = kubernetes.List{target}
	}
	return kubernetes.Map{"prometheusSpec": spec, "podDisruptionBudget": disruption(a.Replicas), "additionalPodMonitors": meshMonitors()}
}

// meshMonitors have the mesh's control plane, its gateway and its waypoints scraped,
// for which nothing is brought along. Proxies of sidecars are read with the services.
// Source: Istio 1.30, charts istiod and gateway, and files/waypoint.yaml of the
// former: the ports of the containers.
func meshMonitors() kubernetes.List {
	of := func(name, namespace, port, path string, pods map[string]string) kubernetes.Map {
		return kubernetes.Map{
			"name": name, "namespaceSelector": kubernetes.Map{"matchNames": []string{namespace}}, "selector": kubernetes.Map{"matchLabels": pods},
			"podMetricsEndpoints": kubernetes.List{kubernetes.Map{"port": port, "path": path, "interval": "30s"}},
		}
	}
	gateway := map[string]string{"istio": kubernetes.EntranceGateway}
	waypoint := of("istio-waypoint", "", "http-envoy-prom", "/stats/prometheus", kubernetes.WaypointPods())
	waypoint["namespaceSelector"] = kubernetes.Map{"any": true}
	return kubernetes.List{
		of("istiod", kubernetes.MeshNamespace, "http-monitoring", "/metrics", map[string]string{"app": "istiod"}),
		of("istio-gateway", kubernetes.EntranceNamespace, "http-envoy-prom", "/stats/prometheus", gateway),
		waypoint,
	}
}

func (m *Metrics) alertmanager(config kubernetes.Map) kubernetes.Map {
	a := m.args
	return kubernetes.Map{
		"config": config, "podDisruptionBudget": disruption(a.Alertmanagers),
		"alertmanagerSpec": kubernetes.Map{
			"replicas": a.Alertmanagers, "secrets": namesOf(a.OnCall.secrets()),
			"retention": "120h", "storage": claim(1), // silences and what was told
			"resources": resources("10m", 128), "securityContext": restrictedPod(),
			"podAntiAffinity": "hard", "topologySpreadConstraints": overZones("alertmanager"),
			// One Alertmanager alone would leave its port for peers shut.
			"forceEnableClusterMode": a.Alertmanagers > 1,
		},
	}
}

// operator turns monitors and rules into configuration. Its webhook refuses rules
// that do not parse; while it is away they pass, since a release of a service must
// not wait for it.
func (m *Metrics) operator() kubernetes.Map {
	return kubernetes.Map{
		"resources": resources("50m", 256), "securityContext": restrictedPod(),
		"admissionWebhooks": kubernetes.Map{
			"enabled": true, "failurePolicy": "Ignore",
			"patch": kubernetes.Map{"enabled": true, "securityContext": kubernetes.Map{
				"runAsUser": nobodyUser, "runAsGroup": nobodyUser, "runAsNonRoot": true,
				"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
			}, "resources": resources("10m", 64)},
		},
		// The chart takes these two of its resources, and no others.
		"prometheusConfigReloader": kubernetes.Map{"resources": kubernetes.Map{
			"requests": kubernetes.Map{"cpu": "10m", "memory": "64Mi"}, "limits": kubernetes.Map{"memory": "64Mi"},
		}},
	}
}

func claim(gib int) kubernetes.Map {
	return kubernetes.Map{"volumeClaimTemplate": kubernetes.Map{"spec": kubernetes.Map{
		"accessModes": []string{"ReadWriteOnce"},
		"resources":   kubernetes.Map{"requests": kubernetes.Map{"storage": fmt.Sprintf("%dGi", gib)}},
	}}}
}

// disruption leaves one pod fewer at most; of one pod alone nothing could be left.
func disruption(replicas int) kubernetes.Map {
	return kubernetes.Map{"enabled": replicas > 1, "minAvailable": max(1, replicas-1)}
}

func overZones(name string) kubernetes.List {
	return kubernetes.List{kubernetes.Map{
		"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
		"labelSelector": kubernetes.Map{"matchLabels": map[string]string{"app.kubernetes.io/name": name}},
	}}
}
