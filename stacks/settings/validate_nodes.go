package settings

import (
	"fmt"
	"regexp"
	"strings"
)

// Kubernetes' syntax of names and label values.
// Source: k8s.io/apimachinery, package validation.
var (
	labelShape  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	domainShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	wordShape   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
)

func (c *checker) nodeGroups() {
	groups := c.s.Cluster.NodeGroups
	c.names("cluster.nodeGroups", ordered(groups))
	home := false
	for _, name := range ordered(groups) {
		g, path := groups[name], child("cluster.nodeGroups", name)
		c.sizes(path, g)
		if len(g.Instances) == 0 {
			c.missing(path+".instances", "at least one instance type")
		}
		if least := 20; g.DiskGiB < least {
			c.bad(SmallDisk, path+".diskGiB", fmt.Sprint(g.DiskGiB), fmt.Sprintf("at least %d GiB", least))
		} else if g.DiskGiB > 16384 {
			c.bad(SmallDisk, path+".diskGiB", fmt.Sprint(g.DiskGiB), "at most 16384 GiB, the largest gp3 volume")
		}
		for _, key := range ordered(g.Labels) {
			c.label(child(path+".labels", key), key, g.Labels[key])
		}
		for _, key := range ordered(g.Taints) {
			c.label(child(path+".taints", key), key, g.Taints[key].Value)
		}
		home = home || len(g.Taints) == 0 && !g.Spot && max(g.Initial, g.Min) > 0
	}
	if !home && !c.lacks("cluster.nodeGroups") {
		c.bad(NoHome, "cluster.nodeGroups", "no group without taints, not spot, that begins with a node",
			"one with min or initial at least 1: DNS and the autoscaler run there")
	}
}

func (c *checker) sizes(path string, g NodeGroup) {
	initial := max(g.Initial, g.Min) // 0 means min
	if g.Initial != 0 {
		initial = g.Initial
	}
	switch {
	case g.Min < 0:
		c.bad(BadSize, path+".min", fmt.Sprint(g.Min), "0 or more")
	case g.Max < 1:
		c.bad(BadSize, path+".max", fmt.Sprint(g.Max), "at least 1; a group of none is removed with null")
	case g.Min > g.Max:
		c.bad(BadSize, path+".min", fmt.Sprint(g.Min), fmt.Sprintf("at most max, %d", g.Max), path+".max")
	case initial < g.Min || initial > g.Max:
		c.bad(BadSize, path+".initial", fmt.Sprint(initial), fmt.Sprintf("between min and max, %d to %d", g.Min, g.Max), path+".min", path+".max")
	}
}

// label checks the key and value of a label or taint.
func (c *checker) label(path, key, value string) {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		prefix, name = "", key
	}
	if prefixed && (len(prefix) > 253 || !domainShape.MatchString(prefix)) || len(name) > 63 || !wordShape.MatchString(name) {
		c.bad(BadLabel, path, "the key "+shown(key), "a Kubernetes key such as workload or example.com/workload")
	}
	if value != "" && (len(value) > 63 || !wordShape.MatchString(value)) {
		c.bad(BadLabel, path, "the value "+shown(value), "up to 63 letters, digits, dots, hyphens and underscores")
	}
}
