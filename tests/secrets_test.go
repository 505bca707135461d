package tests

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// secretLooks are texts that no state may hold in plain text.
var secretLooks = map[string]*regexp.Regexp{
	"a private key":         regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`),
	"an AWS access key":     regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`),
	"a bearer token":        regexp.MustCompile(`(?i)\bbearer [a-z0-9._-]{16,}`),
	"an EKS token":          regexp.MustCompile(`k8s-aws-v1\.`),
	"a kubeconfig":          regexp.MustCompile(`"?kind"?:\s*\\?"?Config\b`),
	"an on-call webhook":    regexp.MustCompile(`events\.pagerduty\.com/integration/[0-9a-f]+`),
	"an example's password": regexp.MustCompile(`not-a-password-replace-it|only-for-the-simulated-cloud`),
	"a password in a URL":   regexp.MustCompile(`://[^/\s:@]+:[^/\s@]+@`),
}

// secretNames are properties that must be secret wherever they have a value.
var secretNames = regexp.MustCompile(`(?i)^(password|masterPassword|masterUserPassword|authToken|token|secretString|privateKey|kubeconfig)$`)

// planted finds secrets in plain text in an exported state and says where.
func planted(export string) ([]string, error) {
	var state any
	if err := json.Unmarshal([]byte(export), &state); err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	var found []string
	var walk func(path string, x any)
	walk = func(path string, x any) {
		switch x := x.(type) {
		case map[string]any:
			if x["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270" {
				return // a value that Pulumi encrypted
			}
			for _, k := range slices.Sorted(maps.Keys(x)) {
				if s, ok := x[k].(string); ok && s != "" && secretNames.MatchString(k) {
					found = append(found, path+"."+k+" is in plain text")
				}
				walk(path+"."+k, x[k])
			}
		case []any:
			for i, e := range x {
				walk(fmt.Sprintf("%s[%d]", path, i), e)
			}
		case string:
			for _, what := range slices.Sorted(maps.Keys(secretLooks)) {
				if secretLooks[what].MatchString(x) {
					found = append(found, path+" holds "+what)
				}
			}
		}
	}
	walk("state", state)
	return found, nil
}

func noSecrets(t *testing.T, export string) {
	t.Helper()
	found, err := planted(export)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

func TestPlantedSecretsAreFound(t *testing.T) {
	for name, value := range map[string]string{
		"password":   "hunter22",
		"endpoint":   "https://events.pagerduty.com/integration/0123456789abcdef/enqueue",
		"anything":   "AKIA" + strings.Repeat("A", 16),
		"url":        "postgres://user:pass@db.example/explico",
		"pem":        "-----BEGIN RSA PRIVATE " + "KEY-----",
		"kubeconfig": `{"kind": "Config"}`,
	} {
		state, err := json.Marshal(map[string]any{"resources": []any{map[string]any{"outputs": map[string]any{name: value}}}})
		if err != nil {
			t.Fatal(err)
		}
		if found, err := planted(string(state)); err != nil || len(found) == 0 {
			t.Errorf("a planted %s is not found (%v)", name, err)
		}
	}
}
