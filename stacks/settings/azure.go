package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// azureCapability is what Azure can do.
func azureCapability() Capability {
	return Capability{
		registry: regexp.MustCompile(`^[a-z0-9]+\.azurecr\.io$`), // Azure Container Registry, "Concepts: registries"
		rules:    azureRules, machine: azureMachine, taints: azureTaints, defaults: azureDefaults, Means: azureMeans(), Lacks: azureLacks(),
		store: AzureStore, member: "the object id of a group, user or service principal",
		originWait: 240 * time.Second, // Azure Front Door, "Troubleshoot common issues": the origin response timeout
	}
}

// azureTaints are what AKS puts on nodes: of the pool that the cluster's own parts run
// on, and of spare capacity. A test compares them with the component's.
func azureTaints(name string, g NodeGroup) map[string]Taint {
	switch {
	case name == "system":
		return map[string]Taint{"CriticalAddonsOnly": {Value: "true", Effect: NoSchedule}}
	case g.Spot:
		return map[string]Taint{"kubernetes.azure.com/scalesetpriority": {Value: "spot", Effect: NoSchedule}}
	}
	return nil
}

// azureDefaults are what is different on Azure.
func azureDefaults(s *Settings) {
	s.Secrets.Store = AzureStore
	s.Network.PodCIDR = "100.64.0.0/16" // pods have a range of their own, which no network has to make room for
	s.Network.FlowLogs = FlowLogsAll    // flow logs of a network know no other
	s.Operators.Pools = map[string]Pool{}
	s.Database.Instance = "Standard_B2ms" // the smallest that keeps a useful cache (8 GiB)
	s.Database.StorageGiB = 64            // sizes double, and grow by themselves
	s.Database.MaxStorageGiB = 0
	s.Database.InsightsDays = 0
	s.Cache.Engine, s.Cache.EngineVersion = RedisOSS, ""
	s.Cache.Node = "Balanced_B0"       // the smallest, half a gigabyte
	s.Costs.ReferenceRegion = "eastus" // the region of which the catalogue knows most
	// Everybody has all rights there.
	s.Cache.Users = map[string]CacheUser{"app": {ServiceAccounts: []string{}}}
	s.Azure.DatabaseAdministrators = map[string]DatabaseAdministrator{}
	groups := s.Cluster.NodeGroups
	for name, size := range map[string]string{
		"system": "Standard_D2pds_v5", "apps": "Standard_D4pds_v5", "batch": "Standard_D4pds_v5", // Arm, a fifth cheaper than x86
		"gpu": "Standard_NC4as_T4_v3", // one T4
	} {
		g := groups[name]
		g.Instances = []string{size}
		groups[name] = g
	}
}

// azureRules are the rules that only Azure has.
func azureRules(c *checker) {
	c.azureSubscription()
	c.azureZones()
	c.azureNetwork()
	c.azureAccess()
	c.azurePools()
	c.azureDatabase()
	c.azureRestore()
	c.azureAdministrators()
	c.azureStores()
	c.azureUsers()
	c.azureEdge()
	c.azureCI()
	c.azureBackup()
	c.azureCosts()
	c.azureBudget()
}

func (c *checker) azureCosts() {
	r := c.s.Costs.ReferenceRegion
	if _, known := azureRegions[r]; r == "" || known {
		return
	}
	want := "a region of Azure, or nothing"
	if near := nearest(r, ordered(azureRegions)); near != "" {
		want = "a region of Azure: did you mean " + near + "?"
	}
	c.bad(UnknownReference, "costs.referenceRegion", shown(r), want)
}

