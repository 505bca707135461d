package pack

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"
)

var today = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)

// heard are the violations that a manager was told of: their URN and message.
type heard []string

func (h *heard) ReportViolation(message, urn string) { *h = append(*h, urn+" "+message) }

// newPack makes a pack and says what it tells.
func newPack(t *testing.T, stack string, preview bool) (p policyx.PolicyPack, told *[]string) {
	t.Helper()
	told = &[]string{}
	p, err := New(Options{Stack: stack, Preview: preview, Today: today, Tell: func(text string) error {
		*told = append(*told, text)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p, told
}

// one is a policy of a pack.
func one[P policyx.Policy](t *testing.T, p policyx.PolicyPack, name string) P {
	t.Helper()
	for _, policy := range p.Policies() {
		if policy.Name() == name {
			return policy.(P)
		}
	}
	t.Fatalf("there is no policy %s", name)
	var none P
	return none
}

// database is a database as the engine shows it: with inputs while it is
// registered, and with what became of them at the end.
func database(inputs map[string]property.Value) policyx.AnalyzerResource {
	return policyx.AnalyzerResource{
		Type: "aws:rds/instance:Instance", Name: "database", URN: "urn:database", Properties: property.NewMap(inputs),
	}
}

// register shows a resource to the gate.
func register(t *testing.T, p policyx.PolicyPack, r policyx.AnalyzerResource, config map[string]any) heard {
	t.Helper()
	var said heard
	if err := one[policyx.ResourceValidationPolicy](t, p, gate).Validate(t.Context(), policyx.ResourceValidationArgs{
		Manager: &said, Resource: r, Config: config,
	}); err != nil {
		t.Fatal(err)
	}
	return said
}

// end asks one rule of all resources.
func end(t *testing.T, p policyx.PolicyPack, name string, all ...policyx.AnalyzerResource) heard {
	t.Helper()
	var said heard
	args := policyx.StackValidationArgs{Manager: &said, Resources: all}
	if err := one[policyx.StackValidationPolicy](t, p, name).Validate(t.Context(), args); err != nil {
		t.Fatal(err)
	}
	return said
}

func TestAPreviewIsJudgedAtItsEnd(t *testing.T) {
	p, _ := newPack(t, "prod", true)
	open := database(map[string]property.Value{"publiclyAccessible": property.New(true)})
	if said := register(t, p, open, nil); len(said) != 0 {
		t.Errorf("the gate is shut in a preview: %v", said)
	}
	// The engine's last word has the outputs alone: the inputs are remembered.
	after := database(map[string]property.Value{"id": property.New(property.Computed)})
	if said := end(t, p, "F-RDS.2", after); len(said) != 1 || said[0] != "urn:database rds.Instance database: publiclyAccessible is true" {
		t.Errorf("got %v", said)
	}
	fresh, _ := newPack(t, "prod", true)
	if said := end(t, fresh, "F-RDS.2", open); len(said) != 1 {
		t.Errorf("what nobody registered is judged by what became of it: got %v", said)
	}
}

func TestTheGateStopsAnUpdate(t *testing.T) {
	p, _ := newPack(t, "prod", false)
	open := database(map[string]property.Value{"publiclyAccessible": property.New(true)})
	said := register(t, p, open, nil)
	if text := strings.Join(said, "\n"); !strings.Contains(text, "urn:database F RDS.2: rds.Instance database: publiclyAccessible is true") {
		t.Errorf("got %v", said)
	}
	said = register(t, p, open, map[string]any{except: []any{"F RDS.2"}})
	if text := strings.Join(said, "\n"); strings.Contains(text, "F RDS.2:") {
		t.Errorf("a rule that is left out stands at the gate: %v", said)
	}
	if said := register(t, p, policyx.AnalyzerResource{Type: "random:index/randomId:RandomId", URN: "urn:other"}, nil); len(said) != 0 {
		t.Errorf("got %v of what no rule looks at", said)
	}
}

func TestUnknownsAreSaidAndNotFailed(t *testing.T) {
	p, told := newPack(t, "prod", true)
	r := database(map[string]property.Value{
		"publiclyAccessible": property.New(property.Computed), "password": property.New("x").WithSecret(true), "username": property.New("app"),
	})
	register(t, p, r, nil)
	all := []policyx.AnalyzerResource{r}
	if said := end(t, p, "F-RDS.2", all...); len(said) != 0 {
		t.Errorf("an unknown value fails a rule: %v", said)
	}
	if said := end(t, p, "F-RDS.25", all...); len(said) != 0 {
		t.Errorf("a password that is a secret fails: %v", said)
	}
	end(t, p, summary, all...)
	if len(*told) != 1 || !strings.Contains((*told)[0], "could not be determined") || !strings.Contains((*told)[0], "F RDS.2") {
		t.Errorf("got told %v", *told)
	}
	sure, quiet := newPack(t, "prod", true)
	end(t, sure, summary)
	if len(*quiet) != 0 {
		t.Errorf("an empty stack is not determined: %v", *quiet)
	}
}

func TestPoliciesOfTheStack(t *testing.T) {
	name := regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	seen := map[string]bool{}
	p, _ := newPack(t, "prod", true)
	for _, policy := range p.Policies() {
		if seen[policy.Name()] || !name.MatchString(policy.Name()) || policy.Description() == "" {
			t.Errorf("policy %q: its name is taken or no name, or it says nothing", policy.Name())
		}
		seen[policy.Name()] = true
	}
	dev, _ := newPack(t, "dev", true)
	for stack, want := range map[string]policyx.EnforcementLevel{"dev": policyx.EnforcementLevelDisabled, "prod": policyx.EnforcementLevelMandatory} {
		pack := map[string]policyx.PolicyPack{"dev": dev, "prod": p}[stack]
		if got := one[policyx.Policy](t, pack, "F-RDS.5-15").EnforcementLevel(); got != want {
			t.Errorf("%s: F RDS.5/15 has level %d, want %d", stack, got, want)
		}
	}
}
