package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const broken = "../../tests/settings"

// TestBrokenFiles loads each broken file: all its problems are found in one
// run, with their positions.
func TestBrokenFiles(t *testing.T) {
	files, err := filepath.Glob(broken + "/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("got %d broken files, want at least ten (%v)", len(files), err)
	}
	for _, path := range files {
		stem := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(stem, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, all := loadYAML(File{stem + ".yaml", data})
			for _, d := range all {
				if d.Line == 0 {
					t.Errorf("has no position: %s", d)
				}
			}
			golden(t, filepath.Join(broken, stem+".golden"), lines(all))
		})
	}
	goldens, _ := filepath.Glob(broken + "/*.golden")
	if len(goldens) != len(files) {
		t.Errorf("got %d goldens for %d files", len(goldens), len(files))
	}
}
