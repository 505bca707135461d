package azure

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Many resources are bound by hand: of the SDK's packages network, insights,
// containerregistry, authorization, resources and operationalinsights, which take
// two minutes to compile, a few types are used, and cache, dataprotection,
// eventgrid and security are no modules of their own. Tokens and properties are
// those of the provider's schema. A test compares them with the SDK's source
// where there is one (decision 3).

// resource is a resource bound by hand.
type resource struct {
	pulumi.CustomResourceState

	// Name is its name in Azure.
	Name pulumi.StringOutput `pulumi:"name"`
}

// bind registers a resource by its token.
func bind(ctx *pulumi.Context, token, name string, args pulumi.Map, opts ...pulumi.ResourceOption) (*resource, error) {
	return component.Bind[resource](ctx, token, name, args, opts...)
}

// ref names a resource as others refer to it.
func ref(id pulumi.StringInput) pulumi.Map { return pulumi.Map{"id": id} }

// Caller is who a provider acts for.
type Caller struct {
	SubscriptionID string `pulumi:"subscriptionId"`
	TenantID       string `pulumi:"tenantId"`
}

// WhoCalls asks a provider who it acts for.
func WhoCalls(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (Caller, error) {
	var c Caller
	return c, ctx.Invoke("azure-native:authorization:getClientConfig", nil, &c, opts...)
}
