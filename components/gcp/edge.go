package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// EdgeArgs are the arguments of NewEdge.
type EdgeArgs struct {
	Scope
	// BucketName is the bucket that holds the site. It is private and lets load
	// balancers read (BucketArgs.ServesSite).
	BucketName pulumi.StringInput
	// Domain is the name that the site is served under, such as app.example.com.
	// Without a name there is no certificate, and without a certificate no HTTPS.
	Domain string
	// ZoneID is what Cloud DNS calls the zone that holds Domain, and ZoneName the
	// zone's name.
	ZoneID   pulumi.StringInput
	ZoneName string
	// ContentSecurityPolicy is the header of that name on every answer.
	ContentSecurityPolicy string
	// Preload asks browsers to build it in that the domain, and all below it, speaks
	// HTTPS alone, for whoever enters the domain in their lists.
	Preload bool
	// ImmutablePaths are the path patterns of files that never change under their
	// name, so that they may be kept for long: /assets/* and /static/* if empty,
	// where build tools put files with a hash in their name.
	ImmutablePaths []string
	// API is the host name that answers /api/*, over HTTPS: the load balancer of
	// the cluster's way in. None if nil.
	API pulumi.StringInput
	// APISeconds is how long the load balancer waits for its answer; 60 if 0.
	APISeconds int
	// OriginSecret is what the API is sent in the header X-Explico-Origin, so that it
	// can tell this load balancer from everybody else; nothing if nil.
	OriginSecret pulumi.StringInput
	// LogSample is the share of requests to the API that the log shows, 0 to 1. Those
	// to the bucket are logged all.
	LogSample float64
	// EdgePolicy is the policy of Cloud Armor before the CDN's cache, and BackendPolicy
	// the one before the API, if there is one; none if nil.
	EdgePolicy, BackendPolicy pulumi.StringInput
}

// Edge serves a single-page application from a private bucket, near its users: a
// global load balancer with Cloud CDN, its addresses and certificate.
type Edge struct {
	pulumi.ResourceState

	// ID is the name of the load balancer's URL map: cache invalidations and
	// metrics name it.
	ID pulumi.StringOutput
	// Addresses are where it answers: an IPv4 and an IPv6 address.
	Addresses pulumi.StringArrayOutput
	// URL is where the site is, https://….
	URL pulumi.StringOutput
	// TLSPolicy is the name of the policy of TLS 1.2 and newer, which other load
	// balancers can name too.
	TLSPolicy pulumi.StringOutput
}

const (
	// hstsSeconds is two years, what browsers' preload lists ask for.
	hstsSeconds = 2 * 365 * 24 * 60 * 60
	// pageSeconds is how long a page is kept: a deployment shows after a minute,
	// without an invalidation.
	pageSeconds = 60
	// fileSeconds is how long what never changes is kept: a year, the longest.
	// Source: Cloud CDN docs, "TTL settings and overrides", read 2026-11.
	fileSeconds = 365 * 24 * 60 * 60
	// OriginHeader is the header by which an API knows the load balancer.
	OriginHeader = "X-Explico-Origin"
)

// immutablePaths are where build tools put files with a hash in their name.
var immutablePaths = []string{"/assets/*", "/static/*"}

// NewEdge makes the load balancer. Its certificate is issued some minutes after
// the zone is delegated; until then HTTPS fails.
func NewEdge(ctx *pulumi.Context, name string, args *EdgeArgs, opts ...pulumi.ResourceOption) (*Edge, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating edge %s: %w", name, err)
	}
	e := &Edge{}
	if err := component.Register(ctx, "gcp", "Edge", name, e, opts...); err != nil {
		return nil, err
	}
	b := &edgeBuilder{EdgeArgs: args, ctx: ctx, name: name, edge: e}
	for _, step := range []func() error{b.origins, b.routes, b.addresses, b.certificate, b.listen} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	e.ID, e.URL = b.urls.Name, pulumi.String("https://"+args.Domain).ToStringOutput()
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{"id": e.ID, "addresses": e.Addresses, "url": e.URL})
}

// edgeBuilder holds what the parts of a load balancer need of each other.
type edgeBuilder struct {
	*EdgeArgs
	ctx  *pulumi.Context
	name string
	edge *Edge

	pages, files, api, urls *bound
	ips                     map[string]*ipAddress
	// certificates is the map of certificates, as a proxy names it.
	certificates pulumi.StringOutput
}

// headers make browsers insist on TLS and refuse frames, guessed content types
// and foreign scripts.
func (b *edgeBuilder) headers() pulumi.StringArray {
	hsts := fmt.Sprintf("Strict-Transport-Security: max-age=%d; includeSubDomains", hstsSeconds)
	if b.Preload {
		hsts += "; preload"
	}
	return pulumi.ToStringArray([]string{
		hsts, "Content-Security-Policy: " + b.ContentSecurityPolicy, "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
		"Referrer-Policy: strict-origin-when-cross-origin",
	})
}

// check returns all that is wrong with the arguments.
func (a *EdgeArgs) check() error {
	var errs []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	want(a.BucketName != nil, "BucketName is missing")
	want(a.Domain != "", "Domain: got none, want a name: a certificate is for one")
	want(a.ZoneID != nil, "ZoneID: got none, want the zone that holds the domain")
	want(a.Domain == "" || a.ZoneName == "" || a.Domain == a.ZoneName || strings.HasSuffix(a.Domain, "."+a.ZoneName),
		"Domain: got %s, want a name in the zone %s", a.Domain, a.ZoneName)
	want(a.ContentSecurityPolicy != "", "ContentSecurityPolicy: got none, want a policy such as default-src 'self'")
	want(a.OriginSecret == nil || a.API != nil, "OriginSecret: got one, want none without an API to send it to")
	want(0 <= a.LogSample && a.LogSample <= 1, "LogSample: got %v, want 0 to 1", a.LogSample)
	for _, path := range a.ImmutablePaths {
		want(strings.HasPrefix(path, "/") && strings.HasSuffix(path, "/*") && path != "/*" && !slices.Contains(apiPaths, path),
			"ImmutablePaths: got %s, want a folder such as /assets/*", path)
	}
	return errors.Join(errs...)
}
