package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// gcpCapability is what Google Cloud can do.
func gcpCapability() Capability {
	return Capability{
		registry: regexp.MustCompile(`^[a-z0-9-]+-docker\.pkg\.dev$`), // Artifact Registry, "Repository and image names"
		rules:    gcpRules, machine: gcpMachine, store: GCPStore, cachePassword: true, Means: gcpMeans(),
		pools: provisioned, poolPath: []string{"gcp.autoProvisioning"},
		member: "a member such as group:oncall@example.com", defaults: gcpDefaults,
		derive: func(s *Settings) {
			if s.Cache.Node == "" {
				s.Cache.Node = "1Gi" // the smallest
			}
		},
		Lacks: gcpLacks(),
	}
}

// gcpDefaults are what is different on Google Cloud.
func gcpDefaults(s *Settings) {
	s.Secrets.Store = GCPStore
	s.Network.PodCIDR = "100.64.0.0/16" // GKE gives pods a range of their own; this one is nobody's
	for name, machine := range map[string]string{
		// AMD's, a tenth cheaper than Intel's at equal speed. GKE keeps pods away from
		// nodes with ARM that do not say they can run there.
		"system": "n2d-standard-2", "apps": "n2d-standard-2", "batch": "n2d-standard-4",
		"gpu": "g2-standard-8", // one L4
	} {
		g := s.Cluster.NodeGroups[name]
		g.Instances = []string{machine}
		s.Cluster.NodeGroups[name] = g
	}
	s.Operators.Pools = map[string]Pool{} // GKE grows the node groups by itself; gcp.autoProvisioning makes more
	s.Database.Instance = "db-custom-2-8192"
	s.Cache.Engine, s.Cache.EngineVersion = RedisOSS, "7.2" // the newest of Memorystore for Redis
	s.Cache.Users = map[string]CacheUser{}                  // it has one password, and no users
	reader := s.Secrets.Readers["external-secrets"]
	reader.Secrets = append(reader.Secrets, "cache") // what watches the cache logs in to it
	s.Secrets.Readers["external-secrets"] = reader
	s.Costs.ReferenceRegion = "" // the catalogue has one region of Google's
	s.GCP.AutoProvisioning.GPUs = map[string]int{}
	s.GCP.Exclusions = map[string]Exclusion{}
	s.GCP.DatabaseUsers = map[string]string{}
}

// gcpLacks is what Google Cloud, or its provider, has no counterpart of.
func gcpLacks() map[string]string {
	lacks := map[string]string{
		"local": "the stack makes its own cluster", "aws": "no AWS account is touched", "azure": "no subscription of Azure is touched",
		"compute": "services run on GKE", "ecs": "services run on GKE",

		"network.ipv6": "the network has IPv4 addresses", "network.natZone": "Cloud NAT stands in no zone",
		"network.endpoints": "nodes reach Google's services inside the network without any",
		"operators.pools":   "GKE grows the node groups by itself, and makes more with gcp.autoProvisioning",

		"database.proxy": "the provider cannot set Cloud SQL's pool of connections", "database.insightsDays": "Query Insights keeps a week, free",
		"database.majorUpgrade": "Cloud SQL upgrades in place as soon as engineVersion says so",

		"cache.mode": "Memorystore for Redis has nodes", "cache.storageGB": "Memorystore for Redis has nodes", "cache.ecpus": "Memorystore for Redis has nodes",
		"cache.shards": "Memorystore for Redis has one", "cache.users": "Memorystore for Redis has one password and no users",
		"cache.snapshotDays": "Memorystore for Redis keeps the newest snapshot alone",

		"registry.pullAccounts": "other projects are let in by their own accounts",
		"cdn.priceClass":        "Cloud CDN answers everywhere", "cdn.failoverOrigin": "Cloud CDN has no second origin for a bucket",
		"waf.logAllowed": "the load balancer's log has every request", "shield": "Cloud Armor Enterprise is subscribed to by hand",
		"logs": "Cloud Logging keeps logs for 30 days, and audit logs go to a bucket (security.trailDays)",

		"security.standards": "Security Command Center is the organisation's", "security.runtimeMonitoring": "Security Command Center is the organisation's",
		"security.alertSeverity": "Security Command Center is the organisation's", "security.existingConfigRole": "there is no recorder of configurations",
		"ci.existingProvider": "each stack has a pool of its own", "ci.boundary": "Google Cloud has no boundaries: the deploy account's own roles are the limit",
		"ci.stateKey": "the state's bucket has its own key",

		"backup.copyTo": "backups stay in the region", "backup.deleters": "the lock says until when nobody deletes", "backup.testing": "Backup for GKE tries no restores by itself",
		"costs.alertEmails": "who hears of the budget is in alerts.p1", "costs.anomalyUSD": "anomalies are the billing account's", "costs.anomalyMonitor": "anomalies are the billing account's",
		"costs.allocationTags": "labels are in the bill's export already", "costs.schedule": "GKE's control plane cannot be stopped, and nodes go when pods do",
		"commitments": "the catalogue has no commitments of Google's",
	}
	for _, bucket := range []string{"assets", "uploads", "logs", "backups"} {
		lacks["buckets."+bucket+".replicateTo"] = "a bucket's copies are in the region's zones"
		lacks["buckets."+bucket+".replicateKey"] = "a bucket's copies are in the region's zones"
		lacks["buckets."+bucket+".inventory"] = "the provider cannot set inventory reports"
	}
	return lacks
}

