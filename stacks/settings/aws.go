package settings

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
)

// awsCapability is what AWS can do.
func awsCapability() Capability {
	return Capability{
		registry: regexp.MustCompile(`^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com$`), // Amazon ECR user guide, "Private registry"
		rules:    awsRules, machine: awsMachine, stillGroups: true, store: AWSStore, member: "the ARN of a role", Means: awsMeans(),
		pools: karpenterPlaces, poolPath: []string{"operators.pools"},
		// CloudFront developer guide, "Quotas": response timeout per origin.
		originWait: 120 * time.Second,
		derive: func(s *Settings) {
			if s.Cache.Mode != CacheServerless && s.Cache.Node == "" {
				s.Cache.Node = "cache.t4g.micro" // the smallest
			}
		},
		Lacks: map[string]string{
			"local": "the stack makes its own cluster",
			"gcp":   "no project of Google Cloud is touched",
			"azure": "no subscription of Azure is touched",
		},
	}
}

// awsRules are the rules that only AWS has.
func awsRules(c *checker) {
	c.awsAccount()
	c.awsZones()
	c.awsPods()
	c.wayOut()
	if c.s.Compute == ECS {
		c.ecs()
	} else {
		c.awsRoles()
		c.awsNodes()
		c.awsPools()
	}
	c.awsDatabase()
	c.awsBuckets()
	c.awsStores()
	c.awsLogs()
	c.awsZoneIDs()
	c.awsFailover()
	c.awsCI()
	c.awsBackup()
	c.awsCosts()
}

var (
	accountShape = regexp.MustCompile(`^[0-9]{12}$`)
	roleShape    = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::([0-9]{12}):role/[A-Za-z0-9_+=,.@/-]{1,512}$`)
	keyShape     = regexp.MustCompile(`^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$`)
	bucketShape  = regexp.MustCompile(`^arn:aws(-[a-z]+)*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
)

// exampleAccounts are the numbers in AWS's own documentation.
var exampleAccounts = []string{"111122223333", "123456789012", "444455556666", "012345678901"}

const roleWant = "a role's ARN such as arn:aws:iam::111122223333:role/deploy"

func (c *checker) awsAccount() {
	id, role := c.s.AWS.AccountID, c.s.AWS.AssumeRole
	if id != "" && !accountShape.MatchString(id) {
		c.bad(BadAccount, "aws.accountId", shown(id), "twelve digits in quotes")
		id = ""
	}
	c.example("aws.accountId", id)
	if role == "" {
		return
	}
	m := roleShape.FindStringSubmatch(role)
	if m == nil {
		c.bad(BadRole, "aws.assumeRole", shown(role), roleWant)
		return
	}
	if id != "" && m[2] != id {
		c.bad(OtherAccount, "aws.assumeRole", "a role of account "+m[2], "a role of account "+id, "aws.accountId")
	}
}

func (c *checker) example(path, account string) {
	if slices.Contains(exampleAccounts, account) {
		c.warn(ExampleValue, path, account+", a number reserved for documentation", "your account's number")
	}
}

func (c *checker) awsZones() {
	region := c.s.Region
	letters, known := awsRegions[region]
	switch {
	case region == "":
		c.missing("region", "a region of AWS such as eu-west-1")
		return
	case !known:
		want := "a region of AWS such as eu-west-1"
		if near := nearest(region, ordered(awsRegions)); near != "" {
			want = "a region of AWS: did you mean " + near + "?"
		}
		c.bad(UnknownRegion, "region", shown(region), want)
		return
	}
	var zones []string
	for _, l := range letters {
		zones = append(zones, region+string(l))
	}
	for _, zone := range ordered(c.s.Network.Zones) {
		if !slices.Contains(zones, zone) {
			c.bad(UnknownZone, child("network.zones", zone), "the zone "+shown(zone), "a zone of "+region+": "+strings.Join(zones, ", "), "region")
		}
	}
}

func (c *checker) awsRoles() {
	for _, name := range ordered(c.s.Cluster.Access) {
		path, role := child("cluster.access", name)+".role", c.s.Cluster.Access[name].Role
		if role == "" { // said to be missing
			continue
		}
		m := roleShape.FindStringSubmatch(role)
		if m == nil {
			c.bad(BadRole, path, shown(role), roleWant)
			continue
		}
		c.example(path, m[2])
	}
}

func (c *checker) awsNodes() {
	for _, name := range ordered(c.s.Cluster.NodeGroups) {
		c.awsInstances(child("cluster.nodeGroups", name), c.s.Cluster.NodeGroups[name])
	}
}

