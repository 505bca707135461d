package settings

// The codes of logs and traces: 30x logging, 31x tracing.
const (
	BadRetention    Code = "CFG300"
	BadLogNodes     Code = "CFG301"
	BadMasters      Code = "CFG302"
	IdleTier        Code = "CFG303"
	ThinDisks       Code = "CFG304"
	BadLogSize      Code = "CFG305"
	BadLogSnapshots Code = "CFG306"
	LostSnapshots   Code = "CFG307"
	BadSampling     Code = "CFG310"
	NoTraceStore    Code = "CFG311"
	TwoTraceStores  Code = "CFG312"
	BadTraceStore   Code = "CFG313"
	NoTraceSecret   Code = "CFG314"
	BadTraceSize    Code = "CFG315"
)

var loggingCodes = []Rule{
	{Code: BadRetention, Text: "Logs become warm, then cold, then are deleted."},
	{Code: BadLogNodes, Text: "A node of Elasticsearch has 2 to 62 GiB of memory, whose half is a heap of at most 31 GiB, and a disk."},
	{Code: BadMasters, Text: "Elasticsearch has one master-eligible node, or three and more: two agree on nothing when one is away."},
	{Code: IdleTier, Text: "Warm and cold nodes are there for a phase of the retention."},
	{Code: ThinDisks, Warning: true, Text: "The disks of a tier hold what its days bring, with its copies."},
	{Code: BadLogSize, Text: "Kibana and Logstash have at least one pod, and sizes above zero."},
	{Code: BadLogSnapshots, Text: "Snapshots have a schedule of Elasticsearch's cron and are kept for a day or longer."},
	{Code: LostSnapshots, Text: "The bucket of backups keeps objects for longer than a snapshot needs them."},
	{Code: BadSampling, Text: "A share of traces is 0 to 100 percent, and a slow one takes a while."},
	{Code: NoTraceStore, Text: "Traces go to the stack's Elasticsearch (logging) or to another one (an address)."},
	{Code: TwoTraceStores, Text: "Traces go to one Elasticsearch."},
	{Code: BadTraceStore, Text: "An Elasticsearch's address is an https URL, without a password in it."},
	{Code: NoTraceSecret, Text: "The password of an Elasticsearch is one of the secrets."},
	{Code: BadTraceSize, Text: "Traces are kept for a day or longer; collectors and Jaeger have at least one pod."},
}
