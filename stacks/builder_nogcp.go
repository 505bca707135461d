//go:build nogcp

package stacks

import "github.com/te-explico/infrastructure/stacks/platform"

var gcpBuilder platform.Builder
