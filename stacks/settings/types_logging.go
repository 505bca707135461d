package settings

// Logging is where the logs of what runs in the cluster go: Fluent Bit on every
// node, Logstash, Elasticsearch and Kibana.
type Logging struct {
	// Enabled runs all of it. Without it logs stay on the nodes, for as long as the
	// container runtime keeps them.
	Enabled bool `yaml:"enabled"`
	// DailyGiB is how much the services log a day, in GiB and one copy. The disks
	// are checked against it.
	DailyGiB int `yaml:"dailyGiB"`
	// Retention says how old logs become.
	Retention LogRetention `yaml:"retention"`
	// RedactAddresses takes IP addresses out of logs, as personal data. E-mail
	// addresses, account and card numbers, tokens and passwords are taken out always.
	RedactAddresses bool `yaml:"redactAddresses"`
	// Elasticsearch keeps the logs, and the traces.
	Elasticsearch Elasticsearch `yaml:"elasticsearch"`
	// Kibana is where people search the logs.
	Kibana Kibana `yaml:"kibana"`
	// Logstash takes them apart and takes personal data out.
	Logstash Logstash `yaml:"logstash"`
	// Snapshots are backups of Elasticsearch in the object store.
	Snapshots LogSnapshots `yaml:"snapshots"`
}

// LogRetention are the ages at which logs move on, in days. 0 leaves a phase out.
type LogRetention struct {
	// WarmAfterDays moves logs to the warm nodes, where they are merged and read
	// only.
	WarmAfterDays int `yaml:"warmAfterDays"`
	// ColdAfterDays moves logs to the cold nodes.
	ColdAfterDays int `yaml:"coldAfterDays"`
	// DeleteAfterDays deletes logs of that age.
	DeleteAfterDays int `yaml:"deleteAfterDays"`
}

// Elasticsearch is a cluster of Elasticsearch, by what its nodes are for.
type Elasticsearch struct {
	// StorageClass is the class of the disks; the cluster's default if empty.
	StorageClass string `yaml:"storageClass"`
	// Masters keep the cluster together and hold no logs: none, or at least three.
	// Without them the hot nodes do it.
	Masters ElasticsearchNodes `yaml:"masters"`
	// Hot nodes take in new logs.
	Hot ElasticsearchNodes `yaml:"hot"`
	// Warm nodes hold logs that are older than warmAfterDays. Without them the hot
	// nodes do.
	Warm ElasticsearchNodes `yaml:"warm"`
	// Cold nodes hold logs that are older than coldAfterDays. Without them the warm
	// nodes do, or the hot ones.
	Cold ElasticsearchNodes `yaml:"cold"`
}

// ElasticsearchNodes are like nodes of Elasticsearch.
type ElasticsearchNodes struct {
	// Nodes is how many there are. More than one are spread over the zones.
	Nodes int `yaml:"nodes"`
	// CPUMillis is what each is promised, in thousandths of a processor.
	CPUMillis int `yaml:"cpuMillis"`
	// MemoryGiB is each node's memory, 2 to 62. Half of it is Java's heap, which is
	// best below 32 GiB; the rest is the cache of the files.
	MemoryGiB int `yaml:"memoryGiB"`
	// StorageGiB is each node's disk. It can grow later, but not shrink.
	StorageGiB int `yaml:"storageGiB"`
}

// Kibana is the front of Elasticsearch.
type Kibana struct {
	// Replicas is the number of pods.
	Replicas int `yaml:"replicas"`
}

// Logstash is the way of the logs to Elasticsearch.
type Logstash struct {
	// Replicas is the number of pods.
	Replicas int `yaml:"replicas"`
	// MemoryGiB is each pod's memory; half of it is Java's heap.
	MemoryGiB int `yaml:"memoryGiB"`
	// QueueGiB is what each pod holds on its disk while Elasticsearch is away.
	QueueGiB int `yaml:"queueGiB"`
}

// LogSnapshots are backups of Elasticsearch.
type LogSnapshots struct {
	// Enabled has Elasticsearch make snapshots.
	Enabled bool `yaml:"enabled"`
	// Schedule is when: a cron expression of Elasticsearch, in UTC, with the
	// seconds in front, such as "0 30 1 * * ?" (every night at half past one).
	Schedule string `yaml:"schedule"`
	// KeepDays is how long a snapshot is kept.
	KeepDays int `yaml:"keepDays"`
}

// Tracing is where traces go: OpenTelemetry collectors and Jaeger.
type Tracing struct {
	// Enabled runs collectors and Jaeger.
	Enabled bool `yaml:"enabled"`
	// SamplePercent is the share of ordinary traces that is kept. Those with an
	// error, and slow ones, are kept always.
	SamplePercent int `yaml:"samplePercent"`
	// SlowMillis is from how many milliseconds on a trace is a slow one.
	SlowMillis int `yaml:"slowMillis"`
	// Days is how long traces are kept.
	Days int `yaml:"days"`
	// DailyGiB is how much is kept a day, in GiB and one copy. The disks are
	// checked against it.
	DailyGiB int `yaml:"dailyGiB"`
	// Gateway are the collectors that decide which traces are kept.
	Gateway TraceGateway `yaml:"gateway"`
	// Jaeger stores traces and shows them.
	Jaeger Jaeger `yaml:"jaeger"`
	// Elasticsearch is one of your own, for stacks without logging.
	Elasticsearch TraceStore `yaml:"elasticsearch"`
}

// TraceGateway are the collectors that decide which traces are kept.
type TraceGateway struct {
	// Replicas is the number of pods. Each decides on the traces that are its own.
	Replicas int `yaml:"replicas"`
	// MemoryMiB is each pod's memory: it holds the traces of the last ten seconds.
	MemoryMiB int `yaml:"memoryMiB"`
}

// Jaeger stores traces and shows them.
type Jaeger struct {
	// Replicas is the number of pods.
	Replicas int `yaml:"replicas"`
}

// TraceStore is an Elasticsearch that is not the stack's.
type TraceStore struct {
	// Address is its URL, such as https://elasticsearch.example.com:9200.
	Address string `yaml:"address"`
	// Secret is one of secrets.names, with the keys username and password.
	Secret string `yaml:"secret"`
}
