package azure

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// after is an output of something that waits for what makes it usable.
func after(value pulumi.StringOutput, ready []pulumi.Resource) pulumi.StringOutput {
	all := []any{value}
	for _, r := range ready {
		all = append(all, r.URN())
	}
	return pulumi.All(all...).ApplyT(func(all []any) string { return all[0].(string) }).(pulumi.StringOutput)
}

// worldwide is a name that all the world shares: it ends in digits that follow
// from the subscription, so that the same stack of somebody else has another.
func (s Scope) worldwide(l component.Limit, name string) string {
	sum := sha256.Sum256([]byte(s.SubscriptionID + "/" + s.Prefix + "/" + name))
	tail := hex.EncodeToString(sum[:])[:6]
	l.Max -= len(tail)
	return l.Name(s.Prefix, name) + tail
}
