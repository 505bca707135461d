package settings

import (
	"slices"
	"strings"
)

// awsRegions are the regions of the partition aws with the letters of their
// zones, as a new account sees them.
// Source: AWS regions and availability zones, read 2026-11.
var awsRegions = map[string]string{
	"af-south-1": "abc", "ap-east-1": "abc", "ap-east-2": "abc",
	"ap-northeast-1": "acd", "ap-northeast-2": "abcd", "ap-northeast-3": "abc",
	"ap-south-1": "abc", "ap-south-2": "abc",
	"ap-southeast-1": "abc", "ap-southeast-2": "abc", "ap-southeast-3": "abc",
	"ap-southeast-4": "abc", "ap-southeast-5": "abc", "ap-southeast-6": "abc", "ap-southeast-7": "abc",
	"ca-central-1": "abd", "ca-west-1": "abc",
	"eu-central-1": "abc", "eu-central-2": "abc", "eu-north-1": "abc", "eu-south-1": "abc", "eu-south-2": "abc",
	"eu-west-1": "abc", "eu-west-2": "abc", "eu-west-3": "abc",
	"il-central-1": "abc", "me-central-1": "abc", "me-south-1": "abc", "mx-central-1": "abc", "sa-east-1": "abc",
	"us-east-1": "abcdef", "us-east-2": "abc", "us-west-1": "abc", "us-west-2": "abcd",
}

// awsEndpoints are the services that an interface endpoint is worth having for.
// Source: VPC user guide, "AWS services that integrate with AWS PrivateLink".
var awsEndpoints = strings.Fields(`acm-pca autoscaling autoscaling-plans backup bedrock-runtime cloudformation
	cloudtrail ec2 ec2messages ecr.api ecr.dkr eks eks-auth elasticache elasticfilesystem elasticloadbalancing events
	guardduty-data kinesis-firehose kinesis-streams kms lambda logs monitoring rds secretsmanager sns sqs ssm
	ssmmessages states sts xray`)

// instanceFamily is a family of EC2 instance types.
type instanceFamily struct {
	arch  string // arm64 or x86_64
	gpu   bool   // NVIDIA
	sizes string
}

// Runs of sizes that many families share.
const (
	burst  = "nano micro small medium large xlarge 2xlarge"
	to16   = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"
	to24   = to16 + " 24xlarge"
	to32   = to24 + " 32xlarge"
	to48   = to24 + " 48xlarge"
	amd48  = to32 + " 48xlarge"
	arm16  = "medium " + to16 + " metal"
	arm48  = "medium " + to48 + " metal-24xl metal-48xl"
	intel7 = to48 + " metal-24xl metal-48xl"
	flex   = "large xlarge 2xlarge 4xlarge 8xlarge"
)

// instanceFamilies are the families that nodes are built from.
// Source: Amazon EC2 instance types, read 2026-11.
var instanceFamilies = map[string]instanceFamily{
	"t3": {"x86_64", false, burst}, "t3a": {"x86_64", false, burst}, "t4g": {"arm64", false, burst},

	"m5": {"x86_64", false, to24 + " metal"}, "m5a": {"x86_64", false, to24}, "m5d": {"x86_64", false, to24 + " metal"},
	"m5n": {"x86_64", false, to24 + " metal"}, "m6a": {"x86_64", false, amd48 + " metal"}, "m6i": {"x86_64", false, to32 + " metal"},
	"m6id": {"x86_64", false, to32 + " metal"}, "m6g": {"arm64", false, arm16}, "m6gd": {"arm64", false, arm16},
	"m7a": {"x86_64", false, "medium " + amd48 + " metal-48xl"}, "m7i": {"x86_64", false, intel7}, "m7i-flex": {"x86_64", false, flex + " 12xlarge 16xlarge"},
	"m7g": {"arm64", false, arm16}, "m7gd": {"arm64", false, arm16}, "m8g": {"arm64", false, arm48},

	"c5": {"x86_64", false, "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal"}, "c5a": {"x86_64", false, to24},
	"c5d": {"x86_64", false, "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal"},
	"c6a": {"x86_64", false, amd48 + " metal"}, "c6i": {"x86_64", false, to32 + " metal"}, "c6g": {"arm64", false, arm16}, "c6gd": {"arm64", false, arm16},
	"c6gn": {"arm64", false, "medium " + to16}, "c7a": {"x86_64", false, "medium " + amd48 + " metal-48xl"}, "c7i": {"x86_64", false, intel7},
	"c7i-flex": {"x86_64", false, flex + " 12xlarge 16xlarge"}, "c7g": {"arm64", false, arm16}, "c7gd": {"arm64", false, arm16},
	"c7gn": {"arm64", false, arm16}, "c8g": {"arm64", false, arm48},

	"r5": {"x86_64", false, to24 + " metal"}, "r5a": {"x86_64", false, to24}, "r5d": {"x86_64", false, to24 + " metal"},
	"r6a": {"x86_64", false, amd48 + " metal"}, "r6i": {"x86_64", false, to32 + " metal"}, "r6g": {"arm64", false, arm16}, "r6gd": {"arm64", false, arm16},
	"r7a": {"x86_64", false, "medium " + amd48 + " metal-48xl"}, "r7i": {"x86_64", false, intel7}, "r7g": {"arm64", false, arm16}, "r7gd": {"arm64", false, arm16},
	"r8g": {"arm64", false, arm48},

	"g4dn": {"x86_64", true, "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal"},
	"g5":   {"x86_64", true, "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"},
	"g6":   {"x86_64", true, "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"},
	"g6e":  {"x86_64", true, "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"},
	"gr6":  {"x86_64", true, "4xlarge 8xlarge"}, "p3": {"x86_64", true, "2xlarge 8xlarge 16xlarge"},
	"p4d": {"x86_64", true, "24xlarge"}, "p5": {"x86_64", true, "4xlarge 48xlarge"},
	"inf2": {"x86_64", false, "xlarge 8xlarge 24xlarge 48xlarge"}, "trn1": {"x86_64", false, "2xlarge 32xlarge"},
}

