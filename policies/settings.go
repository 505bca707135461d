package policies

import (
	_ "embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Level is what a broken rule does.
type Level string

const (
	// Mandatory stops a preview or an update.
	Mandatory Level = "mandatory"
	// Advisory is shown.
	Advisory Level = "advisory"
	// Disabled is not asked.
	Disabled Level = "disabled"
)

// Figures are what the rules that can be set ask for.
type Figures struct {
	// BackupDays is for how long backups of databases and vaults are kept.
	BackupDays int `yaml:"backupDays"`
	// Regions are patterns of the regions in which data may be.
	Regions []string `yaml:"regions"`
	// Families are patterns of approved machine types.
	Families []string `yaml:"families"`
	// Tags are what the provider's tags or labels must name, beside the name itself.
	Tags []string `yaml:"tags"`
}

// section holds for the stacks that match one of its patterns; a later one goes
// over an earlier one, key by key.
type section struct {
	Stacks     []string         `yaml:"stacks"`
	Priorities map[int]Level    `yaml:"priorities"`
	Rules      map[string]Level `yaml:"rules"`
	Figures    Figures          `yaml:"figures"`

	line int
}

// Settings say what a broken rule does in which stack, and what the rules that
// can be set ask for.
type Settings struct{ sections []section }

//go:embed settings.yaml
var settingsFile []byte

// LoadSettings reads the settings of this folder.
func LoadSettings() (*Settings, error) { return ParseSettings("policies/settings.yaml", settingsFile) }

// ParseSettings reads settings and returns all that is wrong with them.
func ParseSettings(file string, text []byte) (*Settings, error) {
	var s Settings
	var broken []error
	err := entries(file, text, "settings", func(line int, decode func(any) error) error {
		one := section{line: line}
		if err := decode(&one); err != nil {
			return err
		}
		s.sections = append(s.sections, one)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, one := range s.sections {
		for _, problem := range one.problems() {
			broken = append(broken, fmt.Errorf("%s:%d: %s", file, one.line, problem))
		}
	}
	if len(broken) == 0 && (len(s.sections) == 0 || !slices.Equal(s.sections[0].Stacks, []string{"*"}) || len(s.sections[0].Priorities) != 3) {
		broken = append(broken, fmt.Errorf(`%s: want a first section of stacks ["*"] with priorities 1, 2 and 3`, file))
	}
	return &s, errors.Join(broken...)
}

func (s section) problems() (all []string) {
	if len(s.Stacks) == 0 {
		all = append(all, "got no stacks, want patterns such as prod*")
	}
	for _, pattern := range s.Stacks {
		if _, err := path.Match(pattern, ""); err != nil {
			all = append(all, fmt.Sprintf("got stacks %q, want a pattern such as prod*", pattern))
		}
	}
	known := func(l Level) bool { return l == Mandatory || l == Advisory || l == Disabled }
	for priority, level := range s.Priorities {
		if priority < 1 || priority > 3 || !known(level) {
			all = append(all, fmt.Sprintf("got %d: %s, want priority 1 to 3 and mandatory, advisory or disabled", priority, level))
		}
	}
	for id, level := range s.Rules {
		if _, ok := byID(id); !ok {
			all = append(all, fmt.Sprintf("there is no rule %q", id))
		}
		if !known(level) {
			all = append(all, fmt.Sprintf("got %s: %s, want mandatory, advisory or disabled", id, level))
		}
	}
	if s.Figures.BackupDays < 0 {
		all = append(all, fmt.Sprintf("got backupDays %d, want a number of days", s.Figures.BackupDays))
	}
	return all
}

func (s section) covers(stack string) bool { return anyMatches(s.Stacks, stack) }

// level is what a broken rule does in a stack.
func (s *Settings) level(r rule, stack string) Level {
	level := Advisory
	for _, one := range s.sections {
		if !one.covers(stack) {
			continue
		}
		if l, ok := one.Priorities[r.priority]; ok {
			level = l
		}
	}
	for _, one := range s.sections {
		if l, ok := one.Rules[r.id()]; ok && one.covers(stack) {
			level = l
		}
	}
	return level
}

// figures are those that hold for a stack.
func (s *Settings) figures(stack string) Figures {
	var f Figures
	for _, one := range s.sections {
		if !one.covers(stack) {
			continue
		}
		if one.Figures.BackupDays > 0 {
			f.BackupDays = one.Figures.BackupDays
		}
		for _, list := range []struct{ to, from *[]string }{
			{&f.Regions, &one.Figures.Regions}, {&f.Families, &one.Figures.Families}, {&f.Tags, &one.Figures.Tags},
		} {
			if len(*list.from) > 0 {
				*list.to = *list.from
			}
		}
	}
	return f
}

// entries calls read for each entry of the one list in a YAML file, with its
// line. Unknown keys are errors.
func entries(file string, text []byte, name string, read func(line int, decode func(any) error) error) error {
	var doc map[string]yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var broken []error
	for key, list := range doc {
		if key != name || list.Kind != yaml.SequenceNode {
			return fmt.Errorf("%s:%d: got %s, want a list named %s", file, list.Line, key, name)
		}
		for _, n := range list.Content {
			err := read(n.Line, func(into any) error { return strict(n, into) })
			for _, one := range single(err) {
				broken = append(broken, fmt.Errorf("%s:%d: %w", file, n.Line, one))
			}
		}
	}
	return errors.Join(broken...)
}

// single are the errors that one was joined from.
func single(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// strict decodes a node, and refuses keys that nothing reads.
func strict(n *yaml.Node, into any) error {
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	return d.Decode(into)
}
