package gcp

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The parts of a kubeconfig that are used.
// Source: Kubernetes reference, kubeconfig (v1).
type (
	kubeconfig struct {
		APIVersion     string        `json:"apiVersion"`
		Kind           string        `json:"kind"`
		Clusters       []kubeCluster `json:"clusters"`
		Contexts       []kubeContext `json:"contexts"`
		Users          []kubeUser    `json:"users"`
		CurrentContext string        `json:"current-context"`
	}
	kubeCluster struct {
		Name    string     `json:"name"`
		Cluster kubeServer `json:"cluster"`
	}
	kubeServer struct {
		Server string `json:"server"`
		CA     string `json:"certificate-authority-data"`
		Proxy  string `json:"proxy-url,omitempty"`
	}
	kubeContext struct {
		Name    string      `json:"name"`
		Context kubeBinding `json:"context"`
	}
	kubeBinding struct {
		Cluster string `json:"cluster"`
		User    string `json:"user"`
	}
	kubeUser struct {
		Name string       `json:"name"`
		User kubeIdentity `json:"user"`
	}
	kubeIdentity struct {
		Exec kubeExec `json:"exec"`
	}
	kubeExec struct {
		APIVersion         string    `json:"apiVersion"`
		Command            string    `json:"command"`
		Env                []kubeEnv `json:"env,omitempty"`
		InstallHint        string    `json:"installHint"`
		InteractiveMode    string    `json:"interactiveMode"`
		ProvideClusterInfo bool      `json:"provideClusterInfo"`
	}
	kubeEnv struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// kubeconfig returns a kubeconfig that asks Google's plugin for a token whenever
// one is needed: a token written into it would be stale after an hour, and a
// secret in the state until then. The plugin asks gcloud, which acts as somebody
// else where a variable says so.
// Source: GKE docs, "Install kubectl and configure cluster access", read 2026-11.
func (b *gkeBuilder) kubeconfig() pulumi.StringOutput {
	text := pulumi.All(b.gke.Name, b.gke.Endpoint, b.gke.CertificateAuthority).ApplyT(func(v []any) (string, error) {
		name, server, ca := v[0].(string), v[1].(string), v[2].(string)
		exec := kubeExec{
			APIVersion: "client.authentication.k8s.io/v1beta1", Command: "gke-gcloud-auth-plugin", InteractiveMode: "Never",
			InstallHint: "Install it with: gcloud components install gke-gcloud-auth-plugin", ProvideClusterInfo: true,
		}
		if b.Impersonate != "" {
			exec.Env = []kubeEnv{{"CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT", b.Impersonate}}
		}
		out, err := json.Marshal(kubeconfig{
			APIVersion: "v1", Kind: "Config", CurrentContext: name,
			Clusters: []kubeCluster{{Name: name, Cluster: kubeServer{Server: server, CA: ca, Proxy: b.ProxyURL}}},
			Contexts: []kubeContext{{Name: name, Context: kubeBinding{Cluster: name, User: name}}},
			Users:    []kubeUser{{Name: name, User: kubeIdentity{Exec: exec}}},
		})
		return string(out), err
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(text).(pulumi.StringOutput)
}
