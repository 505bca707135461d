package stacks

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/stacks/settings"
)

func TestStays(t *testing.T) {
	for name, c := range map[string]struct {
		outputs map[string]any
		want    string
	}{
		"a new stack":         {nil, ""},
		"one that was undone": {map[string]any{}, ""},
		"where it stands":     {map[string]any{"cloud": "gcp", "region": "europe-west1"}, ""},
		"another cloud":       {map[string]any{"cloud": "aws", "region": "eu-west-1"}, "cloud: got gcp, want aws"},
		"another region":      {map[string]any{"cloud": "gcp", "region": "europe-west4"}, "region: got europe-west1, want europe-west4"},
	} {
		if err := staysAt("local", map[string]any{"cloud": "local", "region": "local"}, &settings.Settings{Cloud: settings.LocalCloud}); err != nil {
			t.Errorf("a stack without a region: %v", err)
		}
		err := staysAt("prod", c.outputs, &settings.Settings{Cloud: settings.GCPCloud, Region: "europe-west1"})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s …", name, err, c.want)
		}
	}
}
