package settings

import "slices"

// Code names a rule of the settings. A code keeps its meaning for ever.
type Code string

// The codes: 00x reading, 01x the stack, 02x–03x network, 04x cluster access,
// 05x node groups, 06x database, 07x buckets, logs and CDN, 08x alerts and
// domain, 09x account and promises, 10x–11x edge, 12x–13x stores, 14x–15x
// security and CI, 16x backups, 17x costs, 18x–19x ECS (codes_ecs.go),
// 20x–21x what every cluster has (codes_base.go), 22x–24x services
// (codes_services.go), 25x–27x traffic and operators (codes_traffic.go), 28x–29x
// metrics (codes_metrics.go), 30x–31x logs and traces (codes_logging.go),
// 33x usage and commitments (codes_usage.go), 34x Google Cloud (codes_gcp.go),
// 35x Azure (codes_azure.go).
const (
	Unreadable     Code = "CFG001"
	UnknownKey     Code = "CFG002"
	DuplicateKey   Code = "CFG003"
	Missing        Code = "CFG004"
	WrongType      Code = "CFG005"
	UnknownWord    Code = "CFG006"
	BadDuration    Code = "CFG007"
	ExposedSecret  Code = "CFG008"
	PlainSecret    Code = "CFG009"
	LongName       Code = "CFG010"
	UnknownRegion  Code = "CFG012"
	CloudLacks     Code = "CFG013"
	BadOwner       Code = "CFG014"
	IgnoredKey     Code = "CFG015"
	NoDisabling    Code = "CFG016"
	BadVersions    Code = "CFG017"
	BadRange       Code = "CFG020"
	Misaligned     Code = "CFG021"
	RangeSize      Code = "CFG022"
	PublicRange    Code = "CFG023"
	Overlap        Code = "CFG024"
	UnknownZone    Code = "CFG025"
	FewZones       Code = "CFG026"
	BadSlot        Code = "CFG027"
	SharedSlot     Code = "CFG028"
	BadNATZone     Code = "CFG029"
	NoWayOut       Code = "CFG030"
	BadEndpoint    Code = "CFG031"
	ForeignPods    Code = "CFG032"
	BadVersion     Code = "CFG040"
	EndpointRanges Code = "CFG041"
	OpenEndpoint   Code = "CFG042"
	PublicEndpoint Code = "CFG043"
	ExampleValue   Code = "CFG044"
	BadProxy       Code = "CFG045"
	BadRole        Code = "CFG046"
	AdminLimited   Code = "CFG047"
	BadName        Code = "CFG048"
	SharedRole     Code = "CFG049"
	BadInstance    Code = "CFG050"
	MixedCPUs      Code = "CFG051"
	BadGPU         Code = "CFG052"
	BadSize        Code = "CFG053"
	SmallDisk      Code = "CFG054"
	BadLabel       Code = "CFG055"
	NoHome         Code = "CFG056"
	BadDatabase    Code = "CFG060"
	BadEngine      Code = "CFG061"
	BadClass       Code = "CFG062"
	BadStorage     Code = "CFG063"
	BadMaxStorage  Code = "CFG064"
	BadBackupDays  Code = "CFG065"
	BadInsights    Code = "CFG066"
	BadParameter   Code = "CFG067"
	BadReplicas    Code = "CFG068"
	BadPassword    Code = "CFG069"
	BadLifecycle   Code = "CFG070"
	BadBucket      Code = "CFG071"
	BadLogDays     Code = "CFG072"
	BadHeader      Code = "CFG073"
	BadSubscriber  Code = "CFG080"
	NobodyHears    Code = "CFG081"
	HalfDomain     Code = "CFG082"
	BadDomain      Code = "CFG083"
	BadAccount     Code = "CFG090"
	OtherAccount   Code = "CFG091"
	BadRecovery    Code = "CFG092"
	BrokenRTO      Code = "CFG093"
	BrokenRPO      Code = "CFG094"
	BrokenProtect  Code = "CFG095"
	SingleNAT      Code = "CFG096"
	ZoneChoice     Code = "CFG100"
	OutsideZone    Code = "CFG101"
	BadDNSSEC      Code = "CFG102"
	LogsOfNoZone   Code = "CFG103"
	BadCountry     Code = "CFG104"
	CountryLists   Code = "CFG105"
	BadRate        Code = "CFG106"
	BadRuleGroup   Code = "CFG107"
	ShieldPrice    Code = "CFG108"
	ShieldBill     Code = "CFG109"
	BadOrigin      Code = "CFG110"
	OpenFront      Code = "CFG111"
	ThinWAF        Code = "CFG112"
	BadFailover    Code = "CFG113"
	BadPreload     Code = "CFG114"
	BadOriginProof Code = "CFG115"
	HiddenService  Code = "CFG116"
	TwoFronts      Code = "CFG117"
	BadRepository  Code = "CFG140"
	NoRepository   Code = "CFG141"
	BadBoundary    Code = "CFG142"
	BadState       Code = "CFG143"
	ShortTrail     Code = "CFG144"
	ShortAudit     Code = "CFG145"
	SharedStandard Code = "CFG146"
	NoBaseline     Code = "CFG147"
	Unaudited      Code = "CFG148"

	BadBackup        Code = "CFG160"
	BadContinuous    Code = "CFG161"
	NoBackup         Code = "CFG162"
	BadLock          Code = "CFG163"
	LockOutside      Code = "CFG164"
	Irrevocable      Code = "CFG165"
	BadCopyVault     Code = "CFG166"
	BrokenBackupRPO  Code = "CFG167"
	UnlockedBackup   Code = "CFG168"
	BadBudget        Code = "CFG170"
	BadCostAlert     Code = "CFG171"
	NobodyPays       Code = "CFG172"
	BadMonitor       Code = "CFG173"
	BadTime          Code = "CFG174"
	ShortDay         Code = "CFG175"
	BadTimezone      Code = "CFG176"
	StoppedProtected Code = "CFG177"
	StoppedReplicas  Code = "CFG178"
)

