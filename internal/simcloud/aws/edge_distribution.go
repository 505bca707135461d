package aws

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The hosted zone of all distributions, which alias records name.
// Source: Route 53 developer guide, "Values specific for alias records".
const distributionZone = "Z2FDTNDATAQYW2"

// behaviours are where a distribution's cache behaviours are.
var behaviours = []string{"defaultCacheBehavior.", "orderedCacheBehaviors[]."}

func distribution() *simcloud.Type {
	return &simcloud.Type{
		Token: distributionToken, Noun: "distribution", Global: true, ID: edgeID, Takes: 5 * time.Minute,
		Required: []string{"defaultCacheBehavior.targetOriginId", "defaultCacheBehavior.viewerProtocolPolicy", "enabled", "origins", "restrictions", "viewerCertificate"},
		Replace:  []string{"staging"},
		Refs:     distributionRefs(),
		Validate: distributionInputs,
		Refuse: func(op *simcloud.Op) error {
			for _, check := range []func(*simcloud.Op) error{liveFunctions, aliasesFree, viewerCertificate, legacyLogs, webACLThere} {
				if err := check(op); err != nil {
					return err
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"arn": globalArn(op, "cloudfront", "distribution/"+op.ID), "etag": etag(op), "status": "Deployed",
				"domainName": "d" + op.Hex(13, "domain") + ".cloudfront.net", "hostedZoneId": distributionZone,
				"callerReference": "terraform-" + op.Hex(26, "caller"), "inProgressValidationBatches": 0,
			}
		},
	}
}

func distributionRefs() []simcloud.Ref {
	refs := []simcloud.Ref{{
		Path: "origins[].originAccessControlId", To: []string{originAccessToken}, Holds: true,
		Missing: "InvalidOriginAccessControl: The origin access control is not valid: %s",
	}, {
		// The certificate lies in us-east-1, wherever the distribution's provider
		// is: viewerCertificate looks it up.
		Path: "viewerCertificate.acmCertificateArn", To: []string{certificateToken}, By: "arn", Holds: true,
		Foreign: func(string) bool { return true },
	}}
	for _, b := range behaviours {
		refs = append(refs, simcloud.Ref{
			Path: b + "responseHeadersPolicyId", To: []string{headersPolicyToken}, Holds: true,
			Foreign: func(id string) bool { return slices.Contains(managedHeadersPolicies, id) },
			Missing: "NoSuchResponseHeadersPolicy: The specified response headers policy does not exist: %s",
		}, simcloud.Ref{
			Path: b + "cachePolicyId", To: []string{cachePolicyToken}, Holds: true,
			Foreign: func(id string) bool { return slices.Contains(managedCachePolicies, id) },
			Missing: "NoSuchCachePolicy: The specified cache policy does not exist: %s",
		}, simcloud.Ref{
			// The program has no policy of its own for what goes to an origin.
			Path: b + "originRequestPolicyId", Foreign: func(id string) bool { return slices.Contains(managedRequestPolicies, id) },
			Missing: "NoSuchOriginRequestPolicy: The specified origin request policy does not exist: %s",
		}, simcloud.Ref{
			Path: b + "functionAssociations[].functionArn", To: []string{edgeFunctionToken}, By: "arn", Holds: true,
			Missing: "NoSuchFunctionExists: The function does not exist: %s",
		})
	}
	return refs
}

var globalACL = regexp.MustCompile(`^arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[\w-]+/[\w-]+$`)

func distributionInputs(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "priceClass", "PriceClass_100", "PriceClass_200", "PriceClass_All"),
		simcloud.OneOf(in, "httpVersion", "http1.1", "http2", "http2and3", "http3"),
		simcloud.OneOf(in, "restrictions.geoRestriction.restrictionType", "none", "whitelist", "blacklist"),
	)
	errs = append(errs, distributionOrigins(in)...)
	if acl := in.String("webAclId"); strings.HasPrefix(acl, "arn:") && !globalACL.MatchString(acl) {
		errs = append(errs, simcloud.Refusal("InvalidWebACLId", "Web ACL is not accessible by the requester. (%s: CloudFront takes those of scope CLOUDFRONT in us-east-1)", acl))
	}
	cert := "viewerCertificate."
	if !in.Has(cert+"acmCertificateArn") && !in.Has(cert+"iamCertificateId") && !in.Bool(cert+"cloudfrontDefaultCertificate") {
		errs = append(errs, simcloud.Refusal("InvalidViewerCertificate", "The viewer certificate configuration names no certificate."))
	}
	if in.Has(cert+"acmCertificateArn") && !in.Has(cert+"sslSupportMethod") {
		errs = append(errs, simcloud.Refusal("InvalidArgument", "The parameter SSLSupportMethod is required."))
	}
	return append(errs, simcloud.Problems(simcloud.OneOf(in, cert+"minimumProtocolVersion", "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021"))...)
}

