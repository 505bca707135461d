package settings

// azureMeans are what settings become on Azure.
func azureMeans() map[string]Means {
	return map[string]Means{
		"network":            {Native, "a virtual network with subnets for nodes, data, private endpoints and a gateway, each in all zones"},
		"network.nat":        {Equivalent, "a NAT gateway in one zone, or (perZone) a load balancer whose addresses are in all zones"},
		"network.podCidr":    {Native, "the overlay of Azure CNI: a range outside the network"},
		"network.flowLogs":   {Native, "flow logs of the network, with traffic analytics"},
		"cluster":            {Native, "AKS, with Cilium"},
		"cluster.endpoint":   {Native, "a private cluster, or authorized ranges"},
		"cluster.access":     {Native, "Azure RBAC for Kubernetes"},
		"cluster.nodeGroups": {Native, "pools of nodes over all zones, with the cluster autoscaler"},
		"operators.backups":  {Equivalent, "Velero, with snapshots of managed disks"},
		"ingress":            {Native, "an Application Gateway with its firewall, led by AKS's controller"},

		"database":          {Native, "Azure Database for PostgreSQL, flexible server, with a password of yours"},
		"database.multiAz":  {Native, "zone-redundant high availability"},
		"database.replicas": {Native, "read replicas"},
		"database.proxy":    {Equivalent, "PgBouncer, built in"},
		"database.restore":  {Native, "from another server at a time"},
		"cache":             {Native, "Azure Managed Redis"},
		"cache.multiAz":     {Native, "high availability over zones"},
		"cache.users":       {Equivalent, "Entra identities, each with all rights"},
		"buckets":           {Native, "a storage account for each, reached inside the network"},

		"secrets":          {Native, "Key Vault"},
		"secrets.vault":    {Native, "a Vault of yours"},
		"secrets.readers":  {Native, "workload identity"},
		"registry":         {Native, "Container Registry"},
		"registry.mirrors": {Native, "cache rules"},

		"domain":        {Native, "Azure DNS, with certificates of Front Door"},
		"domain.dnssec": {Native, "Azure DNS, whose keys Azure keeps"},
		"cdn":           {Native, "Front Door Premium before a private storage account"},
		"waf":           {Native, "WAF policies of Front Door and Application Gateway, with Microsoft's rules"},

		"logs":     {Native, "a Log Analytics workspace"},
		"alerts":   {Native, "Azure Monitor alerts and action groups"},
		"security": {Equivalent, "the activity log, and plans of Microsoft Defender for Cloud"},
		"ci":       {Native, "identities with federated credentials for GitHub, within the resource group"},

		"backup":                 {Native, "a Backup vault"},
		"backup.lock":            {Native, "an immutable vault"},
		"costs.monthlyBudgetUSD": {Native, "a budget of Cost Management, in the currency of the bill"},
		"commitments":            {Equivalent, "reservations and savings plans, in the estimate"},
	}
}

// azureLacks is what Azure, or the API that this program speaks to it, cannot
// honour.
func azureLacks() map[string]string {
	lacks := map[string]string{
		"local": "the stack makes its own cluster",
		"aws":   "no AWS account is touched",
		"gcp":   "no project of Google Cloud is touched",

		"ecs": "the services run on Kubernetes", "compute": "AKS runs everything",
		"network.ipv6":      "Cilium's overlay on AKS has IPv4 alone in this program",
		"network.endpoints": "private endpoints are there for what the stack has, and for nothing else",

		"cluster.upgradePolicy": "AKS's long-term support is a tier of its own, for two of three versions",
		"operators.pools":       "node auto-provisioning is in no version of Azure's API that the provider speaks: the cluster autoscaler grows the groups of nodes",
		"shield":                "protection against floods is a plan of the whole tenant: somebody takes it out once, for all its networks",

		"cdn.failoverOrigin": "Front Door puts no public place beside a private account",
		"cdn.priceClass":     "Front Door answers everywhere", "cdn.originSecrets": "Front Door names itself to origins: X-Azure-FDID",
		"domain.queryLogs": "Azure DNS logs no questions",
		"waf.groups":       "Microsoft's default rules and its bots are always on: they have no parts to buy",
	}
	for section, reasons := range map[string]map[string]string{
		"database": {
			"restore.snapshot": "a server begins with another server at a time",
			"maxStorageGiB":    "storage doubles by itself before it is full, without a limit", "insightsDays": "Query Store keeps a week",
		},
		"cache": {
			"engine": "Azure Managed Redis is Redis", "engineVersion": "Azure chooses it", "mode": "there are sizes alone", "shards": "the size decides",
			"parameters": "Azure chooses them", "storageGB": "the size decides", "ecpus": "the size decides",
			"snapshotDays": "it is written to disk instead",
		},
		"registry": {"pullAccounts": "other subscriptions are let in by an identity", "keepImages": "images with a tag stay"},
		"security": {
			"standards": "Defender measures by Microsoft's benchmark", "runtimeMonitoring": "the plan Containers has it", "alertSeverity": "Defender's contacts have one of their own",
			"trailDays": "logs.auditDays says it", "existingConfigRole": "there is none",
		},
		"ci": {"existingProvider": "each identity trusts GitHub by itself", "boundary": "the resource group is the boundary"},
		"backup": {
			"copyTo":   "the vault's redundancy copies to the paired region",
			"deleters": "roles of Azure say who may", "testing": "Azure tries no restores by itself",
		},
		"costs": {
			"anomalyUSD": "Cost Management tells of anomalies by itself, by e-mail", "anomalyMonitor": "there is none", "allocationTags": "tags are columns of the bill already",
			"schedule": "a stopped AKS cluster loses its nodes, and Pulumi's view of it",
		},
	} {
		for key, reason := range reasons {
			lacks[section+"."+key] = reason
		}
	}
	for _, bucket := range []string{"assets", "uploads", "logs", "backups"} {
		lacks["buckets."+bucket+".intelligentTiering"] = "blobs move by age alone"
		lacks["buckets."+bucket+".replicateTo"] = "geo-redundant storage copies to the paired region"
		lacks["buckets."+bucket+".replicateKey"] = "the copy has the account's key"
		lacks["buckets."+bucket+".inventory"] = "blob inventory reports are not made here"
	}
	return lacks
}
