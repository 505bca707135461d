package review

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Marker begins every comment: who posts one replaces the one before, which has
// it too.
const Marker = "<!-- explico-review -->"

// MostCharacters is how long a comment may be. GitHub takes 65,536. Source: its
// answer "Body is too long (maximum is 65536 characters)", read 2026-11.
const MostCharacters = 64000

// detail is how much of a change a comment tells. What holds data and is lost is
// told in all of them.
type detail struct {
	// properties are how many of a resource's are listed, and resources how many of
	// a component's.
	properties, resources int
	// components lists components with counts, and short leaves the rest out.
	components bool
	// findings and lines are how many of a stack's are listed.
	findings, lines int
	// urns says that losses are told with their URNs.
	urns bool
}

// details are tried in turn, until a comment is short enough.
var details = []detail{
	{properties: 50, resources: 1000, components: true, findings: 200, lines: 100, urns: true},
	{properties: 8, resources: 1000, components: true, findings: 100, lines: 40, urns: true},
	{properties: 2, resources: 100, components: true, findings: 50, lines: 20, urns: true},
	{properties: 0, resources: 100, components: true, findings: 30, lines: 10, urns: true},
	{properties: 0, resources: 10, components: true, findings: 20, lines: 5, urns: true},
	{properties: 0, resources: 0, components: true, findings: 10, lines: 3, urns: true},
	{findings: 10, lines: 3, urns: true},
	{findings: 3, lines: 1},
}

// Markdown is the review as a comment of GitHub's: the most of it that fits.
func (r *Review) Markdown() string {
	for _, d := range details {
		if text := r.render(d); utf8.RuneCountInString(text) <= MostCharacters {
			return text
		}
	}
	// So many losses that not even their names fit.
	text := []rune(r.render(details[len(details)-1]))
	const end = "…\n\nThis is longer than a comment may be: the review's JSON has all of it.\n"
	return string(text[:MostCharacters-len(end)]) + end
}

// page is a comment that is being written.
type page struct {
	strings.Builder
	detail
}

func (p *page) f(format string, args ...any) { fmt.Fprintf(&p.Builder, format+"\n", args...) }

func (r *Review) render(d detail) string {
	p := &page{detail: d}
	p.f("%s", Marker)
	p.f("## %s\n", map[Verdict]string{
		Passes: "✅ Review: nothing speaks against this change", Refused: "⛔ Review: this change is refused", Failed: "❌ Review: it failed, so nothing is known of this change",
	}[r.Verdict])
	for _, problem := range r.Problems {
		p.f("- %s", code(problem))
	}
	if len(r.Stacks) > 0 {
		r.table(p)
		r.losses(p)
	}
	if len(r.Ignored) > 0 {
		p.f("**Overrides that do not count**\n")
		for _, text := range r.Ignored {
			p.f("- %s", code(text))
		}
		p.f("")
	}
	for _, s := range r.Stacks {
		s.section(p)
	}
	return p.String()
}

// table is what there is to know at a glance.
func (r *Review) table(p *page) {
	p.f("| stack | changes | data lost | USD a month | policies | verdict |")
	p.f("|---|---|---|---|---|---|")
	for _, s := range r.Stacks {
		p.f("| %s | %s | %s | %s | %s | **%s** |", s.Name, s.counted(), s.lost(), s.costs(), s.policies(), s.Verdict)
	}
	p.f("")
}

// signs are how operations are shown.
var signs = []struct{ op, sign string }{{"create", "+"}, {"update", "~"}, {"replace", "±"}, {"delete", "−"}, {"import", "="}}

func sign(op string) string {
	for _, s := range signs {
		if s.op == op {
			return s.sign
		}
	}
	return op
}

// counted says how much changes, such as +3 ~12.
func (s *Stack) counted() string {
	text := counts(s.Counts)
	switch {
	case len(s.Failures) > 0 && text == "":
		return "unknown"
	case len(s.Failures) > 0:
		return text + ", and more"
	}
	if text == "" {
		return "none"
	}
	return text
}

// lost says how much that holds data goes.
func (s *Stack) lost() string {
	switch {
	case len(s.Failures) == 0:
		return fmt.Sprint(len(s.Losses))
	case len(s.Losses) > 0:
		return fmt.Sprintf("≥ %d", len(s.Losses))
	}
	return "unknown"
}

func counts(byOp map[string]int) string {
	var parts []string
	known := map[string]bool{}
	for _, each := range signs {
		known[each.op] = true
		if n := byOp[each.op]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s%d", each.sign, n))
		}
	}
	for _, op := range slices.Sorted(maps.Keys(byOp)) {
		if !known[op] {
			parts = append(parts, fmt.Sprintf("%s %d", op, byOp[op]))
		}
	}
	return strings.Join(parts, " ")
}

func (s *Stack) costs() string {
	c := s.Cost
	if c == nil {
		return "unknown"
	}
	least := ""
	if c.AtLeast {
		least = "≥ "
	}
	text := least + c.After
	if c.Before != "" {
		text = fmt.Sprintf("%s%s → %s (%s)", least, c.Before, c.After, c.Delta)
	}
	if c.Budget == "over" {
		text += ", **over budget**"
	}
	return text
}

