package manifests

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// finding is one thing that is wrong with an object.
type finding struct {
	Cluster, Object, Check, Message string
}

func (f finding) String() string {
	return f.Cluster + ": " + f.Object + ": " + f.Check + ": " + f.Message
}

// built is a command of a module of tools. It stays in the user's cache, so that
// Go links it anew only when it changed.
func built(t *testing.T, module, pkg string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(cache, "explico", module)
	cmd := exec.Command("go", "build", "-o", binary, pkg)
	cmd.Dir = filepath.Join("..", "..", "tools", module)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building tools/%s: %v\n%s", module, err, out)
	}
	return binary
}

// checked is what tools/manifests finds.
func checked(t *testing.T, all []cluster) []finding {
	t.Helper()
	cmd := exec.Command(built(t, "manifests", "."), definitions(t, groups(all)), write(t, all))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("checking the objects: %v\n%s", err, stderr(err))
	}
	var findings []finding
	if err := json.Unmarshal(out, &findings); err != nil {
		t.Fatalf("reading the findings: %v", err)
	}
	return findings
}

// critical is kube-score's lowest grade.
const critical = 1

// unseen are the checks that say that something leads to no pod or service. In a
// namespace with pods of a release or of an operator that says nothing: these are
// not rendered.
var unseen = map[string]bool{"networkpolicy-targets-pod": true, "service-targets-pod": true, "ingress-targets-service": true}

// guards says whether a finding is of a policy for all pods of a namespace: it
// holds for those that are not there yet.
func (c cluster) guards(check, kind, namespace, name string) bool {
	return check == "networkpolicy-targets-pod" && slices.ContainsFunc(c.objects, func(o map[string]any) bool {
		v := simcloud.Values(o)
		selector, _ := v.Get("spec.podSelector").(map[string]any)
		return v.String("kind") == kind && v.String("metadata.namespace") == namespace && v.String("metadata.name") == name && len(selector) == 0
	})
}

// pinned says whether a finding asks for something that a digest gives already:
// that an image is fetched each time. What a digest names is always the same.
func (c cluster) pinned(check, kind, namespace, name, container string) bool {
	return check == "container-image-pull-policy" && slices.ContainsFunc(c.scorable(), func(o map[string]any) bool {
		v := simcloud.Values(o)
		if v.String("kind") != kind || v.String("metadata.namespace") != namespace || v.String("metadata.name") != name {
			return false
		}
		for _, path := range []string{"spec.template.spec.containers", "spec.jobTemplate.spec.template.spec.containers"} {
			containers, _ := v.Get(path).([]any)
			for _, one := range containers {
				if one := simcloud.Values(one.(map[string]any)); one.String("name") == container {
					return strings.Contains(one.String("image"), "@sha256:")
				}
			}
		}
		return false
	})
}

// scored is what kube-score finds critical.
func scored(t *testing.T, c cluster) []finding {
	t.Helper()
	binary := built(t, "kube-score", "github.com/zegl/kube-score/cmd/kube-score")
	file := filepath.Join(t.TempDir(), c.name+".yaml")
	writeYAML(t, file, c.scorable()...)
	// No limits of CPU: a container over its limit is throttled while the node is
	// idle; requests share the node out as well.
	cmd := exec.Command(binary, "score", "--output-format", "json", "--ignore-container-cpu-limit",
		"--kubernetes-version", "v1.35", "--exit-one-on-warning=false", file)
	out, err := cmd.Output()
	var objects []struct {
		TypeMeta   struct{ Kind string }            `json:"type_meta"`
		ObjectMeta struct{ Name, Namespace string } `json:"object_meta"`
		Checks     []struct {
			Check    struct{ ID string }
			Grade    int
			Skipped  bool
			Comments []struct{ Path, Summary, Description string }
		}
	}
	if jsonErr := json.NewDecoder(bytes.NewReader(out)).Decode(&objects); jsonErr != nil { // it exits with 1 for findings
		t.Fatalf("running kube-score: %v, %v\n%s", err, jsonErr, stderr(err))
	}
	var findings []finding
	for _, o := range objects {
		name := strings.TrimPrefix(o.ObjectMeta.Namespace+"/"+o.ObjectMeta.Name, "/")
		for _, check := range o.Checks {
			of := o.ObjectMeta
			if check.Grade > critical || check.Skipped || unseen[check.Check.ID] && c.unrendered[of.Namespace] ||
				c.guards(check.Check.ID, o.TypeMeta.Kind, of.Namespace, of.Name) {
				continue
			}
			for _, comment := range check.Comments {
				if c.pinned(check.Check.ID, o.TypeMeta.Kind, of.Namespace, of.Name, comment.Path) {
					continue
				}
				findings = append(findings, finding{c.name, o.TypeMeta.Kind + " " + name, check.Check.ID,
					strings.Join([]string{comment.Path, comment.Summary, comment.Description}, ": ")})
			}
		}
	}
	return findings
}

func stderr(err error) string {
	if exit, ok := err.(*exec.ExitError); ok {
		return string(exit.Stderr)
	}
	return ""
}
