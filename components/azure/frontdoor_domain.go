package azure

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/cdn/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// domain makes the site's own name, with a certificate that Front Door gets and
// renews as long as the name leads to it.
func (b *frontDoorBuilder) domain() error {
	if b.Domain == "" {
		return nil
	}
	made, err := cdn.NewAFDCustomDomain(b.ctx, b.name, &cdn.AFDCustomDomainArgs{
		ResourceGroupName: b.ResourceGroup, ProfileName: b.profile.Name,
		CustomDomainName: pulumi.String(strings.ReplaceAll(b.Domain, ".", "-")), HostName: pulumi.String(b.Domain),
		AzureDnsZone: cdn.ResourceReferenceArgs{Id: b.Zone.ZoneID.ToStringPtrOutput()},
		TlsSettings: cdn.AFDDomainHttpsParametersArgs{
			CertificateType: pulumi.String("ManagedCertificate"), MinimumTlsVersion: cdn.AfdMinimumTlsVersionTLS12,
		},
	}, pulumi.Parent(b.door))
	if err != nil {
		return fmt.Errorf("creating domain %s: %w", b.Domain, err)
	}
	b.custom, b.door.URL = made, pulumi.String("https://"+b.Domain).ToStringOutput()
	return nil
}

// records prove that the domain is ours, and lead to the endpoint: an alias,
// which also the zone's own name can have.
func (b *frontDoorBuilder) records() error {
	if b.Domain == "" {
		return nil
	}
	label := strings.TrimSuffix(strings.TrimSuffix(b.Domain, b.Zone.Name), ".")
	proof := strings.TrimSuffix("_dnsauth."+label, ".")
	if label == "" {
		label = "@"
	}
	for _, r := range []struct {
		name, kind, label string
		answer            pulumi.Map
	}{
		{"proof", "TXT", proof, pulumi.Map{"txtRecords": pulumi.Array{pulumi.Map{
			"value": pulumi.StringArray{b.custom.ValidationProperties.ValidationToken()},
		}}}},
		{"alias", "A", label, pulumi.Map{"targetResource": pulumi.Map{"id": b.door.EndpointID}}},
		{"alias6", "AAAA", label, pulumi.Map{"targetResource": pulumi.Map{"id": b.door.EndpointID}}},
	} {
		r.answer["resourceGroupName"], r.answer["zoneName"] = b.Zone.Group, b.Zone.zone
		r.answer["recordType"], r.answer["relativeRecordSetName"] = pulumi.String(r.kind), pulumi.String(r.label)
		r.answer["ttl"] = pulumi.Float64(delegationTTL)
		if _, err := bind(b.ctx, "azure-native:network:RecordSet", b.name+"-"+r.name, r.answer, pulumi.Parent(b.door)); err != nil {
			return fmt.Errorf("creating record %s of %s: %w", r.label, b.Domain, err)
		}
	}
	return nil
}
