package simtest

import (
	"context"
	"fmt"
	"maps"
	"net"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// monitor speaks the protocol by which a program registers its resources. It
// stands in for Pulumi's own mocks, which cannot take a secret that a preview
// does not know yet, such as a kubeconfig.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	run *run
}

// serve serves the monitor until stop is called and returns its address.
func (m *monitor) serve() (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listening for the program: %w", err)
	}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(server, m)
	pulumirpc.RegisterEngineServer(server, m)
	go func() { _ = server.Serve(l) }() // ends with Stop
	return l.Addr().String(), server.Stop, nil
}

var wire = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

func (m *monitor) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{
		Project: m.run.project, Stack: m.run.stack,
		SupportedFeatures: []pulumirpc.ResourceMonitorFeature{
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
		},
	}, nil
}

func (m *monitor) RegisterResource(_ context.Context, req *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	if req.GetType() == string(resource.RootStackType) && req.GetParent() == "" {
		return &pulumirpc.RegisterResourceResponse{Urn: m.run.urn("", req.GetType(), req.GetName())}, nil
	}
	inputs, err := plugin.UnmarshalProperties(req.GetObject(), wire)
	if err != nil {
		return nil, fmt.Errorf("reading the inputs of %s %s: %w", req.GetType(), req.GetName(), err)
	}
	r, err := m.run.register(req, inputs)
	if err != nil {
		return nil, err
	}
	outputs := maps.Clone(r.Outputs)
	if !req.GetSupportsPartialValues() { // as the engine does: what is partly unknown is unknown
		maps.DeleteFunc(outputs, func(_ string, v any) bool { return simcloud.HasUnknown(v) })
	}
	object, err := plugin.MarshalProperties(outputs.Properties(), wire)
	if err != nil {
		return nil, fmt.Errorf("answering with the outputs of %s %s: %w", req.GetType(), req.GetName(), err)
	}
	return &pulumirpc.RegisterResourceResponse{Urn: r.URN, Id: r.ID, Object: object}, nil
}

// RegisterResourceOutputs keeps what the stack exports.
func (m *monitor) RegisterResourceOutputs(_ context.Context, req *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	if resource.URN(req.GetUrn()).Type() != resource.RootStackType {
		return &emptypb.Empty{}, nil
	}
	outputs, err := plugin.UnmarshalProperties(req.GetOutputs(), wire)
	if err != nil {
		return nil, fmt.Errorf("reading the stack's outputs: %w", err)
	}
	m.run.export(outputs)
	return &emptypb.Empty{}, nil
}

func (m *monitor) Invoke(_ context.Context, req *pulumirpc.ResourceInvokeRequest) (*pulumirpc.ResourceInvokeResponse, error) {
	args, err := plugin.UnmarshalProperties(req.GetArgs(), wire)
	if err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", req.GetTok(), err)
	}
	out, err := m.run.invoke(req.GetTok(), req.GetProvider(), args)
	if err != nil {
		return nil, err
	}
	object, err := plugin.MarshalProperties(out.Properties(), wire)
	if err != nil {
		return nil, fmt.Errorf("answering %s: %w", req.GetTok(), err)
	}
	return &pulumirpc.ResourceInvokeResponse{Return: object}, nil
}

func (m *monitor) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Log drops what the program says: what goes wrong, it returns.
func (m *monitor) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
