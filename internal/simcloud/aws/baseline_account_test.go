package aws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestBaselineDetection(t *testing.T) {
	step := func(name, token string, in simcloud.Values) s3Step { return s3Step{name: name, token: token, in: in} }
	det := func(name string) s3Step { return step(name, detectorToken, simcloud.Values{"enable": true}) }
	feature := func(name, status string, agents ...any) s3Step {
		in := simcloud.Values{"detectorId": "{d.id}", "name": name, "status": status}
		for _, a := range agents {
			in["additionalConfigurations"] = []any{map[string]any{"name": a, "status": "ENABLED"}}
		}
		return step(name, detectorFeatureToken, in)
	}
	account := step("hub", hubToken, simcloud.Values{})
	std := func(name string) s3Step {
		return step("std", standardToken, simcloud.Values{"standardsArn": "arn:aws:securityhub:eu-west-1::standards/" + name})
	}
	an := func(name, kind string) s3Step {
		return step(name, analyzerToken, simcloud.Values{"analyzerName": name, "type": kind})
	}
	scan := func(account, kind string) s3Step {
		return step("scan", enablerToken, simcloud.Values{"accountIds": []any{account}, "resourceTypes": []any{kind}})
	}
	again := func(s s3Step) s3Step { s.name += "-again"; return s }
	far := det("far")
	far.region = "us-east-1"
	s3Run(t, []s3Case{
		{"fine", []s3Step{det("d"), far, feature("RUNTIME_MONITORING", "ENABLED", "EKS_ADDON_MANAGEMENT"), account, std("nist-800-53/v/5.0.0"), an("a", "ACCOUNT"), an("b", "ACCOUNT_UNUSED_ACCESS"), scan(DefaultAccount, "ECR")}, ""},
		{"two detectors", []s3Step{det("d"), det("e")}, "BadRequestException: The request is rejected because a detector already exists for the current account."},
		{"odd frequency", []s3Step{step("d", detectorToken, simcloud.Values{"findingPublishingFrequency": "DAILY"})}, "expected findingPublishingFrequency"},
		{"feature of nothing", []s3Step{step("f", detectorFeatureToken, simcloud.Values{"detectorId": "x", "name": "S3_DATA_EVENTS", "status": "ENABLED"})}, "BadRequestException: The request is rejected because the input detectorId is not owned by the current account."},
		{"unknown feature", []s3Step{det("d"), feature("S3_EVENTS", "ENABLED")}, "expected name to be one of"},
		{"unknown status", []s3Step{det("d"), feature("S3_DATA_EVENTS", "ON")}, "expected status to be one of"},
		{"feature twice", []s3Step{det("d"), feature("S3_DATA_EVENTS", "ENABLED"), again(feature("S3_DATA_EVENTS", "DISABLED"))}, "OperationAborted"},
		{"both runtimes", []s3Step{det("d"), feature("RUNTIME_MONITORING", "ENABLED"), feature("EKS_RUNTIME_MONITORING", "ENABLED")}, "BadRequestException"},
		{"agent of another feature", []s3Step{det("d"), feature("S3_DATA_EVENTS", "ENABLED", "EKS_ADDON_MANAGEMENT")}, "BadRequestException: The request is rejected because the additional configuration"},
		{"two hubs", []s3Step{account, again(account)}, "ResourceConflictException: Account is already subscribed to Security Hub"},
		{"odd generator", []s3Step{step("hub", hubToken, simcloud.Values{"controlFindingGenerator": "ALL"})}, "expected controlFindingGenerator"},
		{"standard before hub", []s3Step{std("nist-800-53/v/5.0.0")}, "InvalidAccessException: Account 111122223333 is not subscribed to AWS Security Hub"},
		{"unknown standard", []s3Step{account, std("cis/v/9")}, "InvalidInputException"},
		{"standard twice", []s3Step{account, std("nist-800-53/v/5.0.0"), again(std("nist-800-53/v/5.0.0"))}, "AlreadyExists"},
		{"two analyzers", []s3Step{an("a", "ACCOUNT"), an("b", "ACCOUNT")}, "ServiceQuotaExceededException"},
		{"analyzer's name", []s3Step{an("a", "ACCOUNT"), again(an("a", "ACCOUNT_UNUSED_ACCESS"))}, "ConflictException"},
		{"odd analyzer", []s3Step{an("a b", "ACCOUNT")}, "invalid value for analyzerName"},
		{"unknown kind", []s3Step{an("a", "USER")}, "expected type to be one of"},
		{"scan another account", []s3Step{scan("444455556666", "ECR")}, "AccessDeniedException"},
		{"scan something", []s3Step{scan(DefaultAccount, "S3")}, "ValidationException"},
	})
}

