package kubernetes

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (s *service) sloName() string { return s.workload() + "-slo" }

func (s *service) smokeName() string { return s.workload() + "-smoke" }

// analyses makes the templates by which a new release is judged.
func (s *service) analyses() ([]pulumi.Resource, error) {
	slo, err := s.template("slo", s.sloName(), List{Map{"name": "release"}}, List{
		s.metric("error-rate", s.errorRate(), s.Analysis.MaxErrors),
		s.metric("latency", s.latency(), s.Analysis.LatencySeconds),
	})
	if err != nil || s.Analysis.SmokePath == "" {
		return []pulumi.Resource{slo}, err
	}
	smoke, err := s.template("smoke", s.smokeName(), nil, List{Map{"name": "smoke", "provider": Map{"job": s.smoke()}}})
	return []pulumi.Resource{slo, smoke}, err
}

func (s *service) template(logical, name string, args, metrics List) (pulumi.Resource, error) {
	spec := Map{"metrics": metrics}
	if len(args) > 0 {
		spec["args"] = args
	}
	return s.apply(resourceName(string(s.Strategy), logical), Object{
		APIVersion: "argoproj.io/v1alpha1", Kind: "AnalysisTemplate", Name: name, Body: Map{"spec": spec},
	})
}

// measurements is how many there are, a minute apart: as long as the steps of a
// canary last, or five after a switch.
func (s *service) measurements() int {
	if s.Strategy != Canary {
		return 5
	}
	return max(1, len(s.Steps.Percents)*s.Steps.PauseSeconds/60-1)
}

// metric measures a query once a minute. A value beyond the limit is a failure; no
// value at all (nobody asked anything) is neither success nor failure.
func (s *service) metric(name, query string, limit float64) Map {
	there, most := "len(result) > 0 && !isNaN(result[0]) && result[0] ", strconv.FormatFloat(limit, 'g', 6, 64)
	unasked := s.Analysis.Failures
	if s.Analysis.PassUnasked {
		unasked = s.measurements()
	}
	return Map{
		"name": name, "interval": "1m", "initialDelay": "1m", "count": s.measurements(),
		"successCondition": there + "<= " + most, "failureCondition": there + "> " + most,
		"failureLimit": s.Analysis.Failures, "inconclusiveLimit": unasked, "consecutiveErrorLimit": 4,
		"provider": Map{"prometheus": Map{"address": s.Analysis.Prometheus, "query": query}},
	}
}

// MeshReporter is who counts each request to a service once, also one that no pod sees:
// with sidecars whoever asks; in an ambient mesh the waypoint, which a gateway, that
// counts as well, asks too.
func MeshReporter(sidecar bool) string {
	if sidecar {
		return "source"
	}
	return "waypoint"
}

// source is what a query selects: the metric's series of the new release, with
// further matchers.
func (s *service) source(metric, more string) string {
	if s.Analysis.MeshMetrics {
		released := s.name + "-canary"
		if s.Strategy == BlueGreen {
			released = s.name + "-active"
		}
		return map[string]string{"requests": "istio_requests_total", "latency": "istio_request_duration_milliseconds_bucket"}[metric] +
			`{reporter="` + MeshReporter(s.Sidecar) + `",destination_service_namespace="` + s.Namespace + `",destination_service_name="` + released + `"` + more + `}`
	}
	return map[string]string{"requests": "http_request_duration_seconds_count", "latency": "http_request_duration_seconds_bucket"}[metric] +
		`{namespace="` + s.Namespace + `",job="` + s.name + `",rollouts_pod_template_hash="{{args.release}}",path!~"healthz|readyz|metrics"` + more + `}`
}

// errorRate is the share of requests that failed for a fault of the service. No
// failure at all has no series: that is 0, and not nothing.
func (s *service) errorRate() string {
	failed := `,status=~"5.."`
	if s.Analysis.MeshMetrics {
		failed = `,response_code=~"5.."`
	}
	return `(sum(rate(` + s.source("requests", failed) + `[2m])) or vector(0)) / sum(rate(` + s.source("requests", "") + `[2m]))`
}

// latency is within how many seconds the target's share of requests is answered.
func (s *service) latency() string {
	quantile := `histogram_quantile(` + strconv.FormatFloat(s.Analysis.LatencyTarget, 'g', 6, 64) +
		`, sum by (le) (rate(` + s.source("latency", "") + `[2m])))`
	if s.Analysis.MeshMetrics {
		return quantile + ` / 1000`
	}
	return quantile
}

// smoke asks the new release, from inside the cluster and through its mesh.
func (s *service) smoke() Map {
	target := s.name + "-canary"
	if s.Strategy == BlueGreen {
		target = s.name + "-preview"
	}
	labels := merged(s.Labels, map[string]string{NameLabel: s.smokeName()})
	asker := Pod{Image: s.Analysis.SmokeImage, CPU: "50m", Memory: "64Mi", Disk: "64Mi", User: s.User, Labels: s.Labels, PriorityClass: s.PriorityClass}
	url := "http://" + target + "." + s.Namespace + ".svc" + s.Analysis.SmokePath
	spec := asker.spec(s.name, Map{
		"name": "smoke", "command": List{"curl"},
		"args": List{"--fail", "--silent", "--show-error", "--max-time", "10", "--retry", "5", "--retry-delay", "3", "--retry-all-errors", url},
	})
	spec["restartPolicy"] = "Never"
	return Map{"metadata": Map{"labels": labels}, "spec": Map{
		"backoffLimit": 1, "activeDeadlineSeconds": 180, "ttlSecondsAfterFinished": 86400,
		"template": Map{"metadata": Map{"labels": labels}, "spec": spec},
	}}
}
