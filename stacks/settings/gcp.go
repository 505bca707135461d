package settings

// gcpCapability is what Google Cloud can do.
func gcpCapability() Capability {
	return Capability{
		store: GCPStore, member: "a member such as group:oncall@example.com", defaults: gcpDefaults,
		Lacks: map[string]string{
			"local": "the stack makes its own cluster",
			"aws":   "no AWS account is touched",
			"azure": "no subscription of Azure is touched",
		},
	}
}

// gcpDefaults are what is different on Google Cloud.
func gcpDefaults(s *Settings) {
	s.Secrets.Store = GCPStore
}
