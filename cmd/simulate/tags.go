package main

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/stacks/settings"
)

// tags are the build tags under which the program holds the cloud of a stack
// and no other.
func tags(stackFile string) (string, error) {
	cloud, err := settings.CloudOf(stackFile)
	if err != nil {
		return "", err
	}
	var out []string
	for other := range settings.Capabilities() {
		if other != cloud {
			out = append(out, "no"+string(other))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ","), nil
}
