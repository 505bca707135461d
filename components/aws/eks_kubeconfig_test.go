package aws

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

func TestKubeconfig(t *testing.T) {
	args := eksArgs()
	args.ProxyURL, args.AssumeRole = "socks5://localhost:1080", "arn:aws:iam::111122223333:role/deploy"
	var text string
	secret := false
	run(t, eksProgram(args, func(ctx *pulumi.Context, e *Eks) {
		result, err := internals.UnsafeAwaitOutput(ctx.Context(), e.Kubeconfig)
		if err != nil {
			t.Error(err)
			return
		}
		text, secret = result.Value.(string), result.Secret
	}))
	if !secret {
		t.Error("the kubeconfig is no secret")
	}
	if strings.Contains(text, `"token"`) {
		t.Error("the kubeconfig holds a token")
	}
	var k kubeconfig
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		t.Fatal(err)
	}
	exec := k.Users[0].User.Exec
	const want = "eks get-token --cluster-name explico-test --region eu-west-1 --output json --role-arn arn:aws:iam::111122223333:role/deploy"
	if exec.Command != "aws" || strings.Join(exec.Args, " ") != want {
		t.Errorf("got %s %v, want aws %s", exec.Command, exec.Args, want)
	}
	server := k.Clusters[0].Cluster
	if server.Proxy != args.ProxyURL || !strings.HasPrefix(server.Server, "https://") || server.CA == "" {
		t.Errorf("got the server %+v", server)
	}
}
