package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// scheme is the kind of load balancer that has custom answers for errors.
const scheme = "EXTERNAL_MANAGED"

// origins make what answers: the bucket, once for pages and once for files that
// never change, and the API. Objects of a private bucket say that nobody may
// keep them, so the CDN is told to.
// Source: Cloud CDN docs, "Configure private bucket access", read 2026-11.
func (b *edgeBuilder) origins() error {
	var err error
	if b.pages, err = b.bucket("pages", pageSeconds); err != nil {
		return err
	}
	if b.files, err = b.bucket("files", fileSeconds); err != nil {
		return err
	}
	if b.API == nil {
		return nil
	}
	return b.service(b.name + "-api")
}

func (b *edgeBuilder) bucket(kind string, seconds int) (*compute.BackendBucket, error) {
	name := b.name + "-" + kind
	args := &compute.BackendBucketArgs{
		BucketName: b.BucketName, Description: pulumi.String("The " + kind + " of " + b.Prefix), EnableCdn: pulumi.Bool(true),
		CompressionMode: pulumi.String("AUTOMATIC"), CustomResponseHeaders: b.headers(),
		CdnPolicy: compute.BackendBucketCdnPolicyArgs{
			CacheMode: pulumi.String("FORCE_CACHE_ALL"), DefaultTtl: pulumi.Int(seconds), ClientTtl: pulumi.Int(seconds),
			NegativeCaching: pulumi.Bool(false), RequestCoalescing: pulumi.Bool(true), ServeWhileStale: pulumi.Int(86400),
		},
	}
	if b.EdgePolicy != nil {
		args.EdgeSecurityPolicy = b.EdgePolicy.ToStringOutput().ToStringPtrOutput()
	}
	bucket, err := compute.NewBackendBucket(b.ctx, name, args, pulumi.Parent(b.edge))
	if err != nil {
		return nil, fmt.Errorf("creating backend bucket %s: %w", name, err)
	}
	return bucket, nil
}

// service makes the API's host a backend. What it answers is not kept.
func (b *edgeBuilder) service(name string) error {
	group, err := compute.NewGlobalNetworkEndpointGroup(b.ctx, name, &compute.GlobalNetworkEndpointGroupArgs{
		NetworkEndpointType: pulumi.String("INTERNET_FQDN_PORT"), DefaultPort: pulumi.Int(443), Description: pulumi.String("The API of " + b.Prefix),
	}, pulumi.Parent(b.edge))
	if err != nil {
		return fmt.Errorf("creating endpoint group %s: %w", name, err)
	}
	endpoint, err := compute.NewGlobalNetworkEndpoint(b.ctx, name, &compute.GlobalNetworkEndpointArgs{
		GlobalNetworkEndpointGroup: group.Name, Fqdn: b.API.ToStringOutput().ToStringPtrOutput(), Port: pulumi.Int(443),
	}, pulumi.Parent(b.edge), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("creating endpoint %s: %w", name, err)
	}
	requests := pulumi.StringArray{pulumi.Sprintf("Host: %s", b.API)}
	if b.OriginSecret != nil {
		requests = append(requests, pulumi.Sprintf("%s: %s", OriginHeader, b.OriginSecret))
	}
	args := &compute.BackendServiceArgs{
		Description: pulumi.String("The API of " + b.Prefix), LoadBalancingScheme: pulumi.String(scheme), Protocol: pulumi.String("HTTPS"),
		TimeoutSec: pulumi.Int(60), CustomRequestHeaders: requests, CustomResponseHeaders: b.headers(),
		Backends:  compute.BackendServiceBackendArray{compute.BackendServiceBackendArgs{Group: group.ID()}},
		LogConfig: compute.BackendServiceLogConfigArgs{Enable: pulumi.Bool(true), SampleRate: pulumi.Float64(b.LogSample)},
	}
	if b.BackendPolicy != nil {
		args.SecurityPolicy = b.BackendPolicy.ToStringOutput().ToStringPtrOutput()
	}
	b.api, err = compute.NewBackendService(b.ctx, name, args, pulumi.Parent(b.edge), pulumi.DependsOn([]pulumi.Resource{endpoint}),
		pulumi.AdditionalSecretOutputs([]string{"customRequestHeaders"}))
	if err != nil {
		return fmt.Errorf("creating backend service %s: %w", name, err)
	}
	return nil
}

// apiPaths are the paths that the API answers.
var apiPaths = []string{"/api", "/api/*"}

// routes say who answers which path. A page that is not there is one of the
// application's own routes, so index.html answers it; a file that is not there,
// and what the API does not know, stay what they are. Hence each has a rule of
// its own, and the answer for errors belongs to that of the pages.
func (b *edgeBuilder) routes() error {
	paths := b.ImmutablePaths
	if len(paths) == 0 {
		paths = immutablePaths
	}
	rules := compute.URLMapPathMatcherPathRuleArray{
		compute.URLMapPathMatcherPathRuleArgs{
			Paths: pulumi.ToStringArray([]string{"/*"}), Service: b.pages.SelfLink,
			CustomErrorResponsePolicy: compute.URLMapPathMatcherPathRuleCustomErrorResponsePolicyArgs{
				ErrorService: b.pages.SelfLink,
				ErrorResponseRules: compute.URLMapPathMatcherPathRuleCustomErrorResponsePolicyErrorResponseRuleArray{
					compute.URLMapPathMatcherPathRuleCustomErrorResponsePolicyErrorResponseRuleArgs{
						MatchResponseCodes: pulumi.ToStringArray([]string{"404"}), OverrideResponseCode: pulumi.Int(200), Path: pulumi.String("/index.html"),
					},
				},
			},
		},
		compute.URLMapPathMatcherPathRuleArgs{Paths: pulumi.ToStringArray(paths), Service: b.files.SelfLink},
	}
	if b.api != nil {
		rules = append(rules, compute.URLMapPathMatcherPathRuleArgs{Paths: pulumi.ToStringArray(apiPaths), Service: b.api.SelfLink})
	}
	urls, err := compute.NewURLMap(b.ctx, b.name, &compute.URLMapArgs{
		Description: pulumi.String(b.Prefix + "-" + b.name), DefaultService: b.pages.SelfLink,
		HostRules: compute.URLMapHostRuleArray{compute.URLMapHostRuleArgs{
			Hosts: pulumi.ToStringArray([]string{b.Domain}), PathMatcher: pulumi.String("site"),
		}},
		PathMatchers: compute.URLMapPathMatcherArray{compute.URLMapPathMatcherArgs{
			Name: pulumi.String("site"), DefaultService: b.pages.SelfLink, PathRules: rules,
		}},
	}, pulumi.Parent(b.edge))
	if err != nil {
		return fmt.Errorf("creating URL map %s: %w", b.name, err)
	}
	b.urls = urls
	return nil
}
