package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestSecretRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":          {nil, ""},
		"taken":         {simcloud.Values{"name": "taken"}, "ResourceExistsException: The operation failed because the secret taken already exists."},
		"being deleted": {simcloud.Values{"name": "gone"}, "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion."},
		"deleted":       {simcloud.Values{"name": "gone at once"}, "invalid value for name"},
		"gone at once":  {simcloud.Values{"name": "forced"}, ""},
		"window":        {simcloud.Values{"recoveryWindowInDays": 3}, "expected recovery_window_in_days to be 0 or in the range (7 - 30), got 3"},
		"key":           {simcloud.Values{"kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/none"}, "InvalidParameterException: The KMS key"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(secretToken, simcloud.Values{"name": "taken"})
			for name, window := range map[string]int{"gone": 7, "forced": 0} {
				r := c.must(secretToken, simcloud.Values{"name": name, "recoveryWindowInDays": window})
				dataRefused(t, c.Delete(dataSession, secretToken, r.ID), "")
			}
			_, err := c.create(secretToken, edited(simcloud.Values{"name": "app"}, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestSecretPartsRefusals(t *testing.T) {
	const rotation = "aws:secretsmanager/secretRotation:SecretRotation"
	const function = "arn:aws:lambda:eu-west-1:111122223333:function:rotate"
	days := func(n int) map[string]any { return map[string]any{"automaticallyAfterDays": n} }
	document := func(effect, principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `",` + principal + `"Action":"secretsmanager:*","Resource":"*"}]}`
	}
	anyone := `"Principal":"*",`
	for name, tt := range map[string]struct {
		token string
		in    simcloud.Values
		want  string
	}{
		"value":              {secretVersionToken, simcloud.Values{"secretString": "x"}, ""},
		"no value":           {secretVersionToken, simcloud.Values{}, "InvalidRequestException: You must provide either SecretString or SecretBinary."},
		"two values":         {secretVersionToken, simcloud.Values{"secretString": "x", "secretBinary": "eA=="}, `"secret_string": conflicts with secret_binary`},
		"long value":         {secretVersionToken, simcloud.Values{"secretString": strings.Repeat("x", 65537)}, "ValidationException: "},
		"value of nothing":   {secretVersionToken, simcloud.Values{"secretId": "none", "secretString": "x"}, "ResourceNotFoundException: Secrets Manager can't find the specified secret."},
		"policy":             {secretPolicyToken, simcloud.Values{"policy": document("Deny", anyone), "blockPublicPolicy": true}, ""},
		"public policy":      {secretPolicyToken, simcloud.Values{"policy": document("Allow", anyone), "blockPublicPolicy": true}, "PublicPolicyException: "},
		"policy of nobody":   {secretPolicyToken, simcloud.Values{"policy": document("Deny", "")}, "MalformedPolicyDocumentException: "},
		"policy of nothing":  {secretPolicyToken, simcloud.Values{"secretArn": "none", "policy": document("Deny", anyone)}, "ResourceNotFoundException: "},
		"rotation":           {rotation, simcloud.Values{"rotationRules": days(30), "rotationLambdaArn": function}, ""},
		"rotation by nobody": {rotation, simcloud.Values{"rotationRules": days(30)}, "InvalidRequestException: No Lambda rotation function ARN is associated with this secret."},
		"rotation by a name": {rotation, simcloud.Values{"rotationRules": days(30), "rotationLambdaArn": "rotate"}, "invalid value for rotationLambdaArn"},
		"rotation late":      {rotation, simcloud.Values{"rotationRules": days(1001), "rotationLambdaArn": function}, "expected rotationRules.automaticallyAfterDays to be in the range (1 - 1000)"},
		"rotation never":     {rotation, simcloud.Values{"rotationRules": map[string]any{"duration": "3h"}, "rotationLambdaArn": function}, `"rotation_rules": one of`},
		"rotated nothing":    {rotation, simcloud.Values{"secretId": "none", "rotationRules": days(30), "rotationLambdaArn": function}, "ResourceNotFoundException: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			id := c.must(secretToken, simcloud.Values{"name": "app"}).ID
			in := simcloud.Values{"secretId": id}
			if tt.token == secretPolicyToken {
				in = simcloud.Values{"secretArn": id}
			}
			_, err := c.create(tt.token, edited(in, tt.in))
			dataRefused(t, err, tt.want)
			if tt.want == "" && tt.token == secretPolicyToken {
				_, err := c.create(tt.token, edited(in, tt.in))
				dataRefused(t, err, "InvalidRequestException: ")
			}
		})
	}
}
