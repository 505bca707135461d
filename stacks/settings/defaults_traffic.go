package settings

import "time"

func defaultMesh() Mesh {
	return Mesh{
		Hub:          "docker.io/istio", // the one that Istio publishes to from 1.31 on
		Mode:         MeshSidecar,       // canaries by weight are stable there; ambient's are not yet
		Retries:      2,                 // one pod that goes and one that comes
		EjectAfter:   5,                 // a pod that fails five times in a row is no accident
		TracePercent: 5,                 // a picture of the traffic, for a twentieth of the price
	}
}

func defaultIngress() Ingress {
	return Ingress{
		Enabled: true,
		// A name that is left behind leads to an address that may be somebody else's
		// tomorrow. Only records that the stack's own mark stands beside go.
		Records: RecordsSync,
	}
}

func defaultOperators() Operators {
	base := newPool()
	apps, batch, gpu := base, base, base

	apps.Instances = []string{"m7g", "m6g"} // as the node group apps

	// batch can start again: spot, of several families since the spot market runs
	// dry family by family. It waits for nobody, so it is packed at once.
	batch.Instances = []string{"m7g", "m6g", "c7g", "c6g", "r7g", "r6g"}
	batch.Spot = true
	batch.ConsolidateAfter = Duration(time.Minute)
	batch.DisruptPercent = 50
	batch.TerminationGracePeriod = Duration(24 * time.Hour) // what the longest job may take
	batch.Taints = map[string]Taint{"workload": {Value: "batch", Effect: NoSchedule}}

	// gpu is for inference. A model takes minutes to load: a node stays a while.
	gpu.Instances = []string{"g5"}
	gpu.GPU = true
	gpu.CPUs, gpu.MemoryGiB = 16, 64
	gpu.DiskGiB = 100
	gpu.ConsolidateAfter = Duration(15 * time.Minute)
	gpu.Taints = map[string]Taint{"nvidia.com/gpu": {Value: "present", Effect: NoSchedule}}

	return Operators{
		Replicas:    1, // an operator that is away for a minute stops nothing that runs
		Descheduler: false,
		Backups: ClusterBackups{
			Enabled:  true,
			Schedule: "30 3 * * *", // at night, half an hour before the buckets' own backup
			KeepDays: 7,            // as long as the other backups
		},
		Pools: map[string]Pool{"apps": apps, "batch": batch, "gpu": gpu},
	}
}

// newPool is a pool that a stack file adds, before it says anything.
func newPool() Pool {
	return Pool{
		Instances:        []string{}, // no family suits every pool
		CPUs:             32,         // a bill of a few hundred dollars a month, and no more
		MemoryGiB:        128,
		DiskGiB:          50,
		ConsolidateAfter: Duration(5 * time.Minute), // longer than a rollout's lull
		DisruptPercent:   10,
		MaxAge:           Duration(14 * 24 * time.Hour), // a new machine image within two weeks
		// Several times what a rollout takes whose new pods the evicted ones wait for.
		TerminationGracePeriod: Duration(time.Hour),
		Labels:                 map[string]string{},
		Taints:                 map[string]Taint{},
	}
}

// deriveTraffic sets the host that follows from the domain.
func deriveTraffic(s *Settings) {
	source := AppMetrics
	if s.Mesh.Mode == MeshSidecar {
		source = MeshMetrics
	}
	for name, service := range s.Services {
		if service.Analysis.Source == "" {
			service.Analysis.Source = source
			s.Services[name] = service
		}
	}
	d := s.Domain
	if s.Compute != ECS && s.Ingress.Enabled && s.Ingress.Host == "" && isHost(d.Name) && (d.ZoneID != "" || d.CreateZone) {
		s.Ingress.Host = apiHost(d)
	}
}

// apiHost is where services answer that are given no host.
func apiHost(d Domain) string {
	return "api." + d.Name
}