var (
	guidShape = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	armShape  = regexp.MustCompile(`^/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/resourceGroups/[\w.()-]+/providers/.+$`)

	dayShape   = regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)
	monthShape = regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])$`)
)

// azureBudget checks when the budget begins.
func (c *checker) azureBudget() {
	switch since := c.s.Azure.BudgetSince; {
	case since == "" && c.s.Costs.MonthlyBudgetUSD > 0:
		c.missing("azure.budgetSince", "the month of now, such as 2026-12: Azure takes no budget without its first month")
	case since != "" && !monthShape.MatchString(since):
		c.bad(BadTime, "azure.budgetSince", shown(since), "a month such as 2026-12")
	}
}

const guidWant = "a GUID such as 0f5e7c1a-2b3c-4d5e-8f90-123456789abc"

func (c *checker) azureSubscription() {
	ids := map[string]string{"azure.subscriptionId": c.s.Azure.SubscriptionID, "azure.tenantId": c.s.Azure.TenantID}
	for _, path := range ordered(ids) {
		switch id := ids[path]; {
		case id == "":
		case !guidShape.MatchString(id):
			c.bad(BadAccount, path, shown(id), guidWant)
		case strings.HasPrefix(id, "00000000-0000-0000-0000-"):
			c.warn(ExampleValue, path, id+", an example", "your own: az account show")
		}
	}
}

func (c *checker) azureZones() {
	region := c.s.Region
	r, known := azureRegions[region]
	switch {
	case region == "":
		c.missing("region", "a region of Azure such as westeurope")
		return
	case !known:
		want := "a region of Azure such as westeurope"
		if near := nearest(region, ordered(azureRegions)); near != "" {
			want = "a region of Azure: did you mean " + near + "?"
		}
		c.bad(UnknownRegion, "region", shown(region), want)
		return
	case !r.zones:
		c.bad(UnknownRegion, "region", region+", which has no availability zones", "a region with zones such as westeurope")
		return
	}
	if c.s.Azure.GeoRedundant && r.pair == "" {
		c.bad(CloudLacks, "azure.geoRedundant", "true in "+region+", which has no paired region", "false, or a region with a pair that you can use, such as westeurope", "region")
	}
	for _, zone := range ordered(c.s.Network.Zones) {
		if !slices.Contains(azureZoneNames(region), zone) {
			c.bad(UnknownZone, child("network.zones", zone), "the zone "+shown(zone),
				"a zone of "+region+": "+strings.Join(azureZoneNames(region), ", "), "region")
		}
	}
}

// azureZoneNames are the zones of a region, as nodes name them in their label
// topology.kubernetes.io/zone.
func azureZoneNames(region string) []string {
	return []string{region + "-1", region + "-2", region + "-3"}
}

func (c *checker) azureNetwork() {
	n := c.s.Network
	if n.NAT == NATNone {
		c.bad(NoWayOut, "network.nat", "none", "single or perZone: nodes fetch what they run from the internet")
	}
	if n.PodCIDR == "" {
		c.missing("network.podCidr", "a range for pods, in no network, such as 100.64.0.0/16: Cilium needs the overlay")
	}
	if n.FlowLogs != FlowLogsAll {
		c.bad(BadEndpoint, "network.flowLogs", string(n.FlowLogs), "ALL: flow logs of a network record everything")
	}
}

func (c *checker) azureAccess() {
	for _, name := range ordered(c.s.Cluster.Access) {
		role := c.s.Cluster.Access[name].Role
		if path := child("cluster.access", name) + ".role"; role != "" && !guidShape.MatchString(role) {
			c.bad(BadRole, path, shown(role), "an object id in Entra, "+guidWant)
		}
	}
}

// azurePools checks what AKS asks of pools of nodes.
// Source: AKS, "Manage system node pools", read 2026-11.
func (c *checker) azurePools() {
	groups := c.s.Cluster.NodeGroups
	if system, has := groups["system"]; !has || len(system.Taints) > 0 || system.Spot || system.GPU || system.Min < 1 {
		c.bad(NoHome, child("cluster.nodeGroups", "system"), "no such group of plain nodes, or one that may be empty",
			"one with min at least 1, without taints, spot and GPU: AKS keeps its own parts there, and nothing else")
	}
	for _, name := range ordered(groups) {
		g, path := groups[name], child("cluster.nodeGroups", name)
		if len(g.Instances) > 1 {
			c.bad(BadInstance, path+".instances[1]", shown(g.Instances[1]), "one size: a pool has machines of one")
		}
		for i, size := range g.Instances {
			at := fmt.Sprintf("%s.instances[%d]", path, i)
			m, known := findAzureSize(size)
			if !known {
				c.bad(BadInstance, at, shown(size), "a size such as Standard_D4pds_v5")
				continue
			}
			if m.gpu != g.GPU {
				c.bad(BadGPU, at, fmt.Sprintf("%s with gpu: %v", size, g.GPU), fmt.Sprintf("gpu: %v", m.gpu), path+".gpu")
			}
		}
		if g.DiskGiB < 30 {
			c.bad(SmallDisk, path+".diskGiB", fmt.Sprint(g.DiskGiB), "at least 30 GiB, the size of the system's image")
		}
	}
}

// azureStorageSizes are the sizes of a database's disk in GiB.
// Source: PostgreSQL flexible server, "Storage options", Premium SSD.
var azureStorageSizes = []int{32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767}

var (
	postgresMajor    = []string{"13", "14", "15", "16", "17", "18"}
	azureDBShape     = regexp.MustCompile(`^Standard_(B(1|2|4|8|12|16|20)ms|B2s|[DE]\d+(ds|ads)_v[45])$`)
	azureDBBurstable = "Standard_B"
)

// azureDatabase checks what PostgreSQL flexible server takes.
func (c *checker) azureDatabase() {
	d := c.s.Database
	if !slices.Contains(postgresMajor, d.EngineVersion) {
		c.bad(BadEngine, "database.engineVersion", shown(d.EngineVersion), oneOf(d.EngineVersion, postgresMajor)+": Azure takes minor versions by itself")
	}
	if !azureDBShape.MatchString(d.Instance) {
		c.bad(BadClass, "database.instance", shown(d.Instance), "a size of PostgreSQL's such as Standard_D2ds_v5")
	}
	if !slices.Contains(azureStorageSizes, d.StorageGiB) {
		c.bad(BadStorage, "database.storageGiB", fmt.Sprint(d.StorageGiB), "one of "+strings.Trim(strings.ReplaceAll(fmt.Sprint(azureStorageSizes), " ", ", "), "[]"))
	}
	burstable := strings.HasPrefix(d.Instance, azureDBBurstable)
	for path, on := range map[string]bool{"database.multiAz": d.MultiAZ, "database.proxy": d.Proxy, "database.replicas": d.Replicas > 0} {
		if on && burstable {
			c.bad(BadClass, path, "with the burstable "+d.Instance, "a size such as Standard_D2ds_v5: a burstable one has no standby, no pool and no replicas", "database.instance")
		}
	}
	if d.Replicas > 5 {
		c.bad(BadReplicas, "database.replicas", fmt.Sprint(d.Replicas), "at most 5")
	}
	if d.BackupDays < 7 {
		c.bad(BadBackupDays, "database.backupDays", fmt.Sprint(d.BackupDays), "7 to 35")
	}
	if day := c.s.Azure.PasswordExpires; day != "" && !dayShape.MatchString(day) {
		c.bad(BadTime, "azure.passwordExpires", shown(day), "a day such as 2027-06-30")
	}
	if d.Password.IsZero() {
		c.missing("database.password", "a password: Azure makes none (pulumi config set --secret --path 'explico:database.password')")
	} else if p := d.Password; !p.Encrypted() && len(p.Reveal()) < 16 {
		c.bad(BadPassword, "database.password", "a short text", "at least 16 characters")
	}
}

var azureCacheShape = regexp.MustCompile(`^(Balanced_B|MemoryOptimized_M|ComputeOptimized_X)\d+$`)

// azureStores checks the cache, secrets, images and logs.
func (c *checker) azureStores() {
	if k := c.s.Cache; !azureCacheShape.MatchString(k.Node) {
		c.bad(BadClass, "cache.node", shown(k.Node), "a size of Azure Managed Redis such as Balanced_B0")
	}
	if k := c.s.Cache; k.Replicas > 1 || k.MultiAZ != (k.Replicas == 1) {
		c.bad(BadClass, "cache.replicas", fmt.Sprint(k.Replicas), "1 with multiAz, or 0 without: high availability is one copy in another zone", "cache.multiAz")
	}
	for _, name := range ordered(c.s.Secrets.Names) {
		if s := c.s.Secrets.Names[name]; s.RotationFunction != "" || s.RotationDays != 0 {
			c.bad(CloudLacks, child("secrets.names", name)+".rotationDays", "a rotation", "it left out: who puts the value in renews it; Key Vault tells when it expires")
		}
	}
	for path, days := range map[string]int{"logs.days": c.s.Logs.Days, "logs.auditDays": c.s.Logs.AuditDays} {
		if days < 30 || days > 730 {
			c.bad(BadLogDays, path, fmt.Sprint(days), "30 to 730: a Log Analytics workspace keeps logs so long")
		}
	}
}

// azureName is a name of letters and digits, which is all that some of Azure's
// things are called by.
var azureName = regexp.MustCompile(`^[a-z][a-z0-9]{0,59}$`)

// azureUsers checks who logs in to the cache: each is an assignment of that name.
// Source: REST reference of Microsoft.Cache/redisEnterprise, access policy
// assignments, read 2026-11.
func (c *checker) azureUsers() {
	users := c.s.Cache.Users
	if len(users) == 0 {
		c.bad(BadCacheUser, "cache.users", "nobody", "somebody who may log in")
	}
	for _, name := range ordered(users) {
		path := child("cache.users", name)
		if !azureName.MatchString(name) {
			c.bad(BadName, path, "the name "+shown(name), "up to 60 lower-case letters and digits, with a letter in front")
		}
		if access := users[name].Access; access != "" {
			c.bad(CloudLacks, path+".access", shown(access), "it left out: Azure Managed Redis gives all rights to everybody who logs in")
		}
		for i, account := range users[name].ServiceAccounts {
			if !accountPath.MatchString(account) {
				c.bad(BadCacheUser, fmt.Sprintf("%s.serviceAccounts[%d]", path, i), shown(account), accountWant)
			}
		}
	}
}

// azureBackup checks how long a Backup vault keeps.
// Source: Azure Backup documentation, "Overview of operational and vaulted backup
// for Azure Blobs", retention; read 2026-11.
func (c *checker) azureBackup() {
	if days := c.s.Backup.Days; 0 < days && days < 7 || days > 3650 {
		c.bad(BadBackup, "backup.days", fmt.Sprint(days), "0 (none), or 7 to 3650")
	}
}

// azureEdge checks zone and firewall.
func (c *checker) azureEdge() {
	for path, id := range map[string]string{"domain.zoneId": c.s.Domain.ZoneID, "domain.parentZoneId": c.s.Domain.ParentZoneID} {
		if id != "" && !armShape.MatchString(id) {
			c.bad(OutsideZone, path, shown(id), "a zone's id: /subscriptions/…/providers/Microsoft.Network/dnszones/example.com")
		}
	}
	for _, name := range ordered(c.s.WAF.RateLimits) {
		if !azureName.MatchString(name) {
			c.bad(BadName, child("waf.rateLimits", name), "the name "+shown(name), "lower-case letters and digits, with a letter in front: it is part of a rule's name")
		}
		if r := c.s.WAF.RateLimits[name]; r.WindowSeconds != 60 && r.WindowSeconds != 300 {
			c.bad(BadRate, child("waf.rateLimits", name)+".windowSeconds", fmt.Sprint(r.WindowSeconds), "60 or 300: Front Door counts by one minute or five")
		}
	}
}

// azureCI checks where the state of jobs is.
func (c *checker) azureCI() {
	for path, id := range map[string]string{"ci.stateBucket": c.s.CI.StateBucket, "ci.stateKey": c.s.CI.StateKey} {
		if id != "" && !armShape.MatchString(id) {
			c.bad(BadState, path, shown(id), "an id that begins with /subscriptions/: that of a blob container, or of a vault")
		}
	}
}
