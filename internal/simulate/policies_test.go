package simulate

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestGoPack(t *testing.T) {
	root := t.TempDir()
	r := &run{workspace: workspace{root: root, home: filepath.Join(root, ".sim")}}
	for dir, runtime := range map[string]string{"cmd/pack": "go", "script": "nodejs", "broken": "[", "plain": ""} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if dir == "plain" {
			continue
		}
		if err := os.WriteFile(filepath.Join(root, dir, "PulumiPolicy.yaml"), []byte("runtime: "+runtime+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"cmd/pack": "./cmd/pack", "./cmd/pack/": "./cmd/pack", filepath.Join(root, "cmd/pack"): "./cmd/pack",
		"script": "", "broken": "", "plain": "", "bin/pack": "", "/": "",
	} {
		if got, ok := r.goPack(path); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", path, got, ok, want)
		}
	}
	args := []string{"preview", "--policy-pack", "bin/pack", "--policy-pack=script", "--", "--policy-pack", "cmd/pack"}
	got, err := r.policyPacks(t.Context(), args)
	if err != nil || !reflect.DeepEqual(got, args) {
		t.Errorf("what needs no build is changed: got %v, %v", got, err)
	}
	if _, err := r.policyPacks(t.Context(), []string{"preview", "--policy-pack", "cmd/pack"}); err == nil {
		t.Error("a pack without a program is built")
	}
}
