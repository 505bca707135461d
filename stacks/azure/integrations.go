package azure

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/azure"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// rights are what service accounts may do in Azure, by a name of the right's.
type rights map[platform.Account]map[string]components.Grant

func (r rights) add(account platform.Account, name string, g components.Grant) {
	if r[account] == nil {
		r[account] = map[string]components.Grant{}
	}
	r[account][name] = g
}

// makeSecrets makes the secrets, unless a Vault has them.
func (b *builder) makeSecrets() error {
	s := b.Secrets
	out := platform.Secrets{Store: string(s.Store), References: pulumi.StringMap{}}
	if s.Store == settings.VaultStore {
		out.Address, out.AuthMount, out.Role, out.Path = s.Vault.Address, s.Vault.AuthMount, s.Vault.Role, s.Vault.Path
		for name := range s.Names {
			out.References[name] = pulumi.String(b.scope.Prefix + "/" + name)
		}
		b.platform.Secrets = out
		return nil
	}
	args := &components.SecretsArgs{
		Scope: b.scope, VaultID: b.vaults.secrets.ID, VaultName: b.vaults.secrets.Name, Secrets: map[string]components.SecretArgs{},
	}
	for name, one := range s.Names {
		args.Secrets[name] = components.SecretArgs{Purpose: one.Purpose}
	}
	secrets, err := components.NewSecrets(b.ctx, "secrets-store", args, b.in)
	if err != nil {
		return err
	}
	b.secrets = secrets
	for name, reference := range secrets.Names {
		out.References[name] = reference
	}
	b.platform.Secrets = out
	return nil
}

// makeIntegrations fills in what Azure adds to the cluster, and says what each
// operator may do. makeWorkloads makes their identities.
func (b *builder) makeIntegrations() error {
	all := &b.platform.Cluster.Integrations
	if b.dns != nil {
		b.rights.add(platform.RecordsAccount, "records", components.Grant{Role: components.DNSZoneContributor, On: b.dns.ZoneID})
		b.rights.add(platform.CertificatesAccount, "proofs", components.Grant{Role: components.DNSZoneContributor, On: b.dns.ZoneID})
	}
	if b.Operators.Backups.Enabled {
		b.rights.add(platform.BackupAccount, "backups", components.Grant{Role: components.BlobContributor, On: b.buckets["backups"].ContainerIDs["backups"]})
		all.Backup = &platform.BackupLocation{
			Provider: "velero.io/azure", Image: "velero-plugin-azure", Bucket: pulumi.String("backups"), Prefix: "cluster",
			Config: map[string]any{
				"subscriptionId": b.scope.SubscriptionID, "resourceGroup": b.group.Name, "storageAccount": b.buckets["backups"].Name,
				"storageAccountURI": pulumi.Sprintf("https://%s", b.buckets["backups"].Host), "useAAD": "true",
			},
			SnapshotDriver: "disk.csi.azure.com",
		}
	}
	if b.gateway != nil {
		all.Balancer = &platform.Balancer{
			Class: gatewayClass, Certificate: true, Backend: b.gatewayBackend, Annotations: map[string]pulumi.StringInput{},
		}
	}
	return nil
}

// What the controller of the application gateway reads on an Ingress.
// Source: Application Gateway Ingress Controller, "Annotations".
const (
	gatewayClass  = "azure-application-gateway"
	gatewayPrefix = "appgw.ingress.kubernetes.io/"
)

// gatewayBackend says how the gateway speaks to what is behind it. It asks for
// health on the same port as for everything else: who answers at all is well, since
// no route may lead anywhere yet.
func (b *builder) gatewayBackend(p platform.Backend) map[string]string {
	protocol := "http"
	if p.TLS {
		protocol = "https"
	}
	return map[string]string{
		gatewayPrefix + "backend-protocol": protocol, gatewayPrefix + "health-probe-path": "/",
		gatewayPrefix + "health-probe-status-codes": "200-399, 404", gatewayPrefix + "connection-draining": "true",
		gatewayPrefix + "connection-draining-timeout": "30", gatewayPrefix + "request-timeout": fmt.Sprint(b.EntranceSeconds()),
	}
}

// records says how names are kept in the stack's zone. external-dns reads who it
// is from a file, which holds no secret.
// Source: external-dns, "Setting up ExternalDNS for Services on Azure", workload
// identity; cert-manager, "AzureDNS", workload identity.
func (b *builder) records() *platform.Records {
	file := b.dns.Group.ApplyT(func(group string) (string, error) {
		text, err := json.Marshal(map[string]any{
			"tenantId": b.scope.TenantID, "subscriptionId": b.scope.SubscriptionID, "resourceGroup": group, "useWorkloadIdentityExtension": true,
		})
		return string(text), err
	}).(pulumi.StringOutput)
	return &platform.Records{
		Zone: b.dns.Name,
		Values: map[string]any{
			"provider":            map[string]any{"name": "azure"},
			"secretConfiguration": map[string]any{"enabled": true, "mountPath": "/etc/kubernetes/", "data": map[string]any{"azure.json": file}},
		},
		Solver: map[string]any{"azureDNS": map[string]any{
			"subscriptionID": b.scope.SubscriptionID, "resourceGroupName": b.dns.Group, "hostedZoneName": b.dns.Name, "environment": "AzurePublicCloud",
			"managedIdentity": map[string]any{"clientID": b.identities[platform.CertificatesAccount].ClientID},
		}},
	}
}

