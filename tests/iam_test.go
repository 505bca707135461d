package tests

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// actionList reads the actions of the services, by the services' prefix.
func actionList(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/iam/actions.txt")
	if err != nil {
		t.Fatal(err)
	}
	all, service := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, " "):
			all[service] = append(all[service], strings.Fields(line)...)
		default:
			service = strings.TrimSpace(line)
		}
	}
	return all
}

// unknownAction says what is wrong with an action of a policy, nothing if AWS
// has it. One with a star has to stand for some action.
func unknownAction(actions map[string][]string, action string) string {
	service, name, _ := strings.Cut(action, ":")
	known, ok := actions[service]
	if !ok {
		return "a service that testdata/iam/actions.txt does not list"
	}
	pattern := regexp.MustCompile("(?i)^" + strings.ReplaceAll(regexp.QuoteMeta(name), `\*`, ".*") + "$")
	if !slices.ContainsFunc(known, pattern.MatchString) {
		return "no action of " + service
	}
	return ""
}

// iamStatement is a statement of a policy as far as it is looked at here.
type iamStatement struct {
	Sid, Effect                 string
	Action, NotAction, Resource []string
}

// policies are the statements of all policy documents in a resource's inputs, by
// the input that holds them.
func policies(t *testing.T, r simtest.Resource) map[string][]iamStatement {
	t.Helper()
	all := map[string][]iamStatement{}
	for input, value := range r.Inputs {
		text, ok := value.(string)
		if !ok || !strings.Contains(text, `"Statement"`) {
			continue
		}
		var doc struct{ Statement []iamStatement }
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Errorf("%s %s: %s is no policy: %v", r.Type, r.Name, input, err)
		}
		all[input] = doc.Statement
	}
	return all
}

// graphs are the graphs of all scenarios.
func graphs(t *testing.T) map[string]*simtest.Graph {
	t.Helper()
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	all := map[string]*simtest.Graph{}
	for _, file := range files {
		stack := strings.TrimSuffix(filepath.Base(file), ".txtar")
		all[stack] = deploy.Scenario(t, stack)
	}
	return all
}

// Every action that a policy of any stack names is one that AWS has: a slip in
// its name gives no right, and nobody says so before it is needed.
func TestPoliciesNameRealActions(t *testing.T) {
	actions, seen := actionList(t), 0
	for stack, g := range graphs(t) {
		for _, r := range g.Resources {
			for input, statements := range policies(t, r) {
				for _, s := range statements {
					for _, a := range slices.Concat(s.Action, s.NotAction) {
						seen++
						if problem := unknownAction(actions, a); problem != "" {
							t.Errorf("%s: %s %s: %s: %s: %s is %s", stack, deploy.ShortType(r.Type), r.Name, input, s.Sid, a, problem)
						}
					}
				}
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d actions were looked at", seen)
	}
	for _, slip := range []string{"s3:GetObjekt", "ec2:Descripe*", "ses:SendEmail", "*"} {
		if unknownAction(actions, slip) == "" {
			t.Errorf("%s passes for an action", slip)
		}
	}
}

// prefixes are IAM's names of services whose Pulumi module is called otherwise.
var prefixes = map[string]string{
	"accessanalyzer": "access-analyzer", "alb": "elasticloadbalancing", "appautoscaling": "application-autoscaling", "cfg": "config",
	"costexplorer": "ce", "ebs": "ec2", "lb": "elasticloadbalancing", "vpc": "ec2",
}

// typePrefixes are the same for single types.
var typePrefixes = map[string]string{
	"cloudwatch.LogGroup": "logs", "cloudwatch.LogMetricFilter": "logs", "cloudwatch.LogResourcePolicy": "logs", "cloudwatch.LogDelivery": "logs",
	"cloudwatch.LogDeliveryDestination": "logs", "cloudwatch.LogDeliverySource": "logs", "cloudwatch.EventRule": "events", "cloudwatch.EventTarget": "events",
	"ec2.FlowLog": "ec2",
}

// The deploy role and the preview role have something to do with every service
// that a stack has resources of: whoever adds a service gives them the right.
func TestCIKnowsEveryService(t *testing.T) {
	for stack, g := range graphs(t) {
		rights := map[string]map[string]bool{"ci-read": {}, "ci-deploy": {}}
		for _, r := range g.All("aws:iam/policy:Policy") {
			for kind, services := range rights {
				if !strings.HasPrefix(r.Name, kind) {
					continue
				}
				for _, s := range slices.Concat(slices.Collect(maps.Values(policies(t, r)))...) {
					for _, a := range s.Action {
						service, _, _ := strings.Cut(a, ":")
						services[service] = services[service] || s.Effect == "Allow"
					}
				}
			}
		}
		missing := map[string]bool{}
		for _, r := range g.Resources {
			if !strings.HasPrefix(r.Type, "aws:") {
				continue
			}
			module, _, _ := strings.Cut(deploy.ShortType(r.Type), ".")
			service := module
			if p := prefixes[module]; p != "" {
				service = p
			}
			if p := typePrefixes[deploy.ShortType(r.Type)]; p != "" {
				service = p
			}
			for kind, services := range rights {
				if !services[service] {
					missing[fmt.Sprintf("%s has no right of %s, for %s", kind, service, deploy.ShortType(r.Type))] = true
				}
			}
		}
		for _, m := range slices.Sorted(maps.Keys(missing)) {
			t.Errorf("%s: %s (components/aws/github_rights.go)", stack, m)
		}
	}
}

// Every role of a stack that jobs deploy is within its boundary: they could not
// make it otherwise, and whoever did would have made it wider than meant.
func TestEveryRoleIsBound(t *testing.T) {
	for stack, g := range graphs(t) {
		for _, r := range g.All("aws:iam/role:Role") {
			if want := "-ci-boundary"; !strings.HasSuffix(r.Inputs.String("permissionsBoundary"), want) {
				t.Errorf("%s: role %s is within %q, want the stack's boundary", stack, r.Name, r.Inputs.String("permissionsBoundary"))
			}
		}
	}
}
