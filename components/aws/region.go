package aws

import (
	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// edgeRegion is where AWS keeps what belongs to the whole world: CloudFront's
// certificates, logs and web ACLs, and Route 53's query logs and signing keys.
const edgeRegion = "us-east-1"

// WithEast is the scope with a provider for us-east-1 that its components share;
// the scope itself, if that is its region.
func (s Scope) WithEast(ctx *pulumi.Context, name string) (Scope, error) {
	if s.Region == edgeRegion {
		return s, nil
	}
	east, err := s.Provider(ctx, name, edgeRegion)
	s.East = east
	return s, err
}

// place is a region in which a component puts resources: its own, or another
// one with another provider.
type place struct {
	// Scope is the component's scope, in the place's region.
	Scope
	// opt puts a resource or a component there, below the component.
	opt pulumi.ResourceOption
	// far says that it is not the component's own region.
	far bool
}

// in is the place in region, below parent. For another region than the scope's
// it takes the scope's provider for us-east-1 or makes one: <name>-<region>.
func (s Scope) in(ctx *pulumi.Context, name, region string, parent pulumi.ResourceOption) (*place, error) {
	if region == s.Region {
		return &place{Scope: s, opt: parent}, nil
	}
	provider, err := s.provider(ctx, name+"-"+region, region, parent)
	if err != nil {
		return nil, err
	}
	there := s
	there.Region = region
	return &place{Scope: there, opt: pulumi.Composite(parent, pulumi.Provider(provider), pulumi.Providers(provider)), far: true}, nil
}

// provider is the scope's provider for us-east-1, if that is the region and
// there is one, else a new one.
func (s Scope) provider(ctx *pulumi.Context, name, region string, opts ...pulumi.ResourceOption) (*awssdk.Provider, error) {
	if region == edgeRegion && s.East != nil {
		return s.East, nil
	}
	return s.Provider(ctx, name, region, opts...)
}

// logKey is the key for log groups in the place: home, the component's, or one
// of its own, since a key serves its region only.
func (p *place) logKey(ctx *pulumi.Context, name string, home pulumi.StringInput) (pulumi.StringInput, error) {
	if !p.far {
		return home, nil
	}
	key, err := NewKey(ctx, name+"-logs", &KeyArgs{
		Scope: p.Scope, Purpose: "log groups of " + p.Prefix + "-" + name + " in " + p.Region, Users: []Statement{LogsMayUse(p.Scope)},
	}, p.opt)
	if err != nil {
		return nil, err
	}
	return key.Arn, nil
}
