package kubernetes

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// chart is what is known of a Helm chart. In names, "{}" stands for the full name
// that Helm's usual helper makes: the release's name where it contains the
// chart's, else release-chart. "{release}" stands for the release's name. A name
// with a slash ("kube-system/reader") is in another namespace than the release.
type chart struct {
	// repository is where the chart is: the URL of a repository, or the address
	// with oci:// of the folder that the chart is in. Empty is anywhere.
	repository string
	// definitions are the custom resource definitions that the chart brings, as
	// "group/Kind", or "group/version,version/Kind" where others than any version
	// must be refused.
	definitions kindList
	// spare are those of them that what the chart runs can do without.
	spare kindList
	// crdsFolder says that the definitions stand in the chart's folder crds, which
	// skipCrds leaves out and Helm never deletes. crdValues are the values that
	// leave out definitions that are templates, by being false (where a "+" stands
	// before, by not being true). crdsKept is the value that keeps those when the release
	// goes; crdsAlways says that they are kept in any case.
	crdsFolder bool
	crdValues  []string
	crdsKept   string
	crdsAlways bool
	// workloads run the chart's pods.
	workloads []workload
	// accounts, services, secrets and configs are the names of what else it makes.
	accounts, services, secrets, configs []string
	// classes are the classes that it makes, as Kind/name, such as
	// IngressClass/alb; a GatewayClass names its controller: GatewayClass/x=c.
	classes []string
	// balancer is where its values hold a Service that is a load balancer unless
	// the values say otherwise, such as "service".
	balancer string
	// refuse is what the chart refuses beside.
	refuse func(op *simcloud.Op) error
}

// workload is what runs pods.
type workload struct {
	// kind is Deployment, DaemonSet or StatefulSet; Deployment if empty.
	kind string
	// name is its name, as in chart.
	name string
	// labels are its pods'.
	labels map[string]any
	// unless is a value that leaves the workload out if it is false.
	unless string
}

// crdsStay says whether definitions that are templates outlive their release.
func (c chart) crdsStay(in simcloud.Values) bool {
	return c.crdsFolder || c.crdsAlways || keptBy(in["values"]) || c.crdsKept != "" && (!in.Known("values."+c.crdsKept) || in.Bool("values."+c.crdsKept))
}

// keptBy says whether values hold the annotation by which Helm keeps an object.
func keptBy(values any) bool {
	switch v := values.(type) {
	case map[string]any:
		return v["helm.sh/resource-policy"] == "keep" || slices.ContainsFunc(slices.Collect(maps.Values(v)), keptBy)
	case []any:
		return slices.ContainsFunc(v, keptBy)
	default:
		return false
	}
}

// areas are the tables of charts, one for each area, in files charts_<area>.go.
var areas = []map[string]chart{
	knownCharts,
	deliveryCharts,
}

// charts are the charts that exist, by name: what areas hold together. Where two
// tables have one, the later says more, and definitions add up.
var charts = sync.OnceValue(func() map[string]chart {
	all := map[string]chart{}
	for _, area := range areas {
		for name, c := range area {
			before := all[name]
			c.repository = orText(c.repository, before.repository)
			own := c.definitions
			c.definitions = before.definitions
			for _, d := range own {
				c.definitions = withDefinition(c.definitions, d)
			}
			all[name] = c
		}
	}
	return all
})

// withDefinition adds a definition, unless the kind is among them already.
func withDefinition(all []string, definition string) []string {
	group, _, kind := parts(definition)
	if slices.ContainsFunc(all, func(d string) bool { g, _, k := parts(d); return g == group && k == kind }) {
		return all
	}
	return append(slices.Clone(all), definition)
}

// chartName is what a release's chart is called: the last part of its address.
func chartName(in simcloud.Values) string {
	ref := in.String("chart")
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// content is an object that a release brings.
type content struct {
	apiVersion, kind, namespace, name string
	fields                            map[string]any
}

func (c content) token() string { return tokenOf(c.apiVersion, c.kind) }

func (c content) id() string {
	if c.namespace == "" {
		return c.name
	}
	return c.namespace + "/" + c.name
}

// contents are the objects that a release brings, definitions that are templates
// among them.
func contents(op *simcloud.Op) []content {
	c := charts()[chartName(op.In)]
	var all []content
	add := func(apiVersion, kind, name string, fields map[string]any) {
		namespace, rest, other := strings.Cut(fullName(op.In, name), "/")
		if !other {
			namespace, rest = op.In.String("namespace"), namespace
		}
		all = append(all, content{apiVersion, kind, namespace, rest, fields})
	}
	for _, w := range c.workloads {
		if w.unless != "" && op.In.Known("values."+w.unless) && !op.In.Bool("values."+w.unless) {
			continue
		}
		add("apps/v1", orText(w.kind, "Deployment"), w.name, map[string]any{"spec": map[string]any{
			"template": map[string]any{"metadata": map[string]any{"labels": w.labels}},
		}})
	}
	for kind, names := range map[string][]string{"ServiceAccount": c.accounts, "Service": c.services, "Secret": c.secrets, "ConfigMap": c.configs} {
		for _, name := range names {
			add("v1", kind, name, nil)
		}
	}
	for _, class := range c.classes {
		all = append(all, classOf(class))
	}
	if !c.crdsFolder {
		for _, d := range defines(op.In) {
			group, _, kind := parts(d)
			all = append(all, content{"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural(kind) + "." + group, nil})
		}
	}
	slices.SortFunc(all, func(a, b content) int { return strings.Compare(a.kind+a.id(), b.kind+b.id()) })
	return all
}

// classOf reads a class of a chart's table.
func classOf(text string) content {
	kind, name, _ := strings.Cut(text, "/")
	name, controller, _ := strings.Cut(name, "=")
	apiVersion := map[string]string{
		"StorageClass": "storage.k8s.io/v1", "PriorityClass": "scheduling.k8s.io/v1", "IngressClass": "networking.k8s.io/v1",
		"GatewayClass": "gateway.networking.k8s.io/v1", "RuntimeClass": "node.k8s.io/v1",
	}[kind]
	return content{apiVersion, kind, "", name, map[string]any{"spec": map[string]any{"controllerName": controller}}}
}

// fullName fills in the release's names.
func fullName(in simcloud.Values, name string) string {
	release, chart := in.String("name"), chartName(in)
	full := release
	if !strings.Contains(release, chart) {
		full = release + "-" + chart
	}
	if given := in.String("values.fullnameOverride"); given != "" {
		full = given
	}
	return strings.NewReplacer("{}", full, "{release}", release).Replace(name)
}

// releaseBalancer is the load balancer that a release asks for; nil if none.
func releaseBalancer(op *simcloud.Op) *asked {
	path := charts()[chartName(op.In)].balancer
	if path == "" || orText(op.In.String("values."+path+".type"), "LoadBalancer") != "LoadBalancer" {
		return nil
	}
	a := &asked{namespace: op.In.String("namespace"), name: op.In.String("name")}
	return a.service(op.In.String("values."+path+".loadBalancerClass"), textsAt(op.In, "values."+path+".annotations"))
}
