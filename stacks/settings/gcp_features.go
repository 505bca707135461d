package settings

// gcpMeans are what settings become on Google Cloud.
func gcpMeans() map[string]Means {
	return map[string]Means{
		"network":               {Native, "a VPC network with one subnet of the region, over all zones"},
		"network.nat":           {Native, "Cloud NAT with one address, or one a zone"},
		"network.podCidr":       {Native, "a secondary range of the subnet"},
		"network.flowLogs":      {Equivalent, "VPC flow logs of the subnet, all or a tenth; what is refused is in the firewall's log"},
		"cluster":               {Native, "GKE, regional, with Dataplane V2"},
		"cluster.endpoint":      {Native, "the private endpoint of GKE, or authorized networks"},
		"cluster.access":        {Equivalent, "members of IAM, with a condition on the cluster, and roles of Kubernetes"},
		"cluster.nodeGroups":    {Native, "node pools, each over all zones"},
		"cluster.upgradePolicy": {Native, "the release channel Regular or Extended"},
		"operators.backups":     {Equivalent, "Velero, with snapshots of persistent disks"},
		"ingress":               {Native, "an external Application Load Balancer, made by GKE"},

		"database":                           {Native, "Cloud SQL for PostgreSQL, with a password of yours"},
		"database.multiAz":                   {Native, "a standby in another zone"},
		"database.replicas":                  {Native, "read replicas"},
		"database.restore":                   {Native, "from a backup, or another database at a time"},
		"cache":                              {Native, "Memorystore for Redis"},
		"cache.multiAz":                      {Native, "a copy in another zone, which takes over"},
		"buckets":                            {Native, "Cloud Storage"},
		"buckets.uploads.intelligentTiering": {Native, "Autoclass"},

		"secrets":          {Native, "Secret Manager"},
		"secrets.vault":    {Native, "a Vault of yours"},
		"secrets.readers":  {Native, "Workload Identity Federation for GKE"},
		"registry":         {Native, "Artifact Registry"},
		"registry.mirrors": {Native, "remote repositories"},

		"domain":           {Native, "Cloud DNS, with certificates of Certificate Manager"},
		"domain.dnssec":    {Native, "Cloud DNS, with keys of its own"},
		"domain.queryLogs": {Native, "Cloud DNS logging"},
		"cdn":              {Native, "an external Application Load Balancer with Cloud CDN before a private bucket"},
		"waf":              {Native, "Cloud Armor, before CDN and load balancer"},

		"alerts":   {Native, "Cloud Monitoring: policies, channels and Pub/Sub topics"},
		"security": {Equivalent, "audit logs of every read and write, in a bucket"},
		"ci":       {Native, "workload identity federation with GitHub, and two service accounts"},

		"backup":                 {Equivalent, "Backup for GKE; databases and buckets keep their own"},
		"backup.lock":            {Native, "a backup plan that deletes nothing before its time"},
		"costs.monthlyBudgetUSD": {Native, "a budget of the billing account, in its currency"},
	}
}
