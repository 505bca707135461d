package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type noResources struct{}

func (noResources) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return args.Name, args.Inputs, nil
}

func (noResources) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// fromContext loads settings in a program that is run with a configuration and
// a project's directory.
func fromContext(t *testing.T, src Source, dir string) (s *Settings, warnings []Diagnostic, err error) {
	t.Helper()
	runErr := pulumi.RunErr(func(ctx *pulumi.Context) error {
		s, warnings, err = FromContext(ctx)
		return nil
	}, pulumi.WithMocks(src.Project, src.Stack, noResources{}), func(info *pulumi.RunInfo) {
		info.Config, info.ConfigSecretKeys, info.RootDirectory = src.Config, src.SecretKeys, dir
	})
	if runErr != nil {
		t.Fatal(runErr)
	}
	return s, warnings, err
}

func TestFromContext(t *testing.T) {
	src := alerts(`{"p0":{"oncall":{"protocol":"https","endpoint":"https://on.example.com/` + hidden + `"}}}`)
	s, _, err := fromContext(t, src, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Alerts.P0["oncall"].Endpoint.Reveal(); !strings.HasSuffix(got, hidden) {
		t.Error("the secret is lost")
	}
}

func TestFromContextKnowsWhatIsSecret(t *testing.T) {
	src := config("explico:region", hidden)
	src.SecretKeys = []string{"explico:region"}
	_, _, err := fromContext(t, src, t.TempDir())
	if all := problemsOf(err); len(all) != 1 || all[0].Code != ExposedSecret {
		t.Errorf("got %v, want one %s", err, ExposedSecret)
	}
}

func TestCandidates(t *testing.T) {
	got := candidates(Source{Project: "explico", StackFile: file("  explico:natwork: {}\n")}, `{"aws:region":"eu-west-1"}`)
	for _, want := range []string{"explico:region", "explico:natwork", "aws:region"} {
		if !slices.Contains(got, want) {
			t.Errorf("got %v, want %s among them", got, want)
		}
	}
}

func TestFromContextReadsPositionsAndUnknownKeys(t *testing.T) {
	dir := t.TempDir()
	f := file("  explico:natwork: {}\n")
	if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := fromContext(t, config("explico:natwork", "{}"), dir)
	if got := lines(problemsOf(err)); !strings.HasPrefix(got, "Pulumi.test.yaml:4:3: natwork: got an unknown key") {
		t.Errorf("got %s", got)
	}
}
