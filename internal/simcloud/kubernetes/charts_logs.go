package kubernetes

// logDefinitions are the custom resource definitions of the charts of logs and
// traces. The operator's own chart has none: they are apart.
// Source: cloud-on-k8s, deploy/eck-operator/charts/eck-operator-crds, 3.5.0.
var logDefinitions = map[string][]string{
	"eck-operator-crds": {
		"agent.k8s.elastic.co/Agent", "apm.k8s.elastic.co/ApmServer", "autoops.k8s.elastic.co/AutoOpsAgentPolicy",
		"beat.k8s.elastic.co/Beat", "maps.k8s.elastic.co/ElasticMapsServer", "autoscaling.k8s.elastic.co/ElasticsearchAutoscaler",
		"elasticsearch.k8s.elastic.co/Elasticsearch", "enterprisesearch.k8s.elastic.co/EnterpriseSearch",
		"kibana.k8s.elastic.co/Kibana", "logstash.k8s.elastic.co/Logstash", "packageregistry.k8s.elastic.co/PackageRegistry",
		"stackconfigpolicy.k8s.elastic.co/StackConfigPolicy",
	},
}
