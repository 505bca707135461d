package kubernetes

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestAccepts(t *testing.T) {
	g := newGround(t)
	g.make("v1", "ConfigMap", "shop", "settings", m{"data": m{"a.yaml": "x"}})
	g.make("apps/v1", "Deployment", "shop", "web", deployment(m{"volumes": []any{m{"name": "c", "configMap": m{"name": "settings"}}}}, m{
		"resources":      m{"requests": m{"cpu": "250m", "memory": "1Gi", "ephemeral-storage": "1e3"}, "limits": m{"memory": "1.5Gi"}},
		"volumeMounts":   []any{m{"name": "c", "mountPath": "/c"}},
		"readinessProbe": m{"httpGet": m{"path": "/", "port": "http"}},
	}))
	g.make("v1", "Service", "shop", "web", m{"spec": m{"selector": m{"app.kubernetes.io/name": "web"}, "ports": []any{m{"port": 80, "targetPort": "http"}}}})
	g.make("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web", m{"spec": m{
		"scaleTargetRef": m{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 4,
	}})
	g.make("policy/v1", "PodDisruptionBudget", "shop", "web", m{"spec": m{"maxUnavailable": 1, "selector": m{"matchLabels": m{"app.kubernetes.io/name": "web"}}}})
	g.make("networking.k8s.io/v1", "NetworkPolicy", "shop", "deny", m{"spec": m{"podSelector": m{}, "policyTypes": []any{"Ingress", "Egress"}}})
}

func TestRefusesKinds(t *testing.T) {
	runRefusals(t, []refusal{
		{"a kind without its definition", func(g *ground) error {
			return g.try("argoproj.io/v1alpha1", "Rollout", "shop", "web", deployment(nil, nil))
		}, `no matches for kind "Rollout" in version "argoproj.io/v1alpha1": the custom resource definition is not in the cluster`},
		{"a version that its definition does not serve", func(g *ground) error {
			g.install("cert-manager")
			return g.try("cert-manager.io/v1alpha2", "Issuer", "shop", "ca", nil)
		}, `no matches for kind "Issuer" in version "cert-manager.io/v1alpha2": its custom resource definition serves v1`},
		{"a version of long ago", func(g *ground) error { return g.try("policy/v1beta1", "PodDisruptionBudget", "shop", "web", nil) }, "the cluster serves it in policy/v1"},
		{"a kind of another group", func(g *ground) error { return g.try("apps/v1", "Role", "shop", "web", nil) }, "the group has no such kind"},
		{"definitions that are skipped", func(g *ground) error {
			_, err := g.release("cert-manager", nil) // by default
			return err
		}, `no matches for kind "Certificate" in group "cert-manager.io"`},
		{"no namespace", func(g *ground) error { return g.try("v1", "ConfigMap", "shopp", "a", nil) }, `namespaces "shopp" not found`},
		{"a namespace for what has none", func(g *ground) error {
			return g.try("scheduling.k8s.io/v1", "PriorityClass", "shop", "a", m{"value": 1})
		}, "belongs to the whole cluster"},
		{"the same twice", func(g *ground) error { return g.try("v1", "ServiceAccount", "shop", "web", nil) }, "AlreadyExists"},
	})
}

func TestRefusesNames(t *testing.T) {
	long := strings.Repeat("a", 64)
	runRefusals(t, []refusal{
		{"capitals", func(g *ground) error { return g.try("v1", "ConfigMap", "shop", "Web", nil) }, `ConfigMap "Web" is invalid: metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain`},
		{"a service that begins with a digit", func(g *ground) error {
			return g.try("v1", "Service", "shop", "1web", m{"spec": m{"ports": []any{m{"port": 80}}}})
		}, "a DNS-1035 label must"},
		{"a service that is too long", func(g *ground) error {
			return g.try("v1", "Service", "shop", long, m{"spec": m{"ports": []any{m{"port": 80}}}})
		}, "must be no more than 63 characters"},
		{"a CronJob that is too long", func(g *ground) error { return g.try("batch/v1", "CronJob", "shop", long[:53], nil) }, "must be no more than 52 characters"},
		{"a label with a space", func(g *ground) error {
			return g.try("v1", "ConfigMap", "shop", "a", m{"metadata": m{"labels": m{"team": "the shop"}}})
		}, "metadata.labels: Invalid value: \"the shop\": a valid label must be"},
		{"a label that is a number", func(g *ground) error {
			return g.try("v1", "ConfigMap", "shop", "a", m{"metadata": m{"labels": m{"n": 1}}})
		}, "of type string"},
		{"a label's key with two slashes", func(g *ground) error {
			return g.try("v1", "ConfigMap", "shop", "a", m{"metadata": m{"labels": m{"a/b/c": "x"}}})
		}, "name part must consist of"},
		{"a key of a config map with a slash", func(g *ground) error { return g.try("v1", "ConfigMap", "shop", "a", m{"data": m{"a/b": "x"}}) }, "a valid config key must consist of"},
		{"too much in a config map", func(g *ground) error {
			return g.try("v1", "ConfigMap", "shop", "a", m{"data": m{"a": strings.Repeat("x", mostData+1)}})
		}, "Too long: may not be more than 1048576 bytes"},
	})
}

func TestRefusesPods(t *testing.T) {
	runRefusals(t, []refusal{
		{"no service account", func(g *ground) error { return g.web(m{"serviceAccountName": "api"}, nil) }, `pods "web-" is forbidden: error looking up service account shop/api: serviceaccount "api" not found`},
		{"no priority class", func(g *ground) error { return g.web(m{"priorityClassName": "high"}, nil) }, "no PriorityClass with name high was found"},
		{"no config map", func(g *ground) error {
			return g.web(m{"volumes": []any{m{"name": "c", "configMap": m{"name": "settings"}}}}, nil)
		}, `configmap "settings" not found`},
		{"no secret in the environment", func(g *ground) error {
			return g.web(nil, m{"env": []any{m{"name": "A", "valueFrom": m{"secretKeyRef": m{"name": "keys", "key": "a"}}}}})
		}, `secret "keys" not found`},
		{"no secret in a projected volume", func(g *ground) error {
			return g.web(m{"volumes": []any{m{"name": "c", "projected": m{"sources": []any{m{"secret": m{"name": "keys"}}}}}}}, nil)
		}, `secret "keys" not found`},
		{"no storage class", func(g *ground) error {
			body := deployment(nil, nil)
			body["spec"].(m)["volumeClaimTemplates"] = []any{m{"metadata": m{"name": "data"}, "spec": m{"storageClassName": "fast"}}}
			return g.try("apps/v1", "StatefulSet", "shop", "web", body)
		}, `storageclass.storage.k8s.io "fast" not found`},
		{"a CronJob's service account", func(g *ground) error {
			return g.try("batch/v1", "CronJob", "shop", "web", m{"spec": m{"schedule": "* * * * *", "jobTemplate": m{"spec": m{
				"template": pod(m{"serviceAccountName": "api", "restartPolicy": "Never"}, nil),
			}}}})
		}, `serviceaccount "api" not found`},
		{"labels that the selector does not match", func(g *ground) error {
			body := deployment(nil, nil)
			body["spec"].(m)["selector"] = m{"matchLabels": m{"app": "web"}}
			return g.try("apps/v1", "Deployment", "shop", "web", body)
		}, "`selector` does not match template `labels`"},
		{"a port that is none", func(g *ground) error { return g.web(nil, m{"ports": []any{m{"containerPort": 70000}}}) }, "must be between 1 and 65535, inclusive"},
		{"a port's name", func(g *ground) error {
			return g.web(nil, m{"ports": []any{m{"containerPort": 1, "name": "a-very-long-port-name"}}})
		}, "must be no more than 15 characters"},
		{"a quantity that is none", func(g *ground) error { return g.web(nil, m{"resources": m{"requests": m{"memory": "1GB"}}}) }, "quantities must match the regular expression"},
		{"a request above its limit", func(g *ground) error {
			return g.web(nil, m{"resources": m{"requests": m{"memory": "1Gi"}, "limits": m{"memory": "1000Mi"}}})
		}, "must be less than or equal to memory limit of 1000Mi"},
		{"a mount of nothing", func(g *ground) error {
			return g.web(nil, m{"volumeMounts": []any{m{"name": "tmp", "mountPath": "/tmp"}}})
		}, `volumeMounts[0].name: Not found: "tmp"`},
		{"a probe without a way", func(g *ground) error { return g.web(nil, m{"livenessProbe": m{"periodSeconds": 5}}) }, "must specify a handler type"},
		{"a probe with two ways", func(g *ground) error {
			return g.web(nil, m{"livenessProbe": m{"tcpSocket": m{"port": 1}, "httpGet": m{"port": 1}}})
		}, "may not specify more than 1 handler type"},
		{"a probe of a port that is not there", func(g *ground) error { return g.web(nil, m{"livenessProbe": m{"httpGet": m{"port": "web"}}}) }, "the API server would accept this, but spec.template.spec.containers[0].livenessProbe.httpGet.port"},
		{"a job that starts again", func(g *ground) error {
			return g.try("batch/v1", "Job", "shop", "web", m{"spec": m{"template": pod(nil, nil)}})
		}, `Required value: valid values: "OnFailure", "Never"`},
		{"two containers of one name", func(g *ground) error {
			c := pod(nil, nil)["spec"].(m)["containers"].([]any)[0]
			return g.web(m{"containers": []any{c, c}}, nil)
		}, `Duplicate value: "web"`},
	})
}

func TestRefusesSecurity(t *testing.T) {
	violates := `pods "web-" is forbidden: violates PodSecurity "restricted:v1.35": `
	runRefusals(t, []refusal{
		{"no seccomp profile", func(g *ground) error { return g.web(m{"securityContext": m{"runAsNonRoot": true}}, nil) }, violates + `seccompProfile (container "web" must set securityContext.seccompProfile.type`},
		{"root", func(g *ground) error {
			return g.web(m{"securityContext": m{"seccompProfile": m{"type": "RuntimeDefault"}}}, nil)
		}, violates + `runAsNonRoot != true (container "web" must set`},
		{"capabilities and escalation", func(g *ground) error { return g.web(nil, m{"securityContext": m{}}) }, violates + `allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities`},
		{"a path of the host", func(g *ground) error {
			return g.web(m{"volumes": []any{m{"name": "h", "hostPath": m{"path": "/"}}}}, nil)
		}, violates + `hostPath volumes (volume "h")`},
		{"the host's network", func(g *ground) error { return g.web(m{"hostNetwork": true}, nil) }, violates + "host namespaces (hostNetwork=true)"},
	})
}

func TestRefusesFields(t *testing.T) {
	hpa := func(low, high int) m {
		return m{"spec": m{"scaleTargetRef": m{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "minReplicas": low, "maxReplicas": high}}
	}
	runRefusals(t, []refusal{
		{"an HPA upside down", func(g *ground) error {
			return g.try("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web", hpa(3, 2))
		}, "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`"},
		{"an HPA down to nothing", func(g *ground) error {
			return g.try("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web", hpa(0, 2))
		}, "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1"},
		{"a PDB with both", func(g *ground) error {
			return g.try("policy/v1", "PodDisruptionBudget", "shop", "web", m{"spec": m{"minAvailable": 1, "maxUnavailable": 1}})
		}, "minAvailable and maxUnavailable cannot be both set"},
		{"a schedule of four", func(g *ground) error {
			return g.try("batch/v1", "CronJob", "shop", "web", m{"spec": m{"schedule": "* * * *", "jobTemplate": m{"spec": m{"template": pod(m{"restartPolicy": "Never"}, nil)}}}})
		}, "expected exactly 5 fields, found 4"},
		{"ports without names", func(g *ground) error {
			return g.try("v1", "Service", "shop", "web", m{"spec": m{"ports": []any{m{"port": 1}, m{"port": 2}}}})
		}, "spec.ports[0].name: Required value"},
		{"a policy with a range that is none", func(g *ground) error {
			return g.try("networking.k8s.io/v1", "NetworkPolicy", "shop", "web", m{"spec": m{"podSelector": m{}, "egress": []any{m{"to": []any{m{"ipBlock": m{"cidr": "10.0.0.1/8"}}}}}}})
		}, "must be a valid CIDR value"},
		{"a claim without a size", func(g *ground) error {
			return g.try("v1", "PersistentVolumeClaim", "shop", "web", m{"spec": m{"accessModes": []any{"ReadWriteOnce"}}})
		}, "spec.resources.requests.storage: Required value"},
		{"a priority of the system", func(g *ground) error {
			return g.try("scheduling.k8s.io/v1", "PriorityClass", "", "top", m{"value": 2_000_000_000})
		}, "maximum allowed value of a user defined priority is 1000000000"},
		{"a rolling update that cannot move", func(g *ground) error {
			body := deployment(nil, nil)
			body["spec"].(m)["strategy"] = m{"rollingUpdate": m{"maxSurge": 0, "maxUnavailable": 0}}
			return g.try("apps/v1", "Deployment", "shop", "web", body)
		}, "may not be 0 when `maxSurge` is 0"},
		{"a role without verbs", func(g *ground) error {
			return g.try("rbac.authorization.k8s.io/v1", "Role", "shop", "web", m{"rules": []any{m{"apiGroups": []any{""}, "resources": []any{"pods"}}}})
		}, "verbs must contain at least one value"},
	})
}

func TestRefusesTargets(t *testing.T) {
	service := func(labels m) m {
		return m{"spec": m{"selector": labels, "ports": []any{m{"port": 80}}}}
	}
	useless := "the API server would accept this, but "
	runRefusals(t, []refusal{
		{"an HPA of nothing", func(g *ground) error {
			return g.try("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web", m{"spec": m{"maxReplicas": 2, "scaleTargetRef": m{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}})
		}, useless + "there is no Deployment shop/web in the cluster: it scales nothing"},
		{"a service of other pods", func(g *ground) error {
			g.make("apps/v1", "Deployment", "shop", "web", deployment(nil, nil))
			return g.try("v1", "Service", "shop", "web", service(m{"app": "web"}))
		}, useless + "it selects nothing: it wants app=web, and shop/web has app.kubernetes.io/name=web"},
		{"pods of another service", func(g *ground) error {
			g.make("v1", "Service", "shop", "web", service(m{"app": "web"}))
			return g.web(nil, nil)
		}, useless + "Service shop/web selects nothing: it wants app=web, and the pods here have app.kubernetes.io/name=web"},
		{"a PDB of other pods", func(g *ground) error {
			g.make("apps/v1", "Deployment", "shop", "web", deployment(nil, nil))
			return g.try("policy/v1", "PodDisruptionBudget", "shop", "web", m{"spec": m{"minAvailable": 1, "selector": m{"matchExpressions": []any{m{"key": "app", "operator": "Exists"}}}}})
		}, useless + "it selects nothing"},
		{"a policy of other pods", func(g *ground) error {
			g.make("apps/v1", "Deployment", "shop", "web", deployment(nil, nil))
			return g.try("networking.k8s.io/v1", "NetworkPolicy", "shop", "web", m{"spec": m{"podSelector": m{"matchLabels": m{"app": "web"}}}})
		}, useless + "it selects nothing"},
		{"a binding of no role", func(g *ground) error {
			return g.try("rbac.authorization.k8s.io/v1", "RoleBinding", "shop", "web", m{"roleRef": m{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web"}})
		}, useless + "there is no Role shop/web"},
		{"a binding of no policy", func(g *ground) error {
			return g.try("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", "", "images", m{"spec": m{"policyName": "images"}})
		}, useless + "there is no ValidatingAdmissionPolicy images"},
		{"an ingress to no service", func(g *ground) error {
			return g.try("networking.k8s.io/v1", "Ingress", "shop", "web", m{"spec": m{"defaultBackend": m{"service": m{"name": "web"}}}})
		}, "Ingress has at least one rule that does not target any Service"},
		{"a rollout of no service", func(g *ground) error {
			g.install("argo-rollouts")
			body := deployment(nil, nil)
			body["spec"].(m)["strategy"] = m{"canary": m{"stableService": "web"}}
			return g.try("argoproj.io/v1alpha1", "Rollout", "shop", "web", body)
		}, `InvalidSpec: The Rollout "web" is invalid: Service "web" not found`},
		{"a secret of no store", func(g *ground) error {
			g.install("external-secrets")
			return g.try("external-secrets.io/v1", "ExternalSecret", "shop", "web", m{"spec": m{"secretStoreRef": m{"kind": "ClusterSecretStore", "name": "cloud"}}})
		}, useless + "there is no ClusterSecretStore cloud in the cluster: its secret never comes"},
	})
}

func TestRefusesChanges(t *testing.T) {
	runRefusals(t, []refusal{
		{"a priority", func(g *ground) error {
			r := g.make("scheduling.k8s.io/v1", "PriorityClass", "", "high", m{"value": 1})
			return g.update(r, object("scheduling.k8s.io/v1", "PriorityClass", "", "high", m{"value": 2}))
		}, `PriorityClass.scheduling.k8s.io "high" is invalid: value: Forbidden: may not be changed in an update.`},
		{"a smaller claim", func(g *ground) error {
			claim := func(size string) m {
				return m{"spec": m{"accessModes": []any{"ReadWriteOnce"}, "resources": m{"requests": m{"storage": size}}}}
			}
			r := g.make("v1", "PersistentVolumeClaim", "shop", "data", claim("2Gi"))
			return g.update(r, object("v1", "PersistentVolumeClaim", "shop", "data", claim("2G")))
		}, "field can not be less than status.capacity"},
	})
}

func TestReplaces(t *testing.T) {
	for path, kind := range map[string][2]string{
		"spec.selector.matchLabels.app":                    {"apps/v1", "Deployment"},
		"spec.volumeClaimTemplates[0].spec.accessModes[0]": {"apps/v1", "StatefulSet"},
		"spec.template.spec.containers[0].image":           {"batch/v1", "Job"},
		"spec.clusterIP":                                   {"v1", "Service"},
		"parameters.type":                                  {"storage.k8s.io/v1", "StorageClass"},
		"roleRef.name":                                     {"rbac.authorization.k8s.io/v1", "RoleBinding"},
		"spec.storageClassName":                            {"v1", "PersistentVolumeClaim"},
		"metadata.namespace":                               {"v1", "ConfigMap"},
	} {
		replaced := objectType(tokenOf(kind[0], kind[1]))
		if got := replaced.Replaces(nil, nil, []string{path, "metadata.labels.a"}); len(got) != 1 || got[0] != path {
			t.Errorf("%s: a change of %s replaces for %v", kind[1], path, got)
		}
	}
	if got := objectType("kubernetes:apps/v1:Deployment").Replaces(nil, nil, []string{"spec.template.spec.containers[0].image"}); len(got) > 0 {
		t.Errorf("a new image replaces a Deployment: %v", got)
	}
}

// What a preview cannot know yet is no error.
func TestUnknown(t *testing.T) {
	body := deployment(m{"serviceAccountName": simcloud.Unknown{}}, m{
		"image": simcloud.Unknown{}, "ports": []any{m{"containerPort": simcloud.Unknown{}, "name": simcloud.Unknown{}}},
		"resources":    m{"requests": m{"cpu": simcloud.Unknown{}}, "limits": m{"cpu": "1"}},
		"volumeMounts": []any{m{"name": simcloud.Unknown{}, "mountPath": simcloud.Unknown{}}},
	})
	if errs := validate(object("apps/v1", "Deployment", "shop", "web", body)); len(errs) > 0 {
		t.Error(errs)
	}
}
