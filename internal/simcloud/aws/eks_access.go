package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// eksAccessPolicies are the access policies for people and pipelines.
// Source: EKS user guide, "Review access policy permissions", read 2026-11.
var eksAccessPolicies = []string{
	"AmazonEKSAdminPolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy",
}

// eksPrincipal is a role or a user: the role itself, not a session of it.
var eksPrincipal = regexp.MustCompile(`^arn:aws:iam::\d{12}:(role|user)/.+$`)

func eksAccessEntry() *simcloud.Type {
	return &simcloud.Type{
		Token: eksAccessEntryToken, Noun: "access entry",
		ID:       func(op *simcloud.Op) string { return op.In.String("clusterName") + ":" + op.In.String("principalArn") },
		Required: []string{"clusterName", "principalArn"},
		Replace:  []string{"clusterName", "principalArn", "type"},
		Refs:     []simcloud.Ref{eksClusterRef(false)},
		Unique: []simcloud.Unique{{
			Paths: []string{"clusterName", "principalArn"},
			Words: "ResourceInUseException: The specified access entry resource is already in use on this cluster.",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "type", "STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX"))
			if who := in.String("principalArn"); who != "" && !eksPrincipal.MatchString(who) {
				errs = append(errs, simcloud.Refusal("InvalidParameterException",
					"The specified principalArn is invalid: invalid principal. (%s)", who))
			}
			for _, group := range in.Strings("kubernetesGroups[]") {
				if strings.HasPrefix(group, "system:") {
					errs = append(errs, simcloud.Refusal("InvalidParameterException", "The kubernetes group name %s is invalid, it cannot start with system:", group))
				}
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			cluster := op.Find(eksClusterToken, "id", op.In.String("clusterName"))
			if mode := cluster.In.String("accessConfig.authenticationMode"); mode == "" || mode == "CONFIG_MAP" {
				return simcloud.Refusal("InvalidRequestException",
					"The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.")
			}
			// A node group's role has its entry from EKS.
			if op.Old == nil && slices.ContainsFunc(op.All(eksNodeGroupToken), func(r *simcloud.Record) bool {
				return r.In.String("clusterName") == cluster.ID && r.In.String("nodeRoleArn") == op.In.String("principalArn")
			}) {
				return simcloud.Refusal("ResourceInUseException", "The specified access entry resource is already in use on this cluster.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			who := op.In.String("principalArn")
			name := who[strings.LastIndexByte(who, '/')+1:]
			return simcloud.Values{
				"accessEntryArn": arn(op, "eks", "access-entry/"+op.In.String("clusterName")+"/role/"+op.Account+"/"+name+"/"+op.Hex(8, "arn")),
			}
		},
	}
}

func eksAccessPolicy() *simcloud.Type {
	return &simcloud.Type{
		Token: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", Noun: "access policy association",
		ID: func(op *simcloud.Op) string {
			return op.In.String("clusterName") + "#" + op.In.String("principalArn") + "#" + op.In.String("policyArn")
		},
		Required: []string{"clusterName", "principalArn", "policyArn", "accessScope.type"},
		Replace:  []string{"*"},
		Refs:     []simcloud.Ref{eksClusterRef(false)},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "accessScope.type", "cluster", "namespace"))
			scope, spaces := in.String("accessScope.type"), in.Has("accessScope.namespaces") && len(in.All("accessScope.namespaces[]")) > 0
			if scope == "cluster" && spaces || scope == "namespace" && !spaces {
				errs = append(errs, simcloud.Refusal("InvalidParameterException", "The access scope %s and its namespaces do not go together.", scope))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			name, ok := strings.CutPrefix(op.In.String("policyArn"), "arn:aws:eks::aws:cluster-access-policy/")
			if !ok || !slices.Contains(eksAccessPolicies, name) {
				return simcloud.Refusal("InvalidParameterException", "The policyArn parameter format is not valid (%s)", op.In.String("policyArn"))
			}
			if op.Find(eksAccessEntryToken, "id", op.In.String("clusterName")+":"+op.In.String("principalArn")) == nil {
				return simcloud.Refusal("ResourceNotFoundException",
					"The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.")
			}
			return nil
		},
	}
}

func eksPodIdentity() *simcloud.Type {
	return &simcloud.Type{
		Token: eksPodIdentityToken, Noun: "pod identity association", IDPrefix: "a-",
		Required: []string{"clusterName", "namespace", "serviceAccount", "roleArn"},
		Replace:  []string{"clusterName", "namespace", "serviceAccount"},
		Refs: []simcloud.Ref{eksClusterRef(false), {
			Path: "roleArn", To: []string{roleToken}, By: "arn",
			Missing: "InvalidParameterException: Role provided in the request does not exist. (%s)",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"clusterName", "namespace", "serviceAccount"},
			Words: "ResourceInUseException: Association already exists on cluster %s for namespace %s and service account %s",
		}},
		Refuse: func(op *simcloud.Op) error {
			role := op.Find(roleToken, "arn", op.In.String("roleArn"))
			if !eksTrusts(role, "pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession") {
				return simcloud.Refusal("InvalidParameterException",
					"Trust policy of role %s must allow pods.eks.amazonaws.com sts:AssumeRole and sts:TagSession", op.In.String("roleArn"))
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"associationId":  op.ID,
				"associationArn": arn(op, "eks", fmt.Sprintf("podidentityassociation/%s/%s", op.In.String("clusterName"), op.ID)),
			}
		},
	}
}