// findInstance finds an instance type's family; want says what is wrong with
// the type, nothing if it exists.
func findInstance(instance string) (family instanceFamily, want string) {
	name, size, _ := strings.Cut(instance, ".")
	family, known := instanceFamilies[name]
	if !known {
		want = "an instance type such as m7g.large"
		if near := nearest(name, ordered(instanceFamilies)); near != "" && size != "" {
			want += " (did you mean " + near + "." + size + "?)"
		}
		return family, want
	}
	if sizes := strings.Fields(family.sizes); !slices.Contains(sizes, size) {
		return family, name + " in " + oneOf(size, sizes)
	}
	return family, ""
}

// postgresVersions are the versions that RDS creates databases with.
// Source: RDS for PostgreSQL release notes and its deprecation notice of
// 2026-05, read 2026-11; PostgreSQL 14 leaves standard support in 2027-02.
var postgresVersions = strings.Fields(`14.18 14.19 14.20 14.21 14.22 14.23 15.13 15.14 15.15 15.16 15.17 15.18
	16.9 16.10 16.11 16.12 16.13 16.14 17.5 17.6 17.7 17.8 17.9 17.10 18.1 18.2 18.3 18.4`)

// findPostgres says what is wrong with a PostgreSQL version, nothing if RDS has
// it.
func findPostgres(version string) (want string) {
	if slices.Contains(postgresVersions, version) {
		return ""
	}
	major, _, _ := strings.Cut(version, ".")
	var minors, majors []string
	for _, v := range postgresVersions {
		m, _, _ := strings.Cut(v, ".")
		if m == version {
			return "" // a major version: RDS knows its newest minor
		}
		if m == major {
			minors = append(minors, v)
		}
		if !slices.Contains(majors, m) {
			majors = append(majors, m)
		}
	}
	if len(minors) == 0 {
		return "one of " + strings.Join(majors, ", ") + ", or a minor version such as 17.6"
	}
	return major + ", or one of " + strings.Join(minors, ", ")
}

// databaseClasses are the families of RDS for PostgreSQL with their sizes.
// Source: RDS user guide, "Supported DB engines for DB instance classes".
var databaseClasses = map[string]string{
	"t3": "micro small medium large xlarge 2xlarge", "t4g": "micro small medium large xlarge 2xlarge",
	"m5": to24, "m5d": to24, "m6g": to16, "m6gd": to16, "m6i": to32, "m6id": to32, "m7g": to16, "m7i": to48, "m8g": to48,
	"r5": to24, "r5d": to24, "r6g": to16, "r6gd": to16, "r6i": to32, "r6id": to32, "r7g": to16, "r7i": to48, "r8g": to48,
	"x2g": to16, "c6gd": "medium " + to16,
}

// findClass says what is wrong with a database's instance class, nothing if it
// exists.
func findClass(class string) (want string) {
	name, isClass := strings.CutPrefix(class, "db.")
	family, size, _ := strings.Cut(name, ".")
	sizes, known := databaseClasses[family]
	switch {
	case !isClass:
		return "a class that begins with db., such as db.m7g.large"
	case !known:
		return "a class such as db.m7g.large; the families are " + strings.Join(ordered(databaseClasses), ", ")
	case !slices.Contains(strings.Fields(sizes), size):
		return "db." + family + " in " + oneOf(size, strings.Fields(sizes))
	}
	return ""
}
