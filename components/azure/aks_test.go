package azure

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/versions"
)

const (
	clusterToken = "azure-native:containerservice/v20241001:ManagedCluster"
	poolToken    = "azure-native:containerservice/v20241001:AgentPool"
	grantToken   = "azure-native:authorization:RoleAssignment"
)

// aksProgram makes a cluster with all that it needs; more changes its arguments,
// and net those of its network.
func aksProgram(net func(*NetworkArgs), more func(*AksArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s, err := inGroup(ctx, testScope(), opt)
		if err != nil {
			return err
		}
		logs, err := NewLogs(ctx, "logs", &LogsArgs{Scope: s, Days: 90}, opt)
		if err != nil {
			return err
		}
		nargs := &NetworkArgs{
			Scope: s, CIDR: "10.40.0.0/16", PodCIDR: "10.244.0.0/16", NAT: NATSingle, ClusterZone: true, Gateway: true,
		}
		if net != nil {
			net(nargs)
		}
		network, err := NewNetwork(ctx, "network", nargs, opt)
		if err != nil {
			return err
		}
		identity, err := NewIdentity(ctx, "cluster-identity", &IdentityArgs{Scope: s, Purpose: "aks"}, opt)
		if err != nil {
			return err
		}
		vault, err := NewVault(ctx, "vault", &VaultArgs{Scope: s, Private: network.Private(VaultService)}, opt)
		if err != nil {
			return err
		}
		disks, err := NewDiskEncryption(ctx, "disks", &DiskEncryptionArgs{
			Scope: s, Vault: vault, Users: map[string]pulumi.StringInput{"cluster": identity.PrincipalID},
		}, opt)
		if err != nil {
			return err
		}
		gateway, err := NewGateway(ctx, "gateway", &GatewayArgs{
			Scope: s, SubnetID: network.Gateway, Min: 0, Max: 3, Block: true, WorkspaceID: logs.ID, AllowedCountries: []string{"CH", "AT"},
			RateLimits: map[string]RateLimitArgs{"all": {Requests: 2000, Minutes: 5}, "login": {Requests: 20, Minutes: 1, Path: "/api/login"}},
		}, opt)
		if err != nil {
			return err
		}
		args := &AksArgs{
			Scope: s, ClusterName: ClusterName(s.Prefix), Version: versions.DefaultKubernetes(), Network: network, Identity: identity,
			PodCIDR: "10.244.0.0/16", ServiceCIDR: "10.245.0.0/16", Endpoint: "private", Tier: "Standard", Zones: []string{"1", "2", "3"},
			DiskEncryption: disks, WorkspaceID: logs.ID, Logs: []string{"kube-audit-admin", "guard"}, CostAnalysis: true, Gateway: gateway,
			Upgrades: UpgradeArgs{Cluster: "patch", Nodes: "NodeImage", Day: "Sunday", Start: "02:00", Hours: 4},
			Access: map[string]AccessArgs{
				"ops":  {ObjectID: pulumi.String("aaaaaaaa-0000-0000-0000-000000000001"), Kind: "Group", Level: "clusterAdmin"},
				"devs": {ObjectID: pulumi.String("aaaaaaaa-0000-0000-0000-000000000002"), Kind: "Group", Level: "edit", Namespaces: []string{"apps"}},
			},
			Pools: map[string]PoolArgs{
				"system": {Size: "Standard_D2ds_v5", Min: 2, Max: 4, DiskGiB: 64, Ephemeral: true},
				"apps":   {Size: "Standard_D4ds_v5", Min: 1, Max: 9, DiskGiB: 128, Ephemeral: true, Labels: map[string]string{"pool": "apps"}},
				"spot":   {Size: "Standard_D4as_v5", Min: 0, Max: 9, DiskGiB: 128, Spot: true, Taints: []string{"spot=true:NoSchedule"}},
				"gpu":    {Size: "Standard_NC4as_T4_v3", Min: 0, Max: 2, DiskGiB: 128, GPU: true},
			},
		}
		if more != nil {
			more(args)
		}
		cluster, err := NewAks(ctx, "aks", args, opt)
		if err != nil {
			return err
		}
		ctx.Export("kubeconfig", cluster.Kubeconfig)
		ctx.Export("issuer", cluster.Issuer)
		return nil
	}
}

