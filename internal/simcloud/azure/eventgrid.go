package azure

import (
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	systemTopicToken  = "azure-native:eventgrid:SystemTopic"
	subscriptionToken = "azure-native:eventgrid/v20240601preview:SystemTopicEventSubscription"
	systemTopicKind   = "Microsoft.EventGrid/systemTopics"
)

// topicTypes are what a system topic may tell of.
// Source: Event Grid documentation, "System topics in Azure", read 2026-11.
var topicTypes = map[string]string{
	"Microsoft.KeyVault.vaults": "Microsoft.KeyVault/vaults", "Microsoft.Storage.StorageAccounts": storageKind,
	"Microsoft.ContainerRegistry.Registries": registryKind, "Microsoft.ContainerService.ManagedClusters": "Microsoft.ContainerService/managedClusters",
}

func eventTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup(systemTopicKind, "systemTopicName", simcloud.Type{
			Token: systemTopicToken, Noun: "system topic", Takes: 20 * time.Second, Sweeps: true,
			Required: []string{"source", "topicType"}, Replace: []string{"source", "topicType"},
			Refuse: func(op *simcloud.Op) error {
				source := op.In.String("source")
				switch r := record(op, source); {
				case r == nil:
					return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", source)
				case topicTypes[op.In.String("topicType")] != kindOf(source):
					return simcloud.Refusal("InvalidRequest", "The topic type %s does not match the source %s.", op.In.String("topicType"), source)
				}
				for _, r := range op.All(systemTopicToken) {
					if r.ID != idOf(op) && r.In.String("source") == source {
						return simcloud.Refusal("InvalidRequest", "Only one system topic is allowed per source: %s has %s.", source, r.ID)
					}
				}
				return nil
			},
		}),
		inside(systemTopicKind, "systemTopicName", systemTopicToken, "eventSubscriptions", "eventSubscriptionName", simcloud.Type{
			Token: subscriptionToken, Noun: "event subscription", Takes: 10 * time.Second, Required: []string{"destination"},
			Refs: []simcloud.Ref{actionRef("destination.actionGroups[]")},
			Validate: func(in simcloud.Values) []error {
				errs := simcloud.Problems(
					simcloud.OneOf(in, "eventDeliverySchema", "EventGridSchema", "CloudEventSchemaV1_0", "CustomInputSchema"),
					simcloud.OneOf(in, "destination.severity", "Sev0", "Sev1", "Sev2", "Sev3", "Sev4"))
				if in.String("destination.endpointType") == "MonitorAlert" && in.String("eventDeliverySchema") != "CloudEventSchemaV1_0" {
					errs = append(errs, simcloud.Refusal("InvalidRequest", "A monitor alert takes events of the schema CloudEventSchemaV1_0 only."))
				}
				return errs
			},
		}),
	}
}
