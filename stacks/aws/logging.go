package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
)

// snapshotFolder is where in the bucket of backups Elasticsearch's snapshots are.
const snapshotFolder = "elasticsearch"

// makeSnapshots lets Elasticsearch at the bucket of backups. It may read no
// token but one in its own configuration, and before 9.6 knows no Pod Identity:
// it shows a token of its service account.
// Source: ECK guide, "Manage snapshot repositories" (IAM roles for service
// accounts); elastic/elasticsearch#151614.
func (b *builder) makeSnapshots() error {
	if b.eks == nil || !b.Logging.Enabled || !b.Logging.Snapshots.Enabled {
		return nil
	}
	const folder, file = "repository-s3", "aws-web-identity-token-file"
	role, err := components.NewWorkload(b.ctx, "workload-logging.elasticsearch", &components.WorkloadArgs{
		Scope: b.scope, ClusterName: b.eks.Name, Namespace: "logging", ServiceAccount: "elasticsearch",
		Issuer: &components.Issuer{ProviderArn: b.eks.OIDCProviderArn, URL: b.eks.OIDCIssuer},
		Policies: map[string]pulumi.StringInput{
			"snapshots": components.SnapshotsInBucket(b.scope, b.buckets.backups.Arn, b.keys.storage.Arn, snapshotFolder),
		},
	}, b.in)
	if err != nil {
		return err
	}
	b.platform.Snapshots = &platform.SnapshotRepository{
		Type:     "s3",
		Settings: pulumi.StringMap{"bucket": b.buckets.backups.Name, "base_path": pulumi.String(snapshotFolder)},
		Env: pulumi.StringMap{
			"AWS_REGION": pulumi.String(b.Region), "AWS_ROLE_ARN": role.RoleArn,
			"AWS_WEB_IDENTITY_TOKEN_FILE": pulumi.String("/usr/share/elasticsearch/config/" + folder + "/" + file),
		},
		TokenAudience: "sts.amazonaws.com", TokenFolder: folder, TokenFile: file,
	}
	return nil
}
