package cost

import "strings"

// gcpKinds are the types of Google Cloud that cost something.
var gcpKinds = map[string]kind{
	"gcp:container/cluster:Cluster":   newGkeCluster,
	"gcp:container/nodePool:NodePool": newNodePool,

	"gcp:sql/databaseInstance:DatabaseInstance": newCloudSQL,
	"gcp:redis/instance:Instance":               newMemorystore,

	"gcp:storage/bucket:Bucket":                  newGcsBucket,
	"gcp:artifactregistry/repository:Repository": of(metered{"images", "artifact-registry/storage", "imagesGB", GBMonth, Storage, true}),
	"gcp:gkebackup/backupPlan:BackupPlan":        newGkeBackup,

	"gcp:compute/network:Network":       newGcpNetwork,
	"gcp:compute/subnetwork:Subnetwork": newSubnetwork,
	"gcp:compute/routerNat:RouterNat":   newCloudNAT,
	"gcp:compute/address:Address":       newGcpAddress,

	"gcp:compute/globalForwardingRule:GlobalForwardingRule": newForwardingRule,
	"gcp:compute/backendBucket:BackendBucket":               newBackendBucket,
	"gcp:compute/backendService:BackendService":             of(metered{"data through the load balancer", "lb/data", "network.internetGB", GB, Edge, true}),
	"gcp:compute/securityPolicy:SecurityPolicy":             newSecurityPolicy,
	"gcp:dns/managedZone:ManagedZone":                       newManagedZone,

	"gcp:kms/cryptoKey:CryptoKey":                newCryptoKey,
	"gcp:secretmanager/secret:Secret":            newGcpSecret,
	"gcp:monitoring/alertPolicy:AlertPolicy":     newAlertPolicy,
	"gcp:projects/iAMAuditConfig:IAMAuditConfig": of(metered{"audit logs of data access taken in", "logging/ingest", "logsGB.security", GB, Observability, true}),
}

// Why types of Google Cloud are free.
const (
	gcpIdentity = "Google bills nothing for identities and their rights"
	gcpRouting  = "Google bills nothing for the parts of a network, only for what passes"
	gcpNoCharge = "Google offers it free of charge"
	gcpFront    = "billed with the forwarding rules of its load balancer"
	// Source: Pub/Sub pricing, the first 10 GiB of a month, read 2026-11.
	gcpFewMessages = "ten GB of messages a month cost nothing, and alerts are far less"
	// Source: Certificate Manager pricing, read 2026-11.
	gcpFewCertificates = "the first hundred certificates of a project cost nothing"
)

// gcpFree are the types of Google Cloud that cost nothing, each with the reason.
var gcpFree = invert("gcp", map[string]string{
	gcpIdentity: `artifactregistry/repositoryIamMember:RepositoryIamMember iam/workloadIdentityPool:WorkloadIdentityPool
		iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider kms/cryptoKeyIAMMember:CryptoKeyIAMMember
		projects/iAMMember:IAMMember projects/serviceIdentity:ServiceIdentity pubsub/topicIAMMember:TopicIAMMember
		secretmanager/secretIamMember:SecretIamMember serviceaccount/account:Account serviceaccount/iAMMember:IAMMember
		storage/bucketIAMMember:BucketIAMMember projects/service:Service
		dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember`,
	gcpRouting: `compute/firewall:Firewall compute/router:Router servicenetworking/connection:Connection
		compute/globalAddress:GlobalAddress dns/policy:Policy`,
	gcpFront: `compute/globalNetworkEndpoint:GlobalNetworkEndpoint compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup
		compute/sSLPolicy:SSLPolicy compute/targetHttpProxy:TargetHttpProxy compute/targetHttpsProxy:TargetHttpsProxy
		compute/uRLMap:URLMap`,
	gcpFewMessages: `pubsub/topic:Topic`,
	gcpFewCertificates: `certificatemanager/certificate:Certificate certificatemanager/certificateMap:CertificateMap
		certificatemanager/certificateMapEntry:CertificateMapEntry certificatemanager/dnsAuthorization:DnsAuthorization`,
	gcpNoCharge: `billing/budget:Budget monitoring/notificationChannel:NotificationChannel kms/keyRing:KeyRing
		gkebackup/restorePlan:RestorePlan logging/projectSink:ProjectSink`,
	asItsParent: `dns/recordSet:RecordSet secretmanager/secretVersion:SecretVersion sql/database:Database sql/user:User`,
})

// placed is a resource where it says that it is: one of Google Cloud or Azure
// need not be in its provider's region.
func (r Resource) placed() Resource {
	azure := strings.HasPrefix(r.Type, "azure-native:")
	if !azure && !strings.HasPrefix(r.Type, "gcp:") {
		return r
	}
	for _, input := range []string{"region", "location"} {
		if at, ok := r.Inputs.at(input).(string); ok && at != "" && !(azure && strings.EqualFold(at, "global")) {
			r.Region = strings.ToLower(at)
		}
	}
	return r
}
