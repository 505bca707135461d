// Command bare registers as many inert resources as BARE_RESOURCES says, with
// the inputs of none of our components: what Pulumi itself takes for so many.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	n, err := strconv.Atoi(os.Getenv("BARE_RESOURCES"))
	if err != nil {
		return fmt.Errorf("reading BARE_RESOURCES: %w", err)
	}
	provider := &pulumi.ProviderResourceState{}
	if err := ctx.RegisterResource("pulumi:providers:aws", "aws", pulumi.Map{"region": pulumi.String("eu-west-1")}, provider); err != nil {
		return err
	}
	for i := range n {
		var topic pulumi.CustomResourceState
		err := ctx.RegisterResource("aws:sns/topic:Topic", fmt.Sprint("topic-", i), pulumi.Map{}, &topic, pulumi.Provider(provider))
		if err != nil {
			return err
		}
	}
	return nil
}
