package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// queryLog records which names are asked for. Route 53 writes to log groups in
// us-east-1 only.
// Source: Route 53 developer guide, "Public DNS query logging".
func (a *DnsArgs) queryLog(ctx *pulumi.Context, name, zoneName string, zone pulumi.StringInput, there *place, parent pulumi.ResourceOption) error {
	key, err := there.logKey(ctx, name, a.LogKeyArn)
	if err != nil {
		return err
	}
	path := limits.LogGroup.Name("/aws/route53/"+a.Prefix, zoneName)
	group, err := there.logGroup(ctx, "dns", name, pulumi.String(path), key, a.LogDays, there.opt)
	if err != nil {
		return err
	}
	let, err := there.letWrite(ctx, name, "route53.amazonaws.com", there.arn("logs", "log-group:"+path+":*"),
		"arn:"+a.Partition+":route53:::hostedzone/*")
	if err != nil {
		return err
	}
	if _, err := route53.NewQueryLog(ctx, name, &route53.QueryLogArgs{
		ZoneId: zone, CloudwatchLogGroupArn: group.Arn,
	}, parent, pulumi.DependsOn([]pulumi.Resource{let})); err != nil {
		return fmt.Errorf("logging the queries of zone %s: %w", zoneName, err)
	}
	return nil
}

// letWrite lets a service write to log groups, on behalf of sources in the
// account. AWS would add such a policy by itself where the caller may: then it
// is in no program, and nobody takes it away.
func (p *place) letWrite(ctx *pulumi.Context, name, service, groups, source string) (pulumi.Resource, error) {
	let, err := bind(ctx, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", name, pulumi.Map{
		"policyName": pulumi.String(p.Prefix + "-" + name),
		"policyDocument": pulumi.String(policy(Statement{
			Sid: "Deliver", Effect: "Allow", Principal: &Principal{Service: []string{service}},
			Action: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: []string{groups},
			Condition: map[string]map[string][]string{
				"StringEquals": {"aws:SourceAccount": {p.AccountID}}, "ArnLike": {"aws:SourceArn": {source}},
			},
		})),
	}, p.opt)
	if err != nil {
		return nil, fmt.Errorf("letting %s write the logs of %s: %w", service, name, err)
	}
	return let, nil
}

// signingKeyName is what Route 53 allows for a key-signing key's name.
var signingKeyName = component.Limit{Max: 128, NoHyphen: true, Extra: "_"}

// sign signs the zone, and has the zone above vouch for it if it is to be
// trusted. The key lies in us-east-1. It is a pair, which KMS does not rotate.
// Source: Route 53 developer guide, "Configuring DNSSEC signing" and "Working
// with customer managed keys for DNSSEC".
func (a *DnsArgs) sign(ctx *pulumi.Context, name string, d *Dns, zone pulumi.StringInput, there *place, parent pulumi.ResourceOption) error {
	window := 30
	if a.Disposable {
		window = 7
	}
	pair, err := kms.NewKey(ctx, name+"-dnssec", &kms.KeyArgs{
		Description: pulumi.String(a.Prefix + "-" + name + ": signs the zone " + d.Name), Policy: pulumi.String(policy(a.signers()...)),
		CustomerMasterKeySpec: pulumi.String("ECC_NIST_P256"), KeyUsage: pulumi.String("SIGN_VERIFY"),
		DeletionWindowInDays: pulumi.Int(window), Tags: a.tags("dns", name+"-dnssec"),
	}, there.opt) // not protected: it holds nothing that a new one would not do as well
	if err != nil {
		return fmt.Errorf("creating the signing key of zone %s: %w", d.Name, err)
	}
	key, err := route53.NewKeySigningKey(ctx, name, &route53.KeySigningKeyArgs{
		HostedZoneId: zone, KeyManagementServiceArn: pair.Arn, Name: pulumi.String(signingKeyName.Name(a.Prefix, name)),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating the key-signing key of zone %s: %w", d.Name, err)
	}
	signed, err := route53.NewHostedZoneDnsSec(ctx, name, &route53.HostedZoneDnsSecArgs{HostedZoneId: key.HostedZoneId}, parent,
		pulumi.DependsOn([]pulumi.Resource{key}))
	if err != nil {
		return fmt.Errorf("signing zone %s: %w", d.Name, err)
	}
	d.DS = key.DsRecord
	if a.DNSSEC != "trusted" {
		return nil
	}
	if _, err := route53.NewRecord(ctx, name+"-trust", &route53.RecordArgs{
		ZoneId: pulumi.String(a.ParentZoneID), Name: pulumi.String(d.Name), Type: pulumi.String("DS"),
		Records: pulumi.StringArray{key.DsRecord}, Ttl: pulumi.Int(delegationTTL),
	}, parent, pulumi.DependsOn([]pulumi.Resource{signed})); err != nil {
		return fmt.Errorf("vouching for zone %s: %w", d.Name, err)
	}
	return nil
}

// signers let Route 53 sign with the key for the account's zones.
func (a *DnsArgs) signers() []Statement {
	service := &Principal{Service: []string{"dnssec-route53.amazonaws.com"}}
	from := map[string]map[string][]string{
		"StringEquals": {"aws:SourceAccount": {a.AccountID}}, "ArnLike": {"aws:SourceArn": {"arn:" + a.Partition + ":route53:::hostedzone/*"}},
	}
	return []Statement{
		{Sid: "AccountPolicies", Effect: "Allow", Principal: &Principal{AWS: []string{a.globalArn("iam", "root")}}, Action: []string{"kms:*"}, Resource: []string{"*"}},
		{Sid: "Sign", Effect: "Allow", Principal: service, Action: []string{"kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"}, Resource: []string{"*"}, Condition: from},
		{Sid: "Grant", Effect: "Allow", Principal: service, Action: []string{"kms:CreateGrant"}, Resource: []string{"*"},
			Condition: map[string]map[string][]string{"Bool": {"kms:GrantIsForAWSResource": {"true"}}}},
	}
}
