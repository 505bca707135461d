package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// CertificateArgs are the arguments of NewCertificate.
type CertificateArgs struct {
	Scope
	// Domain is the certificate's first name, at most 64 characters, such as
	// app.example.com or *.example.com.
	Domain string
	// AlternativeNames are further names in the same zone.
	AlternativeNames []string
	// ZoneID is the public Route 53 zone that holds all the names.
	ZoneID pulumi.StringInput
	// ZoneName is the zone's name. A name outside it is refused; if it is empty,
	// Route 53 does so, later.
	ZoneName string
	// Regions are where the certificate is needed: us-east-1 for CloudFront, its
	// own region for a load balancer. The scope's region if empty.
	Regions []string

	// was is the component that had the certificate as its own child, before
	// there was one for certificates.
	was pulumi.Resource
}

// Certificate is a TLS certificate that ACM renews by itself, in one region or
// several. The names are proved by DNS, once for all regions: an account's
// certificates for one name share a record.
type Certificate struct {
	pulumi.ResourceState

	// Arns are the certificates' ARNs by region. They are there once the
	// certificates are issued.
	Arns map[string]pulumi.StringOutput
}

// NewCertificate requests certificates, proves that the names are ours and
// waits until they are issued, which takes minutes where the zone is delegated,
// and never ends where it is not.
func NewCertificate(ctx *pulumi.Context, name string, args *CertificateArgs, opts ...pulumi.ResourceOption) (*Certificate, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating certificate %s: %w", name, err)
	}
	c := &Certificate{Arns: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "aws", "Certificate", name, c, opts...); err != nil {
		return nil, err
	}
	regions := args.Regions
	if len(regions) == 0 {
		regions = []string{args.Region}
	}
	var fqdns pulumi.StringArray
	for _, region := range slices.Sorted(slices.Values(regions)) {
		there, err := args.in(ctx, name, region, pulumi.Parent(c))
		if err != nil {
			return nil, err
		}
		cert, err := args.request(ctx, name+"-"+region, there)
		if err != nil {
			return nil, err
		}
		if fqdns == nil {
			if fqdns, err = args.prove(ctx, name, cert, pulumi.Parent(c)); err != nil {
				return nil, err
			}
		}
		issued, err := acm.NewCertificateValidation(ctx, name+"-"+region, &acm.CertificateValidationArgs{
			CertificateArn: cert.Arn, ValidationRecordFqdns: fqdns,
		}, there.opt, args.formerly(""))
		if err != nil {
			return nil, fmt.Errorf("waiting for certificate %s in %s: %w", name, region, err)
		}
		c.Arns[region] = issued.CertificateArn
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arns": stringOutputs(c.Arns)})
}

// stringOutputs makes a map of outputs one input.
func stringOutputs(m map[string]pulumi.StringOutput) pulumi.StringMap {
	all := pulumi.StringMap{}
	for k, v := range m {
		all[k] = v
	}
	return all
}

func (a *CertificateArgs) check() error {
	switch {
	case a.Domain == "":
		return fmt.Errorf("Domain: got none, want a name such as app.example.com")
	case a.ZoneID == nil:
		return fmt.Errorf("ZoneID: got none, want the zone that holds %s", a.Domain)
	}
	for _, name := range a.names() {
		if a.ZoneName != "" && !inZone(name, a.ZoneName) {
			return fmt.Errorf("Domain and AlternativeNames: got %s, want names in the zone %s", name, a.ZoneName)
		}
	}
	return nil
}

func (a *CertificateArgs) names() []string { return append([]string{a.Domain}, a.AlternativeNames...) }

// inZone says whether a name is a zone's, or below it.
func inZone(name, zone string) bool {
	name, zone = strings.TrimSuffix(name, "."), strings.TrimSuffix(zone, ".")
	return name == zone || strings.HasSuffix(name, "."+zone)
}

// request asks for the certificate in a place.
func (a *CertificateArgs) request(ctx *pulumi.Context, name string, there *place) (*acm.Certificate, error) {
	args := &acm.CertificateArgs{
		DomainName: pulumi.String(a.Domain), ValidationMethod: pulumi.String("DNS"), Tags: a.tags("certificate", name),
	}
	if len(a.AlternativeNames) > 0 {
		args.SubjectAlternativeNames = pulumi.ToStringArray(a.AlternativeNames)
	}
	cert, err := acm.NewCertificate(ctx, name, args, there.opt, a.formerly(""))
	if err != nil {
		return nil, fmt.Errorf("requesting certificate %s: %w", name, err)
	}
	return cert, nil
}

// prove puts a record in the zone for each name and returns their full names. A
// wildcard has the record of the name that it stands under.
func (a *CertificateArgs) prove(ctx *pulumi.Context, name string, cert *acm.Certificate, parent pulumi.ResourceOption) (pulumi.StringArray, error) {
	var bases []string
	for _, n := range a.names() {
		bases = append(bases, strings.TrimPrefix(n, "*."))
	}
	slices.Sort(bases)
	var fqdns pulumi.StringArray
	for _, base := range slices.Compact(bases) {
		proof := func(of func(acm.CertificateDomainValidationOption) *string) pulumi.StringOutput {
			return cert.DomainValidationOptions.ApplyT(func(all []acm.CertificateDomainValidationOption) (string, error) {
				for _, o := range all {
					if o.DomainName != nil && strings.TrimPrefix(*o.DomainName, "*.") == base && of(o) != nil {
						return *of(o), nil
					}
				}
				return "", fmt.Errorf("proving certificate %s: ACM has no record for %s", name, base)
			}).(pulumi.StringOutput)
		}
		record, err := route53.NewRecord(ctx, name+"-"+base, &route53.RecordArgs{
			ZoneId:  a.ZoneID,
			Name:    proof(func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordName }),
			Type:    proof(func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordType }),
			Records: pulumi.StringArray{proof(func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordValue })},
			Ttl:     pulumi.Int(60),
		}, parent, a.formerly("-validation"))
		if err != nil {
			return nil, fmt.Errorf("proving %s of certificate %s: %w", base, name, err)
		}
		fqdns = append(fqdns, record.Fqdn)
	}
	return fqdns, nil
}

// formerly says what a resource was called as a child of another component, so
// that it stays where it is.
func (a *CertificateArgs) formerly(end string) pulumi.ResourceOption {
	if a.was == nil {
		return pulumi.Composite()
	}
	old := a.was.PulumiResourceName() + end
	return pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(old), Parent: a.was}})
}
