package settings

import "strings"

// closing are the brackets that close others.
var closing = map[rune]rune{')': '(', ']': '[', '}': '{'}

// unclosed says what is wrong with a query of Prometheus, as far as brackets and
// quotes tell; nothing of one that they say nothing against.
// Source: Prometheus docs, "Querying basics", string literals and comments.
func unclosed(query string) string {
	if strings.TrimSpace(query) == "" {
		return "nothing but spaces"
	}
	var within []rune
	quote, escaped, comment, said := rune(0), false, false, false
	for _, r := range query {
		switch {
		case comment:
			comment = r != '\n'
		case escaped:
			escaped = false
		case quote != 0:
			escaped = r == '\\' && quote != '`'
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote, said = r, true
		case r == '#':
			comment = true
		case strings.ContainsRune("([{", r):
			within = append(within, r)
		case closing[r] != 0:
			if len(within) == 0 || within[len(within)-1] != closing[r] {
				return "a " + string(r) + " that closes nothing"
			}
			within, said = within[:len(within)-1], true
		case !strings.ContainsRune(" \t\r\n", r):
			said = true
		}
	}
	switch {
	case quote != 0:
		return "a " + string(quote) + " that nothing closes"
	case len(within) > 0:
		return "a " + string(within[len(within)-1]) + " that nothing closes"
	case !said:
		return "nothing but a comment"
	}
	return ""
}

// query checks by what a service scales.
func (c *checker) query(path string, n Scale) {
	at := path + ".query"
	if n.Query == "" {
		return
	}
	if wrong := unclosed(n.Query); wrong != "" {
		c.bad(BadQuery, at, wrong, "a query of Prometheus, such as sum(queue_length)")
	}
	if n.RequestsPerSecond == 0 {
		c.bad(BadQuery, at, "a query without requestsPerSecond", "how much of what it counts is one pod's, or no query: nothing would ask it", path+".requestsPerSecond")
	}
}
