package settings

import "testing"

// Pulumi.yaml's empty defaults say nothing: what is missing is missing in the
// stack file, and that is where the message points.
func TestEmptyDefaultsPointAtTheStackFile(t *testing.T) {
	for name, file := range map[string]string{"empty": "", "one key": "config:\n  explico:cloud: aws\n"} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Load(Source{
				Project: Project, Stack: "dev",
				Config:      map[string]string{"explico:cloud": "aws", "explico:region": "", "explico:owner": "{}", "explico:network": "{}"},
				StackFile:   File{"Pulumi.dev.yaml", []byte(file)},
				ProjectFile: File{"Pulumi.yaml", []byte("name: explico\nconfig:\n  region:\n    default: \"\"\n  owner:\n    default: {}\n  network:\n    default: {}\n")},
			})
			missing := map[string]bool{}
			for _, p := range problemsOf(err) {
				if p.File != "Pulumi.dev.yaml" || p.Line != 1 {
					t.Errorf("%s: want the stack file's first line", p)
				}
				missing[p.Path] = true
			}
			for _, path := range []string{"region", "owner.team", "owner.costCentre", "network.cidr", "network.zones"} {
				if !missing[path] {
					t.Errorf("%s is not reported as missing", path)
				}
			}
		})
	}
}
