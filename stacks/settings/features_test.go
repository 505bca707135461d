package settings

import (
	"slices"
	"testing"
)

// Nobody has to try out what a cloud does with a setting: every feature has its
// means on every cloud, or a reason why not.
func TestEveryFeatureHasMeans(t *testing.T) {
	known := Flatten(Defaults(DefaultCloud))
	for _, path := range Features() {
		if !slices.ContainsFunc(ordered(known), func(at string) bool { return at == path || within(at, path) }) {
			t.Errorf("%s is no setting", path)
		}
		for cloud := range Capabilities() {
			if m := MeansOf(cloud, path); m.Grade == "" || m.What == "" {
				t.Errorf("%s: nobody says what it becomes on %s: add it to the cloud's Means, or to what it lacks", path, cloud)
			}
		}
	}
	for cloud, row := range Capabilities() {
		for path := range row.Means {
			if !slices.Contains(Features(), path) {
				t.Errorf("%s: %s is in the means, and no feature", cloud, path)
			}
			if row.Lacks[path] != "" {
				t.Errorf("%s: %s has means, and is lacking", cloud, path)
			}
		}
	}
}
