package simulate

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// Construct registers a component and its children with the engine that asks,
// as a program does. The children have the provider that the component was given.
func (p *provider) Construct(ctx context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	fail := func(err error) error { return fmt.Errorf("constructing %s %s: %w", req.GetType(), req.GetName(), err) }
	if _, err := session(ctx); err != nil {
		return nil, fail(err)
	}
	in, err := open(req.GetInputs())
	if err != nil {
		return nil, fail(err)
	}
	children, err := p.cloud.Construct(req.GetType(), simcloud.FromProperties(in))
	if err != nil {
		return nil, fail(err)
	}
	conn, err := grpc.NewClient(req.GetMonitorEndpoint(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fail(err)
	}
	defer func() { _ = conn.Close() }() // nothing is left to say
	monitor := pulumirpc.NewResourceMonitorClient(conn)
	made, err := monitor.RegisterResource(ctx, componentOf(req))
	if err != nil {
		return nil, fail(err)
	}
	urns := map[string]string{} // of the children, by type and name
	for _, c := range children {
		child, err := childOf(req, made.GetUrn(), c)
		if err != nil {
			return nil, fail(err)
		}
		if c.After != nil {
			child.Dependencies = []string{urns[c.After.Token+c.After.Name]}
		}
		registered, err := monitor.RegisterResource(ctx, child)
		if err != nil {
			return nil, fail(err)
		}
		urns[c.Token+c.Name] = registered.GetUrn()
	}
	outputs := &structpb.Struct{}
	if _, err := monitor.RegisterResourceOutputs(ctx, &pulumirpc.RegisterResourceOutputsRequest{Urn: made.GetUrn(), Outputs: outputs}); err != nil {
		return nil, fail(err)
	}
	return &pulumirpc.ConstructResponse{Urn: made.GetUrn(), State: outputs}, nil
}

// componentOf is the registration of the component itself, with what the program
// said of it.
func componentOf(req *pulumirpc.ConstructRequest) *pulumirpc.RegisterResourceRequest {
	return &pulumirpc.RegisterResourceRequest{
		Type: req.GetType(), Name: req.GetName(), Parent: req.GetParent(), Object: &structpb.Struct{}, Providers: req.GetProviders(),
		Dependencies: req.GetDependencies(), Protect: req.Protect, RetainOnDelete: req.RetainOnDelete, Aliases: req.GetAliases(), AliasSpecs: true,
		IgnoreChanges: req.GetIgnoreChanges(), ReplaceOnChanges: req.GetReplaceOnChanges(), DeletedWith: req.GetDeletedWith(),
		AcceptSecrets: true, AcceptResources: true, SupportsPartialValues: true, SupportsResultReporting: true,
	}
}

// childOf is the registration of a child of the component with a URN.
func childOf(req *pulumirpc.ConstructRequest, parent string, c simcloud.Child) (*pulumirpc.RegisterResourceRequest, error) {
	object, err := seal(c.In.Properties())
	if err != nil {
		return nil, err
	}
	pkg := string(resource.URN(parent).Type().Package())
	return &pulumirpc.RegisterResourceRequest{
		Type: c.Token, Name: req.GetName() + c.Name, Custom: true, Parent: parent, Object: object, Provider: req.GetProviders()[pkg],
		AcceptSecrets: true, AcceptResources: true, SupportsPartialValues: true, AliasSpecs: true,
	}, nil
}
