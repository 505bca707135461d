package settings

// The codes of services and jobs on Kubernetes.
const (
	UnpinnedImage   Code = "CFG220"
	FloatingImage   Code = "CFG221"
	BadPodPort      Code = "CFG222"
	BadPodQuantity  Code = "CFG223"
	OverCapacity    Code = "CFG224"
	NoGPUPool       Code = "CFG225"
	BadScale        Code = "CFG226"
	BlockedEviction Code = "CFG227"
	UnknownSecret   Code = "CFG228"
	NoWeights       Code = "CFG229"
	Unscraped       Code = "CFG230"
	BadSteps        Code = "CFG231"
	BadPaths        Code = "CFG233"
	BadCall         Code = "CFG234"
	BadProbe        Code = "CFG235"
	BadSLO          Code = "CFG236"
	BadConfigFile   Code = "CFG237"
	BadSchedule     Code = "CFG238"
	NoIdleSignal    Code = "CFG239"
	BadRun          Code = "CFG240"
	BadStop         Code = "CFG241"
	LowUser         Code = "CFG242"
	TakenName       Code = "CFG243"
	ForeignBucket   Code = "CFG244"
	NoNodes         Code = "CFG245"
	ForeignImage    Code = "CFG246"
	BadQuery        Code = "CFG247"
	BadAfter        Code = "CFG248"
	SlowOrigin      Code = "CFG249"
)

var serviceCodes = []Rule{
	{Code: UnpinnedImage, Text: "An image in a protected stack is pinned by a tag other than latest, or by a digest; an image anywhere has a proper name."},
	{Code: FloatingImage, Warning: true, Text: "An image is pinned by a tag other than latest, or by a digest."},
	{Code: BadPodPort, Text: "A container listens on ports from 1024 to 65535 that are not the mesh's."},
	{Code: BadPodQuantity, Text: "Resources are in Kubernetes' quantities: 250m, 256Mi."},
	{Code: OverCapacity, Text: "A pod fits on a node of some group or pool that lets it in, with processor, memory, disk and GPUs; a pool's limits count."},
	{Code: NoGPUPool, Text: "A service that asks for GPUs has a node group or a pool with GPUs; a developer's machine has none."},
	{Code: BadScale, Text: "1 ≤ min ≤ max, and something to scale by where they differ."},
	{Code: BlockedEviction, Text: "A pod can be evicted: nodes are drained for every upgrade."},
	{Code: UnknownSecret, Text: "A secret that is mounted is one of secrets.names."},
	{Code: NoWeights, Text: "A canary has somebody to split its requests: the mesh."},
	{Code: Unscraped, Text: "An analysis judges by metrics that Prometheus has."},
	{Code: BadSteps, Text: "A canary's shares rise from 1 to 99, and an analysis is given limits."},
	{Code: BadPaths, Text: "A path begins with a slash, and belongs to one service of a host."},
	{Code: BadCall, Text: "Whom a service calls is another service, database, cache or internet."},
	{Code: BadProbe, Text: "A probe's path begins with a slash; live and ready ask for different things."},
	{Code: BadSLO, Text: "A target is below 100 percent: without an error budget nothing may ever change."},
	{Code: BadConfigFile, Text: "A configuration file has a file's name."},
	{Code: BadSchedule, Text: "A schedule has cron's five fields and comes at some time, and its time zone is one of the IANA database."},
	{Code: NoIdleSignal, Text: "What scales to zero has a signal while there is no pod: the mesh's requests, or a query."},
	{Code: BadRun, Text: "A run of a job ends, and is tried again a few times at most."},
	{Code: BadStop, Text: "A pod stops within five minutes."},
	{Code: LowUser, Text: "A container runs as a user above 10000, which no node has."},
	{Code: TakenName, Text: "A service's name is free, and its objects' names do not meet another's."},
	{Code: NoNodes, Text: "A group of nodes that a pod needs has nodes, or something that grows it."},
	{Code: ForeignImage, Text: "An image comes from the stack's own registry or from one that admission.registries names."},
	{Code: BadQuery, Text: "A query for the work there is closes its brackets and quotes, and counts with requestsPerSecond."},
	{Code: BadAfter, Text: "What a service waits for is a job without a schedule that does not call it."},
	{Code: SlowOrigin, Text: "The CDN waits as long as a service that it asks may take."},
	{Code: ForeignBucket, Text: "A service uses the buckets of the product, assets and uploads, and not those of the platform."},
}
