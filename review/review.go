package review

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Verdict is what comes of a review.
type Verdict string

// The verdicts, from the best to the worst.
const (
	// Passes is a change that may be made.
	Passes Verdict = "passes"
	// Refused is a change that breaks a promise.
	Refused Verdict = "refused"
	// Failed is a review that could not be made, or a preview that failed.
	Failed Verdict = "failed"
)

// Review is what a change means to all stacks.
type Review struct {
	Verdict Verdict  `json:"verdict"`
	Stacks  []*Stack `json:"stacks"`
	// Problems are what is wrong with the review itself, and Ignored the overrides
	// that do not count.
	Problems []string `json:"problems,omitempty"`
	Ignored  []string `json:"ignoredOverrides,omitempty"`
}

// Stack is what a change means to a stack.
type Stack struct {
	Name    string  `json:"name"`
	Verdict Verdict `json:"verdict"`
	// Against says what the change was compared with: the deployed stack, or one on
	// the simulated cloud.
	Against string `json:"against,omitempty"`
	// Failures are why there is no review, or what made the preview fail, and
	// Refusals what breaks a promise.
	Failures []string `json:"failures,omitempty"`
	Refusals []string `json:"refusals,omitempty"`
	// Counts are how many resources each operation is about; nil if nobody knows.
	Counts  map[string]int `json:"counts,omitempty"`
	Changes []Change       `json:"changes,omitempty"`
	// Losses are the changes that lose what holds data.
	Losses []Loss `json:"losses,omitempty"`
	Cost   *Cost  `json:"cost,omitempty"`
	// Packs are the policy packs that ran, with their versions, and Findings what
	// they found; PoliciesRan tells no findings from no policies.
	PoliciesRan bool              `json:"policiesRan"`
	Packs       map[string]string `json:"packs,omitempty"`
	Findings    []Finding         `json:"findings,omitempty"`
	// Warnings are what the program, a provider or the engine warned of.
	Warnings []string `json:"warnings,omitempty"`
	// Undetermined is what could not be told.
	Undetermined []string `json:"undetermined,omitempty"`

	parents map[string]string
}

// Loss is a replacement or deletion of what holds data.
type Loss struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// Kind is what the resource is, in words.
	Kind string `json:"kind"`
	Op   string `json:"op"`
	// Because are the inputs that force it.
	Because []string `json:"because,omitempty"`
	// Protected and Retained are as of the change.
	Protected bool `json:"protected,omitempty"`
	Retained  bool `json:"retained,omitempty"`
	// Override allows it; nil if nobody does.
	Override *Override `json:"override,omitempty"`
}

// The files of a stack's directory. The preview has to be there; what else is
// missing is told.
const (
	PreviewFile = "preview.json" // what pulumi preview --json printed
	EventsFile  = "events.jsonl" // the engine's event log
	CostFile    = "cost.json"    // what review cost --json printed for the change
	BaseFile    = "base.json"    // the same without the change
	AgainstFile = "against"      // deployed or simulated
)

var stackName = regexp.MustCompile(`^[0-9A-Za-z._-]{1,100}$`)

// Make reviews a change to stacks. dir has a directory for each of them, and
// overrides are those that count.
func Make(dir fs.FS, stacks []string, overrides []Override) *Review {
	r := &Review{Verdict: Passes}
	if len(stacks) == 0 {
		r.Problems = append(r.Problems, "no stack was named: nothing was reviewed")
	}
	for _, name := range stacks {
		if !stackName.MatchString(name) {
			r.Problems = append(r.Problems, fmt.Sprintf("got stack %q, want a name of letters, digits, dots, dashes", name))
			continue
		}
		s := readStack(dir, name)
		s.judge(overrides)
		r.Stacks = append(r.Stacks, s)
		r.Verdict = worse(r.Verdict, s.Verdict)
	}
	if len(r.Problems) > 0 {
		r.Verdict = Failed
	}
	return r
}

