package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RecordArgs are one record. Several of a name and type share its questions,
// each with a set of its own: by weight, or one for when the other fails.
type RecordArgs struct {
	// Name is the record's name without the zone's; empty for the zone itself.
	Name string
	// Type is A, AAAA, CNAME, MX, TXT …
	Type string
	// Values are the answers; an alias has none.
	Values pulumi.StringArrayInput
	// TTL is for how many seconds resolvers remember the answers: 300 if 0.
	TTL int
	// Alias is an AWS resource that answers instead.
	Alias *AliasArgs
	// Set tells records of the same name and type apart, such as blue and green.
	Set string
	// Weight is the record's share of the questions, 0 to 255, of the sum of all.
	Weight *int
	// Failover is PRIMARY or SECONDARY: the secondary answers while the primary's
	// health check fails.
	Failover string
	// HealthCheck is the name of one of the zone's health checks.
	HealthCheck string
}

// AliasArgs name an AWS resource, such as a load balancer or a distribution.
type AliasArgs struct {
	// Name is the resource's DNS name.
	Name pulumi.StringInput
	// ZoneID is the zone of that name, which AWS tells.
	ZoneID pulumi.StringInput
	// Healthy asks the resource whether it is; CloudFront does not say.
	Healthy bool
}

// HealthCheckArgs say what is asked, how and how often.
type HealthCheckArgs struct {
	// Type is HTTPS, HTTP or TCP: HTTPS if empty.
	Type string
	// Host is who is asked.
	Host pulumi.StringInput
	// Port is 443 if 0.
	Port int
	// Path is asked for; a 2xx or 3xx answer is a good one.
	Path string
	// Seconds between questions: 30 or 10 (which costs more); 30 if 0.
	Seconds int
	// Failures in a row make the check fail, and as many successes good again: 3
	// if 0.
	Failures int
}

// key tells the record from the zone's others.
func (r *RecordArgs) key() string {
	name := r.Name
	if name == "" {
		name = "apex"
	}
	key := strings.ReplaceAll(name, "*", "any") + "-" + r.Type
	if r.Set != "" {
		key += "-" + r.Set
	}
	return key
}

func (a *DnsArgs) checkRecords() error {
	seen := map[string]bool{}
	for _, r := range a.Records {
		if err := r.check(a.HealthChecks); err != nil {
			return fmt.Errorf("Records[%s]: %w", r.key(), err)
		}
		if seen[r.key()] {
			return fmt.Errorf("Records[%s]: got it twice, want each name, type and set once", r.key())
		}
		seen[r.key()] = true
	}
	for _, name := range slices.Sorted(maps.Keys(a.HealthChecks)) {
		if h := a.HealthChecks[name]; h.Host == nil {
			return fmt.Errorf("HealthChecks[%s].Host: got none, want who is asked", name)
		} else if h.Type != "" && !slices.Contains([]string{"HTTPS", "HTTP", "TCP"}, h.Type) {
			return fmt.Errorf("HealthChecks[%s].Type: got %q, want HTTPS, HTTP or TCP", name, h.Type)
		}
	}
	return nil
}

func (r *RecordArgs) check(checks map[string]HealthCheckArgs) error {
	_, known := checks[r.HealthCheck]
	switch {
	case r.Type == "":
		return fmt.Errorf("Type: got none, want one such as A")
	case (r.Values == nil) == (r.Alias == nil):
		return fmt.Errorf("Values and Alias: want one of them")
	case r.Alias != nil && r.TTL != 0:
		return fmt.Errorf("TTL: got %d, want none: an alias has its resource's", r.TTL)
	case r.Weight != nil && r.Failover != "":
		return fmt.Errorf("Weight and Failover: got both, want one of them")
	case (r.Weight != nil || r.Failover != "") != (r.Set != ""):
		return fmt.Errorf("Set: got %q, want a name exactly if there is a Weight or Failover", r.Set)
	case r.Weight != nil && (*r.Weight < 0 || *r.Weight > 255):
		return fmt.Errorf("Weight: got %d, want 0 to 255", *r.Weight)
	case r.Failover != "" && r.Failover != "PRIMARY" && r.Failover != "SECONDARY":
		return fmt.Errorf("Failover: got %q, want PRIMARY or SECONDARY", r.Failover)
	case r.Failover == "PRIMARY" && r.HealthCheck == "" && (r.Alias == nil || !r.Alias.Healthy):
		return fmt.Errorf("HealthCheck: got none, want one: nothing would ever fail over")
	case r.HealthCheck != "" && !known:
		return fmt.Errorf("HealthCheck: got %s, want one of %v", r.HealthCheck, slices.Sorted(maps.Keys(checks)))
	}
	return nil
}

