package kubernetes

import (
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Surge is how many more pods than there are a rolling update starts.
const Surge = "25%"

// hashLabel is what Argo Rollouts tells the pods of two releases apart by.
const hashLabel = "rollouts-pod-template-hash"

// deliver makes the objects of the strategy, each after what it needs:
//
//	Services → workload → routes, autoscaler → disruption budget
//
// The budget comes last and waits until a pod could be evicted, which is when all
// of them are well: only then does Pulumi go on to take an earlier strategy away,
// in the reverse order, so that nobody is routed to pods that go.
func (s *service) deliver() ([]string, error) {
	backends, services, err := s.backends()
	if err != nil {
		return nil, err
	}
	needs := append(services, s.needs...)
	if s.Strategy != Rolling {
		templates, err := s.analyses()
		if err != nil {
			return nil, err
		}
		needs = append(needs, templates...)
	}
	workload, err := s.run(append(needs, s.After...))
	if err != nil {
		return nil, err
	}
	outer := []pulumi.Resource{workload}
	routes, err := s.routes(outer)
	if err != nil {
		return nil, err
	}
	scaler, err := s.autoscale(outer)
	if err != nil {
		return nil, err
	}
	if err := s.recommend(outer); err != nil {
		return nil, err
	}
	if s.Strategy != Rolling {
		if err := s.alert(outer); err != nil {
			return nil, err
		}
	}
	return backends, s.budget(append(append(outer, routes...), scaler...))
}

// tails end the names of the Services that a strategy routes requests to.
var tails = map[Strategy][]string{Rolling: {"-rolling"}, Canary: {"-stable", "-canary"}, BlueGreen: {"-active", "-preview"}}

// Backends are the names of all Services that requests to the service called name
// are routed to, under any strategy, sorted.
func Backends(name string) []string {
	var all []string
	for _, strategy := range slices.Sorted(maps.Keys(tails)) {
		for _, tail := range tails[strategy] {
			all = append(all, name+tail)
		}
	}
	slices.Sort(all)
	return all
}

// backends makes the Services that requests are routed to. Argo Rollouts points
// those of its strategies at one release each: their selectors are its own.
func (s *service) backends() (names []string, services []pulumi.Resource, err error) {
	var managed []string
	if s.Strategy != Rolling {
		managed = []string{"spec.selector"}
	}
	for _, tail := range tails[s.Strategy] {
		name := s.name + tail
		made, err := s.service(name, s.selector(), managed)
		if err != nil {
			return nil, nil, err
		}
		names, services = append(names, name), append(services, made)
	}
	return names, services, nil
}

// run makes the Deployment or the Rollout. The number of pods is the autoscaler's
// after the first moment, a fixed one too (see autoscale): nothing that is changed
// here sets it back.
func (s *service) run(needs []pulumi.Resource) (pulumi.Resource, error) {
	spec := Map{
		"replicas": s.Scale.Min, "revisionHistoryLimit": 3,
		"selector": Map{"matchLabels": s.selector()}, "template": s.pods(),
		"progressDeadlineSeconds": s.deadline(),
	}
	o := Object{APIVersion: "apps/v1", Kind: "Deployment", Name: s.workload(), Body: Map{"spec": spec}}
	strategy := Map{}
	switch s.Strategy {
	case Canary:
		strategy["canary"] = s.canary()
	case BlueGreen:
		strategy["blueGreen"] = s.blueGreen()
	default:
		// One more pod than there were, never one less.
		strategy = Map{"type": "RollingUpdate", "rollingUpdate": Map{"maxSurge": Surge, "maxUnavailable": 0}}
	}
	if s.Strategy != Rolling {
		o.APIVersion, o.Kind = "argoproj.io/v1alpha1", "Rollout"
		spec["progressDeadlineAbort"] = true
	}
	spec["strategy"] = strategy
	if len(s.Secrets) > 0 { // the operator of that name starts pods anew when a secret changes
		o.Annotations = map[string]string{"secret.reloader.stakater.com/reload": s.name + "-secrets"}
	}
	ignored := pulumi.IgnoreChanges([]string{"spec.replicas"})
	return s.apply(string(s.Strategy), o, pulumi.DependsOn(needs), ignored, s.patient())
}

// patient waits for pods a little longer than their controller does.
func (s *service) patient() pulumi.ResourceOption {
	wait := (time.Duration(s.deadline()+300) * time.Second).String()
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: wait, Update: wait})
}

