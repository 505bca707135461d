// Package registered records what a program registers, with the inputs that are
// plain values at that moment, so that their cost can be told whatever becomes of
// them.
package registered

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/cost"
)

// Recorder records what one run of a program registers.
type Recorder struct {
	project, stack string

	mu    sync.Mutex
	known map[pulumi.Resource]node
	all   []cost.Resource
}

// node is what the children of a resource inherit from it.
type node struct {
	urn       resource.URN
	component string
	regions   map[string]string // by the provider's package
}

// Watch has every resource that is registered from now on recorded. It changes
// none of them.
func Watch(ctx *pulumi.Context) (*Recorder, error) {
	r := &Recorder{project: ctx.Project(), stack: ctx.Stack(), known: map[pulumi.Resource]node{}}
	if err := ctx.RegisterStackTransformation(r.see); err != nil {
		return nil, fmt.Errorf("watching what is registered: %w", err)
	}
	return r, nil
}

// Resources returns what was registered so far, components and providers left
// out, in order of registration.
func (r *Recorder) Resources() []cost.Resource {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]cost.Resource(nil), r.all...)
}

// see records a resource before it is registered.
func (r *Recorder) see(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	opts, err := pulumi.NewResourceOptions(args.Opts...)
	if err != nil {
		return nil // the registration fails with the same error
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	parent := r.known[opts.Parent]
	pkg, _, _ := strings.Cut(args.Type, ":")
	made := node{urn: r.urn(parent.urn, args.Type, args.Name), component: parent.component, regions: map[string]string{}}
	for p, region := range parent.regions {
		made.regions[p] = region
	}
	providers := opts.Providers
	if opts.Provider != nil {
		providers = append(providers, opts.Provider)
	}
	for _, p := range providers {
		for name, region := range r.known[p].regions {
			made.regions[name] = region
		}
	}
	inputs, _ := plain(reflect.ValueOf(args.Props)).(map[string]any)
	if provided, ok := strings.CutPrefix(args.Type, "pulumi:providers:"); ok {
		region, _ := inputs["region"].(string)
		if region == "" { // Azure's word for it
			region, _ = inputs["location"].(string)
		}
		made.regions = map[string]string{provided: region}
	}
	_, isCustom := args.Resource.(pulumi.CustomResource)
	if made.component == "" && !isCustom {
		made.component = args.Name
	}
	r.known[args.Resource] = made
	if pkg != "pulumi" && isCustom {
		r.all = append(r.all, cost.Resource{
			Type: args.Type, Name: args.Name, URN: string(made.urn), Parent: string(parent.urn),
			Component: made.component, Region: made.regions[pkg], Inputs: inputs,
		})
	}
	return nil
}

// urn is the URN that the engine will give.
func (r *Recorder) urn(parent resource.URN, typ, name string) resource.URN {
	chain := tokens.Type("")
	if parent != "" {
		chain = parent.QualifiedType()
	}
	return resource.NewURN(tokens.QName(r.stack), tokens.PackageName(r.project), chain, tokens.Type(typ), name)
}

var outputType = reflect.TypeFor[pulumi.Output]()

// plain is an input as a plain value: texts, numbers, truths, lists and maps by
// the names of the provider's schema. What is an output is Unknown, also where
// its value happens to be known already: an update must cost what its preview
// did.
func plain(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	if v.Type().Implements(outputType) {
		return cost.Unknown{}
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		return fields(v)
	case reflect.Map:
		all := map[string]any{}
		for iter := v.MapRange(); iter.Next(); {
			all[fmt.Sprint(iter.Key().Interface())] = plain(iter.Value())
		}
		return all
	case reflect.Slice, reflect.Array:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = plain(v.Index(i))
		}
		return all
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n := v.Uint(); n <= math.MaxInt {
			return int(n)
		}
		return cost.Unknown{} // no price hangs on such a number
	case reflect.Float32, reflect.Float64:
		return v.Float()
	}
	return cost.Unknown{} // an asset, or something that no price hangs on
}

// fields are the fields of arguments that are given, by their schema's names.
// Those stand at the fields of the plain type that the arguments are for.
func fields(v reflect.Value) any {
	named := v.Type()
	if in, ok := v.Interface().(pulumi.Input); ok {
		if named = in.ElementType(); named.Kind() == reflect.Pointer {
			named = named.Elem()
		}
	}
	all := map[string]any{}
	for i := range v.NumField() {
		if named.Kind() != reflect.Struct || !v.Type().Field(i).IsExported() {
			continue
		}
		field, found := named.FieldByName(v.Type().Field(i).Name)
		if value := plain(v.Field(i)); found && value != nil {
			name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			all[name] = value
		}
	}
	return all
}
