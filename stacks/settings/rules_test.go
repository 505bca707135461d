package settings

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/versions"
)

// breach is a bad example: what to change in a good file, and what is found.
type breach struct {
	code  Code
	path  string
	edits []edit
}

// cloudBreaches are the bad examples of the rules of other clouds than AWS.
var cloudBreaches = map[Cloud][]breach{AzureCloud: azureBreaches, GCPCloud: slices.Concat(gcpBreaches, gcpCapacityBreaches)}

// with are the edits of a bad example.
func with(edits ...edit) []edit { return edits }

const replicaKey = "arn:aws:kms:eu-central-1:999900001111:key/00000000-0000-0000-0000-000000000001"

const anyRole = "arn:aws:iam::999900001111:role/deploy"

// breaches are the bad examples of the rules that look at values; reading has
// its own, in raw.
var breaches = []breach{
	{UnknownKey, "network.natt", with(set("network.natt", "none"))},
	{UnknownKey, "natwork", with(set("natwork", "x"))},
	{Missing, "region", with(set("region", nil))},
	{Missing, "owner.team", with(set("owner.team", nil))},
	{Missing, "network.cidr", with(set("network.cidr", nil))},
	{Missing, "network.zones", with(set("network.zones", nil))},
	{Missing, "cluster.access.ci.role", with(set("cluster.access.ci.level", "view"))},
	{Missing, "cluster.nodeGroups.extra.instances", with(set("cluster.nodeGroups.extra.max", 1))},
	{Missing, "alerts.p0.ops.endpoint", with(set("alerts.p0.ops.protocol", "email"))},
	{WrongType, "cluster.version", with(set("cluster.version", 1.34))},
	{WrongType, "database.replicas", with(set("database.replicas", "2"))},
	{WrongType, "database.multiAz", with(set("database.multiAz", "true"))},
	{WrongType, "network", with(set("network", []int{1}))},
	{WrongType, "network.endpoints", with(set("network.endpoints", "sts"))},
	{WrongType, "network.zones.eu-west-1b", with(set("network.zones.eu-west-1b", "one"))},
	{WrongType, "protect", with(set("protect", "perhaps"))},
	{UnknownWord, "network.nat", with(set("network.nat", "perzone"))},
	{UnknownWord, "cloud", with(set("cloud", "asw"))},
	{BadDuration, "recovery.rto", with(set("recovery.rto", "4 hours"))},
	{BadDuration, "recovery.rpo", with(set("recovery.rpo", 4))},
	{ExposedSecret, "region", with(set("region.secure", "v1:abc"))},
	{ExposedSecret, "database.name", with(set("database.name.secure", "v1:abc"))},
	{PlainSecret, "alerts.p0.ops.endpoint", with(set("alerts.p0.ops.protocol", "https"), set("alerts.p0.ops.endpoint", "https://events.example.com/key"))},
	{UnknownRegion, "region", with(set("region", "eu-wset-1"))},
	{BadOwner, "owner.team", with(set("owner.team", "a/b"))},
	{IgnoredKey, "aws:region", with(set("aws:region", "eu-west-1"))},
	{BadRange, "network.cidr", with(set("network.cidr", "10.0.0.0"))},
	{BadRange, "network.cidr", with(set("network.cidr", "fd00::/48"))},
	{BadRange, "cluster.endpoint.cidrs[0]", with(set("cluster.endpoint.mode", "restricted"), set("cluster.endpoint.cidrs", []string{"10.0.0.0/8"}))},
	{Misaligned, "network.cidr", with(set("network.cidr", "10.0.0.1/16"))},
	{RangeSize, "network.cidr", with(set("network.cidr", "10.0.0.0/15"))},
	{RangeSize, "network.podCidr", with(set("network.podCidr", "100.64.0.0/21"))},
	{RangeSize, "cluster.serviceCidr", with(set("cluster.serviceCidr", "172.20.0.0/25"))},
	{PublicRange, "network.cidr", with(set("network.cidr", "8.8.0.0/16"))},
	{PublicRange, "cluster.serviceCidr", with(set("cluster.serviceCidr", "100.64.0.0/16"))},
	{Overlap, "cluster.serviceCidr", with(set("network.cidr", "172.20.0.0/16"))},
	{Overlap, "network.podCidr", with(set("network.podCidr", "10.0.16.0/20"))},
	{UnknownZone, "network.zones.eu-west-2a", with(set("network.zones.eu-west-2a", 2))},
	{FewZones, "network.zones", with(set("network.zones.eu-west-1b", nil))},
	{BadSlot, "network.zones.eu-west-1b", with(set("network.zones.eu-west-1b", 6))},
	{BadSlot, "network.zones.eu-west-1b", with(set("network.zones.eu-west-1b", -1))},
	{SharedSlot, "network.zones.eu-west-1b", with(set("network.zones.eu-west-1b", 0))},
	{BadNATZone, "network.natZone", with(set("network.natZone", "eu-west-1c"))},
	{BadNATZone, "network.natZone", with(set("network.nat", "perZone"), set("network.natZone", "eu-west-1a"))},
	{NoWayOut, "network.nat", with(set("network.nat", "none"), set("network.endpoints", []string{"sts"}))},
	{BadEndpoint, "network.endpoints[0]", with(set("network.endpoints", []string{"ecr-api"}))},
	{BadEndpoint, "network.endpoints[1]", with(set("network.endpoints", []string{"sts", "sts"}))},
	{BadEndpoint, "network.endpoints[0]", with(set("network.endpoints", []string{"s3"}))},
	{ForeignPods, "network.podCidr", with(set("network.podCidr", "192.168.0.0/16"))},
	{BadVersion, "cluster.version", with(set("cluster.version", "1.12"))},
	{EndpointRanges, "cluster.endpoint.cidrs", with(set("cluster.endpoint.mode", "restricted"))},
	{EndpointRanges, "cluster.endpoint.cidrs", with(set("cluster.endpoint.cidrs", []string{"81.2.69.0/24"}))},
	{OpenEndpoint, "cluster.endpoint.cidrs[0]", with(set("cluster.endpoint.mode", "restricted"), set("cluster.endpoint.cidrs", []string{"0.0.0.0/0"}))},
	{PublicEndpoint, "cluster.endpoint.mode", with(set("cluster.endpoint.mode", "public"))},
	{ExampleValue, "cluster.endpoint.cidrs[0]", with(set("cluster.endpoint.mode", "restricted"), set("cluster.endpoint.cidrs", []string{"203.0.113.0/24"}))},
	{ExampleValue, "aws.accountId", with(set("aws.accountId", "123456789012"))},
	{BadProxy, "cluster.endpoint.proxyUrl", with(set("cluster.endpoint.proxyUrl", "ftp://localhost"))},
	{BadProxy, "cluster.endpoint.proxyUrl", with(set("cluster.endpoint.proxyUrl", "localhost:1080"))},
	{BadRole, "cluster.access.ci.role", with(set("cluster.access.ci.role", "deploy"))},
	{BadRole, "aws.assumeRole", with(set("aws.assumeRole", "arn:aws:iam::999900001111:user/bob"))},
	{AdminLimited, "cluster.access.ci.namespaces", with(set("cluster.access.ci.role", anyRole), set("cluster.access.ci.level", "clusterAdmin"), set("cluster.access.ci.namespaces", []string{"web"}))},
	{BadName, "cluster.access.ci.namespaces[0]", with(set("cluster.access.ci.role", anyRole), set("cluster.access.ci.level", "view"), set("cluster.access.ci.namespaces", []string{"Web"}))},
	{BadName, "cluster.nodeGroups.Big", with(set("cluster.nodeGroups.Big.instances", []string{"m7g.large"}))},
	{BadName, "cluster.nodeGroups.a-name-that-is-far-too-long", with(set("cluster.nodeGroups.a-name-that-is-far-too-long.instances", []string{"m7g.large"}))},
	{SharedRole, "cluster.access.ops.role", with(set("cluster.access.ci.role", anyRole), set("cluster.access.ci.level", "view"), set("cluster.access.ops.role", anyRole), set("cluster.access.ops.level", "edit"))},
	{BadInstance, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"m7x.large"}))},
	{BadInstance, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"m7g.huge"}))},
	{BadInstance, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"m7g"}))},
	{MixedCPUs, "cluster.nodeGroups.apps.instances[1]", with(set("cluster.nodeGroups.apps.instances", []string{"m7g.large", "m7i.large"}))},
	{BadGPU, "cluster.nodeGroups.apps.instances[0]", with(set("cluster.nodeGroups.apps.instances", []string{"g6.xlarge"}))},
	{BadGPU, "cluster.nodeGroups.gpu.instances[0]", with(set("cluster.nodeGroups.gpu.instances", []string{"m7g.large"}))},
	{BadSize, "cluster.nodeGroups.apps.min", with(set("cluster.nodeGroups.apps.min", -1))},
	{BadSize, "cluster.nodeGroups.apps.min", with(set("cluster.nodeGroups.apps.min", 7))},
	{BadSize, "cluster.nodeGroups.apps.max", with(set("cluster.nodeGroups.apps.max", 0))},
	{BadSize, "cluster.nodeGroups.apps.initial", with(set("cluster.nodeGroups.apps.initial", 9))},
	{SmallDisk, "cluster.nodeGroups.apps.diskGiB", with(set("cluster.nodeGroups.apps.diskGiB", 10))},
	{BadLabel, `cluster.nodeGroups.apps.labels["example.com/"]`, with(setIn("cluster.nodeGroups.apps.labels", "example.com/", "x"))},
	{BadLabel, "cluster.nodeGroups.apps.taints.workload", with(set("cluster.nodeGroups.apps.taints.workload.value", "a b"))},
	{NoHome, "cluster.nodeGroups", with(set("cluster.nodeGroups.apps.min", 0), set("cluster.nodeGroups.system.taints.CriticalAddonsOnly.value", "true"))},
	{BadDatabase, "database.name", with(set("database.name", "my-db"))},
	{BadDatabase, "database.name", with(set("database.name", "user"))},
	{BadEngine, "database.engineVersion", with(set("database.engineVersion", "17.1"))},
	{BadEngine, "database.engineVersion", with(set("database.engineVersion", "9.6"))},
	{BadClass, "database.instance", with(set("database.instance", "m7g.large"))},
	{BadClass, "database.instance", with(set("database.instance", "db.m7g.medium"))},
	{BadClass, "database.instance", with(set("database.instance", "db.z9.large"))},
	{BadStorage, "database.storageGiB", with(set("database.storageGiB", 10))},
	{BadMaxStorage, "database.maxStorageGiB", with(set("database.storageGiB", 190))},
	{BadBackupDays, "database.backupDays", with(set("database.backupDays", 36))},
	{BadInsights, "database.insightsDays", with(set("database.insightsDays", 30))},
	{BadParameter, `database.parameters["rds.force_ssl"]`, with(setIn("database.parameters", "rds.force_ssl", "0"))},
	{BadParameter, "database.parameters.WorkMem", with(set("database.parameters.WorkMem", "4"))},
	{BadReplicas, "database.replicas", with(set("database.replicas", 16), set("database.password", "correct-horse"))},
	{BadReplicas, "database.password", with(set("database.replicas", 1))},
	{BadPassword, "database.password", with(set("database.password", "short"))},
	{BadPassword, "database.password", with(set("database.password", "with a space"))},
	{BrokenProtect, "disposable", with(set("disposable", true), set("protect", true))},
	{BadLifecycle, "buckets.uploads.infrequentDays", with(set("buckets.uploads.infrequentDays", 7))},
	{BadLifecycle, "buckets.logs.archiveDays", with(set("buckets.logs.archiveDays", 45))},
	{BadLifecycle, "buckets.logs.expireDays", with(set("buckets.logs.expireDays", 90))},
	{BadLifecycle, "buckets.assets.noncurrentDays", with(set("buckets.assets.noncurrentDays", -1))},
	{BadBucket, "buckets.uploads.replicateTo", with(set("buckets.uploads.replicateTo", "s3://replica"), set("buckets.uploads.replicateKey", replicaKey))},
	{BadBucket, "buckets.uploads.replicateKey", with(set("buckets.uploads.replicateTo", "arn:aws:s3:::replica"))},
	{BadBucket, "buckets.uploads.replicateKey", with(set("buckets.uploads.replicateTo", "arn:aws:s3:::replica"), set("buckets.uploads.replicateKey", "alias/replica"))},
	{BadLogDays, "logs.days", with(set("logs.days", 10))},
	{BadHeader, "cdn.contentSecurityPolicy", with(set("cdn.contentSecurityPolicy", "default-src 'self';\nimg-src *"))},
	{BadSubscriber, "alerts.p0.ops.endpoint", with(set("alerts.p0.ops.protocol", "email"), set("alerts.p0.ops.endpoint", "nobody"))},
	{BadSubscriber, "alerts.p1.ops.endpoint", with(set("alerts.p1.ops.protocol", "https"), set("alerts.p1.ops.endpoint", "http://x.example.com"))},
	{BadSubscriber, "alerts.p1.ops.endpoint", with(set("alerts.p1.ops.protocol", "sms"), set("alerts.p1.ops.endpoint", "0163 296"))},
	{NobodyHears, "alerts.p0", with(set("protect", true))},
	{HalfDomain, "domain.zoneId", with(set("domain.name", "app.example.com"))},
	{HalfDomain, "domain.name", with(set("domain.zoneId", "Z0123456789ABC"))},
	{BadDomain, "domain.name", with(set("domain.name", "https://app.example.com"), set("domain.zoneId", "Z0123456789ABC"))},
	{BadDomain, "domain.zoneId", with(set("domain.name", "app.example.com"), set("domain.zoneId", "example.com"))},
	{BadAccount, "aws.accountId", with(set("aws.accountId", "1234"))},
	{OtherAccount, "aws.assumeRole", with(set("aws.accountId", "999900002222"), set("aws.assumeRole", anyRole))},
	{BadRecovery, "recovery.rto", with(set("recovery.rto", "-4h"))},
	{BrokenRTO, "recovery.rto", with(set("recovery.rto", "4h"))},
	{BrokenRPO, "recovery.rpo", with(set("recovery.rpo", "1m"))},
	{BrokenRPO, "recovery.rpo", with(set("recovery.rpo", "1h"), set("database.backupDays", 0))},
	{BrokenProtect, "database.multiAz", with(set("protect", true))},
	{BrokenProtect, "database.backupDays", with(set("protect", true))},
	{BrokenProtect, "cluster.endpoint.mode", with(set("protect", true), set("cluster.endpoint.mode", "public"))},
	{SingleNAT, "network.nat", with(set("protect", true))},
}

