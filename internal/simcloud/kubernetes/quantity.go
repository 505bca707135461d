package kubernetes

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// A quantity is a number and a unit: 500m, 1.5, 2Gi, 1e3.
//
// Source: k8s.io/apimachinery, api/resource.
var quantityForm = regexp.MustCompile(`^([+-]?(?:\d+\.?\d*|\.\d+))((?:[KMGTPE]i)|[numkMGTPE]|(?:[eE][+-]?\d+))?$`)

var units = map[string]float64{
	"": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50, "Ei": 1 << 60,
}

// quantity reads a quantity, which may be a bare number.
func quantity(x any) (float64, bool) {
	if n, ok := x.(float64); ok {
		return n, true
	}
	s, _ := x.(string)
	parts := quantityForm.FindStringSubmatch(s)
	if parts == nil {
		return 0, false
	}
	unit, known := units[parts[2]]
	if !known { // an exponent
		n, err := strconv.ParseFloat(s, 64)
		return n, err == nil
	}
	n, err := strconv.ParseFloat(parts[1], 64)
	return n * unit, err == nil
}

// validQuantities looks at a map of quantities.
func validQuantities(in, at simcloud.Values, path string) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(at)) {
		if _, unknown := at[name].(simcloud.Unknown); unknown {
			continue
		}
		n, ok := quantity(at[name])
		switch {
		case !ok:
			errs = append(errs, simcloud.Refusal("BadRequest",
				"%s in version %q cannot be handled as a %s: %s.%s: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', got %v",
				in.String("kind"), in.String("apiVersion"), in.String("kind"), path, name, at[name]))
		case n < 0:
			errs = append(errs, invalid(in, path+"."+name, "Invalid value: %q: must be greater than or equal to 0", at[name]))
		}
	}
	return errs
}

// validResources looks at what a container asks for and what it may have at most.
func validResources(in, container simcloud.Values, path string) []error {
	requests, _ := container.Get("resources.requests").(map[string]any)
	limits, _ := container.Get("resources.limits").(map[string]any)
	errs := append(validQuantities(in, requests, path+".resources.requests"), validQuantities(in, limits, path+".resources.limits")...)
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		asked, ok := quantity(requests[name])
		most, limited := quantity(limits[name])
		if ok && limited && asked > most {
			errs = append(errs, invalid(in, path+".resources.requests", "Invalid value: %q: must be less than or equal to %s limit of %v", requests[name], name, limits[name]))
		}
	}
	return errs
}
