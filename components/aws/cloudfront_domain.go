package aws

import (
	"fmt"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// certificate makes the certificate of the domain, proves by DNS that the domain
// is ours, and waits until it is issued. It returns the ARN, or nil where there
// is no domain.
func (a *CloudFrontArgs) certificate(ctx *pulumi.Context, name string, east *awssdk.Provider, parent pulumi.ResourceOption) (pulumi.StringInput, error) {
	if a.Domain == "" {
		return nil, nil
	}
	cert, err := acm.NewCertificate(ctx, name, &acm.CertificateArgs{
		DomainName: pulumi.String(a.Domain), ValidationMethod: pulumi.String("DNS"), Tags: a.tags("cloudfront", name),
	}, inEast(east, parent))
	if err != nil {
		return nil, fmt.Errorf("creating the certificate of CDN %s: %w", name, err)
	}
	// One name, one record: its contents are known only after the certificate,
	// their number beforehand.
	proof := cert.DomainValidationOptions.Index(pulumi.Int(0))
	record, err := route53.NewRecord(ctx, name+"-validation", &route53.RecordArgs{
		ZoneId: pulumi.String(a.ZoneID), Name: proof.ResourceRecordName().Elem(), Type: proof.ResourceRecordType().Elem(),
		Records: pulumi.StringArray{proof.ResourceRecordValue().Elem()}, Ttl: pulumi.Int(60),
	}, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the validation record of CDN %s: %w", name, err)
	}
	issued, err := acm.NewCertificateValidation(ctx, name, &acm.CertificateValidationArgs{
		CertificateArn: cert.Arn, ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, inEast(east, parent))
	if err != nil {
		return nil, fmt.Errorf("waiting for the certificate of CDN %s: %w", name, err)
	}
	return issued.CertificateArn, nil
}

// addresses point the domain at the distribution, for IPv4 and IPv6.
func (a *CloudFrontArgs) addresses(ctx *pulumi.Context, name string, dist *cloudfront.Distribution, parent pulumi.ResourceOption) error {
	if a.Domain == "" {
		return nil
	}
	for _, kind := range []string{"A", "AAAA"} {
		if _, err := route53.NewRecord(ctx, name+"-"+kind, &route53.RecordArgs{
			ZoneId: pulumi.String(a.ZoneID), Name: pulumi.String(a.Domain), Type: pulumi.String(kind),
			Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
				Name: dist.DomainName, ZoneId: dist.HostedZoneId, EvaluateTargetHealth: pulumi.Bool(false),
			}},
		}, parent); err != nil {
			return fmt.Errorf("creating the %s record of CDN %s: %w", kind, name, err)
		}
	}
	return nil
}
