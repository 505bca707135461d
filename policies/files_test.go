package policies

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestComplianceIsUpToDate(t *testing.T) {
	got, err := os.ReadFile("../docs/compliance.md")
	if err != nil || string(got) != Compliance() {
		t.Errorf("docs/compliance.md is out of date (%v): go run ./cmd/policies compliance > docs/compliance.md", err)
	}
}

// Every topic is named, asked for by each framework at most in other words, and
// held up by a rule.
func TestTopicsAreWhole(t *testing.T) {
	for _, f := range frameworks {
		for _, c := range f.controls {
			for topic := range strings.FieldsSeq(c.topics) {
				if topicNames[topic] == "" {
					t.Errorf("%s %s is about %s, which is no topic", f.name, c.id, topic)
				}
			}
			if !slices.ContainsFunc(rules, func(r rule) bool { return r.isAbout(c.topics) }) {
				t.Errorf("%s %s has no rule", f.name, c.id)
			}
		}
	}
	for _, r := range rules {
		if r.topics == "" {
			t.Errorf("rule %s has no topic", r.id())
		}
		for topic := range strings.FieldsSeq(r.topics) {
			if topicNames[topic] == "" {
				t.Errorf("rule %s is about %s, which is no topic", r.id(), topic)
			}
			asked := func(c control) bool { return slices.Contains(strings.Fields(c.topics), topic) }
			if !slices.ContainsFunc(frameworks, func(f framework) bool { return slices.ContainsFunc(f.controls, asked) }) {
				t.Errorf("no framework asks for %s, of rule %s", topic, r.id())
			}
		}
	}
}

const soundWaiver = `waivers:
  - rule: F KMS.4
    stacks: [dev]
    resource: dns-*
    owner: platform
    reason: a pair of keys
    expires: 2027-01-31
`

// TestBrokenWaivers wants every problem of the file, each with its place.
func TestBrokenWaivers(t *testing.T) {
	if _, err := ParseWaivers("w.yaml", []byte(soundWaiver)); err != nil {
		t.Fatal(err)
	}
	for change, want := range map[string]string{
		"    expires: 2027-01-31\n=":        "w.yaml:2: the waiver of F KMS.4 has no expiry",
		"    owner: platform\n=":            "w.yaml:2: the waiver of F KMS.4 has no owner",
		"    reason: a pair of keys\n=":     "w.yaml:2: the waiver of F KMS.4 has no reason",
		"F KMS.4=F KMS.44":                  `w.yaml:2: there is no rule "F KMS.44"`,
		"[dev]=[]":                          "w.yaml:2: got no stacks, want patterns such as prod*",
		"    resource: dns-*\n=":            "w.yaml:2: got no resource, want a pattern for its name",
		"dns-*=dns-[":                       `w.yaml:2: got pattern "dns-[", want one such as web-*`,
		"2027-01-31=next year":              "want a day such as 2027-01-31",
		"owner=owned":                       "field owned not found",
		"waivers:=waived:":                  "w.yaml:2: got waived, want a list named waivers",
		"waivers:\n=waivers: {}\nmore: [\n": "w.yaml: yaml:",
		"    owner: platform\n    reason: a pair of keys\n=": "w.yaml:2: the waiver of F KMS.4 has no reason",
	} {
		from, to, _ := strings.Cut(change, "=")
		text := strings.Replace(soundWaiver, from, to, 1)
		if _, err := ParseWaivers("w.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", change, err, want)
		}
	}
}

// TestWaiversExpire wants a rule to fail on the day after its waiver's last.
func TestWaiversExpire(t *testing.T) {
	waivers, err := ParseWaivers("w.yaml", []byte(soundWaiver))
	if err != nil {
		t.Fatal(err)
	}
	key := Resource{Type: "aws:kms/key:Key", Name: "dns-dnssec", URN: "urn", ID: "k"}
	r, ok := byID("F KMS.4")
	if !ok {
		t.Fatal("there is no rule F KMS.4")
	}
	for day, failed := range map[string]bool{"2027-01-31": false, "2027-02-01": true} {
		today, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		result := r.examine(NewGraph("dev", settingsOf(t), []Resource{key}), waivers, today.Add(23*time.Hour))
		if result.Failed() != failed {
			t.Errorf("on %s: got %v, want failed %v", day, result, failed)
		}
		if got := len(waivers.Expired(today)); got == 1 != failed {
			t.Errorf("on %s %d have expired", day, got)
		}
	}
	other := r.examine(NewGraph("staging", settingsOf(t), []Resource{key}), waivers, time.Time{})
	if !other.Failed() {
		t.Error("a waiver of dev counts in staging")
	}
}

func TestBrokenSettings(t *testing.T) {
	const sound = "settings:\n  - stacks: [\"*\"]\n    priorities: {1: mandatory, 2: advisory, 3: advisory}\n  - stacks: [prod*]\n    rules: {F KMS.4: disabled}\n    figures: {backupDays: 30}\n"
	s, err := ParseSettings("s.yaml", []byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	r, _ := byID("F KMS.4")
	if s.level(r, "prod-eu") != Disabled || s.level(r, "dev") != Mandatory || s.figures("prod-eu").BackupDays != 30 || s.figures("dev").BackupDays != 0 {
		t.Errorf("got %v, %v, %v", s.level(r, "prod-eu"), s.level(r, "dev"), s.figures("prod-eu"))
	}
	for change, want := range map[string]string{
		"mandatory=must":      "s.yaml:2: got 1: must, want priority 1 to 3 and mandatory, advisory or disabled",
		"disabled=off":        "s.yaml:4: got F KMS.4: off, want mandatory, advisory or disabled",
		"F KMS.4=F KMS.0":     `s.yaml:4: there is no rule "F KMS.0"`,
		"[prod*]=[\"prod[\"]": `s.yaml:4: got stacks "prod[", want a pattern such as prod*`,
		"30=-1":               "s.yaml:4: got backupDays -1, want a number of days",
		"3: advisory=4: x":    "s.yaml:2: got 4: x, want priority 1 to 3",
		", 3: advisory=":      `s.yaml: want a first section of stacks ["*"] with priorities 1, 2 and 3`,
		"figures=figure":      "field figure not found",
	} {
		from, to, _ := strings.Cut(change, "=")
		if _, err := ParseSettings("s.yaml", []byte(strings.Replace(sound, from, to, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", change, err, want)
		}
	}
}
