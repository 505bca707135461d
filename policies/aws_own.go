package policies

import (
	"slices"
	"strings"
)

var ownRules = []rule{
	{
		ids:      "own POL-1 (policy documents can be read)",
		topics:   "inventory",
		priority: 1,
		reason:   "a document that the rules cannot read is not checked by them",
		check:    local(readable),
		bad: []string{
			`kms.Key logs: policy = "{}"`,
			`kms.Key logs: policy = "{"`,
			`kms.Key logs: policy.Statement[0].Actions = ["kms:*"]`,
			`kms.Key logs: policy.Statement[0].Effect = "allow"`,
			`s3.BucketPolicy uploads: policy.Version = "2008-10-17"`,
			`ec2.VpcEndpoint network-endpoint-s3: policy = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"`,
		},
	},
	{
		ids:      "own POL-2 (no sweeping rights)",
		topics:   "rights",
		priority: 1, types: identityTypes + " " + resourceTypes,
		reason: "all rights of a service are more than anybody needs, and more with every year",
		check: allows(func(r resource, s statement) string {
			if all := sweeping(s); len(all) > 0 {
				return "allows " + strings.Join(all, ", ") + to(r, s)
			}
			return ""
		}),
		bad: []string{
			`iam.RolePolicy network-flow-logs: policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"logs:*\"],\"Resource\":[\"arn:aws:logs:*:*:x\"]}]}"`,
			`kms.Key logs: policy.Statement[1].Action = ["kms:*"]`,
			`s3.BucketPolicy assets: policy.Statement[2].Action = ["s3:*"]`,
			`iam.RolePolicy cluster-aws-ebs-csi-driver: policy.Statement[1].Action = ["kms:*"]`,
			`sns.TopicPolicy monitoring-p0: policy.Statement[0].Action = ["*"]`,
		},
	},
	{
		ids:      "own POL-3 (rights name their resources)",
		topics:   "rights",
		priority: 1, types: identityTypes,
		reason: "what holds for every resource holds for those that do not exist yet; what must, is waived here by name",
		check: allows(func(_ resource, s statement) string {
			if everything(s) {
				return "allows " + strings.Join(s.Action, ", ") + " on every resource"
			}
			return ""
		}),
		bad: []string{
			`iam.RolePolicy network-flow-logs: policy.Statement[0].Resource = ["*"]`,
			`iam.RolePolicy network-flow-logs: policy.Statement[1] = {"Effect":"Allow","Action":["logs:PutLogEvents"],"NotResource":["arn:aws:s3:::x"]}`,
		},
	},
	{
		ids:      "own POL-5 (services use resources for this account only)",
		topics:   "trust",
		priority: 1, types: resourceTypes,
		reason: "a service that works for others as well must not be talked into using our resources for them (the confused deputy)",
		check: allows(func(_ resource, s statement) string {
			if s.Principal == nil || len(s.Principal.Service) == 0 ||
				conditioned(s, "aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:logs:arn", "kms:EncryptionContext:aws:ecs:clusterAccount") {
				return ""
			}
			return "allows " + strings.Join(s.Principal.Service, ", ") + " on anybody's behalf"
		}),
		bad: []string{
			`kms.Key storage: policy.Statement[1].Condition = null`,
			`s3.BucketPolicy logs: policy.Statement[2].Condition = null`,
			`sns.TopicPolicy monitoring-p0: policy.Statement[0].Condition = null`,
		},
	},
	{
		ids:      "own NAME-1 (logical names are unique for their type)",
		topics:   "inventory",
		priority: 1,
		reason:   "a resource is found by its type and name: in state, in alarms, in reviews",
		check: related(func(g *graph, r resource) []string {
			same := slices.DeleteFunc(g.of(r.kind), func(x resource) bool { return x.Name != r.Name })
			if len(same) > 1 {
				return complain("there are %d of this name", len(same))
			}
			return nil
		}),
		bad: []string{`kms.Alias logs: new {"name":"alias/x"}`},
	},
	{
		ids:      "own TAG-1 (component and Name on all that can be tagged)",
		topics:   "inventory",
		priority: 1,
		reason:   "nobody knows what a resource without a name is for, and whether it can go",
		check:    only(taggable, tagged("tags", ownTags)),
		bad: []string{
			`ec2.Eip network-nat-eu-west-1a: tags.component = null`,
			`rds.Instance database: tags = null`,
			`ec2.Vpc network: tags.Name = ""`,
			`efs.FileSystem shared: new {"encrypted":true}`,
		},
	},
	{
		ids:      "own TAG-2 (providers tag everything with its owner)",
		topics:   "inventory",
		priority: 1, types: "pulumi:providers:aws",
		reason: "a bill is asked by stack, team and cost centre; drift and orphans are found by who manages them",
		check:  tagged("defaultTags.tags", defaultTags),
		bad: []string{
			`pulumi:providers:aws aws: defaultTags.tags.team = null`,
			`pulumi:providers:aws aws-us-east-1: defaultTags = null`,
			`pulumi:providers:aws aws-us-east-1: defaultTags.tags.cost-centre = ""`,
		},
	},
}
