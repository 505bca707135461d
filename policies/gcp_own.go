package policies

import (
	"slices"
	"strings"
)

var gcpOwnRules = []rule{
	{
		ids:      "own LABEL-1 (component on all that has labels)",
		topics:   "inventory",
		priority: 1,
		types: "storage.Bucket compute.Address container.Cluster sql.DatabaseInstance redis.Instance secretmanager.Secret pubsub.Topic " +
			"kms.CryptoKey artifactregistry.Repository dns.ManagedZone",
		reason: "nobody knows what a resource without a name is for, and whether it can go",
		check: local(func(r resource) []string {
			for _, path := range []string{"labels", "resourceLabels", "settings.userLabels", "effectiveLabels"} {
				if r.Inputs.Has(path + ".component") {
					return nil
				}
			}
			return complain("has no label component")
		}),
		bad: []string{
			`gcp/storage.Bucket uploads: labels = {"purpose":"uploads"}`, `gcp/container.Cluster cluster: resourceLabels = null`,
			`gcp/sql.DatabaseInstance database: settings.userLabels = null`,
		},
	},
	{
		ids:      "own LABEL-2 (providers label everything with its owner)",
		topics:   "inventory",
		priority: 1, types: "pulumi:providers:gcp",
		reason: "a bill is asked by stack, team and cost centre",
		check: local(func(r resource) (all []string) {
			for _, key := range r.want.Tags {
				if r.Inputs.String("defaultLabels."+key) == "" {
					all = append(all, "defaultLabels lacks "+key)
				}
			}
			return all
		}),
		bad: []string{`gcp/pulumi:providers:gcp gcp: defaultLabels.team = null`, `gcp/pulumi:providers:gcp gcp: defaultLabels = null`},
	},
	{
		ids:      "own REGION-3 (data stays in the regions that settings.yaml allows)",
		topics:   "residency",
		priority: 1,
		types:    "sql.DatabaseInstance redis.Instance container.Cluster storage.Bucket artifactregistry.Repository secretmanager.Secret gkebackup.BackupPlan kms.KeyRing",
		reason:   "personal data that leaves the Union needs a legal ground of its own (GDPR, chapter V)",
		check: local(func(r resource) (all []string) {
			for _, path := range []string{
				"location", "region", "settings.backupConfiguration.location", "customPlacementConfig.dataLocations[]",
				"replication.userManaged.replicas[].location",
			} {
				for _, place := range r.Inputs.Strings(path) {
					// EU is the multi-region of that name.
					if place = strings.ToLower(place); place != "eu" && place != "europe" && !anyMatches(r.want.Regions, place) {
						all = append(all, path+" is "+place+", want a region of "+strings.Join(r.want.Regions, ", "))
					}
				}
			}
			if r.Inputs.Has("replication.auto") {
				all = append(all, "replication is left to Google, anywhere in the world")
			}
			return all
		}),
		bad: []string{
			`gcp/sql.DatabaseInstance database: region = "us-central1"`, `gcp/storage.Bucket uploads: location = "US"`,
			`gcp/secretmanager.Secret secrets-backend: replication.userManaged.replicas[0].location = "asia-east1"`,
			`gcp/sql.DatabaseInstance database: settings.backupConfiguration.location = "us"`,
		},
	},
	{
		ids:      "own ALARM-6 (database, cache and cluster have their alarms)",
		topics:   "alerts",
		priority: 1, types: "sql.DatabaseInstance redis.Instance container.Cluster",
		reason: "a full disk or a full cache is seen days before it stops everything",
		check: related(func(g *graph, r resource) []string {
			metrics := map[string]string{
				"sql.DatabaseInstance": "cloudsql.googleapis.com/", "redis.Instance": "redis.googleapis.com/", "container.Cluster": "kubernetes.io/",
			}[r.kind]
			for _, p := range g.of("monitoring.AlertPolicy") {
				for _, path := range []string{
					"conditions[].conditionThreshold.filter", "conditions[].conditionAbsent.filter",
					"conditions[].conditionPrometheusQueryLanguage.query", "conditions[].conditionMonitoringQueryLanguage.query",
				} {
					if slices.ContainsFunc(p.Inputs.Strings(path), func(q string) bool {
						return strings.Contains(q, metrics) || strings.Contains(q, strings.NewReplacer(".", "_", "/", ":").Replace(metrics))
					}) {
						return nil
					}
				}
			}
			return complain("no alert policy watches %s", metrics)
		}),
		bad: []string{`gcp/monitoring.AlertPolicy monitoring-database: gone`, `gcp/monitoring.AlertPolicy monitoring-cluster: gone`},
	},
	{
		ids:      "own ALARM-7 (alert policies tell somebody)",
		topics:   "alerts",
		priority: 1, types: "monitoring.AlertPolicy",
		reason: "an alarm that nobody hears is a chart",
		check: all(isNot("enabled", false), local(func(r resource) []string {
			if r.Inputs.Count("notificationChannels[]") == 0 {
				return complain("has no notificationChannels")
			}
			return nil
		})),
		bad: []string{
			`gcp/monitoring.AlertPolicy monitoring-database: notificationChannels = []`, `gcp/monitoring.AlertPolicy monitoring-database: enabled = false`,
		},
	},
	{
		ids:      "own FAMILY-2 (machines are of approved families)",
		topics:   "patching",
		priority: 2, types: "container.NodePool sql.DatabaseInstance compute.Instance compute.InstanceTemplate",
		reason: "old families are slower, dearer and lack what encrypts memory",
		check: local(func(r resource) (all []string) {
			for _, path := range []string{"nodeConfig.machineType", "settings.tier", "machineType"} {
				for _, machine := range r.Inputs.Strings(path) {
					if !anyMatches(r.want.Families, machine) {
						all = append(all, machine+" is of no approved family (policies/settings.yaml)")
					}
				}
			}
			return all
		}),
		bad: []string{
			`gcp/container.NodePool cluster-apps: nodeConfig.machineType = "n1-standard-4"`, `gcp/sql.DatabaseInstance database: settings.tier = "db-n1-standard-1"`,
		},
	},
}
