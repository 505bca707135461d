package azure

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// RegistryArgs are the arguments of NewRegistry.
type RegistryArgs struct {
	Scope
	// Encryption encrypts the images; Azure's own key does if it is nil. It is
	// decided once: a registry without a key never gets one.
	Encryption *Encryption
	// Images are the names of the images. A repository is there from the first push
	// on; the registry itself has none to make.
	Images []string
	// UntaggedDays is how long images without a tag are kept, 1 to 365.
	UntaggedDays int
	// Mirrors are public registries whose images are fetched through this one and
	// kept here: mcr.microsoft.com, public.ecr.aws, quay.io or registry.k8s.io, which
	// ask for no credentials.
	Mirrors []string
	// Pullers and Pushers are the object ids of the identities that may pull, or
	// push too, by a name of yours.
	Pullers, Pushers map[string]pulumi.StringInput
	// Private is where the registry answers, in a zone privatelink.azurecr.io.
	Private *PrivatePlace
	// AllowedRanges are public addresses that reach the registry beside the network,
	// such as those of the machines that build. Nobody else if empty.
	AllowedRanges []string
	// WorkspaceID is the Log Analytics workspace that hears who pulled and pushed.
	WorkspaceID pulumi.StringInput
}

// Registry is the stack's image registry: of the premium tier, in three zones,
// for identities of Entra only. There is no user and no password.
type Registry struct {
	pulumi.ResourceState

	// ID is the registry's id, and Server its host, <name>.azurecr.io.
	ID, Server pulumi.StringOutput
	// URLs are the images' addresses, by image.
	URLs map[string]pulumi.StringOutput
	// MirrorURLs are what stands for the host of a public registry in the name of an
	// image, by that host.
	MirrorURLs map[string]pulumi.StringOutput
}

// imageRegistry is the registry as Azure sees it.
type imageRegistry struct {
	pulumi.CustomResourceState

	Name        pulumi.StringOutput `pulumi:"name"`
	LoginServer pulumi.StringOutput `pulumi:"loginServer"`
}

// mirrorNames are what the mirrors are called in the registry.
// Source: Azure Container Registry documentation, "Artifact cache: supported
// upstream registries", read 2026-11.
var mirrorNames = map[string]string{
	"mcr.microsoft.com": "mcr", "public.ecr.aws": "ecr-public", "quay.io": "quay", "registry.k8s.io": "kubernetes",
}

// NewRegistry makes the registry. Its name is fixed, as whoever pushes and pulls
// knows it.
func NewRegistry(ctx *pulumi.Context, name string, args *RegistryArgs, opts ...pulumi.ResourceOption) (*Registry, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating registry %s: %w", name, err)
	}
	r := &Registry{URLs: map[string]pulumi.StringOutput{}, MirrorURLs: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "azure", "Registry", name, r, opts...); err != nil {
		return nil, err
	}
	parent := pulumi.Parent(r)
	registry, err := args.registry(ctx, name, parent)
	if err != nil {
		return nil, err
	}
	r.ID = registry.ID().ToStringOutput()
	endpoint, err := privateEndpoint(ctx, name, args.Scope, "registry", r.ID, "registry", args.Private, parent)
	if err != nil {
		return nil, err
	}
	r.Server = after(registry.LoginServer, endpoint)
	for _, image := range args.Images {
		r.URLs[image] = pulumi.Sprintf("%s/%s", r.Server, image)
	}
	if err := args.mirrors(ctx, name, r, registry); err != nil {
		return nil, err
	}
	if err := args.rights(ctx, name, r); err != nil {
		return nil, err
	}
	logs := []string{"ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"}
	if err := auditLogs(ctx, name, args.WorkspaceID, r.ID, logs, parent); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{
		"id": r.ID, "server": r.Server, "urls": stringMap(r.URLs), "mirrorUrls": stringMap(r.MirrorURLs),
	})
}

