package monitoring

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// elasticUser is the user that the images of the Elastic stack run as: files in
// them are its own, so that it cannot be another.
const elasticUser = 1000

// tiers are the kinds of nodes in the order in which they are upgraded: those
// that hold the cluster together last.
// Source: Elasticsearch reference, "Upgrade order" and "Node roles".
var tiers = []struct {
	name  string
	roles []string
}{
	{"cold", []string{"data_cold"}},
	{"warm", []string{"data_warm"}},
	{"hot", []string{"data_hot", "data_content", "ingest", "remote_cluster_client", "transform"}},
	{"masters", []string{"master"}},
}

// makeElasticsearch makes the cluster. ECK makes a disruption budget that lets
// one node go while every shard has its copies; one of ours would not know.
func (b *logging) makeElasticsearch() error {
	account, err := b.account(ElasticsearchAccount, LoggingNamespace, b.store().Annotations)
	if err != nil {
		return err
	}
	var sets kubernetes.List
	for _, tier := range tiers {
		t, roles := b.Tiers[tier.name], tier.roles
		if t.Nodes == 0 {
			continue
		}
		if tier.name == "hot" && b.Tiers["masters"].Nodes == 0 {
			roles = append([]string{"master"}, roles...)
		}
		sets = append(sets, b.nodeSet(tier.name, roles, t))
	}
	spec := kubernetes.Map{
		"version": b.stack, "nodeSets": sets,
		// The disks of nodes that are scaled away go; those of the cluster stay when
		// it goes, until somebody deletes them.
		"volumeClaimDeletePolicy": "DeleteOnScaledownOnly",
		"updateStrategy":          kubernetes.Map{"changeBudget": kubernetes.Map{"maxSurge": 0, "maxUnavailable": 1}},
	}
	after := []pulumi.Resource{b.operator, account}
	keystore, err := b.keystore(spec)
	if err != nil {
		return err
	}
	if keystore != nil {
		after = append(after, keystore)
	}
	b.elasticsearch, err = b.apply("elasticsearch", kubernetes.Object{
		APIVersion: "elasticsearch.k8s.elastic.co/v1", Kind: "Elasticsearch", Name: elasticsearchName, Namespace: LoggingNamespace,
		Body: kubernetes.Map{"spec": spec},
	}, pulumi.DependsOn(after))
	return err
}

// keystore puts what Elasticsearch reads from its keystore alone there; nil if
// there is nothing.
// Source: ECK guide, "Secure settings".
func (b *logging) keystore(spec kubernetes.Map) (pulumi.Resource, error) {
	s := b.store()
	if len(s.Keystore) == 0 {
		return nil, nil
	}
	const name = elasticsearchName + "-keystore"
	spec["secureSettings"] = kubernetes.List{kubernetes.Map{"secretName": name}}
	return b.apply("keystore", kubernetes.Object{
		APIVersion: "v1", Kind: "Secret", Name: name, Namespace: LoggingNamespace,
		Body: kubernetes.Map{"type": "Opaque", "stringData": s.Keystore},
	})
}

// nodeSet is one kind of nodes. Java's heap is Elasticsearch's own choice, by the
// roles: half of the memory, and no more than 31 GiB.
func (b *logging) nodeSet(name string, roles []string, t LogTier) kubernetes.Map {
	config := kubernetes.Map{
		"node.roles": roles,
		// Mapped files want a setting of the node's kernel that only a privileged
		// pod can make.
		// Source: ECK guide, "Virtual memory".
		"node.store.allow_mmap": false,
	}
	memory := fmt.Sprintf("%dGi", t.MemoryGiB)
	container := kubernetes.Map{
		"name": "elasticsearch", "securityContext": containerSecurity(),
		"resources": sizes(fmt.Sprintf("%dm", t.CPUMillis), memory, "1Gi", "4Gi"),
	}
	spec := kubernetes.Map{
		"serviceAccountName": ElasticsearchAccount, "automountServiceAccountToken": false,
		"securityContext": podSecurity(elasticUser), "containers": kubernetes.List{container},
		"topologySpreadConstraints": spread(map[string]string{
			"elasticsearch.k8s.elastic.co/cluster-name":     elasticsearchName,
			"elasticsearch.k8s.elastic.co/statefulset-name": elasticsearchName + "-es-" + name,
		}),
	}
	b.atStore(spec, container)
	claim := kubernetes.Map{
		"accessModes": kubernetes.List{"ReadWriteOnce"},
		"resources":   kubernetes.Map{"requests": kubernetes.Map{"storage": fmt.Sprintf("%dGi", t.StorageGiB)}},
	}
	if b.StorageClass != "" {
		claim["storageClassName"] = b.StorageClass
	}
	set := kubernetes.Map{
		"name": name, "count": t.Nodes, "config": config,
		"podTemplate": kubernetes.Map{"metadata": kubernetes.Map{"labels": b.Labels}, "spec": spec},
		"volumeClaimTemplates": kubernetes.List{kubernetes.Map{
			"metadata": kubernetes.Map{"name": "elasticsearch-data"}, "spec": claim,
		}},
	}
	if t.Nodes > 1 {
		// A shard and its copy are never in one zone, and nor are all nodes.
		set["zoneAwareness"] = kubernetes.Map{}
		delete(spec, "topologySpreadConstraints")
	}
	return set
}

