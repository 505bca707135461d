package refresh

import (
	"regexp"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/cost"
)

// target is a row of the catalogue and how a price list counts it.
type target struct {
	service, sku string
	unit         cost.Unit
	// per is the price list's unit, many how many of those are one of ours.
	per  string
	many int
}

// families are the instance families that the catalogue follows. The list of EC2
// has some hundred thousand products.
var families = strings.Fields("t3 t3a t4g m5 m6a m6g m6i m7a m7g m7i m8g c5 c6a c6g c6i c7a c7g c7i c8g r5 r6a r6g r6i r7a r7g r7i r8g g4dn g5 g6")

// byUsage are the targets of what its usage type tells, by service code. In all
// regions but us-east-1 a usage type begins with the region's prefix (EU-).
var byUsage = map[string]map[string]target{
	"AmazonEC2": {
		"NatGateway-Hours":     {"nat", "gateway", cost.Hour, "Hrs", 1},
		"NatGateway-Bytes":     {"nat", "data", cost.GB, "GB", 1},
		"EBS:VolumeUsage.gp3":  {"ebs", "gp3-storage", cost.GBMonth, "GB-Mo", 1},
		"EBS:VolumeUsage.gp2":  {"ebs", "gp2-storage", cost.GBMonth, "GB-Mo", 1},
		"EBS:VolumeP-IOPS.gp3": {"ebs", "gp3-iops", cost.IOPSMonth, "IOPS-Mo", 1},
		"EBS:SnapshotUsage":    {"ebs", "snapshot", cost.GBMonth, "GB-Mo", 1},
	},
	"AmazonEKS": {"AmazonEKS-Hours:perCluster": {"eks", "cluster", cost.Hour, "Hours", 1}},
	"AmazonECS": {
		"Fargate-vCPU-Hours:perCPU":     {"fargate", "vcpu", cost.VCPUHour, "hours", 1},
		"Fargate-GB-Hours":              {"fargate", "memory", cost.GBHour, "hours", 1},
		"Fargate-ARM-vCPU-Hours:perCPU": {"fargate", "vcpu-arm", cost.VCPUHour, "hours", 1},
		"Fargate-ARM-GB-Hours":          {"fargate", "memory-arm", cost.GBHour, "hours", 1},
	},
	"AmazonVPC": {
		"VpcEndpoint-Hours":       {"vpc", "endpoint", cost.Hour, "Hrs", 1},
		"VpcEndpoint-Bytes":       {"vpc", "endpoint-data", cost.GB, "GB", 1},
		"PublicIPv4:InUseAddress": {"vpc", "public-ipv4", cost.Hour, "Hrs", 1},
	},
	"AmazonRDS": {
		"RDS:GP3-Storage":          {"rds", "gp3-storage", cost.GBMonth, "GB-Mo", 1},
		"RDS:Multi-AZ-GP3-Storage": {"rds", "gp3-storage-multi-az", cost.GBMonth, "GB-Mo", 1},
	},
	"AmazonS3": {
		"TimedStorage-ByteHrs":     {"s3", "standard", cost.GBMonth, "GB-Mo", 1},
		"TimedStorage-SIA-ByteHrs": {"s3", "infrequent", cost.GBMonth, "GB-Mo", 1},
		"TimedStorage-GIR-ByteHrs": {"s3", "glacier-instant", cost.GBMonth, "GB-Mo", 1},
		"Requests-Tier1":           {"s3", "writes", cost.Thousand, "Requests", 1000},
		"Requests-Tier2":           {"s3", "reads", cost.Thousand, "Requests", 1000},
	},
	"AmazonCloudWatch": {
		"DataProcessing-Bytes":  {"cloudwatch", "logs-ingest", cost.GB, "GB", 1},
		"TimedStorage-ByteHrs":  {"cloudwatch", "logs-storage", cost.GBMonth, "GB-Mo", 1},
		"CW:AlarmMonitorUsage":  {"cloudwatch", "alarm", cost.Month, "Alarms", 1},
		"CW:MetricMonitorUsage": {"cloudwatch", "metric", cost.Month, "Metrics", 1},
	},
	"awskms":            {"KMS-Keys": {"kms", "key", cost.Month, "Keys", 1}},
	"AWSSecretsManager": {"AWSSecretsManager-Secrets": {"secrets-manager", "secret", cost.Month, "Secrets", 1}},
	"AmazonECR":         {"TimedStorage-ByteHrs": {"ecr", "storage", cost.GBMonth, "GB-Mo", 1}},
}

var regionPrefix = regexp.MustCompile(`^[A-Z]{2,4}\d?-`)

// find is the row that a product is, if the catalogue has it.
func find(p product) (target, bool) {
	a := p.Attributes
	code, usage := a["servicecode"], a["usagetype"]
	switch {
	case code == "AmazonEC2" && p.Family == "Compute Instance":
		return instance(a)
	case code == "AmazonRDS" && p.Family == "Database Instance":
		return database(a)
	case code == "AmazonElastiCache" && p.Family == "Cache Instance":
		return node(a)
	case code == "AWSELB" && p.Family == "Load Balancer-Application":
		return balancer(usage)
	}
	for _, name := range []string{usage, regionPrefix.ReplaceAllString(usage, "")} {
		if t, ok := byUsage[code][name]; ok {
			return t, true
		}
	}
	return target{}, false
}

// instance is an EC2 instance: Linux, on shared hardware, on demand. The same
// instance is listed again for every operating system, tenancy and reservation.
func instance(a map[string]string) (target, bool) {
	family, _, _ := strings.Cut(a["instanceType"], ".")
	fits := a["operatingSystem"] == "Linux" && a["tenancy"] == "Shared" && a["preInstalledSw"] == "NA" && a["capacitystatus"] == "Used" &&
		(a["marketoption"] == "" || a["marketoption"] == "OnDemand") && slices.Contains(families, family) && !strings.Contains(a["instanceType"], "metal")
	return target{"ec2", a["instanceType"], cost.Hour, "Hrs", 1}, fits
}

func database(a map[string]string) (target, bool) {
	service, known := map[string]string{"Single-AZ": "rds-postgres", "Multi-AZ": "rds-postgres-multi-az"}[a["deploymentOption"]]
	return target{service, a["instanceType"], cost.Hour, "Hrs", 1}, known && a["databaseEngine"] == "PostgreSQL"
}

func node(a map[string]string) (target, bool) {
	service, known := map[string]string{"Redis": "elasticache-redis", "Valkey": "elasticache-valkey"}[a["cacheEngine"]]
	return target{service, a["instanceType"], cost.Hour, "Hrs", 1}, known && strings.Contains(a["usagetype"], "NodeUsage:") && !strings.Contains(a["usagetype"], "ExtendedSupport")
}

func balancer(usage string) (target, bool) {
	switch regionPrefix.ReplaceAllString(usage, "") {
	case "LoadBalancerUsage":
		return target{"elb", "alb", cost.Hour, "Hrs", 1}, true
	case "LCUUsage":
		return target{"elb", "alb-lcu", cost.LCUHour, "LCU-Hrs", 1}, true
	}
	return target{}, false
}
