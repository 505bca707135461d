package component

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Limit is what a cloud allows for a kind of physical name.
type Limit struct {
	// Max is the greatest length in bytes.
	Max int
	// Lower says that there are no upper-case letters.
	Lower bool
	// Extra are the characters allowed besides letters, digits and "-".
	Extra string
	// NoHyphen says that "-" is not allowed.
	NoHyphen bool
}

// hashLen is the number of hex digits that stand for what was cut off.
const hashLen = 7

// Name joins parts with "-" (nothing where the limit forbids it) into a name
// that fits l. A character outside the alphabet becomes "-" or goes; a name too
// long is cut and ends in a hash of the whole, so that two names never become
// one.
func (l Limit) Name(parts ...string) string {
	sep := "-"
	if l.NoHyphen {
		sep = ""
	}
	whole := strings.Join(parts, sep)
	name := l.alphabet(whole)
	if len(name) <= l.Max {
		return name
	}
	sum := sha256.Sum256([]byte(whole))
	tail := sep + hex.EncodeToString(sum[:])[:hashLen]
	return strings.TrimRight(name[:l.Max-len(tail)], "-") + tail
}

func (l Limit) alphabet(s string) string {
	if l.Lower {
		s = strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(l.Extra, r):
			return r
		case l.NoHyphen:
			return -1
		default:
			return '-'
		}
	}, s)
}