// Rule is what a code stands for.
type Rule struct {
	Code Code
	// Text is the rule, as a sentence.
	Text string
	// Warning says that breaking it does not stop the stack.
	Warning bool
}

// Rules lists every rule, in the order of the codes.
func Rules() []Rule {
	return slices.Concat(rules, storeRules, ecsCodes, baseCodes, serviceCodes, trafficCodes, metricsRules, loggingCodes, usageCodes, gcpCodes, azureCodes)
}

var rules = []Rule{
	{Code: Unreadable, Text: "A stack file is YAML with a section `config`."},
	{Code: UnknownKey, Text: "Every key is a known setting."},
	{Code: DuplicateKey, Text: "A key is given once."},
	{Code: Missing, Text: "A setting without a default is given."},
	{Code: WrongType, Text: "A value has its setting's type; what looks like a number stands in quotes where text is wanted."},
	{Code: UnknownWord, Text: "A setting with a fixed set of words has one of them."},
	{Code: BadDuration, Text: "A duration is written as in Go: 30s, 15m, 4h."},
	{Code: ExposedSecret, Text: "An encrypted value is given only to a setting that is kept secret; elsewhere it would be readable in the state."},
	{Code: PlainSecret, Warning: true, Text: "A secret is encrypted: `pulumi config set --secret`."},
	{Code: LongName, Text: "Project and stack name together begin every physical name, so they are short and fit every alphabet."},
	{Code: UnknownRegion, Text: "The cloud has the region."},
	{Code: CloudLacks, Text: "The cloud can honour the setting."},
	{Code: BadOwner, Text: "An owner fits into a tag of every cloud."},
	{Code: IgnoredKey, Warning: true, Text: "Settings of a provider stand below the project's name: every provider is explicit, so aws:region and the like have no effect."},
	{Code: BadVersions, Text: "The versions file has an exact version of each chart, image, add-on and published file that the program installs, and of nothing else."},
	{Code: NoDisabling, Warning: true, Text: "A stack file disables default providers, so that nothing is created in an account by accident."},
	{Code: BadRange, Text: "A range is IPv4 in CIDR notation."},
	{Code: Misaligned, Text: "A range begins at its own first address."},
	{Code: RangeSize, Text: "A range has a size that the cloud and the address plan allow."},
	{Code: PublicRange, Text: "The network's own ranges are private ones."},
	{Code: Overlap, Text: "The ranges of network, pods and services are disjoint."},
	{Code: UnknownZone, Text: "A zone belongs to the stack's region."},
	{Code: FewZones, Text: "There are at least two zones: the control plane and the database demand them."},
	{Code: BadSlot, Text: "A zone's slot is 0 to 5."},
	{Code: SharedSlot, Text: "A slot belongs to one zone."},
	{Code: BadNATZone, Text: "natZone is one of the zones, and given only when nat is single."},
	{Code: NoWayOut, Text: "Without NAT the nodes reach what they need through interface endpoints."},
	{Code: BadEndpoint, Text: "An interface endpoint is a known service, given once."},
	{Code: ForeignPods, Text: "A private range for pods lies in the same private block as the network: AWS refuses any other as a second range."},
	{Code: BadVersion, Text: "The Kubernetes version is supported."},
	{Code: EndpointRanges, Text: "Ranges for the Kubernetes API are given exactly when its endpoint is restricted."},
	{Code: OpenEndpoint, Text: "A restricted endpoint is not open to the whole internet."},
	{Code: PublicEndpoint, Warning: true, Text: "The Kubernetes API is not open to the whole internet."},
	{Code: ExampleValue, Warning: true, Text: "Ranges and account numbers reserved for documentation are replaced by your own."},
	{Code: BadProxy, Text: "A proxy is an http, https or socks5 URL."},
	{Code: BadRole, Text: "A role is given by its ARN."},
	{Code: AdminLimited, Text: "A clusterAdmin has no limit to namespaces."},
	{Code: BadName, Text: "A name of yours fits the names of resources that are made from it."},
	{Code: SharedRole, Text: "A role has one access entry."},
	{Code: BadInstance, Text: "An instance type exists."},
	{Code: MixedCPUs, Text: "The instance types of a node group share one CPU architecture."},
	{Code: BadGPU, Text: "gpu is true exactly for instance types with NVIDIA GPUs."},
	{Code: BadSize, Text: "0 ≤ min ≤ initial ≤ max, and max is at least 1."},
	{Code: SmallDisk, Text: "A node's disk holds the machine image and some container images."},
	{Code: BadLabel, Text: "Labels and taints are in the syntax of Kubernetes."},
	{Code: NoHome, Text: "A node group without taints has a node from the start: cluster add-ons need one."},
	{Code: BadDatabase, Text: "The database's name is a PostgreSQL identifier that is free."},
	{Code: BadEngine, Text: "RDS offers the PostgreSQL version."},
	{Code: BadClass, Text: "RDS offers the instance class for PostgreSQL."},
	{Code: BadStorage, Text: "Storage is 20 to 65536 GiB."},
	{Code: BadMaxStorage, Text: "Storage may grow by at least a tenth, up to 65536 GiB, or not at all (0)."},
	{Code: BadBackupDays, Text: "Backups are kept for 1 to 35 days; replicas cannot be made without."},
	{Code: BadInsights, Text: "Performance Insights keeps 7 days, a multiple of 31 up to 713, or 731."},
	{Code: BadParameter, Text: "A parameter has a PostgreSQL name and leaves TLS to the program."},
	{Code: BadReplicas, Text: "There are 0 to 15 read replicas, and none without a password of yours."},
	{Code: BadPassword, Text: "A password has 8 to 128 characters that RDS takes."},
	{Code: BadLifecycle, Text: "An object's days follow one another as S3 demands."},
	{Code: BadBucket, Text: "A replication target is the ARN of a bucket."},
	{Code: BadLogDays, Text: "Logs are kept for a number of days that CloudWatch offers."},
	{Code: BadHeader, Text: "A response header is one line."},
	{Code: BadSubscriber, Text: "A subscriber's address fits its protocol."},
	{Code: NobodyHears, Warning: true, Text: "Somebody hears of outages of a protected stack."},
	{Code: HalfDomain, Text: "A domain has both a name and a zone."},
	{Code: BadDomain, Text: "A domain's name is a host name, its zone the id of a hosted zone."},
	{Code: BadAccount, Text: "An account is twelve digits in quotes."},
	{Code: OtherAccount, Text: "The assumed role belongs to the stack's account."},
	{Code: BadRecovery, Text: "RTO and RPO are not negative."},
	{Code: BrokenRTO, Text: "An RTO of four hours or less needs a database in two zones: a restore takes longer."},
	{Code: BrokenRPO, Text: "An RPO needs backups, and one under five minutes a standby: backups lag by that much."},
	{Code: BrokenProtect, Text: "A protected stack is highly available, backed up for 14 days and not open to the world."},
	{Code: SingleNAT, Warning: true, Text: "A protected stack loses no zone's way out when another zone fails."},
	{Code: ZoneChoice, Text: "A domain's zone exists (zoneId) or is created (createZone, with its name in zone), not both; only a created one has a parent."},
	{Code: OutsideZone, Text: "A domain's name lies in its zone: no certificate is issued and no record made for any other."},
	{Code: BadDNSSEC, Text: "Only a created zone is signed, and trusted only by a parent zone that is given."},
	{Code: LogsOfNoZone, Text: "Query logs are of a zone."},
	{Code: BadCountry, Text: "A country is two letters of ISO 3166-1."},
	{Code: CountryLists, Text: "Countries are blocked or allowed, not both."},
	{Code: BadRate, Text: "A rate limit is 10 to 2,000,000,000 requests within 60, 120, 300 or 600 seconds; there are at most ten."},
	{Code: BadRuleGroup, Text: "A rule group is one of AWS's that the program knows, a rule in it a name."},
	{Code: ShieldPrice, Text: "Shield Advanced is enabled by whoever accepts its price: acceptMonthlyUsd: 3000."},
	{Code: ShieldBill, Warning: true, Text: "Shield Advanced costs 3,000 USD a month for a year, whatever becomes of the stack."},
	{Code: BadOrigin, Text: "An origin of the CDN is a host name, and not the CDN's own."},
	{Code: OpenFront, Warning: true, Text: "A protected stack's WAF is enabled and blocks."},
	{Code: ThinWAF, Text: "An enabled WAF has the rule groups common and knownBadInputs, and a rate limit on all paths."},
	{Code: BadFailover, Text: "The frontend's second origin is a host, or a bucket by its regional name: in another region, and the one that its files are copied to, if they are."},
	{Code: BadPreload, Text: "Browsers' lists of domains that speak HTTPS alone take a domain of yours."},
	{Code: BadOriginProof, Text: "A secret that the CDN shows its API's origin is 32 to 128 letters and digits, one or two of them, where there is such an origin."},
	{Code: HiddenService, Text: "Services that are open to the CDN alone are behind it: its API's origin is their host, they have no other, and their paths begin with /api/; the WAF, which tells this CDN from others, is enabled."},
	{Code: TwoFronts, Warning: true, Text: "Services behind the CDN are open to it alone: otherwise their WAF takes all that comes through the CDN for a few addresses that ask too often."},
	{Code: BadRepository, Text: "A repository is owner/name."},
	{Code: NoRepository, Text: "An identity for CI names the repository that it is for."},
	{Code: BadBoundary, Text: "A permissions boundary is a policy of the stack's account."},
	{Code: BadState, Text: "State is in a bucket, and its key has a bucket."},
	{Code: ShortTrail, Text: "The files of an audit trail are kept for a year."},
	{Code: ShortAudit, Text: "The logs of an audited account are kept for a year."},
	{Code: SharedStandard, Text: "A security standard is given once."},
	{Code: NoBaseline, Text: "Parts of the security baseline are given with the baseline."},
	{Code: Unaudited, Warning: true, Text: "The account of a protected stack is audited."},
	{Code: BadBackup, Text: "Backups are kept for 0 (none) to 36500 days."},
	{Code: BadContinuous, Text: "Continuous backups reach back up to 35 days."},
	{Code: NoBackup, Text: "What makes backups safer is given only where there are backups."},
	{Code: BadLock, Text: "A lock has 1 ≤ minDays ≤ maxDays, and no days without a mode."},
	{Code: LockOutside, Text: "Backups are kept as long as their lock demands, and no longer than it allows."},
	{Code: Irrevocable, Text: "A lock in compliance mode, and no other, is acknowledged as irrevocable."},
	{Code: BadCopyVault, Text: "Copies go to a backup vault, given by its ARN."},
	{Code: BrokenBackupRPO, Text: "An RPO under a day needs continuous backups of the buckets."},
	{Code: UnlockedBackup, Warning: true, Text: "A protected stack's backups are locked."},
	{Code: BadBudget, Text: "Amounts of money are not negative."},
	{Code: BadCostAlert, Text: "Up to ten mail addresses hear of a budget."},
	{Code: NobodyPays, Warning: true, Text: "Somebody hears of budget and anomalies."},
	{Code: BadMonitor, Text: "An anomaly monitor is given by its ARN, and only where anomalies are looked for."},
	{Code: BadTime, Text: "A time of day is written as hh:mm, in quotes."},
	{Code: ShortDay, Text: "A stack with hours runs for at least six of them, within one day."},
	{Code: BadTimezone, Text: "A time zone is one of the IANA database."},
	{Code: StoppedProtected, Text: "A protected stack does not stand still."},
	{Code: StoppedReplicas, Text: "A database that stands still at night has no read replicas."},
}
