package cost

// Why types of Azure are free, beside the reasons of free.go.
const (
	azureRights   = "Azure bills nothing for identities and their rights"
	azureRouting  = "Azure bills nothing for the parts of a network, only for what passes"
	azurePremium  = "comes with Front Door of the premium tier"
	azureEvents   = "a hundred thousand events a month cost nothing, and a vault's are far fewer"
	azureRequests = "billed as the requests to its vault"
	azureWAF      = "billed with its application gateway"
	azureProvided = "Azure offers it free of charge"
)

// azureFree are the types of Azure that cost nothing, each with the reason.
var azureFree = invert("azure-native", map[string]string{
	azureRights: `authorization:RoleAssignment authorization:RoleDefinition cache/v20250401:AccessPolicyAssignment
		dbforpostgresql/v20240801:Administrator managedidentity:FederatedIdentityCredential
		managedidentity:UserAssignedIdentity`,
	azureRouting: `network:NetworkSecurityGroup network:PrivateDnsZoneGroup network:RouteTable network:Subnet
		network:VirtualNetworkLink`,
	azurePremium: `cdn:AFDCustomDomain cdn:AFDEndpoint cdn:AFDOrigin cdn:AFDOriginGroup cdn:Route cdn:Rule cdn:RuleSet
		cdn:SecurityPolicy network/v20240201:Policy`,
	azureEvents:   `eventgrid:SystemTopic eventgrid/v20240601preview:SystemTopicEventSubscription`,
	azureRequests: `keyvault:Secret`,
	azureWAF:      `network:WebApplicationFirewallPolicy`,
	azureProvided: `authorization:ManagementLockByScope consumption:Budget insights:ActivityLogAlert
		resources:ResourceGroup`,
	asItsParent: `cache/v20250401:Database containerservice/v20241001:MaintenanceConfiguration
		dataprotection/v20240401:BackupInstance dataprotection/v20240401:BackupVault dbforpostgresql/v20240801:Database
		network:DnssecConfig network:RecordSet storage:BlobContainer storage:StorageAccountStaticWebsite`,
	onlySays: `compute:DiskEncryptionSet containerregistry:CacheRule dbforpostgresql/v20240801:Configuration
		storage:BlobContainerImmutabilityPolicy storage:BlobServiceProperties storage:ManagementPolicy`,
})
