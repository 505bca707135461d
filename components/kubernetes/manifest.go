package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/versions"
)

// ManifestArgs are the arguments of InstallManifest.
type ManifestArgs struct {
	// Manifest names a manifest of the versions file, which knows its address and
	// version.
	Manifest string
}

// Manifest is a file of objects that a project publishes. It is a small binding
// of the component kubernetes:yaml/v2:ConfigFile: its package in the SDK pulls in
// 69 more.
type Manifest struct {
	pulumi.ResourceState
}

// InstallManifest keeps the objects of a published file in the cluster of the
// provider that opts carry, each as a resource of its own, named name:object.
// Pulumi's provider reads the file, on the machine that runs Pulumi: that machine
// must reach its address, in previews too. It suits what is too large for a
// release, which Helm keeps in a Secret of at most 1 MiB. A manifest that the
// versions file does not name is an error.
func InstallManifest(ctx *pulumi.Context, name string, args *ManifestArgs, opts ...pulumi.ResourceOption) (*Manifest, error) {
	fail := func(err error) error { return fmt.Errorf("creating manifest %s: %w", name, err) }
	manifest, err := versions.ManifestOf(args.Manifest)
	if err != nil {
		return nil, fail(err)
	}
	m := &Manifest{}
	inputs := pulumi.Map{"file": pulumi.String(manifest.Address())}
	if err := ctx.RegisterRemoteComponentResource("kubernetes:yaml/v2:ConfigFile", name, inputs, m, opts...); err != nil {
		return nil, fail(err)
	}
	return m, nil
}
