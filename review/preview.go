package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Preview is what pulumi preview --json printed for a stack.
type Preview struct {
	Steps         []Step         `json:"steps"`
	Diagnostics   []Diagnostic   `json:"diagnostics"`
	ChangeSummary map[string]int `json:"changeSummary"`
	MaybeCorrupt  bool           `json:"maybeCorrupt"`
}

// Step is one thing that the engine would do.
type Step struct {
	Op             string             `json:"op"`
	URN            string             `json:"urn"`
	Old            *State             `json:"oldState"`
	New            *State             `json:"newState"`
	DiffReasons    []string           `json:"diffReasons"`
	ReplaceReasons []string           `json:"replaceReasons"`
	DetailedDiff   map[string]DiffHow `json:"detailedDiff"`
}

// DiffHow says how a property differs.
type DiffHow struct {
	// Kind is add, delete or update, with -replace where it takes a replacement.
	Kind string `json:"kind"`
	// InputDiff says that inputs differ; otherwise the cloud has something else
	// than the inputs say.
	InputDiff bool `json:"inputDiff"`
}

// State is a resource before or after a step.
type State struct {
	Type           string         `json:"type"`
	Parent         string         `json:"parent"`
	Protect        bool           `json:"protect"`
	RetainOnDelete bool           `json:"retainOnDelete"`
	Inputs         map[string]any `json:"inputs"`
	Outputs        map[string]any `json:"outputs"`
}

// Diagnostic is something that the program, a provider or the engine said.
type Diagnostic struct {
	URN      string `json:"urn"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
}

// operations are what the engine does. Source: pulumi/pulumi v3.259.0,
// sdk/go/common/apitype/history.go, and pkg/resource/deploy/step.go for the last
// two; read 2026-11.
var operations = []string{
	"same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced", "read",
	"read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace", "import",
	"import-replacement", "diff", "extend-parameterize",
}

const stackType = "pulumi:pulumi:Stack"

// ReadPreview reads what a preview of a stack printed. An error names the file
// and where in it something is wrong.
func ReadPreview(file, stack string, text []byte) (*Preview, error) {
	var p Preview
	if err := decode(file, text, &p); err != nil {
		return nil, err
	}
	if len(p.Steps) == 0 && len(p.Diagnostics) == 0 {
		return nil, fmt.Errorf("%s: offset 0: this is no output of pulumi preview --json: it holds neither steps nor diagnostics", file)
	}
	counts := map[string]int{}
	for i, s := range p.Steps {
		if err := s.check(stack); err != nil {
			return nil, fmt.Errorf("%s: offset %d: step %d: %w", file, offsetOf(text, s.URN), i, err)
		}
		counts[s.Op]++
	}
	if !p.failed() {
		if err := p.whole(counts); err != nil {
			return nil, fmt.Errorf("%s: offset %d: %w", file, len(text), err)
		}
	}
	return &p, nil
}

// check says what is wrong with a step of a stack's preview.
func (s Step) check(stack string) error {
	u, err := parseURN(s.URN)
	switch {
	case err != nil:
		return err
	case u.stack != stack:
		return fmt.Errorf("it is of stack %s, not of %s", u.stack, stack)
	case !slices.Contains(operations, s.Op):
		return fmt.Errorf("got operation %q, which nobody knows to be harmless", s.Op)
	}
	return nil
}

// whole says whether a preview that did not fail holds all that it should.
func (p *Preview) whole(counts map[string]int) error {
	if !slices.ContainsFunc(p.Steps, func(s Step) bool { return typeOf(s.URN) == stackType }) {
		return errors.New("there is no step of the stack itself: a preview has one even if nothing changes")
	}
	for _, op := range []string{"create", "update", "delete", "replace", "import"} {
		if want := p.ChangeSummary[op]; counts[op] < want {
			return fmt.Errorf("the summary counts %d times %s, but the steps hold %d: a part is missing", want, op, counts[op])
		}
	}
	return nil
}

// failed says whether the preview came to no end.
func (p *Preview) failed() bool {
	return slices.ContainsFunc(p.Diagnostics, func(d Diagnostic) bool { return d.failure() && !d.onlySaysSo() })
}

func (d Diagnostic) failure() bool { return d.Severity == "error" }

// onlySaysSo says whether an error says no more than that there was one: the
// engine's last word after an error that it has told before, or after a policy
// was broken, which does not keep it from previewing the rest.
func (d Diagnostic) onlySaysSo() bool {
	return d.URN == "" && strings.TrimPrefix(plainText(d.Message), "error: ") == "preview failed"
}

// decode reads a JSON document into a value: it has to be the only one, and
// whole.
func decode(file string, text []byte, into any) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return fmt.Errorf("%s: offset 0: the file is empty: whatever should have written it said nothing", file)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, jsonError(err, d.InputOffset(), len(text)))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: offset %d: something follows the document", file, d.InputOffset())
	}
	return nil
}

// jsonError says what is wrong with JSON, and where.
func jsonError(err error, at int64, size int) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("offset %d: the file ends in the middle: it was cut off", size)
	case errors.As(err, &syntax):
		return fmt.Errorf("offset %d: this is not JSON: %w", syntax.Offset, err)
	case errors.As(err, &kind):
		return fmt.Errorf("offset %d: %s is a %s, want a %s", kind.Offset, orTop(kind.Field), kind.Value, kind.Type)
	}
	return fmt.Errorf("offset %d: %w", at, err)
}

func orTop(field string) string {
	if field == "" {
		return "the document"
	}
	return field
}

// offsetOf is about where something stands: the first place with its text.
func offsetOf(text []byte, what string) int {
	return max(bytes.Index(text, []byte(what)), 0)
}

// urn is a URN's parts: urn:pulumi:<stack>::<project>::<types>::<name>.
type urn struct {
	stack, typ, name string
}

func parseURN(text string) (urn, error) {
	parts := strings.SplitN(text, "::", 4)
	stack, ok := strings.CutPrefix(parts[0], "urn:pulumi:")
	if !ok || len(parts) < 4 {
		return urn{}, fmt.Errorf("got %q, want a URN", text)
	}
	chain := strings.Split(parts[2], "$")
	return urn{stack: stack, typ: chain[len(chain)-1], name: parts[3]}, nil
}

func typeOf(text string) string {
	u, err := parseURN(text)
	if err != nil {
		return ""
	}
	return u.typ
}

func nameOf(text string) string {
	u, err := parseURN(text)
	if err != nil {
		return text
	}
	return u.name
}
