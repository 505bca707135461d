package monitoring

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/versions"
)

const (
	// gatewayPeers is the headless service whose name has the addresses of all
	// gateways: an agent chooses among them by the id of a trace.
	gatewayPeers = gatewayName + "-peers"
	// spanMetricsPort is where the gateways show what they counted.
	spanMetricsPort = 8889
	// collectorUser is the user of the collectors' images.
	collectorUser = 10001
	// podAddress is what the chart calls a pod's own address.
	podAddress = "${env:MY_POD_IP}"
)

// collector is what agents and gateways have in common: they take OTLP, say that
// they live and what they count, and refuse data before they run out of memory.
func collector() kubernetes.Map {
	return kubernetes.Map{
		"extensions": kubernetes.Map{"health_check": kubernetes.Map{"endpoint": podAddress + ":13133"}},
		"receivers": kubernetes.Map{"otlp": kubernetes.Map{"protocols": kubernetes.Map{
			"grpc": kubernetes.Map{"endpoint": fmt.Sprintf("%s:%d", podAddress, otlpGRPC)},
			"http": kubernetes.Map{"endpoint": fmt.Sprintf("%s:%d", podAddress, otlpHTTP)},
		}}},
		"processors": kubernetes.Map{"memory_limiter": kubernetes.Map{
			"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 25,
		}},
	}
}

// service is the part of a collector's configuration that says what runs.
func service(pipelines kubernetes.Map) kubernetes.Map {
	return kubernetes.Map{
		"extensions": kubernetes.List{"health_check"}, "pipelines": pipelines,
		"telemetry": kubernetes.Map{"metrics": kubernetes.Map{"readers": kubernetes.List{kubernetes.Map{
			"pull": kubernetes.Map{"exporter": kubernetes.Map{"prometheus": kubernetes.Map{"host": podAddress, "port": 8888}}},
		}}}},
	}
}

// agentConfig adds to each span which pod it is from, and hands the spans of a
// trace to one gateway.
func agentConfig() kubernetes.Map {
	c := collector()
	c["processors"].(kubernetes.Map)["k8s_attributes"] = kubernetes.Map{
		"auth_type": "serviceAccount",
		"filter":    kubernetes.Map{"node_from_env_var": "OTEL_K8S_NODE_NAME"}, // the pods of its own node
		"extract": kubernetes.Map{
			"metadata": kubernetes.List{"k8s.namespace.name", "k8s.pod.name", "k8s.pod.uid", "k8s.deployment.name", "k8s.node.name"},
			"labels": kubernetes.List{
				kubernetes.Map{"tag_name": "service.version", "key": "app.kubernetes.io/version", "from": "pod"},
				kubernetes.Map{"tag_name": "app.name", "key": "app.kubernetes.io/name", "from": "pod"},
			},
		},
		"pod_association": kubernetes.List{
			kubernetes.Map{"sources": kubernetes.List{kubernetes.Map{"from": "resource_attribute", "name": "k8s.pod.uid"}}},
			kubernetes.Map{"sources": kubernetes.List{kubernetes.Map{"from": "connection"}}},
		},
	}
	c["exporters"] = kubernetes.Map{"load_balancing": kubernetes.Map{
		"routing_key": "traceID",
		"protocol": kubernetes.Map{"otlp": kubernetes.Map{
			// Inside the cluster: the network policies say who may, a mesh encrypts.
			"tls": kubernetes.Map{"insecure": true}, "timeout": "5s",
		}},
		"resolver": kubernetes.Map{"dns": kubernetes.Map{
			"hostname": gatewayPeers + "." + TracingNamespace + ".svc", "port": fmt.Sprint(otlpGRPC), "interval": "5s",
		}},
	}}
	c["service"] = service(kubernetes.Map{"traces": kubernetes.Map{
		"receivers": kubernetes.List{"otlp"}, "processors": kubernetes.List{"memory_limiter", "k8s_attributes"},
		"exporters": kubernetes.List{"load_balancing"},
	}})
	return c
}

