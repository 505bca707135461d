package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// redacted are the headers that the log leaves out: whoever has them is somebody
// else.
var redacted = []string{"authorization", "cookie", originHeader}

// noteworthy are the actions that are logged in any case.
var noteworthy = []string{"BLOCK", "COUNT", "EXCLUDED_AS_COUNT", "CAPTCHA", "CHALLENGE"}

// log writes the web ACL's log to a log group beside it, whose name WAF demands
// to begin with aws-waf-logs-.
// Source: AWS WAF developer guide, "Sending logs to CloudWatch Logs".
func (a *WafArgs) log(ctx *pulumi.Context, name string, w *Waf, acl *bound, there *place) error {
	key, err := there.logKey(ctx, name, a.LogKeyArn)
	if err != nil {
		return err
	}
	path := limits.LogGroup.Name("aws-waf-logs-"+a.Prefix, name)
	group, err := there.logGroup(ctx, "waf", name, pulumi.String(path), key, a.LogDays, there.opt)
	if err != nil {
		return err
	}
	let, err := there.letWrite(ctx, name, "delivery.logs.amazonaws.com", there.arn("logs", "log-group:"+path+":*"), there.arn("logs", "*"))
	if err != nil {
		return err
	}
	args := pulumi.Map{
		"resourceArn": acl.Arn, "logDestinationConfigs": pulumi.StringArray{group.Arn}, "redactedFields": redactions(),
	}
	if !a.LogAllowed {
		args["loggingFilter"] = onlyNoteworthy()
	}
	if err := newWebACLLogging(ctx, name, args, there.opt, pulumi.DependsOn([]pulumi.Resource{let})); err != nil {
		return fmt.Errorf("logging web ACL %s: %w", name, err)
	}
	w.LogGroup = group.Name
	return nil
}

func redactions() pulumi.Array {
	fields := pulumi.Array{}
	for _, header := range redacted {
		fields = append(fields, pulumi.Map{"singleHeader": pulumi.Map{"name": pulumi.String(header)}})
	}
	return fields
}

// onlyNoteworthy drops what was let through and matched nothing.
func onlyNoteworthy() pulumi.Map {
	conditions := pulumi.Array{}
	for _, action := range noteworthy {
		conditions = append(conditions, pulumi.Map{"actionCondition": pulumi.Map{"action": pulumi.String(action)}})
	}
	return pulumi.Map{
		"defaultBehavior": pulumi.String("DROP"),
		"filters": pulumi.Array{pulumi.Map{
			"behavior": pulumi.String("KEEP"), "requirement": pulumi.String("MEETS_ANY"), "conditions": conditions,
		}},
	}
}
