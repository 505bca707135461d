package kubernetes

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// service is a Service while it is made.
type service struct {
	*ServiceArgs
	ctx          *pulumi.Context
	name, prefix string
	child        pulumi.ResourceOption
	// needs are what pods need before they start.
	needs []pulumi.Resource
}

// NewService makes the service called name and everything around it.
//
// Some objects are the service's and stay for ever: its account, files, network
// policy and the Service of its name. The others belong to one strategy and carry
// its word in their names. Changing the strategy makes a second set of them beside
// the first, waits until all its pods are well, and takes the first away: Pulumi
// deletes last, and from the outside in, so that requests move before pods go.
func NewService(ctx *pulumi.Context, name string, args *ServiceArgs, opts ...pulumi.ResourceOption) (*Service, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating service %s: %w", name, err)
	}
	made := &Service{Name: name, URL: "http://" + name + "." + args.Namespace + ".svc"}
	s := &service{ServiceArgs: args, ctx: ctx, name: name, prefix: "service-" + name, child: pulumi.Parent(made)}
	if err := component.Register(ctx, "kubernetes", "Service", s.prefix, made, opts...); err != nil {
		return nil, err
	}
	if err := s.common(); err != nil {
		return nil, err
	}
	var err error
	if made.Backends, err = s.deliver(); err != nil {
		return nil, err
	}
	made.Kind, made.Workload = s.kind(), s.workload()
	return made, ctx.RegisterResourceOutputs(made, pulumi.Map{
		"name": pulumi.String(name), "url": pulumi.String(made.URL), "workload": pulumi.String(made.Workload),
	})
}

// common makes what outlives every strategy.
func (s *service) common() error {
	account, err := s.identity(s.ctx, s.prefix, s.name, s.child)
	if err != nil {
		return err
	}
	files, err := s.files(s.ctx, s.prefix, s.name, s.child)
	if err != nil {
		return err
	}
	policy, err := s.flows()
	if err != nil {
		return err
	}
	root, err := s.service(s.name, map[string]string{NameLabel: s.name, ServingLabel: "true"}, nil)
	if err != nil {
		return err
	}
	s.needs = append(files, account, policy, root)
	if s.MetricsPath == "" && !s.Sidecar {
		return nil
	}
	return s.watched()
}

// flows is the network policy; the smoke test is one of the callers.
func (s *service) flows() (pulumi.Resource, error) {
	pod, pods := s.Pod, []string{s.name}
	if s.Strategy != Rolling && s.Analysis.SmokePath != "" {
		pods = append(pods, s.smokeName())
		pod.From = append(slices.Clone(pod.From), Connection{Name: "smoke", Pods: map[string]string{NameLabel: s.smokeName()}, TCP: List{s.Port}})
		pod.To = append(slices.Clone(pod.To), Connection{Name: s.name, Pods: map[string]string{NameLabel: s.name}, TCP: List{s.Port}})
	}
	return pod.policy(s.ctx, s.prefix, s.name, pods, s.child)
}

// apply makes one of the service's objects, in its namespace and with its labels.
func (s *service) apply(name string, o Object, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	o.Namespace = s.Namespace
	o.Labels = merged(s.labels(s.name), o.Labels)
	return Apply(s.ctx, resourceName(s.prefix, name), o, append(opts, s.child)...)
}

// service makes a Service. Pulumi does not wait for its pods: they come after it.
// What managed lists is somebody else's from the first moment on.
func (s *service) service(name string, selector map[string]string, managed []string) (pulumi.Resource, error) {
	logical := "service"
	if name != s.name {
		logical = name[len(s.name)+1:] + "-service"
	}
	return s.apply(logical, Object{
		APIVersion: "v1", Kind: "Service", Name: name, Annotations: map[string]string{"pulumi.com/skipAwait": "true"},
		Body: Map{"spec": Map{
			"type": "ClusterIP", "selector": selector,
			"ports": List{Map{"name": "http", "port": ServicePort, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}},
		}},
	}, pulumi.IgnoreChanges(managed))
}