// gatewayConfig takes personal data out, counts every span and decides, when a
// trace is ten seconds old, whether it is kept.
func gatewayConfig(a *TracingArgs) kubernetes.Map {
	c := collector()
	processors := c["processors"].(kubernetes.Map)
	var values kubernetes.List
	for _, r := range redactions(a.RedactAddresses) {
		values = append(values, r.Pattern)
	}
	processors["redaction"] = kubernetes.Map{
		"allow_all_keys": true, "blocked_values": values, "summary": "silent",
		"blocked_key_patterns": kubernetes.List{`(?i).*(password|passwd|secret|authorization|cookie|api[_-]?key|(access|refresh|id)[_-]?token).*`},
	}
	processors["tail_sampling"] = kubernetes.Map{
		"decision_wait": "10s",
		// A trace of twenty spans takes some ten KiB: half of the memory at most.
		"num_traces":     a.GatewayMemoryMiB * 50,
		"decision_cache": kubernetes.Map{"sampled_cache_size": 100000, "non_sampled_cache_size": 100000}, // for spans that come late
		"policies": kubernetes.List{
			kubernetes.Map{"name": "errors", "type": "status_code", "status_code": kubernetes.Map{"status_codes": kubernetes.List{"ERROR"}}},
			kubernetes.Map{"name": "slow", "type": "latency", "latency": kubernetes.Map{"threshold_ms": a.SlowMillis}},
			kubernetes.Map{"name": "ordinary", "type": "probabilistic", "probabilistic": kubernetes.Map{"sampling_percentage": a.SamplePercent}},
		},
	}
	processors["batch"] = kubernetes.Map{"send_batch_size": 1024, "timeout": "2s"}
	c["connectors"] = kubernetes.Map{
		"forward": kubernetes.Map{},
		// Requests, errors and durations of every span, also of traces that are not
		// kept; with the ids of some.
		"span_metrics": kubernetes.Map{
			"histogram": kubernetes.Map{"unit": "s", "explicit": kubernetes.Map{"buckets": kubernetes.List{
				"5ms", "10ms", "25ms", "50ms", "100ms", "250ms", "500ms", "1s", "2500ms", "5s", "10s", "30s",
			}}},
			"dimensions": kubernetes.List{
				kubernetes.Map{"name": "http.request.method"}, kubernetes.Map{"name": "http.route"}, kubernetes.Map{"name": "http.response.status_code"},
			},
			"resource_metrics_key_attributes": kubernetes.List{"service.name", "k8s.namespace.name"},
			"exemplars":                       kubernetes.Map{"enabled": true, "max_per_data_point": 5},
			"metrics_flush_interval":          "15s", "metrics_expiration": "10m",
			// A route with an id in it must not fill the memory of Prometheus.
			"aggregation_cardinality_limit": 5000,
		},
	}
	c["exporters"] = kubernetes.Map{
		"otlp_grpc": kubernetes.Map{
			"endpoint": fmt.Sprintf("%s.%s.svc:%d", jaegerName, TracingNamespace, otlpGRPC), "tls": kubernetes.Map{"insecure": true},
			"sending_queue":    kubernetes.Map{"enabled": true, "queue_size": 2000},
			"retry_on_failure": kubernetes.Map{"enabled": true, "max_elapsed_time": "5m"},
		},
		"prometheus": kubernetes.Map{
			"endpoint": fmt.Sprintf("%s:%d", podAddress, spanMetricsPort), "enable_open_metrics": true, "metric_expiration": "10m",
		},
	}
	c["service"] = service(kubernetes.Map{
		"traces/all": kubernetes.Map{
			"receivers": kubernetes.List{"otlp"}, "processors": kubernetes.List{"memory_limiter", "redaction"},
			"exporters": kubernetes.List{"span_metrics", "forward"},
		},
		"traces/kept": kubernetes.Map{
			"receivers": kubernetes.List{"forward"}, "processors": kubernetes.List{"tail_sampling", "batch"},
			"exporters": kubernetes.List{"otlp_grpc"},
		},
		"metrics/spans": kubernetes.Map{"receivers": kubernetes.List{"span_metrics"}, "exporters": kubernetes.List{"prometheus"}},
	})
	return c
}

// collectorValues are the values of the collector's chart that agents and
// gateways share. Its operator would be a second controller that can start pods;
// two releases need none.
func (b *tracing) collectorValues(image string, config kubernetes.Map) (kubernetes.Map, error) {
	full, err := versions.Image(image)
	if err != nil {
		return nil, err
	}
	repository, digest, _ := strings.Cut(full, "@")
	repository, tag, _ := strings.Cut(repository, ":")
	off := kubernetes.Map{"enabled": false}
	return kubernetes.Map{
		"image": kubernetes.Map{"repository": repository, "tag": tag, "digest": digest},
		// config would be merged with the chart's own receivers.
		"alternateConfig": config, "additionalLabels": b.Labels, "podLabels": b.Labels,
		"podSecurityContext": podSecurity(collectorUser), "securityContext": containerSecurity(),
		"ports": kubernetes.Map{
			"otlp":      kubernetes.Map{"enabled": true, "containerPort": otlpGRPC, "servicePort": otlpGRPC, "hostPort": 0, "protocol": "TCP", "appProtocol": "grpc"},
			"otlp-http": kubernetes.Map{"enabled": true, "containerPort": otlpHTTP, "servicePort": otlpHTTP, "hostPort": 0, "protocol": "TCP"},
			"metrics":   kubernetes.Map{"enabled": true, "containerPort": 8888, "servicePort": 8888, "protocol": "TCP"},
			// What only old clients speak.
			"jaeger-compact": off, "jaeger-thrift": off, "jaeger-grpc": off, "zipkin": off,
		},
		// Not the same request twice: a collector that is full lives, but is not ready.
		"livenessProbe":  kubernetes.Map{"httpGet": kubernetes.Map{"port": 13133, "path": "/"}, "initialDelaySeconds": 10, "periodSeconds": 20, "failureThreshold": 6},
		"readinessProbe": kubernetes.Map{"httpGet": kubernetes.Map{"port": 13133, "path": "/"}, "periodSeconds": 5, "failureThreshold": 2},
		"useGOMEMLIMIT":  true,
	}, nil
}

