package versions

import (
	"strings"
	"testing"
)

func TestUnknownManifest(t *testing.T) {
	if _, err := ManifestOf("gateway"); err == nil || !strings.Contains(err.Error(), "looking up manifest gateway") || !strings.Contains(err.Error(), "gateway-api") {
		t.Errorf("an unknown manifest: %v", err)
	}
}
