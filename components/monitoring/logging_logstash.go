package monitoring

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

const (
	logstashName = "logstash"
	// ingestPort is where Logstash takes logs, over TLS, and ingestHost the name of
	// the service that ECK makes for it.
	ingestPort = 8443
	ingestHost = logstashName + "-ls-ingest." + LogAgentsNamespace + ".svc"
	// logstashCertificates is the secret with the authority of Logstash's
	// certificate.
	logstashCertificates = logstashName + "-ls-http-certs-public"
	// storePassword is the password of the key store that ECK makes for Logstash.
	// Source: ECK, pkg/controller/logstash/config.go.
	storePassword = "changeit"
)

// logstashPod are the labels that ECK gives to Logstash's pods.
var logstashPod = map[string]string{"logstash.k8s.elastic.co/name": logstashName}

// pipeline is Logstash's configuration.
func pipeline(stream string, redactAddresses bool) (string, error) {
	return render("pipeline.conf", map[string]any{
		"Port": ingestPort, "KeystorePassword": storePassword, "Stream": stream,
		"Redactions": redactions(redactAddresses), "Patterns": linePatterns, "Definitions": lineDefinitions,
	})
}

// makeLogstash makes Logstash. Its queue is on a disk: what Fluent Bit has handed
// over survives a restart, and an hour without Elasticsearch.
func (b *logging) makeLogstash() error {
	text, err := pipeline(b.Stream, b.RedactAddresses)
	if err != nil {
		return err
	}
	account, err := b.account(logstashName, LogAgentsNamespace, nil)
	if err != nil {
		return err
	}
	// What the JVM takes beside the heap is as much again.
	heap := fmt.Sprintf("-Xms%[1]dm -Xmx%[1]dm", b.Logstash.MemoryGiB*512)
	claim := kubernetes.Map{
		"accessModes": kubernetes.List{"ReadWriteOnce"},
		// A tenth more than the queue, for dead letters and what a file system takes.
		"resources": kubernetes.Map{"requests": kubernetes.Map{"storage": fmt.Sprintf("%dMi", b.Logstash.QueueGiB*1024+1536)}},
	}
	if b.StorageClass != "" {
		claim["storageClassName"] = b.StorageClass
	}
	b.logstash, err = b.apply("logstash", kubernetes.Object{
		APIVersion: "logstash.k8s.elastic.co/v1alpha1", Kind: "Logstash", Name: logstashName, Namespace: LogAgentsNamespace,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"version": b.stack, "count": b.Logstash.Replicas,
			"elasticsearchRefs": kubernetes.List{kubernetes.Map{
				"clusterName": "logs", "name": elasticsearchName, "namespace": LoggingNamespace,
			}},
			"config": kubernetes.Map{
				"queue.type": "persisted", "queue.max_bytes": fmt.Sprintf("%dgb", b.Logstash.QueueGiB),
				// What Elasticsearch refuses is kept to be looked at.
				"dead_letter_queue.enable": true, "dead_letter_queue.max_bytes": "512mb", "dead_letter_queue.storage_policy": "drop_older",
				"pipeline.ecs_compatibility": "v8", "config.support_escapes": false,
			},
			"pipelines": kubernetes.List{kubernetes.Map{"pipeline.id": "logs", "config.string": text}},
			"services": kubernetes.List{
				kubernetes.Map{"name": "api", "tls": kubernetes.Map{"selfSignedCertificate": kubernetes.Map{
					"subjectAltNames": kubernetes.List{kubernetes.Map{"dns": ingestHost}},
				}}},
				kubernetes.Map{"name": "ingest", "service": kubernetes.Map{"spec": kubernetes.Map{
					"type": "ClusterIP",
					"ports": kubernetes.List{kubernetes.Map{
						"name": "ingest", "port": ingestPort, "protocol": "TCP", "targetPort": ingestPort,
					}},
				}}},
			},
			"volumeClaimTemplates": kubernetes.List{kubernetes.Map{
				"metadata": kubernetes.Map{"name": "logstash-data"}, "spec": claim,
			}},
			"podTemplate": kubernetes.Map{
				"metadata": kubernetes.Map{"labels": b.Labels},
				"spec": kubernetes.Map{
					"serviceAccountName": logstashName, "automountServiceAccountToken": false,
					"securityContext": podSecurity(elasticUser), "topologySpreadConstraints": spread(logstashPod),
					"terminationGracePeriodSeconds": 120, // to write what it holds to the queue
					"volumes":                       kubernetes.List{emptyDir("tmp", "256Mi")},
					"containers": kubernetes.List{kubernetes.Map{
						"name": "logstash", "securityContext": containerSecurity(),
						"resources":    sizes("300m", fmt.Sprintf("%dGi", b.Logstash.MemoryGiB), "500Mi", "2Gi"),
						"env":          kubernetes.List{kubernetes.Map{"name": "LS_JAVA_OPTS", "value": heap}},
						"volumeMounts": kubernetes.List{scratch("tmp", "/tmp")},
						"ports":        kubernetes.List{kubernetes.Map{"name": "ingest", "containerPort": ingestPort, "protocol": "TCP"}},
					}},
				},
			},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{b.operator, b.setup, account}))
	if err != nil || b.Logstash.Replicas < 2 {
		return err
	}
	return b.budget(logstashName, LogAgentsNamespace, logstashPod, pulumi.DependsOn([]pulumi.Resource{b.logstash}))
}
