package monitoring

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/versions"
)

// jaegerUser is the user of Jaeger's image.
const jaegerUser = 10001

// jaegerConfig is Jaeger's configuration: it takes OTLP, writes an index a day
// and shows what is there.
func jaegerConfig(a *TracingArgs) kubernetes.Map {
	store := kubernetes.Map{
		"server_urls": kubernetes.List{elasticsearchURL},
		"auth": kubernetes.Map{"basic": kubernetes.Map{
			"username": jaegerName, "password_file": "/credentials/password", "reload_interval": "1m",
		}},
		"tls": kubernetes.Map{"ca_file": "/credentials/ca.crt"},
	}
	if e := a.Elasticsearch; e != nil {
		store["server_urls"] = kubernetes.List{e.Address}
		store["auth"].(kubernetes.Map)["basic"].(kubernetes.Map)["username"] = "${file:/credentials/username}"
		delete(store, "tls")
	}
	index := kubernetes.Map{"shards": 1, "replicas": a.Copies}
	store["indices"] = kubernetes.Map{"spans": index, "services": index, "dependencies": index, "sampling": index}
	store["max_span_age"] = fmt.Sprintf("%dh", a.Days*24)
	store["create_mappings"] = true
	return kubernetes.Map{
		"extensions": kubernetes.Map{
			"healthcheckv2":  kubernetes.Map{"use_v2": true, "http": kubernetes.Map{"endpoint": "0.0.0.0:13133"}},
			"jaeger_storage": kubernetes.Map{"backends": kubernetes.Map{"elasticsearch": kubernetes.Map{"elasticsearch": store}}},
			"jaeger_query":   kubernetes.Map{"storage": kubernetes.Map{"traces": "elasticsearch"}},
		},
		"receivers": kubernetes.Map{"otlp": kubernetes.Map{"protocols": kubernetes.Map{
			"grpc": kubernetes.Map{"endpoint": fmt.Sprintf("0.0.0.0:%d", otlpGRPC)},
		}}},
		"exporters": kubernetes.Map{"jaeger_storage_exporter": kubernetes.Map{"trace_storage": "elasticsearch"}},
		"service": kubernetes.Map{
			"extensions": kubernetes.List{"jaeger_storage", "jaeger_query", "healthcheckv2"},
			"pipelines": kubernetes.Map{"traces": kubernetes.Map{
				"receivers": kubernetes.List{"otlp"}, "exporters": kubernetes.List{"jaeger_storage_exporter"},
			}},
			"telemetry": kubernetes.Map{"metrics": kubernetes.Map{"readers": kubernetes.List{kubernetes.Map{
				"pull": kubernetes.Map{"exporter": kubernetes.Map{"prometheus": kubernetes.Map{"host": "0.0.0.0", "port": 8888}}},
			}}}},
		},
	}
}

// makeJaeger makes Jaeger: its one program stores traces and shows them, and
// keeps nothing itself. Its chart opens twelve ports for clients of old, runs
// with a token of the API and stops before it starts anew, so that the objects
// are here.
func (b *tracing) makeJaeger() error {
	text, err := yaml.Marshal(jaegerConfig(b.TracingArgs))
	if err != nil {
		return fmt.Errorf("writing Jaeger's configuration: %w", err)
	}
	files := pulumi.StringMap{"config.yaml": pulumi.String(text)}
	config, err := b.apply("jaeger-config", kubernetes.Object{
		APIVersion: "v1", Kind: "ConfigMap", Name: jaegerName, Body: kubernetes.Map{"data": files},
	})
	if err != nil {
		return err
	}
	account, err := b.apply("jaeger-account", kubernetes.Object{
		APIVersion: "v1", Kind: "ServiceAccount", Name: jaegerName, Body: kubernetes.Map{"automountServiceAccountToken": false},
	})
	if err != nil {
		return err
	}
	needs := []pulumi.Resource{config, account}
	if b.Elasticsearch != nil {
		secret, err := b.fetchSecret()
		if err != nil {
			return err
		}
		needs = append(needs, secret)
	}
	pod, err := b.jaegerPod(checksum(files))
	if err != nil {
		return err
	}
	b.jaeger, err = b.apply("jaeger", kubernetes.Object{
		APIVersion: "apps/v1", Kind: "Deployment", Name: jaegerName, Labels: jaegerPod,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"replicas": b.JaegerReplicas, "selector": kubernetes.Map{"matchLabels": jaegerPod}, "template": pod,
			"strategy": kubernetes.Map{"type": "RollingUpdate", "rollingUpdate": kubernetes.Map{"maxUnavailable": 0, "maxSurge": 1}},
		}},
	}, pulumi.DependsOn(needs))
	if err != nil {
		return err
	}
	return b.jaegerService()
}

