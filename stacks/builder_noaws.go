//go:build noaws

package stacks

import "github.com/te-explico/infrastructure/stacks/platform"

var awsBuilder platform.Builder
