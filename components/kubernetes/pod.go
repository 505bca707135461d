package kubernetes

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Labels that select pods.
const (
	// NameLabel is the service's or job's name.
	NameLabel = "app.kubernetes.io/name"
	// StrategyLabel tells the pods of one delivery strategy from those of another.
	StrategyLabel = "explico.io/strategy"
	// ServingLabel is on the pods that users' requests may reach.
	ServingLabel = "explico.io/serving"
	// GroupLabel is on nodes: the name of their group.
	GroupLabel = "explico.io/node-group"
)

// Where files are in a container.
const (
	configDir  = "/etc/explico"
	secretsDir = "/run/secrets/explico"
)

// Pod is what services and jobs have in common.
type Pod struct {
	// Namespace is where everything is.
	Namespace string
	// Labels are on every object, PodLabels on the pods beside them.
	Labels, PodLabels map[string]string
	// Image is the container image, pinned.
	Image string
	// Command is what runs in it; the image's own if empty.
	Command []string
	// Env are environment variables: texts, or Pulumi inputs.
	Env Map
	// Config are files below /etc/explico, by name. A change of one starts pods
	// anew.
	Config map[string]string
	// Secrets are files below /run/secrets/explico, by name: each the key of a
	// secret in the store, a text or a Pulumi input. SecretStore is the
	// ClusterSecretStore that has them.
	Secrets     Map
	SecretStore string
	// CPU, Memory and Disk are quantities; memory and disk are limits too.
	CPU, Memory, Disk string
	// GPU is how many NVIDIA GPUs a pod asks for.
	GPU int
	// NodeGroups are the groups of nodes that it runs on, any if empty; Tolerations
	// are as in a pod.
	NodeGroups  []string
	Tolerations List
	// User is the user and group that containers run as.
	User int
	// Scratch are directories that can be written to.
	Scratch []string
	// PriorityClass is who makes room.
	PriorityClass string
	// Account are annotations of the service account: what binds it to an identity
	// of the cloud.
	Account map[string]pulumi.StringInput
	// From and To are who may connect, and where to.
	From, To []Connection
	// Tunnel is the port of the mesh's tunnel between pods, 0 without one.
	Tunnel int
}

// configName is the name of the config map: another for other contents, so that
// pods of the old ones keep theirs.
func (p *Pod) configName(name string) string {
	return resourceName(name, "config", digest(p.Config))
}

// identity makes the service account.
func (p *Pod) identity(ctx *pulumi.Context, prefix, name string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	o := Object{
		APIVersion: "v1", Kind: "ServiceAccount", Name: name, Namespace: p.Namespace, Labels: p.labels(name),
		Body: Map{"automountServiceAccountToken": false},
	}
	if len(p.Account) > 0 {
		o.LaterAnnotations = p.Account
	}
	return Apply(ctx, resourceName(prefix, "account"), o, opts...)
}

// files makes the config map and the external secret, where there are any. It
// waits for the secret: a pod without it does not start.
func (p *Pod) files(ctx *pulumi.Context, prefix, name string, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	var made []pulumi.Resource
	if len(p.Config) > 0 {
		config, err := Apply(ctx, resourceName(prefix, "config", digest(p.Config)), Object{
			APIVersion: "v1", Kind: "ConfigMap", Name: p.configName(name), Namespace: p.Namespace, Labels: p.labels(name),
			Body: Map{"data": p.Config, "immutable": true},
		}, opts...)
		if err != nil {
			return nil, err
		}
		made = append(made, config)
	}
	if len(p.Secrets) > 0 {
		var data List
		for _, file := range slices.Sorted(maps.Keys(p.Secrets)) {
			data = append(data, Map{"secretKey": file, "remoteRef": Map{"key": p.Secrets[file]}})
		}
		secret, err := Apply(ctx, resourceName(prefix, "secrets"), Object{
			APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Name: name, Namespace: p.Namespace, Labels: p.labels(name),
			Annotations: map[string]string{"pulumi.com/waitFor": "condition=Ready"},
			Body: Map{"spec": Map{
				"refreshInterval": "15m", // a rotated secret arrives before its old value ends
				"secretStoreRef":  Map{"kind": "ClusterSecretStore", "name": p.SecretStore},
				"target":          Map{"name": name + "-secrets", "creationPolicy": "Owner", "deletionPolicy": "Retain"},
				"data":            data,
			}},
		}, opts...)
		if err != nil {
			return nil, err
		}
		made = append(made, secret)
	}
	return made, nil
}

