package kubernetes

// RouterPlugin is the name of the plugin of Argo Rollouts that sets the weights of
// HTTPRoutes (docs/decisions/0016-delivery.md).
const RouterPlugin = "argoproj-labs/gatewayAPI"

// RouterValues are values of the chart argo-rollouts that give its controller the
// plugin: an init container copies it out of its image, which is built for arm64
// and x86_64, so that nothing is fetched from elsewhere when a pod starts.
// Source: rollouts-plugin-trafficrouter-gatewayapi, docs/installation.md, and the
// chart's values.yaml.
func RouterValues(image string) Map {
	const folder, file = "/plugins", "rollouts-plugin-trafficrouter-gatewayapi"
	volume := "router-plugin"
	mount := Map{"name": volume, "mountPath": folder}
	return Map{
		"controller": Map{
			"initContainers": List{Map{
				"name": volume, "image": image, "command": List{"/bin/sh", "-c", "cp /bin/" + file + " " + folder},
				"volumeMounts": List{mount},
				"resources": Map{
					"requests": Map{"cpu": "20m", "memory": "64Mi", "ephemeral-storage": "128Mi"},
					"limits":   Map{"memory": "128Mi", "ephemeral-storage": "256Mi"},
				},
				"securityContext": Map{
					"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true, "runAsUser": 10001,
					"capabilities": Map{"drop": List{"ALL"}}, "seccompProfile": Map{"type": "RuntimeDefault"},
				},
			}},
			"trafficRouterPlugins": List{Map{"name": RouterPlugin, "location": "file://" + folder + "/" + file}},
			"volumes":              List{Map{"name": volume, "emptyDir": Map{"sizeLimit": "256Mi"}}},
			"volumeMounts":         List{mount},
		},
	}
}
