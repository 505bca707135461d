package component

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Problems joins what is wrong with arguments, in the order of their names; nil
// errors are none.
func Problems(errs ...error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(errs...)
}

// CheckRanges wants ranges of addresses that are smaller than the internet. The
// argument they are of begins the error.
func CheckRanges(argument string, cidrs []string) error {
	var errs []error
	for _, cidr := range cidrs {
		if p, err := netip.ParsePrefix(cidr); err != nil || p.Bits() == 0 {
			errs = append(errs, fmt.Errorf("%s: got %s, want a range smaller than the internet", argument, cidr))
		}
	}
	return errors.Join(errs...)
}

// CheckEndpoint checks where a Kubernetes API answers (private, restricted or
// public) and, of a restricted one, whom: the arguments Endpoint and EndpointCIDRs.
func CheckEndpoint(endpoint string, cidrs []string) error {
	switch endpoint {
	case "private", "public":
		if len(cidrs) > 0 {
			return fmt.Errorf("EndpointCIDRs: a %s endpoint has none", endpoint)
		}
	case "restricted":
		if len(cidrs) == 0 {
			return errors.New("EndpointCIDRs: a restricted endpoint needs at least one")
		}
	default:
		return fmt.Errorf("Endpoint: got %q, want private, restricted or public", endpoint)
	}
	return CheckRanges("EndpointCIDRs", cidrs)
}
