package aws

import "testing"

func TestEdgeOrigins(t *testing.T) {
	type m = map[string]any
	api := m{"originId": "api", "domainName": "api.example.com", "customOriginConfig": m{
		"httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only", "originSslProtocols": []any{"TLSv1.2"},
	}}
	spare := m{"originId": "spare", "domainName": "spare.s3.eu-west-2.amazonaws.com"}
	change := func(how func(api m)) []s3Step {
		return []s3Step{edgeSite("site", func(in, _, o, _ m) {
			one, conf := m{}, m{}
			for k, v := range api {
				one[k] = v
			}
			for k, v := range api["customOriginConfig"].(m) {
				conf[k] = v
			}
			one["customOriginConfig"] = conf
			how(one)
			in["origins"] = []any{o, one}
		})}
	}
	group := func(members []any, codes []any, methods ...any) []s3Step {
		return []s3Step{edgeSite("site", func(in, b, o, _ m) {
			in["origins"] = []any{o, spare}
			in["originGroups"] = []any{m{"originId": "both", "members": members, "failoverCriteria": m{"statusCodes": codes}}}
			b["targetOriginId"], b["allowedMethods"] = "both", methods
		})}
	}
	pair := []any{m{"originId": "files"}, m{"originId": "spare"}}
	down := []any{500.0, 503.0}
	all := []any{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
	s3Run(t, []s3Case{
		{"fine", change(func(m) {}), ""},
		{"an address", change(func(a m) { a["domainName"] = "192.0.2.1" }), "InvalidArgument: The parameter Origin DomainName"},
		{"a URL", change(func(a m) { a["domainName"] = "https://api.example.com" }), "InvalidArgument: The parameter origin name cannot contain a colon"},
		{"an old TLS that is none", change(func(a m) { a["customOriginConfig"].(m)["originSslProtocols"] = []any{"TLSv1.3"} }), "expected originSslProtocols"},
		{"a long wait", change(func(a m) { a["customOriginConfig"].(m)["originReadTimeout"] = 200.0 }), "expected customOriginConfig.originReadTimeout"},
		{"another protocol", change(func(a m) { a["customOriginConfig"].(m)["originProtocolPolicy"] = "https" }), "expected customOriginConfig.originProtocolPolicy"},
		{"signed for S3", change(func(a m) { a["originAccessControlId"] = "E1" }), "InvalidOriginAccessControl"},
		{"a group", group(pair, down, "GET", "HEAD"), ""},
		{"a group of one", group(pair[:1], down, "GET", "HEAD"), "expected originGroups.members to have 2 items"},
		{"a group of others", group([]any{m{"originId": "files"}, m{"originId": "other"}}, down, "GET", "HEAD"), "NoSuchOrigin"},
		{"a group that fails over early", group(pair, []any{200.0}, "GET", "HEAD"), "InvalidArgument: The parameter StatusCodes"},
		{"a group that changes things", group(pair, down, all...), "InvalidArgument: The parameter AllowedMethods cannot include POST"},
		{"odd methods", group(pair, down, "GET", "POST"), "InvalidArgument: The parameter AllowedMethods is invalid"},
		{"no such request policy", []s3Step{edgeSite("site", func(_, b, _, _ m) { b["originRequestPolicyId"] = "none" })}, "NoSuchOriginRequestPolicy"},
		{"no such ACL", []s3Step{edgeSite("site", func(in, _, _, _ m) {
			in["webAclId"] = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b"
		})}, "InvalidWebACLId"},
	})
}
