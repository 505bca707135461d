package admission

import (
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// judge evaluates a rule for a pod as an API server does: variables first, each
// seeing those before it. Source: Kubernetes documentation, "Common Expression
// Language in Kubernetes", which names the libraries.
func judge(t *testing.T, r kubernetes.Rule, pod map[string]any) (allowed bool, message string) {
	t.Helper()
	env, err := cel.NewEnv(ext.Strings(), ext.Lists(), cel.OptionalTypes(), cel.CrossTypeNumericComparisons(true),
		cel.Variable("object", cel.DynType), cel.Variable("variables", cel.MapType(cel.StringType, cel.DynType)))
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]any{}
	eval := func(expression string) any {
		ast, issues := env.Compile(expression)
		if issues.Err() != nil {
			t.Fatalf("%s: %v", r.Name, issues.Err())
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := program.Eval(map[string]any{"object": pod, "variables": variables})
		if err != nil {
			t.Fatalf("%s: %s: %v", r.Name, expression, err)
		}
		return out
	}
	for _, v := range r.Variables {
		variables[v.Name] = eval(v.Expression)
	}
	if eval(r.Expression) == types.True {
		return true, ""
	}
	text, ok := eval(r.Message).(types.String)
	if !ok {
		t.Fatalf("%s: the message is no text", r.Name)
	}
	return false, string(text)
}

func pod(labels map[string]any, images ...string) map[string]any {
	containers := func(images []string) []any {
		all := []any{}
		for _, i := range images {
			all = append(all, map[string]any{"name": "c", "image": i})
		}
		return all
	}
	spec := map[string]any{"containers": containers(images[:1])}
	if len(images) > 1 {
		spec["initContainers"] = containers(images[1:2])
	}
	if len(images) > 2 {
		spec["ephemeralContainers"] = containers(images[2:])
	}
	metadata := map[string]any{"name": "p"}
	if labels != nil {
		metadata["labels"] = labels
	}
	return map[string]any{"metadata": metadata, "spec": spec}
}

const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestRegistries(t *testing.T) {
	rule := kubernetes.RegistryRule([]string{"ghcr.io/acme", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico/backend", "localhost:5001"})
	for image, want := range map[string]bool{
		"ghcr.io/acme/backend:1.0.0":                                              true,
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico/backend:1.0.0":      true,
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico/backend" + digest:   true,
		"localhost:5001/backend:1":                                                true,
		"ghcr.io/acme-evil/backend:1.0.0":                                         false,
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico/backend-evil:1.0.0": false,
		"ghcr.io/other/backend:1.0.0":                                             false,
		"evil.example/ghcr.io/acme/backend:1":                                     false,
		"backend:1.0.0":                                                           false,
		"docker.io/library/nginx:1.29":                                            false,
		"":                                                                        false,
	} {
		got, message := judge(t, rule, pod(nil, image))
		if got != want || !want && (!strings.HasSuffix(message, "not so "+image) || !strings.Contains(message, "ghcr.io/acme")) {
			t.Errorf("%s: got %v %q, want %v", image, got, message, want)
		}
	}
}

func TestTags(t *testing.T) {
	for image, want := range map[string]bool{
		"ghcr.io/acme/backend:1.0.0":           true,
		"ghcr.io/acme/backend" + digest:        true,
		"ghcr.io/acme/backend:1.0.0" + digest:  true,
		"ghcr.io/acme/backend:latest" + digest: true, // the digest says which
		"ghcr.io/acme/backend":                 false,
		"ghcr.io/acme/backend:latest":          false,
		"localhost:5001/backend":               false,
		"ghcr.io/acme/backend@sha256:0123":     false,
		"ghcr.io/acme/backend:latest-2026":     true,
	} {
		if got, message := judge(t, kubernetes.TagRule(), pod(nil, image)); got != want {
			t.Errorf("%s: got %v %q, want %v", image, got, message, want)
		}
	}
}

// All containers are judged, whichever list they stand in.
func TestEveryContainerIsJudged(t *testing.T) {
	good, bad := "ghcr.io/acme/backend:1.0.0", "evil.example/backend:latest"
	for i := range 3 {
		images := []string{good, good, good}
		images[i] = bad
		for _, rule := range []kubernetes.Rule{kubernetes.TagRule(), kubernetes.RegistryRule([]string{"ghcr.io"})} {
			if allowed, _ := judge(t, rule, pod(nil, images...)); allowed {
				t.Errorf("%s: list %d is not looked at", rule.Name, i)
			}
		}
	}
}

func TestLabels(t *testing.T) {
	rule := kubernetes.LabelRule([]string{"app.kubernetes.io/name", "explico.io/team"})
	for _, c := range []struct {
		labels  map[string]any
		missing string
	}{
		{map[string]any{"app.kubernetes.io/name": "backend", "explico.io/team": "platform"}, ""},
		{map[string]any{"app.kubernetes.io/name": "backend"}, "explico.io/team"},
		{map[string]any{"app.kubernetes.io/name": "", "explico.io/team": "platform"}, "app.kubernetes.io/name"},
		{nil, "app.kubernetes.io/name, explico.io/team"},
	} {
		allowed, message := judge(t, rule, pod(c.labels, "ghcr.io/acme/backend:1"))
		if allowed != (c.missing == "") || !strings.HasSuffix(message, c.missing) {
			t.Errorf("%v: got %v %q, want %q missing", c.labels, allowed, message, c.missing)
		}
	}
}

// A list in CEL holds any text as it is.
func TestQuotes(t *testing.T) {
	rule := kubernetes.RegistryRule([]string{`it's\odd`})
	if allowed, message := judge(t, rule, pod(nil, `it's\odd/image:1`)); !allowed {
		t.Errorf("got %q", message)
	}
}
