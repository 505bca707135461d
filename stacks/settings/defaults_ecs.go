package settings

import "github.com/te-explico/infrastructure/versions"

// defaultEcs are the platform's three services. They run a sample until their
// images exist.
func defaultEcs() Ecs {
	backend, inference, frontend := newEcsService(), newEcsService(), newEcsService()
	for _, s := range []*EcsService{&backend, &inference, &frontend} {
		s.Image = versions.SampleImage()
		s.Port = 9898 // where the sample listens
	}
	backend.Paths, backend.Order = []string{"/api/*"}, 100
	backend.Database = true

	// ai-inference keeps a model in memory. Fargate has no GPU, so it is a small
	// one.
	inference.Paths, inference.Order = []string{"/ai/*"}, 200
	inference.CPU, inference.Memory = 1024, 4096

	// frontend takes what is left.
	frontend.Paths, frontend.Order = []string{"/*"}, 900

	return Ecs{
		OpenTo:       OpenToWorld, // the services have hosts of their own; the CDN asks them only if cdn.apiOrigin says so
		Architecture: ARM64,
		Services:     map[string]EcsService{"backend": backend, "ai-inference": inference, "frontend": frontend},
	}
}

// newEcsService is a service that a stack file adds, before it says anything.
func newEcsService() EcsService {
	return EcsService{
		Strategy: Rolling, // one set of tasks to pay for
		Live:     Blue,
		CPU:      256, // the smallest task
		Memory:   512,
		Port:     8080,
		Min:      1,
		Max:      3,
		// what a small service in most languages serves without effort: 17 a second
		RequestsPerTask: 1000,
		SpotPercent:     0, // who can bear interruptions says so
		Env:             map[string]string{},
		Secrets:         map[string]EcsSecret{},
		Paths:           []string{},
		HealthPath:      "/healthz",
		DrainSeconds:    30, // longer than nearly every request
		User:            "10001:10001",
		Scratch:         []string{},
	}
}

// deriveEcs sets the hosts that follow from others.
func deriveEcs(s *Settings) {
	if s.Compute != ECS {
		return
	}
	if s.Ecs.Host == "" && s.Domain.Name != "" {
		s.Ecs.Host = "api." + s.Domain.Name
	}
	for name, service := range s.Ecs.Services {
		if service.Host == "" {
			service.Host = s.Ecs.Host
			s.Ecs.Services[name] = service
		}
	}
}
