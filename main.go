// The program that Pulumi runs: everything of TE-explico's infrastructure.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/stacks"
)

func main() { pulumi.Run(stacks.Deploy) }
