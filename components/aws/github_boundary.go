package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// boundaryServices are the services that roles of a stack have to do with: those
// of the program and those that its workloads call. A boundary gives no right; a
// role has those that both its own policies and the boundary allow.
var boundaryServices = []string{
	"access-analyzer", "acm", "application-autoscaling", "autoscaling", "backup", "backup-storage", "budgets", "ce", "cloudfront",
	"cloudtrail", "cloudwatch", "config", "dlm", "ec2", "ec2messages", "ecr", "ecs", "eks", "eks-auth", "elasticache",
	"elasticloadbalancing", "events", "guardduty", "inspector2", "kms", "logs", "pricing", "rds", "route53", "s3", "scheduler",
	"secretsmanager", "securityhub", "shield", "sns", "sqs", "ssm", "ssmmessages", "sts", "tag", "wafv2", "xray",
}

// boundaryARN is the ARN of the boundary.
func (b *githubBuilder) boundaryARN() string {
	if b.Boundary != "" {
		return b.Boundary
	}
	return b.globalArn("iam", "policy/"+policyName.Name(b.Prefix, b.name, "boundary"))
}

// boundary makes the policy that limits every role of the stack, unless there is
// one.
func (b *githubBuilder) boundary() (pulumi.StringOutput, error) {
	if b.Boundary != "" {
		return pulumi.String(b.Boundary).ToStringOutput(), nil
	}
	name := b.name + "-boundary"
	p, err := iam.NewPolicy(b.ctx, name, &iam.PolicyArgs{
		Name:        pulumi.String(policyName.Name(b.Prefix, b.name, "boundary")),
		Description: pulumi.String("The most that any role of " + b.Prefix + " may do"),
		Policy:      pulumi.String(policy(b.boundaryRights()...)), Tags: b.tags("ci", name),
	}, b.in)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating boundary %s: %w", name, err)
	}
	return p.Arn, nil
}

// boundaryRights are the services, roles within the same boundary, and what no
// role may do whatever its policies say.
func (b *githubBuilder) boundaryRights() []Statement {
	services := make([]string, len(boundaryServices))
	for i, s := range boundaryServices {
		services[i] = s + ":*"
	}
	return append([]Statement{
		allow("Services", services, []string{"*"}),
		allow("ReadIdentities", []string{"iam:Get*", "iam:List*"}, []string{"*"}),
	}, append(b.identityRights(), b.never()...)...)
}

// never is what is denied to every role within the boundary: to loosen the
// boundary, to change the roles that CI runs as, and to stop the audit. People
// do these things, as themselves.
func (b *githubBuilder) never() []Statement {
	deny := func(sid string, actions, resources []string) Statement {
		return Statement{Sid: sid, Effect: "Deny", Action: actions, Resource: resources}
	}
	return []Statement{
		deny("KeepBoundary", []string{
			"iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion",
		}, []string{b.boundaryARN(), b.globalArn("iam", "policy/"+b.Prefix+"-"+b.name+"-*")}),
		deny("KeepBound", []string{"iam:DeleteRolePermissionsBoundary"}, []string{"*"}),
		deny("KeepRoles", []string{
			"iam:AttachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary",
			"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
		}, []string{b.globalArn("iam", "role/"+b.roleName("preview")), b.globalArn("iam", "role/"+b.roleName("deploy"))}),
		deny("KeepAudit", []string{
			"cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel",
			"config:StopConfigurationRecorder", "guardduty:DeleteDetector", "securityhub:DisableSecurityHub",
		}, []string{"*"}),
	}
}

// BindRoles puts every role that is registered from now on within a boundary,
// unless it says one itself. It is one place for all components: a role that was
// forgotten could not be made by CI, and would be wider than meant if a person
// made it.
func BindRoles(ctx *pulumi.Context, boundary pulumi.StringInput) error {
	if err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		role, isRole := args.Props.(*iam.RoleArgs)
		if !isRole || role.PermissionsBoundary != nil {
			return nil
		}
		bound := *role
		bound.PermissionsBoundary = boundary.ToStringOutput().ToStringPtrOutput()
		return &pulumi.ResourceTransformationResult{Props: &bound, Opts: args.Opts}
	}); err != nil {
		return fmt.Errorf("binding the stack's roles: %w", err)
	}
	return nil
}
