package review

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

const (
	masked = "[secret]"
	// later stands for what only the update will know.
	later = "known after the update"
)

// secretName are names of what may be a secret. Names of identifiers among them
// (secretName) are masked along: a review that hides too much is read in the
// preview itself, one that shows too much cannot be unread.
var secretName = regexp.MustCompile(`(?i)pass(word|wd|phrase)|secret|token|private_?key|access_?key|api_?key|encryption_?key|routing_?key|integration_?key|credential|kubeconfig|connection_?string|user_?data|authorization|webhook|dsn$|cookie|salt$`)

// secretText are texts that hold a secret, whatever they are named.
var secretText = []*regexp.Regexp{
	regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY`),
	regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`),
	regexp.MustCompile(`\b(gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk_live_|rk_live_|AIza|pul-|npm_|hvs\.)[0-9A-Za-z_-]{8,}`),
	regexp.MustCompile(`\beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{4,}`), // a JSON web token
	regexp.MustCompile(`://[^/\s:@]*:[^/\s@]+@`),                    // an address with a password
	regexp.MustCompile(`hooks\.slack\.com/|discord(app)?\.com/api/webhooks/`),
	regexp.MustCompile(`(?i)(pass(word|wd|phrase)|secret|token|api_?key|access_?key|credential)[\w-]*["']?\s*[:=]\s*["']?[^\s"']`),
	regexp.MustCompile(`(?i)\b(bearer|basic)\s+[0-9A-Za-z+/=_.-]{8,}`),
}

// notSecret is what only looks like the name of one before a colon: an action or
// an ARN of Secrets Manager.
var notSecret = strings.NewReplacer("secretsmanager:", "", ":secret:", ":")

// opaque are texts that nobody can tell from a key: digits of a hash, or letters
// of both cases with digits and nothing between.
var (
	hexText    = regexp.MustCompile(`^[0-9a-f]{32,}$`)
	opaqueText = regexp.MustCompile(`^[0-9A-Za-z+/=_-]{20,}$`)
	lower      = regexp.MustCompile(`[a-z]`)
	upper      = regexp.MustCompile(`[A-Z]`)
	digit      = regexp.MustCompile(`[0-9]`)
)

// The engine's marks. Source: pulumi/pulumi v3.259.0,
// sdk/go/common/resource/plugin/rpc.go and resource/sig; read 2026-11.
const (
	signature       = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
)

var unknowns = map[string]bool{
	"04da6b54-80e4-46f7-96ec-b56ff0331ba9": true, "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": true,
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": true, "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": true,
	"030794c1-ac77-496b-92df-f27374a8bd58": true, "e48ece36-62e2-4504-bad9-02848725956a": true,
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": true,
}

// secretKinds are types all of whose values at a name are secret.
var secretKinds = map[string][]string{
	"kubernetes:core:Secret":          {"data", "stringData"},
	"aws:ssm/parameter:Parameter":     {"value", "insecureValue"},
	"gcp:sql/user:User":               {"password"},
	"azure-native:keyvault:Secret":    {"properties"},
	"azure-native:keyvault:Key":       {"properties"},
	"pulumi:pulumi:StackReference":    {"outputs"},
	"random:index/password:Password":  {"result"},
	"aws:kms/ciphertext:Ciphertext":   {"plaintext"},
	"tls:index/privateKey:PrivateKey": {"privateKeyPem"},
}

// secretPath says whether a property may hold a secret by its type and path.
func secretPath(typ string, path []string) bool {
	for i, segment := range path {
		if secretName.MatchString(segment) {
			return true
		}
		for _, name := range secretKinds[bare(typ)] {
			if i == 0 && segment == name {
				return true
			}
		}
	}
	return false
}

// isSecret says whether a value is marked, or looks, like a secret.
func isSecret(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return v[signature] == secretSignature
	case string:
		return v == masked || looksSecret(v)
	}
	return false
}

func looksSecret(text string) bool {
	text = notSecret.Replace(text)
	for _, pattern := range secretText {
		if pattern.MatchString(text) {
			return true
		}
	}
	return hexText.MatchString(text) ||
		opaqueText.MatchString(text) && lower.MatchString(text) && upper.MatchString(text) && digit.MatchString(text)
}

// clean is a value without secrets, and with what is not known yet in words.
func clean(v any) any {
	if text, ok := v.(string); ok && strings.HasPrefix(text, "{") {
		var document map[string]any
		if json.Unmarshal([]byte(text), &document) == nil {
			v = document
		}
	}
	if isSecret(v) {
		return masked
	}
	switch v := v.(type) {
	case string:
		if unknowns[v] {
			return later
		}
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = clean(item)
		}
		return all
	case map[string]any:
		all := map[string]any{}
		named := false // of a list of names and values, such as a container's environment
		for _, key := range []string{"name", "key"} {
			text, ok := v[key].(string)
			named = named || ok && secretName.MatchString(text)
		}
		for key, item := range v {
			if secretName.MatchString(key) || named && strings.HasPrefix(key, "value") {
				all[key] = masked
				continue
			}
			all[key] = clean(item)
		}
		return all
	}
	return v
}

// longest is how much of a value is shown, in characters.
const longest = 120

// show is a value as a reader sees it: on one line, and not too long. A text of
// several lines is only counted: it may hold anything.
func show(v any) string {
	if v == nil {
		return ""
	}
	v = clean(v)
	if text, ok := v.(string); ok {
		if text == masked || text == later {
			return text
		}
		if n := strings.Count(text, "\n"); n > 0 {
			return fmt.Sprintf("a text of %d lines", n+1)
		}
	}
	out, err := json.Marshal(v)
	if err != nil {
		return "a value that cannot be shown"
	}
	return shorten(unescapeHTML(string(out)), longest)
}

// unescapeHTML undoes what Go's encoder does to three characters.
var htmlEscapes = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

func unescapeHTML(text string) string { return htmlEscapes.Replace(text) }

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

var (
	colour   = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
	controls = regexp.MustCompile(`<\{%[^%]*%\}>`) // the engine's own marks of colour
)

// plainText is what somebody said, without colours and without secrets.
func plainText(text string) string {
	text = controls.ReplaceAllString(colour.ReplaceAllString(text, ""), "")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		line = notSecret.Replace(line)
		for _, pattern := range secretText {
			if pattern.MatchString(line) {
				lines[i] = masked + " (a line that may hold one)"
			}
		}
	}
	return strings.Join(lines, "\n")
}