// deadline is how long a pod may make no progress, in seconds: a new node, the
// image and the start.
func (s *service) deadline() int { return 600 + s.StartSeconds }

// canary shifts requests in steps. The smoke test asks the first pod before any
// user does; the analysis runs from the first user's request to the last step.
func (s *service) canary() Map {
	var steps List
	if s.Analysis.SmokePath != "" {
		steps = List{
			Map{"setCanaryScale": Map{"replicas": 1}},
			Map{"analysis": Map{"templates": List{Map{"templateName": s.smokeName()}}}},
			Map{"setCanaryScale": Map{"matchTrafficWeight": true}},
		}
	}
	first := len(steps)
	for _, percent := range s.Steps.Percents {
		steps = append(steps, Map{"setWeight": percent}, Map{"pause": Map{"duration": seconds(s.Steps.PauseSeconds)}})
	}
	var routes List
	for _, r := range s.routeNames() {
		routes = append(routes, Map{"name": r})
	}
	return Map{
		"stableService": s.name + "-stable", "canaryService": s.name + "-canary",
		"stableMetadata": Map{"labels": Map{ServingLabel: "true"}},
		"trafficRouting": Map{"plugins": Map{RouterPlugin: Map{"namespace": s.Namespace, "httpRoutes": routes}}},
		// Pods of the last release stay until every proxy has heard.
		"scaleDownDelaySeconds": 60, "abortScaleDownDelaySeconds": 60,
		"steps":    steps,
		"analysis": Map{"startingStep": first + 1, "templates": List{Map{"templateName": s.sloName()}}, "args": s.analysisArgs()},
	}
}

// blueGreen moves all requests at once, and keeps the last release at hand.
func (s *service) blueGreen() Map {
	out := Map{
		"activeService": s.name + "-active", "previewService": s.name + "-preview",
		"activeMetadata":        Map{"labels": Map{ServingLabel: "true"}},
		"autoPromotionEnabled":  s.Steps.AutoPromote,
		"scaleDownDelaySeconds": s.Steps.KeepSeconds, "abortScaleDownDelaySeconds": 60,
		"postPromotionAnalysis": Map{"templates": List{Map{"templateName": s.sloName()}}, "args": s.analysisArgs()},
	}
	if s.Analysis.SmokePath != "" {
		out["prePromotionAnalysis"] = Map{"templates": List{Map{"templateName": s.smokeName()}}}
	}
	return out
}

// analysisArgs tell an analysis which pods are the new release's.
func (s *service) analysisArgs() List {
	return List{Map{"name": "release", "valueFrom": Map{"podTemplateHashValue": "Latest"}}}
}

// alert tells of a rollout that was taken back, or that waits for somebody.
func (s *service) alert(needs []pulumi.Resource) error {
	_, err := s.apply("delivery-alerts", Object{
		APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule", Name: s.name + "-delivery",
		Body: Map{"spec": DeliveryAlerts(s.name, s.workload(), s.Runbook, s.patience())},
	}, pulumi.DependsOn(needs))
	return err
}

// DeliveryAlerts are the alerts on the releases of a service whose Rollout has
// the name workload, as the specification of a PrometheusRule. Runbook is the
// address of the runbook, whose chapters are the alerts' names; a pause is told
// of after patience, such as 7200s.
// Source of the phases: Argo Rollouts, controller/metrics/rollouts.go.
func DeliveryAlerts(service, workload, runbook, patience string) Map {
	rule := func(alert, phases, wait, summary string) Map {
		return Map{
			"alert": alert, "for": wait,
			"expr":        `max(rollout_info{name="` + workload + `",phase=~"` + phases + `"}) > 0`,
			"labels":      Map{"severity": "p1", "service": service},
			"annotations": Map{"summary": summary, "runbook_url": runbook + "#" + lower(alert)},
		}
	}
	return Map{"groups": List{Map{"name": service + "-delivery", "rules": List{
		rule("DeliveryAborted", "Abort|Error|InvalidSpec|Timeout", "1m",
			"A new release of "+service+" was taken back: its analysis failed, or its pods did not start. Users are served by the last one."),
		rule("DeliveryWaits", "Paused", patience, "A new release of "+service+" waits for somebody to promote or abort it."),
	}}}}
}

// patience is longer than all pauses that end by themselves.
func (s *service) patience() string {
	return seconds(2*3600 + len(s.Steps.Percents)*s.Steps.PauseSeconds)
}
