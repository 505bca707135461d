package settings

// azureCapability is what Azure can do.
func azureCapability() Capability {
	return Capability{
		store: AzureStore, member: "the object id of a group, user or service principal", defaults: azureDefaults,
		Lacks: map[string]string{
			"local": "the stack makes its own cluster",
			"aws":   "no AWS account is touched",
			"gcp":   "no project of Google Cloud is touched",
		},
	}
}

// azureDefaults are what is different on Azure.
func azureDefaults(s *Settings) {
	s.Secrets.Store = AzureStore
}
