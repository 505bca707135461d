// Package kubernetes holds the components for what runs in a cluster, whichever
// cloud the cluster is from: nothing here names one.
//
// Objects are written as in YAML, as maps: the same for built-in kinds and for
// custom resources. What a typed SDK would find, tests find: they decode every
// object of every stack strictly, into Kubernetes' own types or by the schema of
// its custom resource definition (docs/decisions/0014-kubernetes-objects.md).
package kubernetes

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Map is an object as it stands in YAML. Values are texts, numbers, truth
// values, Maps, Lists, slices and maps of these, and Pulumi inputs.
type Map = map[string]any

// List is a list in an Object.
type List = []any

// Object is a Kubernetes object.
type Object struct {
	// APIVersion and Kind say what it is: apps/v1 and Deployment.
	APIVersion, Kind string
	// Name is metadata.name, and Namespace metadata.namespace; empty for what
	// belongs to the whole cluster.
	Name, Namespace string
	// Labels and Annotations go into the metadata.
	Labels, Annotations map[string]string
	// LaterAnnotations are annotations that are known only once something else is
	// made.
	LaterAnnotations map[string]pulumi.StringInput
	// Body is everything beside the metadata: spec, data, rules and so on.
	Body Map
}

// Applied is an object that Pulumi keeps in a cluster.
type Applied struct {
	pulumi.CustomResourceState
}

// Apply keeps an object in the cluster of the provider that opts carry. What in
// the object is no value that Kubernetes knows is an error with its place.
func Apply(ctx *pulumi.Context, name string, o Object, opts ...pulumi.ResourceOption) (*Applied, error) {
	fail := func(err error) error { return fmt.Errorf("creating %s %s: %w", o.Kind, name, err) }
	if o.APIVersion == "" || o.Kind == "" || o.Name == "" {
		return nil, fail(fmt.Errorf("got apiVersion %q, kind %q and name %q, want all three", o.APIVersion, o.Kind, o.Name))
	}
	props := pulumi.Map{"apiVersion": pulumi.String(o.APIVersion), "kind": pulumi.String(o.Kind), "metadata": o.metadata()}
	for _, key := range slices.Sorted(maps.Keys(o.Body)) {
		value, err := input(key, o.Body[key])
		if err != nil {
			return nil, fail(err)
		}
		if value != nil {
			props[key] = value
		}
	}
	a := &Applied{}
	if err := ctx.RegisterResource(o.token(), name, props, a, opts...); err != nil {
		return nil, fail(err)
	}
	return a, nil
}

// token is Pulumi's type token, the one that its typed SDK has for the kind.
func (o Object) token() string {
	version := o.APIVersion
	if version == "v1" {
		version = "core/v1"
	}
	return "kubernetes:" + version + ":" + o.Kind
}

func (o Object) metadata() pulumi.Map {
	m := pulumi.Map{"name": pulumi.String(o.Name)}
	if o.Namespace != "" {
		m["namespace"] = pulumi.String(o.Namespace)
	}
	if len(o.Labels) > 0 {
		m["labels"] = pulumi.ToStringMap(o.Labels)
	}
	if annotations := pulumi.ToStringMap(o.Annotations); len(o.Annotations)+len(o.LaterAnnotations) > 0 {
		if annotations == nil {
			annotations = pulumi.StringMap{}
		}
		maps.Copy(annotations, o.LaterAnnotations)
		m["annotations"] = annotations
	}
	return m
}

// input makes a plain value a Pulumi input; nil stays nil. Path says where the
// value is.
func input(path string, value any) (pulumi.Input, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case pulumi.Input:
		return v, nil
	case string:
		return pulumi.String(v), nil
	case bool:
		return pulumi.Bool(v), nil
	case int:
		return pulumi.Int(v), nil
	case float64:
		return pulumi.Float64(v), nil
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Map:
		return inputMap(path, v)
	case reflect.Slice:
		return inputList(path, v)
	case reflect.String: // a named type, such as one of the settings' words
		return pulumi.String(v.String()), nil
	default:
		return nil, fmt.Errorf("%s: got a %T, want what YAML has, or a Pulumi input", path, value)
	}
}

func inputMap(path string, v reflect.Value) (pulumi.Input, error) {
	out := pulumi.Map{}
	for _, key := range v.MapKeys() {
		if key.Kind() != reflect.String {
			return nil, fmt.Errorf("%s: got keys of type %s, want texts", path, key.Type())
		}
		in, err := input(path+"."+key.String(), v.MapIndex(key).Interface())
		if err != nil {
			return nil, err
		}
		if in != nil {
			out[key.String()] = in
		}
	}
	return out, nil
}

func inputList(path string, v reflect.Value) (pulumi.Input, error) {
	out := pulumi.Array{}
	for i := range v.Len() {
		in, err := input(fmt.Sprintf("%s[%d]", path, i), v.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		if in == nil {
			return nil, fmt.Errorf("%s[%d]: got nothing, want a value", path, i)
		}
		out = append(out, in)
	}
	return out, nil
}

// merged is a map of labels with more of them; later ones win.
func merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// resourceName joins what tells an object from its siblings into the name that
// Pulumi knows it by.
func resourceName(parts ...string) string { return strings.Join(parts, "-") }
