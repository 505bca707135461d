package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad loads any file, alone and as the file of a configuration: it never
// panics, and a file either gives settings or says what is wrong, a line each.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("../../tests/settings/*.yaml")
	stacks, _ := filepath.Glob("../../Pulumi*.yaml")
	for _, name := range append(files, stacks...) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("config:\n  a: &a [*a]\n"))
	f.Add([]byte("config:\n  explico:network: &n {<<: *n}\n"))
	f.Add([]byte("config:\n  explico:network: '{\"cidr\": [}'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, warnings, err := loadFiles("test", File{"Pulumi.test.yaml", data}, File{})
		checkAny(t, s, warnings, err)
		src := config("explico:network", string(data), "explico:alerts", string(data))
		src.StackFile = File{"Pulumi.test.yaml", data}
		src.SecretKeys = []string{"explico:alerts"}
		s, warnings, err = Load(src)
		checkAny(t, s, warnings, err)
	})
}

func checkAny(t *testing.T, s *Settings, warnings []Diagnostic, err error) {
	problems := problemsOf(err)
	if (s == nil) != (len(problems) > 0) {
		t.Errorf("got settings %v and %d problems", s != nil, len(problems))
	}
	for _, d := range append(problems, warnings...) {
		if strings.ContainsAny(d.String(), "\n\r") || d.Got == "" || d.Want == "" {
			t.Errorf("not one full line: %q", d.String())
		}
	}
}