func TestAks(t *testing.T) {
	g := run(t, aksProgram(nil, nil))
	g.CheckHouse(t)
	c := g.One(t, clusterToken, "aks")
	for path, want := range map[string]any{
		"disableLocalAccounts": true, "enableRBAC": true, "aadProfile.enableAzureRBAC": true, "aadProfile.managed": true,
		"apiServerAccessProfile.enablePrivateCluster": true, "apiServerAccessProfile.disableRunCommand": true,
		"networkProfile.networkPlugin": "azure", "networkProfile.networkPluginMode": "overlay", "networkProfile.networkDataplane": "cilium",
		"networkProfile.networkPolicy": "cilium", "networkProfile.outboundType": "userAssignedNATGateway", "networkProfile.dnsServiceIP": "10.245.0.10",
		"oidcIssuerProfile.enabled": true, "securityProfile.workloadIdentity.enabled": true, "securityProfile.imageCleaner.enabled": true,
		"addonProfiles.azurepolicy.enabled": true, "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation": "true",
		"autoUpgradeProfile.upgradeChannel": "patch", "autoUpgradeProfile.nodeOSUpgradeChannel": "NodeImage", "sku.tier": "Standard",
		"identity.type": "UserAssigned", "agentPoolProfiles[].mode": "System", "agentPoolProfiles[].enableEncryptionAtHost": true,
		"agentPoolProfiles[].osDiskType": "Ephemeral", "agentPoolProfiles[].type": "VirtualMachineScaleSets",
	} {
		if got := c.Inputs.Get(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if !c.Inputs.Has("diskEncryptionSetID") || c.Inputs.Strings("agentPoolProfiles[].nodeTaints[]")[0] != systemTaint {
		t.Error("no disk encryption, or a system pool for everybody")
	}
	if !slices.Contains(c.IgnoreChanges, "agentPoolProfiles[0].availabilityZones") {
		t.Errorf("a change of zones reaches the cluster: ignored are %v", c.IgnoreChanges)
	}
	if got := g.One(t, "azure-native:insights:DiagnosticSetting", "aks").Inputs.Strings("logs[].category"); !slices.Contains(got, "kube-audit-admin") {
		t.Errorf("logs: got %v", got)
	}
	if n := len(g.All("azure-native:containerservice/v20241001:MaintenanceConfiguration")); n != 2 {
		t.Errorf("got %d maintenance windows, want 2", n)
	}
	if issuer := g.Exports.String("issuer"); !strings.HasPrefix(issuer, "https://westeurope.oic.prod-aks.azure.com/") {
		t.Errorf("issuer: got %s", issuer)
	}
}

func TestAksPools(t *testing.T) {
	g := run(t, aksProgram(nil, nil))
	spot, gpu, apps := g.One(t, poolToken, "aks-spot"), g.One(t, poolToken, "aks-gpu"), g.One(t, poolToken, "aks-apps")
	if spot.Inputs.String("scaleSetPriority") != "Spot" || !slices.Contains(spot.Inputs.Strings("nodeTaints[]"), spotTaint) || spot.Inputs.Has("upgradeSettings") {
		t.Errorf("spot: got %v", spot.Inputs)
	}
	if gpu.Inputs.String("osSKU") != "Ubuntu" || apps.Inputs.String("osSKU") != "AzureLinux" || apps.Inputs.String("upgradeSettings.maxSurge") != "33%" {
		t.Errorf("got %s, %s and a surge of %s", gpu.Inputs.String("osSKU"), apps.Inputs.String("osSKU"), apps.Inputs.String("upgradeSettings.maxSurge"))
	}
	if name := apps.Inputs.String("agentPoolName"); len(name) > 12 || !strings.HasPrefix(name, "apps") || !slices.Contains(apps.IgnoreChanges, "count") {
		t.Errorf("apps: got the name %s, ignored %v", name, apps.IgnoreChanges)
	}
}

// What a pool cannot change is part of its name, so that its successor comes
// first; what it can change is not.
func TestPoolName(t *testing.T) {
	a := &AksArgs{Zones: []string{"1", "2"}, Pools: map[string]PoolArgs{"inference-large": {Size: "Standard_D4ds_v5", Max: 3, DiskGiB: 128}}}
	was := a.poolName("inference-large")
	if len(was) != 12 || !strings.HasPrefix(was, "inferenc") {
		t.Errorf("got %s", was)
	}
	for name, change := range map[string]struct {
		do    func(*AksArgs, *PoolArgs)
		moves bool
	}{
		"zones": {func(a *AksArgs, _ *PoolArgs) { a.Zones = []string{"1", "2", "3"} }, true},
		"size":  {func(_ *AksArgs, p *PoolArgs) { p.Size = "Standard_D8ds_v5" }, true},
		"max":   {func(_ *AksArgs, p *PoolArgs) { p.Max = 9 }, false},
		"label": {func(_ *AksArgs, p *PoolArgs) { p.Labels = map[string]string{"a": "b"} }, false},
	} {
		b, p := *a, a.Pools["inference-large"]
		change.do(&b, &p)
		b.Pools = map[string]PoolArgs{"inference-large": p}
		if moved := b.poolName("inference-large") != was; moved != change.moves {
			t.Errorf("%s: got another name: %v, want %v", name, moved, change.moves)
		}
	}
}

func TestAksAccess(t *testing.T) {
	g := run(t, aksProgram(nil, nil))
	cluster := g.One(t, clusterToken, "aks")
	for name, want := range map[string]struct {
		role  Role
		scope string
	}{
		"aks-access-ops-clusterAdmin": {clusterRBACOwner, cluster.ID}, "aks-access-ops": {ClusterUser, cluster.ID},
		"aks-access-devs-apps": {clusterRBACWriter, cluster.ID + "/namespaces/apps"},
	} {
		a := g.One(t, grantToken, name)
		if a.Inputs.String("roleDefinitionId") != testScope().RoleID(want.role) || a.Inputs.String("scope") != want.scope {
			t.Errorf("%s: got %v", name, a.Inputs)
		}
	}
}

// A restricted API lets its own nodes in, by the address that they go out by.
func TestAksRestricted(t *testing.T) {
	g := run(t, aksProgram(func(n *NetworkArgs) { n.NAT = NATPerZone }, func(a *AksArgs) {
		a.Endpoint, a.EndpointCIDRs = "restricted", []string{"198.51.100.0/24"}
	}))
	c := g.One(t, clusterToken, "aks")
	address := g.One(t, "azure-native:network:PublicIPAddress", "network-egress-1")
	if got := c.Inputs.Strings("apiServerAccessProfile.authorizedIPRanges[]"); !slices.Equal(got, []string{"198.51.100.0/24", address.Outputs.String("ipAddress") + "/32"}) {
		t.Errorf("got %v", got)
	}
	if c.Inputs.String("networkProfile.outboundType") != "loadBalancer" || c.Inputs.String("networkProfile.loadBalancerProfile.outboundIPs.publicIPs[].id") != address.ID {
		t.Errorf("got %v", c.Inputs.Get("networkProfile"))
	}
}

func TestAksKubeconfig(t *testing.T) {
	g := run(t, aksProgram(nil, func(a *AksArgs) { a.ProxyURL = "socks5://localhost:1080" }))
	var config simcloud.Values
	if err := json.Unmarshal([]byte(g.Exports.String("kubeconfig")), &config); err != nil {
		t.Fatal(err)
	}
	const server, user = "clusters[].cluster.", "users[].user.exec."
	if !strings.HasSuffix(config.String(server+"server"), ".privatelink.westeurope.azmk8s.io:443") || !config.Has(server+"certificate-authority-data") ||
		config.String(server+"proxy-url") != "socks5://localhost:1080" {
		t.Errorf("got the server %v", config.Get("clusters"))
	}
	if config.String(user+"command") != "kubelogin" || !slices.Contains(config.Strings(user+"args[]"), aksServer) {
		t.Errorf("got %v", config.Get("users"))
	}
	for _, bad := range []string{"no base64!", "bm90OiBbYQ==", "YTogYg=="} {
		if _, err := readKubeconfig(bad); err == nil {
			t.Errorf("%q is not refused", bad)
		}
	}
}

func TestAksPreview(t *testing.T) {
	if g := run(t, aksProgram(nil, nil), simtest.Preview()); len(g.Cloud.Records()) != 0 {
		t.Error("a preview created something")
	}
}

func TestAksRefuses(t *testing.T) {
	pool := func(name string, change func(*PoolArgs)) func(*AksArgs) {
		return func(a *AksArgs) { p := a.Pools[name]; change(&p); a.Pools[name] = p }
	}
	for want, change := range map[string]func(*AksArgs){
		"ClusterName: got":          func(a *AksArgs) { a.ClusterName = "-" },
		"Version: got":              func(a *AksArgs) { a.Version = "1.1" },
		"Network is missing":        func(a *AksArgs) { a.Network = nil },
		"Identity is missing":       func(a *AksArgs) { a.Identity = nil },
		"Tier: got":                 func(a *AksArgs) { a.Tier = "Basic" },
		"CostAnalysis":              func(a *AksArgs) { a.Tier = "Free" },
		"Zones: got":                func(a *AksArgs) { a.Zones = []string{"4"} },
		"Logs: there is no":         func(a *AksArgs) { a.WorkspaceID = nil },
		"overlaps":                  func(a *AksArgs) { a.ServiceCIDR = "10.244.0.0/20" },
		"ServiceCIDR: got":          func(a *AksArgs) { a.ServiceCIDR = "10.0.0.0/8" },
		"needs at least one":        func(a *AksArgs) { a.Endpoint = "restricted" },
		"Endpoint: got":             func(a *AksArgs) { a.Endpoint = "open" },
		"endpoint has none":         func(a *AksArgs) { a.EndpointCIDRs = []string{"198.51.100.0/24"} },
		"smaller than the internet": func(a *AksArgs) { a.Endpoint, a.EndpointCIDRs = "restricted", []string{"0.0.0.0/0"} },
		"Upgrades.Cluster":          func(a *AksArgs) { a.Upgrades.Cluster = "always" },
		"Upgrades.Nodes":            func(a *AksArgs) { a.Upgrades.Nodes = "Unmanaged" },
		"Upgrades.Day":              func(a *AksArgs) { a.Upgrades.Day = "sun" },
		"Upgrades.Start":            func(a *AksArgs) { a.Upgrades.Start = "24:00" },
		"Upgrades.Hours":            func(a *AksArgs) { a.Upgrades.Hours = 3 },
		"ObjectID is missing":       func(a *AksArgs) { a.Access["x"] = AccessArgs{} },
		"Level: got": func(a *AksArgs) {
			a.Access["x"] = AccessArgs{ObjectID: pulumi.String("a"), Kind: "User", Level: "root"}
		},
		"has no limit": func(a *AksArgs) {
			a.Access["x"] = AccessArgs{ObjectID: pulumi.String("a"), Kind: "User", Level: "clusterAdmin", Namespaces: []string{"a"}}
		},
		"Pools: want one named system": func(a *AksArgs) { delete(a.Pools, "system") },
		"without spot, GPU or taints":  pool("system", func(p *PoolArgs) { p.Spot = true }),
		".Min: got 0":                  pool("system", func(p *PoolArgs) { p.Min = 0 }),
		".Size is missing":             pool("apps", func(p *PoolArgs) { p.Size = "" }),
		"Min <= Initial <= Max":        pool("apps", func(p *PoolArgs) { p.Initial = 99 }),
		".DiskGiB: got":                pool("apps", func(p *PoolArgs) { p.DiskGiB = 10 }),
		".Taints: got":                 pool("apps", func(p *PoolArgs) { p.Taints = []string{"x"} }),
		"lower-case letters":           func(a *AksArgs) { a.Pools["Apps"] = a.Pools["apps"] },
	} {
		_, err := simtest.Try("explico", "test", withProvider(aksProgram(nil, change)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestGateway(t *testing.T) {
	g := run(t, aksProgram(nil, nil))
	gateway, policy := g.One(t, "azure-native:network:ApplicationGateway", ""), g.One(t, "azure-native:network:WebApplicationFirewallPolicy", "")
	if gateway.Inputs.String("sku.tier") != "WAF_v2" || gateway.Inputs.String("firewallPolicy.id") != policy.ID || gateway.Inputs.String("sslPolicy.policyName") != "AppGwSslPolicy20220101S" {
		t.Errorf("got %v", gateway.Inputs)
	}
	if policy.Inputs.String("policySettings.mode") != "Prevention" || !policy.Inputs.Bool("policySettings.requestBodyCheck") {
		t.Errorf("got %v", policy.Inputs.Get("policySettings"))
	}
	var rules []string
	for _, r := range policy.Inputs.Objects("customRules[]") {
		m := r.Objects("matchConditions[]")[0]
		rules = append(rules, fmt.Sprintf("%d %s %s %v %s %v: %s %d", r.Int("priority"), r.String("name"), m.String("matchVariables[].variableName"),
			m.Bool("negationConditon"), m.String("operator"), m.Strings("matchValues[]"), r.String("rateLimitDuration"), r.Int("rateLimitThreshold")))
	}
	if want := []string{
		"10 countries RemoteAddr true GeoMatch [AT CH ZZ]:  0",
		"20 rateall RemoteAddr true IPMatch [255.255.255.255/32]: FiveMins 2000",
		"21 ratelogin RequestUri false BeginsWith [/api/login]: OneMin 20",
	}; !slices.Equal(rules, want) {
		t.Errorf("got the rules %q, want %q", rules, want)
	}
	if !slices.Contains(gateway.IgnoreChanges, "httpListeners") {
		t.Error("the controller's listeners would be undone")
	}
	rights := g.One(t, grantToken, "aks-gateway")
	if rights.Inputs.String("scope") != gateway.ID || rights.Inputs.String("principalId") == "" {
		t.Errorf("the controller's rights: got %v", rights.Inputs)
	}
}