func (s *Stack) policies() string {
	if !s.PoliciesRan {
		return "not run"
	}
	mandatory := 0
	for _, f := range s.Findings {
		if f.Mandatory() {
			mandatory++
		}
	}
	if len(s.Findings) == 0 {
		return "kept"
	}
	return fmt.Sprintf("%d broken, %d advised", mandatory, len(s.Findings)-mandatory)
}

// losses are the part that is never cut.
func (r *Review) losses(p *page) {
	title := false
	for _, s := range r.Stacks {
		for _, l := range s.Losses {
			if !title {
				p.f("### What holds data and would be lost\n")
				title = true
			}
			l.render(p, s.Name)
		}
	}
	if title {
		p.f("")
	}
	if !slices.ContainsFunc(r.Stacks, func(s *Stack) bool {
		return slices.ContainsFunc(s.Losses, func(l Loss) bool { return l.Override == nil })
	}) {
		return
	}
	p.f("To allow one, sign an override of its URN: see `overrides/README.md`.\n")
}

func (l Loss) render(p *page, stack string) {
	mark := "⛔"
	if l.Override != nil {
		mark = "⚠️"
	}
	because := ""
	if len(l.Because) > 0 {
		because = " for " + codes(l.Because, 5)
	}
	switch {
	case l.Retained && l.Op == "delete":
		because += ", though it stays in the cloud"
	case l.Protected:
		because += ", though it is protected"
	}
	p.f("- %s %s: %s of the %s %s (%s)%s", mark, stack, noun(l.Op), l.Kind, code(l.Name), code(shortType(l.Type)), because)
	if p.urns {
		p.f("  - %s", code(l.URN))
	}
	if o := l.Override; o != nil {
		p.f("  - approved by %s until %s: %s (%s, key %s)", code(o.Approver), o.Expires.Format(dayFormat), code(o.Reason), code(o.File), code(o.Key))
	}
}

// section is all about one stack.
func (s *Stack) section(p *page) {
	p.f("### %s\n", s.Name)
	if len(s.Failures) > 0 {
		p.f("**The review of this stack failed.** What follows is not all that would change.\n")
		p.f("%s\n", block(strings.Join(first(s.Failures, 20), "\n")))
	}
	s.tree(p)
	s.money(p)
	s.found(p)
	if len(s.Warnings) > 0 {
		p.f("<details><summary>Warnings: %d</summary>\n", len(s.Warnings))
		for _, text := range first(s.Warnings, max(p.lines, 3)) {
			p.f("- %s", code(shorten(text, 400)))
		}
		p.f("\n</details>\n")
	}
	if len(s.Undetermined) > 0 {
		p.f("**What could not be told**\n")
		for _, text := range s.Undetermined {
			p.f("- %s", escape(text))
		}
		p.f("")
	}
}

// money is what a change does to the cost, in full.
func (s *Stack) money(p *page) {
	c := s.Cost
	if c == nil {
		return
	}
	p.f("<details><summary>Cost: %s USD a month</summary>\n", html.EscapeString(strings.ReplaceAll(s.costs(), "**", "")))
	p.f("Compared with %s, at prices of %s. Budget: %s", escape(c.Compared), escape(c.Catalogue), escape(c.Budget))
	if c.Reference != nil {
		p.f("At the rates of %s: %s", escape(c.Reference.Region), escape(change(c.Reference.Before, c.Reference.After, c.Reference.Delta)))
	}
	p.f("")
	for _, l := range c.Lines[:min(p.lines, len(c.Lines))] {
		p.f("- %s: %s", code(l.Name), escape(change(l.Before, l.After, "")))
	}
	if more := len(c.Lines) - p.lines; more > 0 {
		p.f("- and %d more lines", more)
	}
	p.f("\n</details>\n")
}

func change(before, after, delta string) string {
	switch {
	case before == "":
		return "new: " + after
	case after == "":
		return "gone: " + before
	case delta != "":
		return fmt.Sprintf("%s → %s (%s)", before, after, delta)
	case before == after:
		return after + ", in another quantity"
	}
	return before + " → " + after
}

// found are the policies' findings.
func (s *Stack) found(p *page) {
	if len(s.Findings) == 0 {
		return
	}
	p.f("<details><summary>Policies: %s</summary>\n", html.EscapeString(s.policies()))
	for _, f := range s.Findings[:min(p.findings, len(s.Findings))] {
		p.f("- %s%s %s: %s", map[bool]string{true: "⛔ ", false: ""}[f.Mandatory()], code(f.Policy), code(about(f.URN)+shortType(typeOf(f.URN))), code(shorten(f.Message, 400)))
	}
	if more := len(s.Findings) - p.findings; more > 0 {
		p.f("- and %d more", more)
	}
	p.f("\n</details>\n")
}

// first are the first of a list; the others are counted.
func first(all []string, most int) []string {
	if len(all) > most {
		return append(slices.Clone(all[:most]), fmt.Sprintf("and %d more", len(all)-most))
	}
	return all
}
