//go:build sdksource

package azure

// Packages of the SDK whose types are bound by hand (see binding.go). No build
// imports them: they stand here so that go.mod names them, and tests find their
// source.
import (
	_ "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	_ "github.com/pulumi/pulumi-azure-native-sdk/containerregistry/v2"
	_ "github.com/pulumi/pulumi-azure-native-sdk/insights/v2"
	_ "github.com/pulumi/pulumi-azure-native-sdk/operationalinsights/v2"
	_ "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
)
