package gcp

import (
	"cmp"
	"fmt"

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

func (b *edgeBuilder) bucket(kind string, seconds int) (*bound, error) {
	name := b.name + "-" + kind
	args := pulumi.Map{
		"bucketName": b.BucketName, "description": pulumi.String("The " + kind + " of " + b.Prefix), "enableCdn": pulumi.Bool(true),
		"compressionMode": pulumi.String("AUTOMATIC"), "customResponseHeaders": b.headers(),
		"cdnPolicy": pulumi.Map{
			"cacheMode": pulumi.String("FORCE_CACHE_ALL"), "defaultTtl": pulumi.Int(seconds), "clientTtl": pulumi.Int(seconds),
			"negativeCaching": pulumi.Bool(false), "requestCoalescing": pulumi.Bool(true), "serveWhileStale": pulumi.Int(86400),
		},
	}
	if b.EdgePolicy != nil {
		args["edgeSecurityPolicy"] = b.EdgePolicy
	}
	bucket, err := bind(b.ctx, "gcp:compute/backendBucket:BackendBucket", name, args, pulumi.Parent(b.edge))
	if err != nil {
		return nil, fmt.Errorf("creating backend bucket %s: %w", name, err)
	}
	return bucket, nil
}

// service makes the API's host a backend. What it answers is not kept.
func (b *edgeBuilder) service(name string) error {
	group, err := bind(b.ctx, "gcp:compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup", name, pulumi.Map{
		"networkEndpointType": pulumi.String("INTERNET_FQDN_PORT"), "defaultPort": pulumi.Int(443), "description": pulumi.String("The API of " + b.Prefix),
	}, pulumi.Parent(b.edge))
	if err != nil {
		return fmt.Errorf("creating endpoint group %s: %w", name, err)
	}
	endpoint, err := bind(b.ctx, "gcp:compute/globalNetworkEndpoint:GlobalNetworkEndpoint", name, pulumi.Map{
		"globalNetworkEndpointGroup": group.Name, "fqdn": b.API, "port": pulumi.Int(443),
	}, pulumi.Parent(b.edge), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("creating endpoint %s: %w", name, err)
	}
	requests := pulumi.StringArray{pulumi.Sprintf("Host: %s", b.API)}
	if b.OriginSecret != nil {
		requests = append(requests, pulumi.Sprintf("%s: %s", OriginHeader, b.OriginSecret))
	}
	args := pulumi.Map{
		"description": pulumi.String("The API of " + b.Prefix), "loadBalancingScheme": pulumi.String(scheme), "protocol": pulumi.String("HTTPS"),
		"timeoutSec": pulumi.Int(cmp.Or(b.APISeconds, 60)), "customRequestHeaders": requests, "customResponseHeaders": b.headers(),
		"backends":  pulumi.Array{pulumi.Map{"group": group.ID()}},
		"logConfig": pulumi.Map{"enable": pulumi.Bool(true), "sampleRate": pulumi.Float64(b.LogSample)},
	}
	if b.BackendPolicy != nil {
		args["securityPolicy"] = b.BackendPolicy
	}
	b.api, err = bind(b.ctx, "gcp:compute/backendService:BackendService", name, args, pulumi.Parent(b.edge), pulumi.DependsOn([]pulumi.Resource{endpoint}),
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
	rules := pulumi.Array{
		pulumi.Map{
			"paths": pulumi.ToStringArray([]string{"/*"}), "service": b.pages.SelfLink,
			"customErrorResponsePolicy": pulumi.Map{
				"errorService": b.pages.SelfLink,
				"errorResponseRules": pulumi.Array{pulumi.Map{
					"matchResponseCodes": pulumi.ToStringArray([]string{"404"}), "overrideResponseCode": pulumi.Int(200), "path": pulumi.String("/index.html"),
				}},
			},
		},
		pulumi.Map{"paths": pulumi.ToStringArray(paths), "service": b.files.SelfLink},
	}
	if b.api != nil {
		rules = append(rules, pulumi.Map{"paths": pulumi.ToStringArray(apiPaths), "service": b.api.SelfLink})
	}
	urls, err := bind(b.ctx, "gcp:compute/uRLMap:URLMap", b.name, pulumi.Map{
		"description": pulumi.String(b.Prefix + "-" + b.name), "defaultService": b.pages.SelfLink,
		"hostRules": pulumi.Array{pulumi.Map{
			"hosts": pulumi.ToStringArray([]string{b.Domain}), "pathMatcher": pulumi.String("site"),
		}},
		"pathMatchers": pulumi.Array{pulumi.Map{
			"name": pulumi.String("site"), "defaultService": b.pages.SelfLink, "pathRules": rules,
		}},
	}, pulumi.Parent(b.edge))
	if err != nil {
		return fmt.Errorf("creating URL map %s: %w", b.name, err)
	}
	b.urls = urls
	return nil
}
