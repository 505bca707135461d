package settings

import (
	"slices"
	"strings"
)

// oneOf writes what is allowed, with the nearest to what was given in front.
func oneOf(got string, allowed []string) string {
	if len(allowed) == 0 {
		return "no key: nothing can be set here"
	}
	want := "one of " + strings.Join(allowed, ", ")
	if len(allowed) == 1 {
		want = allowed[0]
	}
	if s := nearest(got, allowed); s != "" {
		want += ": did you mean " + s + "?"
	}
	return want
}

// nearest is the allowed word that got is likely a slip of; empty if none is
// near enough.
func nearest(got string, allowed []string) string {
	if len(got) > 64 { // no slip, and slow to compare
		return ""
	}
	best, least := "", len(got)/3+2
	for _, a := range allowed {
		if strings.EqualFold(a, got) {
			return a
		}
		if d := distance(strings.ToLower(a), strings.ToLower(got)); d < least {
			best, least = a, d
		}
	}
	return best
}

// distance is the number of single bytes to add, drop or change between two
// words (Levenshtein's).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// sorted is a sorted copy.
func sorted(words []string) []string { return slices.Sorted(slices.Values(words)) }
