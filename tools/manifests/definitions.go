package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// kind is a kind that a definition defines: group and kind.
type kind struct{ group, name string }

// definitions are the schemas of custom resources, by kind and version.
type definitions map[kind]map[string]*resource

// resource is one version of a custom resource.
type resource struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

// readDefinitions reads the definitions of the objects' kinds; the others would
// only cost time.
func readDefinitions(dir string, objects []object) (definitions, error) {
	wanted := map[kind]bool{}
	for _, o := range objects {
		group, _ := o.groupVersion()
		wanted[kind{group, o.textAt("kind")}] = true
	}
	found := definitions{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for document := range bytes.SplitSeq(text, []byte("\n---")) {
			if err := found.add(document, wanted); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the definitions: %w", err)
	}
	return found, nil
}

// add reads a document if it defines a kind that is wanted.
func (d definitions) add(document []byte, wanted map[kind]bool) error {
	mentioned := false
	for k := range wanted {
		mentioned = mentioned || bytes.Contains(document, []byte("kind: "+k.name)) && bytes.Contains(document, []byte("group: "+k.group))
	}
	if !mentioned || !bytes.Contains(document, []byte("kind: CustomResourceDefinition")) {
		return nil
	}
	var crd v1.CustomResourceDefinition
	if err := yaml.Unmarshal(document, &crd); err != nil {
		return err
	}
	k := kind{crd.Spec.Group, crd.Spec.Names.Kind}
	if !wanted[k] || crd.Spec.Names.Kind == "" {
		return nil
	}
	for _, version := range crd.Spec.Versions {
		if version.Schema == nil || version.Schema.OpenAPIV3Schema == nil {
			continue
		}
		r, err := newResource(version.Schema.OpenAPIV3Schema)
		if err != nil {
			return fmt.Errorf("%s %s: %w", k.name, version.Name, err)
		}
		if d[k] == nil {
			d[k] = map[string]*resource{}
		}
		if version.Served {
			d[k][version.Name] = r
		}
	}
	return nil
}

func newResource(props *v1.JSONSchemaProps) (*resource, error) {
	internal := &apiextensions.JSONSchemaProps{}
	if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(props, internal, nil); err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(internal)
	if err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(internal)
	if err != nil {
		return nil, err
	}
	return &resource{structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}, nil
}

// check holds a custom resource against its schema as the API server does: fields
// that it does not have, defaults, values, rules.
func (d definitions) check(o object) []finding {
	group, version := o.groupVersion()
	versions := d[kind{group, o.textAt("kind")}]
	if versions == nil {
		return []finding{o.finding("schema", "no definition of %s in %s", o.textAt("kind"), o.textAt("apiVersion"))}
	}
	r := versions[version]
	if r == nil {
		return []finding{o.finding("schema", "its definition does not serve %s", o.textAt("apiVersion"))}
	}
	fields, err := normalized(o.text)
	if err != nil {
		return []finding{o.finding("schema", "%v", err)}
	}
	var findings []finding
	for _, path := range pruning.PruneWithOptions(fields, r.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		findings = append(findings, o.finding("schema", "unknown field %q", strings.TrimPrefix(path, ".")))
	}
	defaulting.Default(fields, r.structural)
	errs := validation.ValidateCustomResource(nil, fields, r.validator)
	for _, err := range errs {
		findings = append(findings, o.finding("schema", "%v", err))
	}
	if r.rules != nil && len(errs) == 0 {
		broken, _ := r.rules.Validate(context.Background(), nil, r.structural, fields, nil, celconfig.RuntimeCELCostBudget)
		for _, err := range broken {
			findings = append(findings, o.finding("schema", "%v", err))
		}
	}
	return findings
}

// normalized reads JSON with whole numbers as int64, as the API server does.
func normalized(text []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		return nil, err
	}
	if fields == nil {
		return nil, errors.New("the object is empty")
	}
	return whole(fields).(map[string]any), nil
}

func whole(x any) any {
	switch x := x.(type) {
	case map[string]any:
		for k, v := range x {
			x[k] = whole(v)
		}
	case []any:
		for i, v := range x {
			x[i] = whole(v)
		}
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return n
		}
		f, _ := x.Float64() // JSON's numbers fit
		return f
	}
	return x
}
