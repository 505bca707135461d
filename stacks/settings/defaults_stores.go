package settings

// defaultCache is one small node.
func defaultCache() Cache {
	return Cache{
		Engine:        Valkey, // a fifth cheaper than Redis OSS, and open source
		EngineVersion: "8.1",
		Mode:          CacheNodes, // serverless begins at a multiple of the smallest node's price
		Replicas:      0,          // a cache that is lost is filled again
		MultiAZ:       false,
		Parameters:    map[string]string{},
		SnapshotDays:  1, // the least that the security rules accept
		Users: map[string]CacheUser{
			// applications may do everything but what concerns the server; clients ask for info first
			"app": {Access: "on ~* &* +@all -@admin -@dangerous +info", ServiceAccounts: []string{}},
		},
	}
}

// defaultSecrets are a place for each service's own secrets. What reads them is
// the operator that puts them into the cluster, and nobody else.
func defaultSecrets() Secrets {
	names := map[string]StoredSecret{
		"ai-inference": {Purpose: "keys of the models that ai-inference asks"},
		"backend":      {Purpose: "keys of the services that backend calls"},
	}
	return Secrets{
		Store: AWSStore,
		Names: names,
		Readers: map[string]SecretReader{
			"external-secrets": {
				ServiceAccount: "external-secrets/external-secrets", // the names that its chart gives
				Secrets:        append(ordered(names), "database"),
			},
		},
	}
}

func defaultRegistry() Registry {
	return Registry{
		Images:       []string{"ai-inference", "backend", "frontend"}, // the platform's services
		UntaggedDays: 7,                                               // long enough to look into a build that went wrong
		KeepImages:   50,                                              // a quarter's releases to go back to
		PullAccounts: []string{},
		Mirrors:      []string{}, // NAT reaches the same registries
	}
}

// deriveStores sets the defaults that follow from a cache's mode, and a Vault's.
func deriveStores(s *Settings) {
	set := func(to *int, value int) {
		if *to == 0 {
			*to = value
		}
	}
	name := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	if k := &s.Cache; k.Mode == CacheServerless {
		set(&k.StorageGB, 10) // far above what a cache of nodes of the same price holds
		set(&k.ECPUs, 5000)   // some thousand simple commands a second
	} else {
		set(&k.Shards, 1)
	}
	if v := &s.Secrets.Vault; s.Secrets.Store == VaultStore {
		name(&v.AuthMount, "kubernetes")
		name(&v.Path, "secret")
	}
}
