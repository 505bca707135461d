package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// entersCluster says whether the internet reaches the cluster: through a load
// balancer, which has a host with a certificate.
func (b *builder) entersCluster() bool {
	return len(b.EntranceHosts()) > 0
}

// rights are what operators may do in the account, by their accounts and a name
// of the policy's.
type rights map[platform.Account]map[string]pulumi.StringInput

// makeIntegrations fills in what AWS adds to the cluster, and says what each
// operator may do. makeWorkloads makes their roles.
func (b *builder) makeIntegrations() error {
	if b.eks == nil {
		return nil
	}
	all := &b.platform.Cluster.Integrations
	b.rights = rights{}
	if b.dns != nil {
		all.Records = b.records()
		b.rights[platform.RecordsAccount] = map[string]pulumi.StringInput{"records": components.RecordsPolicy(b.scope, b.dns.ZoneID)}
		b.rights[platform.CertificatesAccount] = map[string]pulumi.StringInput{"proofs": components.SolverPolicy(b.scope, b.dns.ZoneID)}
	}
	all.Secrets = b.secretSource()
	if b.Operators.Backups.Enabled {
		all.Backup = b.backupLocation()
		b.rights[platform.BackupAccount] = map[string]pulumi.StringInput{
			"cluster-backups": components.ClusterBackupPolicy(b.scope, b.buckets.backups.Arn, clusterBackups, b.keys.storage.Arn),
		}
	}
	if err := b.makeBalancer(); err != nil {
		return err
	}
	return b.makeNodeScaler()
}

// records says how names are kept in the stack's zone.
func (b *builder) records() *platform.Records {
	return &platform.Records{
		Zone: b.dns.Name,
		Values: map[string]any{
			"provider":  map[string]any{"name": "aws"},
			"env":       []any{map[string]any{"name": "AWS_DEFAULT_REGION", "value": b.Region}},
			"extraArgs": map[string]any{"aws-zone-type": "public", "zone-id-filter": b.dns.ZoneID},
		},
		Solver: map[string]any{"route53": map[string]any{"region": b.Region, "hostedZoneID": b.dns.ZoneID}},
	}
}

// secretSource is where External Secrets reads. It logs in as its own service
// account, whose role is that of the reader of this name in the settings.
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
	return &platform.SecretSource{Provider: map[string]any{"aws": map[string]any{"service": "SecretsManager", "region": b.Region}}}
}

// clusterBackups is the folder of the bucket that Velero writes to.
const clusterBackups = "cluster"

func (b *builder) backupLocation() *platform.BackupLocation {
	return &platform.BackupLocation{
		Provider: "velero.io/aws", Image: "velero-plugin-aws", Bucket: b.buckets.backups.Name, Prefix: clusterBackups,
		Config:         map[string]any{"region": b.Region, "kmsKeyId": b.keys.storage.Arn},
		SnapshotDriver: "ebs.csi.aws.com",
	}
}

// makeNodeScaler makes what Karpenter needs in the account, and describes its
// pools. It runs on the node groups: it cannot start the node that it runs on.
func (b *builder) makeNodeScaler() error {
	if len(b.Operators.Pools) == 0 {
		return nil
	}
	name := components.ClusterName(b.scope.Prefix)
	k, err := components.NewKarpenter(b.ctx, "karpenter", &components.KarpenterArgs{
		Scope: b.scope, ClusterName: name, Cluster: b.eks.Name, DiskKeyArn: b.keys.disks.Arn,
	}, b.in)
	if err != nil {
		return err
	}
	b.karpenter = k
	b.rights[platform.NodesAccount] = k.Policies
	config := map[string]any{"clusterName": name, "clusterEndpoint": b.eks.Endpoint, "interruptionQueue": k.QueueName}
	if b.Network.PodCIDR != "" {
		config["reservedENIs"] = "1" // the first has the node's address, and no pod's
	}
	scaler := &platform.NodeScaler{Controller: &platform.Controller{
		Charts: []string{"karpenter-crd", "karpenter"}, Account: platform.NodesAccount,
		Values: map[string]any{
			"settings": config, "serviceMonitor": map[string]any{"enabled": true},
			"controller": map[string]any{"resources": kubernetes.Resources("250m", "512Mi", "1Gi")}, // it holds all pods and instance types
		},
		Replicated: func(n int) map[string]any {
			return map[string]any{"replicas": n}
		},
	}}
	for _, pool := range slices.Sorted(maps.Keys(b.Operators.Pools)) {
		specs, err := b.poolSpecs(pool)
		if err != nil {
			return err
		}
		scaler.Specs = append(scaler.Specs, specs...)
	}
	b.platform.Cluster.Integrations.Nodes = scaler
	return nil
}

