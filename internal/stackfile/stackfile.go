// Package stackfile knows where the settings of stacks stand: beside the project's
// file, as Pulumi has it, or among the examples, each of which can be brought up as
// it is.
package stackfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const examples = "examples"

// Find is where the settings of a stack stand, below the project's directory:
// Pulumi.<stack>.yaml, or the example of that name if there is one and no such
// file.
func Find(dir, stack string) string {
	own, example := "Pulumi."+stack+".yaml", filepath.Join(examples, stack+".yaml")
	if !exists(filepath.Join(dir, own)) && exists(filepath.Join(dir, example)) {
		return example
	}
	return own
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Names are the stacks that a project's directory has settings for.
func Names(dir string) []string {
	var names []string
	for _, pattern := range []string{"Pulumi.*.yaml", filepath.Join(examples, "*.yaml")} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil // a directory whose name is a broken pattern
		}
		for _, f := range files {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "Pulumi."), ".yaml"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