// registry makes the registry itself. Images leave it by pull alone, where
// nothing but the network reaches it.
func (a *RegistryArgs) registry(ctx *pulumi.Context, name string, parent pulumi.ResourceOption) (*imageRegistry, error) {
	private := len(a.AllowedRanges) == 0
	export := "enabled"
	if private {
		export = "disabled"
	}
	rules := pulumi.Array{}
	for _, r := range ipRules(a.AllowedRanges) {
		rules = append(rules, pulumi.Map{"iPAddressOrRange": pulumi.String(r), "action": pulumi.String("Allow")})
	}
	args := pulumi.Map{
		"resourceGroupName": a.ResourceGroup, "location": pulumi.String(a.Location),
		"registryName": pulumi.String(a.worldwide(limits.Registry, name)),
		"sku":          pulumi.Map{"name": pulumi.String("Premium")}, "zoneRedundancy": pulumi.String("Enabled"),
		"adminUserEnabled": pulumi.Bool(false), "dataEndpointEnabled": pulumi.Bool(true),
		"publicNetworkAccess": pulumi.String(enabled(!private)), "networkRuleBypassOptions": pulumi.String("AzureServices"),
		"networkRuleSet": pulumi.Map{"defaultAction": pulumi.String("Deny"), "ipRules": rules},
		"policies": pulumi.Map{
			"exportPolicy":    pulumi.Map{"status": pulumi.String(export)},
			"retentionPolicy": pulumi.Map{"status": pulumi.String("enabled"), "days": pulumi.Int(a.UntaggedDays)},
		},
		"tags": a.tags("registry"),
	}
	var keys []pulumi.Resource
	if e := a.Encryption; e != nil {
		keys = e.Ready
		args["encryption"] = pulumi.Map{
			"status": pulumi.String("enabled"), "keyVaultProperties": pulumi.Map{"identity": e.IdentityClientID, "keyIdentifier": e.KeyURI},
		}
		args["identity"] = pulumi.Map{
			"type": pulumi.String("UserAssigned"),
			"userAssignedIdentities": e.IdentityID.ToStringOutput().ApplyT(func(id string) map[string]any {
				return map[string]any{id: map[string]any{}}
			}),
		}
	}
	registry, err := component.Bind[imageRegistry](ctx, "azure-native:containerregistry:Registry", name, args, parent, pulumi.Protect(a.Protect), pulumi.DependsOn(keys))
	if err != nil {
		return nil, fmt.Errorf("creating registry %s: %w", name, err)
	}
	return registry, nil
}

// mirrors fetches the images of public registries through this one.
func (a *RegistryArgs) mirrors(ctx *pulumi.Context, name string, r *Registry, registry *imageRegistry) error {
	for _, host := range slices.Sorted(slices.Values(a.Mirrors)) {
		short := mirrorNames[host]
		rule, err := bind(ctx, "azure-native:containerregistry:CacheRule", name+"-"+short, pulumi.Map{
			"resourceGroupName": a.ResourceGroup, "registryName": registry.Name, "cacheRuleName": pulumi.String("mirror-" + short),
			"sourceRepository": pulumi.String(host + "/*"), "targetRepository": pulumi.String(short + "/*"),
		}, pulumi.Parent(r))
		if err != nil {
			return fmt.Errorf("mirroring %s in registry %s: %w", host, name, err)
		}
		r.MirrorURLs[host] = after(pulumi.Sprintf("%s/%s", r.Server, short), []pulumi.Resource{rule})
	}
	return nil
}

// rights lets identities pull and push.
func (a *RegistryArgs) rights(ctx *pulumi.Context, name string, r *Registry) error {
	for _, grant := range []struct {
		verb string
		what Role
		who  map[string]pulumi.StringInput
	}{{"pulls", ImagePuller, a.Pullers}, {"pushes", ImagePusher, a.Pushers}} {
		for _, who := range slices.Sorted(maps.Keys(grant.who)) {
			g := Grant{Role: grant.what, On: r.ID}
			if _, err := assign(ctx, name+"-"+who+"-"+grant.verb, a.Scope, g, grant.who[who], machine, pulumi.Parent(r)); err != nil {
				return err
			}
		}
	}
	return nil
}

// check returns all that is wrong with the arguments.
func (a *RegistryArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.want(1 <= a.UntaggedDays && a.UntaggedDays <= 365, "UntaggedDays: got %d, want 1 to 365", a.UntaggedDays)
	if a.Encryption != nil {
		p.add(a.Encryption.check("Encryption")...)
	}
	p.add(a.Private.check("Private")...)
	for _, host := range a.Mirrors {
		p.want(mirrorNames[host] != "", "Mirrors: got %s, want one of %v", host, slices.Sorted(maps.Keys(mirrorNames)))
	}
	p.add(checkRanges("AllowedRanges", a.AllowedRanges)...)
	for _, who := range []map[string]pulumi.StringInput{a.Pullers, a.Pushers} {
		for name, id := range who {
			p.want(id != nil, "Pullers, Pushers: %s: want an object id", name)
		}
	}
	return p.err()
}

// checkRanges refuses what a firewall of Azure's services would: they know public
// ranges of IPv4 only.
func checkRanges(path string, ranges []string) []error {
	var p problems
	for _, text := range ranges {
		r, err := netip.ParsePrefix(text)
		p.want(err == nil && r.Addr().Is4() && 0 < r.Bits() && !r.Addr().IsPrivate(), "%s: got %q, want a public range of IPv4 of /1 to /32", path, text)
	}
	return p
}

// ipRules are ranges as the firewalls of storage and registries take them: those
// of one address and of two as plain addresses.
// Source: Azure Storage, "Guidelines and limitations for Azure Storage firewall",
// IP network rules: no /31 and no /32; Container Registry, IPRule: an address or a
// range; read 2026-11.
func ipRules(ranges []string) []string {
	var all []string
	for _, text := range ranges {
		r, err := netip.ParsePrefix(text)
		if err != nil || r.Bits() <= 30 {
			all = append(all, text)
			continue
		}
		for a := r.Masked().Addr(); r.Contains(a); a = a.Next() {
			all = append(all, a.String())
		}
	}
	return all
}
