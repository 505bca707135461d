package review

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// JSON is the review for machines. Nothing of it is cut, and no secret is in it.
func (r *Review) JSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("writing the review: %w", err)
	}
	return out.Bytes(), nil
}
