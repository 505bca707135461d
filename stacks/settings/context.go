package settings

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/stackfile"
)

// FromContext loads the settings of the stack that a program runs for. Values
// come from Pulumi's configuration (so that -c and encrypted values work), their
// positions from Pulumi.<stack>.yaml and Pulumi.yaml in the project's directory.
func FromContext(ctx *pulumi.Context) (*Settings, []Diagnostic, error) {
	src := Source{Project: ctx.Project(), Stack: ctx.Stack(), Config: map[string]string{}}
	var err error
	if src.StackFile, err = readIfThere(ctx.RootDirectory(), stackfile.Find(ctx.RootDirectory(), ctx.Stack())); err != nil {
		return nil, nil, err
	}
	if src.ProjectFile, err = readIfThere(ctx.RootDirectory(), "Pulumi.yaml"); err != nil {
		return nil, nil, err
	}
	environ := os.Getenv(pulumi.EnvConfig)
	if ctx.RunningWithMocks() { // then it belongs to whoever runs the test
		environ = ""
	}
	for _, key := range candidates(src, environ) {
		if text, ok := ctx.GetConfig(key); ok {
			src.Config[key] = text
			if ctx.IsConfigSecret(key) {
				src.SecretKeys = append(src.SecretKeys, key)
			}
		}
	}
	return Load(src)
}

// candidates are the keys that the configuration may have. Pulumi's context
// answers for one key at a time; the list stands in the environment through
// which the CLI starts a program. Without it (a program inside another, a unit
// test) unknown keys are found only in the stack file.
func candidates(src Source, environ string) []string {
	var keys []string
	for _, key := range keysOf(reflect.TypeFor[Settings]()) {
		keys = append(keys, src.Project+":"+key)
	}
	d := &decoder{project: src.Project}
	for _, e := range d.file(src.StackFile, false).entries() {
		keys = append(keys, e.key)
	}
	var all map[string]string
	if json.Unmarshal([]byte(environ), &all) == nil {
		keys = append(keys, ordered(all)...)
	}
	return keys
}

// readIfThere reads a file; one that does not exist is empty.
func readIfThere(dir, name string) (File, error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !os.IsNotExist(err) {
		return File{}, fmt.Errorf("reading the settings' positions: %w", err)
	}
	return File{Name: name, Data: data}, nil
}
