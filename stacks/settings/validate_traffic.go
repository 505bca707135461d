package settings

import (
	"fmt"
	"time"
)

// traffic checks the mesh, the way in and the operators.
func (c *checker) traffic() {
	c.mesh()
	c.ingress()
	c.operators()
	c.pools()
}

func (c *checker) mesh() {
	m := c.s.Mesh
	if !imageSource.MatchString(m.Hub) {
		c.bad(BadMesh, "mesh.hub", shown(m.Hub), "a registry's host such as docker.io, perhaps with a path, without https://, tag and slash at the end")
	}
	c.number(BadMesh, "mesh.retries", m.Retries, 0, 5)
	c.number(BadMesh, "mesh.ejectAfter", m.EjectAfter, 1, 100)
	c.number(BadMesh, "mesh.tracePercent", m.TracePercent, 0, 100)
	if m.Mode == MeshNone && c.protected() {
		c.warn(OpenMesh, "mesh.mode", string(m.Mode), "sidecar or ambient, since the stack is protected", "protect")
	}
}

// number wants a number within a range.
func (c *checker) number(code Code, path string, n, least, most int) {
	if n < least || n > most {
		c.bad(code, path, fmt.Sprint(n), fmt.Sprintf("%d to %d", least, most))
	}
}

func (c *checker) ingress() {
	in, d := c.s.Ingress, c.s.Domain
	if in.Email != "" && !emailShape.MatchString(in.Email) {
		c.bad(BadEmail, "ingress.email", shown(in.Email), "a mail address")
	}
	if in.Enabled && c.s.Mesh.Mode == MeshNone {
		c.bad(NoMesh, "ingress.enabled", "true without a mesh", "mesh.mode: sidecar or ambient, whose gateway is the way in, or enabled: false, which leaves the services to what is inside the cluster", "mesh.mode")
	}
	if in.Host != "" && in.Enabled && in.Host != apiHost(d) { // what is wrong with the domain is said there
		c.entranceHost("ingress.host", in.Host)
	}
	if host := c.s.CDN.APIOrigin; host != "" && host == in.Host && in.Enabled && c.s.WAF.Enabled {
		c.warn(TwoFronts, "cdn.apiOrigin", shown(host), "it left out, and users who ask this host themselves", "ingress.host", "waf.enabled")
	}
}

// entranceHost checks a name that the way in answers under.
func (c *checker) entranceHost(path, host string) {
	d := c.s.Domain
	zone := d.Zone
	if zone == "" {
		zone = d.Name // the zone's own name is not known beforehand
	}
	switch {
	case !isHost(host) || host == d.Name:
		c.bad(BadIngressHost, path, shown(host), "a host name such as api.app.example.com, and not the CDN's", "domain.name")
	case d.ZoneID == "" && !d.CreateZone:
		c.bad(IngressNoDomain, path, shown(host), "a domain with its zone, where the certificate is proved", "domain.zoneId")
	case !inZone(host, zone):
		c.bad(IngressOutside, path, shown(host), "a name in the zone "+shown(zone), "domain.zone")
	}
}

func (c *checker) operators() {
	o := c.s.Operators
	c.number(BadOperators, "operators.replicas", o.Replicas, 1, 5)
	if o.Replicas == 1 && c.protected() {
		c.warn(SingleOperators, "operators.replicas", "1", "2 or more, since the stack is protected", "protect")
	}
	if !o.Backups.Enabled {
		return
	}
	c.number(BadCron, "operators.backups.keepDays", o.Backups.KeepDays, 1, 365)
	if want := fiveFields(o.Backups.Schedule); want != "" {
		c.bad(BadCron, "operators.backups.schedule", shown(o.Backups.Schedule), want)
	}
}

func (c *checker) pools() {
	pools := c.s.Operators.Pools
	c.names("operators.pools", ordered(pools))
	for _, name := range ordered(pools) {
		p, path := pools[name], child("operators.pools", name)
		if len(p.Instances) == 0 {
			c.bad(NoPoolInstances, path+".instances", "nothing", "at least one family of instance types, such as m7g")
		}
		c.number(BadPool, path+".cpus", p.CPUs, 1, 100000)
		c.number(BadPool, path+".memoryGiB", p.MemoryGiB, 1, 1000000)
		c.number(BadPool, path+".diskGiB", p.DiskGiB, 20, 16384)
		c.number(BadPool, path+".disruptPercent", p.DisruptPercent, 1, 100)
		if p.ConsolidateAfter < 0 {
			c.bad(BadPool, path+".consolidateAfter", p.ConsolidateAfter.String(), "0s or longer")
		}
		if p.MaxAge <= 0 {
			c.bad(BadPool, path+".maxAge", p.MaxAge.String(), "longer than nothing, such as 336h")
		}
		if g := time.Duration(p.TerminationGracePeriod); g < 5*time.Minute || g > 7*24*time.Hour {
			c.bad(BadPool, path+".terminationGracePeriod", p.TerminationGracePeriod.String(), "5m, which a service may take to stop, to 168h")
		}
		for _, key := range ordered(p.Labels) {
			c.label(child(path+".labels", key), key, p.Labels[key])
		}
		for _, key := range ordered(p.Taints) {
			c.label(child(path+".taints", key), key, p.Taints[key].Value)
		}
	}
}

// awsPools checks the pools' families of instance types.
func (c *checker) awsPools() {
	for _, name := range ordered(c.s.Operators.Pools) {
		p, path := c.s.Operators.Pools[name], child("operators.pools", name)
		arch := ""
		for i, instance := range p.Instances {
			at := fmt.Sprintf("%s.instances[%d]", path, i)
			family, known := instanceFamilies[instance]
			switch {
			case !known:
				want := "a family of instance types such as m7g"
				if near := nearest(instance, ordered(instanceFamilies)); near != "" {
					want += " (did you mean " + near + "?)"
				}
				c.bad(BadFamily, at, shown(instance), want)
			case arch != "" && family.arch != arch:
				c.bad(BadFamily, at, fmt.Sprintf("%s (%s)", instance, family.arch), "a family with the CPU of the first ("+arch+")", path+".instances[0]")
			case family.gpu != p.GPU:
				c.bad(BadFamily, at, fmt.Sprintf("%s with gpu: %v", instance, p.GPU), "gpu: true exactly for families with NVIDIA GPUs", path+".gpu")
			default:
				arch = family.arch
			}
		}
		c.roomy(path, p)
	}
}