// raw are the bad examples of reading: whole files.
func raw() map[Code]File {
	return map[Code]File{
		Unreadable:   {"Pulumi.test.yaml", []byte("config:\n  explico:region: [eu-west-1\n")},
		DuplicateKey: {"Pulumi.test.yaml", []byte("config:\n  explico:region: eu-west-1\n  explico:region: eu-west-2\n")},
		NoDisabling:  {"Pulumi.test.yaml", []byte("config:\n  explico:region: eu-west-1\n")},
	}
}

// elsewhere are the codes that no stack file can break, with their test.
var elsewhere = map[Code]string{LongName: "TestLongName", CloudLacks: "TestCloudLacks", BadVersions: "TestVersionsFile"}

func TestGoodFile(t *testing.T) {
	if s, all := loadYAML(goodFile(t)); s == nil || len(all) > 0 {
		t.Errorf("the smallest file has problems:\n%s", lines(all))
	}
}

// What is wrong in the versions file is told where it stands, with all else.
func TestVersionsFile(t *testing.T) {
	d := &decoder{project: Project, places: map[string]position{}, broken: map[string]bool{}}
	d.versions([]versions.Problem{{Line: 71, Column: 1, Path: "charts", Got: "no keda", Want: "every name that the program installs"}})
	_, _, err := d.finish(&value{kind: dict}, "test")
	const want = "versions/versions.yaml:71:1: charts: got no keda, want every name that the program installs (CFG017)"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want it to say %s", err, want)
	}
}

