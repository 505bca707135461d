package settings

import (
	"fmt"
	"strings"
	"time"
)

// Secret is a text that must not be shown. It prints as [secret]; Reveal is the
// only way to its content. Whoever passes it on marks it for Pulumi first
// (pulumi.ToSecret).
type Secret struct {
	text      string
	encrypted bool
}

// NewSecret hides text.
func NewSecret(text string) Secret { return Secret{text: text} }

// Encrypted says that the text is there but cannot be read: the stack file was
// loaded without Pulumi, which alone has the key.
func (s Secret) Encrypted() bool { return s.encrypted }

// Reveal returns the hidden text; nothing if it is encrypted.
func (s Secret) Reveal() string { return s.text }

// IsZero says whether there is nothing to hide.
func (s Secret) IsZero() bool { return s.text == "" && !s.encrypted }

// Format shows [secret], whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) {
	if !s.IsZero() {
		fmt.Fprint(f, "[secret]")
	}
}

// MarshalYAML shows [secret].
func (s Secret) MarshalYAML() (any, error) { return fmt.Sprint(s), nil }

// MarshalJSON shows [secret].
func (s Secret) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", fmt.Sprint(s)), nil }

// Duration is a time.Duration that is written as in Go: 30s, 15m, 4h.
type Duration time.Duration

// String writes d as in Go, without the parts that are zero: 4h, not 4h0m0s.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
