package gcp

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
	"github.com/te-explico/infrastructure/versions"
)

// gkeArgs are good arguments, but for what needs a network and keys.
func gkeArgs() *GkeArgs {
	return &GkeArgs{
		Scope: testScope(), Version: versions.DefaultKubernetes(), Channel: "REGULAR",
		Zones: []string{"europe-west1-c", "europe-west1-b"}, Endpoint: "private", ClientCIDRs: []string{"10.40.128.0/24"},
		Maintenance: MaintenanceArgs{
			Start: "2026-01-06T02:00:00Z", End: "2026-01-06T08:00:00Z", Recurrence: "FREQ=WEEKLY;BYDAY=TU,WE",
			Exclusions: map[string]ExclusionArgs{"fair": {Start: "2026-12-20T00:00:00Z", End: "2027-01-05T00:00:00Z", Scope: "NO_UPGRADES"}},
		},
		Access: map[string]AccessArgs{
			"pipeline": {Member: "serviceAccount:pipeline@elsewhere.iam.gserviceaccount.com", Level: "clusterAdmin"},
			"team":     {Member: "user:ada@example.com", Level: "edit", Namespaces: []string{"web"}},
		},
		NodePools: map[string]NodePoolArgs{
			"system":  {Machine: "n2d-standard-2", Min: 2, Max: 4, DiskGiB: 50, Taints: map[string]TaintArgs{"CriticalAddonsOnly": {Value: "true", Effect: "NoSchedule"}}},
			"workers": {Machine: "n2d-standard-4", Min: 1, Max: 9, Initial: 3, DiskGiB: 80, Spot: true, Labels: map[string]string{"tier": "web"}},
			"gpu":     {Machine: "g2-standard-8", Max: 2, DiskGiB: 100, GPU: true},
		},
		AutoProvisioning: &AutoProvisioningArgs{CPUs: 64, MemoryGiB: 256, GPUs: map[string]int{"nvidia-l4": 2}},
	}
}

// gkeProgram makes a network, a key, and the cluster.
func gkeProgram(args *GkeArgs, use func(ctx *pulumi.Context, g *Gke)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, err := newTestKey(ctx, "key", opt, ComputeAgent, ContainerAgent)
		if err != nil {
			return err
		}
		n, err := NewNetwork(ctx, "net", networkArgs(), opt, pulumi.DependsOn(key.Ready))
		if err != nil {
			return err
		}
		args.Network, args.Subnet, args.PodRange, args.ServiceRange = n.ID, n.Subnet, n.PodRange, n.ServiceRange
		if args.SecretsKey == nil {
			args.SecretsKey, args.DiskKey = key, key
		}
		g, err := NewGke(ctx, "gke", args, opt, pulumi.DependsOn(key.Ready))
		if err == nil && use != nil {
			use(ctx, g)
		}
		return err
	}
}

