package settings

// The codes of what every cluster has, and of cloud: local.
const (
	BadNamespace   Code = "CFG200"
	BadQuantity    Code = "CFG201"
	BadCount       Code = "CFG202"
	BadSourceHost  Code = "CFG203"
	BadPodLabel    Code = "CFG204"
	BadContext     Code = "CFG205"
	CurrentContext Code = "CFG206"
	ThinQuota      Code = "CFG207"
)

var baseCodes = []Rule{
	{Code: BadNamespace, Text: "Every namespace of the program has a quota, and no other has one."},
	{Code: BadQuantity, Text: "An amount is one that Kubernetes takes, and above zero."},
	{Code: BadCount, Text: "A namespace has room for at least one pod."},
	{Code: BadSourceHost, Text: "Images come from a registry that is named by its host, or host and path."},
	{Code: BadPodLabel, Text: "A required label has a proper key, and is required once."},
	{Code: BadContext, Text: "The local cluster is none of a cloud."},
	{Code: CurrentContext, Warning: true, Text: "The local cluster is named: the current context may be any other cluster."},
	{Code: ThinQuota, Text: "A quota holds the services at their most with releases on their way, and the jobs; that of logs and metrics what Elasticsearch and Prometheus are given."},
}
