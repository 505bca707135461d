package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// The names of a distribution's origins, and of the group of the first two.
const (
	origin     = "files"
	spare      = "files-failover"
	both       = "files-both"
	api        = "api"
	apiPattern = "/api/*"
)

const (
	// cachingDisabled is the id of CloudFront's managed cache policy that keeps
	// nothing.
	cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	// allButHost is the id of its managed origin request policy that passes on
	// all that the viewer sent, except for the Host header: the load balancer's
	// certificate is for its own name.
	allButHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// site is the origin that the site comes from: the bucket, or the group with it.
func (a *CloudFrontArgs) site() string {
	if a.Failover != nil {
		return both
	}
	return origin
}

// origins are where the distribution gets its answers.
func (a *CloudFrontArgs) origins(access pulumi.CustomResource) pulumi.Array {
	all := pulumi.Array{pulumi.Map{
		"originId": pulumi.String(origin), "domainName": a.OriginDomain, "originAccessControlId": access.ID(),
	}}
	if a.Failover != nil {
		second := pulumi.Map{"originId": pulumi.String(spare), "domainName": a.Failover.Domain}
		if a.Failover.Bucket {
			second["originAccessControlId"] = access.ID()
		} else {
			second["customOriginConfig"] = overTLS()
		}
		all = append(all, second)
	}
	if a.API != nil {
		asked := overTLS()
		if a.APISeconds > OriginSeconds {
			asked["originReadTimeout"] = pulumi.Int(a.APISeconds)
		}
		third := pulumi.Map{"originId": pulumi.String(api), "domainName": a.API, "customOriginConfig": asked}
		if a.OriginSecret != nil {
			third["customHeaders"] = pulumi.Array{pulumi.Map{"name": pulumi.String(OriginHeader), "value": a.OriginSecret}}
		}
		all = append(all, third)
	}
	return all
}

// OriginSeconds is how long CloudFront waits for an origin's answer by default.
// Source: CloudFront developer guide, "Response timeout".
const OriginSeconds = 30

// overTLS is how hosts are asked that are no buckets.
func overTLS() pulumi.Map {
	return pulumi.Map{
		"httpPort": pulumi.Int(80), "httpsPort": pulumi.Int(443), "originProtocolPolicy": pulumi.String("https-only"),
		"originSslProtocols": pulumi.ToStringArray([]string{"TLSv1.2"}),
	}
}

// originGroups pair the bucket with its failover. What is not there (403, 404) is
// nowhere: only a bucket that fails is passed over.
func (a *CloudFrontArgs) originGroups() pulumi.Array {
	if a.Failover == nil {
		return nil
	}
	return pulumi.Array{pulumi.Map{
		"originId":         pulumi.String(both),
		"failoverCriteria": pulumi.Map{"statusCodes": pulumi.ToIntArray([]int{500, 502, 503, 504})},
		"members":          pulumi.Array{pulumi.Map{"originId": pulumi.String(origin)}, pulumi.Map{"originId": pulumi.String(spare)}},
	}}
}

// apiBehaviour passes calls of the API on and keeps nothing of the answers.
func apiBehaviour(headers pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"pathPattern": pulumi.String(apiPattern), "targetOriginId": pulumi.String(api), "viewerProtocolPolicy": pulumi.String("https-only"),
		"allowedMethods": pulumi.ToStringArray([]string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}),
		"cachedMethods":  pulumi.ToStringArray([]string{"GET", "HEAD"}), "compress": pulumi.Bool(false),
		"cachePolicyId": pulumi.String(cachingDisabled), "originRequestPolicyId": pulumi.String(allButHost), "responseHeadersPolicyId": headers,
	}
}
