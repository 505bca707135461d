package settings

import (
	"time"

	"github.com/te-explico/infrastructure/versions"
)

// defaultServices are the platform's three services. They run a sample until
// their images exist.
func defaultServices() map[string]Service {
	backend, inference, frontend := newService(), newService(), newService()
	for _, s := range []*Service{&backend, &inference, &frontend} {
		s.Image = versions.SampleImage()
		s.Port = 9898 // where the sample listens
	}
	backend.Paths = []string{"/api"}
	backend.Calls = []string{"database", "cache", "ai-inference", "internet"}
	backend.Priority = PriorityCritical

	// ai-inference keeps a model in memory, and takes seconds to answer.
	inference.Paths = []string{"/ai"}
	inference.Resources = PodResources{CPU: "1", Memory: "4Gi", Disk: "4Gi"}
	inference.Probes.StartSeconds = 300 // a model is loaded first
	inference.SLO = SLO{Availability: 99.5, LatencyMs: 5000, LatencyTarget: 95}
	inference.Timeout = Duration(60 * time.Second)
	inference.StopSeconds = 60

	// frontend renders pages; what it shows comes from backend.
	frontend.Paths = []string{"/"}
	frontend.Calls = []string{"backend"}

	return map[string]Service{"backend": backend, "ai-inference": inference, "frontend": frontend}
}

// newService is a service that a stack file adds, before it says anything.
func newService() Service {
	return Service{
		Command:  []string{},
		Args:     []string{},
		Port:     8080,
		Env:      map[string]string{},
		Config:   map[string]string{},
		Secrets:  []string{},
		Strategy: DeliverRolling, // no second set to pay for, and nothing to judge by is needed
		Canary: CanarySteps{
			Percents: []int{5, 25, 50}, // few users find the first fault; half of them the load's
			Pause:    Duration(5 * time.Minute),
		},
		BlueGreen: BlueGreenSteps{
			AutoPromote: true,                       // the analysis has judged
			KeepOld:     Duration(10 * time.Minute), // what is wrong at once shows by then
		},
		Analysis: Analysis{
			SmokePath: "/readyz",   // asks what the service needs, too
			BurnRate:  6,           // what the slower of the two paging alerts fires at
			Failures:  1,           // one bad minute may be chance
			NoTraffic: PassUnasked, // a stack without users would wait for ever
		},
		Resources:      PodResources{CPU: "100m", Memory: "256Mi", Disk: "256Mi"},
		Scale:          newScale(),
		MaxUnavailable: 1,
		Probes:         Probes{Live: "/healthz", Ready: "/readyz", StartSeconds: 60},
		Metrics:        ServiceMetrics{Enabled: true, Path: "/metrics"},
		SLO: SLO{
			Availability: 99.9, // 43 minutes a month
			LatencyMs:    500, LatencyTarget: 99,
		},
		Paths:        []string{},
		Timeout:      Duration(15 * time.Second),
		Calls:        []string{},
		After:        []string{},
		Buckets:      map[string]BucketAccess{},
		Priority:     PriorityStandard,
		DrainSeconds: 15, // what load balancers take to notice
		StopSeconds:  30, // longer than nearly every request
		User:         10001,
		Scratch:      []string{},
	}
}

func newScale() Scale {
	return Scale{
		Min: 2, Max: 4, // one pod may be lost or evicted
		CPUPercent: 70, // room for the seconds that a new pod takes
		IdleAfter:  Duration(5 * time.Minute),
	}
}

// newJob is a job that a stack file adds, before it says anything.
func newJob() Job {
	return Job{
		Command: []string{}, Timezone: "Etc/UTC",
		Timeout:   Duration(time.Hour),
		Retries:   3,
		Spot:      true, // it can start again
		Env:       map[string]string{},
		Config:    map[string]string{},
		Secrets:   []string{},
		Calls:     []string{},
		Buckets:   map[string]BucketAccess{},
		Resources: PodResources{CPU: "250m", Memory: "512Mi", Disk: "1Gi"},
		User:      10001,
		Scratch:   []string{},
	}
}
