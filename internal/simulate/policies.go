package simulate

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// policyPacks are a command's arguments with each policy pack that is a folder
// with a Go program (--policy-pack cmd/policies) built, and named by its binary:
// Pulumi's own Go language host would build it, and there is none here.
func (r *run) policyPacks(ctx context.Context, args []string) ([]string, error) {
	args = append([]string(nil), args...)
	for i := range args {
		flag, value, joined := strings.Cut(args[i], "=")
		at := i
		switch {
		case args[i] == "--":
			return args, nil
		case flag != "--policy-pack":
			continue
		case !joined && i+1 < len(args):
			at, value = i+1, args[i+1]
		}
		dir, ok := r.goPack(value)
		if !ok {
			continue
		}
		built, err := Build(ctx, r.root, dir, "", r.path("bin", filepath.Base(dir)+exeSuffix()), r.Stderr)
		if err != nil {
			return nil, err
		}
		if args[at] = built; joined {
			args[at] = flag + "=" + built
		}
	}
	return args, nil
}

// goPack says whether a policy pack is a folder of the project whose
// PulumiPolicy.yaml says that it is a Go program, and names its package.
func (r *run) goPack(path string) (pkg string, ok bool) {
	dir := path
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.root, dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "PulumiPolicy.yaml"))
	if err != nil {
		return "", false // an executable, or what Pulumi will find fault with
	}
	var pack struct{ Runtime string }
	if err := yaml.Unmarshal(text, &pack); err != nil || pack.Runtime != "go" {
		return "", false
	}
	rel, err := filepath.Rel(r.root, dir)
	if err != nil || strings.HasPrefix(rel, "..") {
		return "", false
	}
	return "./" + filepath.ToSlash(rel), true
}
