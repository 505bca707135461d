package kubernetes

import (
	"fmt"
	"slices"
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
		Validate: validRelease, Refuse: refuseRelease, Outputs: releaseOutputs, Delete: deleteRelease,
	}
}

// longestRelease is the longest name of a release: names made from it have to
// fit into 63 characters.
const longestRelease = 53

func validRelease(in simcloud.Values) []error {
	name := in.String("name")
	if in.Known("name") && (len(name) > longestRelease || !subdomain.MatchString(name)) {
		return []error{fmt.Errorf("release name %q is invalid: it must match the regex %s and the length must not be longer than %d", name, subdomain, longestRelease)}
	}
	return nil
}

func refuseRelease(op *simcloud.Op) error {
	if err := reachable(op); err != nil {
		return err
	}
	if namespace := op.In.String("namespace"); !namespaceExists(op, namespace) {
		return simcloud.Refusal("NotFound", "create: failed to create: namespaces %q not found", namespace)
	}
	if err := refuseChart(op); err != nil {
		return err
	}
	if err := refuseBare(op); err != nil {
		return err
	}
	if err := refusePriority(op); err != nil {
		return err
	}
	if a := releaseBalancer(op); a != nil {
		if err := a.refuse(op); err != nil {
			return err
		}
	}
	if check := charts()[chartName(op.In)].refuse; check != nil {
		return check(op)
	}
	return refuseOwned(op)
}

// refuseChart refuses a chart that is not where the release looks for it.
func refuseChart(op *simcloud.Op) error {
	name, version := chartName(op.In), op.In.String("version")
	c, known := charts()[name]
	if !known {
		return simcloud.Refusal("NotFound", "chart %q version %q not found in %s repository (internal/simcloud/kubernetes has no such chart)",
			name, version, orText(op.In.String("repositoryOpts.repo"), op.In.String("chart")))
	}
	if c.repository == "" {
		return nil
	}
	from := strings.TrimSuffix(op.In.String("repositoryOpts.repo"), "/")
	if oci, isOCI := strings.CutSuffix(op.In.String("chart"), "/"+name); isOCI {
		from = oci
	}
	if !slices.Contains(strings.Fields(c.repository), strings.TrimSuffix(from, "/")) {
		return simcloud.Refusal("NotFound", "looks like %q is not a valid chart repository or cannot be reached: chart %q is in %s", from, name, c.repository)
	}
	return nil
}

// refuseBare refuses a release that leaves its definitions to others before they are
// there: what it runs ends as soon as it looks for them.
func refuseBare(op *simcloud.Op) error {
	for _, d := range needs(op.In) {
		if group, _, kind := parts(d); definition(op, group, kind) == nil {
			return simcloud.Refusal("Timeout", "release %s failed, and has been uninstalled due to atomic being set: its pods never become ready: no matches for kind %q in group %q",
				op.In.String("name"), kind, group)
		}
	}
	return nil
}

// needs are the definitions that a release does not bring and cannot do without.
func needs(in simcloud.Values) []string {
	c := charts()[chartName(in)]
	if len(defines(in)) > 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.definitions), func(d string) bool { return slices.Contains(c.spare, d) })
}

// refuseOwned refuses a release that brings what is there already and belongs to
// another. Definitions that a release before it left behind are its own.
func refuseOwned(op *simcloud.Op) error {
	mine := (&simcloud.Record{Type: releaseToken, Account: op.Account, ID: op.In.String("namespace") + "/" + op.In.String("name")}).Key()
	for _, want := range contents(op) {
		r := op.Find(want.token(), "id", want.id())
		if r == nil || r.Owner == mine || want.kind == "CustomResourceDefinition" && r.Owner == "" && r.Hint == "" {
			continue
		}
		return simcloud.Refusal("Conflict", "Unable to continue with install: %s %q in namespace %q exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: missing key \"meta.helm.sh/release-name\": must be set to %q",
			want.kind, want.name, want.namespace, op.In.String("name"))
	}
	return nil
}

// releaseOutputs brings along what the chart has.
func releaseOutputs(op *simcloud.Op) simcloud.Values {
	for _, d := range defines(op.In) {
		sideDefinition(op, d)
	}
	for _, c := range contents(op) {
		if c.kind != "CustomResourceDefinition" {
			sideIn(op, c.apiVersion, c.kind, c.namespace, c.name, c.fields)
		}
	}
	status := map[string]any{
		"status": "deployed", "name": op.In.String("name"), "namespace": op.In.String("namespace"), "version": op.In.String("version"),
	}
	if a := releaseBalancer(op); a != nil {
		a.makeIn(op)
		if a.finalizer != "" {
			status["finalizer"] = a.finalizer
		}
	}
	return simcloud.Values{"status": status}
}

// deleteRelease refuses to take definitions away that are in use, and
// leaves those behind that Helm leaves behind.
func deleteRelease(op *simcloud.Op) error {
	if err := reachable(op); err != nil {
		return err
	}
	if err := refuseFinalizer(op); err != nil {
		return err
	}
	c := charts()[chartName(op.In)]
	for _, r := range op.Along(op.Old) {
		if r.Type != crdToken {
			continue
		}
		if c.crdsStay(op.In) {
			op.Stay(r)
			continue
		}
		if err := refuseUsed(op, r.Out); err != nil {
			return err
		}
	}
	return nil
}

// defines are the definitions that a release brings.
func defines(in simcloud.Values) []string {
	c := charts()[chartName(in)]
	if c.crdsFolder && in.Bool("skipCrds") {
		return nil
	}
	for _, path := range c.crdValues {
		name, wanted := strings.CutPrefix(path, "+")
		if on := in.Bool("values." + name); !on && (wanted || in.Has("values."+name)) {
			return nil
		}
	}
	return c.definitions
}

// sideDefinition brings along a custom resource definition.
func sideDefinition(op *simcloud.Op, definition string) {
	group, _, kind := parts(definition)
	sideIn(op, "apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural(kind)+"."+group, map[string]any{"spec": specOf(definition)})
}

// specOf is what is known of a definition's spec.
func specOf(definition string) map[string]any {
	group, versions, kind := parts(definition)
	spec := map[string]any{"group": group, "names": map[string]any{"kind": kind, "plural": plural(kind)}}
	var all []any
	for _, v := range versions {
		all = append(all, map[string]any{"name": v, "served": true})
	}
	if len(all) > 0 {
		spec["versions"] = all
	}
	return spec
}

// parts cuts group/version,version/Kind; without versions, any will do.
func parts(definition string) (group string, versions []string, kind string) {
	all := strings.Split(definition, "/")
	if len(all) == 3 {
		versions = strings.Split(all[1], ",")
	}
	return all[0], versions, all[len(all)-1]
}

// plurals are those that follow no rule.
var plurals = map[string]string{"IngressClassParams": "ingressclassparams"}

// plural is how a definition calls its kind in the plural.
func plural(kind string) string {
	s := strings.ToLower(kind)
	if plurals[kind] != "" {
		return plurals[kind]
	}
	switch before := s[max(len(s)-2, 0)]; {
	case strings.HasSuffix(s, "y") && !slices.Contains([]byte("aeiou"), before):
		return strings.TrimSuffix(s, "y") + "ies"
	case strings.HasSuffix(s, "s"), strings.HasSuffix(s, "x"), strings.HasSuffix(s, "ch"), strings.HasSuffix(s, "sh"):
		return s + "es"
	default:
		return s + "s"
	}
}
