package kubernetes

import (
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const releaseToken = "kubernetes:helm.sh/v3:Release"

// releaseType is a Helm release.
func releaseType() *simcloud.Type {
	return &simcloud.Type{
		Token: releaseToken, Noun: "release", InPlace: true,
		ID:       func(op *simcloud.Op) string { return op.In.String("namespace") + "/" + op.In.String("name") },
		Required: []string{"chart", "version", "namespace", "name"},
		Replace:  []string{"name", "namespace"},
		Refuse:   refuseRelease, Outputs: releaseOutputs,
	}
}

func refuseRelease(op *simcloud.Op) error {
	if namespace := op.In.String("namespace"); !namespaceExists(op, namespace) {
		return simcloud.Refusal("NotFound", "create: failed to create: namespaces %q not found", namespace)
	}
	return nil
}

// releaseOutputs brings along what the chart has.
func releaseOutputs(op *simcloud.Op) simcloud.Values {
	chart := op.In.String("chart")
	chart = chart[strings.LastIndexByte(chart, '/')+1:]
	for _, d := range append(definitions[chart], metricsDefinitions[chart]...) {
		group, kind, _ := strings.Cut(d, "/")
		plural := strings.ToLower(kind) + "s"
		op.Side(crdToken, plural+"."+group, simcloud.Values{
			"metadata": map[string]any{"name": plural + "." + group},
			"spec":     map[string]any{"group": group, "names": map[string]any{"kind": kind}},
		})
	}
	return simcloud.Values{"status": map[string]any{
		"status": "deployed", "name": op.In.String("name"), "namespace": op.In.String("namespace"), "version": op.In.String("version"),
	}}
}

// definitions are the custom resource definitions that a chart brings along, as
// group/kind.
var definitions = map[string][]string{
	"argo-rollouts": {
		"argoproj.io/Rollout", "argoproj.io/AnalysisTemplate", "argoproj.io/ClusterAnalysisTemplate",
		"argoproj.io/AnalysisRun", "argoproj.io/Experiment",
	},
}
