package manifests

import (
	"path"
	"slices"
	"strings"
)

// waiver is a finding that a sound design brings about.
type waiver struct {
	// check is the finding's, object a pattern for its object (as path.Match has
	// it), about a part of its message, or empty.
	check, object, about string
	// reason says why.
	reason string
}

// waivers are the findings that stay. One that nothing needs any more fails the
// test.
var waivers = []waiver{
	{
		check: "networkpolicy-targets-pod", object: "NetworkPolicy explico/allow-waypoint*",
		reason: "the mesh itself makes the waypoint's pods, from a Gateway: they bear the labels that the Gateway API gives them",
	},
}

func (w waiver) covers(f finding) bool {
	ok, err := path.Match(w.object, f.Object)
	return ok && err == nil && w.check == f.Check && strings.Contains(f.Message, w.about)
}

// open are the findings that no waiver covers; idle the waivers that cover none.
func open(findings []finding, waivers []waiver) (open []finding, idle []waiver) {
	used := map[waiver]bool{}
	for _, f := range findings {
		i := slices.IndexFunc(waivers, func(w waiver) bool { return w.covers(f) })
		if i < 0 {
			open = append(open, f)
			continue
		}
		used[waivers[i]] = true
	}
	return open, slices.DeleteFunc(slices.Clone(waivers), func(w waiver) bool { return used[w] })
}
