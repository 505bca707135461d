package settings

// The codes of the mesh, the way in and the operators: 25x to 27x.
const (
	BadMesh         Code = "CFG250"
	IngressOutside  Code = "CFG251"
	IngressNoDomain Code = "CFG252"
	BadIngressHost  Code = "CFG253"
	BadEmail        Code = "CFG254"
	BadOperators    Code = "CFG255"
	BadCron         Code = "CFG256"
	NoPoolInstances Code = "CFG257"
	BadFamily       Code = "CFG258"
	BadPool         Code = "CFG259"
	SingleOperators Code = "CFG260"
	OpenMesh        Code = "CFG261"
	NoMesh          Code = "CFG262"
	SleeplessNodes  Code = "CFG263"
)

var trafficCodes = []Rule{
	{Code: BadMesh, Text: "The mesh tries again 0 to 5 times, ejects after 1 to 100 failures, and traces 0 to 100 percent."},
	{Code: IngressOutside, Text: "A host of the way in lies in the domain's zone: no certificate is issued and no record made for any other."},
	{Code: IngressNoDomain, Text: "A host of the way in has a domain's zone, in which its certificate is proved."},
	{Code: BadIngressHost, Text: "A host of the way in is a host name, and not the CDN's."},
	{Code: BadEmail, Text: "An address for certificates is a mail address."},
	{Code: BadOperators, Text: "An operator has 1 to 5 replicas."},
	{Code: BadCron, Text: "A schedule has cron's five fields and comes at some time, and backups are kept for 1 to 365 days."},
	{Code: NoPoolInstances, Text: "A pool has families of instance types."},
	{Code: BadFamily, Text: "A pool's families exist, share one CPU architecture, and have NVIDIA GPUs exactly if gpu is true."},
	{Code: BadPool, Text: "A pool has limits with room for a machine of its families, a disk for the machine image, a share of nodes that may be replaced, and an end to waiting for their pods."},
	{Code: SingleOperators, Warning: true, Text: "The operators of a protected stack outlive a node."},
	{Code: OpenMesh, Warning: true, Text: "The services of a protected stack speak to each other through a mesh."},
	{Code: NoMesh, Text: "The way in is the mesh's gateway: without a mesh there is none, and the services are reached from inside alone."},
	{Code: SleeplessNodes, Warning: true, Text: "A cluster that stands still at night has no pools of nodes: its autoscaler would start nodes for the pods that are left."},
}
