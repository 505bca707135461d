package settings

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
)

// Beside the container of a pod, the mesh's proxy counts against a quota: what it asks
// for of the processor, and the memory that it is limited to. A test compares them, and
// Surge, with what the program sets.
const (
	// ProxyMilliCPU is what a sidecar asks for, in thousandths of a processor.
	ProxyMilliCPU = 50
	// ProxyMemoryMiB is what a sidecar may use.
	ProxyMemoryMiB = 512
	// Surge is by how many percent a rolling update exceeds the number of pods.
	Surge = 25
)

// quantityShape is a number of Kubernetes' with its unit.
var quantityShape = regexp.MustCompile(`^([0-9.]+)(m|[KMGTP]i)?$`)

// quantityUnits are the units; of those of memory, in MiB.
var quantityUnits = map[string]float64{"m": 0.001, "": 1, "Ki": 1. / 1024, "Mi": 1, "Gi": 1024, "Ti": 1024 * 1024, "Pi": 1024 * 1024 * 1024}

// quantity is a quota's amount of processors, or of MiB.
func quantity(text string) (float64, bool) {
	m := quantityShape.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	return n * quantityUnits[m[2]], err == nil
}

// taker is what the pods of one part of the stack take of a quota together.
type taker struct {
	path, what           string // where it is decided, and in words
	cpu, memory, storage float64
	pods                 int
}

// mostPods is how many pods a service has at its most. A release by the share of
// requests, or with a second set, has both sets at the end; a rolling one a quarter
// more.
func mostPods(s Service) int {
	if s.Strategy == DeliverRolling {
		return s.Scale.Max + (s.Scale.Max*Surge+99)/100
	}
	return 2 * s.Scale.Max
}

// product are the services at their most, all in the midst of a release, and the jobs
// at once, each with one pod.
func (c *checker) product() []taker {
	var all []taker
	add := func(path string, pods int, r PodResources) {
		cpu, okCPU := milli(r.CPU)
		memory, okMemory := mebi(r.Memory)
		large := slices.ContainsFunc(c.found, func(d Diagnostic) bool { return d.Code == OverCapacity && within(d.Path, path) })
		if !okCPU || !okMemory || pods < 1 || large {
			return // said elsewhere
		}
		if c.s.Mesh.Mode == MeshSidecar {
			cpu, memory = cpu+ProxyMilliCPU, memory+ProxyMemoryMiB
		}
		all = append(all, taker{path: path, what: plural(pods, "pod"), pods: pods, cpu: float64(pods*cpu) / 1000, memory: float64(pods * memory)})
	}
	for _, name := range ordered(c.s.Services) {
		s := c.s.Services[name]
		add(child("services", name), mostPods(s), s.Resources)
	}
	for _, name := range ordered(c.s.Jobs) {
		add(child("jobs", name), 1, c.s.Jobs[name].Resources)
	}
	return all
}

// logStore are Elasticsearch's nodes. What else runs beside them is small.
func (c *checker) logStore() []taker {
	var all []taker
	sets := c.s.Logging.Elasticsearch.byTier()
	for _, tier := range ordered(sets) {
		n := sets[tier]
		if c.s.Logging.Enabled && n.Nodes > 0 {
			all = append(all, taker{
				path: "logging.elasticsearch." + tier, what: plural(n.Nodes, "node"), pods: n.Nodes,
				cpu: float64(n.Nodes*n.CPUMillis) / 1000, memory: float64(n.Nodes * min(n.MemoryGiB, mostMemory) * 1024), storage: float64(n.Nodes * n.StorageGiB * 1024),
			})
		}
	}
	return all
}

// sampleStore is Prometheus, which is nearly all of what it shares a namespace with.
func (c *checker) sampleStore() []taker {
	m := c.s.Metrics
	return []taker{{path: "metrics", what: plural(m.Replicas, "Prometheus server"), pods: m.Replicas, memory: float64(m.Replicas * m.MemoryMiB), storage: float64(m.Replicas * m.StorageGiB * 1024)}}
}

// room checks that quotas hold what the settings themselves ask for. What is beyond a
// quota is refused in the cluster, pod by pod, in the midst of a release or of a rush
// of requests.
func (c *checker) room() {
	all := map[string][]taker{"explico": c.product(), "logging": c.logStore(), "monitoring": c.sampleStore()}
	for _, namespace := range ordered(all) {
		takers := all[namespace]
		q, given := c.s.Namespaces[namespace]
		if !given || q.Pods < 1 {
			continue // said elsewhere
		}
		path := child("namespaces", namespace)
		c.roomFor(path+".cpu", q.CPU, takers, func(u taker) float64 { return u.cpu }, func(n float64) string { return fmt.Sprint(math.Ceil(n)) })
		c.roomFor(path+".memory", q.Memory, takers, func(u taker) float64 { return u.memory }, gibibytes)
		c.roomFor(path+".storage", cmp.Or(q.Storage, "0"), takers, func(u taker) float64 { return u.storage }, gibibytes)
		c.roomFor(path+".pods", fmt.Sprint(q.Pods), takers, func(u taker) float64 { return float64(u.pods) }, func(n float64) string { return fmt.Sprint(n) })
	}
}

func gibibytes(mib float64) string { return fmt.Sprintf("%.0fGi", math.Ceil(mib/1024)) }

// roomFor checks one amount of a quota, and says who takes most of it.
func (c *checker) roomFor(path, quota string, takers []taker, of func(taker) float64, write func(float64) string) {
	have, readable := quantity(quota)
	sum, most := 0.0, taker{}
	for _, u := range takers {
		if sum += of(u); of(u) > of(most) {
			most = u
		}
	}
	if !readable || sum <= have {
		return
	}
	c.bad(ThinQuota, path, shown(quota), fmt.Sprintf("at least %s, what the pods take at their most with releases on their way; most of it is for %s: %s for %s", write(sum), most.path, write(of(most)), most.what), most.path)
}
