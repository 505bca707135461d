package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// kubeconfig returns a kubeconfig that asks Google's plugin for a token whenever
// one is needed: a token written into it would be stale after an hour, and a
// secret in the state until then. The plugin asks gcloud, which acts as somebody
// else where a variable says so.
// Source: GKE docs, "Install kubectl and configure cluster access", read 2026-11.
func (b *gkeBuilder) kubeconfig() pulumi.StringOutput {
	text := pulumi.All(b.gke.Name, b.gke.Endpoint, b.gke.CertificateAuthority).ApplyT(func(v []any) (string, error) {
		name, server, ca := v[0].(string), v[1].(string), v[2].(string)
		token := component.KubeCommand{
			Command: "gke-gcloud-auth-plugin", ClusterInfo: true,
			InstallHint: "Install it with: gcloud components install gke-gcloud-auth-plugin",
		}
		if b.Impersonate != "" {
			token.Env = []component.KubeEnv{{Name: "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT", Value: b.Impersonate}}
		}
		return component.Kubeconfig{Name: name, Server: component.KubeServer{URL: server, CA: ca, Proxy: b.ProxyURL}, Token: token}.JSON()
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(text).(pulumi.StringOutput)
}
