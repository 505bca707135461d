package simulate

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// Visit opens the simulated cloud of a home between two runs. The returned
// function closes it.
func Visit(home string) (*simcloud.Cloud, func(), error) {
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, nil, fmt.Errorf("opening %s: %w", home, err)
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(home, "lock")).Lock()
	if err != nil {
		return nil, nil, fmt.Errorf("locking %s: %w", home, err)
	}
	cloud, err := OpenCloud(home)
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return cloud, func() { cloud.Close(); unlock() }, nil
}

// Reset forgets the simulated cloud and all stacks in it. What was built stays.
func Reset(home string) error {
	for _, name := range []string{"cloud.jsonl", "state", "project", "pulumi", "running"} {
		if err := os.RemoveAll(filepath.Join(home, name)); err != nil {
			return fmt.Errorf("resetting %s: %w", home, err)
		}
	}
	return nil
}
