// Package clouds is the list of the clouds that can be simulated.
package clouds

import (
	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/aws"
	"github.com/te-explico/infrastructure/internal/simcloud/azure"
	"github.com/te-explico/infrastructure/internal/simcloud/gcp"
	"github.com/te-explico/infrastructure/internal/simcloud/kubernetes"
)

// Catalogs are all of them. Each call makes new ones.
func Catalogs() []*simcloud.Catalog {
	return []*simcloud.Catalog{aws.Catalog(), gcp.Catalog(), azure.Catalog(), kubernetes.Catalog()}
}