func (b *builder) poolSpecs(name string) ([]platform.Spec, error) {
	p := b.Operators.Pools[name]
	args := components.KarpenterPool{
		Families: p.Instances, Spot: p.Spot, CPUs: p.CPUs, MemoryGiB: p.MemoryGiB, DiskGiB: p.DiskGiB,
		ConsolidateAfter: p.ConsolidateAfter.String(), MaxAge: p.MaxAge.String(), DisruptPercent: p.DisruptPercent,
		TerminationGracePeriod: p.TerminationGracePeriod.String(),
		Labels:                 p.Labels, Taints: map[string]components.TaintArgs{},
	}
	for key, t := range p.Taints {
		args.Taints[key] = components.TaintArgs{Value: t.Value, Effect: string(t.Effect)}
	}
	pool, err := b.karpenter.NodePool(name, args)
	if err != nil {
		return nil, err
	}
	class := b.karpenter.NodeClass(b.scope, components.KarpenterNodes{
		ClusterName: components.ClusterName(b.scope.Prefix), Version: b.Cluster.Version,
		SecurityGroupID: b.eks.NodeSecurityGroupID, DiskKeyArn: b.keys.disks.Arn,
	}, args)
	return []platform.Spec{
		{APIVersion: "karpenter.k8s.aws/v1", Kind: "EC2NodeClass", Name: name, Spec: class},
		{APIVersion: "karpenter.sh/v1", Kind: "NodePool", Name: name, Spec: pool},
	}, nil
}

// bucketUses are the buckets that a service account uses.
func (b *builder) bucketUses(rights platform.BucketRights) map[string]components.BucketUse {
	made := map[string]*components.Bucket{"assets": b.buckets.assets, "uploads": b.buckets.uploads}
	all := map[string]components.BucketUse{}
	for purpose, access := range rights {
		all[purpose] = components.BucketUse{
			Arn: made[purpose].Arn, KeyArn: b.keys.storage.Arn, Write: access == settings.BucketReadWrite,
		}
	}
	return all
}

// makeWorkloads gives service accounts their roles: the operators', those of the
// product's services, and those that the settings name. A service account has one,
// with all that it may do.
func (b *builder) makeWorkloads() error {
	if b.eks == nil {
		return nil // services on ECS have roles of their own
	}
	policies := rights{}
	add := func(account platform.Account, name string, policy pulumi.StringInput) {
		if policies[account] == nil {
			policies[account] = map[string]pulumi.StringInput{}
		}
		policies[account][name] = policy
	}
	for account, own := range b.rights {
		for name, policy := range own {
			add(account, name, policy)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Secrets.Readers)) {
		r := b.Secrets.Readers[name]
		if secrets, keys := b.readable(r.Secrets); len(secrets) > 0 {
			add(accountOf(r.ServiceAccount), "secrets-"+name, components.ReadSecrets(b.scope, secrets, keys))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Cache.Users)) {
		for _, account := range b.Cache.Users[name].ServiceAccounts {
			add(accountOf(account), "cache-"+name, b.stores.cache.ConnectPolicy(name))
		}
	}
	for account, rights := range platform.BucketGrants(b.Settings) {
		add(account, "buckets", components.UseBuckets(b.scope, b.bucketUses(rights)))
	}
	return b.makeRoles(policies)
}

// accountOf reads namespace/name.
func accountOf(text string) platform.Account {
	namespace, name, _ := strings.Cut(text, "/")
	return platform.Account{Namespace: namespace, Name: name}
}

// makeRoles makes a role for each service account.
func (b *builder) makeRoles(policies rights) error {
	identities := map[platform.Account]platform.Identity{}
	byName := func(x, y platform.Account) int {
		return strings.Compare(x.Namespace+"/"+x.Name, y.Namespace+"/"+y.Name)
	}
	for _, account := range slices.SortedFunc(maps.Keys(policies), byName) {
		// A namespace has no dots, so the name is no other account's.
		role, err := components.NewWorkload(b.ctx, "workload-"+account.Namespace+"."+account.Name, &components.WorkloadArgs{
			Scope: b.scope, ClusterName: b.eks.Name, Namespace: account.Namespace, ServiceAccount: account.Name, Policies: policies[account],
		}, b.in)
		if err != nil {
			return fmt.Errorf("giving %s/%s a role: %w", account.Namespace, account.Name, err)
		}
		identities[account] = platform.Identity{Ready: role.Ready} // Pod Identity needs no annotation
	}
	if b.karpenter != nil {
		nodes := identities[platform.NodesAccount]
		nodes.Ready = append(nodes.Ready, b.karpenter.Ready...)
		identities[platform.NodesAccount] = nodes
	}
	b.platform.Cluster.Integrations.Accounts = identities
	return nil
}
