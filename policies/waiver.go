package policies

import (
	_ "embed"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Waiver lets resources break a rule, for a reason and until a day.
type Waiver struct {
	// Rule is the rule's id.
	Rule string `yaml:"rule"`
	// Stacks are patterns of the stacks in which it counts.
	Stacks []string `yaml:"stacks"`
	// Resource is a pattern for the logical name.
	Resource string `yaml:"resource"`
	// About is part of the complaint that is waived; any complaint if empty.
	About string `yaml:"about"`
	// Owner is who answers for it, Reason why it is right.
	Owner  string `yaml:"owner"`
	Reason string `yaml:"reason"`
	// Expires is the last day on which it counts.
	Expires Day `yaml:"expires"`

	file string
	line int
}

// Day is a day, written 2027-01-31.
type Day struct{ time.Time }

// UnmarshalText reads a day.
func (d *Day) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("got %q, want a day such as 2027-01-31", text)
	}
	d.Time = t
	return nil
}

// Expired says whether a waiver has ceased to count.
func (w *Waiver) Expired(today time.Time) bool { return !today.Before(w.Expires.AddDate(0, 0, 1)) }

func (w *Waiver) covers(stack string, f Finding) bool {
	return w.Rule == f.Rule && w.in(stack) && matches(w.Resource, f.name) && strings.Contains(f.What, w.About)
}

func (w *Waiver) in(stack string) bool {
	return anyMatches(w.Stacks, stack)
}

func matches(pattern, name string) bool {
	match, err := path.Match(pattern, name)
	return err == nil && match
}

// Waivers are all waivers.
type Waivers struct{ all []Waiver }

//go:embed waivers.yaml
var waiversFile []byte

// LoadWaivers reads the waivers of this folder.
func LoadWaivers() (*Waivers, error) { return ParseWaivers("policies/waivers.yaml", waiversFile) }

// ParseWaivers reads waivers and returns all that is wrong with them, each with
// its place.
func ParseWaivers(file string, text []byte) (*Waivers, error) {
	var ws Waivers
	err := entries(file, text, "waivers", func(line int, decode func(any) error) error {
		w := Waiver{file: file, line: line}
		if err := decode(&w); err != nil {
			return err
		}
		ws.all = append(ws.all, w)
		return w.problems()
	})
	return &ws, err
}

func (w *Waiver) problems() error {
	var all []error
	refuse := func(broken bool, format string, args ...any) {
		if broken {
			all = append(all, fmt.Errorf(format, args...))
		}
	}
	_, known := byID(w.Rule)
	refuse(!known, "there is no rule %q", w.Rule)
	refuse(len(w.Stacks) == 0, "got no stacks, want patterns such as prod*")
	refuse(w.Resource == "", "got no resource, want a pattern for its name")
	for _, pattern := range append([]string{w.Resource}, w.Stacks...) {
		_, err := path.Match(pattern, "")
		refuse(err != nil, "got pattern %q, want one such as web-*", pattern)
	}
	refuse(strings.TrimSpace(w.Owner) == "", "the waiver of %s has no owner", w.Rule)
	refuse(strings.TrimSpace(w.Reason) == "", "the waiver of %s has no reason", w.Rule)
	refuse(w.Expires.IsZero(), "the waiver of %s has no expiry", w.Rule)
	return errors.Join(all...)
}

// find returns the waiver that covers a finding, or nil.
func (ws *Waivers) find(stack string, f Finding) *Waiver {
	for i := range ws.all {
		if ws.all[i].covers(stack, f) {
			return &ws.all[i]
		}
	}
	return nil
}

// Expired are those that have ceased to count.
func (ws *Waivers) Expired(today time.Time) []*Waiver {
	var all []*Waiver
	for i := range ws.all {
		if ws.all[i].Expired(today) {
			all = append(all, &ws.all[i])
		}
	}
	return all
}

// Len is how many there are.
func (ws *Waivers) Len() int { return len(ws.all) }

// Place is where a waiver stands.
func (w *Waiver) Place() string { return fmt.Sprintf("%s:%d", w.file, w.line) }
