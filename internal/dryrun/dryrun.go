// Package dryrun runs a Pulumi program as a preview does, without an engine, a
// cloud or credentials: every resource is taken as it is asked for, and what only
// a cloud knows stays unknown.
package dryrun

import (
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/te-explico/infrastructure/internal/monitor"
)

// Answers are the results of look-ups, by token, that a program cannot do
// without. One that is not among them fails.
type Answers map[string]map[string]any

// Run runs the program of a project and stack and returns the stack's outputs
// as plain values: maps, lists, texts, numbers and truths. An unknown or secret
// output is left out.
func Run(project, stack string, program pulumi.RunFunc, answers Answers, opts ...pulumi.RunOption) (map[string]any, error) {
	r := &run{project: project, stack: stack, answers: answers}
	address, end, err := monitor.Serve(project, stack, r)
	if err != nil {
		return nil, err
	}
	defer end()
	base := []pulumi.RunOption{func(info *pulumi.RunInfo) {
		info.Project, info.Stack, info.Parallel, info.DryRun = project, stack, 16, true
		info.MonitorAddr, info.EngineAddr = address, address
	}}
	if err := pulumi.RunErr(program, append(base, opts...)...); err != nil {
		return nil, err
	}
	return r.outputs, nil
}

type run struct {
	project, stack string
	answers        Answers

	mu      sync.Mutex
	outputs map[string]any
}

// Register takes a resource as it is: its outputs are its inputs.
func (r *run) Register(req *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) (monitor.Registered, error) {
	return monitor.Registered{
		URN:     monitor.URN(r.project, r.stack, req.GetParent(), req.GetType(), req.GetName()),
		Outputs: inputs,
	}, nil
}

// Export keeps the stack's outputs.
func (r *run) Export(outputs resource.PropertyMap) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outputs = map[string]any{}
	for k, v := range outputs {
		if !v.ContainsUnknowns() && !v.ContainsSecrets() {
			r.outputs[string(k)] = v.Mappable()
		}
	}
}

// Invoke answers a look-up from the table.
func (r *run) Invoke(token, _ string, _ resource.PropertyMap) (resource.PropertyMap, error) {
	answer, ok := r.answers[token]
	if !ok {
		return nil, fmt.Errorf("no answer to %s: add one to the table of the dry run", token)
	}
	return resource.NewPropertyMapFromMap(answer), nil
}
