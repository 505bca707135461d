package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// A run that was killed leaves three things behind: the marker that it was
// running, Pulumi's lock on the stack, and perhaps resources that the cloud
// created while nobody was left to write down their ids. In a real account the
// last are found by hand; here they are found by comparing the cloud's record
// with Pulumi's, and removed.

func (w workspace) marker() string { return w.path("running") }

// begin marks that a run is going on; the returned function ends it.
func (w workspace) begin() (func() error, error) {
	if err := os.WriteFile(w.marker(), nil, 0o600); err != nil {
		return nil, fmt.Errorf("marking the run: %w", err)
	}
	return func() error { return os.Remove(w.marker()) }, nil
}

// repair clears up after a run that was killed, if one was.
func (w workspace) repair(cloud *simcloud.Cloud, report io.Writer) error {
	if _, err := os.Stat(w.marker()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	fmt.Fprintln(report, "simulate: the last run was killed; clearing up after it")
	locks := w.path("state", ".pulumi", "locks")
	if err := os.RemoveAll(locks); err != nil {
		return fmt.Errorf("removing the lock of a run that was killed: %w", err)
	}
	known, err := w.known()
	if err != nil {
		return err
	}
	for _, r := range cloud.Records() {
		// What nobody asked for (a final snapshot, what comes along with another)
		// has no hint, and Pulumi never knows of it.
		if r.Hint == "" || known[r.Type+" "+r.ID] {
			continue
		}
		fmt.Fprintf(report, "simulate: %s %s was created but never recorded by Pulumi: removed (in a real account: pulumi refresh, or pulumi import)\n", r.Type, r.ID)
		if err := cloud.Remove(r.Key()); err != nil {
			return err
		}
	}
	return nil
}

// checkpoint is the part of Pulumi's state file that repair reads.
type checkpoint struct {
	Checkpoint struct {
		Latest struct {
			Resources []struct {
				Type string `json:"type"`
				ID   string `json:"id"`
			} `json:"resources"`
		} `json:"latest"`
	} `json:"checkpoint"`
}

// known are the resources in the states of all stacks, as "type id".
func (w workspace) known() (map[string]bool, error) {
	known := map[string]bool{}
	files, err := filepath.Glob(w.path("state", ".pulumi", "stacks", "*", "*.json"))
	if err != nil {
		return nil, fmt.Errorf("listing the states: %w", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading a state: %w", err)
		}
		var c checkpoint
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, fmt.Errorf("reading the state %s: %w", file, err)
		}
		for _, r := range c.Checkpoint.Latest.Resources {
			known[r.Type+" "+r.ID] = true
		}
	}
	return known, nil
}
