// Package simtest runs Pulumi programs in unit tests: Pulumi's mocks, answered
// by the simulated cloud. What a real cloud would refuse fails the test.
package simtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/aws"
	"github.com/te-explico/infrastructure/internal/simcloud/kubernetes"
)

// Resource is a resource that a program registered.
type Resource struct {
	Type, Name, URN, ID string
	// Custom says that a provider manages it; false for components.
	Custom bool
	// Parent and Provider are URNs; Provider is empty where none was given.
	Parent, Provider                     string
	Protect, Retain, DeleteBeforeReplace bool
	IgnoreChanges, DependsOn             []string
	// ReplaceWith are the URNs of those with which it is replaced.
	ReplaceWith []string
	Aliases     int
	Inputs      simcloud.Values
	// Secret are the inputs, by their top-level names, that hold a secret.
	Secret  []string
	Outputs simcloud.Values
}

// Graph is what a program registered, in order of registration, and the cloud
// after it.
type Graph struct {
	Resources []Resource
	Exports   map[string]any
	Cloud     *simcloud.Cloud
}

// Option changes how a program is run.
type Option func(*pulumi.RunInfo)

// Preview runs the program as pulumi preview does: nothing is created and what
// only the cloud knows is unknown.
func Preview() Option { return func(info *pulumi.RunInfo) { info.DryRun = true } }

// Config sets the program's configuration: values by full key
// (explico:network), structured ones as JSON.
func Config(values map[string]string) Option {
	return func(info *pulumi.RunInfo) { info.Config = values }
}

// SecretKeys names the configuration keys that are secret.
func SecretKeys(keys ...string) Option {
	return func(info *pulumi.RunInfo) { info.ConfigSecretKeys = keys }
}

