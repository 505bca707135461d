package settings

import (
	"reflect"

	"github.com/te-explico/infrastructure/versions"
)

// DefaultCloud is the cloud of a stack file that names none: most teams are there.
const DefaultCloud = AWSCloud

// Defaults are the settings of a stack file that names a cloud and nothing else:
// what a small stack needs, private and encrypted. What costs more, or opens more,
// a stack file says itself. Each call returns a new value.
func Defaults(cloud Cloud) *Settings {
	s := commonDefaults()
	s.Cloud = cloud
	if row := Capabilities()[cloud]; row.defaults != nil {
		row.defaults(s)
	}
	return s
}

// commonDefaults are what the clouds' defaults go over. Names of machines are
// those of AWS.
func commonDefaults() *Settings {
	return &Settings{
		Protect: false, // a stack can be thrown away until its file says that it must not
		Network: defaultNetwork(),
		Compute: Kubernetes, // what most teams look for; ecs is for those who want none
		Ecs:     defaultEcs(),
		Mesh:    defaultMesh(), Ingress: defaultIngress(), Operators: defaultOperators(),
		Cluster: Cluster{
			Version:       versions.DefaultKubernetes(),    // the newest that every add-on supports
			Endpoint:      Endpoint{Mode: EndpointPrivate}, // nothing answers the internet unless the file says who may call
			Access:        map[string]Access{},             // no role is known here
			ServiceCIDR:   "172.20.0.0/16",                 // what EKS takes beside a network in 10.0.0.0/8
			UpgradePolicy: StandardSupport,                 // extended support costs six times as much, so it is asked for
			NodeGroups:    defaultNodeGroups(),
		},
		Namespaces: defaultNamespaces(),
		Admission:  defaultAdmission(),
		Services:   defaultServices(),
		Jobs:       map[string]Job{}, // what is done at times, only the product knows
		Database: Database{
			Name:          "explico",
			EngineVersion: "17",            // a major version with years of support left; RDS takes minor upgrades by itself
			Instance:      "db.t4g.medium", // the smallest class that keeps a useful cache (4 GiB)
			StorageGiB:    50,
			MaxStorageGiB: 200, // room for a bulk import, without an open-ended bill
			MultiAZ:       false,
			Replicas:      0,
			BackupDays:    7,     // the least that the security rules accept
			InsightsDays:  7,     // free
			Proxy:         false, // charged per processor of the database, at least for two
			Parameters:    map[string]string{},
		},
		Cache:    defaultCache(),
		Buckets:  defaultBuckets(),
		Secrets:  defaultSecrets(),
		Registry: defaultRegistry(),
		CDN: CDN{
			PriceClass:  PriceClass100, // the cheapest; the users are in Europe
			HSTSPreload: false,         // browsers have it built in: it takes months to leave, for every name of the domain
			// nothing but the site's own files; framing only by itself
			OriginSecrets:         []Secret{}, // nobody shall have one that stands in a repository
			ContentSecurityPolicy: "default-src 'self'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'",
		},
		Domain: Domain{DNSSEC: DNSSECNone}, // a zone that is signed wrongly is a zone that is gone
		WAF:    defaultWAF(),
		Logs: Logs{
			Days:      30,  // longer than most incidents take to be noticed
			AuditDays: 365, // the CIS benchmark asks for a year
		},
		Logging: defaultLogging(),
		Tracing: defaultTracing(),
		Alerts:  Alerts{P0: map[string]Subscription{}, P1: map[string]Subscription{}},
		Security: Security{
			Baseline:  false,                 // once per account: only its stack file knows whether this is the one
			Standards: []Standard{FSBP, CIS}, // what the program is built to meet; others are for who must prove them
			TrailDays: 365,                   // the CIS benchmark asks for a year
			// something is taken over, or open to be; the rest is many, and for a weekly look
			AlertSeverity: HighFinding,
		},
		Backup: Backup{
			Days:           7,                                  // a mistake is noticed within a week
			ContinuousDays: 0,                                  // a copy of every object version costs as much as the bucket
			Lock:           BackupLock{Mode: LockNone},         // a stack that can be thrown away must let go of its backups
			Deleters:       []string{},                         // what expires goes by itself
			Testing:        BackupTesting{Schedule: TestNever}, // a test runs a second database for two hours
		},
		Metrics: defaultMetrics(), OnCall: defaultOnCall(),
		Costs: Costs{
			MonthlyBudgetUSD: 0, // only who pays knows how much
			AnomalyUSD:       0, // an account has one monitor, which may be there already
			AlertEmails:      []string{},
			OverBudget:       WarnOverBudget, // an estimate is one: who trusts it with a veto says so
			ReferenceRegion:  "us-east-1",    // the region whose rates are published most
			AllocationTags:   false,          // refused before the tags' first use, and to members of an organisation
		},
		Usage: defaultUsage(), Commitments: map[string]Commitment{},
	}
}

// defaultWAF is the least that the security rules accept: 9 USD a month.
func defaultWAF() WAF {
	return WAF{
		Enabled: true,     // the CDN is open to the world
		Mode:    WAFBlock, // what only counts protects nobody
		Groups: map[string]RuleGroup{
			"common":         {CountRules: []string{}}, // scripts, file inclusion, bodies of more than 8 KB
			"knownBadInputs": {CountRules: []string{}}, // Log4j and the like
		},
		RateLimits: map[string]RateLimit{
			"all": newRateLimit(),
		},
		BlockedCountries: []string{}, AllowedCountries: []string{},
	}
}

// newRateLimit is a rate limit that a stack file adds, before it says anything:
// seven requests a second for five minutes, which a browser that loads pages does
// not reach.
func newRateLimit() RateLimit { return RateLimit{Requests: 2000, WindowSeconds: 300} }

