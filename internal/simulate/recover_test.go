package simulate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestKilledRunIsRepaired(t *testing.T) {
	s := newSample(t)
	s.must("up", "--yes")
	want := len(s.exists(""))
	orphan(t, s)
	lock := filepath.Join(s.home, "state", ".pulumi", "locks", "organization", "sample", "dev")
	if err := os.MkdirAll(lock, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lock, "dead.json"), []byte(`{"pid":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.home, "running"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out := s.must("up", "--yes")
	if !strings.Contains(out, "alias/orphan was created but never recorded") {
		t.Errorf("the orphan is not reported:\n%s", out)
	}
	if got := len(s.exists("")); got != want {
		t.Errorf("got %d resources, want %d", got, want)
	}
	if _, err := os.Stat(filepath.Join(s.home, "running")); err == nil {
		t.Error("the marker is still there after a run that ended well")
	}
}

// orphan puts a resource into the cloud that Pulumi knows nothing of.
func orphan(t *testing.T, s *sample) {
	t.Helper()
	key := s.exists("aws:kms/key:Key")[0]
	cloud, done, err := Visit(s.home)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	session := simcloud.Session{Account: key.Account, Region: key.Region}
	_, err = cloud.Create(session, "aws:kms/alias:Alias", "urn:orphan", simcloud.Values{"name": "alias/orphan", "targetKeyId": key.ID})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHalfALineIsNoChange(t *testing.T) {
	s := newSample(t)
	s.must("up", "--yes")
	want := len(s.exists(""))
	journal := filepath.Join(s.home, "cloud.jsonl")
	text, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(journal, append(text, `{"drop":"aws:kms`...), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := len(s.exists("")); got != want {
		t.Errorf("got %d resources, want %d", got, want)
	}
	if err := os.WriteFile(journal, append(bytes.Clone(text), "nonsense\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Visit(s.home); err == nil || !strings.Contains(err.Error(), "line ") {
		t.Errorf("a broken journal: got %v, want an error that names the line", err)
	}
}
