package kubernetes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The rules for names, labels and annotations, and the API server's words.
//
// Source: k8s.io/apimachinery, util/validation and api/validation.
var (
	subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	label1123 = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	label1035 = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	labelPart = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`)
	dataKey   = regexp.MustCompile(`^[-._a-zA-Z0-9]+$`)
	portName  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
)

const (
	subdomainWords = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
	label1123Words = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
	label1035Words = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
)

// invalid is the API server's refusal of a value.
func invalid(in simcloud.Values, path, format string, args ...any) error {
	kind, name := in.String("kind"), in.String("metadata.name")
	if group, _ := groupOf(in.String("apiVersion")); group != "" {
		kind += "." + group
	}
	return simcloud.Refusal("Invalid", "%s %q is invalid: %s: %s", kind, name, path, fmt.Sprintf(format, args...))
}

// shape is what a kind of name must look like.
type shape struct {
	pattern *regexp.Regexp
	words   string
	longest int
}

var (
	aSubdomain = shape{subdomain, subdomainWords, 253}
	aLabel     = shape{label1123, label1123Words, 63}
	aService   = shape{label1035, label1035Words, 63}
)

// nameShapes are the kinds whose names are not subdomains.
var nameShapes = map[string]shape{
	"Namespace": aLabel, "Service": aService, "Job": {subdomain, subdomainWords, 63},
	// A CronJob's Jobs have eleven characters more.
	"CronJob": {subdomain, subdomainWords, 52},
	// A StatefulSet's pods carry its name, a dash and a number as their host name.
	"StatefulSet": aLabel,
}

// wrong says what is wrong with a name, or nothing.
func (s shape) wrong(name string) string {
	switch {
	case len(name) > s.longest:
		return fmt.Sprintf("Invalid value: %q: must be no more than %d characters", name, s.longest)
	case !s.pattern.MatchString(name):
		return fmt.Sprintf("Invalid value: %q: %s (regex used for validation is '%s')", name, s.words, s.pattern)
	}
	return ""
}

func validMetadata(in simcloud.Values) []error {
	var errs []error
	kind, name := in.String("kind"), in.String("metadata.name")
	group, _ := groupOf(in.String("apiVersion"))
	s, special := nameShapes[kind]
	switch {
	case group == "rbac.authorization.k8s.io": // any path segment
		s, special = shape{regexp.MustCompile(`^[^/%]+$`), "may not contain '/' or '%'", 253}, true
	case !special:
		s = aSubdomain
	}
	if why := s.wrong(name); name != "" && why != "" {
		errs = append(errs, invalid(in, "metadata.name", "%s", why))
	}
	if ns := in.String("metadata.namespace"); ns != "" && aLabel.wrong(ns) != "" {
		errs = append(errs, invalid(in, "metadata.namespace", "%s", aLabel.wrong(ns)))
	}
	errs = append(errs, validLabels(in, "metadata.labels")...)
	size := 0
	annotations := textsAt(in, "metadata.annotations")
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		size += len(key) + len(annotations[key])
		if why := wrongKey(key); why != "" {
			errs = append(errs, invalid(in, "metadata.annotations", "Invalid value: %q: %s", key, why))
		}
	}
	if size > 256<<10 {
		errs = append(errs, invalid(in, "metadata.annotations", "Too long: may not be more than 262144 bytes"))
	}
	return errs
}

// validLabels looks at the labels at a path.
func validLabels(in simcloud.Values, path string) []error {
	var errs []error
	labels, _ := in.Get(path).(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if why := wrongKey(key); why != "" {
			errs = append(errs, invalid(in, path, "Invalid value: %q: %s", key, why))
		}
		switch v := labels[key].(type) {
		case string:
			if len(v) > 63 {
				errs = append(errs, invalid(in, path, "Invalid value: %q: must be no more than 63 bytes", v))
			} else if v != "" && !labelPart.MatchString(v) {
				errs = append(errs, invalid(in, path, "Invalid value: %q: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", v))
			}
		case simcloud.Unknown:
		default:
			errs = append(errs, fmt.Errorf("cannot unmarshal %T into Go struct field ObjectMeta.%s of type string", v, path))
		}
	}
	return errs
}

// wrongKey says what is wrong with the key of a label or an annotation.
func wrongKey(key string) string {
	prefix, name, ok := strings.Cut(key, "/")
	if !ok {
		prefix, name = "", key
	}
	switch {
	case ok && (len(prefix) > 253 || !subdomain.MatchString(prefix)):
		return "prefix part " + subdomainWords
	case len(name) > 63:
		return "name part must be no more than 63 bytes"
	case !labelPart.MatchString(name):
		return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
	}
	return ""
}

// keysAt are the keys of the object at a path, sorted.
func keysAt(in simcloud.Values, path string) []string {
	m, _ := in.Get(path).(map[string]any)
	return slices.Sorted(maps.Keys(m))
}

// textsAt is the map of texts at a path.
func textsAt(in simcloud.Values, path string) map[string]string {
	m, _ := in.Get(path).(map[string]any)
	out := map[string]string{}
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		}
	}
	return out
}