func TestEveryRuleHasABadExample(t *testing.T) {
	tested := map[Code]bool{}
	all := map[Cloud][]breach{AWSCloud: slices.Concat(breaches, storeBreaches, edgeBreaches, securityBreaches, backupBreaches, costBreaches, ecsBreaches, baseBreaches, serviceBreaches, capacityBreaches, quotaBreaches, trafficBreaches, metricsBreaches, loggingBreaches, usageBreaches)}
	maps.Copy(all, cloudBreaches)
	for cloud, breaches := range all {
		for _, b := range breaches {
			tested[b.code] = true
			t.Run(string(cloud)+" "+string(b.code)+" "+b.path, func(t *testing.T) { b.check(t, cloud) })
		}
	}
	for code, file := range raw() {
		tested[code] = true
		_, all := loadYAML(file)
		if !has(all, code) {
			t.Errorf("%s: not found; got:\n%s", code, lines(all))
		}
	}
	seen := map[Code]bool{}
	for _, r := range Rules() {
		if seen[r.Code] {
			t.Errorf("%s stands for two rules", r.Code)
		}
		seen[r.Code] = true
		if !tested[r.Code] && elsewhere[r.Code] == "" {
			t.Errorf("%s has no bad example: %s", r.Code, r.Text)
		}
	}
	for code := range tested {
		if !seen[code] {
			t.Errorf("%s is not in Rules", code)
		}
	}
}

