// Package azure composes the Azure components into a platform.
package azure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/azure"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// builder is a platform while it is built: what the steps hand on to one
// another.
type builder struct {
	*settings.Settings
	ctx      *pulumi.Context
	scope    components.Scope
	in       pulumi.ResourceOption // the provider
	platform *platform.Platform

	group      *components.Group
	logs       *components.Logs
	network    *components.Network
	vaults     vaults
	buckets    map[string]*components.Storage
	dns        *components.Dns // nil without a zone
	waf        *components.Waf // of the CDN; nil if it is off
	door       *components.FrontDoor
	gateway    *components.Gateway // nil where nothing comes in
	aks        *components.Aks
	disks      *components.DiskEncryption
	database   *components.Postgres
	cache      *components.Redis
	secrets    *components.Secrets // nil where a Vault has them
	ci         *components.Github  // nil without a repository
	identities map[platform.Account]*components.Workload
	rights     rights // what service accounts in the cluster may do

	monitoring *components.Monitoring
}

// vaults are the stack's two: keys that services of Azure encrypt with, and
// secrets that applications read.
type vaults struct{ keys, secrets *components.Vault }

// Build builds the platform on Azure. It is a platform.Builder.
func Build(ctx *pulumi.Context, s *settings.Settings) (*platform.Platform, error) {
	b := &builder{
		Settings: s, ctx: ctx, rights: rights{}, buckets: map[string]*components.Storage{},
		platform: &platform.Platform{Cloud: string(s.Cloud), Region: s.Region, Compute: platform.Kubernetes},
	}
	for _, step := range []func() error{
		b.stand, b.makeCI, b.makeLogs, b.makeNetwork, b.makeVaults, b.makeBuckets, b.makeFlowLogs, b.makeDNS, b.makeGateway,
		b.makeCluster, b.makeDatabase, b.makeSecrets, b.makeIntegrations, b.makeWorkloads, b.makeCache, b.makeRegistry, b.makeCDN,
		b.makeMonitoring, b.makeSecurity, b.makeBackup, b.makeCosts,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.platform, nil
}

// stand finds out where the stack stands: the provider, the subscription, the
// group that everything is in.
func (b *builder) stand() error {
	b.scope = components.Scope{
		Prefix: b.ctx.Project() + "-" + b.ctx.Stack(), Location: b.Region, Protect: b.Protect, Disposable: b.Disposable,
		SubscriptionID: b.Azure.SubscriptionID, TenantID: b.Azure.TenantID,
		Tags: map[string]string{
			"project": b.ctx.Project(), "stack": b.ctx.Stack(), "managed-by": "pulumi",
			"team": b.Owner.Team, "cost-centre": b.Owner.CostCentre,
		},
	}
	provider, err := b.scope.Provider(b.ctx, "azure")
	if err != nil {
		return err
	}
	b.in = pulumi.Providers(provider)
	caller, err := components.WhoCalls(b.ctx, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("asking whose subscription this is: %w", err)
	}
	b.scope.SubscriptionID, b.scope.TenantID = caller.SubscriptionID, caller.TenantID
	b.group, err = components.NewGroup(b.ctx, "group", &components.GroupArgs{Scope: b.scope}, b.in)
	if err != nil {
		return err
	}
	b.scope.ResourceGroup = b.group.Name
	return nil
}

// makeCI makes the identities of GitHub's jobs.
func (b *builder) makeCI() error {
	if b.CI.Repository == "" {
		return nil
	}
	ci, err := components.NewGithub(b.ctx, "ci", &components.GithubArgs{
		Scope: b.scope, GroupID: b.group.ID, Stack: b.ctx.Stack(), Repository: b.CI.Repository,
		StateContainerID: b.CI.StateBucket, StateVaultID: b.CI.StateKey,
	}, b.in)
	if err != nil {
		return err
	}
	b.ci = ci
	b.platform.CI = platform.CI{Preview: ci.PreviewClientID, Deploy: ci.DeployClientID}
	return nil
}

// makeLogs makes the workspace that audit logs go to: they are kept the longest.
func (b *builder) makeLogs() error {
	logs, err := components.NewLogs(b.ctx, "workspace", &components.LogsArgs{
		Scope: b.scope, Days: max(b.Logs.Days, b.Logs.AuditDays),
	}, b.in)
	b.logs = logs
	return err
}

// zones are what Azure calls the zones of the ledger: the numbers behind the
// region.
func (b *builder) zones() []string {
	var all []string
	for _, zone := range slices.Sorted(maps.Keys(b.Network.Zones)) {
		all = append(all, b.zone(zone))
	}
	return all
}

func (b *builder) zone(name string) string { return strings.TrimPrefix(name, b.Region+"-") }

func (b *builder) makeNetwork() error {
	n := b.Network
	args := &components.NetworkArgs{
		Scope: b.scope, CIDR: n.CIDR, PodCIDR: n.PodCIDR, NAT: components.NATMode(n.NAT), Gateway: b.entersCluster(),
		ClusterZone: b.Cluster.Endpoint.Mode == settings.EndpointPrivate, WorkspaceID: b.logs.ID,
	}
	if n.NAT == settings.NATSingle {
		args.NATZone = b.zone(n.NATZone)
	}
	network, err := components.NewNetwork(b.ctx, "network", args, b.in)
	if err != nil {
		return err
	}
	b.network = network
	b.platform.Network = platform.Network{
		ID: network.ID, CIDR: n.CIDR, Zones: slices.Sorted(maps.Keys(n.Zones)), EgressAddresses: stringMap(network.Addresses),
	}
	return nil
}

// makeVaults makes the two vaults. Services of Azure come to the keys by
// themselves; pods come to the secrets through the network.
func (b *builder) makeVaults() error {
	var err error
	if b.vaults.keys, err = components.NewVault(b.ctx, "vault-keys", &components.VaultArgs{
		Scope: b.scope, Purpose: "keys", WorkspaceID: b.logs.ID, Private: b.network.Private(components.VaultService),
	}, b.in); err != nil {
		return err
	}
	b.vaults.secrets, err = components.NewVault(b.ctx, "vault-secrets", &components.VaultArgs{
		Scope: b.scope, Purpose: "secrets", WorkspaceID: b.logs.ID, Private: b.network.Private(components.VaultService),
		AllowedCIDRs: b.Cluster.Endpoint.CIDRs, // who deploys puts secrets in
	}, b.in)
	return err
}

// encryption makes a key for one kind of data, so that a right to read the one is
// no right to read the other, and the identity that uses it.
func (b *builder) encryption(name, purpose string) (*components.Encryption, error) {
	return b.encryptionIn(b.scope, b.vaults.keys, name, purpose)
}

// geoEncryption is the same in the region that has the copies: its key, and the
// vault with it, stand there too.
func (b *builder) geoEncryption(name, purpose string) (*components.Encryption, error) {
	there := b.scope
	there.Location = settings.AzurePair(b.Region)
	vault, err := components.NewVault(b.ctx, "vault-geo", &components.VaultArgs{Scope: there, Purpose: "keys of copies", WorkspaceID: b.logs.ID}, b.in)
	if err != nil {
		return nil, err
	}
	return b.encryptionIn(there, vault, name+"-geo", purpose)
}

func (b *builder) encryptionIn(scope components.Scope, vault *components.Vault, name, purpose string) (*components.Encryption, error) {
	identity, err := components.NewIdentity(b.ctx, name+"-encryption", &components.IdentityArgs{Scope: scope, Purpose: "encryption"}, b.in)
	if err != nil {
		return nil, err
	}
	key, err := components.NewKey(b.ctx, name+"-key", &components.KeyArgs{
		Scope: scope, Vault: vault, Purpose: purpose, Users: map[string]pulumi.StringInput{"service": identity.PrincipalID},
	}, b.in)
	if err != nil {
		return nil, err
	}
	return &components.Encryption{
		KeyURI: key.URI, KeyVersionURI: key.VersionedURI, IdentityID: identity.ID, IdentityClientID: identity.ClientID, Ready: key.Ready,
	}, nil
}

// stringMap makes a map of outputs one input.
func stringMap(m map[string]pulumi.StringOutput) pulumi.StringMap {
	all := pulumi.StringMap{}
	for k, v := range m {
		all[k] = v
	}
	return all
}

// secretOf marks a secret for Pulumi; nil if there is none.
func secretOf(s settings.Secret) pulumi.StringInput {
	if s.IsZero() {
		return nil
	}
	return pulumi.ToSecret(pulumi.String(s.Reveal())).(pulumi.StringOutput)
}
