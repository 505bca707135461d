// Package component is the kernel that all components share: how one is
// registered, how physical names are cut to a cloud's limits, and which tags
// everything carries. It knows no cloud.
package component

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Register registers c as a component resource with the token
// explico:<pkg>:<typ>. The token stands in the URN of every child: it never
// changes.
//
// A component has what others wait for in a field (Ready), which they depend on
// instead of on the component itself: the SDK learns of a component's children only
// while they are registered, beside the program, so that whoever depends on a
// component may wait for a part of it. Source: pulumi/sdk, getOpts, addChild.
func Register(ctx *pulumi.Context, pkg, typ, name string, c pulumi.ComponentResource, opts ...pulumi.ResourceOption) error {
	token := "explico:" + pkg + ":" + typ
	if err := ctx.RegisterComponentResource(token, name, c, opts...); err != nil {
		return fmt.Errorf("registering %s %s: %w", token, name, err)
	}
	return nil
}