// gcpRules are the rules that only Google Cloud has.
func gcpRules(c *checker) {
	c.gcpProject()
	c.gcpPlace()
	c.gcpRanges()
	c.gcpMembers()
	c.gcpNodes()
	c.gcpExclusions()
	c.gcpDatabase()
	c.gcpDatabaseUsers()
	c.gcpFarReplica()
	c.gcpCache()
	c.gcpSecrets()
	c.gcpRegistry()
	c.gcpEdge()
	c.gcpCI()
	c.gcpBackup()
	c.gcpBudget()
}

// Source: Resource Manager reference, projects; IAM reference, serviceAccounts and
// workloadIdentityPools; Cloud Billing reference, billingAccounts; GKE docs,
// "Configure Google Groups for RBAC"; read 2026-11.
var (
	gcpProjectShape = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	gcpAccountShape = regexp.MustCompile(`^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$`)
	gcpBillingShape = regexp.MustCompile(`^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`)
	gcpGroupShape   = regexp.MustCompile(`^gke-security-groups@[a-z0-9.-]+$`)
	gcpMemberShape  = regexp.MustCompile(`^(user|group|serviceAccount):[^@\s:]+@[^@\s:]+$`)
	gcpPoolShape    = regexp.MustCompile(`^[a-z][a-z0-9-]{3,31}$`)
)

func (c *checker) gcpProject() {
	g := c.s.GCP
	switch {
	case g.Project == "":
		c.missing("gcp.project", "the id of the project that the stack goes to")
	case !gcpProjectShape.MatchString(g.Project):
		c.bad(BadProject, "gcp.project", shown(g.Project), "a project's id: 6 to 30 lower-case letters, digits and hyphens, with a letter in front")
	}
	if g.Impersonate != "" && !gcpAccountShape.MatchString(g.Impersonate) {
		c.bad(BadProject, "gcp.impersonate", shown(g.Impersonate), "a service account such as deploy@explico-prod.iam.gserviceaccount.com")
	}
	if g.SecurityGroup != "" && !gcpGroupShape.MatchString(g.SecurityGroup) {
		c.bad(BadProject, "gcp.securityGroup", shown(g.SecurityGroup), "gke-security-groups@ and your domain: GKE takes no other name")
	}
	if a := g.AutoProvisioning; a.On() && (a.CPUs < 1 || a.MemoryGiB < 1) {
		c.bad(BadProvisioning, "gcp.autoProvisioning", fmt.Sprintf("%d processors and %d GiB", a.CPUs, a.MemoryGiB), "a limit of both: GKE makes no nodes without")
	}
	for _, gpu := range ordered(g.AutoProvisioning.GPUs) {
		if g.AutoProvisioning.GPUs[gpu] < 1 {
			c.bad(BadProvisioning, child("gcp.autoProvisioning.gpus", gpu), fmt.Sprint(g.AutoProvisioning.GPUs[gpu]), "at least 1")
		}
	}
}

func (c *checker) gcpPlace() {
	region := c.s.Region
	letters, known := gcpRegions[region]
	switch {
	case region == "":
		c.missing("region", "a region of Google Cloud such as europe-west1")
		return
	case !known:
		c.bad(UnknownRegion, "region", shown(region), gcpRegionWant(region))
		return
	}
	var zones []string
	for _, l := range letters {
		zones = append(zones, region+"-"+string(l))
	}
	for _, zone := range ordered(c.s.Network.Zones) {
		if !slices.Contains(zones, zone) {
			c.bad(UnknownZone, child("network.zones", zone), "the zone "+shown(zone), "a zone of "+region+": "+strings.Join(zones, ", "), "region")
		}
	}
}

