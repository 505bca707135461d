package monitoring

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// podSecurity is the security context of a pod that meets the restricted Pod
// Security Standard and runs as a user of its own.
func podSecurity(user int) kubernetes.Map {
	return kubernetes.Map{
		"runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
		"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
	}
}

// containerSecurity is that of its containers.
func containerSecurity() kubernetes.Map {
	return kubernetes.Map{
		"allowPrivilegeEscalation": false, "privileged": false, "readOnlyRootFilesystem": true,
		"capabilities": kubernetes.Map{"drop": kubernetes.List{"ALL"}},
	}
}

// spread spreads like pods over zones and nodes, as far as there are any.
func spread(labels map[string]string) kubernetes.List {
	var all kubernetes.List
	for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		all = append(all, kubernetes.Map{
			"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": kubernetes.Map{"matchLabels": labels},
		})
	}
	return all
}

// sizes are what a container is promised and may take. A processor has no limit:
// what is idle is anyone's.
func sizes(cpu, memory, disk, mostDisk string) kubernetes.Map {
	return kubernetes.Map{
		"requests": kubernetes.Map{"cpu": cpu, "memory": memory, "ephemeral-storage": disk},
		"limits":   kubernetes.Map{"memory": memory, "ephemeral-storage": mostDisk},
	}
}

// emptyDir is a volume that goes with its pod.
func emptyDir(name, limit string) kubernetes.Map {
	return kubernetes.Map{"name": name, "emptyDir": kubernetes.Map{"sizeLimit": limit}}
}

// secretVolume is a volume with the files of a secret.
func secretVolume(name, secret string) kubernetes.Map {
	return kubernetes.Map{"name": name, "secret": kubernetes.Map{"secretName": secret, "defaultMode": 0o440}}
}

// mount mounts a volume to read.
func mount(name, path string) kubernetes.Map {
	return kubernetes.Map{"name": name, "mountPath": path, "readOnly": true}
}

// scratch mounts a volume to write to.
func scratch(name, path string) kubernetes.Map {
	return kubernetes.Map{"name": name, "mountPath": path}
}

// withLabels are labels and more; the later win.
func withLabels(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// checksum is short for the content of files.
func checksum(files pulumi.StringMap) pulumi.StringOutput {
	return files.ToStringMapOutput().ApplyT(func(files map[string]string) string {
		h := sha256.New()
		for _, name := range sortedKeys(files) {
			fmt.Fprintf(h, "%s\x00%s\x00", name, files[name])
		}
		return hex.EncodeToString(h.Sum(nil))[:16]
	}).(pulumi.StringOutput)
}

// within are the options of a component's children: a component's own
// dependencies do not hold for them.
func within(parent pulumi.Resource, after []pulumi.Resource) pulumi.ResourceOption {
	return pulumi.Composite(pulumi.Parent(parent), pulumi.DependsOn(after))
}
