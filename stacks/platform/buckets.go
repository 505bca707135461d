package platform

import (
	"github.com/te-explico/infrastructure/stacks/settings"
)

// ProductNamespace is where the product's services and jobs run on Kubernetes. Each
// runs as a service account of its own name.
const ProductNamespace = "explico"

// BucketRights are the buckets that a service account uses, by purpose, and what it
// may do with their objects. There is nothing else that it may do.
type BucketRights map[string]settings.BucketAccess

// BucketGrants are the rights that a cloud gives to the service accounts of the
// product's services and jobs. Its builder makes an identity with these rights for
// each, and hands it over in Integrations.Accounts; where the object store knows no
// identities, Objects.Secret has the keys of all.
func BucketGrants(s *settings.Settings) map[Account]BucketRights {
	all := map[Account]BucketRights{}
	add := func(name string, buckets map[string]settings.BucketAccess) {
		if len(buckets) > 0 {
			all[Account{ProductNamespace, name}] = buckets
		}
	}
	for name, service := range s.Services {
		add(name, service.Buckets)
	}
	for name, job := range s.Jobs {
		add(name, job.Buckets)
	}
	return all
}
