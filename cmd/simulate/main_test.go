package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simulate"
)

func TestTagsLeaveOutOtherClouds(t *testing.T) {
	got, err := tags("../../Pulumi.prod.yaml")
	if err != nil || got != "noazure,nogcp,nolocal" {
		t.Errorf("got %q, %v", got, err)
	}
	broken := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	if err := os.WriteFile(broken, []byte("config: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tags(broken); err == nil || !strings.Contains(err.Error(), "Pulumi.dev.yaml:") {
		t.Errorf("a file that is no YAML: got %v, want an error with its place", err)
	}
}

func TestCloudCommandRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Setenv("SIM_HOME", t.TempDir())
	for _, line := range []string{"", "ls all", "rm", "burn it", "set id key nojson"} {
		var usage usageError
		if err := cloudCommand(t.Output(), strings.Fields(line)); !errors.As(err, &usage) {
			t.Errorf("cloud %s: got %v, want a usage error", line, err)
		}
	}
	if err := cloudCommand(t.Output(), []string{"rm", "vpc-0"}); err == nil || !strings.Contains(err.Error(), "vpc-0") {
		t.Errorf("removing what is not there: got %v, want an error that names it", err)
	}
}

func TestReset(t *testing.T) {
	home := t.TempDir()
	t.Setenv("SIM_HOME", home)
	if err := os.MkdirAll(filepath.Join(home, "state"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(home, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := cloudCommand(t.Output(), []string{"reset"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(home, "state")); err == nil {
		t.Error("the state is still there")
	}
	if _, err := os.Stat(filepath.Join(home, "bin")); err != nil {
		t.Error("what was built is gone")
	}
}

func TestBadEnvironmentIsAUsageError(t *testing.T) {
	for name, value := range map[string]string{"SIM_FAULTS": "burn@1", "SIM_PACE": "fast"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			var usage usageError
			if err := run(t.Context(), []string{"version"}); !errors.As(err, &usage) || !strings.Contains(err.Error(), value) {
				t.Errorf("got %v, want a usage error that names %s", err, value)
			}
		})
	}
	var exit *simulate.ExitError
	if errors.As(usageError("x"), &exit) {
		t.Error("a usage error is no exit of Pulumi's")
	}
}