func (p *Pod) labels(name string) map[string]string {
	return merged(p.Labels, map[string]string{NameLabel: name})
}

// spec is a pod's, with a container that its caller completes.
func (p *Pod) spec(name string, container Map) Map {
	container["image"] = p.Image
	container["imagePullPolicy"] = pullPolicy(p.Image)
	container["resources"] = p.resources()
	container["securityContext"] = Map{
		"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": Map{"drop": List{"ALL"}},
	}
	if len(p.Command) > 0 {
		container["command"] = p.Command
	}
	if len(p.Env) > 0 {
		container["env"] = environment(p.Env)
	}
	volumes, mounts := p.volumes(name)
	spec := Map{
		"serviceAccountName": name, "automountServiceAccountToken": false, "enableServiceLinks": false,
		"securityContext": podSecurity(p.User),
		"containers":      List{container},
	}
	if len(mounts) > 0 {
		container["volumeMounts"], spec["volumes"] = mounts, volumes
	}
	if p.PriorityClass != "" {
		spec["priorityClassName"] = p.PriorityClass
	}
	if len(p.Tolerations) > 0 {
		spec["tolerations"] = p.Tolerations
	}
	if len(p.NodeGroups) > 0 {
		spec["affinity"] = Map{"nodeAffinity": Map{"requiredDuringSchedulingIgnoredDuringExecution": Map{
			"nodeSelectorTerms": List{Map{"matchExpressions": List{Map{"key": GroupLabel, "operator": "In", "values": p.NodeGroups}}}},
		}}}
	}
	return spec
}

// podSecurity is what the restricted Pod Security Standard asks of a pod.
func podSecurity(user int) Map {
	return Map{
		"runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
		"fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": Map{"type": "RuntimeDefault"},
	}
}

// resources has no limit for the processor: it would slow a pod down on an idle
// node. What is asked for is kept free all the same.
func (p *Pod) resources() Map {
	requests := Map{"cpu": p.CPU, "memory": p.Memory, "ephemeral-storage": p.Disk}
	limits := Map{"memory": p.Memory, "ephemeral-storage": p.Disk}
	if p.GPU > 0 {
		requests["nvidia.com/gpu"], limits["nvidia.com/gpu"] = p.GPU, p.GPU
	}
	return Map{"requests": requests, "limits": limits}
}

func (p *Pod) volumes(name string) (volumes, mounts List) {
	if len(p.Config) > 0 {
		volumes = append(volumes, Map{"name": "config", "configMap": Map{"name": p.configName(name)}})
		mounts = append(mounts, Map{"name": "config", "mountPath": configDir, "readOnly": true})
	}
	if len(p.Secrets) > 0 {
		const ownerAndGroup = 0o440
		volumes = append(volumes, Map{"name": "secrets", "secret": Map{"secretName": name + "-secrets", "defaultMode": ownerAndGroup}})
		mounts = append(mounts, Map{"name": "secrets", "mountPath": secretsDir, "readOnly": true})
	}
	for _, dir := range p.Scratch {
		volume := "scratch" + strings.ToLower(strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(dir))
		volumes = append(volumes, Map{"name": volume, "emptyDir": Map{"sizeLimit": p.Disk}})
		mounts = append(mounts, Map{"name": volume, "mountPath": dir})
	}
	return volumes, mounts
}

// pullPolicy asks the registry each time for what a tag stands for, so that a
// node's copy lets in nobody who may not pull. A digest stands for itself.
func pullPolicy(image string) string {
	if strings.Contains(image, "@") {
		return "IfNotPresent"
	}
	return "Always"
}

// environment is a list of variables, by name.
func environment(env Map) List {
	var all List
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, Map{"name": name, "value": env[name]})
	}
	return all
}