func TestBaselineAccount(t *testing.T) {
	linked := func(service string) s3Step {
		return s3Step{name: service, token: linkedRoleToken, in: simcloud.Values{"awsServiceName": service}}
	}
	again := linked("config.amazonaws.com")
	again.name = "again"
	cases := []s3Case{
		{"role taken", []s3Step{linked("config.amazonaws.com"), again}, "InvalidInput: Service role name AWSServiceRoleForConfig has been taken in this account, please try a different suffix."},
		{"no such service", []s3Step{linked("nothing.amazonaws.com")}, "InvalidInput"},
		{"short password", []s3Step{{token: passwordPolicyToken, in: simcloud.Values{"minimumPasswordLength": 5}}}, "expected minimumPasswordLength"},
		{"old password", []s3Step{{token: passwordPolicyToken, in: simcloud.Values{"maxPasswordAge": 1096}}}, "expected maxPasswordAge"},
		{"much remembered", []s3Step{{token: passwordPolicyToken, in: simcloud.Values{"passwordReusePrevention": 25}}}, "expected passwordReusePrevention"},
		{"no key", []s3Step{{token: "aws:ebs/defaultKmsKey:DefaultKmsKey", in: simcloud.Values{"keyArn": "arn:aws:kms:eu-west-1:111122223333:key/1"}}}, "NotFoundException"},
		{"no ARN", []s3Step{{token: "aws:ebs/defaultKmsKey:DefaultKmsKey", in: simcloud.Values{"keyArn": "alias/aws/ebs"}}}, "invalid value for keyArn"},
		{"tokens perhaps", []s3Step{{token: "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", in: simcloud.Values{"httpTokens": "perhaps"}}}, "expected httpTokens"},
		{"far", []s3Step{{token: "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", in: simcloud.Values{"httpPutResponseHopLimit": 65}}}, "expected httpPutResponseHopLimit"},
	}
	for _, token := range []string{
		passwordPolicyToken, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "aws:ebs/encryptionByDefault:EncryptionByDefault",
		"aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
	} {
		cases = append(cases, s3Case{"two of " + token, []s3Step{{name: "a", token: token}, {name: "b", token: token}}, "OperationAborted: account 111122223333 already has a"})
	}
	s3Run(t, cases)
}

func TestIAMQuotas(t *testing.T) {
	doc := func(letters int) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("a", letters) + `"}]}`
	}
	role := s3Step{name: "role", token: roleToken, in: simcloud.Values{"name": "r", "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`}}
	bound := role
	bound.in = simcloud.Values{"name": "r", "assumeRolePolicy": role.in["assumeRolePolicy"], "permissionsBoundary": "{limit.arn}"}
	lost := role
	lost.in = simcloud.Values{"name": "r", "assumeRolePolicy": role.in["assumeRolePolicy"], "permissionsBoundary": "arn:aws:iam::111122223333:policy/none"}
	long := role
	long.in = simcloud.Values{"name": "r", "assumeRolePolicy": role.in["assumeRolePolicy"], "maxSessionDuration": 60}
	policy := func(name string, letters int) s3Step {
		return s3Step{name: name, token: iamPolicyToken, in: simcloud.Values{"name": name, "policy": doc(letters)}}
	}
	inline := func(name string, letters int) s3Step {
		return s3Step{name: name, token: rolePolicyToken, in: simcloud.Values{"name": name, "role": "{role.name}", "policy": doc(letters)}}
	}
	many := []s3Step{role}
	for i := range 11 {
		p := policy(fmt.Sprint("p", i), 1)
		many = append(many, p, s3Step{name: "a" + p.name, token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", in: simcloud.Values{"role": "{role.name}", "policyArn": "{" + p.name + ".arn}"}})
	}
	issuer := s3Step{name: "github", token: oidcProviderToken, in: simcloud.Values{"url": "https://token.actions.githubusercontent.com", "clientIdLists": []any{"sts.amazonaws.com"}}}
	second := issuer
	second.name = "second"
	s3Run(t, []s3Case{
		{"long policy", []s3Step{policy("limit", 6144)}, "LimitExceeded: Cannot exceed quota for PolicySize: 6144"},
		{"long inline policies", []s3Step{role, inline("a", 6000), inline("b", 6000)}, "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role r"},
		{"eleven policies", many, "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10"},
		{"no such boundary", []s3Step{lost}, "NoSuchEntity: Scope ARN: arn:aws:iam::111122223333:policy/none does not exist or is not attachable."},
		{"boundary in use", []s3Step{policy("limit", 1), bound, {name: "limit", delete: true}}, "DeleteConflict: Cannot delete a policy attached to entities"},
		{"short session", []s3Step{long}, "expected maxSessionDuration"},
		{"issuer twice", []s3Step{issuer, second}, "EntityAlreadyExists: Provider with url https://token.actions.githubusercontent.com already exists."},
	})
}
