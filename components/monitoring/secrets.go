package monitoring

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

const (
	remoteWriteSecret = "prometheus-remote-write"
	databaseSecret    = "postgres-exporter"
	cacheSecret       = "redis-exporter"
	cacheAuthorities  = "redis-exporter-authorities"
)

// secrets are all that the component fetches, by their names in the cluster:
// their names in the store.
func (a *MetricsArgs) secrets() map[string]string {
	all := a.OnCall.secrets()
	if a.RemoteWrite != nil && a.RemoteWrite.Secret != "" {
		all[remoteWriteSecret] = a.RemoteWrite.Secret
	}
	if a.Grafana.SSO != nil {
		all[grafanaSecret] = a.Grafana.SSO.Secret
	}
	if a.Database != nil {
		all[databaseSecret] = a.Database.Secret
	}
	if a.OpenCost != nil && a.OpenCost.Secret != "" {
		all[openCostKey] = a.OpenCost.Secret
	}
	return all
}

// makeSecrets fetches the secrets from the store into the cluster, whole, under
// one key. No value passes through the program.
func (m *Metrics) makeSecrets(ctx *pulumi.Context, opts []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	all, made := m.args.secrets(), []pulumi.Resource{}
	for _, name := range namesOf(all) {
		reference, ok := m.args.References[all[name]]
		if !ok {
			return nil, fmt.Errorf("creating secret %s: the store has no secret %q", name, all[name])
		}
		one, err := m.fetch(ctx, name, reference, opts)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	if m.args.Cache != nil {
		one, err := m.fetch(ctx, cacheSecret, m.args.Cache.Secret, opts)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	return made, nil
}

// fetch keeps a secret of the store in the cluster. It is asked for again each
// hour, which is how long a rotated key may still be the old one.
func (m *Metrics) fetch(ctx *pulumi.Context, name string, reference pulumi.StringInput, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	return kubernetes.Apply(ctx, m.name+"-secret-"+name, kubernetes.Object{
		APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Name: name, Namespace: m.args.Namespace, Labels: m.args.Labels,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"refreshInterval": "1h",
			"secretStoreRef":  kubernetes.Map{"kind": "ClusterSecretStore", "name": m.args.Store},
			"target":          kubernetes.Map{"name": name, "creationPolicy": "Owner"},
			"data": kubernetes.List{kubernetes.Map{
				"secretKey": keyFile, "remoteRef": kubernetes.Map{"key": reference},
			}},
		}},
	}, opts...)
}
