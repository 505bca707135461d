package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// certificate makes the certificate of the domain where CloudFront takes it from
// and waits until it is issued. It returns the ARN, or nil where there is no
// domain.
func (a *CloudFrontArgs) certificate(ctx *pulumi.Context, name string, c *CloudFront, east *place) (pulumi.StringInput, error) {
	if a.Domain == "" {
		return nil, nil
	}
	cert, err := NewCertificate(ctx, name+"-certificate", &CertificateArgs{
		Scope: east.Scope, Domain: a.Domain, ZoneID: a.ZoneID, ZoneName: a.ZoneName, was: c,
	}, east.opt)
	if err != nil {
		return nil, err
	}
	return cert.Arns[edgeRegion], nil
}

// addresses point the domain at the distribution, for IPv4 and IPv6.
func (a *CloudFrontArgs) addresses(ctx *pulumi.Context, name string, dist *distribution, parent pulumi.ResourceOption) error {
	if a.Domain == "" {
		return nil
	}
	for _, kind := range []string{"A", "AAAA"} {
		if _, err := route53.NewRecord(ctx, name+"-"+kind, &route53.RecordArgs{
			ZoneId: a.ZoneID, Name: pulumi.String(a.Domain), Type: pulumi.String(kind),
			Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
				Name: dist.DomainName, ZoneId: dist.HostedZoneID, EvaluateTargetHealth: pulumi.Bool(false),
			}},
		}, parent); err != nil {
			return fmt.Errorf("creating the %s record of CDN %s: %w", kind, name, err)
		}
	}
	return nil
}
