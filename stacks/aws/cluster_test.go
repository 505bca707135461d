package aws

import (
	"slices"
	"testing"

	"github.com/te-explico/infrastructure/stacks/settings"
)

// Pods call the Kubernetes API by its service, whose address is none of the
// network's: without it in the policies no operator reaches the API.
func TestPoliciesKnowTheAddressOfTheAPI(t *testing.T) {
	for services, want := range map[string][]string{"172.20.0.0/16": {"172.20.0.1/32"}, "10.100.7.0/12": {"10.96.0.1/32"}, "": nil} {
		b := &builder{Settings: settings.Defaults(settings.AWSCloud)}
		b.Cluster.ServiceCIDR = services
		if got := b.apiAddress(); !slices.Equal(got, want) {
			t.Errorf("services in %q: got %v, want %v", services, got, want)
		}
	}
}
