package settings

// defaultUsage is a small stack that is used a little. The estimate names each of
// these that it rests on: whoever has a bill writes its numbers instead.
func defaultUsage() Usage {
	return Usage{
		NodeGroups: map[string]int{}, Services: map[string]int{}, // their sizes at creation
		SpotPercent: 50, // the market decides; half is more than most families cost there
		Network: NetworkUsage{
			NATGB:      100, // images and packages of a handful of nodes
			EndpointGB: 50,  // logs and image layers
			InternetGB: 100, // what AWS gives away each month, which the estimate does not
			ZoneGB:     100, // replication, and services that call each other
		},
		LoadBalancerUnits: 1, // 25 new connections a second
		CDN: CDNUsage{
			GB:               100, // ten thousand visitors of 10 MB
			RequestsMillions: 5,   // fifty files a visit, and ten visits each
			LogsGB:           2,   // 400 bytes a request
		},
		DNSQueriesMillions: 5, // resolvers cache most of them
		Buckets:            map[string]BucketUsage{defaultName: newBucketUsage()},
		Objects: ObjectUsage{
			FrequentPercent: 30,  // most uploads are read in their first month
			KB:              500, // a photograph
			ListedMillions:  1,
			ReplicatedGB:    10, // the growth of a month
		},
		ImagesGB: 20,                         // three services, fifty images that share layers
		Database: DatabaseUsage{BackupGB: 0}, // what is free of it covers a database that changes little
		Cache:    CacheUsage{BackupGB: 5, ServerlessGB: 1, ServerlessECPUMillions: 100},
		Backup: BackupUsage{
			DatabaseGB: 100, // the first backup is full, the others are what changed
			VolumesGB:  50, BucketsGB: 50, RestoreTests: 3,
		},
		LogsGB:                 map[string]int{defaultName: 5}, // a few lines a second
		AlertsThousand:         1,
		KeyRequestsThousand:    200, // buckets and volumes keep their data keys
		SecretRequestsThousand: 50,  // pods that start, and an operator that looks every hour
		Security: SecurityUsage{
			ConfigItems:                     2000, // some deployments a day
			RuleEvaluationsThousand:         5,
			ManagementEventsHundredThousand: 0, // the account's first trail is free
			EventsMillions:                  10,
			ChecksThousand:                  20,
			Scans:                           20, // nodes and images
		},
	}
}

// defaultName stands for all that are not named.
const defaultName = "default"

// newBucketUsage is a bucket that a stack file names, before it says anything.
func newBucketUsage() BucketUsage {
	return BucketUsage{
		GB:             50,  // some thousand uploads
		WritesThousand: 100, // with lists, which cost as much
		ReadsThousand:  500,
	}
}

// newCommitment is a commitment before it says anything.
func newCommitment() Commitment {
	return Commitment{
		Kind: ReservedInstances, Count: 1, HourlyUSD: "0", UpfrontUSD: "0",
		Months: 12, // the shorter one
	}
}
