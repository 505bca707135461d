// Package monitor speaks the protocol by which a Pulumi program registers its
// resources, without an engine. It stands in for Pulumi's own mocks, which cannot
// take a secret that a preview does not know yet, such as a kubeconfig, and belong
// to tests.
package monitor

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Registered is what became of a resource.
type Registered struct {
	// ID is empty where it is not known yet, and for components.
	URN, ID string
	Outputs resource.PropertyMap
}

// Handler is who answers a program.
type Handler interface {
	// Register registers a resource; the stack itself is none.
	Register(req *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) (Registered, error)
	// Export takes the stack's outputs.
	Export(outputs resource.PropertyMap)
	// Invoke answers a look-up of a provider, which is given by URN.
	Invoke(token, provider string, args resource.PropertyMap) (resource.PropertyMap, error)
}

// Serve serves a handler to the program of a stack until stop is called, and
// returns the address.
func Serve(project, stack string, h Handler) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listening for the program: %w", err)
	}
	m := &server{project: project, stack: stack, handler: h}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(server, m)
	pulumirpc.RegisterEngineServer(server, m)
	go func() { _ = server.Serve(l) }() // ends with Stop
	return l.Addr().String(), server.Stop, nil
}

// URN is the URN that the engine gives.
func URN(project, stack, parent, typ, name string) string {
	chain := tokens.Type("")
	if p := resource.URN(parent); p != "" && p.QualifiedType() != resource.RootStackType {
		chain = p.QualifiedType()
	}
	return string(resource.NewURN(tokens.QName(stack), tokens.PackageName(project), chain, tokens.Type(typ), name))
}

// ProviderURN takes the id off a provider reference (urn::id).
func ProviderURN(ref string) string {
	if i := strings.LastIndex(ref, "::"); i > 0 {
		return ref[:i]
	}
	return ""
}

type server struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	project, stack string
	handler        Handler
}

var wire = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

// GetDeploymentInfo says what this engine can do.
func (m *server) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{
		Project: m.project, Stack: m.stack,
		SupportedFeatures: []pulumirpc.ResourceMonitorFeature{
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
		},
	}, nil
}

// RegisterResource has the handler register a resource.
func (m *server) RegisterResource(_ context.Context, req *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	if req.GetType() == string(resource.RootStackType) && req.GetParent() == "" {
		return &pulumirpc.RegisterResourceResponse{Urn: URN(m.project, m.stack, "", req.GetType(), req.GetName())}, nil
	}
	inputs, err := plugin.UnmarshalProperties(req.GetObject(), wire)
	if err != nil {
		return nil, fmt.Errorf("reading the inputs of %s %s: %w", req.GetType(), req.GetName(), err)
	}
	r, err := m.handler.Register(req, inputs)
	if err != nil {
		return nil, err
	}
	outputs := r.Outputs
	if !req.GetSupportsPartialValues() { // as the engine does: what is partly unknown is unknown
		outputs = resource.PropertyMap{}
		for k, v := range r.Outputs {
			if !v.ContainsUnknowns() {
				outputs[k] = v
			}
		}
	}
	object, err := plugin.MarshalProperties(outputs, wire)
	if err != nil {
		return nil, fmt.Errorf("answering with the outputs of %s %s: %w", req.GetType(), req.GetName(), err)
	}
	return &pulumirpc.RegisterResourceResponse{Urn: r.URN, Id: r.ID, Object: object}, nil
}

// RegisterResourceOutputs keeps what the stack exports.
func (m *server) RegisterResourceOutputs(_ context.Context, req *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	if resource.URN(req.GetUrn()).Type() != resource.RootStackType {
		return &emptypb.Empty{}, nil
	}
	outputs, err := plugin.UnmarshalProperties(req.GetOutputs(), wire)
	if err != nil {
		return nil, fmt.Errorf("reading the stack's outputs: %w", err)
	}
	m.handler.Export(outputs)
	return &emptypb.Empty{}, nil
}

// Invoke has the handler answer a look-up.
func (m *server) Invoke(_ context.Context, req *pulumirpc.ResourceInvokeRequest) (*pulumirpc.ResourceInvokeResponse, error) {
	args, err := plugin.UnmarshalProperties(req.GetArgs(), wire)
	if err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", req.GetTok(), err)
	}
	if req.GetTok() == "pulumi:pulumi:readStackOutputs" { // an engine knows them; here nothing ran before
		return &pulumirpc.ResourceInvokeResponse{}, nil
	}
	out, err := m.handler.Invoke(req.GetTok(), ProviderURN(req.GetProvider()), args)
	if err != nil {
		return nil, err
	}
	object, err := plugin.MarshalProperties(out, wire)
	if err != nil {
		return nil, fmt.Errorf("answering %s: %w", req.GetTok(), err)
	}
	return &pulumirpc.ResourceInvokeResponse{Return: object}, nil
}

// SignalAndWaitForShutdown ends at once: nothing else goes on.
func (m *server) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Log drops what the program says: what goes wrong, it returns.
func (m *server) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