func worse(a, b Verdict) Verdict {
	rank := func(v Verdict) int { return slices.Index([]Verdict{Passes, Refused, Failed}, v) }
	if cmp.Compare(rank(a), rank(b)) > 0 {
		return a
	}
	return b
}

// readStack reads all that is known of a change to a stack.
func readStack(dir fs.FS, name string) *Stack {
	s := &Stack{Name: name}
	preview := s.readPreview(dir)
	events := s.readEvents(dir)
	if preview == nil {
		return s
	}
	broken := slices.ContainsFunc(s.Findings, Finding.Mandatory)
	if len(s.Failures) == 0 && !broken && slices.ContainsFunc(preview.Diagnostics, Diagnostic.failure) {
		s.fail("the preview failed, and the engine does not say why")
	}
	if events != nil {
		s.parents = events.Parents
	}
	s.Changes = changes(preview.Steps, s.parents)
	s.Counts = map[string]int{}
	for _, c := range s.Changes {
		s.Counts[c.Op]++
	}
	s.Losses = losses(s.Changes)
	if len(s.Failures) > 0 { // what came before the failure says nothing of the rest
		s.Undetermined = append(s.Undetermined, "cost, and what else would change: the preview came to no end")
	} else {
		s.readCost(dir, preview, events)
	}
	if preview.MaybeCorrupt {
		s.Undetermined = append(s.Undetermined, "the engine says that the stack's state may be corrupt")
	}
	return s
}

func (s *Stack) fail(format string, args ...any) {
	s.Failures = append(s.Failures, fmt.Sprintf(format, args...))
}

func (s *Stack) readPreview(dir fs.FS) *Preview {
	file := path.Join(s.Name, PreviewFile)
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		s.fail("there is no preview: %v", err)
		return nil
	}
	p, err := ReadPreview(file, s.Name, text)
	if err != nil {
		s.fail("%v", err)
		return nil
	}
	for _, d := range p.Diagnostics {
		text := about(d.URN) + said(d.URN, d.Message)
		switch {
		case d.failure() && !d.onlySaysSo():
			s.fail("the preview failed: %s", text)
		case strings.Contains(text, "could not be determined"):
			s.Undetermined = append(s.Undetermined, shorten(text, 500))
		case d.Severity == "warning":
			s.Warnings = append(s.Warnings, strings.TrimPrefix(text, "warning: "))
		}
	}
	if text, err := fs.ReadFile(dir, path.Join(s.Name, AgainstFile)); err == nil {
		s.Against = strings.TrimSpace(string(text))
	}
	if s.Against != "deployed" && s.Against != "simulated" {
		s.Undetermined = append(s.Undetermined, "what the change was compared with: the deployed stack or a simulated one")
		s.Against = ""
	}
	return p
}

// said is a message about a resource, whose name is no name of a secret in it.
func said(about, message string) string {
	if about != "" {
		message = strings.ReplaceAll(message, nameOf(about)+":", nameOf(about)+",")
	}
	return plainText(message)
}

func about(text string) string {
	if text == "" {
		return ""
	}
	return nameOf(text) + ": "
}

func (s *Stack) readEvents(dir fs.FS) *Events {
	file := path.Join(s.Name, EventsFile)
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		s.Undetermined = append(s.Undetermined, "policies: there is no event log of the engine")
		return nil
	}
	events, err := ReadEvents(file, s.Name, text)
	if err != nil {
		s.fail("%v", err)
		return nil
	}
	s.Packs, s.Findings, s.PoliciesRan = events.Ran, events.Findings, len(events.Ran) > 0
	if !s.PoliciesRan {
		s.Undetermined = append(s.Undetermined, "policies: no policy pack ran")
	}
	for _, e := range events.Errors {
		if !slices.ContainsFunc(s.Failures, func(f string) bool { return strings.HasSuffix(f, e) }) {
			s.fail("the preview failed: %s", e)
		}
	}
	if events.Result != "" && events.Result != "succeeded" && len(s.Failures) == 0 && !slices.ContainsFunc(s.Findings, Finding.Mandatory) {
		s.fail("the preview %s", events.Result)
	}
	return events
}

