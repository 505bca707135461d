package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	prefixPathShape = regexp.MustCompile(`^/[A-Za-z0-9_.~/-]{0,127}$`)
	probeShape      = regexp.MustCompile(`^/[A-Za-z0-9_.~/?=&-]{0,127}$`)
	fileNameShape   = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$`)
	labelImage      = regexp.MustCompile(`^[a-z0-9]+([.:_/-]+[a-z0-9]+)*$`)
)

// tails end the names of a service's further objects.
var tails = []string{"-rolling", "-canary", "-stable", "-active", "-preview", "-bluegreen", "-metrics", "-mesh", "-slo", "-smoke"}

// services are the rules of services on Kubernetes.
func (c *checker) services() {
	all := c.s.Services
	c.names("services", ordered(all))
	paths := map[string]string{}
	for _, name := range ordered(all) {
		s, path := all[name], child("services", name)
		c.freeName(path, name)
		c.pod(path, pod{
			image: s.Image, env: s.Env, config: s.Config, secrets: s.Secrets, calls: s.Calls, buckets: s.Buckets,
			resources: s.Resources, gpu: s.GPU, user: s.User, scratch: s.Scratch, self: name,
		})
		c.podPort(path, s)
		c.scale(path, s)
		c.probes(path, s)
		c.delivery(path, s)
		c.slo(path, s)
		c.way(path, s, paths)
		c.after(path, name, s.After)
		if s.DrainSeconds < 0 || s.StopSeconds < 1 || s.DrainSeconds+s.StopSeconds > 300 {
			c.bad(BadStop, path+".stopSeconds", fmt.Sprintf("%d after %d", s.StopSeconds, s.DrainSeconds), "at least 1, and with drainSeconds at most 300: a node that is drained waits no longer", path+".drainSeconds")
		}
		if c.protected() && s.Scale.Min < 2 && !s.Scale.ToZero {
			c.bad(BrokenProtect, path+".scale.min", fmt.Sprint(s.Scale.Min), "at least 2, since the stack is protected: one for each of two zones", "protect")
		}
	}
}

// freeName checks that no two objects get one name.
func (c *checker) freeName(path, name string) {
	for _, tail := range tails {
		if other, cut := strings.CutSuffix(name, tail); cut {
			if _, taken := c.s.Services[other]; taken {
				c.bad(TakenName, path, "the name "+name, "another name: objects of "+other+" have it", child("services", other))
			}
		}
	}
	if slices.Contains([]string{"database", "cache", "internet"}, name) {
		c.bad(TakenName, path, "the name "+name, "another name: services that call "+name+" mean something else")
	}
}

// podPort checks where the container listens and is measured.
func (c *checker) podPort(path string, s Service) {
	c.freePort(path+".port", s.Port)
	if s.Metrics.Port != 0 {
		c.freePort(path+".metrics.port", s.Metrics.Port)
	}
	if s.Metrics.Enabled && !probeShape.MatchString(s.Metrics.Path) {
		c.bad(BadProbe, path+".metrics.path", shown(s.Metrics.Path), "a path that begins with a slash")
	}
}

// meshPorts are those that the mesh's proxies have in a pod.
// Source: Istio 1.30, "Application Requirements", ports used by Istio.
var meshPorts = []int{15000, 15001, 15002, 15004, 15006, 15008, 15009, 15020, 15021, 15053, 15090}

// freePort checks that a container can listen on a port.
func (c *checker) freePort(path string, port int) {
	switch {
	case port < 1024 || port > 65535:
		c.bad(BadPodPort, path, fmt.Sprint(port), "1024 to 65535: the container does not run as root, and cannot listen below")
	case c.s.Mesh.Mode != MeshNone && slices.Contains(meshPorts, port):
		c.bad(BadPodPort, path, fmt.Sprint(port), "another port: the mesh has this one", "mesh.mode")
	}
}

// scale checks how many pods there are, and whether one may go.
func (c *checker) scale(path string, s Service) {
	at, n := path+".scale", s.Scale
	switch {
	case n.Min < 1:
		c.bad(BadScale, at+".min", fmt.Sprint(n.Min), "1 or more; toZero lets the last one go, null removes a service")
	case n.Min > n.Max:
		c.bad(BadScale, at+".min", fmt.Sprint(n.Min), fmt.Sprintf("at most max, %d", n.Max), at+".max")
	case n.Min < n.Max && n.CPUPercent == 0 && n.MemoryPercent == 0 && n.RequestsPerSecond == 0:
		c.bad(BadScale, at+".max", fmt.Sprint(n.Max), "min, or cpuPercent, memoryPercent or requestsPerSecond to scale by", at+".min")
	}
	by := map[string]int{"cpuPercent": n.CPUPercent, "memoryPercent": n.MemoryPercent}
	for _, key := range ordered(by) {
		percent := by[key]
		if percent < 0 || percent > 100 {
			c.bad(BadScale, at+"."+key, fmt.Sprint(percent), "0 (not by it) to 100")
		}
	}
	if n.RequestsPerSecond < 0 {
		c.bad(BadScale, at+".requestsPerSecond", fmt.Sprint(n.RequestsPerSecond), "0 (not by requests) or more")
	}
	c.query(at, n)
	switch {
	case s.MaxUnavailable < 1:
		c.bad(BlockedEviction, path+".maxUnavailable", fmt.Sprint(s.MaxUnavailable), "1 or more: with none, no node can be drained")
	case s.MaxUnavailable >= n.Min && n.Min > 1 && !n.ToZero:
		c.bad(BlockedEviction, path+".maxUnavailable", fmt.Sprint(s.MaxUnavailable), fmt.Sprintf("less than scale.min, %d: all pods could go at once", n.Min), at+".min")
	}
	if !n.ToZero {
		return
	}
	switch {
	case n.RequestsPerSecond == 0:
		c.bad(NoIdleSignal, at+".toZero", "true without requestsPerSecond", "how much work one pod does", at+".requestsPerSecond")
	case n.Query == "" && c.s.Mesh.Mode == MeshNone:
		c.bad(NoIdleSignal, at+".toZero", "true without a mesh", "scale.query, a query for the work there is: a pod that is not there measures nothing", "mesh.mode")
	case time.Duration(n.IdleAfter) < time.Minute:
		c.bad(BadScale, at+".idleAfter", fmt.Sprint(n.IdleAfter), "at least 1m", at+".toZero")
	}
}

// probes checks how Kubernetes asks.
func (c *checker) probes(path string, s Service) {
	by := map[string]string{"live": s.Probes.Live, "ready": s.Probes.Ready}
	for _, key := range ordered(by) {
		p := by[key]
		if !probeShape.MatchString(p) {
			c.bad(BadProbe, path+".probes."+key, shown(p), "a path that begins with a slash")
		}
	}
	if s.Probes.Live == s.Probes.Ready {
		c.bad(BadProbe, path+".probes.ready", shown(s.Probes.Ready), "another path than live: a pod that waits for the database must not be started anew", path+".probes.live")
	}
	if s.Probes.StartSeconds < 5 || s.Probes.StartSeconds > 1800 {
		c.bad(BadProbe, path+".probes.startSeconds", fmt.Sprint(s.Probes.StartSeconds), "5 to 1800")
	}
}

// delivery checks how a new release goes live and is judged.
func (c *checker) delivery(path string, s Service) {
	if s.Strategy == DeliverRolling {
		return
	}
	if s.Strategy == DeliverCanary {
		c.canary(path, s)
	}
	a, at := s.Analysis, path+".analysis"
	switch {
	case a.Source == AppMetrics && !s.Metrics.Enabled:
		c.bad(Unscraped, at+".source", "app", "metrics.enabled: true, or source: mesh", path+".metrics.enabled")
	case a.Source == MeshMetrics && c.s.Mesh.Mode == MeshNone:
		c.bad(Unscraped, at+".source", "mesh", "app, or a mesh", "mesh.mode")
	}
	if a.SmokePath != "" && !probeShape.MatchString(a.SmokePath) {
		c.bad(BadProbe, at+".smokePath", shown(a.SmokePath), "a path that begins with a slash, or nothing")
	}
	if a.BurnRate < 1 || float64(a.BurnRate)*(100-s.SLO.Availability) >= 100 {
		c.bad(BadSteps, at+".burnRate", fmt.Sprint(a.BurnRate), fmt.Sprintf("at least 1, and less than %.0f: beyond, no release could be too bad", 100/(100-s.SLO.Availability)), path+".slo.availability")
	}
	if a.Failures < 0 || a.Failures > 10 {
		c.bad(BadSteps, at+".failures", fmt.Sprint(a.Failures), "0 to 10")
	}
	if keep := time.Duration(s.BlueGreen.KeepOld); s.Strategy == DeliverBlueGreen && (keep < time.Minute || keep > 24*time.Hour) {
		c.bad(BadSteps, path+".blueGreen.keepOld", fmt.Sprint(s.BlueGreen.KeepOld), "1m to 24h")
	}
}

func (c *checker) canary(path string, s Service) {
	if c.s.Mesh.Mode == MeshNone {
		c.bad(NoWeights, path+".strategy", "canary without a mesh", "blueGreen or rolling, or mesh.mode: ambient or sidecar: nobody splits the requests", "mesh.mode")
	}
	if len(s.Canary.Percents) == 0 {
		c.bad(BadSteps, path+".canary.percents", "none", "at least one share, such as 5")
	}
	for i, p := range s.Canary.Percents {
		if p < 1 || p > 99 || i > 0 && p <= s.Canary.Percents[i-1] {
			c.bad(BadSteps, fmt.Sprintf("%s.canary.percents[%d]", path, i), fmt.Sprint(p), "1 to 99, and more than the one before")
		}
	}
	if pause := time.Duration(s.Canary.Pause); pause < 2*time.Minute || pause > 24*time.Hour {
		c.bad(BadSteps, path+".canary.pause", fmt.Sprint(s.Canary.Pause), "2m to 24h: less gives no two measurements")
	}
}

// LatencyBuckets are the latencies that the mesh counts by, in milliseconds.
// Source: Envoy, the default buckets of its Prometheus histograms, which Istio keeps.
var LatencyBuckets = []int{1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000}

// slo checks what a service promises.
func (c *checker) slo(path string, service Service) {
	s := service.SLO
	if c.s.Mesh.Mode == MeshNone && !service.Metrics.Enabled {
		c.bad(Unscraped, path+".slo", "promises that nobody measures", "metrics.enabled: true, or a mesh", path+".metrics.enabled", "mesh.mode")
	}
	by := map[string]float64{"availability": s.Availability, "latencyTarget": s.LatencyTarget}
	for _, key := range ordered(by) {
		target := by[key]
		if target < 50 || target >= 100 {
			c.bad(BadSLO, path+".slo."+key, fmt.Sprint(target), "50 to less than 100, such as 99.9")
		}
	}
	if !slices.Contains(LatencyBuckets, s.LatencyMs) {
		c.bad(BadSLO, path+".slo.latencyMs", fmt.Sprint(s.LatencyMs), "one of "+strings.Trim(fmt.Sprint(LatencyBuckets), "[]")+": between two of them nothing is counted")
	}
}

// way checks which requests from outside are a service's; taken are those of
// the services before.
func (c *checker) way(path string, s Service, taken map[string]string) {
	for i, p := range s.Paths {
		at := fmt.Sprintf("%s.paths[%d]", path, i)
		if !prefixPathShape.MatchString(p) || p != "/" && strings.HasSuffix(p, "/") {
			c.bad(BadPaths, at, shown(p), "the beginning of a path, such as /api")
		} else if other, twice := taken[p]; twice {
			c.bad(BadPaths, at, p, "a path of its own: it is another's", other)
		}
		taken[p] = at
	}
	if t := time.Duration(s.Timeout); t < time.Second || t > time.Hour {
		c.bad(BadPaths, path+".timeout", fmt.Sprint(s.Timeout), "1s to 1h")
	}
	c.slowOrigin(path, s)
}

// after checks what a service waits for: jobs that end, and that do not need it.
func (c *checker) after(path, service string, names []string) {
	for i, name := range names {
		at := fmt.Sprintf("%s.after[%d]", path, i)
		switch job, known := c.s.Jobs[name]; {
		case !known || slices.Contains(names[:i], name):
			c.bad(BadAfter, at, shown(name), "once, "+oneOf(name, ordered(c.s.Jobs)))
		case job.Schedule != "":
			c.bad(BadAfter, at, name+", which has a schedule", "a job without: one that runs again and again is never done", child("jobs", name)+".schedule")
		case c.needs(name, service, map[string]bool{}):
			c.bad(BadAfter, at, name+", which needs "+service, "a job that does not: each would wait for the other", child("jobs", name)+".calls")
		}
	}
}

// needs says whether a job calls a service, or one that waits for a job that does.
func (c *checker) needs(job, service string, seen map[string]bool) bool {
	if seen[job] {
		return false
	}
	seen[job] = true
	return slices.ContainsFunc(c.s.Jobs[job].Calls, func(called string) bool {
		return called == service || slices.ContainsFunc(c.s.Services[called].After, func(next string) bool { return c.needs(next, service, seen) })
	})
}
