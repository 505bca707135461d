package gcp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/gcp"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// may returns what a service account may do, to be added to.
func (b *builder) may(account platform.Account) *components.WorkloadArgs {
	if b.rights[account] == nil {
		b.rights[account] = &components.WorkloadArgs{
			Scope: b.scope, Pool: b.gke.WorkloadPool, Namespace: account.Namespace, ServiceAccount: account.Name,
			Roles: map[string]string{}, Zones: map[string]pulumi.StringInput{}, Secrets: map[string]pulumi.StringInput{},
			Buckets: map[string]pulumi.StringInput{}, ReadBuckets: map[string]pulumi.StringInput{},
		}
	}
	return b.rights[account]
}

// makeIntegrations fills in what Google Cloud adds to the cluster, and says what
// each operator may do. makeWorkloads gives them their rights.
func (b *builder) makeIntegrations() error {
	all := &b.platform.Cluster.Integrations
	if b.dns != nil {
		all.Records = b.records()
		records := b.may(platform.RecordsAccount)
		records.Zones["records"], records.Roles["zones"] = b.dns.ZoneID, "roles/dns.reader"
		b.may(platform.CertificatesAccount).Zones["proofs"] = b.dns.ZoneID
	}
	all.Secrets = b.secretSource()
	if b.Operators.Backups.Enabled {
		// It signs links to logs of backups, which needs an account of Google's.
		velero := b.may(platform.BackupAccount)
		velero.Account, velero.Signs = true, true
		velero.Buckets["cluster-backups"] = b.buckets["backups"].Name
	}
	if b.entersCluster() {
		all.Balancer = b.balancer()
	}
	b.grantBuckets()
	for _, name := range slices.Sorted(maps.Keys(b.Secrets.Readers)) {
		r := b.Secrets.Readers[name]
		namespace, account, _ := strings.Cut(r.ServiceAccount, "/")
		reader := b.may(platform.Account{Namespace: namespace, Name: account})
		for _, secret := range r.Secrets {
			if id := b.secretID(secret); id != nil {
				reader.Secrets["secret-"+secret] = id
			}
		}
	}
	return nil
}

// grantBuckets lets the product's services and jobs at the buckets that they use.
func (b *builder) grantBuckets() {
	for account, rights := range platform.BucketGrants(b.Settings) {
		who := b.may(account)
		for purpose, access := range rights {
			to := who.ReadBuckets
			if access == settings.BucketReadWrite {
				to = who.Buckets
			}
			to["bucket-"+purpose] = b.buckets[purpose].Name
		}
	}
}

// secretID is the path of a secret; nil if a Vault has it.
func (b *builder) secretID(name string) pulumi.StringInput {
	switch {
	case name == "database":
		return b.database.SecretID
	case name == "cache":
		return b.cache.SecretID
	case b.secrets != nil:
		return b.secrets.IDs[name]
	}
	return nil
}

// records says how names are kept in the stack's zone.
func (b *builder) records() *platform.Records {
	return &platform.Records{
		Zone: b.dns.Name,
		Values: map[string]any{
			"provider":  map[string]any{"name": "google"},
			"extraArgs": map[string]any{"google-project": b.scope.Project, "google-zone-visibility": "public"},
		},
		Solver: map[string]any{"cloudDNS": map[string]any{"project": b.scope.Project, "hostedZoneName": b.dns.ZoneID}},
	}
}

// secretSource is where External Secrets reads. It asks as its own service
// account, which is the reader of this name in the settings.
func (b *builder) secretSource() *platform.SecretSource {
	if s := b.Secrets; s.Store == settings.VaultStore {
		return &platform.SecretSource{Port: s.Vault.Port(), Provider: map[string]any{"vault": map[string]any{
			"server": s.Vault.Address, "path": s.Vault.Path, "version": "v2",
			"auth": map[string]any{"kubernetes": map[string]any{
				"mountPath": s.Vault.AuthMount, "role": s.Vault.Role,
				"serviceAccountRef": map[string]any{"name": platform.SecretsAccount.Name, "namespace": platform.SecretsAccount.Namespace},
			}},
		}}}
	}
	return &platform.SecretSource{Provider: map[string]any{"gcpsm": map[string]any{"projectID": b.scope.Project}}}
}

// clusterBackups is the folder of the bucket that Velero writes to.
const clusterBackups = "cluster"

// backupLocation is where Velero writes, as an account of Google's.
// Source: velero-plugin-for-gcp, "Set permissions for Velero", Workload Identity.
func (b *builder) backupLocation(email string) *platform.BackupLocation {
	return &platform.BackupLocation{
		Provider: "velero.io/gcp", Image: "velero-plugin-gcp", Bucket: b.buckets["backups"].Name, Prefix: clusterBackups,
		Config: map[string]any{"serviceAccount": email}, SnapshotDriver: diskDriver,
	}
}

// makeWorkloads gives service accounts their rights: the operators', and those
// that the settings name.
func (b *builder) makeWorkloads() error {
	identities := map[platform.Account]platform.Identity{}
	byName := func(x, y platform.Account) int {
		return strings.Compare(x.Namespace+"/"+x.Name, y.Namespace+"/"+y.Name)
	}
	for _, account := range slices.SortedFunc(maps.Keys(b.rights), byName) {
		// A namespace has no dots, so the name is no other account's.
		w, err := components.NewWorkload(b.ctx, "workload-"+account.Namespace+"."+account.Name, b.rights[account], b.in)
		if err != nil {
			return fmt.Errorf("giving %s/%s its rights: %w", account.Namespace, account.Name, err)
		}
		identities[account] = platform.Identity{Annotations: pulumi.ToStringMap(w.Annotations), Ready: w.Ready}
		if account == platform.BackupAccount && b.Operators.Backups.Enabled {
			b.platform.Cluster.Integrations.Backup = b.backupLocation(w.Email)
		}
	}
	b.platform.Cluster.Integrations.Accounts = identities
	return nil
}

// snapshotFolder is where in the bucket of backups Elasticsearch's snapshots are.
const snapshotFolder = "elasticsearch"

// makeSnapshots lets Elasticsearch at the bucket of backups. It asks the metadata
// server for the credentials of its service account.
// Source: Elasticsearch reference, "Google Cloud Storage repository",
// authentication by the attached service account.
func (b *builder) makeSnapshots() error {
	if !b.Logging.Enabled || !b.Logging.Snapshots.Enabled {
		return nil
	}
	b.may(platform.Account{Namespace: "logging", Name: "elasticsearch"}).Buckets["snapshots"] = b.buckets["backups"].Name
	b.platform.Snapshots = &platform.SnapshotRepository{
		Type:        "gcs",
		Settings:    pulumi.StringMap{"bucket": b.buckets["backups"].Name, "base_path": pulumi.String(snapshotFolder)},
		Credentials: metadata, CredentialsPorts: metadataPorts,
	}
	return nil
}
