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

// Events are what a review takes of the engine's event log beside the preview:
// policies, the stack's outputs, and who belongs to whom.
type Events struct {
	// Ran are the policy packs that ran, by name, with their versions.
	Ran map[string]string
	// Findings are the policies that are violated.
	Findings []Finding
	// Outputs are the stack's after the change.
	Outputs map[string]any
	// Parents are the parents of all resources, by URN.
	Parents map[string]string
	// Errors are what the engine called errors.
	Errors []string
	// Result is how the preview ended.
	Result string
}

// Finding is one violation of a policy.
type Finding struct {
	Policy   string `json:"policy"`
	Pack     string `json:"pack"`
	Level    string `json:"level"`
	Severity string `json:"severity,omitempty"`
	URN      string `json:"urn,omitempty"`
	Message  string `json:"message"`
}

// Mandatory says whether the finding refuses the change.
func (f Finding) Mandatory() bool { return f.Level == "mandatory" }

// event is one line of an event log. Source: pulumi/pulumi v3.259.0,
// sdk/go/common/apitype/events.go, read 2026-11.
type event struct {
	Diagnostic *Diagnostic `json:"diagnosticEvent"`
	Policy     *struct {
		URN      string `json:"resourceUrn"`
		Message  string `json:"message"`
		Policy   string `json:"policyName"`
		Pack     string `json:"policyPackName"`
		Level    string `json:"enforcementLevel"`
		Severity string `json:"severity"`
	} `json:"policyEvent"`
	Analyzed      *packEvent    `json:"policyAnalyzeSummaryEvent"`
	AnalyzedStack *packEvent    `json:"policyAnalyzeStackSummaryEvent"`
	Remediated    *packEvent    `json:"policyRemediateSummaryEvent"`
	Before        *resourceSeen `json:"resourcePreEvent"`
	After         *resourceSeen `json:"resOutputsEvent"`
	Summary       *struct {
		Result string            `json:"result"`
		Packs  map[string]string `json:"PolicyPacks"`
	} `json:"summaryEvent"`
	Cancel *struct{} `json:"cancelEvent"`
}

type packEvent struct {
	Pack    string `json:"policyPackName"`
	Version string `json:"policyPackVersionTag"`
}

type resourceSeen struct {
	Metadata struct {
		URN  string `json:"urn"`
		Type string `json:"type"`
		Old  *State `json:"old"`
		New  *State `json:"new"`
	} `json:"metadata"`
}

// ReadEvents reads the event log of a stack's preview, a JSON document a line.
func ReadEvents(file, stack string, text []byte) (*Events, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, fmt.Errorf("%s: offset 0: the file is empty: the engine logged nothing", file)
	}
	out := &Events{Ran: map[string]string{}, Parents: map[string]string{}}
	d := json.NewDecoder(bytes.NewReader(text))
	ended := false
	for {
		var e event
		at := d.InputOffset()
		err := d.Decode(&e)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, jsonError(err, at, len(text)))
		}
		if err := out.take(stack, e); err != nil {
			return nil, fmt.Errorf("%s: offset %d: %w", file, at, err)
		}
		ended = ended || e.Cancel != nil
	}
	if !ended {
		return nil, fmt.Errorf("%s: offset %d: the log has no end: the engine closes it with a cancelEvent", file, len(text))
	}
	slices.SortFunc(out.Findings, compareFindings)
	out.Findings = slices.Compact(out.Findings)
	return out, nil
}

func compareFindings(a, b Finding) int {
	key := func(f Finding) string {
		rank := "1"
		if f.Mandatory() {
			rank = "0"
		}
		return strings.Join([]string{rank, f.Pack, f.Policy, f.URN, f.Message}, "\x00")
	}
	return strings.Compare(key(a), key(b))
}

// take takes what matters of one event.
func (out *Events) take(stack string, e event) error {
	for _, p := range []*packEvent{e.Analyzed, e.AnalyzedStack, e.Remediated} {
		if p != nil {
			out.Ran[p.Pack] = p.Version
		}
	}
	for _, r := range []*resourceSeen{e.Before, e.After} {
		if r == nil {
			continue
		}
		u, err := parseURN(r.Metadata.URN)
		if err != nil {
			return err
		}
		if u.stack != stack {
			return fmt.Errorf("an event is of stack %s, not of %s", u.stack, stack)
		}
		for _, s := range []*State{r.Metadata.Old, r.Metadata.New} {
			if s != nil {
				out.Parents[r.Metadata.URN] = s.Parent
			}
		}
	}
	if e.After != nil && e.After.Metadata.Type == stackType && e.After.Metadata.New != nil && len(e.After.Metadata.New.Outputs) > 0 {
		out.Outputs = e.After.Metadata.New.Outputs
	}
	if e.Policy != nil {
		if _, seen := out.Ran[e.Policy.Pack]; !seen {
			out.Ran[e.Policy.Pack] = ""
		}
		out.Findings = append(out.Findings, Finding{
			Policy: e.Policy.Policy, Pack: e.Policy.Pack, Level: e.Policy.Level, Severity: e.Policy.Severity,
			URN: e.Policy.URN, Message: said(e.Policy.URN, e.Policy.Message),
		})
	}
	if d := e.Diagnostic; d != nil && d.failure() && !d.onlySaysSo() {
		out.Errors = append(out.Errors, said(d.URN, d.Message))
	}
	if e.Summary != nil {
		out.Result = e.Summary.Result
		for pack, version := range e.Summary.Packs {
			name, _, _ := strings.Cut(pack, "|") // explico|local|<its file>
			out.Ran[name] = version
		}
	}
	return nil
}
