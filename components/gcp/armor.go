package gcp

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// ArmorArgs are the arguments of NewArmor.
type ArmorArgs struct {
	Scope
	// Count lets everything through and only logs what would be refused.
	Count bool
	// Groups are Google's rule sets: common, knownBadInputs, sqli. The list names
	// rules of the group that stay off, since they refuse what is meant to pass,
	// such as owasp-crs-v030301-id942200-sqli.
	Groups map[string][]string
	// RateLimits refuse an address that asks too often, until it asks less; by a
	// name of yours.
	RateLimits map[string]RateLimitArgs
	// BlockedCountries are refused, or AllowedCountries are the only ones served;
	// two letters each (ISO 3166-1). Everybody is served if both are empty.
	BlockedCountries, AllowedCountries []string
	// Verbose has the logs say which part of a request a rule matched.
	Verbose bool
}

// RateLimitArgs are how often an address may ask.
type RateLimitArgs struct {
	// Requests within Seconds: 1 to 1,000,000.
	Requests int
	// Seconds are one of Cloud Armor's windows, from 10 to 3600.
	Seconds int
	// Path is how the paths begin that count, such as /api/login; all if empty.
	Path string
}

// Armor are two policies of Cloud Armor: one before the cache of the CDN, which
// knows addresses and countries, and one before what answers itself, which reads
// requests as well. A refused request shows in the load balancer's log.
type Armor struct {
	pulumi.ResourceState

	// EdgePolicy is the URL of the policy for backend buckets, and BackendPolicy
	// that for backend services. BackendPolicyName is what the load balancers of a
	// cluster call it.
	EdgePolicy, BackendPolicy, BackendPolicyName pulumi.StringOutput
}

// NewArmor makes the policies.
func NewArmor(ctx *pulumi.Context, name string, args *ArmorArgs, opts ...pulumi.ResourceOption) (*Armor, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating Cloud Armor %s: %w", name, err)
	}
	a := &Armor{}
	if err := component.Register(ctx, "gcp", "Armor", name, a, opts...); err != nil {
		return nil, err
	}
	edge, err := args.policy(ctx, name+"-edge", "CLOUD_ARMOR_EDGE", args.geography(), a)
	if err != nil {
		return nil, err
	}
	backend, err := args.policy(ctx, name+"-backend", "CLOUD_ARMOR", args.rules(), a)
	if err != nil {
		return nil, err
	}
	a.EdgePolicy, a.BackendPolicy, a.BackendPolicyName = edge.SelfLink, backend.SelfLink, backend.Name
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{
		"edgePolicy": a.EdgePolicy, "backendPolicy": a.BackendPolicy, "backendPolicyName": a.BackendPolicyName,
	})
}

func (a *ArmorArgs) policy(ctx *pulumi.Context, name, kind string, rules pulumi.Array, parent *Armor) (*bound, error) {
	args := pulumi.Map{
		"description": pulumi.String("Guards " + a.Prefix + "-" + name), "type": pulumi.String(kind), "rules": append(rules, everybody()),
	}
	if kind == "CLOUD_ARMOR" {
		level := "NORMAL"
		if a.Verbose {
			level = "VERBOSE"
		}
		args["advancedOptionsConfig"] = pulumi.Map{
			"jsonParsing": pulumi.String("STANDARD"), "logLevel": pulumi.String(level),
		}
		args["adaptiveProtectionConfig"] = pulumi.Map{"layer7DdosDefenseConfig": pulumi.Map{
			"enable": pulumi.Bool(true), "ruleVisibility": pulumi.String("STANDARD"),
		}}
	}
	policy, err := bind(ctx, "gcp:compute/securityPolicy:SecurityPolicy", name, args, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("creating security policy %s: %w", name, err)
	}
	return policy, nil
}

var (
	// wafGroups are rule sets of Cloud Armor, by the names that the groups have on
	// every cloud.
	// Source: Cloud Armor docs, "Preconfigured WAF rules overview", read 2026-11.
	wafGroups = map[string][]string{
		"common": {
			"lfi-v33-stable", "methodenforcement-v33-stable", "protocolattack-v33-stable", "rce-v33-stable", "rfi-v33-stable",
			"scannerdetection-v33-stable", "sessionfixation-v33-stable", "xss-v33-stable",
		},
		"knownBadInputs": {"cve-canary"},
		"sqli":           {"sqli-v33-stable"},
	}
	// rateWindows are how many seconds a rate limit may look back.
	// Source: Compute Engine reference, securityPolicies, rateLimitThreshold, read
	// 2026-11.
	rateWindows = []int{10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600}
	country     = regexp.MustCompile(`^[A-Z]{2}$`)
	wafRuleID   = regexp.MustCompile(`^[a-z0-9-]+$`)
	wafPath     = regexp.MustCompile(`^/[a-zA-Z0-9/_.-]*$`)
)

// check returns all that is wrong with the arguments.
func (a *ArmorArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(len(a.BlockedCountries) == 0 || len(a.AllowedCountries) == 0, "BlockedCountries and AllowedCountries: got both, want one of them")
	for _, code := range slices.Concat(a.BlockedCountries, a.AllowedCountries) {
		want(country.MatchString(code), "BlockedCountries and AllowedCountries: got %q, want two letters such as DE", code)
	}
	for _, group := range slices.Sorted(maps.Keys(a.Groups)) {
		want(wafGroups[group] != nil, "Groups: got %q, want one of %v", group, slices.Sorted(maps.Keys(wafGroups)))
		for _, id := range a.Groups[group] {
			want(wafRuleID.MatchString(id), "Groups[%s]: got %q, want a rule's id", group, id)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.RateLimits)) {
		r := a.RateLimits[name]
		want(1 <= r.Requests && r.Requests <= 1000000, "RateLimits[%s].Requests: got %d, want 1 to 1,000,000", name, r.Requests)
		want(slices.Contains(rateWindows, r.Seconds), "RateLimits[%s].Seconds: got %d, want one of %v", name, r.Seconds, rateWindows)
		want(r.Path == "" || wafPath.MatchString(r.Path), "RateLimits[%s].Path: got %q, want how a path begins", name, r.Path)
	}
	return errors.Join(errs...)
}
