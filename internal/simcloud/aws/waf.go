package aws

import (
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	webACLToken            = "aws:wafv2/webAcl:WebAcl"
	webACLAssociationToken = "aws:wafv2/webAclAssociation:WebAclAssociation"
	webACLLoggingToken     = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
)

// The words of WAF are those of its API, version 2019-07-29.
const (
	wafInUse     = "WAFAssociatedItemException: AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource. (%s)"
	wafDuplicate = "WAFDuplicateItemException: AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one. (%s)"
	wafMissing   = "WAFNonexistentItemException: AWS WAF couldn't perform the operation because your resource doesn't exist. (%s)"
)

var webACLName = regexp.MustCompile(`^[\w-]{1,128}$`)

func wafTypes() []*simcloud.Type {
	return []*simcloud.Type{webACL(), webACLAssociation(), webACLLogging()}
}

// wafProblem is WAF's refusal of one field.
func wafProblem(reason, field, parameter string) error {
	return simcloud.Refusal("WAFInvalidParameterException", "Error reason: %s, field: %s, parameter: %s", reason, field, parameter)
}

func webACL() *simcloud.Type {
	return &simcloud.Type{
		Token: webACLToken, Noun: "web ACL", Auto: "name", AutoMax: 128, ID: uuid, Takes: 5 * time.Second,
		Required: []string{"defaultAction", "scope", "visibilityConfig.cloudwatchMetricsEnabled", "visibilityConfig.metricName", "visibilityConfig.sampledRequestsEnabled"},
		Replace:  []string{"name", "namePrefix", "scope"},
		InUse:    wafInUse,
		Unique:   []simcloud.Unique{{Paths: []string{"name", "scope"}, Words: wafDuplicate}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "scope", "CLOUDFRONT", "REGIONAL"), simcloud.Matches(in, "name", webACLName))
			return append(errs, wafRules(in)...)
		},
		Refuse: func(op *simcloud.Op) error {
			if op.In.String("scope") == "CLOUDFRONT" && op.Region != "us-east-1" {
				return wafProblem("The scope is not valid.", "SCOPE_VALUE", "CLOUDFRONT")
			}
			if n := wafCapacity(op.In); n > 5000 {
				return simcloud.Refusal("WAFInvalidParameterException", "Error reason: You exceeded the capacity limit for a rule group or web ACL (%d of 5000)., field: RULE_GROUP, parameter: %d", n, n)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			where := "regional"
			if op.In.String("scope") == "CLOUDFRONT" {
				where = "global"
			}
			return simcloud.Values{
				"arn": arn(op, "wafv2", where+"/webacl/"+op.In.String("name")+"/"+op.ID), "capacity": wafCapacity(op.In),
				"lockToken": op.Hex(32, "lock"), "applicationIntegrationUrl": "",
			}
		},
		Delete: func(op *simcloud.Op) error {
			acl := op.Old.Out.String("arn")
			for _, dist := range op.All(distributionToken) {
				if dist.In.String("webAclId") == acl {
					return simcloud.Refusal("WAFAssociatedItemException", "%s", strings.TrimPrefix(wafInUse, "WAFAssociatedItemException: ")+": "+dist.ID)
				}
			}
			return nil
		},
	}
}

// regionalARN is what a regional web ACL can stand in front of: application load
// balancers, API stages, GraphQL APIs, user pools, App Runner services.
var regionalARN = regexp.MustCompile(`^arn:aws:(elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/app/|apigateway:[a-z0-9-]+::/restapis/|appsync:|cognito-idp:|apprunner:).+`)

