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

// The table leaves out nothing that a cloud refuses, and no part of one cloud's own.
func TestDetailsAreWhatCloudsRefuse(t *testing.T) {
	listed := Details()
	for cloud, row := range Capabilities() {
		for path, reason := range row.Lacks {
			if cloud == LocalCloud || slices.Contains([]string{"aws", "azure", "gcp", "local"}, path) {
				continue
			}
			if m := GradeOf(cloud, path); m.Grade != Refused || m.What != reason {
				t.Errorf("%s: %s: got %v, want it refused: %s", cloud, path, m, reason)
			}
			if !slices.Contains(listed, path) && !slices.Contains(Features(), path) {
				t.Errorf("%s: %s is refused, and in no table", cloud, path)
			}
		}
	}
	if got := GradeOf(AWSCloud, "cache.engine"); got != (Means{Grade: Native}) {
		t.Errorf("a part of the cache on AWS: got %v", got)
	}
	if slices.Contains(listed, "gcp") {
		t.Error("gcp is a section of one cloud")
	}
}
