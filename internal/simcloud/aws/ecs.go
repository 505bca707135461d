package aws

import (
	"regexp"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The types of ECS: clusters here, task definitions in ecs_task.go, services in
// ecs_service.go, their scaling in autoscaling.go.
//
// Sources: the ECS API reference (version 2014-11-13) and developer guide, read
// 2026-11; error words as reported in issues of Terraform modules and the CDK.
const (
	ecsClusterToken  = "aws:ecs/cluster:Cluster"
	ecsCapacityToken = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
	ecsTaskToken     = "aws:ecs/taskDefinition:TaskDefinition"
	ecsServiceToken  = "aws:ecs/service:Service"
)

var ecsName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

func ecsTypes() []*simcloud.Type {
	return []*simcloud.Type{ecsCluster(), ecsCapacity(), ecsTaskDefinition(), ecsService()}
}

func ecsCluster() *simcloud.Type {
	return &simcloud.Type{
		Token: ecsClusterToken, Noun: "cluster", Auto: "name", AutoMax: 255, Takes: 10 * time.Second,
		ID:      func(op *simcloud.Op) string { return arn(op, "ecs", "cluster/"+op.In.String("name")) },
		Replace: []string{"name"},
		Refs: []simcloud.Ref{{
			Path: "configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId", To: []string{keyToken}, By: "arn",
			Missing: "InvalidParameterException: The specified KMS key '%s' does not exist",
		}, {
			Path: "configuration.executeCommandConfiguration.kmsKeyId", To: []string{keyToken}, By: "arn",
			Missing: "InvalidParameterException: The specified KMS key '%s' does not exist",
		}},
		InUse: "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.",
		Unique: []simcloud.Unique{{
			// ECS would hand out the cluster that is there without a word.
			Paths: []string{"name"}, Words: "ResourceConflict: a cluster named %s exists already and would be taken over",
		}},
		Validate: func(in simcloud.Values) []error {
			const exec = "configuration.executeCommandConfiguration"
			errs := simcloud.Problems(simcloud.Matches(in, "name", ecsName), simcloud.OneOf(in, exec+".logging", "NONE", "DEFAULT", "OVERRIDE"))
			for _, s := range in.Objects("settings[]") {
				errs = append(errs, simcloud.Problems(simcloud.OneOf(s, "name", "containerInsights"), simcloud.OneOf(s, "value", "enabled", "enhanced", "disabled"))...)
			}
			if in.String(exec+".logging") == "OVERRIDE" && !in.Has(exec+".logConfiguration") {
				errs = append(errs, simcloud.Refusal("InvalidParameterException", "Log configuration must be specified when logging is OVERRIDE."))
			}
			return errs
		},
		Refuse: fargateMayUse,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "ecs", "cluster/"+op.In.String("name"))}
		},
	}
}

// fargateMayUse refuses a key for the tasks' disks whose policy does not let
// Fargate use it: no task would start.
func fargateMayUse(op *simcloud.Op) error {
	arn := op.In.String("configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId")
	if arn == "" {
		return nil
	}
	doc, err := parsePolicy(op.Find(keyToken, "arn", arn).In.String("policy"))
	if err != nil {
		return nil // the default policy of a key
	}
	for _, action := range []string{"kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"} {
		if !slices.ContainsFunc(doc.Statement, func(s statement) bool {
			return s.Effect == "Allow" && s.allows(action) && s.Principal.names("Service", "fargate.amazonaws.com")
		}) {
			return simcloud.Refusal("AccessDeniedException", "The policy of the key %s does not let fargate.amazonaws.com perform %s", arn, action)
		}
	}
	return nil
}

// fargateProviders are the capacity providers that every account has.
var fargateProviders = []string{"FARGATE", "FARGATE_SPOT"}

func ecsCapacity() *simcloud.Type {
	return &simcloud.Type{
		Token: ecsCapacityToken, Noun: "cluster capacity providers", IDFrom: "clusterName", Takes: 10 * time.Second,
		Required: []string{"clusterName"},
		Replace:  []string{"clusterName"},
		Refs: []simcloud.Ref{{
			Path: "clusterName", To: []string{ecsClusterToken}, By: "name", Missing: "ClusterNotFoundException: Cluster not found. (%s)",
		}},
		Refuse: func(op *simcloud.Op) error {
			attached := op.In.Strings("capacityProviders[]")
			for _, p := range attached {
				if !slices.Contains(fargateProviders, p) {
					return simcloud.Refusal("InvalidParameterException", "The specified capacity provider '%s' does not exist. Specify a valid name or ARN and try again.", p)
				}
			}
			for _, p := range op.In.Strings("defaultCapacityProviderStrategies[].capacityProvider") {
				if !slices.Contains(attached, p) {
					return notAssociated()
				}
			}
			return providerInUse(op, attached)
		},
		Delete: func(op *simcloud.Op) error { return providerInUse(op, nil) },
	}
}

func notAssociated() error {
	return simcloud.Refusal("InvalidParameterException",
		"The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.")
}

// providerInUse refuses to take a capacity provider from a cluster whose
// services use it.
func providerInUse(op *simcloud.Op, left []string) error {
	cluster := op.Find(ecsClusterToken, "name", op.In.String("clusterName"))
	for _, s := range op.All(ecsServiceToken) {
		if cluster == nil || s.Out.String("cluster") != cluster.ID {
			continue
		}
		for _, p := range s.Out.Strings("capacityProviderStrategies[].capacityProvider") {
			if !slices.Contains(left, p) {
				return simcloud.Refusal("ResourceInUseException", "The specified capacity provider is in use and cannot be removed. (%s, by service %s)", p, s.Out.String("name"))
			}
		}
	}
	return nil
}