// store is where snapshots go; empty without any.
func (b *logging) store() SnapshotStore {
	if b.Snapshots == nil {
		return SnapshotStore{}
	}
	return b.Snapshots.Store
}

// atStore lets Elasticsearch at the object store as who it is in the cloud.
func (b *logging) atStore(spec, container kubernetes.Map) {
	s := b.store()
	if len(s.Env) > 0 {
		var env kubernetes.List
		for _, name := range sortedKeys(s.Env) {
			env = append(env, kubernetes.Map{"name": name, "value": s.Env[name]})
		}
		container["env"] = env
	}
	if s.TokenAudience == "" {
		return
	}
	container["volumeMounts"] = kubernetes.List{mount("cloud-identity", "/usr/share/elasticsearch/config/"+s.TokenFolder)}
	spec["volumes"] = kubernetes.List{kubernetes.Map{
		"name": "cloud-identity",
		"projected": kubernetes.Map{"sources": kubernetes.List{kubernetes.Map{
			"serviceAccountToken": kubernetes.Map{"audience": s.TokenAudience, "expirationSeconds": 86400, "path": s.TokenFile},
		}}},
	}}
}

// makeKibana makes the front of Elasticsearch.
func (b *logging) makeKibana() error {
	account, err := b.account("kibana", LoggingNamespace, nil)
	if err != nil {
		return err
	}
	labels := map[string]string{"kibana.k8s.elastic.co/name": "kibana"}
	kibana, err := b.apply("kibana", kubernetes.Object{
		APIVersion: "kibana.k8s.elastic.co/v1", Kind: "Kibana", Name: "kibana", Namespace: LoggingNamespace,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"version": b.stack, "count": b.KibanaReplicas,
			"elasticsearchRef": kubernetes.Map{"name": elasticsearchName},
			"config": kubernetes.Map{
				"telemetry.optIn": false, "telemetry.allowChangingOptInStatus": false,
				"xpack.fleet.enabled": false, // there are no Elastic Agents, and Fleet asks the internet for packages
			},
			"podTemplate": kubernetes.Map{
				"metadata": kubernetes.Map{"labels": b.Labels},
				"spec": kubernetes.Map{
					"serviceAccountName": "kibana", "automountServiceAccountToken": false,
					"securityContext": podSecurity(elasticUser), "topologySpreadConstraints": spread(labels),
					"containers": kubernetes.List{kubernetes.Map{
						"name": "kibana", "securityContext": containerSecurity(), "resources": sizes("200m", "1Gi", "500Mi", "2Gi"),
						// Half of the pod's memory would be too small a heap for Kibana's start.
						"env": kubernetes.List{kubernetes.Map{"name": "NODE_OPTIONS", "value": "--max-old-space-size=768"}},
					}},
				},
			},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{b.operator, b.elasticsearch, account}))
	if err != nil || b.KibanaReplicas < 2 {
		return err
	}
	return b.budget("kibana", LoggingNamespace, labels, pulumi.DependsOn([]pulumi.Resource{kibana}))
}

// budget lets one pod at a time be evicted.
func (b *logging) budget(name, namespace string, labels map[string]string, opts ...pulumi.ResourceOption) error {
	_, err := b.apply("budget-"+name, kubernetes.Object{
		APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Name: name, Namespace: namespace,
		Body: kubernetes.Map{"spec": kubernetes.Map{"maxUnavailable": 1, "selector": kubernetes.Map{"matchLabels": labels}}},
	}, opts...)
	return err
}
