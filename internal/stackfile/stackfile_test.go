package stackfile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "examples"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml", "examples/dev.yaml", "examples/gcp-dev.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for stack, want := range map[string]string{
		"dev": "Pulumi.dev.yaml", "gcp-dev": filepath.Join("examples", "gcp-dev.yaml"), "none": "Pulumi.none.yaml",
	} {
		if got := Find(dir, stack); got != want {
			t.Errorf("%s: got %s, want %s", stack, got, want)
		}
	}
	if got := Names(dir); !slices.Equal(got, []string{"dev", "gcp-dev"}) {
		t.Errorf("got the stacks %v", got)
	}
}
