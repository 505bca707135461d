package kubernetes

// deliveryCharts are the charts of what delivers the product's services.
//
// Sources: the charts' values.yaml and templates.
var deliveryCharts = map[string]chart{
	"argo-rollouts": {
		repository:  "https://argoproj.github.io/argo-helm",
		definitions: rolloutKinds,
		crdValues:   []string{"installCRDs"}, crdsKept: "keepCRDs",
		workloads: []workload{{name: "{}", labels: map[string]any{"app.kubernetes.io/name": "argo-rollouts"}}},
		accounts:  []string{"{}"},
	},
}
