package policies

import (
	"path"
	"slices"
	"strings"
)

var accessRules = []rule{
	{
		ids:      "F IAM.1/21, T AWS-0057, C CKV_AWS_62/63/355, CKV2_AWS_40",
		topics:   "rights",
		priority: 1, types: identityTypes,
		reason: "who has all rights to all there is can take the account",
		check: allows(func(_ resource, s statement) string {
			if slices.Contains(s.Action, "*") || len(sweeping(s)) > 0 && everything(s) {
				return "allows " + strings.Join(sweeping(s), ", ") + " on " + strings.Join(s.Resource, ", ")
			}
			return ""
		}),
		bad: []string{
			`iam.RolePolicy network-flow-logs: policy.Statement[0].Action = ["*"]`,
			`iam.RolePolicy network-flow-logs: policy.Statement[0] = {"Effect":"Allow","Action":["ec2:*"],"Resource":["*"]}`,
			`iam.RolePolicy network-flow-logs: policy.Statement[0] = {"Effect":"Allow","NotAction":["iam:*"],"Resource":["*"]}`,
		},
		also: []string{"own POL-2", "own POL-3"},
	},
	{
		ids:      "C CKV_AWS_274, CKV2_AWS_56",
		topics:   "rights",
		priority: 1, types: "iam.RolePolicyAttachment iam.Role",
		reason: "AWS's policies for administrators allow everything, and what AWS adds to them",
		check: local(func(r resource) (all []string) {
			for _, arn := range append(r.Inputs.Strings("managedPolicyArns[]"), r.Inputs.Strings("policyArn")...) {
				if slices.Contains([]string{"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"}, path.Base(arn)) {
					all = append(all, "has "+arn)
				}
			}
			return all
		}),
		bad: []string{
			`iam.RolePolicyAttachment cluster-vpc-cni: policyArn = "arn:aws:iam::aws:policy/AdministratorAccess"`,
			`iam.Role cluster-nodes: managedPolicyArns = ["arn:aws:iam::aws:policy/IAMFullAccess"]`,
		},
	},
	{
		ids:      "C CKV_AWS_60/61, CKV_AWS_358/393, K iam_role_allows_all_principals_to_assume",
		topics:   "trust",
		priority: 1, types: "iam.Role",
		reason: "a role that others can assume has their rights too",
		check: allows(func(_ resource, s statement) string {
			switch {
			case anyone(s):
				return "trusts anybody"
			case len(s.Principal.AWS) > 0 && slices.ContainsFunc(s.Principal.AWS, func(a string) bool { return !strings.Contains(a, ":role/") }):
				return "trusts a whole account, want roles"
			case len(s.Principal.Federated) > 0 && !(conditionedOn(s, ":sub") && conditionedOn(s, ":aud")):
				return "trusts tokens of any subject or audience"
			}
			return ""
		}),
		bad: []string{
			`iam.Role cluster-nodes: assumeRolePolicy.Statement[0].Principal = {"AWS":["*"]}`,
			`iam.Role cluster-nodes: assumeRolePolicy.Statement[0].Principal = {"AWS":["arn:aws:iam::123456789012:root"]}`,
			`iam.Role cluster-nodes: assumeRolePolicy.Statement[0].Principal = null`,
			`iam.Role cluster-nodes: assumeRolePolicy.Statement[0] = {"Effect":"Allow","Action":["sts:AssumeRoleWithWebIdentity"],
				"Principal":{"Federated":["arn:aws:iam::123456789012:oidc-provider/x"]},"Condition":{"StringEquals":{"x:aud":["sts.amazonaws.com"]}}}`,
		},
	},
	{
		ids:      "own POL-4 (services assume roles for this account only)",
		topics:   "trust",
		priority: 1, types: "iam.Role",
		reason: "a service that works for others as well must not be talked into using our roles for them (the confused deputy)",
		check: allows(func(_ resource, s statement) string {
			if s.Principal != nil && len(s.Principal.Service) > 0 && !conditioned(s, "aws:SourceAccount", "aws:SourceArn") {
				return "trusts " + strings.Join(s.Principal.Service, ", ") + " on anybody's behalf"
			}
			return ""
		}),
		bad: []string{
			`iam.Role cluster-vpc-cni: assumeRolePolicy.Statement[0].Condition = null`,
			`iam.Role cluster-cluster: assumeRolePolicy.Statement[0].Condition = null`,
			`iam.Role network-flow-logs: assumeRolePolicy.Statement[0].Condition = {"StringEquals":{"sts:ExternalId":["1"]}}`,
		},
	},
	{
		ids:      "F KMS.1/2, T AWS-0342/0345",
		topics:   "rights",
		priority: 1, types: identityTypes,
		reason: "who may decrypt with any key, pass any role or read any bucket needs no other right",
		check: allows(func(_ resource, s statement) string {
			for _, a := range s.Action {
				for _, danger := range []string{"kms:Decrypt", "kms:ReEncryptFrom", "iam:PassRole", "s3:GetObject", "s3:DeleteObject"} {
					if match, err := path.Match(a, danger); (err != nil || match) && everything(s) && a != "*" {
						return "allows " + danger + " everywhere"
					}
				}
			}
			return ""
		}),
		bad: []string{
			`iam.RolePolicy cluster-cluster: policy.Statement[1].Resource = ["*"]`,
			`iam.RolePolicy network-flow-logs: policy.Statement[1] = {"Effect":"Allow","Action":["iam:PassRole"],"Resource":["*"]}`,
			`iam.RolePolicy network-flow-logs: policy.Statement[1] = {"Effect":"Allow","Action":["s3:Get*"],"Resource":["*"]}`,
		},
		also: []string{"own POL-3"},
	},
	{
		ids:      "F IAM.2, C CKV_AWS_40/273",
		topics:   "identity",
		priority: 1,
		reason:   "users have keys that do not expire",
		check:    absent("iam.User", "iam.AccessKey", "iam.UserPolicy", "iam.UserPolicyAttachment"),
		bad:      []string{`iam.User somebody: new {"tags":{"component":"x","Name":"x"}}`},
	},
}

// conditionedOn says whether a statement has a condition on a key with an end,
// such as the subject of some issuer's tokens.
func conditionedOn(s statement, end string) bool {
	for _, operands := range s.Condition {
		for key := range operands {
			if strings.HasSuffix(key, end) {
				return true
			}
		}
	}
	return false
}