func webACLAssociation() *simcloud.Type {
	return &simcloud.Type{
		Token: webACLAssociationToken, Noun: "web ACL association", Takes: 10 * time.Second,
		ID:       func(op *simcloud.Op) string { return op.In.String("webAclArn") + "," + op.In.String("resourceArn") },
		Required: []string{"resourceArn", "webAclArn"},
		Replace:  []string{"*"},
		Refs: []simcloud.Ref{{
			Path: "webAclArn", To: []string{webACLToken}, By: "arn", Holds: true, Missing: wafMissing,
		}, {
			Path: "resourceArn", To: []string{balancerToken}, By: "arn", Missing: wafMissing,
			Foreign: func(arn string) bool { return !strings.HasPrefix(arn, "arn:aws:elasticloadbalancing:") },
		}},
		Unique: []simcloud.Unique{{
			// AWS puts the second one in the place of the first, and says nothing.
			Paths: []string{"resourceArn"}, Words: "WAFInvalidOperationException: %s has a web ACL already: a second would silently take its place",
		}},
		Refuse: func(op *simcloud.Op) error {
			resource, acl := op.In.String("resourceArn"), op.In.String("webAclArn")
			parts := strings.Split(resource, ":")
			switch {
			case strings.Contains(acl, ":global/"):
				return wafProblem("The ARN isn't valid. A web ACL of scope CLOUDFRONT is named by the distribution itself", "WEB_ACL_ARN", acl)
			case !regionalARN.MatchString(resource):
				return wafProblem("The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.", "RESOURCE_ARN", resource)
			case len(parts) > 3 && parts[3] != op.Region:
				return wafProblem("The ARN isn't valid. The resource is in another region than its web ACL", "RESOURCE_ARN", resource)
			}
			return nil
		},
	}
}

func webACLLogging() *simcloud.Type {
	return &simcloud.Type{
		Token: webACLLoggingToken, Noun: "web ACL logging configuration", IDFrom: "resourceArn",
		Required: []string{"logDestinationConfigs", "resourceArn"},
		Replace:  []string{"resourceArn"},
		Refs:     []simcloud.Ref{{Path: "resourceArn", To: []string{webACLToken}, By: "arn", Missing: wafMissing}},
		Validate: wafLogInputs,
		Refuse: func(op *simcloud.Op) error {
			for _, to := range op.In.Strings("logDestinationConfigs[]") {
				if err := wafLogsTo(op, to); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func wafLogInputs(in simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.OneOf(in, "loggingFilter.defaultBehavior", "KEEP", "DROP"))
	if n := len(in.All("logDestinationConfigs[]")); n > 1 {
		errs = append(errs, wafProblem("You have exceeded the maximum number of log destinations", "LOG_DESTINATION", "2"))
	}
	for _, filter := range in.Objects("loggingFilter.filters[]") {
		errs = append(errs, simcloud.Problems(simcloud.OneOf(filter, "behavior", "KEEP", "DROP"), simcloud.OneOf(filter, "requirement", "MEETS_ALL", "MEETS_ANY"))...)
		for _, c := range filter.Objects("conditions[]") {
			errs = append(errs, simcloud.Problems(simcloud.OneOf(c, "actionCondition.action", "ALLOW", "BLOCK", "COUNT", "CAPTCHA", "CHALLENGE", "EXCLUDED_AS_COUNT"))...)
		}
	}
	for _, name := range in.Strings("redactedFields[].singleHeader.name") {
		if name != strings.ToLower(name) || len(name) > 40 {
			errs = append(errs, wafProblem("The header's name is not in lower case", "SINGLE_HEADER", name))
		}
	}
	return errs
}

// wafLogsTo refuses a destination whose name does not say that it is for WAF,
// that is not there, or that does not let WAF in.
func wafLogsTo(op *simcloud.Op, to string) error {
	const noARN = "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes."
	if !strings.HasPrefix(to, "arn:aws:logs:") {
		if !strings.Contains(to, ":::aws-waf-logs-") && !strings.Contains(to, "deliverystream/aws-waf-logs-") {
			return wafProblem(noARN, "LOG_DESTINATION", to)
		}
		return nil
	}
	group, err := logGroupByArn(op, to)
	if err != nil || !strings.Contains(to, ":log-group:aws-waf-logs-") || strings.Split(to, ":")[3] != op.Region {
		return wafProblem(noARN, "LOG_DESTINATION", to)
	}
	if group == nil || !mayLog(op, "delivery.logs.amazonaws.com", strings.TrimSuffix(to, ":*")) {
		// WAF adds the statement itself where the caller may: then it is in no
		// program, and all web ACLs of the region share one policy that fills up.
		return simcloud.Refusal("WAFLogDestinationPermissionIssueException", "Unable to deliver logs to the configured destination. You might need to grant log delivery permissions for the destination. If you're using S3 as your log destination, you might have exceeded your bucket limit. (%s)", to)
	}
	return nil
}
