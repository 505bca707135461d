package review

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// branch is a resource in the tree of what changes: one that changes, or one
// that has children that do.
type branch struct {
	urn      string
	change   *Change
	children map[string]*branch
}

// tree writes what changes, below whom it belongs to.
func (s *Stack) tree(p *page) {
	if s.Counts == nil {
		return
	}
	if len(s.Changes) == 0 {
		if len(s.Failures) == 0 {
			p.f("Nothing changes.\n")
		}
		return
	}
	p.f("<details><summary>Changes: %s</summary>\n", html.EscapeString(counts(s.Counts)))
	if p.components {
		root := s.grow()
		for _, urn := range root.order() {
			root.children[urn].write(p, 0)
		}
	} else {
		p.f("Too many to list: the review's JSON has all of them.")
	}
	p.f("\n</details>\n")
}

// grow makes the tree of a stack's changes.
func (s *Stack) grow() *branch {
	root := &branch{children: map[string]*branch{}}
	at := map[string]*branch{}
	var find func(urn string) *branch
	find = func(urn string) *branch {
		if urn == "" || typeOf(urn) == stackType {
			return root
		}
		if b := at[urn]; b != nil {
			return b
		}
		b := &branch{urn: urn, children: map[string]*branch{}}
		at[urn] = b
		find(s.parents[urn]).children[urn] = b
		return b
	}
	parents := maps.Clone(s.parents)
	if parents == nil {
		parents = map[string]string{}
	}
	for _, c := range s.Changes {
		if parents[c.URN] == "" {
			parents[c.URN] = c.Parent
		}
	}
	s.parents = parents
	for i := range s.Changes {
		find(s.Changes[i].URN).change = &s.Changes[i]
	}
	return root
}

// order is the order of a branch's children: by name, then by type.
func (b *branch) order() []string {
	return slices.SortedFunc(maps.Keys(b.children), func(x, y string) int {
		return strings.Compare(nameOf(x)+"\x00"+x, nameOf(y)+"\x00"+y)
	})
}

// deepestList is how deep lists are nested: GitHub's are unreadable beyond.
const deepestList = 4

func (b *branch) write(p *page, depth int) {
	indent := strings.Repeat("  ", min(depth, deepestList))
	head := code(nameOf(b.urn)) + " " + escape(shortType(typeOf(b.urn)))
	if b.change != nil {
		head = sign(b.change.Op) + " " + head
	}
	below := map[string]int{}
	for _, child := range b.children {
		child.count(below)
	}
	if len(b.children) > 0 {
		head += ": " + counts(below)
	}
	p.f("%s- %s", indent, head)
	if b.change != nil {
		b.change.write(p, indent+"  ")
	}
	order := b.order()
	shown := order[:min(len(order), p.resources)]
	for _, urn := range shown {
		b.children[urn].write(p, depth+1)
	}
	if left := len(order) - len(shown); left > 0 && len(shown) > 0 {
		p.f("%s  - and %d more", indent, left)
	}
}

// count adds up the changes of a branch and below.
func (b *branch) count(byOp map[string]int) {
	if b.change != nil {
		byOp[b.change.Op]++
	}
	for _, child := range b.children {
		child.count(byOp)
	}
}

// write lists the properties that change.
func (c *Change) write(p *page, indent string) {
	for i, property := range c.Properties {
		if i == p.properties {
			if i > 0 {
				p.f("%s- and %d more properties", indent, len(c.Properties)-i)
			}
			return
		}
		text := ""
		switch {
		case property.Old == "":
			text = "set to " + code(property.New)
		case property.New == "":
			text = "no longer " + code(property.Old)
		default:
			text = code(property.Old) + " → " + code(property.New)
		}
		if property.Replaces {
			text += ", which **replaces it**"
		}
		p.f("%s- %s: %s", indent, code(property.Path), text)
	}
}

// shortType is a token as a reader knows it: rds.Instance of
// aws:rds/instance:Instance.
func shortType(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return token
	}
	module, _, _ := strings.Cut(parts[1], "/")
	return module + "." + parts[2]
}

// code is a text that nobody can take for anything but a text: what a program
// says must not become a link, a mention or markup in a comment of ours.
func code(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return "` `"
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

func codes(texts []string, most int) string {
	var all []string
	for i, text := range texts {
		if i == most {
			all = append(all, fmt.Sprintf("%d more", len(texts)-most))
			break
		}
		all = append(all, code(text))
	}
	return strings.Join(all, ", ")
}

// block is a text of several lines, as it is.
func block(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	lines := strings.Split(text, "\n")
	if len(lines) > 30 {
		lines = append(lines[:30], fmt.Sprintf("… and %d more lines", len(lines)-30))
	}
	for i := range lines {
		lines[i] = shorten(lines[i], 500)
	}
	return fence + "text\n" + strings.Join(lines, "\n") + "\n" + fence
}

// markup is what a text is shown without.
var markup = strings.NewReplacer("<", "&lt;", ">", "&gt;", "|", "\\|", "[", "\\[", "*", "\\*", "_", "\\_", "`", "'", "@", "@\u200b", "\n", " ")

// escape is a text of ours, or of an estimate, outside of code.
func escape(text string) string { return markup.Replace(text) }
