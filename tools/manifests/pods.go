package main

import (
	"encoding/json"
	"fmt"

	core "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// templates say where a kind holds its pod template.
var templates = map[string][]string{
	"Deployment": {"spec", "template"}, "StatefulSet": {"spec", "template"}, "DaemonSet": {"spec", "template"}, "ReplicaSet": {"spec", "template"},
	"Job": {"spec", "template"}, "Rollout": {"spec", "template"}, "CronJob": {"spec", "jobTemplate", "spec", "template"},
	"ScaledJob": {"spec", "jobTargetRef", "template"}, "Pod": {},
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
		pod := podOf(o)
		if pod == nil {
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
		if result := policy.AggregateCheckResults(evaluator.EvaluatePod(standard, &pod.ObjectMeta, &pod.Spec)); !result.Allowed {
			findings = append(findings, o.finding("pod-security", "violates PodSecurity %q: %s", standard.String(), result.ForbiddenDetail()))
		}
	}
	return findings, nil
}

// podOf is an object's pod template; nil if it has none, or one that does not
// decode, which is another finding.
func podOf(o object) *core.PodTemplateSpec {
	path, has := templates[o.textAt("kind")]
	if !has {
		return nil
	}
	var at any = o.fields
	for _, key := range path {
		m, _ := at.(map[string]any)
		at = m[key]
	}
	if at == nil {
		return nil
	}
	text, err := json.Marshal(at)
	var pod core.PodTemplateSpec
	if err != nil || json.Unmarshal(text, &pod) != nil {
		return nil
	}
	return &pod
}
