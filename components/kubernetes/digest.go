package kubernetes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// digest is a short name for contents: plain values as JSON has them. An object
// that cannot change has it in its name.
func digest(contents any) string {
	text, err := json.Marshal(contents) // maps in the order of their keys
	if err != nil {
		text = []byte(err.Error()) // a Pulumi input: its callers have none
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:7]
}
