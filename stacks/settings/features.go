package settings

import (
	"slices"
	"strings"
)

// Grade says how a cloud honours a setting.
type Grade string

// The grades. What is refused stands in Capability.Lacks.
const (
	// Native: a service of the cloud is for that, and does all of it.
	Native Grade = "native"
	// Equivalent: the cloud comes to the same by other means.
	Equivalent Grade = "equivalent"
	// Refused: the settings are refused.
	Refused Grade = "refused"
)

// Means is what a setting becomes on a cloud.
type Means struct {
	Grade Grade
	// What names the means; with Refused, it is the reason.
	What string
}

// Features are the settings that clouds honour by means of their own, by path, in
// the order in which they are shown. What runs in the cluster (mesh, services,
// metrics, logging, tracing, admission) is the same on every cloud, and is not here.
func Features() []string {
	return []string{
		"network", "network.nat", "network.podCidr", "network.ipv6", "network.endpoints", "network.flowLogs",
		"cluster", "cluster.endpoint", "cluster.access", "cluster.nodeGroups", "cluster.upgradePolicy", "operators.pools",
		"operators.backups", "ecs", "ingress",
		"database", "database.multiAz", "database.replicas", "database.proxy", "database.restore", "database.insightsDays",
		"cache", "cache.multiAz", "cache.users", "cache.storageGB",
		"buckets", "buckets.uploads.intelligentTiering", "buckets.uploads.replicateTo", "buckets.uploads.inventory",
		"secrets", "secrets.vault", "secrets.readers", "registry", "registry.mirrors",
		"domain", "domain.dnssec", "domain.queryLogs", "cdn", "cdn.failoverOrigin", "waf", "shield",
		"logs", "alerts", "security", "ci", "backup", "backup.lock", "backup.copyTo", "backup.testing",
		"costs.monthlyBudgetUSD", "costs.anomalyUSD", "costs.schedule", "commitments",
	}
}

// Details are the settings, beside the features, that some cloud refuses, sorted. The
// sections of one cloud alone are none of them.
func Details() []string {
	var all []string
	for cloud, row := range Capabilities() {
		for path := range row.Lacks {
			section, _, _ := strings.Cut(path, ".")
			_, own := Capabilities()[Cloud(section)]
			if cloud != LocalCloud && !own && !slices.Contains(Features(), path) {
				all = append(all, path)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// GradeOf is how a cloud honours a setting, feature or not: as the feature that it is
// a part of, with the reason if the cloud refuses it.
func GradeOf(cloud Cloud, path string) Means {
	if m := MeansOf(cloud, path); m.Grade == Refused {
		return m
	}
	for at := path; at != ""; at = parent(at) {
		if m := Capabilities()[cloud].Means[at]; m.Grade != "" {
			return Means{Grade: m.Grade}
		}
	}
	return Means{Grade: Native}
}

// MeansOf is what a feature becomes on a cloud: its own means, those of the setting
// that it is a part of, or a refusal. It is the zero Means for what nobody said.
func MeansOf(cloud Cloud, path string) Means {
	row := Capabilities()[cloud]
	for at := path; at != ""; at = parent(at) {
		if reason := row.Lacks[at]; reason != "" {
			return Means{Refused, reason}
		}
	}
	return row.Means[path]
}

// awsMeans are what settings become on AWS.
func awsMeans() map[string]Means {
	return map[string]Means{
		"network":               {Native, "a VPC with public, private and data subnets in each zone"},
		"network.nat":           {Native, "NAT gateways, one or one a zone"},
		"network.podCidr":       {Native, "a second range of the VPC, with subnets for pods"},
		"network.ipv6":          {Native, "a range that Amazon gives, with an egress-only gateway"},
		"network.endpoints":     {Native, "interface endpoints; those of S3 and DynamoDB are always there"},
		"network.flowLogs":      {Native, "VPC flow logs in CloudWatch"},
		"cluster":               {Native, "EKS"},
		"cluster.endpoint":      {Native, "the endpoint of EKS, private or for ranges"},
		"cluster.access":        {Native, "access entries"},
		"cluster.nodeGroups":    {Native, "managed node groups, each over all zones"},
		"cluster.upgradePolicy": {Native, "standard or extended support"},
		"operators.pools":       {Native, "Karpenter"},
		"operators.backups":     {Equivalent, "Velero, with EBS snapshots"},
		"ecs":                   {Native, "ECS on Fargate"},
		"ingress":               {Native, "an Application Load Balancer, made by its controller"},

		"database":                           {Native, "RDS for PostgreSQL, whose master password RDS keeps"},
		"database.multiAz":                   {Native, "a standby in another zone"},
		"database.replicas":                  {Native, "read replicas"},
		"database.proxy":                     {Native, "RDS Proxy"},
		"database.restore":                   {Native, "from a snapshot, or another database at a time"},
		"database.insightsDays":              {Native, "Performance Insights"},
		"cache":                              {Native, "ElastiCache, Valkey or Redis OSS"},
		"cache.multiAz":                      {Native, "automatic failover over zones"},
		"cache.users":                        {Native, "users who log in with IAM"},
		"cache.storageGB":                    {Native, "ElastiCache Serverless"},
		"buckets":                            {Native, "S3"},
		"buckets.uploads.intelligentTiering": {Native, "S3 Intelligent-Tiering"},
		"buckets.uploads.replicateTo":        {Native, "S3 replication"},
		"buckets.uploads.inventory":          {Native, "S3 Inventory"},

		"secrets":          {Native, "Secrets Manager"},
		"secrets.vault":    {Native, "a Vault of yours"},
		"secrets.readers":  {Native, "EKS Pod Identity"},
		"registry":         {Native, "ECR"},
		"registry.mirrors": {Native, "pull-through caches"},

		"domain":             {Native, "Route 53, with certificates of ACM"},
		"domain.dnssec":      {Native, "Route 53, with a key of KMS"},
		"domain.queryLogs":   {Native, "Route 53 query logs"},
		"cdn":                {Native, "CloudFront before a private bucket"},
		"cdn.failoverOrigin": {Native, "an origin group"},
		"waf":                {Native, "AWS WAF, before CDN and load balancer"},
		"shield":             {Native, "Shield Advanced"},

		"logs":     {Native, "CloudWatch Logs"},
		"alerts":   {Native, "CloudWatch alarms and SNS topics"},
		"security": {Native, "CloudTrail, Config, GuardDuty, Security Hub, Inspector, Access Analyzer"},
		"ci":       {Native, "roles for GitHub's identity provider, within a boundary"},

		"backup":                 {Native, "AWS Backup"},
		"backup.lock":            {Native, "Vault Lock"},
		"backup.copyTo":          {Native, "copies to another vault"},
		"backup.testing":         {Native, "restore testing"},
		"costs.monthlyBudgetUSD": {Native, "AWS Budgets"},
		"costs.anomalyUSD":       {Native, "Cost Anomaly Detection"},
		"costs.schedule":         {Native, "EventBridge Scheduler"},
		"commitments":            {Native, "reserved instances and savings plans, in the estimate"},
	}
}

// localMeans are what settings become in a cluster on a developer's machine.
func localMeans() map[string]Means {
	return map[string]Means{
		"cluster":  {Equivalent, "the cluster that is there"},
		"ingress":  {Equivalent, "a gateway inside the cluster"},
		"database": {Equivalent, "CloudNativePG"},
		"secrets":  {Equivalent, "secrets of Kubernetes"},
	}
}
