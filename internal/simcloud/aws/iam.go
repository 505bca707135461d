package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	roleToken         = "aws:iam/role:Role"
	iamPolicyToken    = "aws:iam/policy:Policy"
	oidcProviderToken = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
)

var (
	roleName     = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	rolePolicyID = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
)

// managedPolicies are the policies that AWS keeps and the program uses.
// Source: AWS managed policy reference, read 2026-11.
var managedPolicies = []string{
	"AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController", "AmazonEKSWorkerNodePolicy",
	"AmazonEKSWorkerNodeMinimalPolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly",
	"AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore",
	"service-role/AmazonEBSCSIDriverPolicy", "service-role/AmazonRDSEnhancedMonitoringRole",
	"service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores",
	"AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore",
}

// awsManaged says whether the ARN is that of a policy of AWS.
func awsManaged(arn string) bool {
	name, ok := strings.CutPrefix(arn, "arn:aws:iam::aws:policy/")
	return ok && slices.Contains(managedPolicies, name)
}

// roleInUse are the references that keep a role from being deleted.
func roleRef() simcloud.Ref {
	return simcloud.Ref{
		Path: "role", To: []string{roleToken}, By: "name", Holds: true,
		Missing: "NoSuchEntity: The role with name %s cannot be found.",
	}
}

func iamTypes() []*simcloud.Type {
	return []*simcloud.Type{iamRole(), {
		Token: rolePolicyToken, Noun: "role policy", Global: true, Auto: "name", AutoMax: 128,
		ID:       func(op *simcloud.Op) string { return op.In.String("role") + ":" + op.In.String("name") },
		Required: []string{"role", "policy"},
		Replace:  []string{"name", "namePrefix", "role"},
		Refs:     []simcloud.Ref{roleRef()},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "name", rolePolicyID), policyDocument(in, "policy"))
		},
		Refuse: inlineQuota,
	}, {
		Token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", Noun: "policy attachment", Global: true,
		ID:       func(op *simcloud.Op) string { return op.In.String("role") + "-" + op.Hex(26, "id") },
		Required: []string{"role", "policyArn"},
		Replace:  []string{"*"},
		Refs: []simcloud.Ref{roleRef(), {
			Path: "policyArn", To: []string{iamPolicyToken}, By: "arn", Holds: true, Foreign: awsManaged,
			Missing: "NoSuchEntity: Policy %s does not exist or is not attachable.",
		}},
		Refuse: attachmentQuota,
	}, {
		Token: iamPolicyToken, Noun: "policy", Global: true, Auto: "name", AutoMax: 128,
		ID: func(op *simcloud.Op) string {
			return globalArn(op, "iam", "policy"+pathOf(op.In)+op.In.String("name"))
		},
		Required: []string{"policy"},
		Replace:  []string{"name", "namePrefix", "path", "description"},
		InUse:    "DeleteConflict: Cannot delete a policy attached to entities: %s",
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "EntityAlreadyExists: A policy called %s already exists. Duplicate names are not allowed."}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "name", rolePolicyID), policyDocument(in, "policy"))
		},
		Refuse:  func(op *simcloud.Op) error { return policySize(op.In.String("policy")) },
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"arn": op.ID} },
	}, {
		Token: oidcProviderToken, Noun: "OpenID Connect provider", Global: true,
		ID: func(op *simcloud.Op) string {
			return globalArn(op, "iam", "oidc-provider/"+strings.TrimPrefix(op.In.String("url"), "https://"))
		},
		Required: []string{"url", "clientIdLists"},
		Replace:  []string{"url"},
		Unique:   []simcloud.Unique{{Paths: []string{"url"}, Words: "EntityAlreadyExists: Provider with url %s already exists."}},
		Validate: func(in simcloud.Values) []error {
			if url := in.String("url"); url != "" && !strings.HasPrefix(url, "https://") {
				return []error{fmt.Errorf("InvalidInput: the URL of an OpenID Connect provider must begin with https://: %s", url)}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"arn": op.ID} },
	}}
}

func iamRole() *simcloud.Type {
	return &simcloud.Type{
		Token: roleToken, Noun: "role", Global: true, IDFrom: "name", Auto: "name", AutoMax: 64, Takes: 2 * time.Second,
		Required: []string{"assumeRolePolicy"},
		Replace:  []string{"name", "namePrefix", "path"},
		InUse:    "DeleteConflict: Cannot delete entity, must detach all policies first: role %s",
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "EntityAlreadyExists: Role with name %s already exists."}},
		Refs: []simcloud.Ref{{
			Path: "permissionsBoundary", To: []string{iamPolicyToken}, By: "arn", Holds: true, Foreign: awsManaged,
			Missing: "NoSuchEntity: Scope ARN: %s does not exist or is not attachable.",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "name", roleName), policyDocument(in, "assumeRolePolicy"), trusts(in),
				simcloud.Between(in, "maxSessionDuration", 3600, 43200))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"arn": globalArn(op, "iam", "role"+pathOf(op.In)+op.ID), "uniqueId": "AROA" + strings.ToUpper(op.Hex(17, "unique")),
			}
		},
	}
}

func pathOf(in simcloud.Values) string {
	if p := in.String("path"); p != "" {
		return p
	}
	return "/"
}

// trusts refuses a trust policy that names nobody, or an action that is not an
// assumption.
func trusts(in simcloud.Values) error {
	text := in.String("assumeRolePolicy")
	if text == "" {
		return nil
	}
	doc, err := parsePolicy(text)
	if err != nil {
		return nil // refused as a document already
	}
	for _, s := range doc.Statement {
		if !s.Principal.any && len(s.Principal.byKind) == 0 {
			return simcloud.Refusal("MalformedPolicyDocument", "Missing required field Principal")
		}
		if len(s.Resource) > 0 {
			return simcloud.Refusal("MalformedPolicyDocument", "Has prohibited field Resource")
		}
		for _, a := range s.Action {
			if !strings.HasPrefix(a, "sts:") {
				return simcloud.Refusal("MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
	}
	return nil
}
