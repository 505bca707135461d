package simulate

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// provider speaks Pulumi's resource provider protocol for one package of the
// simulated cloud. The engine opens a connection for each provider instance of
// a program, and that is all that tells them apart: so the configuration
// belongs to the connection.
type provider struct {
	pulumirpc.UnimplementedResourceProviderServer

	cloud   *simcloud.Cloud
	catalog *simcloud.Catalog
	version string // of the SDK that the program was built with
	// pace is how much of the real cloud's time an operation takes here.
	pace float64
}

// connection is one provider instance.
type connection struct {
	mu         sync.Mutex
	configured bool
	session    simcloud.Session
}

type connectionKey struct{}

// connections gives each connection of a server a place for its configuration.
type connections struct{}

func (connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{})
}
func (connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }
func (connections) HandleRPC(context.Context, stats.RPCStats)                       {}
func (connections) HandleConn(context.Context, stats.ConnStats)                     {}

func session(ctx context.Context) (simcloud.Session, error) {
	c, _ := ctx.Value(connectionKey{}).(*connection)
	if c == nil {
		return simcloud.Session{}, errors.New("the provider has no connection")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.configured {
		return simcloud.Session{}, errors.New("the provider is not configured")
	}
	return c.session, nil
}

func (p *provider) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *provider) Handshake(context.Context, *pulumirpc.ProviderHandshakeRequest) (*pulumirpc.ProviderHandshakeResponse, error) {
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true, SupportsAutonamingConfiguration: true}, nil
}

func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: p.version}, nil
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	res := &pulumirpc.CheckResponse{Inputs: req.GetNews()}
	news, err := open(req.GetNews())
	if err != nil {
		return nil, err
	}
	if config := providerConfig(simcloud.FromProperties(news)); !simcloud.HasUnknown(config) {
		if _, err := p.catalog.Session(config); err != nil {
			res.Failures = append(res.Failures, &pulumirpc.CheckFailure{Property: "region", Reason: err.Error()})
		}
	}
	return res, nil
}

func (p *provider) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := open(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := open(req.GetNews())
	if err != nil {
		return nil, err
	}
	// Another region, account or cluster is another cloud: what the old provider
	// made cannot be seen from the new one.
	return diff(olds, news, p.catalog.Identity), nil
}

func (p *provider) Configure(ctx context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	args, err := open(req.GetArgs())
	if err != nil {
		return nil, err
	}
	s, err := p.catalog.Session(providerConfig(simcloud.FromProperties(args)))
	if err != nil {
		return nil, fmt.Errorf("configuring provider %s: %w", p.catalog.Package, err)
	}
	c, _ := ctx.Value(connectionKey{}).(*connection)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.configured, c.session = true, s
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true}, nil
}

func (p *provider) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	urn := resource.URN(req.GetUrn())
	news, err := open(req.GetNews())
	if err != nil {
		return nil, err
	}
	olds, err := open(req.GetOlds())
	if err != nil {
		return nil, err
	}
	t, err := p.cloud.Type(string(urn.Type()))
	if err != nil {
		return nil, err
	}
	in := simcloud.FromProperties(news)
	if err := autoName(t, req, in, simcloud.FromProperties(olds)); err != nil {
		return nil, err
	}
	if name := in.String(t.Auto); t.Auto != "" && name != "" {
		news[resource.PropertyKey(t.Auto)] = resource.NewStringProperty(name)
	}
	res := &pulumirpc.CheckResponse{}
	for _, problem := range p.cloud.Validate(string(urn.Type()), in) {
		res.Failures = append(res.Failures, &pulumirpc.CheckFailure{Reason: problem.Error()})
	}
	res.Inputs, err = seal(news)
	return res, err
}

// autoName gives the resource the name that the stack's settings propose, or one
// of Pulumi's usual ones.
func autoName(t *simcloud.Type, req *pulumirpc.CheckRequest, in, old simcloud.Values) error {
	if name := req.GetAutonaming().GetProposedName(); name != "" && t.TakesProposals() {
		return t.ProposeName(in, old, name)
	}
	t.AutoName(in, old, resource.URN(req.GetUrn()).Name(), suffix(req.GetRandomSeed()))
	return nil
}

// suffix are the random hex digits of an automatic name, enough for any.
func suffix(seed []byte) string {
	if len(seed) < 16 {
		return strings.Repeat("0", 32)
	}
	return hex.EncodeToString(seed)
}