// check loads the bad example on a cloud and finds what is wrong with it.
func (b breach) check(t *testing.T, cloud Cloud) {
	_, all := loadYAML(goodFileOn(t, cloud, b.edits...))
	for _, d := range all {
		if d.Code == b.code && d.Path == b.path {
			checkDiagnostic(t, d)
			return
		}
	}
	t.Errorf("not found; got:\n%s", lines(all))
}

// checkDiagnostic checks what every diagnostic promises.
func checkDiagnostic(t *testing.T, d Diagnostic) {
	t.Helper()
	if d.Got == "" || d.Want == "" {
		t.Errorf("says not what it got or wants: %s", d)
	}
	if d.Line == 0 || d.Column == 0 || d.File == "" {
		t.Errorf("has no position: %s", d)
	}
	if strings.Contains(d.String(), "\n") {
		t.Errorf("has more than one line: %s", d)
	}
	for _, r := range Rules() {
		if r.Code == d.Code && r.Warning != d.Warning {
			t.Errorf("warning is %v, its rule says %v: %s", d.Warning, r.Warning, d)
		}
	}
}

func has(all []Diagnostic, code Code) bool {
	for _, d := range all {
		if d.Code == code {
			return true
		}
	}
	return false
}

func TestLongName(t *testing.T) {
	for _, stack := range []string{strings.Repeat("a", 25), "Dev", "a_b", "a--b", "a-"} {
		if _, _, err := loadFiles(stack, goodFile(t), File{}); !has(problemsOf(err), LongName) {
			t.Errorf("stack %s: got %v, want %s", stack, err, LongName)
		}
	}
	if _, _, err := loadFiles("feature-4711", goodFile(t), File{}); err != nil {
		t.Error(err)
	}
}

func TestCloudLacks(t *testing.T) {
	s := Defaults(AWSCloud)
	s.Network.IPv6 = true
	c := &checker{s: s}
	c.capability(map[Cloud]Capability{AWSCloud: {Lacks: map[string]string{
		"network.ipv6": "the cloud has IPv4 only", "network.podCidr": "not set, so not refused",
	}}})
	if len(c.found) != 1 || c.found[0].Code != CloudLacks || c.found[0].Path != "network.ipv6" {
		t.Errorf("got %v, want one %s at network.ipv6", c.found, CloudLacks)
	}
}

func TestEveryCloudHasCapabilities(t *testing.T) {
	all := Capabilities()
	for _, cloud := range Cloud("").words() {
		if _, ok := all[Cloud(cloud)]; !ok {
			t.Errorf("%s has no row", cloud)
		}
	}
}
