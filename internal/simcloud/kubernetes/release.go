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
	for _, d := range charts()[chartName(op.In)].definitions {
		sideDefinition(op, d)
	}
	return simcloud.Values{"status": map[string]any{
		"status": "deployed", "name": op.In.String("name"), "namespace": op.In.String("namespace"), "version": op.In.String("version"),
	}}
}

// sideDefinition brings along a custom resource definition.
func sideDefinition(op *simcloud.Op, definition string) {
	parts := strings.Split(definition, "/")
	group, kind := parts[0], parts[len(parts)-1]
	spec := map[string]any{"group": group, "names": map[string]any{"kind": kind, "plural": plural(kind)}}
	if len(parts) == 3 {
		var versions []any
		for v := range strings.SplitSeq(parts[1], ",") {
			versions = append(versions, map[string]any{"name": v, "served": true})
		}
		spec["versions"] = versions
	}
	name := plural(kind) + "." + group
	op.Side(crdToken, name, simcloud.Values{"metadata": map[string]any{"name": name}, "spec": spec})
}

// plural is how a definition calls its kind in the plural.
func plural(kind string) string {
	s := strings.ToLower(kind)
	switch before := s[max(len(s)-2, 0)]; {
	case strings.HasSuffix(s, "y") && !strings.ContainsRune("aeiou", rune(before)):
		return strings.TrimSuffix(s, "y") + "ies"
	case strings.HasSuffix(s, "s"), strings.HasSuffix(s, "x"), strings.HasSuffix(s, "ch"), strings.HasSuffix(s, "sh"):
		return s + "es"
	default:
		return s + "s"
	}
}
