package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Kubernetes' syntax of quantities, without exponents, which nobody writes.
// Source: Kubernetes API reference, "Quantity".
var (
	cpuShape    = regexp.MustCompile(`^([1-9][0-9]*(\.[0-9]+)?|0?\.[0-9]*[1-9][0-9]*|[1-9][0-9]*m)$`)
	memoryShape = regexp.MustCompile(`^[1-9][0-9]*(\.[0-9]+)?[KMGTP]i$`)
)

// quotas checks the namespaces' quotas. The program's namespaces are those that
// have a quota by default.
func (c *checker) quotas() {
	given, known := c.s.Namespaces, ordered(defaultNamespaces())
	for _, name := range known {
		if _, has := given[name]; !has {
			c.bad(BadNamespace, "namespaces", "no quota of "+name, "a quota of each namespace of the program: they all exist")
		}
	}
	for _, name := range ordered(given) {
		q, path := given[name], child("namespaces", name)
		if !slices.Contains(known, name) {
			c.bad(BadNamespace, path, "the namespace "+shown(name), oneOf(name, known))
			continue
		}
		if !cpuShape.MatchString(q.CPU) {
			c.bad(BadQuantity, path+".cpu", shown(q.CPU), "processors such as \"8\", or thousandths such as 500m")
		}
		if !memoryShape.MatchString(q.Memory) {
			c.bad(BadQuantity, path+".memory", shown(q.Memory), "an amount of memory such as 16Gi or 512Mi")
		}
		if q.Storage != "" && !memoryShape.MatchString(q.Storage) {
			c.bad(BadQuantity, path+".storage", shown(q.Storage), "an amount of storage such as 100Gi or 2Ti")
		}
		if q.Pods < 1 {
			c.bad(BadCount, path+".pods", fmt.Sprint(q.Pods), "1 or more")
		}
		if q.LoadBalancers < 0 {
			c.bad(BadCount, path+".loadBalancers", fmt.Sprint(q.LoadBalancers), "0 or more")
		}
	}
}

// imageSource is a registry's host, perhaps with a port and a path. A host has a
// dot or a port, or is localhost: anything else is a path of Docker Hub.
// Source: github.com/distribution/reference, "Grammar".
var imageSource = regexp.MustCompile(`^(localhost|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+|[a-z0-9-]+:[0-9]{1,5})(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)

// admission checks what pods are judged by.
func (c *checker) admission() {
	a := c.s.Admission
	for i, r := range a.Registries {
		at := fmt.Sprintf("admission.registries[%d]", i)
		switch {
		case !imageSource.MatchString(r):
			c.bad(BadSourceHost, at, shown(r), "a registry's host such as ghcr.io, perhaps with a path, without https://, tag and slash at the end")
		case slices.Contains(a.Registries[:i], r):
			c.bad(BadSourceHost, at, r+", a second time", "each registry once")
		}
	}
	if len(a.Labels) == 0 {
		c.bad(BadPodLabel, "admission.labels", "none", "at least app.kubernetes.io/name: nobody would know whose a pod is")
	}
	for i, key := range a.Labels {
		at := fmt.Sprintf("admission.labels[%d]", i)
		if slices.Contains(a.Labels[:i], key) {
			c.bad(BadPodLabel, at, key+", a second time", "each label once")
			continue
		}
		prefix, name, prefixed := strings.Cut(key, "/")
		if !prefixed {
			prefix, name = "", key
		}
		if prefixed && (len(prefix) > 253 || !domainShape.MatchString(prefix)) || len(name) > 63 || !wordShape.MatchString(name) {
			c.bad(BadPodLabel, at, shown(key), "a Kubernetes key such as team or example.com/team")
		}
	}
}

// cloudContexts are what the tools of clouds call their clusters' contexts.
// Source: aws eks update-kubeconfig, gcloud container clusters get-credentials,
// doctl kubernetes cluster kubeconfig save; az aks get-credentials takes the
// cluster's bare name.
var cloudContexts = regexp.MustCompile(`^(arn:aws[a-z-]*:eks:|gke_|do-)|\.eksctl\.io$`)

// localRules are the rules of the cluster on a developer's machine.
func localRules(c *checker) {
	switch name := c.s.Local.Context; {
	case name == "":
		c.warn(CurrentContext, "local.context", "nothing", "the context of your local cluster, such as kind-explico: without one, pulumi up changes whichever cluster kubectl speaks to")
	case cloudContexts.MatchString(name):
		c.bad(BadContext, "local.context", shown(name), "a cluster on your machine, such as kind-explico: this is one of a cloud")
	case strings.ContainsAny(name, " \t\n"):
		c.bad(BadContext, "local.context", shown(name), "a context's name as kubectl config get-contexts prints it")
	}
}
