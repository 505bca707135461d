package platform

import (
	"maps"
	"testing"

	"github.com/te-explico/infrastructure/stacks/settings"
)

// Services and jobs have the rights that they name, and whoever names none has none.
func TestBucketGrants(t *testing.T) {
	s := settings.Defaults(settings.AWSCloud)
	backend := s.Services["backend"]
	backend.Buckets = map[string]settings.BucketAccess{"uploads": settings.BucketReadWrite, "assets": settings.BucketRead}
	s.Services["backend"] = backend
	s.Jobs = map[string]settings.Job{"nightly": {Buckets: map[string]settings.BucketAccess{"uploads": settings.BucketRead}}}
	got := BucketGrants(s)
	for account, want := range map[Account]BucketRights{
		{"explico", "backend"}: {"uploads": settings.BucketReadWrite, "assets": settings.BucketRead},
		{"explico", "nightly"}: {"uploads": settings.BucketRead},
	} {
		if !maps.Equal(got[account], want) {
			t.Errorf("%v: got %v, want %v", account, got[account], want)
		}
	}
	if len(got) != 2 {
		t.Errorf("got rights of %d accounts, want 2: %v", len(got), got)
	}
}