// watched lets Prometheus read the metrics of every pod, a canary's too: the
// Service of the service's name leaves those out. Proxies of sidecars count requests
// whether or not the service has metrics of its own.
func (s *service) watched() error {
	const label = "explico.io/metrics"
	headless, err := s.apply("metrics-service", Object{
		APIVersion: "v1", Kind: "Service", Name: s.name + "-metrics", Labels: map[string]string{label: "true"},
		Annotations: map[string]string{"pulumi.com/skipAwait": "true"},
		Body: Map{"spec": Map{
			"type": "ClusterIP", "clusterIP": "None", "publishNotReadyAddresses": true, "selector": Map{NameLabel: s.name},
			"ports": List{s.metricsPort()},
		}},
	})
	if err != nil {
		return err
	}
	_, err = s.apply("monitor", Object{
		APIVersion: "monitoring.coreos.com/v1", Kind: "ServiceMonitor", Name: s.name,
		Body: Map{"spec": Map{
			"jobLabel":        NameLabel,
			"podTargetLabels": List{hashLabel},
			"selector":        Map{"matchLabels": Map{NameLabel: s.name, label: "true"}},
			"endpoints":       List{s.scraped()},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{headless}))
	return err
}

// ProxyMetricsPort is where the proxy of a sidecar answers with the pod's metrics
// and its own: a port that the mesh leaves alone.
// Source: Istio 1.30, "Integrations: Prometheus", metrics merging.
const (
	ProxyMetricsPort = 15020
	proxyMetricsPath = "/stats/prometheus"
)

// metricsName is the name of the port that metrics are on, if they have one of their
// own. It begins with the protocol, by which the mesh knows it.
// Source: Istio 1.30, "Protocol Selection".
const metricsName = "http-metrics"

// ownMetrics says whether metrics have a port of their own.
func (s *service) ownMetrics() bool {
	return s.MetricsPath != "" && s.MetricsPort != 0 && s.MetricsPort != s.Port
}

// metricsPort is the port of the Service of metrics.
func (s *service) metricsPort() Map {
	if s.ownMetrics() {
		return Map{"name": metricsName, "port": s.MetricsPort, "targetPort": metricsName, "protocol": "TCP"}
	}
	return Map{"name": "http", "port": ServicePort, "targetPort": "http", "protocol": "TCP"}
}

// scraped is where Prometheus reads the metrics of one pod.
func (s *service) scraped() Map {
	endpoint := Map{"port": s.metricsPort()["name"], "path": s.MetricsPath, "interval": "30s"}
	if s.Sidecar {
		endpoint["path"] = proxyMetricsPath
		endpoint["relabelings"] = List{Map{
			"sourceLabels": List{"__meta_kubernetes_pod_ip"}, "regex": "(.+)", "targetLabel": "__address__",
			"replacement": fmt.Sprintf("$1:%d", ProxyMetricsPort), "action": "replace",
		}}
	}
	return endpoint
}

// pods is the template of the service's pods under its strategy.
func (s *service) pods() Map {
	labels := merged(s.labels(s.name), s.PodLabels, s.selector())
	if s.Strategy == Rolling {
		labels[ServingLabel] = "true" // Argo Rollouts says itself which of its pods serve
	}
	probe := func(path string, period, failures int) Map {
		return Map{"httpGet": Map{"path": path, "port": "http"}, "periodSeconds": period, "timeoutSeconds": 3, "failureThreshold": failures}
	}
	ports := List{Map{"name": "http", "containerPort": s.Port, "protocol": "TCP"}}
	metrics := s.Port
	if s.ownMetrics() {
		metrics = s.MetricsPort
		ports = append(ports, Map{"name": metricsName, "containerPort": metrics, "protocol": "TCP"})
	}
	container := Map{
		"name":           "app",
		"ports":          ports,
		"startupProbe":   probe(s.LivePath, 5, (s.StartSeconds+4)/5),
		"readinessProbe": probe(s.ReadyPath, 5, 3),
		"livenessProbe":  probe(s.LivePath, 10, 6),
	}
	if len(s.Args) > 0 {
		container["args"] = s.Args
	}
	if s.DrainSeconds > 0 {
		container["lifecycle"] = Map{"preStop": Map{"sleep": Map{"seconds": s.DrainSeconds}}}
	}
	spec := s.spec(s.name, container)
	spec["terminationGracePeriodSeconds"] = s.DrainSeconds + s.StopSeconds
	spec["topologySpreadConstraints"] = List{s.spread("topology.kubernetes.io/zone"), s.spread("kubernetes.io/hostname")}
	metadata := Map{"labels": labels}
	if s.Sidecar && s.MetricsPath != "" {
		metadata["annotations"] = Map{
			"prometheus.io/scrape": "true", "prometheus.io/port": fmt.Sprint(metrics), "prometheus.io/path": s.MetricsPath,
		}
	}
	return Map{"metadata": metadata, "spec": spec}
}

// spread keeps the pods of one release apart, as far as there is room.
func (s *service) spread(key string) Map {
	hash := hashLabel
	if s.Strategy == Rolling {
		hash = "pod-template-hash"
	}
	return Map{
		"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway",
		"labelSelector": Map{"matchLabels": s.selector()}, "matchLabelKeys": List{hash},
	}
}

// selector are the pods of the service's strategy.
func (s *service) selector() map[string]string {
	return map[string]string{NameLabel: s.name, StrategyLabel: string(s.Strategy)}
}

// workload is the name of what runs the pods.
func (s *service) workload() string { return s.name + "-" + string(s.Strategy) }

func (s *service) kind() string {
	if s.Strategy == Rolling {
		return "Deployment"
	}
	return "Rollout"
}