// records makes the health checks, and the records that may name them.
func (a *DnsArgs) records(ctx *pulumi.Context, name string, d *Dns, zone pulumi.StringInput, parent pulumi.ResourceOption) error {
	for _, key := range slices.Sorted(maps.Keys(a.HealthChecks)) {
		check, err := a.HealthChecks[key].create(ctx, name+"-"+key, a.tags("dns", name+"-"+key), parent)
		if err != nil {
			return err
		}
		d.HealthCheckIDs[key] = check.ID().ToStringOutput()
	}
	for _, r := range a.Records {
		full := d.Name
		if r.Name != "" {
			full = r.Name + "." + d.Name
		}
		args := &route53.RecordArgs{ZoneId: zone, Name: pulumi.String(full), Type: pulumi.String(r.Type)}
		r.answer(args)
		if r.HealthCheck != "" {
			args.HealthCheckId = d.HealthCheckIDs[r.HealthCheck].ToStringPtrOutput()
		}
		if _, err := route53.NewRecord(ctx, name+"-"+r.key(), args, parent); err != nil {
			return fmt.Errorf("creating record %s: %w", r.key(), err)
		}
	}
	return nil
}

// answer sets what the record answers, and how often.
func (r *RecordArgs) answer(args *route53.RecordArgs) {
	if r.Alias != nil {
		args.Aliases = route53.RecordAliasArray{route53.RecordAliasArgs{
			Name: r.Alias.Name, ZoneId: r.Alias.ZoneID, EvaluateTargetHealth: pulumi.Bool(r.Alias.Healthy),
		}}
	} else {
		ttl := r.TTL
		if ttl == 0 {
			ttl = 300
		}
		args.Records, args.Ttl = r.Values, pulumi.Int(ttl)
	}
	if r.Set != "" {
		args.SetIdentifier = pulumi.String(r.Set)
	}
	if r.Weight != nil {
		args.WeightedRoutingPolicies = route53.RecordWeightedRoutingPolicyArray{
			route53.RecordWeightedRoutingPolicyArgs{Weight: pulumi.Int(*r.Weight)},
		}
	}
	if r.Failover != "" {
		args.FailoverRoutingPolicies = route53.RecordFailoverRoutingPolicyArray{
			route53.RecordFailoverRoutingPolicyArgs{Type: pulumi.String(r.Failover)},
		}
	}
}

func (h HealthCheckArgs) create(ctx *pulumi.Context, name string, tags pulumi.StringMap, parent pulumi.ResourceOption) (*route53.HealthCheck, error) {
	or := func(n, usual int) pulumi.Int {
		if n == 0 {
			n = usual
		}
		return pulumi.Int(n)
	}
	args := &route53.HealthCheckArgs{
		Type: pulumi.String("HTTPS"), Fqdn: h.Host.ToStringOutput().ToStringPtrOutput(),
		Port: or(h.Port, 443), RequestInterval: or(h.Seconds, 30), FailureThreshold: or(h.Failures, 3), Tags: tags,
	}
	if h.Type != "" {
		args.Type = pulumi.String(h.Type)
	}
	if h.Path != "" {
		args.ResourcePath = pulumi.String(h.Path)
	}
	check, err := route53.NewHealthCheck(ctx, name, args, parent)
	if err != nil {
		return nil, fmt.Errorf("creating health check %s: %w", name, err)
	}
	return check, nil
}
