package aws

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"github.com/te-explico/infrastructure/internal/simcloud"
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
	var k simcloud.Values
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		t.Fatal(err)
	}
	command, given := k.String("users[].user.exec.command"), strings.Join(k.Strings("users[].user.exec.args[]"), " ")
	const want = "eks get-token --cluster-name explico-test --region eu-west-1 --output json --role-arn arn:aws:iam::111122223333:role/deploy"
	if command != "aws" || given != want {
		t.Errorf("got %s %s, want aws %s", command, given, want)
	}
	const server = "clusters[].cluster."
	if k.String(server+"proxy-url") != args.ProxyURL || !strings.HasPrefix(k.String(server+"server"), "https://") || !k.Has(server+"certificate-authority-data") {
		t.Errorf("got the server %v", k.Get("clusters"))
	}
}
