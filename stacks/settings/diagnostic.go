package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Diagnostic is one problem of the settings.
type Diagnostic struct {
	// Code is the rule that is broken; docs/reference/settings.md lists them.
	Code Code
	// File, Line and Column say where the value stands, counted from 1. Line is
	// 0 where the value stands in no file (it came by -c, or from an
	// environment).
	File         string
	Line, Column int
	// Path is the setting, such as network.zones.eu-west-1a; empty for a problem
	// of the file as a whole.
	Path string
	// Got is what is there, in words or as a value; never a secret.
	Got string
	// Want is what would be right.
	Want string
	// Also are the other settings that take part, such as the range that
	// another one overlaps.
	Also []Place
	// Warning says that the settings are usable all the same.
	Warning bool

	config string // the full configuration key, for what stands in no file
}

// Place is where a setting stands. Line is 0 if it stands in no file.
type Place struct {
	Path, File   string
	Line, Column int
}

// String writes the diagnostic as one line.
func (d Diagnostic) String() string {
	var b strings.Builder
	switch {
	case d.Line > 0:
		fmt.Fprintf(&b, "%s:%d:%d: ", d.File, d.Line, d.Column)
	case d.config != "":
		fmt.Fprintf(&b, "-c %s: ", d.config)
	case d.File != "":
		fmt.Fprintf(&b, "%s: ", d.File)
	}
	if d.Warning {
		b.WriteString("warning: ")
	}
	if d.Path != "" && (d.Line > 0 || d.config == "") {
		b.WriteString(d.Path + ": ")
	}
	fmt.Fprintf(&b, "got %s, want %s", d.Got, d.Want)
	for _, p := range d.Also {
		b.WriteString("; see " + p.Path)
		if p.Line > 0 {
			fmt.Fprintf(&b, " at %s:%d:%d", p.File, p.Line, p.Column)
		}
	}
	fmt.Fprintf(&b, " (%s)", d.Code)
	return oneLine(b.String())
}

// oneLine replaces what would break a line or garble a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '�'
		}
		return r
	}, s)
}

// Error is every problem that keeps settings from being used.
type Error struct {
	// Stack is the stack's name.
	Stack string
	// Problems are in the order of their positions; there is at least one.
	Problems []Diagnostic
}

// Error lists the problems, one a line.
func (e *Error) Error() string {
	var b strings.Builder
	noun := "problems"
	if len(e.Problems) == 1 {
		noun = "problem"
	}
	fmt.Fprintf(&b, "the settings of stack %s have %d %s:", oneLine(e.Stack), len(e.Problems), noun)
	for _, d := range e.Problems {
		b.WriteString("\n" + d.String())
	}
	return b.String()
}

// split parts problems from warnings, each in the order of position.
func split(all []Diagnostic) (problems, warnings []Diagnostic) {
	slices.SortStableFunc(all, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(b2i(a.Line == 0), b2i(b.Line == 0)), cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Want, b.Want),
		)
	})
	for _, d := range all {
		if d.Warning {
			warnings = append(warnings, d)
		} else {
			problems = append(problems, d)
		}
	}
	return problems, warnings
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shown makes a value fit for a message: quoted if it would be misread, cut if
// long, named if empty.
func shown(text string) string {
	const limit = 80
	if text == "" {
		return "nothing"
	}
	if cut := []rune(text); len(cut) > limit {
		text = string(cut[:limit]) + "…"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == ',' || r == '"' }) ||
		strings.TrimSpace(text) != text {
		return fmt.Sprintf("%q", text)
	}
	return text
}
