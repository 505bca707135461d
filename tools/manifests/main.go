// Command manifests checks Kubernetes objects with Kubernetes' own code.
//
//	manifests DEFINITIONS OBJECTS
//
// DEFINITIONS is a directory with custom resource definitions, OBJECTS one with a
// directory for each cluster, and in that an object a file, both as YAML. It
// prints what is wrong as a JSON list of findings:
//
//   - strict: a field that the kind does not have, given twice, or of another type
//   - schema: what the schema of a custom resource refuses, with its rules in CEL
//   - pod-security: what the Pod Security Standard of the namespace refuses
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// finding is one thing that is wrong.
type finding struct {
	// Cluster is the directory that the object is in.
	Cluster string `json:"cluster"`
	// Object is Kind namespace/name.
	Object string `json:"object"`
	// Check is strict, schema or pod-security.
	Check string `json:"check"`
	// Message says what is wrong.
	Message string `json:"message"`
}

// object is a Kubernetes object.
type object struct {
	cluster string
	fields  map[string]any
	text    []byte // as JSON
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: manifests DEFINITIONS OBJECTS")
		os.Exit(2)
	}
	findings, err := run(os.Args[1], os.Args[2])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(findings)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

func run(definitionsDir, objectsDir string) ([]finding, error) {
	objects, findings, err := readObjects(objectsDir)
	if err != nil {
		return nil, err
	}
	known, err := readDefinitions(definitionsDir, objects)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		found, builtIn := decode(o)
		if !builtIn {
			found = known.check(o)
		}
		findings = append(findings, found...)
	}
	pods, err := checkPods(objects)
	return append(findings, pods...), err
}

// readObjects reads a directory of clusters. A file with a key twice is a finding.
func readObjects(dir string) ([]object, []finding, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.yaml"))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the objects: %w", err)
	}
	slices.Sort(files)
	var objects []object
	findings := []finding{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the objects: %w", err)
		}
		o := object{cluster: filepath.Base(filepath.Dir(file))}
		if o.text, err = yaml.YAMLToJSONStrict(text); err != nil {
			findings = append(findings, finding{o.cluster, filepath.Base(file), "strict", err.Error()})
			continue
		}
		if err := json.Unmarshal(o.text, &o.fields); err != nil {
			return nil, nil, fmt.Errorf("reading %s: %w", file, err)
		}
		objects = append(objects, o)
	}
	return objects, findings, nil
}

func (o object) finding(check, format string, args ...any) finding {
	return finding{o.cluster, o.String(), check, fmt.Sprintf(format, args...)}
}

// String is Kind namespace/name.
func (o object) String() string {
	name := o.textAt("metadata", "name")
	if ns := o.textAt("metadata", "namespace"); ns != "" {
		name = ns + "/" + name
	}
	return o.textAt("kind") + " " + name
}

// textAt is the text at a path of keys, or "".
func (o object) textAt(path ...string) string {
	var at any = o.fields
	for _, key := range path {
		m, _ := at.(map[string]any)
		at = m[key]
	}
	s, _ := at.(string)
	return s
}

// groupVersion is the group and the version of the object; the core group is "".
func (o object) groupVersion() (group, version string) {
	group, version, ok := strings.Cut(o.textAt("apiVersion"), "/")
	if !ok {
		return "", group
	}
	return group, version
}
