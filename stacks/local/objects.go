package local

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
)

// purposes are the buckets' purposes, as on every cloud.
var purposes = []string{"assets", "backups", "logs", "uploads"}

// objectsSize is room for what a developer tries out.
const objectsSize = "20Gi"

// makeObjects makes an object store that speaks S3, with its buckets. Its chart
// makes the access keys and keeps them in a secret.
func (b *builder) makeObjects() error {
	buckets, list := map[string]platform.Bucket{}, kubernetes.List{}
	for _, purpose := range purposes {
		name := b.ctx.Project() + "-" + purpose
		buckets[purpose] = platform.Bucket{Name: pulumi.String(name)}
		list = append(list, kubernetes.Map{"name": name})
	}
	off := kubernetes.Map{"enabled": false}
	pod := kubernetes.Map{
		"enabled": true, "runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
		"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
	}
	container := kubernetes.Map{
		"enabled": true, "allowPrivilegeEscalation": false, "capabilities": kubernetes.Map{"drop": kubernetes.List{"ALL"}},
	}
	if _, err := b.install("seaweedfs", "seaweedfs", kubernetes.Map{
		"global": kubernetes.Map{"seaweedfs": kubernetes.Map{
			"createClusterRole": false, "automountServiceAccountToken": false, // it asks the API server nothing
		}},
		"master": off, "volume": off,
		// The job that makes the buckets takes its security context from the filer.
		"filer": kubernetes.Map{"enabled": false, "podSecurityContext": pod, "containerSecurityContext": container},
		"allInOne": kubernetes.Map{
			"enabled": true,
			"s3": kubernetes.Map{
				"enabled": true, "enableAuth": true, "createBuckets": list,
				"createBucketsHook": kubernetes.Map{"resources": resources("50m", "64Mi", "256Mi")},
			},
			"data":                     kubernetes.Map{"type": "persistentVolumeClaim", "size": objectsSize},
			"serviceAccountName":       "seaweedfs",
			"podSecurityContext":       pod,
			"containerSecurityContext": readOnly(container),
			// what it writes beside its data
			"extraVolumes":      "- name: tmp\n  emptyDir: {sizeLimit: 512Mi}\n",
			"extraVolumeMounts": "- name: tmp\n  mountPath: /tmp\n",
			"resources":         resources("100m", "256Mi", "1Gi"),
		},
	}); err != nil {
		return err
	}
	b.platform.Buckets = buckets
	b.platform.Objects = platform.Objects{
		Endpoint: pulumi.String(fmt.Sprintf("http://%s:%d", objectsHost, objectsPort)), Secret: pulumi.String(objectsSecret),
		Reach: platform.Reach{Namespace: dataNamespace, Pods: objectsPods, Ports: []int{objectsPort}},
	}
	return nil
}

// readOnly is a container's security context with a root that cannot be written.
func readOnly(container kubernetes.Map) kubernetes.Map {
	all := kubernetes.Map{"readOnlyRootFilesystem": true}
	for key, value := range container {
		all[key] = value
	}
	return all
}
