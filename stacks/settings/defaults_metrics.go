package settings

// defaultMetrics are what a small stack needs: one of each, and a fortnight to
// compare a release with the one before.
func defaultMetrics() Metrics {
	return Metrics{
		RetentionDays: 15,   // Prometheus' own default
		StorageGiB:    20,   // 100,000 series at 30 s for 15 days, at 1.5 bytes a sample, and room
		MemoryMiB:     2048, // twice what so many series need, for queries
		Replicas:      1,
		Alertmanagers: 1,
		Grafana: Grafana{SSO: SSO{
			Scopes: []string{"openid", "email", "profile"}, Domains: []string{}, // what every provider knows
		}},
		Runbooks: "https://github.com/te-explico/infrastructure/blob/main/",
	}
}

// defaultOnCall calls nobody: only a stack file knows who is there.
func defaultOnCall() OnCall { return OnCall{Provider: NoOnCall} }
