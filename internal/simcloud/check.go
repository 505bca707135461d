package simcloud

import (
	"fmt"
	"regexp"
	"slices"
)

// The words of which a type's Validate is made. Each looks at one input, and
// lets be what is not known yet.

// OneOf refuses a known text at path that is not in the list.
func OneOf(in Values, path string, allowed ...string) error {
	if v := in.String(path); in.Known(path) && !slices.Contains(allowed, v) {
		return fmt.Errorf("expected %s to be one of %q, got %s", path, allowed, v)
	}
	return nil
}

// Matches refuses a known text at path that does not look right.
func Matches(in Values, path string, pattern *regexp.Regexp) error {
	if v := in.String(path); v != "" && !pattern.MatchString(v) {
		return fmt.Errorf("invalid value for %s (%s): must match %s", path, v, pattern)
	}
	return nil
}

// Between refuses a known number at path outside the range.
func Between(in Values, path string, low, high int) error {
	if _, isNumber := in.Get(path).(float64); isNumber && (in.Int(path) < low || in.Int(path) > high) {
		return fmt.Errorf("expected %s to be in the range (%d - %d), got %d", path, low, high, in.Int(path))
	}
	return nil
}

// Problems drops the nils.
func Problems(errs ...error) []error {
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}
