package aws

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
		APIVersion      string   `json:"apiVersion"`
		Command         string   `json:"command"`
		Args            []string `json:"args"`
		InteractiveMode string   `json:"interactiveMode"`
	}
)

// kubeconfig returns a kubeconfig that asks the AWS CLI for a token whenever one
// is needed: a token written into it would be stale after 15 minutes, and a
// secret in the state until then.
func (b *eksBuilder) kubeconfig() pulumi.StringOutput {
	text := pulumi.All(b.cluster.Name, b.eks.Endpoint, b.eks.CertificateAuthority).ApplyT(func(v []any) (string, error) {
		name, server, ca := v[0].(string), v[1].(string), v[2].(string)
		args := []string{"eks", "get-token", "--cluster-name", name, "--region", b.Region, "--output", "json"}
		if b.AssumeRole != "" {
			args = append(args, "--role-arn", b.AssumeRole)
		}
		out, err := json.Marshal(kubeconfig{
			APIVersion: "v1", Kind: "Config", CurrentContext: name,
			Clusters: []kubeCluster{{Name: name, Cluster: kubeServer{Server: server, CA: ca, Proxy: b.ProxyURL}}},
			Contexts: []kubeContext{{Name: name, Context: kubeBinding{Cluster: name, User: name}}},
			Users: []kubeUser{{Name: name, User: kubeIdentity{Exec: kubeExec{
				APIVersion: "client.authentication.k8s.io/v1beta1", Command: "aws", Args: args, InteractiveMode: "Never",
			}}}},
		})
		return string(out), err
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(text).(pulumi.StringOutput)
}
