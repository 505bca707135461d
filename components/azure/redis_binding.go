package azure

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// The provider's SDK has no module of its own for caches, so Azure Managed Redis
// is bound by hand. Azure Cache for Redis, its predecessor, can no longer be
// made. The version 2025-04-01 of the API is the first with its sizes and with
// rights by identity.
// The version has no switch for public access, which later ones have and cannot
// set on what older ones made: a cache with a private endpoint answers nowhere
// else.
// Sources: Pulumi registry, azure-native 2.90, cache.RedisEnterprise; Azure Managed
// Redis documentation, "Azure Cache for Redis retirement" and "Private Link"; .NET
// reference, RedisEnterpriseCache ClusterUpdate.PublicNetworkAccess; read 2026-11.
const redisModule = "azure-native:cache/v20250401:"

// redisCluster is a cache as Azure sees it: the machines.
type redisCluster struct {
	pulumi.CustomResourceState

	Name     pulumi.StringOutput `pulumi:"name"`
	HostName pulumi.StringOutput `pulumi:"hostName"`
}