// makeGateway makes the gateways.
func (b *tracing) makeGateway() error {
	values, err := b.collectorValues("otel-collector-contrib", gatewayConfig(b.TracingArgs))
	if err != nil {
		return err
	}
	memory := fmt.Sprintf("%dMi", b.GatewayMemoryMiB)
	values["mode"], values["replicaCount"], values["fullnameOverride"] = "deployment", b.GatewayReplicas, gatewayName
	values["resources"] = sizes("200m", memory, "50Mi", "200Mi")
	values["serviceAccount"] = kubernetes.Map{"create": true, "name": gatewayName, "automountServiceAccountToken": false}
	values["topologySpreadConstraints"] = spread(gatewayPod)
	values["podDisruptionBudget"] = kubernetes.Map{"enabled": b.GatewayReplicas > 1, "maxUnavailable": 1}
	values["terminationGracePeriodSeconds"] = 60 // decides what it holds first
	values["ports"].(kubernetes.Map)["span-metrics"] = kubernetes.Map{
		"enabled": true, "containerPort": spanMetricsPort, "servicePort": spanMetricsPort, "protocol": "TCP",
	}
	values["serviceMonitor"] = kubernetes.Map{"enabled": true, "metricsEndpoints": kubernetes.List{
		kubernetes.Map{"port": "metrics"}, kubernetes.Map{"port": "span-metrics"},
	}}
	b.gateway, err = kubernetes.InstallRelease(b.ctx, b.name+"-gateway", &kubernetes.ReleaseArgs{
		Chart: "opentelemetry-collector", Name: gatewayName, Namespace: TracingNamespace, Values: values,
	}, b.in, pulumi.DependsOn([]pulumi.Resource{b.jaeger}))
	if err != nil {
		return err
	}
	_, err = b.apply("gateway-peers", kubernetes.Object{
		APIVersion: "v1", Kind: "Service", Name: gatewayPeers,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"clusterIP": "None", "selector": gatewayPod,
			"ports": kubernetes.List{kubernetes.Map{"name": "otlp", "port": otlpGRPC, "targetPort": otlpGRPC, "protocol": "TCP", "appProtocol": "grpc"}},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{b.gateway}))
	return err
}

// makeAgent makes the agents. Their service leads to the agent of the caller's
// own node, which so knows the caller by its address; no port of the node is
// taken.
func (b *tracing) makeAgent() error {
	values, err := b.collectorValues("otel-collector-k8s", agentConfig())
	if err != nil {
		return err
	}
	values["mode"], values["fullnameOverride"] = "daemonset", agentName
	values["resources"] = sizes("50m", "128Mi", "50Mi", "200Mi")
	values["service"] = kubernetes.Map{"enabled": true, "type": "ClusterIP", "internalTrafficPolicy": "Local"}
	values["serviceAccount"] = kubernetes.Map{"create": true, "name": agentName, "automountServiceAccountToken": true}
	values["clusterRole"] = kubernetes.Map{"create": true, "name": agentName, "rules": kubernetes.List{
		kubernetes.Map{"apiGroups": kubernetes.List{""}, "resources": kubernetes.List{"pods", "namespaces"}, "verbs": kubernetes.List{"get", "list", "watch"}},
		kubernetes.Map{"apiGroups": kubernetes.List{"apps"}, "resources": kubernetes.List{"replicasets"}, "verbs": kubernetes.List{"get", "list", "watch"}},
	}}
	values["tolerations"] = kubernetes.List{kubernetes.Map{"operator": "Exists"}}
	values["priorityClassName"] = "system-node-critical"
	values["serviceMonitor"] = kubernetes.Map{"enabled": true, "metricsEndpoints": kubernetes.List{kubernetes.Map{"port": "metrics"}}}
	_, err = kubernetes.InstallRelease(b.ctx, b.name+"-agent", &kubernetes.ReleaseArgs{
		Chart: "opentelemetry-collector", Name: agentName, Namespace: TracingNamespace, Values: values,
	}, b.in, pulumi.DependsOn([]pulumi.Resource{b.gateway}))
	return err
}
