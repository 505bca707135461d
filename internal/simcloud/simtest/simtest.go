// Package simtest runs Pulumi programs in unit tests, without an engine: what
// they register, the simulated cloud creates. What a real cloud would refuse fails the test.
package simtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/te-explico/infrastructure/internal/monitor"
	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/clouds"
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
	Secret []string
	// SecretOutputs are the outputs that the program wants to be kept as secrets.
	SecretOutputs []string
	// Sources are, by top-level input, the URNs from whose outputs it is made.
	Sources map[string][]string
	Outputs simcloud.Values
}

// Graph is what a program registered, in order of registration, and the cloud
// after it.
type Graph struct {
	Resources []Resource
	Exports   simcloud.Values
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
	r := &run{
		project: project, stack: stack, sessions: map[string]simcloud.Session{},
		graph: &Graph{Cloud: simcloud.New(clouds.Catalogs()...)},
	}
	address, stop, err := monitor.Serve(project, stack, r)
	if err != nil {
		return nil, err
	}
	defer stop()
	options := []pulumi.RunOption{func(info *pulumi.RunInfo) {
		info.Project, info.Stack, info.Parallel = project, stack, 16
		info.MonitorAddr, info.EngineAddr = address, address
	}}
	for _, o := range opts {
		options = append(options, pulumi.RunOption(o))
	}
	options = append(options, func(info *pulumi.RunInfo) { r.preview = info.DryRun })
	err = pulumi.RunErr(program, options...)
	return r.graph, err
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

// run is one run of a program.
type run struct {
	project, stack string
	preview        bool
	mu             sync.Mutex
	graph          *Graph
	sessions       map[string]simcloud.Session // by provider URN
}

// Register registers a resource and has the simulated cloud create it.
func (m *run) Register(req *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) (monitor.Registered, error) {
	r := m.describe(req, inputs)
	var err error
	pkg, isProvider := strings.CutPrefix(r.Type, "pulumi:providers:")
	switch {
	case isProvider:
		err = m.provider(pkg, &r)
	case !r.Custom:
		r.ID, r.Outputs = "", simcloud.Values{}
	default:
		if err = m.create(&r); err != nil {
			err = fmt.Errorf("%s %s: %w", r.Type, r.Name, err)
		}
	}
	m.keep(r)
	if err == nil && req.GetRemote() {
		err = m.construct(req, r)
	}
	return monitor.Registered{URN: r.URN, ID: r.ID, Outputs: r.Outputs.Properties()}, err
}

func (m *run) keep(r Resource) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.graph.Resources = append(m.graph.Resources, r)
}

// construct registers the children of a component that a provider constructs.
func (m *run) construct(req *pulumirpc.RegisterResourceRequest, r Resource) error {
	fail := func(err error) error { return fmt.Errorf("constructing %s %s: %w", r.Type, r.Name, err) }
	if _, err := m.session(r.Provider); err != nil {
		return fail(err)
	}
	children, err := m.graph.Cloud.Construct(r.Type, r.Inputs)
	if err != nil {
		return fail(err)
	}
	for _, c := range children {
		child := &pulumirpc.RegisterResourceRequest{Type: c.Token, Name: r.Name + c.Name, Custom: true, Parent: r.URN, Provider: providerOf(req)}
		if _, err := m.Register(child, c.In.Properties()); err != nil {
			return fail(err)
		}
	}
	return nil
}

// providerOf refers to the provider of a resource: its own, or for a component
// that a provider constructs that of its package.
func providerOf(req *pulumirpc.RegisterResourceRequest) string {
	if own := req.GetProvider(); own != "" || !req.GetRemote() {
		return own
	}
	pkg, _, _ := strings.Cut(req.GetType(), ":")
	return req.GetProviders()[pkg]
}

// Export keeps the stack's outputs.
func (m *run) Export(outputs resource.PropertyMap) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.graph.Exports = simcloud.FromProperties(outputs)
}

func (m *run) provider(pkg string, r *Resource) error {
	catalog := m.graph.Cloud.Catalog(pkg)
	if catalog == nil {
		return fmt.Errorf("the simulated cloud has no package %s", pkg)
	}
	session, err := catalog.Session(r.Inputs)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[r.URN] = session
	r.ID, r.Outputs = r.Name+"-id", r.Inputs
	return nil
}

func (m *run) session(provider string) (simcloud.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.sessions[provider]; ok {
		return s, nil
	}
	return simcloud.Session{}, fmt.Errorf("no explicit provider (default providers are disabled)")
}

func (m *run) create(r *Resource) error {
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
	t.AutoName(r.Inputs, nil, r.Name, hex.EncodeToString(sum[:]))
	if errs := cloud.Validate(r.Type, r.Inputs); len(errs) > 0 {
		return errs[0]
	}
	if m.preview {
		r.Outputs, err = cloud.Preview(session, r.Type, r.Inputs)
		return err
	}
	record, err := cloud.Create(session, r.Type, r.URN, r.Inputs)
	if err != nil {
		return err
	}
	r.ID, r.Outputs = record.ID, record.Out
	return nil
}

func (m *run) describe(req *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) Resource {
	r := Resource{
		Type: req.GetType(), Name: req.GetName(), Custom: req.GetCustom(),
		URN:    monitor.URN(m.project, m.stack, req.GetParent(), req.GetType(), req.GetName()),
		Parent: req.GetParent(), Provider: monitor.ProviderURN(providerOf(req)),
		Protect: req.GetProtect(), Retain: req.GetRetainOnDelete(), DeleteBeforeReplace: req.GetDeleteBeforeReplace(),
		IgnoreChanges: req.GetIgnoreChanges(), DependsOn: req.GetDependencies(), ReplaceWith: req.GetReplaceWith(),
		Aliases: len(req.GetAliases()), SecretOutputs: req.GetAdditionalSecretOutputs(),
		Inputs:  simcloud.FromProperties(inputs),
		Sources: map[string][]string{},
	}
	for k, d := range req.GetPropertyDependencies() {
		if len(d.GetUrns()) > 0 {
			r.Sources[k] = d.GetUrns()
		}
	}
	for k, v := range inputs {
		if v.ContainsSecrets() {
			r.Secret = append(r.Secret, string(k))
		}
	}
	return r
}

// Invoke answers a look-up.
func (m *run) Invoke(token, provider string, args resource.PropertyMap) (resource.PropertyMap, error) {
	session, err := m.session(provider)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", token, err)
	}
	out, err := m.graph.Cloud.Invoke(session, token, simcloud.FromProperties(args))
	return out.Properties(), err
}
