//go:build !nolocal

package stacks

import (
	"github.com/te-explico/infrastructure/stacks/local"
	"github.com/te-explico/infrastructure/stacks/platform"
)

var localBuilder platform.Builder = local.Build