// gcpRanges checks the ranges that GKE takes from the subnet.
// Source: GKE docs, "VPC-native clusters", IP address ranges; read 2026-11.
func (c *checker) gcpRanges() {
	if c.s.Network.PodCIDR == "" {
		c.missing("network.podCidr", "a range for pods, which GKE gives them apart from nodes")
	}
	if p, ok := prefix(c.s.Cluster.ServiceCIDR); ok && p.Bits() < 16 {
		c.bad(RangeSize, "cluster.serviceCidr", p.String(), "a range between /16 and /24")
	}
}

// gcpMembers checks who is let into the cluster.
func (c *checker) gcpMembers() {
	for _, name := range ordered(c.s.Cluster.Access) {
		a, path := c.s.Cluster.Access[name], child("cluster.access", name)+".role"
		switch {
		case a.Role == "": // said to be missing
		case !gcpMemberShape.MatchString(a.Role):
			c.bad(BadRole, path, shown(a.Role), "user:, group: or serviceAccount: and an address")
		case strings.HasPrefix(a.Role, "group:") && a.Level != AccessClusterAdmin && c.s.GCP.SecurityGroup == "":
			c.bad(BadRole, path, shown(a.Role), "a person or a service account, or gcp.securityGroup beside it: without it the cluster knows no groups", "gcp.securityGroup")
		}
	}
}

// gcpFreeze is how long GKE can be kept from every upgrade.
// Source: GKE docs, "Maintenance windows and exclusions", read 2026-11.
const gcpFreeze = 30 * 24 * time.Hour

// gcpExclusions checks when GKE leaves the cluster alone.
func (c *checker) gcpExclusions() {
	all := c.s.GCP.Exclusions
	c.names("gcp.exclusions", ordered(all))
	for _, name := range ordered(all) {
		x, path := all[name], child("gcp.exclusions", name)
		start, errStart := time.Parse(time.RFC3339, x.Start)
		end, errEnd := time.Parse(time.RFC3339, x.End)
		const want = "a time such as \"2026-12-20T00:00:00Z\""
		switch {
		case errStart != nil:
			c.bad(BadExclusion, path+".start", shown(x.Start), want)
		case errEnd != nil:
			c.bad(BadExclusion, path+".end", shown(x.End), want)
		case !end.After(start):
			c.bad(BadExclusion, path+".end", shown(x.End), "a time after start, "+x.Start, path+".start")
		case x.Scope == NoUpgrades && end.Sub(start) > gcpFreeze:
			c.bad(BadExclusion, path+".end", shown(x.End), "at most 30 days after start, or another scope", path+".start", path+".scope")
		}
		if x.Scope == "" {
			c.missing(path+".scope", "what GKE leaves: "+strings.Join(ExclusionScope("").words(), ", "))
		}
	}
}

func (c *checker) gcpNodes() {
	for _, name := range ordered(c.s.Cluster.NodeGroups) {
		g, path := c.s.Cluster.NodeGroups[name], child("cluster.nodeGroups", name)
		if len(name) > 20 {
			c.bad(BadName, path, "the name "+shown(name), "up to 20 characters: a pool's name has 40, with what stands before and behind")
		}
		for i, instance := range g.Instances {
			at := fmt.Sprintf("%s.instances[%d]", path, i)
			m, known := gcpMachine(instance)
			switch {
			case i > 0:
				c.bad(BadInstance, at, shown(instance), "it left out: the nodes of a pool are of one machine type", path+".instances[0]")
			case !known:
				c.bad(BadInstance, at, shown(instance), "a machine type such as n2d-standard-4")
			case slices.Contains(gcpHyperdisk, family(instance)):
				c.bad(BadInstance, at, shown(instance), "a machine that takes Persistent Disk, which nodes and volumes have, such as n2d-standard-4: "+family(instance)+" takes Hyperdisk alone")
			case (m.gpus > 0) != g.GPU:
				want := "gpu: false: the machine has no accelerator"
				if m.gpus > 0 {
					want = "gpu: true: the machine has accelerators, which need drivers"
				}
				c.bad(BadGPU, at, fmt.Sprintf("%s with gpu: %v", instance, g.GPU), want, path+".gpu")
			}
		}
	}
}
