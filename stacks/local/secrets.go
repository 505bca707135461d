package local

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
)

// makeSecrets lets External Secrets read the secrets of the namespace of the data,
// and no others. They are Kubernetes' own: the operators made some, and what
// applications need beside them a developer puts there.
// Source: External Secrets Operator, "Kubernetes", sections "Target API-Server
// Configuration" and "Authentication".
func (b *builder) makeSecrets() error {
	who := platform.SecretsAccount
	const name = "external-secrets"
	role, err := b.grant("secrets-role", "Role", name, kubernetes.Map{"rules": kubernetes.List{kubernetes.Map{
		"apiGroups": kubernetes.List{""}, "resources": kubernetes.List{"secrets"}, "verbs": kubernetes.List{"get", "list", "watch"},
	}}}, b.data.Guarded...)
	if err != nil {
		return err
	}
	binding, err := b.grant("secrets-binding", "RoleBinding", name, kubernetes.Map{
		"roleRef":  kubernetes.Map{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
		"subjects": kubernetes.List{kubernetes.Map{"kind": "ServiceAccount", "name": who.Name, "namespace": who.Namespace}},
	}, role)
	if err != nil {
		return err
	}
	all := &b.platform.Cluster.Integrations
	all.Accounts = map[platform.Account]platform.Identity{who: {Ready: []pulumi.Resource{binding}}}
	all.Secrets = &platform.SecretSource{Provider: map[string]any{"kubernetes": map[string]any{
		"remoteNamespace": dataNamespace,
		"server": map[string]any{"caProvider": map[string]any{
			"type": "ConfigMap", "name": "kube-root-ca.crt", "key": "ca.crt", "namespace": who.Namespace,
		}},
		"auth": map[string]any{"serviceAccount": map[string]any{"name": who.Name, "namespace": who.Namespace}},
	}}}
	references := pulumi.StringMap{"database": pulumi.String(databaseSecret), "objects": pulumi.String(objectsSecret)}
	for name := range b.Secrets.Names {
		references[name] = pulumi.String(name)
	}
	b.platform.Secrets = platform.Secrets{Store: "kubernetes", Path: dataNamespace, References: references}
	return nil
}

// grant makes an object of Kubernetes' rights in the namespace of the data.
func (b *builder) grant(logical, kind, name string, body kubernetes.Map, after ...pulumi.Resource) (pulumi.Resource, error) {
	o := kubernetes.Object{APIVersion: "rbac.authorization.k8s.io/v1", Kind: kind, Name: name, Namespace: dataNamespace, Labels: b.labels, Body: body}
	return kubernetes.Apply(b.ctx, "namespace-data-"+logical, o, b.in, pulumi.Parent(b.data), pulumi.DependsOn(after))
}
