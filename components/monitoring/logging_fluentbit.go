package monitoring

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

const fluentBitName = "fluent-bit"

// fluentBitPod are the labels that the chart gives to Fluent Bit's pods.
var fluentBitPod = map[string]string{"app.kubernetes.io/name": fluentBitName}

// fluentBitConfig are the parts of Fluent Bit's configuration, by their keys in
// the chart.
func fluentBitConfig() (kubernetes.Map, error) {
	config := kubernetes.Map{"customParsers": "", "extraFiles": kubernetes.Map{}}
	for key, file := range map[string]string{
		"service": "fluent-bit-service.conf", "inputs": "fluent-bit-input.conf",
		"filters": "fluent-bit-filter.conf", "outputs": "fluent-bit-output.conf",
	} {
		text, err := render(file, map[string]any{"Host": ingestHost, "Port": ingestPort})
		if err != nil {
			return nil, err
		}
		config[key] = text
	}
	return config, nil
}

// makeFluentBit makes the agents. The files of /var/log are root's and closed to
// others: an agent is root without a single capability, with a read-only root,
// and writes its positions and what it could not hand over to one folder of its
// node.
func (b *logging) makeFluentBit() error {
	config, err := fluentBitConfig()
	if err != nil {
		return err
	}
	security := containerSecurity()
	security["runAsUser"], security["runAsGroup"], security["runAsNonRoot"] = 0, 0, false
	security["seccompProfile"] = kubernetes.Map{"type": "RuntimeDefault"}
	agents, err := kubernetes.InstallRelease(b.ctx, b.name+"-fluent-bit", &kubernetes.ReleaseArgs{
		Chart: fluentBitName, Namespace: LogAgentsNamespace,
		Values: kubernetes.Map{
			"kind": "DaemonSet", "testFramework": kubernetes.Map{"enabled": false},
			"labels": b.Labels, "podLabels": b.Labels,
			// It asks the API for the names and labels of its node's pods.
			"serviceAccount":  kubernetes.Map{"create": true, "name": fluentBitName, "automountServiceAccountToken": true},
			"rbac":            kubernetes.Map{"create": true, "nodeAccess": false, "eventsAccess": false},
			"securityContext": security, "resources": sizes("50m", "128Mi", "50Mi", "200Mi"),
			// Every node has logs, also those that keep others away.
			"tolerations":       kubernetes.List{kubernetes.Map{"operator": "Exists"}},
			"priorityClassName": "system-node-critical",
			"updateStrategy":    kubernetes.Map{"type": "RollingUpdate", "rollingUpdate": kubernetes.Map{"maxUnavailable": "10%"}},
			"config":            config,
			"livenessProbe":     kubernetes.Map{"httpGet": kubernetes.Map{"path": "/", "port": "http"}, "periodSeconds": 20},
			"readinessProbe":    kubernetes.Map{"httpGet": kubernetes.Map{"path": "/api/v2/health", "port": "http"}, "periodSeconds": 10},
			"daemonSetVolumes": kubernetes.List{
				kubernetes.Map{"name": "varlog", "hostPath": kubernetes.Map{"path": "/var/log"}},
				kubernetes.Map{"name": "state", "hostPath": kubernetes.Map{"path": "/var/lib/fluent-bit", "type": "DirectoryOrCreate"}},
			},
			"daemonSetVolumeMounts": kubernetes.List{mount("varlog", "/var/log"), scratch("state", "/var/lib/fluent-bit")},
			"extraVolumes":          kubernetes.List{secretVolume("authority", logstashCertificates), emptyDir("tmp", "64Mi")},
			"extraVolumeMounts":     kubernetes.List{mount("authority", "/fluent-bit/tls"), scratch("tmp", "/tmp")},
			"serviceMonitor":        kubernetes.Map{"enabled": true},
		},
	}, b.in, pulumi.DependsOn([]pulumi.Resource{b.logstash}))
	if err != nil {
		return err
	}
	return b.guardNodes(agents)
}

// guardNodes lets nothing but Fluent Bit at the nodes' files: its namespace, which
// the Pod Security Standard lets off, is checked by an admission policy instead.
func (b *logging) guardNodes(agents pulumi.Resource) error {
	const policy = "log-agents-nodes"
	made, err := b.apply("guard", kubernetes.Object{
		APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicy", Name: policy,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"failurePolicy": "Fail",
			"matchConstraints": kubernetes.Map{"resourceRules": kubernetes.List{kubernetes.Map{
				"apiGroups": kubernetes.List{""}, "apiVersions": kubernetes.List{"v1"},
				"operations": kubernetes.List{"CREATE", "UPDATE"}, "resources": kubernetes.List{"pods"},
			}}},
			"variables": kubernetes.List{
				kubernetes.Map{"name": "agent", "expression": "object.spec.?serviceAccountName.orValue('') == '" + fluentBitName + "'"},
				kubernetes.Map{"name": "paths", "expression": "object.spec.?volumes.orValue([]).filter(v, has(v.hostPath)).map(v, v.hostPath.path)"},
			},
			"validations": kubernetes.List{
				kubernetes.Map{
					"expression": "variables.paths.all(p, variables.agent && p in ['/var/log', '/var/lib/fluent-bit'])",
					"message":    "only Fluent Bit reads /var/log of the node",
				},
				kubernetes.Map{
					"expression": "!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false) && !object.spec.?hostIPC.orValue(false)",
					"message":    "no pod shares the node's network or processes",
				},
				kubernetes.Map{
					"expression": "object.spec.containers.all(c, !c.?securityContext.privileged.orValue(false) && !c.?securityContext.allowPrivilegeEscalation.orValue(true)) || !variables.agent",
					"message":    "Fluent Bit is not privileged",
				},
			},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{agents}))
	if err != nil {
		return err
	}
	_, err = b.apply("guard-binding", kubernetes.Object{
		APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicyBinding", Name: policy,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"policyName": policy, "validationActions": kubernetes.List{"Deny", "Audit"},
			"matchResources": kubernetes.Map{"namespaceSelector": kubernetes.Map{"matchLabels": kubernetes.Map{
				"kubernetes.io/metadata.name": LogAgentsNamespace,
			}}},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{made}))
	return err
}