// Run runs a program and fails the test if it fails.
func Run(t testing.TB, program pulumi.RunFunc, opts ...Option) *Graph {
	t.Helper()
	g, err := Try("explico", "test", program, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Try runs a program of a project and stack and returns what it registered
// until it failed.
func Try(project, stack string, program pulumi.RunFunc, opts ...Option) (*Graph, error) {
	m := &mocks{project: project, stack: stack, graph: &Graph{Cloud: simcloud.New(aws.Catalog(), kubernetes.Catalog())}, sessions: map[string]simcloud.Session{}}
	run := []pulumi.RunOption{pulumi.WithMocks(project, stack, m), func(info *pulumi.RunInfo) { m.preview = info.DryRun }}
	for _, o := range opts {
		run = append([]pulumi.RunOption{pulumi.RunOption(o)}, run...)
	}
	err := pulumi.RunErr(program, run...)
	return m.graph, err
}

// All returns the resources of a type.
func (g *Graph) All(token string) []Resource {
	var all []Resource
	for _, r := range g.Resources {
		if r.Type == token {
			all = append(all, r)
		}
	}
	return all
}

// One returns the resource of a type whose logical name is name (or the only
// one, if name is empty) and fails the test if there is none, or more.
func (g *Graph) One(t testing.TB, token, name string) Resource {
	t.Helper()
	var found, names []string
	var one Resource
	for _, r := range g.All(token) {
		names = append(names, r.Name)
		if name == "" || r.Name == name {
			one, found = r, append(found, r.Name)
		}
	}
	if len(found) != 1 {
		t.Fatalf("want one %s named %q, got %d; there are %v", token, name, len(found), names)
	}
	return one
}

// CheckHouse fails the test for every resource that breaks the rules of the
// house: a provider is given, never a default one; a component is its parent;
// its name begins with the component's.
func (g *Graph) CheckHouse(t testing.TB) {
	t.Helper()
	names := map[string]string{}
	for _, r := range g.Resources {
		names[r.URN] = r.Name
	}
	for _, r := range g.Resources {
		if !r.Custom || strings.HasPrefix(r.Type, "pulumi:") {
			continue
		}
		if r.Provider == "" {
			t.Errorf("%s %s has no explicit provider", r.Type, r.Name)
		}
		parent, ok := names[r.Parent]
		if !ok {
			t.Errorf("%s %s has no component for a parent", r.Type, r.Name)
		} else if !strings.HasPrefix(r.Name, parent) {
			t.Errorf("%s %s is not named after its component %s", r.Type, r.Name, parent)
		}
	}
}

type mocks struct {
	project  string
	stack    string
	mu       sync.Mutex
	preview  bool
	graph    *Graph
	sessions map[string]simcloud.Session // by provider URN
}

// NewResource registers a resource and has the simulated cloud create it.
func (m *mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r := m.describe(args)
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.graph.Resources = append(m.graph.Resources, r)
	}()
	pkg, isProvider := strings.CutPrefix(args.TypeToken, "pulumi:providers:")
	switch {
	case isProvider:
		return m.provider(pkg, &r)
	case !args.Custom:
		return args.Name, args.Inputs, nil
	}
	if err := m.create(&r); err != nil {
		return "", nil, fmt.Errorf("%s %s: %w", r.Type, r.Name, err)
	}
	if m.preview {
		return "", r.Outputs.Properties(), nil
	}
	return r.ID, r.Outputs.Properties(), nil
}

func (m *mocks) provider(pkg string, r *Resource) (string, resource.PropertyMap, error) {
	catalog := m.graph.Cloud.Catalog(pkg)
	if catalog == nil {
		return "", nil, fmt.Errorf("the simulated cloud has no package %s", pkg)
	}
	session, err := catalog.Session(r.Inputs)
	if err != nil {
		return "", nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[r.URN] = session
	r.ID = r.Name + "-id"
	return r.ID, r.Inputs.Properties(), nil
}

func (m *mocks) session(provider string) (simcloud.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.sessions[provider]; ok {
		return s, nil
	}
	return simcloud.Session{}, fmt.Errorf("no explicit provider (default providers are disabled)")
}

func (m *mocks) create(r *Resource) error {
	cloud := m.graph.Cloud
	t, err := cloud.Type(r.Type)
	if err != nil {
		return err
	}
	session, err := m.session(r.Provider)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(r.URN))
	t.AutoName(r.Inputs, nil, r.Name, hex.EncodeToString(sum[:])[:7])
	if errs := cloud.Validate(r.Type, r.Inputs); len(errs) > 0 {
		return errs[0]
	}
	if m.preview {
		r.Outputs, err = cloud.Preview(session, r.Type, r.Inputs)
		// The mocks drop what is unknown inside a value; a value that is not there
		// at all counts as unknown.
		maps.DeleteFunc(r.Outputs, func(_ string, v any) bool { return simcloud.HasUnknown(v) })
		return err
	}
	record, err := cloud.Create(session, r.Type, r.URN, r.Inputs)
	if err != nil {
		return err
	}
	r.ID, r.Outputs = record.ID, record.Out
	return nil
}

func (m *mocks) describe(args pulumi.MockResourceArgs) Resource {
	r := Resource{
		Type: args.TypeToken, Name: args.Name, Custom: args.Custom,
		Provider: providerURN(args.Provider),
	}
	inputs := args.Inputs
	if rpc := args.RegisterRPC; rpc != nil { // the mocks drop what is unknown
		if all, err := plugin.UnmarshalProperties(rpc.GetObject(), plugin.MarshalOptions{
			KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
		}); err == nil {
			inputs = all
		}
	}
	r.Inputs = simcloud.FromProperties(inputs)
	for k, v := range inputs {
		if v.ContainsSecrets() {
			r.Secret = append(r.Secret, string(k))
		}
	}
	if rpc := args.RegisterRPC; rpc != nil {
		r.Parent, r.Protect, r.Retain = rpc.GetParent(), rpc.GetProtect(), rpc.GetRetainOnDelete()
		r.IgnoreChanges, r.DependsOn = rpc.GetIgnoreChanges(), rpc.GetDependencies()
		r.DeleteBeforeReplace = rpc.GetDeleteBeforeReplace()
		r.Aliases = len(rpc.GetAliases())
		r.ReplaceWith = rpc.GetReplaceWith()
	}
	parentType := resource.URN(r.Parent)
	kind := r.Type
	if r.Parent != "" && parentType.QualifiedType() != resource.RootStackType {
		kind = string(parentType.QualifiedType()) + "$" + kind
	}
	r.URN = fmt.Sprintf("urn:pulumi:%s::%s::%s::%s", m.stack, m.project, kind, r.Name)
	return r
}

// providerURN takes the id off a provider reference (urn::id).
func providerURN(ref string) string {
	if i := strings.LastIndex(ref, "::"); i > 0 {
		return ref[:i]
	}
	return ""
}

// Call answers a look-up.
func (m *mocks) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	session, err := m.session(providerURN(args.Provider))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", args.Token, err)
	}
	out, err := m.graph.Cloud.Invoke(session, args.Token, simcloud.FromProperties(args.Args))
	if err != nil {
		return nil, err
	}
	return out.Properties(), nil
}
