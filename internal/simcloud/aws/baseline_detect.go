package aws

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	detectorToken        = "aws:guardduty/detector:Detector"
	detectorFeatureToken = "aws:guardduty/detectorFeature:DetectorFeature"
	hubToken             = "aws:securityhub/account:Account"
	standardToken        = "aws:securityhub/standardsSubscription:StandardsSubscription"
	analyzerToken        = "aws:accessanalyzer/analyzer:Analyzer"
	enablerToken         = "aws:inspector2/enabler:Enabler"
)

// detectTypes are those of the services that look for attacks and mistakes.
func detectTypes() []*simcloud.Type {
	return []*simcloud.Type{detector(), detectorFeature(), hub(), standard(), analyzer(), inspector()}
}

func detector() *simcloud.Type {
	return &simcloud.Type{
		Token: detectorToken, Noun: "detector", Takes: 3 * time.Second,
		ID: func(op *simcloud.Op) string { return op.Hex(32, "id") },
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "findingPublishingFrequency", "FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"))
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Old == nil && len(op.All(detectorToken)) > 0 {
				return simcloud.Refusal("BadRequestException", "The request is rejected because a detector already exists for the current account.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "guardduty", "detector/"+op.ID), "accountId": op.Account}
		},
	}
}

// The agents that GuardDuty manages itself, by the feature they belong to.
var detectorAgents = map[string][]string{
	"EKS_RUNTIME_MONITORING": {"EKS_ADDON_MANAGEMENT"},
	"RUNTIME_MONITORING":     {"EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"},
}

func detectorFeature() *simcloud.Type {
	return &simcloud.Type{
		Token: detectorFeatureToken, Noun: "detector feature",
		ID:       func(op *simcloud.Op) string { return op.In.String("detectorId") + "/" + op.In.String("name") },
		Required: []string{"detectorId", "name", "status"},
		Replace:  []string{"detectorId", "name"},
		Refs: []simcloud.Ref{{
			Path: "detectorId", To: []string{detectorToken},
			Missing: "BadRequestException: The request is rejected because the input detectorId is not owned by the current account. (%s)",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"detectorId", "name"}, Words: "OperationAborted: detector %s already has a feature %s: a second would silently overwrite it",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.OneOf(in, "name", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "EKS_RUNTIME_MONITORING", "LAMBDA_NETWORK_LOGS", "RUNTIME_MONITORING"),
				simcloud.OneOf(in, "status", "ENABLED", "DISABLED"),
			)
		},
		Refuse: func(op *simcloud.Op) error {
			name := op.In.String("name")
			for _, other := range op.All(detectorFeatureToken) {
				if o := other.In.String("name"); o != name && detectorAgents[o] != nil && detectorAgents[name] != nil {
					return simcloud.Refusal("BadRequestException", "The request is rejected because EKS_RUNTIME_MONITORING and RUNTIME_MONITORING cannot be specified together.")
				}
			}
			for _, agent := range op.In.Strings("additionalConfigurations[].name") {
				if !slices.Contains(detectorAgents[name], agent) {
					return simcloud.Refusal("BadRequestException", "The request is rejected because the additional configuration %s is not valid for the feature %s.", agent, name)
				}
			}
			return nil
		},
	}
}

func hub() *simcloud.Type {
	return &simcloud.Type{
		Token: hubToken, Noun: "Security Hub", Takes: 10 * time.Second,
		ID: func(op *simcloud.Op) string { return op.Account },
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "controlFindingGenerator", "SECURITY_CONTROL", "STANDARD_CONTROL"))
		},
		Refuse: func(op *simcloud.Op) error {
			if op.Old == nil && len(op.All(hubToken)) > 0 {
				return simcloud.Refusal("ResourceConflictException", "Account is already subscribed to Security Hub")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "securityhub", "hub/default")}
		},
	}
}

// standards are the standards of Security Hub, as they end an ARN.
// Source: Security Hub user guide, "Standards reference", read 2026-11.
var standards = strings.Fields(`standards/aws-foundational-security-best-practices/v/1.0.0 standards/aws-resource-tagging-standard/v/1.0.0
	standards/cis-aws-foundations-benchmark/v/1.4.0 standards/cis-aws-foundations-benchmark/v/3.0.0
	standards/cis-aws-foundations-benchmark/v/5.0.0 standards/nist-800-53/v/5.0.0 standards/pci-dss/v/3.2.1 standards/pci-dss/v/4.0.1`)

func standard() *simcloud.Type {
	return &simcloud.Type{
		Token: standardToken, Noun: "standards subscription", Takes: 30 * time.Second,
		ID: func(op *simcloud.Op) string {
			_, name, _ := strings.Cut(op.In.String("standardsArn"), "::standards/")
			return arn(op, "securityhub", "subscription/"+name)
		},
		Required: []string{"standardsArn"},
		Replace:  []string{"standardsArn"},
		Refuse: func(op *simcloud.Op) error {
			if len(op.All(hubToken)) == 0 {
				return simcloud.Refusal("InvalidAccessException", "Account %s is not subscribed to AWS Security Hub", op.Account)
			}
			name, here := strings.CutPrefix(op.In.String("standardsArn"), "arn:aws:securityhub:"+op.Region+"::")
			if !here || !slices.Contains(standards, name) {
				return simcloud.Refusal("InvalidInputException", "Invalid standards ARN: %s", op.In.String("standardsArn"))
			}
			return nil
		},
	}
}

var analyzerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,254}$`)

func analyzer() *simcloud.Type {
	return &simcloud.Type{
		Token: analyzerToken, Noun: "analyzer", IDFrom: "analyzerName", Takes: 2 * time.Second,
		Required: []string{"analyzerName"},
		Replace:  []string{"analyzerName", "type"},
		Unique:   []simcloud.Unique{{Paths: []string{"analyzerName"}, Words: "ConflictException: An analyzer with the name %s already exists."}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "analyzerName", analyzerName),
				simcloud.OneOf(in, "type", "ACCOUNT", "ORGANIZATION", "ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS"))
		},
		Refuse: func(op *simcloud.Op) error {
			kind := func(in simcloud.Values) string { return strings.TrimPrefix(in.String("type"), "ACCOUNT") }
			for _, other := range op.All(analyzerToken) {
				if op.Old == nil && kind(other.In) == "" && kind(op.In) == "" {
					return simcloud.Refusal("ServiceQuotaExceededException", "The account has the most analyzers of type ACCOUNT that a region may have: 1")
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "access-analyzer", "analyzer/"+op.ID)}
		},
	}
}

func inspector() *simcloud.Type {
	return &simcloud.Type{
		Token: enablerToken, Noun: "Inspector enabler", Takes: 60 * time.Second,
		ID: func(op *simcloud.Op) string {
			return strings.Join(op.In.Strings("accountIds[]"), ":") + "-" + strings.Join(op.In.Strings("resourceTypes[]"), ":")
		},
		Required: []string{"accountIds", "resourceTypes"},
		Replace:  []string{"accountIds"},
		Validate: func(in simcloud.Values) []error {
			for _, kind := range in.Strings("resourceTypes[]") {
				if !slices.Contains([]string{"EC2", "ECR", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"}, kind) {
					return []error{simcloud.Refusal("ValidationException", "1 validation error detected: Value '%s' at 'resourceTypes' failed to satisfy constraint", kind)}
				}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			for _, account := range op.In.Strings("accountIds[]") {
				if account != op.Account {
					return simcloud.Refusal("AccessDeniedException", "Invoking account does not have access to account %s.", account)
				}
			}
			return nil
		},
	}
}