func (p *provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	t, err := p.cloud.Type(string(resource.URN(req.GetUrn()).Type()))
	if err != nil {
		return nil, err
	}
	olds, err := open(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := open(req.GetNews())
	if err != nil {
		return nil, err
	}
	return diffType(t, olds, news), nil
}

func (p *provider) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	s, token, in, err := p.open(ctx, req.GetUrn(), req.GetProperties())
	if err != nil {
		return nil, err
	}
	if req.GetPreview() {
		out, err := p.cloud.Preview(s, token, simcloud.FromProperties(in))
		if err != nil {
			return nil, err
		}
		props, err := seal(p.conceal(token, in, out))
		return &pulumirpc.CreateResponse{Properties: props}, err
	}
	p.wait(ctx, token)
	r, err := p.cloud.Create(s, token, req.GetUrn(), simcloud.FromProperties(in))
	if err != nil {
		return nil, err
	}
	props, err := seal(p.conceal(token, in, r.Out))
	return &pulumirpc.CreateResponse{Id: r.ID, Properties: props}, err
}

func (p *provider) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	s, token, in, err := p.open(ctx, req.GetUrn(), req.GetNews())
	if err != nil {
		return nil, err
	}
	if req.GetPreview() {
		olds, err := open(req.GetOlds())
		if err != nil {
			return nil, err
		}
		out := simcloud.FromProperties(olds)
		for k, v := range simcloud.FromProperties(in) {
			out[k] = v
		}
		props, err := seal(p.conceal(token, in, out))
		return &pulumirpc.UpdateResponse{Properties: props}, err
	}
	r, err := p.cloud.Update(s, token, req.GetId(), req.GetUrn(), simcloud.FromProperties(in))
	if err != nil {
		return nil, err
	}
	props, err := seal(p.conceal(token, in, r.Out))
	return &pulumirpc.UpdateResponse{Properties: props}, err
}

func (p *provider) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	s, token, in, err := p.open(ctx, req.GetUrn(), req.GetInputs())
	if err != nil {
		return nil, err
	}
	r, err := p.cloud.Read(s, token, req.GetId())
	if err != nil || r == nil {
		return &pulumirpc.ReadResponse{}, err
	}
	out, err := seal(p.conceal(token, in, r.Out))
	if err != nil {
		return nil, err
	}
	inputs, err := seal(p.conceal(token, in, r.In))
	return &pulumirpc.ReadResponse{Id: r.ID, Properties: out, Inputs: inputs}, err
}

func (p *provider) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	s, token, _, err := p.open(ctx, req.GetUrn(), nil)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, p.cloud.Delete(s, token, req.GetId())
}

func (p *provider) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	s, err := session(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.GetTok(), err)
	}
	args, err := open(req.GetArgs())
	if err != nil {
		return nil, err
	}
	out, err := p.cloud.Invoke(s, req.GetTok(), simcloud.FromProperties(args))
	if err != nil {
		return nil, err
	}
	props, err := seal(out.Properties())
	return &pulumirpc.InvokeResponse{Return: props}, err
}

// open reads what the engine sent of a resource.
func (p *provider) open(ctx context.Context, urn string, props *structpb.Struct) (simcloud.Session, string, resource.PropertyMap, error) {
	token := string(resource.URN(urn).Type())
	s, err := session(ctx)
	if err != nil {
		return s, token, nil, fmt.Errorf("%s: %w", urn, err)
	}
	in, err := open(props)
	return s, token, in, err
}

// conceal makes out Pulumi's properties again and marks as secret what was a
// secret in the inputs and what the type says is one.
func (p *provider) conceal(token string, in resource.PropertyMap, out simcloud.Values) resource.PropertyMap {
	props := out.Properties()
	secret := map[resource.PropertyKey]bool{}
	for k, v := range in {
		secret[k] = v.ContainsSecrets()
	}
	if t, err := p.cloud.Type(token); err == nil {
		for _, k := range t.Secrets {
			secret[resource.PropertyKey(k)] = true
		}
	}
	for k, v := range props {
		if secret[k] {
			props[k] = resource.MakeSecret(v)
		}
	}
	return props
}

// wait lets the share of the real cloud's time pass that pace asks for.
func (p *provider) wait(ctx context.Context, token string) {
	t, err := p.cloud.Type(token)
	if err != nil || p.pace == 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(float64(t.Takes) * p.pace)):
	}
}

var wire = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true}

func open(s *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(s, wire)
}

func seal(m resource.PropertyMap) (*structpb.Struct, error) { return plugin.MarshalProperties(m, wire) }
