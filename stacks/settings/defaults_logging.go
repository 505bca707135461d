package settings

// defaultLogging is the smallest ELK stack that is of use: one node that keeps a
// week.
func defaultLogging() Logging {
	return Logging{
		Enabled:         false,                            // 5 GiB of the cluster's memory
		DailyGiB:        2,                                // a handful of services with a few requests a second
		Retention:       LogRetention{DeleteAfterDays: 7}, // a mistake is noticed within a week; one tier
		RedactAddresses: false,                            // who attacks is known by the address
		Elasticsearch: Elasticsearch{
			Hot: ElasticsearchNodes{
				Nodes:      1,
				CPUMillis:  500,
				MemoryGiB:  2, // the least with which Elasticsearch is of use: 1 GiB of heap
				StorageGiB: 30,
			},
			// There are none until nodes says so; then they have sizes that fit most.
			Masters: ElasticsearchNodes{CPUMillis: 250, MemoryGiB: 2, StorageGiB: 10},
			Warm:    ElasticsearchNodes{CPUMillis: 500, MemoryGiB: 4, StorageGiB: 200}, // more disk for each GiB of memory: seldom asked
			Cold:    ElasticsearchNodes{CPUMillis: 250, MemoryGiB: 4, StorageGiB: 400},
		},
		Kibana: Kibana{Replicas: 1},
		Logstash: Logstash{
			Replicas:  1,
			MemoryGiB: 1,
			QueueGiB:  2, // a day of the logs above
		},
		Snapshots: LogSnapshots{
			Enabled:  false,          // logs of a week are no loss
			Schedule: "0 30 1 * * ?", // before the backups of the database
			KeepDays: 14,             // longer than it takes to notice a loss
		},
	}
}

// defaultTracing is one collector of each kind, which keeps everything.
func defaultTracing() Tracing {
	return Tracing{
		Enabled:       false, // it needs an Elasticsearch
		SamplePercent: 100,   // a small stack has few traces, and every one is of interest
		SlowMillis:    1000,  // longer than users wait without noticing
		Days:          3,     // a trace is looked at while the incident lasts
		DailyGiB:      1,
		Gateway: TraceGateway{
			Replicas:  1,
			MemoryMiB: 512, // ten seconds of a thousand spans a second take a tenth of it
		},
		Jaeger: Jaeger{Replicas: 1},
	}
}