func TestGke(t *testing.T) {
	g := run(t, gkeProgram(gkeArgs(), nil))
	g.CheckHouse(t)
	c := g.One(t, "gcp:container/cluster:Cluster", "gke")
	for path, want := range map[string]any{
		"privateClusterConfig.enablePrivateNodes": true, "privateClusterConfig.enablePrivateEndpoint": true,
		"networkingMode": "VPC_NATIVE", "datapathProvider": "ADVANCED_DATAPATH", "enableShieldedNodes": true, "enableLegacyAbac": false,
		"masterAuth.clientCertificateConfig.issueClientCertificate": false, "removeDefaultNodePool": true, "releaseChannel.channel": "REGULAR",
		"workloadIdentityConfig.workloadPool": "explico-test.svc.id.goog", "databaseEncryption.state": "ENCRYPTED", "enableIntranodeVisibility": true,
		"deletionProtection": false, "costManagementConfig.enabled": true, "resourceLabels.stack": "test", "minMasterVersion": versions.DefaultKubernetes(),
		"nodeConfig.shieldedInstanceConfig.enableSecureBoot": true, "clusterAutoscaling.autoProvisioningDefaults.management.autoRepair": true,
		"masterAuthorizedNetworksConfig.cidrBlocks[].cidrBlock": "10.40.128.0/24", "maintenancePolicy.recurringWindow.recurrence": "FREQ=WEEKLY;BYDAY=TU,WE",
	} {
		if got := c.Inputs.Get(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if got := c.Inputs.Strings("nodeLocations[]"); !slices.Equal(got, []string{"europe-west1-b", "europe-west1-c"}) {
		t.Errorf("zones: got %v", got)
	}
	if c.Inputs.Has("name") && !strings.HasPrefix(c.Inputs.String("name"), "gke-") {
		t.Error("the name is fixed: no cluster could come before its predecessor goes")
	}
	if got := c.Inputs.Strings("clusterAutoscaling.resourceLimits[].resourceType"); !slices.Equal(got, []string{"cpu", "memory", "nvidia-l4"}) {
		t.Errorf("limits: got %v", got)
	}
	dependsOn(t, c, "CryptoKeyIAMMember::key-container", "CryptoKeyIAMMember::key-compute", "IAMMember::gke-nodes")
}

func TestGkeNodes(t *testing.T) {
	g := run(t, gkeProgram(gkeArgs(), nil))
	account := g.One(t, "gcp:serviceaccount/account:Account", "gke-nodes").Outputs.String("email")
	for name, more := range map[string]map[string]any{
		"gke-system":  {"initialNodeCount": 1.0, "autoscaling.totalMaxNodeCount": 4.0, "nodeConfig.taints[].effect": "NO_SCHEDULE", "autoscaling.locationPolicy": "BALANCED"},
		"gke-workers": {"initialNodeCount": 2.0, "nodeConfig.spot": true, "nodeConfig.labels.tier": "web", "autoscaling.locationPolicy": "ANY"},
		"gke-gpu":     {"initialNodeCount": 0.0, "nodeConfig.guestAccelerators[].type": "nvidia-l4", "nodeConfig.guestAccelerators[].gpuDriverInstallationConfig.gpuDriverVersion": "DEFAULT"},
	} {
		pool := g.One(t, "gcp:container/nodePool:NodePool", name)
		want := map[string]any{
			"nodeConfig.serviceAccount": account, "nodeConfig.imageType": "COS_CONTAINERD", "management.autoRepair": true, "management.autoUpgrade": true,
			"nodeConfig.workloadMetadataConfig.mode": "GKE_METADATA", "nodeConfig.metadata.disable-legacy-endpoints": "true",
			"nodeConfig.shieldedInstanceConfig.enableSecureBoot": true, "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring": true,
			"upgradeSettings.maxSurge": 1.0, "nodeConfig.tags[]": "explico-test-node",
		}
		for path, v := range more {
			want[path] = v
		}
		for path, v := range want {
			if got := pool.Inputs.Get(path); got != v {
				t.Errorf("%s: %s: got %v, want %v", name, path, got, v)
			}
		}
		if !slices.Contains(pool.IgnoreChanges, "initialNodeCount") {
			t.Errorf("%s: Pulumi fights the autoscaler", name)
		}
	}
}

// Nodes come and go with zones: nothing is replaced.
func TestGkeZonesStayInPlace(t *testing.T) {
	g := run(t, gkeProgram(gkeArgs(), nil))
	for token, name := range map[string]string{"gcp:container/cluster:Cluster": "gke", "gcp:container/nodePool:NodePool": "gke-workers"} {
		r := g.One(t, token, name)
		typ, err := g.Cloud.Type(token)
		if err != nil {
			t.Fatal(err)
		}
		changed := simcloud.FromProperties(r.Inputs.Properties())
		changed["nodeLocations"] = []any{"europe-west1-b", "europe-west1-c", "europe-west1-d"}
		if got := typ.Replaces(r.Inputs, changed, []string{"nodeLocations[2]"}); len(got) != 0 {
			t.Errorf("%s: a zone more replaces it: %v", name, got)
		}
	}
}

func TestGkeEndpoint(t *testing.T) {
	for mode, want := range map[string]struct {
		cidrs   []string
		private bool
		clients int
	}{"private": {nil, true, 1}, "restricted": {[]string{"203.0.113.0/24"}, false, 2}, "public": {nil, false, 0}} {
		args := gkeArgs()
		args.Endpoint, args.EndpointCIDRs = mode, want.cidrs
		var endpoint string
		g := run(t, gkeProgram(args, func(_ *pulumi.Context, made *Gke) {
			made.Endpoint.ApplyT(func(v string) string { endpoint = v; return v })
		}))
		in := g.One(t, "gcp:container/cluster:Cluster", "").Inputs
		if in.Bool("privateClusterConfig.enablePrivateEndpoint") != want.private || in.Has("masterAuthorizedNetworksConfig") == (mode == "public") ||
			len(in.Strings("masterAuthorizedNetworksConfig.cidrBlocks[].cidrBlock")) != want.clients {
			t.Errorf("%s: got %v", mode, in["masterAuthorizedNetworksConfig"])
		}
		if strings.HasPrefix(endpoint, "https://10.40.") != want.private {
			t.Errorf("%s: the API answers at %s", mode, endpoint)
		}
	}
}

func TestGkeAutopilot(t *testing.T) {
	args := gkeArgs()
	args.Autopilot, args.NodePools, args.AutoProvisioning = true, nil, nil
	g := run(t, gkeProgram(args, nil))
	c := g.One(t, "gcp:container/cluster:Cluster", "gke").Inputs
	if !c.Bool("enableAutopilot") || c.Has("nodeConfig") || len(g.All("gcp:container/nodePool:NodePool")) != 0 {
		t.Errorf("got %v", c)
	}
	if c.String("clusterAutoscaling.autoProvisioningDefaults.serviceAccount") == "" {
		t.Error("the nodes have the account of the project")
	}
}

func TestGkeProtected(t *testing.T) {
	args := gkeArgs()
	args.Protect = true
	c := run(t, gkeProgram(args, nil)).One(t, "gcp:container/cluster:Cluster", "")
	if !c.Protect || !c.Inputs.Bool("deletionProtection") {
		t.Error("the cluster is not protected")
	}
}

func TestGkeAccess(t *testing.T) {
	g := run(t, gkeProgram(gkeArgs(), nil))
	id := g.One(t, "gcp:container/cluster:Cluster", "").ID
	for name, role := range map[string]string{"gke-pipeline": "roles/container.admin", "gke-team": "roles/container.clusterViewer"} {
		in := g.One(t, "gcp:projects/iAMMember:IAMMember", name).Inputs
		if in.String("role") != role || !strings.Contains(in.String("condition.expression"), "'"+id+"'") {
			t.Errorf("%s: got %v", name, in)
		}
	}
}

func TestGkeChoices(t *testing.T) {
	args := gkeArgs()
	args.BinaryAuthorization, args.ManagedPrometheus, args.WorkloadLogs, args.BackupAgent = true, true, true, true
	args.Groups = "gke-security-groups@example.com"
	c := run(t, gkeProgram(args, nil)).One(t, "gcp:container/cluster:Cluster", "").Inputs
	for path, want := range map[string]any{
		"binaryAuthorization.evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE", "monitoringConfig.managedPrometheus.enabled": true,
		"addonsConfig.gkeBackupAgentConfig.enabled": true, "authenticatorGroupsConfig.securityGroup": "gke-security-groups@example.com",
	} {
		if got := c.Get(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if !slices.Contains(c.Strings("loggingConfig.enableComponents[]"), "WORKLOADS") {
		t.Error("no logs of workloads")
	}
}

func TestGkeKubeconfig(t *testing.T) {
	args := gkeArgs()
	args.Impersonate, args.ProxyURL = "deploy@explico-test.iam.gserviceaccount.com", "socks5://localhost:1080"
	g := run(t, gkeProgram(args, func(ctx *pulumi.Context, made *Gke) { ctx.Export("kubeconfig", made.Kubeconfig) }))
	text := g.Exports.String("kubeconfig")
	for _, want := range []string{
		`"command":"gke-gcloud-auth-plugin"`, `"provideClusterInfo":true`, `"CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT"`, `"proxy-url":"socks5://localhost:1080"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	if strings.Contains(text, "token") {
		t.Error("there is a token in it")
	}
}

func TestGkePreview(t *testing.T) {
	g := run(t, gkeProgram(gkeArgs(), nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	if got := len(g.All("gcp:container/nodePool:NodePool")); got != 3 {
		t.Errorf("a preview shows %d pools, want 3", got)
	}
}

// A key that GKE's agents may not use encrypts nothing.
func TestGkeKeyRefused(t *testing.T) {
	_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, err := newTestKey(ctx, "other", opt, ComputeAgent)
		if err != nil {
			return err
		}
		args := gkeArgs()
		args.SecretsKey, args.DiskKey = key, key
		n, err := NewNetwork(ctx, "net", networkArgs(), opt, pulumi.DependsOn(key.Ready))
		if err != nil {
			return err
		}
		args.Network, args.Subnet, args.PodRange, args.ServiceRange = n.ID, n.Subnet, n.PodRange, n.ServiceRange
		_, err = NewGke(ctx, "gke", args, opt)
		return err
	}))
	if err == nil || !strings.Contains(err.Error(), "container-engine-robot") {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestGkeBadArgs(t *testing.T) {
	pool := func(change func(*NodePoolArgs)) func(*GkeArgs) {
		return func(a *GkeArgs) {
			p := a.NodePools["workers"]
			change(&p)
			a.NodePools["workers"] = p
		}
	}
	for want, change := range map[string]func(*GkeArgs){
		"Version:":                     func(a *GkeArgs) { a.Version = "1.20" },
		"Channel:":                     func(a *GkeArgs) { a.Channel = "RAPID" },
		"Zones: got none":              func(a *GkeArgs) { a.Zones = nil },
		"no zone of":                   func(a *GkeArgs) { a.Zones = []string{"europe-west4-a"} },
		"Endpoint: got":                func(a *GkeArgs) { a.Endpoint = "open" },
		"EndpointCIDRs: a private":     func(a *GkeArgs) { a.EndpointCIDRs = []string{"203.0.113.0/24"} },
		"EndpointCIDRs: a restricted":  func(a *GkeArgs) { a.Endpoint = "restricted" },
		"ClientCIDRs: got 0.0.0.0/0":   func(a *GkeArgs) { a.ClientCIDRs = []string{"0.0.0.0/0"} },
		"Groups: got":                  func(a *GkeArgs) { a.Groups = "team@example.com" },
		"Access: got the name":         func(a *GkeArgs) { a.Access["a b"] = AccessArgs{} },
		"Access[x].Member: got":        func(a *GkeArgs) { a.Access["x"] = AccessArgs{Member: "ada", Level: "view"} },
		"Access[x].Member: team":       func(a *GkeArgs) { a.Access["x"] = AccessArgs{Member: a.Access["team"].Member, Level: "view"} },
		"Access[x].Level":              func(a *GkeArgs) { a.Access["x"] = AccessArgs{Member: "user:x@example.com", Level: "root"} },
		"knows groups with Groups":     func(a *GkeArgs) { a.Access["x"] = AccessArgs{Member: "group:x@example.com", Level: "view"} },
		"Access[pipeline].Namespaces":  func(a *GkeArgs) { p := a.Access["pipeline"]; p.Namespaces = []string{"a"}; a.Access["pipeline"] = p },
		"NodePools, AutoProvisioning":  func(a *GkeArgs) { a.Autopilot = true },
		"NodePools: got the name":      func(a *GkeArgs) { a.NodePools["A"] = a.NodePools["workers"] },
		"NodePools: want a pool":       func(a *GkeArgs) { clear(a.NodePools) },
		"NodePools[workers].Machine":   pool(func(p *NodePoolArgs) { p.Machine = "m7g.large" }),
		"NodePools[workers].GPU: n2d":  pool(func(p *NodePoolArgs) { p.GPU = true }),
		"NodePools[workers].GPU: g2":   pool(func(p *NodePoolArgs) { p.Machine = "g2-standard-4" }),
		"NodePools[workers].Min":       pool(func(p *NodePoolArgs) { p.Min = 10 }),
		"NodePools[workers].Initial":   pool(func(p *NodePoolArgs) { p.Initial = 10 }),
		"NodePools[workers].DiskGiB":   pool(func(p *NodePoolArgs) { p.DiskGiB = 8 }),
		"NodePools[workers].Surge":     pool(func(p *NodePoolArgs) { p.Surge = -1 }),
		"NodePools[workers].Zones":     pool(func(p *NodePoolArgs) { p.Zones = []string{"us-east1-b"} }),
		"NodePools[workers].Taints[a]": pool(func(p *NodePoolArgs) { p.Taints = map[string]TaintArgs{"a": {Effect: "NO_SCHEDULE"}} }),
		"Maintenance: got":             func(a *GkeArgs) { a.Maintenance.End = a.Maintenance.Start },
		"Maintenance.Recurrence":       func(a *GkeArgs) { a.Maintenance.Recurrence = "weekly" },
		"Exclusions[x].Scope":          func(a *GkeArgs) { a.Maintenance.Exclusions["x"] = ExclusionArgs{Scope: "all"} },
		"Exclusions[x]: got":           func(a *GkeArgs) { a.Maintenance.Exclusions["x"] = ExclusionArgs{Scope: "NO_UPGRADES"} },
		"30 days": func(a *GkeArgs) {
			a.Maintenance.Exclusions["x"] = ExclusionArgs{"2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "NO_UPGRADES"}
		},
		"AutoProvisioning: got":           func(a *GkeArgs) { a.AutoProvisioning.CPUs = 0 },
		"AutoProvisioning.GPUs[nvidia-l4": func(a *GkeArgs) { a.AutoProvisioning.GPUs["nvidia-l4"] = 0 },
	} {
		t.Run(want, func(t *testing.T) {
			args := gkeArgs()
			change(args)
			_, err := simtest.Try("explico", "test", withProvider(gkeProgram(args, nil)))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that names %s", err, want)
			}
		})
	}
	err := (&GkeArgs{}).check()
	for _, arg := range []string{"Version", "Channel", "Network", "Zones", "SecretsKey", "Endpoint", "NodePools", "Maintenance"} {
		if err == nil || !strings.Contains(err.Error(), arg) {
			t.Errorf("no arguments at all: got %v, which does not name %s", err, arg)
		}
	}
}

// dependsOn fails the test unless r depends on all these: type and name, such as
// IAMMember::gke-nodes.
func dependsOn(t *testing.T, r simtest.Resource, all ...string) {
	t.Helper()
	for _, want := range all {
		if !slices.ContainsFunc(r.DependsOn, func(urn string) bool { return strings.HasSuffix(urn, ":"+want) }) {
			t.Errorf("%s does not depend on %s, but on %v", r.Name, want, r.DependsOn)
		}
	}
}
