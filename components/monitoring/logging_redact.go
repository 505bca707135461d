package monitoring

// redaction takes one kind of personal data or secret out of a text.
type redaction struct {
	// What is taken out.
	What string
	// Pattern finds it: a regular expression in what Ruby's (Logstash) and RE2
	// (the collectors) have in common, with no quote but an escaped one.
	Pattern string
	// Replacement stands in its place; \1 is what the pattern's first group found.
	Replacement string
}

// redactions are what must not be kept, most specific first. Addresses are so by
// choice: who attacks is known by them.
func redactions(addresses bool) []redaction {
	all := []redaction{
		{"JSON web tokens", `\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`, `[token]`},
		{"credentials of a header", `(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`, `\1 [token]`},
		{"what is called a secret", `(?i)((?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie)[\\\"']*\s*[:=]\s*[\\\"']*)[^\s\"',;&}\\\[]+`, `\1[secret]`},
		{"keys of AWS", `\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`, `[token]`},
		{"mail addresses", `[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`, `[email]`},
		// Upper case alone: ids of traces are hexadecimal, and lower case.
		{"bank accounts (IBAN)", `\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`, `[iban]`},
		{"payment cards", `\b(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6(?:011|5\d{2}))(?:[ -]?\d{4}){3}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b`, `[card]`},
	}
	if addresses {
		all = append(all,
			redaction{"IPv4 addresses", `\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b`, `[address]`},
			redaction{"IPv6 addresses", `\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b|\b(?:[0-9A-Fa-f]{1,4}:){1,6}:(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,5}\b)?`, `[address]`},
		)
	}
	return all
}

// linePatterns take apart what is no JSON, in grok: a time and a level in front,
// or a level alone that is set off from the text.
var linePatterns = []string{
	`^%{TIMESTAMP_ISO8601:logged_at}[\s,|-]+\[?%{LOGLEVEL:log_level}\]?[\s:|-]+%{REST:message}`,
	`^\[?%{LOGLEVEL:log_level}[\]:|]\s*%{REST:message}`,
}

// lineDefinitions are patterns that grok does not bring along. REST takes the
// lines of a stack trace too, which GREEDYDATA leaves out.
var lineDefinitions = map[string]string{"REST": `[\s\S]*`}
