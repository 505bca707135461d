package azure

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// expiring are what a vault says of what is too old soon, thirty days before, or
// is so already. A key's current version comes that far only if nothing renews it.
// Source: Event Grid documentation, "Azure Key Vault as Event Grid source", read
// 2026-11.
var expiring = []string{
	"Microsoft.KeyVault.CertificateExpired", "Microsoft.KeyVault.CertificateNearExpiry",
	"Microsoft.KeyVault.KeyExpired", "Microsoft.KeyVault.KeyNearExpiry",
	"Microsoft.KeyVault.SecretExpired", "Microsoft.KeyVault.SecretNearExpiry",
}

// expiry tells of what expires in the vaults.
func (b *monitoringBuilder) expiry() error {
	for _, vault := range slices.Sorted(maps.Keys(b.Vaults)) {
		name := b.name + "-vault-" + vault
		topic, err := bind(b.ctx, "azure-native:eventgrid:SystemTopic", name, pulumi.Map{
			"resourceGroupName": b.ResourceGroup, "location": pulumi.String(b.Location), "source": b.Vaults[vault],
			"topicType": pulumi.String("Microsoft.KeyVault.vaults"), "tags": b.tags("monitoring"),
		}, pulumi.Parent(b.monitoring))
		if err != nil {
			return fmt.Errorf("hearing of vault %s: %w", vault, err)
		}
		a := alarm{severity: p1, means: "a secret, key or certificate has expired, or will within 30 days.", runbook: "azure-security.md#expiry"}
		if _, err := bind(b.ctx, "azure-native:eventgrid/v20240601preview:SystemTopicEventSubscription", name, pulumi.Map{
			"resourceGroupName": b.ResourceGroup, "systemTopicName": topic.Name, "eventSubscriptionName": pulumi.String("expiry"),
			"eventDeliverySchema": pulumi.String("CloudEventSchemaV1_0"),
			"destination": pulumi.Map{
				"endpointType": pulumi.String("MonitorAlert"), "severity": pulumi.String("Sev2"), "actionGroups": pulumi.StringArray{b.groups[p1]},
				"description": pulumi.String(a.description()),
			},
			"filter": pulumi.Map{"includedEventTypes": pulumi.ToStringArray(expiring)},
		}, pulumi.Parent(b.monitoring)); err != nil {
			return fmt.Errorf("telling of what expires in vault %s: %w", vault, err)
		}
	}
	return nil
}
