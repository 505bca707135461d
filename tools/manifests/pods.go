package main

import (
	"encoding/json"
	"fmt"
	"strings"

	core "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
)

// templates say where a kind holds its pod templates; * is every item of a list.
var templates = map[string]string{
	"Deployment": "spec.template", "StatefulSet": "spec.template", "DaemonSet": "spec.template", "ReplicaSet": "spec.template",
	"Job": "spec.template", "Rollout": "spec.template", "CronJob": "spec.jobTemplate.spec.template",
	"ScaledJob": "spec.jobTargetRef.template", "Pod": "", "AnalysisTemplate": "spec.metrics.*.provider.job.spec.template",
	"Elasticsearch": "spec.nodeSets.*.podTemplate", "Kibana": "spec.podTemplate", "Logstash": "spec.podTemplate",
}

// checkPods holds every pod template against the standard that its namespace
// enforces, at the version that the namespace pins.
func checkPods(objects []object) ([]finding, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return nil, fmt.Errorf("making the evaluator: %w", err)
	}
	standards := map[string]api.LevelVersion{}
	for _, o := range objects {
		if o.textAt("kind") != "Namespace" {
			continue
		}
		labels := map[string]string{}
		metadata, _ := o.fields["metadata"].(map[string]any)
		all, _ := metadata["labels"].(map[string]any)
		for k, v := range all {
			labels[k], _ = v.(string)
		}
		p, errs := api.PolicyToEvaluate(labels, api.Policy{})
		if err := errs.ToAggregate(); err != nil {
			return nil, fmt.Errorf("reading %s: %w", o, err)
		}
		standards[o.cluster+"/"+o.textAt("metadata", "name")] = p.Enforce
	}
	var findings []finding
	for _, o := range objects {
		pods, strict := podsOf(o)
		findings = append(findings, strict...)
		if len(pods) == 0 {
			continue
		}
		standard, known := standards[o.cluster+"/"+o.textAt("metadata", "namespace")]
		if !known {
			findings = append(findings, o.finding("pod-security", "its namespace is none of the program's: no standard holds there"))
			continue
		}
		if standard.Level == "" {
			findings = append(findings, o.finding("pod-security", "its namespace enforces no standard"))
			continue
		}
		for _, pod := range pods {
			if result := policy.AggregateCheckResults(evaluator.EvaluatePod(standard, &pod.ObjectMeta, &pod.Spec)); !result.Allowed {
				findings = append(findings, o.finding("pod-security", "violates PodSecurity %q: %s", standard.String(), result.ForbiddenDetail()))
			}
		}
	}
	return findings, nil
}

// podsOf are an object's pod templates. The schemas of custom resources say little
// about them, so they are decoded strictly here; in a kind that is built in, what
// does not decode is a finding already.
func podsOf(o object) ([]core.PodTemplateSpec, []finding) {
	path, has := templates[o.textAt("kind")]
	if !has {
		return nil, nil
	}
	at := []any{o.fields}
	for key := range strings.SplitSeq(path, ".") {
		if key != "" {
			at = below(at, key)
		}
	}
	_, builtIn := decode(o)
	var pods []core.PodTemplateSpec
	var findings []finding
	for _, template := range at {
		text, err := json.Marshal(template)
		if err != nil {
			continue // it was JSON before
		}
		var pod core.PodTemplateSpec
		strict, err := kjson.UnmarshalStrict(text, &pod)
		if err != nil {
			strict = append(strict, err)
		} else {
			pods = append(pods, pod)
		}
		for _, err := range strict {
			if !builtIn {
				findings = append(findings, o.finding("strict", "%s: %v", path, err))
			}
		}
	}
	return pods, findings
}

// below are the values of a key in objects, or with * the items of lists.
func below(all []any, key string) []any {
	var found []any
	for _, one := range all {
		switch one := one.(type) {
		case map[string]any:
			if one[key] != nil {
				found = append(found, one[key])
			}
		case []any:
			if key == "*" {
				found = append(found, one...)
			}
		}
	}
	return found
}