// losses are the changes that lose what holds data, or what somebody protected.
func losses(all []Change) []Loss {
	var lost []Loss
	for _, c := range all {
		kind, ok := Stateful(c.Type)
		if c.Op != "replace" && c.Op != "delete" || !ok && !c.Protected {
			continue
		}
		if !ok {
			kind = "protected resource"
		}
		l := Loss{URN: c.URN, Type: c.Type, Name: c.Name, Kind: kind, Op: c.Op, Protected: c.Protected, Retained: c.Retained}
		for _, p := range c.Properties {
			if p.Replaces {
				l.Because = append(l.Because, p.Path)
			}
		}
		lost = append(lost, l)
	}
	return lost
}

// judge says what comes of a stack's review.
func (s *Stack) judge(overrides []Override) {
	for i := range s.Losses {
		l := &s.Losses[i]
		for _, o := range overrides {
			if o.URN == l.URN && o.Op == l.Op {
				l.Override = &o
			}
		}
		if l.Override == nil {
			s.Refusals = append(s.Refusals, fmt.Sprintf("%s of the %s %s, which nobody approved", noun(l.Op), l.Kind, l.Name))
		}
	}
	for _, f := range s.Findings {
		if f.Mandatory() {
			s.Refusals = append(s.Refusals, "policy "+f.Policy+": "+about(f.URN)+f.Message)
		}
	}
	switch {
	case len(s.Failures) > 0:
		s.Verdict = Failed
	case len(s.Refusals) > 0:
		s.Verdict = Refused
	default:
		s.Verdict = Passes
	}
}

func noun(op string) string {
	if op == "delete" {
		return "deletion"
	}
	return "replacement"
}

// readCost finds what the stack costs with the change and without it: in the
// engine's words, or in an estimate made beside it.
func (s *Stack) readCost(dir fs.FS, p *Preview, events *Events) {
	var after, before estimate
	compared := ""
	if events != nil {
		if cost, ok := events.Outputs["cost"].(map[string]any); ok {
			after = cost
		}
	}
	if after == nil {
		after = s.readEstimate(dir, CostFile)
	}
	for _, step := range p.Steps {
		if typeOf(step.URN) == stackType && step.Old != nil {
			if cost, ok := step.Old.Outputs["cost"].(map[string]any); ok {
				before, compared = cost, map[string]string{"simulated": "the stack as simulated before"}[s.Against]
				compared = cmp.Or(compared, "the stack as deployed")
			}
		}
	}
	if before == nil {
		if before = s.readEstimate(dir, BaseFile); before != nil {
			compared = "the estimate of the base branch"
		}
	}
	if after == nil {
		s.Undetermined = append(s.Undetermined, "cost: the preview has no output cost, and there is no "+CostFile)
		return
	}
	if before == nil {
		compared = "nothing: the stack has no output cost yet, and there is no " + BaseFile
	}
	for _, e := range []estimate{after, before} {
		if e == nil {
			continue
		}
		if err := e.check(); err != nil {
			s.fail("cost: %v", err)
			return
		}
	}
	cost, err := compare(before, after, compared)
	if err != nil {
		s.fail("cost: %v", err)
		return
	}
	s.Cost = cost
	if cost.Unpriced > 0 {
		s.Undetermined = append(s.Undetermined, fmt.Sprintf("cost: %d lines have no rate in the stack's region", cost.Unpriced))
	}
}

// readEstimate reads an estimate from a file; nil if there is none.
func (s *Stack) readEstimate(dir fs.FS, name string) estimate {
	file := path.Join(s.Name, name)
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		return nil
	}
	var e estimate
	if err := decode(file, text, &e); err != nil {
		s.fail("%v", err)
		return nil
	}
	return e
}
