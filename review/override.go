package review

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"gopkg.in/yaml.v3"
)

// Override allows the replacement or deletion of one resource that holds data.
type Override struct {
	// URN is the resource's, which names its stack too.
	URN string `yaml:"urn" json:"urn"`
	// Op is replace or delete.
	Op string `yaml:"op" json:"op"`
	// Reason is why the loss is meant, and what was done about the data.
	Reason string `yaml:"reason" json:"reason"`
	// Approver is who signed: a name of the signers' file.
	Approver string `yaml:"approver" json:"approver"`
	// Expires is the last day on which it holds.
	Expires Day `yaml:"expires" json:"expires"`

	// File is where it stands, and Key the fingerprint of who signed it.
	File string `yaml:"-" json:"file"`
	Key  string `yaml:"-" json:"key"`
}

// Day is a date: 2026-12-05.
type Day struct{ time.Time }

const dayFormat = "2006-01-02"

// UnmarshalYAML reads a day.
func (d *Day) UnmarshalYAML(n *yaml.Node) error {
	t, err := time.Parse(dayFormat, n.Value)
	if err != nil {
		return fmt.Errorf("line %d: got %q, want a day such as 2026-12-05", n.Line, n.Value)
	}
	d.Time = t
	return nil
}

// MarshalJSON writes a day.
func (d Day) MarshalJSON() ([]byte, error) { return []byte(d.Format(`"` + dayFormat + `"`)), nil }

// longestOverride is for how long an override may hold: what was approved a
// season ago was approved of another stack.
const longestOverride = 31 * 24 * time.Hour

// ReadOverrides reads the overrides (*.yaml) of a directory, each with its
// signature beside it (*.yaml.sig). What does not count is a problem, by file;
// the others hold all the same.
func ReadOverrides(dir fs.FS, signers Signers, now time.Time) (valid []Override, problems []string, err error) {
	files, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, nil, fmt.Errorf("reading the overrides: %w", err)
	}
	for _, file := range files {
		found, err := readOverride(dir, file, signers, now)
		if err != nil {
			problems = append(problems, file+": "+err.Error())
			continue
		}
		valid = append(valid, found...)
	}
	return valid, problems, nil
}

func readOverride(dir fs.FS, file string, signers Signers, now time.Time) ([]Override, error) {
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	signature, err := fs.ReadFile(dir, file+".sig")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("it is not signed: there is no %s (ssh-keygen -Y sign -n %s -f <key> %s)", path.Base(file)+".sig", Namespace, file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading its signature: %w", err)
	}
	key, err := verify(text, signature)
	if err != nil {
		return nil, fmt.Errorf("its signature does not count: %w", err)
	}
	who := signers.find(key, now)
	if len(who) == 0 {
		return nil, fmt.Errorf("its key %s is of nobody who may sign", ssh.FingerprintSHA256(key))
	}
	var all []Override
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	if len(all) == 0 {
		return nil, errors.New("it holds no override: want a list of urn, op, reason, approver and expires")
	}
	for i := range all {
		all[i].File, all[i].Key = file, ssh.FingerprintSHA256(key)
		if err := all[i].check(who, now); err != nil {
			return nil, fmt.Errorf("override %d: %w", i+1, err)
		}
	}
	return all, nil
}

// check says what is wrong with an override.
func (o Override) check(who []string, now time.Time) error {
	var problems []error
	if _, err := parseURN(o.URN); err != nil {
		problems = append(problems, fmt.Errorf("urn: %w", err))
	}
	if o.Op != "replace" && o.Op != "delete" {
		problems = append(problems, fmt.Errorf("op: got %q, want replace or delete", o.Op))
	}
	if len(strings.Fields(o.Reason)) < 3 {
		problems = append(problems, fmt.Errorf("reason: got %q, want why, in words", o.Reason))
	}
	if !slices.Contains(who, o.Approver) {
		problems = append(problems, fmt.Errorf("approver: got %q, but it is signed by %s", o.Approver, strings.Join(who, ", ")))
	}
	end := o.Expires.AddDate(0, 0, 1)
	switch {
	case o.Expires.IsZero():
		problems = append(problems, errors.New("expires: got none, want a day"))
	case !now.Before(end):
		problems = append(problems, fmt.Errorf("expires: it held until %s", o.Expires.Format(dayFormat)))
	case end.Sub(now) > longestOverride:
		problems = append(problems, fmt.Errorf("expires: got %s, want a day within a month", o.Expires.Format(dayFormat)))
	}
	return errors.Join(problems...)
}
