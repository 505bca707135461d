package manifests

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/deploy"
)

const (
	releaseToken  = "kubernetes:helm.sh/v3:Release"
	manifestToken = "kubernetes:yaml/v2:ConfigFile"
)

// cluster is what one stack or scenario puts into its cluster.
type cluster struct {
	name    string
	objects []map[string]any
	// unrendered are the namespaces with pods of releases and operators, which make
	// them in the cluster.
	unrendered map[string]bool
}

// stacks are the names of all stacks and scenarios.
func stacks(t *testing.T) []string {
	t.Helper()
	names := map[string]bool{}
	for pattern, end := range map[string]string{"../../Pulumi.*.yaml": ".yaml", "../testdata/scenarios/*.txtar": ".txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s (%v)", pattern, err)
		}
		for _, file := range files {
			names[strings.TrimPrefix(strings.TrimSuffix(filepath.Base(file), end), "Pulumi.")] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// clusters are those of all stacks and scenarios that have one.
func clusters(t *testing.T) []cluster {
	t.Helper()
	var all []cluster
	for _, name := range stacks(t) {
		if c := rendered(name, deploy.Scenario(t, name)); len(c.objects) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// rendered leaves out what a published file brings: it is its project's, as what a
// chart renders is the chart's.
func rendered(name string, g *simtest.Graph) cluster {
	c := cluster{name: name, unrendered: map[string]bool{}}
	published := map[string]bool{}
	for _, r := range g.Resources {
		if r.Type == manifestToken {
			published[r.URN] = true
		}
		switch {
		case published[r.Parent]:
		case r.Type == releaseToken:
			c.unrendered[r.Inputs.String("namespace")] = true
		case r.Custom && strings.HasPrefix(r.Type, "kubernetes:"):
			c.objects = append(c.objects, r.Inputs)
		}
	}
	for _, r := range g.Cloud.Records() {
		// Where the program has pods of its own, a policy for others is a finding: a
		// waypoint's pods among those of the services.
		if namespace := r.Out.String("metadata.namespace"); strings.HasPrefix(r.Type, "kubernetes:apps/v1:") && r.Owner != "" && !c.runs(namespace) {
			c.unrendered[namespace] = true
		}
	}
	return c
}

// runs says whether the program has pods of its own in a namespace.
func (c cluster) runs(namespace string) bool {
	return slices.ContainsFunc(c.objects, func(o map[string]any) bool {
		v := simcloud.Values(o)
		return v.String("metadata.namespace") == namespace && slices.Contains([]string{"Deployment", "Rollout"}, v.String("kind"))
	})
}

// groups are the API groups of the clusters' objects.
func groups(all []cluster) []string {
	found := map[string]bool{}
	for _, c := range all {
		for _, o := range c.objects {
			group, _, _ := strings.Cut(fmt.Sprint(o["apiVersion"]), "/")
			found[group] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// write writes the clusters as YAML: a directory each, and in it an object a
// file.
func write(t *testing.T, all []cluster) string {
	t.Helper()
	dir := t.TempDir()
	for _, c := range all {
		if err := os.Mkdir(filepath.Join(dir, c.name), 0o755); err != nil {
			t.Fatal(err)
		}
		for i, o := range c.objects {
			writeYAML(t, filepath.Join(dir, c.name, fmt.Sprintf("%04d.yaml", i)), o)
		}
	}
	return dir
}

func writeYAML(t *testing.T, file string, objects ...map[string]any) {
	t.Helper()
	var text strings.Builder
	encoder := yaml.NewEncoder(&text)
	for _, o := range objects {
		if err := encoder.Encode(integers(map[string]any(o))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// integers makes whole numbers integers again: Pulumi's numbers are all floats,
// which YAML would write as 1e+06.
func integers(x any) any {
	switch x := x.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, v := range x {
			out[k] = integers(v)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, v := range x {
			out[i] = integers(v)
		}
		return out
	case float64:
		if x == float64(int64(x)) {
			return int64(x)
		}
	}
	return x
}

// served gives the pods of a Rollout the labels that its controller gives those
// which serve, and takes its way of updating away.
func served(spec map[string]any) {
	v := simcloud.Values(spec)
	labels := v.Get("template.metadata.labels").(map[string]any)
	for _, path := range []string{"strategy.canary.stableMetadata.labels", "strategy.blueGreen.activeMetadata.labels"} {
		more, _ := v.Get(path).(map[string]any)
		maps.Copy(labels, more)
	}
	delete(spec, "strategy")
}

// scorable are a cluster's objects as kube-score knows them: it has no Rollouts,
// which are Deployments with another way of updating.
func (c cluster) scorable() []map[string]any {
	var all []map[string]any
	for _, o := range c.objects {
		o = integers(o).(map[string]any)
		spec, _ := o["spec"].(map[string]any)
		if o["kind"] == "Rollout" && spec["template"] != nil {
			o["apiVersion"], o["kind"] = "apps/v1", "Deployment"
			served(spec)
		}
		if target, ok := spec["scaleTargetRef"].(map[string]any); ok && target["kind"] == "Rollout" {
			target["apiVersion"], target["kind"] = "apps/v1", "Deployment"
		}
		all = append(all, o)
	}
	return all
}
