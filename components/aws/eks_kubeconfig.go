package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
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
		return component.Kubeconfig{
			Name: name, Server: component.KubeServer{URL: server, CA: ca, Proxy: b.ProxyURL},
			Token: component.KubeCommand{Command: "aws", Args: args},
		}.JSON()
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(text).(pulumi.StringOutput)
}
