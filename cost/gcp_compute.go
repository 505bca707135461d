package cost

import "slices"

// The kinds of Google Cloud, by what they are for, are in gcp_*.go, and which
// type is which in gcp_kinds.go.

// gkeCluster is a control plane. What the cluster's pods log comes in by it.
type gkeCluster struct{ autopilot bool }

func newGkeCluster(r *reader) domain { return gkeCluster{r.flag("enableAutopilot")} }

func (c gkeCluster) components(b *basis) []component {
	all := []component{
		{item: "control plane hours", category: Compute, sku: "gke/cluster", unit: Hour, quantity: exactly(whole(HoursPerMonth))},
		logsOf(b, "logs taken in"),
	}
	if c.autopilot {
		all = append(all, component{item: "pods of Autopilot", category: Compute, reason: "Autopilot bills what pods ask for, which nobody says"})
	}
	return all
}

// logsOf is what a part of the stack logs. The first 50 GB of a project are free,
// which the estimate leaves out.
func logsOf(b *basis, item string) component {
	key := "logsGB." + b.r.Component
	return component{
		item: item, category: Observability, sku: "logging/ingest", unit: GB, quantity: exactly(b.assume(key)), rests: []string{key},
	}
}

// nodePool are machines that an autoscaler adds and takes away, with their disks.
type nodePool struct {
	machine, disk      string
	gib                int
	least, first, most int
	spot               bool
}

func newNodePool(r *reader) domain {
	zones := max(len(r.list("nodeLocations")), 1)
	p := nodePool{
		machine: r.text("nodeConfig.machineType", "e2-medium"), disk: r.text("nodeConfig.diskType", "pd-balanced"), gib: r.number("nodeConfig.diskSizeGb", 100),
		least: r.number("autoscaling.totalMinNodeCount", 0), most: r.number("autoscaling.totalMaxNodeCount", 0),
		first: r.number("initialNodeCount", 0) * zones, spot: r.flag("nodeConfig.spot"),
	}
	if !r.has("autoscaling") {
		n := r.number("nodeCount", r.number("initialNodeCount", 0)) * zones
		p.least, p.first, p.most = n, n, n
	}
	p.first = min(max(p.first, p.least), max(p.most, p.least))
	return p
}

// size is how many nodes there are, and the assumption that says so; the first
// size where nobody says.
func (p nodePool) size(b *basis) (Span, []string) {
	if key := "nodeGroups." + poolName(b.r); b.stated(key) {
		return between(p.least, b.Usage[key].Value, p.most), []string{key}
	}
	return between(p.least, p.first, p.most), nil
}

// poolName is a pool's name in the settings: what follows its component's.
func poolName(r Resource) string {
	if name := r.Name; len(name) > len(r.Component)+1 && name[:len(r.Component)+1] == r.Component+"-" {
		return name[len(r.Component)+1:]
	}
	return r.Name
}

func (p nodePool) components(b *basis) []component {
	size, rests := p.size(b)
	rests = append(rests, b.restsOnHours()...)
	node := component{
		item: "node hours, " + p.machine, category: Compute, sku: "gcp-vm/" + p.machine, unit: Hour,
		quantity: size.Times(b.running()), rests: rests, spot: p.spot,
	}
	if p.spot {
		node.item += ", spot"
		node.rests = append(slices.Clone(rests), spotKey)
	}
	present := size.Times(b.running()).Times(whole(1).Div(whole(HoursPerMonth)))
	return []component{node, {
		item: "node disks, " + p.disk, category: Storage, sku: "disk/" + p.disk, unit: GBMonth, quantity: present.Times(whole(p.gib)), rests: rests,
	}}
}

// gkeBackup backs a cluster up: its pods and what their volumes hold.
type gkeBackup struct{}

func newGkeBackup(*reader) domain { return gkeBackup{} }

func (gkeBackup) components(b *basis) []component {
	const volumes = "backup.volumesGB"
	return []component{
		{item: "pods backed up", category: Backup, reason: "pods are billed by their number, without a rate in the catalogue"},
		{item: "backups of volumes", category: Backup, sku: "gke-backup/storage", unit: GBMonth, quantity: exactly(b.assume(volumes)), rests: []string{volumes}},
	}
}
