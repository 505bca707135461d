package aws

import (
	"fmt"
	"slices"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// routings are the ways in which several records of a name and type share its
// questions.
var routings = []string{
	"weightedRoutingPolicies", "failoverRoutingPolicies", "latencyRoutingPolicies", "geolocationRoutingPolicies",
	"geoproximityRoutingPolicy", "cidrRoutingPolicy", "multivalueAnswerRoutingPolicy",
}

// routing is the way that a record is chosen by; nothing for a simple one.
func routing(in simcloud.Values) string {
	for _, r := range routings {
		if in.Has(r) {
			return r
		}
	}
	return ""
}

func routingInputs(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "failoverRoutingPolicies[].type", "PRIMARY", "SECONDARY"),
		simcloud.Between(in, "weightedRoutingPolicies[].weight", 0, 255),
	)
	var has []string
	for _, r := range routings {
		if in.Has(r) {
			has = append(has, r)
		}
	}
	switch {
	case len(has) > 1:
		errs = append(errs, fmt.Errorf("%q: conflicts with %s", has[0], has[1]))
	case len(has) == 1 && !in.Has("setIdentifier"):
		errs = append(errs, fmt.Errorf("%q: all of `%s,setIdentifier` must be specified", has[0], has[0]))
	case len(has) == 0 && in.Has("setIdentifier"):
		errs = append(errs, simcloud.Refusal("InvalidChangeBatch", "[Invalid request: Missing field 'SetIdentifier' or its routing policy in Change with name %s]", in.String("name")))
	}
	if in.String("failoverRoutingPolicies[].type") == "PRIMARY" && !in.Has("healthCheckId") && !in.Has("aliases") {
		errs = append(errs, simcloud.Refusal("InvalidChangeBatch", "[Invalid request: Missing field 'HealthCheckId': a primary failover record that is no alias has a health check]"))
	}
	return errs
}

// routingFits refuses a record beside others of its name and type that are
// chosen in another way, and a second primary or secondary.
func routingFits(op *simcloud.Op) error {
	name, kind, mine := fqdn(op), op.In.String("type"), routing(op.In)
	for _, other := range op.All(recordToken) {
		same := other.Out.String("zoneId") == op.In.String("zoneId") && other.Out.String("fqdn") == name && other.Out.String("type") == kind
		if !same || other.ID == op.ID && op.Old != nil {
			continue
		}
		if theirs := routing(other.In); theirs != mine {
			return simcloud.Refusal("InvalidChangeBatch", "[RRSet with DNS name %s., type %s, SetIdentifier %s cannot be created because a RRSet with another routing policy exists with the same name and type.]", name, kind, op.In.String("setIdentifier"))
		}
		role := op.In.String("failoverRoutingPolicies[].type")
		if role != "" && slices.Contains(other.In.Strings("failoverRoutingPolicies[].type"), role) {
			return simcloud.Refusal("InvalidChangeBatch", "[Failover type %s already exists for the RRSet with DNS name %s., type %s]", role, name, kind)
		}
	}
	return nil
}