// liveFunctions refuses a function that was never published.
func liveFunctions(op *simcloud.Op) error {
	for _, b := range behaviours {
		for _, arn := range op.In.Strings(b + "functionAssociations[].functionArn") {
			if f := op.Find(edgeFunctionToken, "arn", arn); f != nil && f.Out.String("status") == "UNPUBLISHED" {
				return simcloud.Refusal("InvalidFunctionAssociation", "The function %s must be published to the LIVE stage before it is associated.", f.ID)
			}
		}
	}
	return nil
}

// aliasesFree refuses a domain name that another distribution answers to.
func aliasesFree(op *simcloud.Op) error {
	for _, other := range op.All(distributionToken) {
		for _, alias := range op.In.Strings("aliases[]") {
			if other.ID != op.ID && slices.Contains(other.Out.Strings("aliases[]"), alias) {
				return simcloud.Refusal("CNAMEAlreadyExists", "One or more of the CNAMEs you provided are already associated with a different resource. (%s is of %s)", alias, other.ID)
			}
		}
	}
	return nil
}

// viewerCertificate refuses a certificate that is elsewhere, not issued yet, or
// for other names.
func viewerCertificate(op *simcloud.Op) error {
	arn, aliases := op.In.String("viewerCertificate.acmCertificateArn"), op.In.Strings("aliases[]")
	if arn == "" {
		if len(aliases) > 0 && !op.In.Has("viewerCertificate.iamCertificateId") {
			return simcloud.Refusal("InvalidViewerCertificate", "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.")
		}
		return nil
	}
	home := *op
	home.Region = "us-east-1"
	cert := home.Find(certificateToken, "arn", arn)
	kept := op.Old != nil && op.Old.In.String("viewerCertificate.acmCertificateArn") == arn
	if cert == nil || !kept && home.Find(validationToken, "certificateArn", arn) == nil {
		why := "it is not there"
		if cert != nil {
			why = "its status is PENDING_VALIDATION"
		}
		return simcloud.Refusal("InvalidViewerCertificate",
			"The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain. (%s: %s)", arn, why)
	}
	for _, alias := range aliases {
		if !covers(cert, alias) {
			return simcloud.Refusal("InvalidViewerCertificate",
				"The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add. (%s)", alias)
		}
	}
	return nil
}

// covers says whether a certificate is for a name. A wildcard stands for one
// label.
func covers(cert *simcloud.Record, name string) bool {
	_, parent, _ := strings.Cut(name, ".")
	for _, subject := range cert.Out.Strings("subjectAlternativeNames[]") {
		if subject == name || subject == "*."+parent {
			return true
		}
	}
	return false
}

// legacyLogs refuses a log bucket without ACLs: the older access logs write
// with an ACL.
func legacyLogs(op *simcloud.Op) error {
	domain := op.In.String("loggingConfig.bucket")
	if domain == "" {
		return nil
	}
	bucket := op.Find(bucketToken, "bucketDomainName", domain)
	if bucket == nil {
		return simcloud.Refusal("InvalidArgument", "The parameter Logging Bucket does not refer to a valid S3 bucket. (%s)", domain)
	}
	if ownership(op, bucket.ID) == "BucketOwnerEnforced" {
		return simcloud.Refusal("InvalidArgument", "The S3 bucket that you specified for CloudFront logs does not enable ACL access: %s", domain)
	}
	return nil
}