// jaegerService makes the service, what scrapes it, and the disruption budget of
// more than one pod.
func (b *tracing) jaegerService() error {
	var ports kubernetes.List
	for _, p := range []struct {
		name string
		port int
	}{{"otlp-grpc", otlpGRPC}, {"http-query", jaegerQuery}, {"http-metrics", 8888}} {
		ports = append(ports, kubernetes.Map{"name": p.name, "port": p.port, "targetPort": p.name, "protocol": "TCP"})
	}
	after := pulumi.DependsOn([]pulumi.Resource{b.jaeger})
	service, err := b.apply("jaeger-service", kubernetes.Object{
		APIVersion: "v1", Kind: "Service", Name: jaegerName, Labels: jaegerPod,
		Body: kubernetes.Map{"spec": kubernetes.Map{"type": "ClusterIP", "selector": jaegerPod, "ports": ports}},
	}, after)
	if err != nil {
		return err
	}
	if _, err := b.apply("jaeger-monitor", kubernetes.Object{
		APIVersion: "monitoring.coreos.com/v1", Kind: "ServiceMonitor", Name: jaegerName,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"selector":  kubernetes.Map{"matchLabels": jaegerPod},
			"endpoints": kubernetes.List{kubernetes.Map{"port": "http-metrics"}},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{service})); err != nil {
		return err
	}
	if b.JaegerReplicas < 2 {
		return nil
	}
	_, err = b.apply("jaeger-budget", kubernetes.Object{
		APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Name: jaegerName,
		Body: kubernetes.Map{"spec": kubernetes.Map{"maxUnavailable": 1, "selector": kubernetes.Map{"matchLabels": jaegerPod}}},
	}, after)
	return err
}

// jaegerPod is Jaeger's pod. It starts anew when its configuration changes.
func (b *tracing) jaegerPod(sum pulumi.StringInput) (kubernetes.Map, error) {
	image, err := versions.Image("jaeger")
	if err != nil {
		return nil, err
	}
	probe := func(path, port string, period, failures int) kubernetes.Map {
		return kubernetes.Map{
			"httpGet": kubernetes.Map{"path": path, "port": port}, "periodSeconds": period, "failureThreshold": failures, "timeoutSeconds": 3,
		}
	}
	port := func(name string, number int) kubernetes.Map {
		return kubernetes.Map{"name": name, "containerPort": number, "protocol": "TCP"}
	}
	return kubernetes.Map{
		"metadata": kubernetes.Map{"labels": withLabels(b.Labels, jaegerPod), "annotations": kubernetes.Map{"explico.io/checksum": sum}},
		"spec": kubernetes.Map{
			"serviceAccountName": jaegerName, "automountServiceAccountToken": false,
			"securityContext": podSecurity(jaegerUser), "topologySpreadConstraints": spread(jaegerPod),
			"containers": kubernetes.List{kubernetes.Map{
				"name": "jaeger", "image": image, "args": kubernetes.List{"--config", "/etc/jaeger/config.yaml"},
				"ports": kubernetes.List{
					port("otlp-grpc", otlpGRPC), port("http-query", jaegerQuery), port("http-metrics", 8888), port("health", 13133),
				},
				"startupProbe":    probe("/status", "health", 5, 60), // it waits for Elasticsearch
				"livenessProbe":   probe("/status", "health", 20, 5),
				"readinessProbe":  probe("/", "http-query", 10, 3),
				"securityContext": containerSecurity(), "resources": sizes("100m", "512Mi", "50Mi", "200Mi"),
				"env":          kubernetes.List{kubernetes.Map{"name": "GOMEMLIMIT", "value": "410MiB"}}, // four fifths
				"volumeMounts": kubernetes.List{mount("config", "/etc/jaeger"), mount("credentials", "/credentials"), scratch("tmp", "/tmp")},
			}},
			"volumes": kubernetes.List{
				kubernetes.Map{"name": "config", "configMap": kubernetes.Map{"name": jaegerName}},
				secretVolume("credentials", jaegerStore), emptyDir("tmp", "64Mi"),
			},
		},
	}, nil
}

// fetchSecret has the External Secrets Operator keep the password of an
// Elasticsearch outside of the cluster.
func (b *tracing) fetchSecret() (pulumi.Resource, error) {
	var data kubernetes.List
	for _, key := range []string{"username", "password"} {
		data = append(data, kubernetes.Map{"secretKey": key, "remoteRef": kubernetes.Map{"key": b.Elasticsearch.Secret, "property": key}})
	}
	return b.apply("jaeger-secret", kubernetes.Object{
		APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Name: jaegerStore,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"refreshInterval": "1h", "secretStoreRef": kubernetes.Map{"kind": "ClusterSecretStore", "name": b.Elasticsearch.SecretStore},
			"target": kubernetes.Map{"name": jaegerStore, "creationPolicy": "Owner"}, "data": data,
		}},
	})
}