// secretSource is where External Secrets reads: as its own service account, whose
// identity is that of the reader of this name in the settings.
// Source: External Secrets, "Azure Key Vault", workload identity.
func (b *builder) secretSource() *platform.SecretSource {
	account := map[string]any{"name": platform.SecretsAccount.Name, "namespace": platform.SecretsAccount.Namespace}
	if s := b.Secrets; s.Store == settings.VaultStore {
		return &platform.SecretSource{Port: s.Vault.Port(), Provider: map[string]any{"vault": map[string]any{
			"server": s.Vault.Address, "path": s.Vault.Path, "version": "v2",
			"auth": map[string]any{"kubernetes": map[string]any{"mountPath": s.Vault.AuthMount, "role": s.Vault.Role, "serviceAccountRef": account}},
		}}}
	}
	return &platform.SecretSource{Provider: map[string]any{"azurekv": map[string]any{
		"authType": "WorkloadIdentity", "vaultUrl": b.vaults.secrets.URI, "tenantId": b.scope.TenantID, "serviceAccountRef": account,
	}}}
}

// makeWorkloads gives service accounts their identities: the operators', and those
// that the settings name. A service account has one, with all that it may do.
func (b *builder) makeWorkloads() error {
	for _, name := range slices.Sorted(maps.Keys(b.Secrets.Readers)) {
		r := b.Secrets.Readers[name]
		for secret, id := range b.readable(r.Secrets) {
			b.rights.add(accountOf(r.ServiceAccount), "secret-"+secret, components.Grant{Role: components.SecretsReader, On: id})
		}
	}
	b.grantBuckets()
	accounts := map[platform.Account]platform.Identity{}
	b.identities = map[platform.Account]*components.Workload{}
	byName := func(x, y platform.Account) int {
		return strings.Compare(x.Namespace+"/"+x.Name, y.Namespace+"/"+y.Name)
	}
	for _, account := range slices.SortedFunc(maps.Keys(b.rights), byName) {
		// A namespace has no underscores, so the name is no other account's.
		w, err := components.NewWorkload(b.ctx, "workload-"+account.Namespace+"_"+account.Name, &components.WorkloadArgs{
			Scope: b.scope, Issuer: b.aks.Issuer, Namespace: account.Namespace, ServiceAccount: account.Name, Grants: b.rights[account],
		}, b.in)
		if err != nil {
			return fmt.Errorf("giving %s/%s an identity: %w", account.Namespace, account.Name, err)
		}
		b.identities[account] = w
		accounts[account] = platform.Identity{
			Annotations: pulumi.StringMap{
				components.ClientIDAnnotation: w.ClientID, components.TenantIDAnnotation: pulumi.String(b.scope.TenantID),
			},
			Labels: map[string]string{components.IdentityLabel: "true"}, Ready: w.Ready,
		}
	}
	if err := b.makeSnapshots(); err != nil {
		return err
	}
	all := &b.platform.Cluster.Integrations
	all.Accounts, all.Secrets = accounts, b.secretSource()
	if b.dns != nil {
		all.Records = b.records()
	}
	return nil
}

// grantBuckets lets the product's services and jobs at the buckets that they use.
func (b *builder) grantBuckets() {
	for account, rights := range platform.BucketGrants(b.Settings) {
		for purpose, access := range rights {
			role := components.BlobReader
			if access == settings.BucketReadWrite {
				role = components.BlobContributor
			}
			b.rights.add(account, "bucket-"+purpose, components.Grant{Role: role, On: b.buckets[purpose].ContainerIDs[purpose]})
		}
	}
}

// makeSnapshots lets Elasticsearch at the container of backups. It may read no
// token but one in its own configuration.
// Source: Elasticsearch reference, "Azure repository", workload identity.
func (b *builder) makeSnapshots() error {
	if !b.Logging.Enabled || !b.Logging.Snapshots.Enabled {
		return nil
	}
	const folder, file = "azure/tokens", "azure-identity-token"
	w, err := components.NewWorkload(b.ctx, "workload-logging_elasticsearch", &components.WorkloadArgs{
		Scope: b.scope, Issuer: b.aks.Issuer, Namespace: "logging", ServiceAccount: "elasticsearch",
		Grants: map[string]components.Grant{"snapshots": {Role: components.BlobContributor, On: b.buckets["backups"].ContainerIDs["backups"]}},
	}, b.in)
	if err != nil {
		return err
	}
	b.platform.Snapshots = &platform.SnapshotRepository{
		Type:     "azure",
		Settings: pulumi.StringMap{"client": pulumi.String("default"), "container": pulumi.String("backups"), "base_path": pulumi.String("elasticsearch")},
		Keystore: pulumi.StringMap{"azure.client.default.account": b.buckets["backups"].Name},
		Env: pulumi.StringMap{
			"AZURE_CLIENT_ID": w.ClientID, "AZURE_TENANT_ID": pulumi.String(b.scope.TenantID), "AZURE_AUTHORITY_HOST": pulumi.String("https://login.microsoftonline.com/"),
			"AZURE_FEDERATED_TOKEN_FILE": pulumi.String("/usr/share/elasticsearch/config/" + folder + "/" + file),
		},
		TokenAudience: components.TokenAudience, TokenFolder: folder, TokenFile: file,
	}
	return nil
}

// readable are the ids of the secrets that a reader names. What a Vault has, the
// Vault gives out itself.
func (b *builder) readable(names []string) map[string]pulumi.StringInput {
	all := map[string]pulumi.StringInput{}
	for _, name := range names {
		switch {
		case name == "database":
			all[name] = b.database.SecretID
		case b.secrets != nil:
			all[name] = b.secrets.IDs[name]
		}
	}
	return all
}

// accountOf reads namespace/name.
func accountOf(text string) platform.Account {
	namespace, name, _ := strings.Cut(text, "/")
	return platform.Account{Namespace: namespace, Name: name}
}
