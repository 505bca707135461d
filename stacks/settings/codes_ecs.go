package settings

// The codes of compute: ecs.
const (
	KubernetesOnly  Code = "CFG180"
	EcsOnly         Code = "CFG181"
	NoCertificate   Code = "CFG182"
	NoGPU           Code = "CFG183"
	BadTask         Code = "CFG184"
	BadServiceImage Code = "CFG185"
	OpenSecret      Code = "CFG186"
	BadSource       Code = "CFG187"
	BadVariable     Code = "CFG188"
	BadRoute        Code = "CFG189"
	BadPort         Code = "CFG190"
	BadTasks        Code = "CFG191"
	BadPercent      Code = "CFG192"
	BadHealth       Code = "CFG193"
	BadRelease      Code = "CFG194"
	BadCertificate  Code = "CFG195"
	BadHost         Code = "CFG196"
	BadUser         Code = "CFG197"
	BadScratch      Code = "CFG198"
	OpenShell       Code = "CFG199"
)

var ecsCodes = []Rule{
	{Code: KubernetesOnly, Text: "A setting that only Kubernetes honours is not given with compute: ecs."},
	{Code: EcsOnly, Text: "Settings of ECS are not given without compute: ecs."},
	{Code: NoCertificate, Text: "With compute: ecs there is a domain, or a host with its certificate: the load balancer speaks HTTPS alone."},
	{Code: NoGPU, Text: "A service on Fargate asks for no GPU."},
	{Code: BadTask, Text: "Fargate has the task's size."},
	{Code: BadServiceImage, Text: "An image is pinned by a tag other than latest, or by a digest."},
	{Code: OpenSecret, Text: "What is called a secret, a private key and an address with a password in it are not environment variables in plain text."},
	{Code: BadSource, Text: "A secret comes from Secrets Manager or an SSM parameter of the stack's region, by its ARN."},
	{Code: BadVariable, Text: "An environment variable has a proper name, and one value."},
	{Code: BadRoute, Text: "A service has one to three paths, and a turn of its own."},
	{Code: BadPort, Text: "A port is 1 to 65535; below 1024 only root may listen."},
	{Code: BadTasks, Text: "1 ≤ min ≤ max."},
	{Code: BadPercent, Text: "A share is 0 to 100 percent."},
	{Code: BadHealth, Text: "A health check's path begins with a slash, and draining takes 0 to 110 seconds."},
	{Code: BadRelease, Text: "A candidate belongs to blueGreen, and its share to a candidate."},
	{Code: BadCertificate, Text: "A certificate is given by its ARN, in the stack's region."},
	{Code: BadHost, Text: "A service's host is a host name in the domain's zone, and not the CDN's."},
	{Code: BadUser, Text: "A container runs as a user in numbers, and not as root."},
	{Code: BadScratch, Text: "A directory that can be written to is an absolute path below the root."},
	{Code: OpenShell, Warning: true, Text: "Nobody can open a shell in a container of a protected stack."},
}
