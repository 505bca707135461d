package aws

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// hosts are all names that the load balancer answers under, the first one first.
func (a *EcsArgs) hosts() []string {
	more := slices.DeleteFunc(slices.Clone(a.MoreHosts), func(h string) bool { return h == a.Host })
	slices.Sort(more)
	return append([]string{a.Host}, slices.Compact(more)...)
}

// certificate is the ARN of a certificate that is issued: the one given, or one
// that is made here, proved by DNS and waited for.
func (b *ecsBuilder) certificate() (pulumi.StringInput, error) {
	if b.CertificateArn != "" {
		return pulumi.String(b.CertificateArn), nil
	}
	hosts := b.hosts()
	args := &acm.CertificateArgs{
		DomainName: pulumi.String(hosts[0]), ValidationMethod: pulumi.String("DNS"), Tags: b.tags("ecs", b.name),
	}
	if len(hosts) > 1 {
		args.SubjectAlternativeNames = pulumi.ToStringArray(hosts[1:])
	}
	cert, err := acm.NewCertificate(b.ctx, b.name, args, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("creating the certificate: %w", err)
	}
	var proofs pulumi.StringArray
	for _, host := range hosts {
		name := b.name + "-validation-" + host
		record, err := route53.NewRecord(b.ctx, name, &route53.RecordArgs{
			ZoneId: b.ZoneID, Ttl: pulumi.Int(60),
			Name:    proofOf(cert, host, func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordName }),
			Type:    proofOf(cert, host, func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordType }),
			Records: pulumi.StringArray{proofOf(cert, host, func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordValue })},
		}, b.child()...)
		if err != nil {
			return nil, fmt.Errorf("creating the validation record of %s: %w", host, err)
		}
		proofs = append(proofs, record.Fqdn)
	}
	issued, err := acm.NewCertificateValidation(b.ctx, b.name, &acm.CertificateValidationArgs{
		CertificateArn: cert.Arn, ValidationRecordFqdns: proofs,
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("waiting for the certificate: %w", err)
	}
	return issued.CertificateArn, nil
}

// proofOf is a part of the record that proves a certificate's name. The records
// come in no order, so that each is found by its name.
func proofOf(cert *acm.Certificate, host string, part func(acm.CertificateDomainValidationOption) *string) pulumi.StringOutput {
	return cert.DomainValidationOptions.ApplyT(func(all []acm.CertificateDomainValidationOption) (string, error) {
		for _, o := range all {
			if o.DomainName != nil && *o.DomainName == host && part(o) != nil {
				return *part(o), nil
			}
		}
		return "", fmt.Errorf("the certificate has no record that proves %s", host)
	}).(pulumi.StringOutput)
}

// makeAddresses points the hosts at the load balancer.
func (b *ecsBuilder) makeAddresses() error {
	if b.ZoneID == nil {
		return nil
	}
	kinds := []string{"A"}
	if b.IPv6 {
		kinds = append(kinds, "AAAA")
	}
	for _, host := range b.hosts() {
		for _, kind := range kinds {
			name := b.name + "-" + host + "-" + kind
			if _, err := route53.NewRecord(b.ctx, name, &route53.RecordArgs{
				ZoneId: b.ZoneID, Name: pulumi.String(host), Type: pulumi.String(kind),
				Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
					Name: b.balancer.DnsName, ZoneId: b.balancer.ZoneId, EvaluateTargetHealth: pulumi.Bool(true),
				}},
			}, b.child()...); err != nil {
				return fmt.Errorf("creating record %s: %w", name, err)
			}
		}
	}
	return nil
}
