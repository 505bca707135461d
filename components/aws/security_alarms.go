package aws

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// watch is something in the trail that somebody should hear of.
type watch struct {
	// name tells it from the others; it is a heading of the runbook, too.
	name     string
	severity severity
	means    string
	pattern  string // in CloudWatch's filter syntax
	// calls is how many within five minutes ring.
	calls int
}

// watches are the log metric filters of the CIS AWS Foundations Benchmark,
// section 4, which Security Hub's CloudWatch.1 to .14 look for. What takes the
// account's protection away rings at any hour; what may be a change of ours, in
// office hours: a deployment that touches it rings, and should be one that
// somebody knows of.
var watches = []watch{
	{"root", p0, "the root user has acted: nobody should need it.",
		`{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }`, 1},
	{"sign-in-without-mfa", p0, "somebody has signed in to the console with a password alone.",
		`{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }`, 1},
	{"trail-changes", p0, "the audit trail has been changed or stopped.",
		calls("", "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"), 1},
	{"key-deletion", p0, "a key has been disabled or scheduled for deletion: what it encrypts will be lost.",
		calls("kms", "DisableKey", "ScheduleKeyDeletion"), 1},
	{"config-changes", p1, "the recording of configuration has been changed or stopped.",
		calls("config", "StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"), 1},
	{"policy-changes", p1, "an IAM policy has been changed.",
		calls("iam", "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy",
			"CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy",
			"AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy"), 1},
	{"bucket-policy-changes", p1, "the policy of a bucket, or where it copies to, has been changed.",
		calls("s3", "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
			"DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"), 1},
	{"denied-calls", p1, "five calls within five minutes were not allowed: a role lacks a right, or somebody tries doors.",
		`{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && ($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }`, 5},
	{"failed-sign-ins", p1, "three sign-ins to the console failed within five minutes.",
		`{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }`, 3},
	{"firewall-changes", p1, "a security group has been changed.",
		calls("", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"), 1},
	{"acl-changes", p1, "a network ACL has been changed.",
		calls("", "CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"), 1},
	{"gateway-changes", p1, "a gateway to the internet or to another network has been changed.",
		calls("", "CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"), 1},
	{"route-changes", p1, "a route has been changed.",
		calls("ec2", "CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"), 1},
	{"network-changes", p1, "a network, or what it is peered with, has been changed.",
		calls("", "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection", "CreateVpcPeeringConnection",
			"DeleteVpcPeeringConnection", "RejectVpcPeeringConnection", "AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"), 1},
}

// calls is the pattern of calls by their names, of a service if one is given.
func calls(service string, names ...string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = "($.eventName = " + name + ")"
	}
	any := strings.Join(all, " || ")
	if service == "" {
		return "{ " + any + " }"
	}
	return "{ ($.eventSource = " + service + ".amazonaws.com) && (" + any + ") }"
}

// alarms watch the trail's log group.
func (b *baselineBuilder) alarms(group *bound) error {
	space := b.Prefix + "/audit"
	for _, w := range watches {
		name := b.name + "-" + w.name
		if _, err := bind(b.ctx, "aws:cloudwatch/logMetricFilter:LogMetricFilter", name, pulumi.Map{
			"logGroupName": group.Name, "pattern": pulumi.String(w.pattern),
			"metricTransformation": pulumi.Map{
				"name": pulumi.String(w.name), "namespace": pulumi.String(space), "value": pulumi.String("1"),
			},
		}, b.in); err != nil {
			return fmt.Errorf("creating metric filter %s: %w", name, err)
		}
		topic := b.P1Topic
		if w.severity == p0 {
			topic = b.P0Topic
		}
		if err := b.alarm(b.ctx, "security", b.name, alarm{
			name: "audit-" + w.name, severity: w.severity, means: w.means, runbook: "security.md#" + w.name,
			namespace: space, metrics: one(w.name, "Sum"), compare: atLeast, threshold: float64(w.calls),
			seconds: 300, periods: 1, missing: silenceIsGood,
		}, topic, b.in); err != nil {
			return err
		}
	}
	return nil
}