func (c *checker) awsInstances(path string, g NodeGroup) {
	first, firstType := instanceFamily{}, ""
	for i, instance := range g.Instances {
		at := fmt.Sprintf("%s.instances[%d]", path, i)
		family, want := findInstance(instance)
		if want != "" {
			c.bad(BadInstance, at, shown(instance), want)
			continue
		}
		if firstType == "" {
			first, firstType = family, instance
		}
		if family.arch != first.arch {
			c.bad(MixedCPUs, at, fmt.Sprintf("%s (%s)", instance, family.arch),
				fmt.Sprintf("a type with the CPU of %s (%s): one machine image serves the group", firstType, first.arch), path+".instances[0]")
		}
		if family.gpu != g.GPU {
			want := "gpu: false: the type has no NVIDIA GPU"
			if family.gpu {
				want = "gpu: true: the type has an NVIDIA GPU, which needs its drivers"
			}
			c.bad(BadGPU, at, fmt.Sprintf("%s with gpu: %v", instance, g.GPU), want, path+".gpu")
		}
	}
}

const (
	minStorage = 20
	maxStorage = 65536
)

func (c *checker) awsDatabase() {
	d := c.s.Database
	if want := findPostgres(d.EngineVersion); want != "" {
		c.bad(BadEngine, "database.engineVersion", shown(d.EngineVersion), want)
	}
	if want := findClass(d.Instance); want != "" {
		c.bad(BadClass, "database.instance", shown(d.Instance), want)
	}
	if d.StorageGiB < minStorage || d.StorageGiB > maxStorage {
		c.bad(BadStorage, "database.storageGiB", fmt.Sprint(d.StorageGiB), fmt.Sprintf("%d to %d", minStorage, maxStorage))
	} else if least := int(math.Ceil(float64(d.StorageGiB) * 1.1)); d.MaxStorageGiB != 0 && (d.MaxStorageGiB < least || d.MaxStorageGiB > maxStorage) {
		c.bad(BadMaxStorage, "database.maxStorageGiB", fmt.Sprint(d.MaxStorageGiB),
			fmt.Sprintf("0 (no growth) or %d to %d: a tenth above storageGiB", least, maxStorage), "database.storageGiB")
	}
	if d.Replicas > 0 && d.Password.IsZero() {
		c.bad(BadReplicas, "database.password", shown(""), "a password of yours (pulumi config set --secret): RDS makes no replicas of a database whose password it keeps", "database.replicas")
	}
	if p := d.Password; !p.IsZero() && !p.Encrypted() && !passwordShape.MatchString(p.Reveal()) {
		c.bad(BadPassword, "database.password", "a text that RDS does not take", "8 to 128 printable characters without /, @, \" and space")
	}
	for _, key := range ordered(d.Parameters) {
		if strings.EqualFold(key, "rds.force_ssl") {
			c.bad(BadParameter, child("database.parameters", key), shown(d.Parameters[key]), "it left out: every connection uses TLS")
		}
	}
	if n := d.InsightsDays; n != 7 && n != 731 && (n < 31 || n > 713 || n%31 != 0) {
		c.bad(BadInsights, "database.insightsDays", fmt.Sprint(n), "7 (free), a multiple of 31 up to 713, or 731")
	}
}

func (c *checker) awsBuckets() {
	buckets := c.s.Buckets.byKey()
	for _, name := range ordered(buckets) {
		b, path := buckets[name], "buckets."+name
		if b.ReplicateTo != "" && !bucketShape.MatchString(b.ReplicateTo) {
			c.bad(BadBucket, path+".replicateTo", shown(b.ReplicateTo), "a bucket's ARN such as arn:aws:s3:::explico-replica")
		}
		if b.ReplicateTo != "" && b.ReplicateKey == "" {
			c.bad(BadBucket, path+".replicateKey", shown(""), "the ARN of the key that encrypts the copies", path+".replicateTo")
		}
		if b.ReplicateKey != "" && !keyShape.MatchString(b.ReplicateKey) {
			c.bad(BadBucket, path+".replicateKey", shown(b.ReplicateKey), "a key's ARN such as arn:aws:kms:eu-central-1:111122223333:key/…")
		}
	}
}

// logDays are the retention times that CloudWatch Logs has, without for ever.
// Source: CloudWatch Logs API, PutRetentionPolicy.
var logDays = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func (c *checker) awsLogs() {
	given := map[string]int{"logs.days": c.s.Logs.Days, "logs.auditDays": c.s.Logs.AuditDays}
	for _, path := range ordered(given) {
		if days := given[path]; !slices.Contains(logDays, days) {
			c.bad(BadLogDays, path, fmt.Sprint(days), "one of "+strings.Trim(strings.ReplaceAll(fmt.Sprint(logDays), " ", ", "), "[]"))
		}
	}
}

// passwordShape is what RDS for PostgreSQL takes as a master password.
// Source: RDS API reference, CreateDBInstance, MasterUserPassword.
var passwordShape = regexp.MustCompile(`^[!#-.0-?A-~]{8,128}$`)
