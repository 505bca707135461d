package settings

import (
	"regexp"
	"strings"
)

var (
	variableShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// secretShape is what names of secrets end with, perhaps with a number behind
	// (API_KEY_2): at the beginning the same word says what the value is about
	// (TOKEN_TTL, PASSWORD_RESET_URL), and many tokens (MAX_TOKENS) are no secret.
	secretShape = regexp.MustCompile(`(?i)(passw(or)?d|passphrase|secret|token|credentials?|(api|access|private|secret)_?key|secret_?key_?base)(_?[0-9]+)?$`)
	// openShape are values that cannot be secrets whatever they are called: a switch,
	// and the place of a file, of a secret or of the configuration.
	openShape = regexp.MustCompile(`^(true|false|/(run/secrets|etc)/explico/.+)$`)
	// countShape are numbers too short for a token: the price of one, or how many.
	countShape = regexp.MustCompile(`^([0-9]{1,6}|[0-9]{0,6}\.[0-9]{1,9})$`)
	// loginShape is an address with a password in it. It is one anywhere in a value:
	// some are lists.
	loginShape = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#:@]*:([^\s/?#@]+)@`)
	// fillShape is what a password is filled in for later.
	fillShape = regexp.MustCompile(`^(\$\{[^{}]+\}|\$\([^()]+\)|\$[A-Za-z_][A-Za-z0-9_]*|\{\{[^{}]+\}\}|\{[^{}]+\}|<[^<>]+>|%s)$`)
	// pemShape begins a private key.
	pemShape = regexp.MustCompile(`-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----`)
)

// openSecret says what makes a variable in plain text look like a secret; nothing if
// it does not. It does not show the value.
func openSecret(name, value string) string {
	for _, login := range loginShape.FindAllStringSubmatch(value, -1) {
		if !fillShape.MatchString(login[1]) {
			return "an address with a password in it"
		}
	}
	switch {
	case pemShape.MatchString(value):
		return "a private key"
	case !secretShape.MatchString(name), openShape.MatchString(value):
		return ""
	case strings.HasSuffix(strings.ToUpper(name), "TOKEN") && countShape.MatchString(value):
		return ""
	}
	return "a variable whose name says that it is a secret"
}
