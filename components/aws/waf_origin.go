package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// OriginHeader is the header by which the CDN shows itself to the API's origin.
const OriginHeader = "X-Explico-Origin"

// originHeader is the header as WAF names it.
const originHeader = "x-explico-origin"

// visitors tells WAF to take a visitor's address from the header that the CDN
// puts it in: the connection's own is the CDN's. A request without one counts
// as a match, so that it is no way around.
func visitors() pulumi.Map {
	return pulumi.Map{"headerName": pulumi.String("X-Forwarded-For"), "fallbackBehavior": pulumi.String("MATCH")}
}

// behindCDN says that every request comes through the CDN.
func (a *WafArgs) behindCDN() bool { return len(a.OriginSecrets) > 0 }

// stranger matches requests that do not show one of the CDN's secrets: whoever
// sets up a distribution has CloudFront's addresses too.
func (a *WafArgs) stranger() pulumi.Map {
	shown := pulumi.Array{}
	for _, secret := range a.OriginSecrets {
		shown = append(shown, pulumi.Map{"byteMatchStatement": pulumi.Map{
			"fieldToMatch": pulumi.Map{"singleHeader": pulumi.Map{"name": pulumi.String(originHeader)}}, "positionalConstraint": pulumi.String("EXACTLY"),
			"searchString": secret, "textTransformations": pulumi.Array{pulumi.Map{"priority": pulumi.Int(0), "type": pulumi.String("NONE")}},
		}})
	}
	if len(shown) > 1 {
		shown = pulumi.Array{pulumi.Map{"orStatement": pulumi.Map{"statements": shown}}}
	}
	return pulumi.Map{"notStatement": pulumi.Map{"statements": shown}}
}