func defaultNetwork() Network {
	return Network{
		Zones:     map[string]int{},
		NAT:       NATSingle,      // a gateway costs per hour and zone
		IPv6:      false,          // addresses to plan and firewalls to write twice
		Endpoints: []string{},     // each costs per hour and zone; NAT reaches the same services
		FlowLogs:  FlowLogsReject, // the attempts that failed; ALL is for who must prove who spoke to whom
	}
}

// defaultNodeGroups run on Graviton, a fifth cheaper than x86 at equal speed.
func defaultNodeGroups() map[string]NodeGroup {
	base := newNodeGroup()
	system, apps, batch, gpu := base, base, base, base

	// system carries the cluster's add-ons: never spot, and two nodes, so that
	// DNS outlives one.
	system.Instances = []string{"m7g.large", "m6g.large"}
	system.Min, system.Max = 2, 4

	// apps carries the platform's services.
	apps.Instances = []string{"m7g.large", "m6g.large"}
	apps.Min, apps.Max = 2, 6

	// batch is for work that can start again: empty until there is some, spot,
	// of several types since the spot market runs dry type by type.
	batch.Instances = []string{"m7g.xlarge", "m6g.xlarge", "c7g.2xlarge", "c6g.2xlarge"}
	batch.Max = 4
	batch.Spot = true
	batch.Taints = map[string]Taint{"workload": {Value: "batch", Effect: NoSchedule}}

	// gpu is for inference: empty until a pod asks for a GPU. The taint is the
	// one that NVIDIA's device plugin and its users tolerate.
	gpu.Instances = []string{"g5.xlarge"} // one A10G; more regions have g5 than g6
	gpu.Max = 2
	gpu.GPU = true
	gpu.DiskGiB = 100 // images with CUDA are large
	gpu.Taints = map[string]Taint{"nvidia.com/gpu": {Value: "present", Effect: NoSchedule}}

	return map[string]NodeGroup{"system": system, "apps": apps, "batch": batch, "gpu": gpu}
}

// newNodeGroup is a node group that a stack file adds, before it says anything.
func newNodeGroup() NodeGroup {
	return NodeGroup{
		Instances: []string{}, // no type suits every group
		Min:       0,          // nothing is paid for until it is used
		Max:       3,
		DiskGiB:   50, // the machine image and a few dozen container images
		Labels:    map[string]string{},
		Taints:    map[string]Taint{},
	}
}

func defaultBuckets() Buckets {
	return Buckets{
		// a build is served until the next one; an old one can be had back for a month
		Assets: Bucket{NoncurrentDays: 30, Inventory: NoInventory},
		// what users upload stays; it is seldom read after three months
		Uploads: Bucket{InfrequentDays: 90, NoncurrentDays: 30, Inventory: NoInventory},
		// access logs serve investigations, for a year
		Logs: Bucket{InfrequentDays: 30, ArchiveDays: 90, ExpireDays: 365, NoncurrentDays: 7, Inventory: NoInventory},
		// backups are read once, in an emergency
		Backups: Bucket{InfrequentDays: 30, ArchiveDays: 90, ExpireDays: 365, NoncurrentDays: 30, Inventory: NoInventory},
	}
}

// NewEntry is an entry of a map (a NodeGroup, an Access …) that a stack file
// adds, before it says anything.
func NewEntry(t reflect.Type) reflect.Value {
	switch t {
	case reflect.TypeFor[NodeGroup]():
		return reflect.ValueOf(newNodeGroup())
	case reflect.TypeFor[Taint]():
		return reflect.ValueOf(Taint{Effect: NoSchedule}) // what a taint is nearly always for
	case reflect.TypeFor[EcsService]():
		return reflect.ValueOf(newEcsService())
	case reflect.TypeFor[Pool]():
		return reflect.ValueOf(newPool())
	case reflect.TypeFor[Service]():
		return reflect.ValueOf(newService())
	case reflect.TypeFor[Job]():
		return reflect.ValueOf(newJob())
	case reflect.TypeFor[Access]():
		return reflect.ValueOf(Access{Namespaces: []string{}})
	case reflect.TypeFor[CacheUser]():
		return reflect.ValueOf(CacheUser{ServiceAccounts: []string{}}) // known to the cache, and nobody logs in as it yet
	case reflect.TypeFor[SecretReader]():
		return reflect.ValueOf(SecretReader{Secrets: []string{}})
	case reflect.TypeFor[RuleGroup]():
		return reflect.ValueOf(RuleGroup{CountRules: []string{}})
	case reflect.TypeFor[BucketUsage]():
		return reflect.ValueOf(newBucketUsage())
	case reflect.TypeFor[Commitment]():
		return reflect.ValueOf(newCommitment())
	case reflect.TypeFor[RateLimit]():
		return reflect.ValueOf(newRateLimit())
	}
	return reflect.Zero(t)
}

// derive sets the defaults that follow from other settings.
func derive(s *Settings) {
	if row := Capabilities()[s.Cloud]; row.derive != nil {
		row.derive(s)
	}
	deriveStores(s)
	deriveEcs(s)
	deriveTraffic(s)
	_, zoneless := Capabilities()[s.Cloud].Lacks["network.natZone"]
	if s.Network.NAT == NATSingle && s.Network.NATZone == "" && !zoneless {
		s.Network.NATZone = firstZone(s.Network.Zones)
	}
	for name, g := range s.Cluster.NodeGroups {
		if g.Initial == 0 {
			g.Initial = g.Min
			s.Cluster.NodeGroups[name] = g
		}
	}
}

// firstZone is the zone with the lowest slot.
func firstZone(zones map[string]int) string {
	first := ""
	for _, z := range ordered(zones) {
		if first == "" || zones[z] < zones[first] {
			first = z
		}
	}
	return first
}
