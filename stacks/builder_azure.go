//go:build !noazure

package stacks

import (
	"github.com/te-explico/infrastructure/stacks/azure"
	"github.com/te-explico/infrastructure/stacks/platform"
)

var azureBuilder platform.Builder = azure.Build
