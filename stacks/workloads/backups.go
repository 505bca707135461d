package workloads

import (
	"fmt"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/versions"
)

// noRights is a container without any: not even to write to its own image.
func noRights() kubernetes.Map {
	return kubernetes.Map{
		"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true,
		"capabilities": kubernetes.Map{"drop": kubernetes.List{"ALL"}}, "seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
	}
}

// makeClusterBackups installs Velero: the cluster's objects go to the bucket, and
// volumes get snapshots.
func (b *builder) makeClusterBackups() error {
	to := b.cluster.Integrations.Backup
	if to == nil || !b.Operators.Backups.Enabled {
		return nil
	}
	plugin, err := versions.Image(to.Image)
	if err != nil {
		return err
	}
	account, after := b.identity(platform.BackupAccount)
	snapshots := kubernetes.Object{
		APIVersion: "snapshot.storage.k8s.io/v1", Kind: "VolumeSnapshotClass", Name: "velero",
		Labels: map[string]string{"velero.io/csi-volumesnapshot-class": "true"},
		// A snapshot outlives the object that asked for it: Velero deletes it with
		// its backup.
		Body: kubernetes.Map{"driver": to.SnapshotDriver, "deletionPolicy": "Retain"},
	}
	_, err = b.operator("velero", kubernetes.OperatorArgs{
		Namespace: platform.BackupAccount.Namespace, After: after, Objects: []kubernetes.Object{snapshots},
		Values: b.labelled(platform.BackupAccount, b.velero(to, plugin, account)),
	})
	return err
}

// velero are the values of Velero's chart.
// Source: charts velero 12.1.0, values.yaml; Velero 1.18, "Container Storage
// Interface Snapshot Support".
func (b *builder) velero(to *platform.BackupLocation, plugin string, account kubernetes.Map) kubernetes.Map {
	small := kubernetes.Resources("100m", "128Mi", "512Mi")
	return kubernetes.Map{
		"resources": small, "upgradeJobResources": kubernetes.Resources("20m", "64Mi", "256Mi"), "priorityClassName": operatorPriority,
		"podSecurityContext": kubernetes.Map{
			"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
			"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
		},
		"containerSecurityContext": noRights(),
		"kubectl":                  kubernetes.Map{"containerSecurityContext": noRights(), "resources": small},
		"extraVolumes":             kubernetes.List{kubernetes.Map{"name": "tmp", "emptyDir": kubernetes.Map{"sizeLimit": "1Gi"}}},
		"extraVolumeMounts":        kubernetes.List{kubernetes.Map{"name": "tmp", "mountPath": "/tmp"}},
		"initContainers": kubernetes.List{kubernetes.Map{
			"name": "plugin", "image": plugin, "imagePullPolicy": "IfNotPresent", "securityContext": noRights(), "resources": small,
			"volumeMounts": kubernetes.List{kubernetes.Map{"name": "plugins", "mountPath": "/target"}},
		}},
		"configuration": kubernetes.Map{
			"features": "EnableCSI", "logFormat": "json",
			"backupStorageLocation": kubernetes.List{kubernetes.Map{
				"name": "default", "default": true, "provider": to.Provider, "bucket": to.Bucket, "prefix": to.Prefix, "config": to.Config,
			}},
			"volumeSnapshotLocation": kubernetes.List{},
		},
		"metrics":          kubernetes.Map{"serviceMonitor": kubernetes.Map{"enabled": true}},
		"snapshotsEnabled": false, // those of Velero's own: the CSI driver takes them
		"credentials":      kubernetes.Map{"useSecret": false},
		"serviceAccount":   kubernetes.Map{"server": account},
		"upgradeCRDs":      true, "cleanUpCRDs": false, "deployNodeAgent": false,
		"schedules": kubernetes.Map{"daily": kubernetes.Map{
			"disabled": false, "schedule": b.Operators.Backups.Schedule, "useOwnerReferencesInBackup": false,
			"template": kubernetes.Map{
				"ttl": fmt.Sprintf("%dh0m0s", 24*b.Operators.Backups.KeepDays), "storageLocation": "default", "snapshotVolumes": true,
				"includedNamespaces": kubernetes.List{"*"}, "excludedNamespaces": kubernetes.List{"kube-system", "kube-node-lease", "kube-public"},
				"includeClusterResources": true,
			},
		}},
	}
}
