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
// chart's, else release-chart. "{release}" stands for the release's name.
type chart struct {
	// repository is where the chart is: the URL of a repository, or the address
	// with oci:// of the folder that the chart is in.
	repository string
	// definitions are the custom resource definitions that the chart brings, as
	// "group/Kind", or "group/version,version/Kind" where others than any version
	// must be refused.
	definitions []string
	// crdsFolder says that the definitions stand in the chart's folder crds, which
	// skipCrds leaves out. crdValues are the values that leave out definitions that
	// are templates: such a path that is false (or, with a leading "!", true).
	crdsFolder bool
	crdValues  []string
	// workloads are the Deployments and so on; the names of service accounts,
	// services, secrets and config maps follow. A name without a slash is in the
	// release's namespace, one with a slash ("kube-system/reader") in another.
	workloads                            []workload
	accounts, services, secrets, configs []string
	// classes are the classes that the chart makes, as "Kind/name", such as
	// GatewayClass/istio, StorageClass/x, IngressClass/alb, PriorityClass/x.
	classes []string
	// controls are what the release's controllers look after (see controller.go).
	controls []string
	// refuse is what Helm or the chart refuses beside.
	refuse func(op *simcloud.Op) error
}

// workload is what runs pods.
type workload struct {
	// kind is Deployment, DaemonSet or StatefulSet; Deployment if empty.
	kind string
	// name is its name, as in chart.
	name string
	// labels are its pods'.
	labels map[string]string
	// unless is a value that leaves the workload out if it is false.
	unless string
}

// areas are the tables of charts, one for each area, in files charts_<area>.go.
var areas = []map[string]chart{
	deliveryCharts,
}

// charts is what areas hold together: the charts that exist, by name. One that
// has only definitions may stand in the map definitions instead.
var charts = sync.OnceValue(func() map[string]chart {
	all := map[string]chart{}
	for _, area := range areas {
		maps.Copy(all, area)
	}
	for name, kinds := range definitions {
		c := all[name]
		c.definitions = append(slices.Clone(c.definitions), kinds...)
		all[name] = c
	}
	return all
})

// definitions are the custom resource definitions that a chart brings along, as
// group/kind, for charts of which nothing else need be known.
var definitions = map[string][]string{}

// chartName is what a release's chart is called: the last part of its address.
func chartName(in simcloud.Values) string {
	ref := in.String("chart")
	return ref[strings.LastIndexByte(ref, '/')+1:]
}
