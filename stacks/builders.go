package stacks

import (
	"fmt"

	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// builderFor is the one table that maps a cloud to its builder. A cloud is left
// out of the program by its build tag (noaws); its builder is then nil.
func builderFor(cloud settings.Cloud) (platform.Builder, error) {
	build, known := map[settings.Cloud]platform.Builder{
		settings.AWSCloud: awsBuilder, settings.AzureCloud: azureBuilder, settings.GCPCloud: gcpBuilder, settings.LocalCloud: localBuilder,
	}[cloud]
	switch {
	case !known:
		return nil, fmt.Errorf("no builder for cloud %s", cloud)
	case build == nil:
		return nil, fmt.Errorf("this program was built without %s (-tags no%s): build it again without the tag", cloud, cloud)
	}
	return build, nil
}
