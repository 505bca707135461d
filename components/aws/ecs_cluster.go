package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FargateMayUse lets Fargate encrypt the disks of tasks of the scope's cluster
// with a key, and of no other cluster.
// Source: ECS developer guide, "Create an encryption key for Fargate ephemeral
// storage".
func FargateMayUse(s Scope) []Statement {
	only := func() map[string]map[string][]string {
		return map[string]map[string][]string{"StringEquals": {
			"kms:EncryptionContext:aws:ecs:clusterAccount": {s.AccountID},
			"kms:EncryptionContext:aws:ecs:clusterName":    {EcsClusterName(s.Prefix)},
		}}
	}
	grants := only()
	grants["ForAllValues:StringEquals"] = map[string][]string{"kms:GrantOperations": {"Decrypt"}}
	fargate := &Principal{Service: []string{"fargate.amazonaws.com"}}
	return []Statement{{
		Sid: "FargateEncrypts", Effect: "Allow", Principal: fargate, Resource: []string{"*"},
		Action: []string{"kms:GenerateDataKeyWithoutPlaintext"}, Condition: only(),
	}, {
		Sid: "FargateGrants", Effect: "Allow", Principal: fargate, Resource: []string{"*"},
		Action: []string{"kms:CreateGrant"}, Condition: grants,
	}}
}

// shellGroup is the log group that records the shells in a prefix's containers.
func shellGroup(prefix string) string { return "/ecs/" + prefix + "/shells" }

// makeCluster makes the cluster, with the log groups that ECS would otherwise
// make without key and retention.
func (b *ecsBuilder) makeCluster() error {
	clusterName := EcsClusterName(b.Prefix)
	shells, err := b.logGroup(b.ctx, "ecs", b.name+"-shells", pulumi.String(shellGroup(b.Prefix)), b.LogKeyArn, b.AuditDays, b.child()...)
	if err != nil {
		return err
	}
	insights, err := b.logGroup(b.ctx, "ecs", b.name+"-insights",
		pulumi.String("/aws/ecs/containerinsights/"+clusterName+"/performance"), b.LogKeyArn, b.LogDays, b.child()...)
	if err != nil {
		return err
	}
	cluster, err := ecs.NewCluster(b.ctx, b.name, &ecs.ClusterArgs{
		Name: pulumi.String(clusterName),
		// The counts of running and wanted tasks, which the alarms compare. Enhanced
		// insights would add a price for each task.
		Settings: ecs.ClusterSettingArray{ecs.ClusterSettingArgs{Name: pulumi.String("containerInsights"), Value: pulumi.String("enabled")}},
		Configuration: ecs.ClusterConfigurationArgs{
			ExecuteCommandConfiguration: ecs.ClusterConfigurationExecuteCommandConfigurationArgs{
				KmsKeyId: b.ShellKeyArn.ToStringOutput().ToStringPtrOutput(),
				Logging:  pulumi.String("OVERRIDE"),
				LogConfiguration: ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs{
					CloudWatchEncryptionEnabled: pulumi.Bool(true), CloudWatchLogGroupName: shells.Name,
				},
			},
			ManagedStorageConfiguration: ecs.ClusterConfigurationManagedStorageConfigurationArgs{
				FargateEphemeralStorageKmsKeyId: b.DiskKeyArn.ToStringOutput().ToStringPtrOutput(),
			},
		},
		Tags: b.tags("ecs", b.name),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{insights}))...)
	if err != nil {
		return fmt.Errorf("creating the cluster: %w", err)
	}
	capacity, err := ecs.NewClusterCapacityProviders(b.ctx, b.name, &ecs.ClusterCapacityProvidersArgs{
		ClusterName:       cluster.Name,
		CapacityProviders: pulumi.ToStringArray([]string{"FARGATE", "FARGATE_SPOT"}),
		// What somebody starts by hand is not taken away at two minutes' notice.
		DefaultCapacityProviderStrategies: ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArray{
			ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs{CapacityProvider: pulumi.String("FARGATE"), Weight: pulumi.Int(1)},
		},
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("attaching Fargate to the cluster: %w", err)
	}
	b.cluster = cluster
	b.ecs.ClusterName, b.ecs.ClusterArn = cluster.Name, cluster.Arn
	b.ecs.ready = append(b.ecs.ready, capacity)
	return nil
}
