package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	secretToken         = "aws:secretsmanager/secret:Secret"
	secretPolicyToken   = "aws:secretsmanager/secretPolicy:SecretPolicy"
	secretRotationToken = "aws:secretsmanager/secretRotation:SecretRotation"
	rotator             = "arn:aws:lambda:eu-west-1:111122223333:function:rotate"
)

func secretsProgram(s Scope, edit func(*SecretsArgs), see *rdsValues) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		key, err := NewKey(ctx, "key", &KeyArgs{Scope: s, Purpose: "secrets"}, opt)
		if err != nil {
			return err
		}
		args := &SecretsArgs{Scope: s, KeyArn: key.Arn, Secrets: map[string]SecretArgs{
			"backend": {Purpose: "keys of others"}, "stripe": {Purpose: "payments", RotationDays: 30, RotationFunctionArn: rotator},
		}}
		if edit != nil {
			edit(args)
		}
		secrets, err := NewSecrets(ctx, "secrets", args, opt)
		if err != nil || see == nil {
			return err
		}
		see.add("read", ReadSecrets(s, []pulumi.StringInput{secrets.Arns["stripe"], secrets.Arns["backend"]}, []pulumi.StringInput{key.Arn, key.Arn}))
		return nil
	}
}

func TestSecrets(t *testing.T) {
	see := &rdsValues{all: map[string]any{}}
	g := run(t, secretsProgram(testScope(), nil, see))
	g.CheckHouse(t)
	key := g.One(t, "aws:kms/key:Key", "").Outputs.String("arn")
	for _, name := range []string{"secrets-backend", "secrets-stripe"} {
		secret := g.One(t, secretToken, name)
		if secret.Inputs.String("kmsKeyId") != key || secret.Inputs.Int("recoveryWindowInDays") != 30 || secret.Inputs.String("description") == "" {
			t.Errorf("%s: got %v", name, secret.Inputs)
		}
		rules := g.One(t, secretPolicyToken, name).Inputs
		by := statements(t, rules.String("policy"))
		clear, foreign := by["DenyClearText"], by["DenyOtherAccounts"]
		if rules.String("secretArn") != secret.ID || !rules.Bool("blockPublicPolicy") ||
			clear.Effect != "Deny" || clear.Condition["Bool"]["aws:SecureTransport"][0] != "false" ||
			foreign.Effect != "Deny" || foreign.Condition["StringNotEquals"]["aws:PrincipalAccount"][0] != "111122223333" || len(by) != 2 {
			t.Errorf("%s: the policy is %v", name, by)
		}
	}
	if n := len(g.All("aws:secretsmanager/secretVersion:SecretVersion")); n != 0 {
		t.Errorf("the program writes %d values", n)
	}
	rotation := g.One(t, secretRotationToken, "secrets-stripe").Inputs
	if rotation.Int("rotationRules.automaticallyAfterDays") != 30 || rotation.String("rotationLambdaArn") != rotator || rotation.Bool("rotateImmediately") {
		t.Errorf("it rotates as %v", rotation)
	}
	text, _ := see.all["read"].(string)
	by := statements(t, text)
	arns := []string{g.One(t, secretToken, "secrets-stripe").ID, g.One(t, secretToken, "secrets-backend").ID}
	if !slices.Equal(by["Read"].Resource, arns) || !slices.Equal(by["Decrypt"].Resource, []string{key}) ||
		by["Decrypt"].Condition["StringEquals"]["kms:ViaService"][0] != "secretsmanager.eu-west-1.amazonaws.com" {
		t.Errorf("a reader may %s", text)
	}
}

func TestSecretsProtection(t *testing.T) {
	for name, tt := range map[string]struct {
		protect, disposable bool
		window              int
	}{"protected": {true, false, 30}, "neither": {false, false, 30}, "disposable": {false, true, 0}} {
		s := testScope()
		s.Protect, s.Disposable = tt.protect, tt.disposable
		secret := run(t, secretsProgram(s, nil, nil)).One(t, secretToken, "secrets-backend")
		if secret.Protect != tt.protect || secret.Inputs.Int("recoveryWindowInDays") != tt.window || !secret.Inputs.Has("recoveryWindowInDays") {
			t.Errorf("%s: protect %v, window %v", name, secret.Protect, secret.Inputs.Get("recoveryWindowInDays"))
		}
	}
}

func TestSecretsPreview(t *testing.T) {
	g := run(t, secretsProgram(testScope(), nil, nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 || len(g.All(secretToken)) != 2 {
		t.Errorf("a preview created %d resources and shows %d secrets", n, len(g.All(secretToken)))
	}
}

func TestSecretsBadArguments(t *testing.T) {
	one := func(s SecretArgs) func(*SecretsArgs) {
		return func(a *SecretsArgs) { a.Secrets = map[string]SecretArgs{"x": s} }
	}
	for want, edit := range map[string]func(*SecretsArgs){
		"KeyArn":                          func(a *SecretsArgs) { a.KeyArn = nil },
		"Secrets[x].Purpose":              one(SecretArgs{}),
		"Secrets[x].RotationDays: got 91": one(SecretArgs{Purpose: "x", RotationDays: 91, RotationFunctionArn: rotator}),
		"Secrets[x]: got 30 RotationDays": one(SecretArgs{Purpose: "x", RotationDays: 30}),
		"Secrets[x]: got 0 RotationDays":  one(SecretArgs{Purpose: "x", RotationFunctionArn: rotator}),
	} {
		_, err := simtest.Try("explico", "test", withProvider(secretsProgram(testScope(), edit, nil)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}

func TestWorkload(t *testing.T) {
	const association = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	program := func(edit func(*WorkloadArgs)) func(*pulumi.Context, pulumi.ResourceOption) error {
		return eksProgram(eksArgs(), func(ctx *pulumi.Context, e *Eks) {
			args := &WorkloadArgs{
				Scope: testScope(), ClusterName: e.Name, Namespace: "backend", ServiceAccount: "api",
				Policies: map[string]pulumi.StringInput{"read": pulumi.String(policy(allow("Read", []string{"s3:GetObject"}, []string{"arn:aws:s3:::x/*"})))},
			}
			if edit != nil {
				edit(args)
			}
			if _, err := NewWorkload(ctx, "workload-backend.api", args, pulumi.Parent(e)); err != nil {
				t.Error(err)
			}
		})
	}
	g := run(t, program(nil))
	role := g.One(t, "aws:iam/role:Role", "workload-backend.api")
	if role.ID != "explico-test-eu-west-1-workload-backend.api" || !strings.Contains(role.Inputs.String("assumeRolePolicy"), "pods.eks.amazonaws.com") {
		t.Errorf("the role %s trusts %s", role.ID, role.Inputs.String("assumeRolePolicy"))
	}
	in := g.One(t, association, "workload-backend.api").Inputs
	if in.String("namespace") != "backend" || in.String("serviceAccount") != "api" || in.String("roleArn") != role.Outputs.String("arn") {
		t.Errorf("the association is %v", in)
	}
	if got := g.One(t, "aws:iam/rolePolicy:RolePolicy", "workload-backend.api-read").Inputs; got.String("role") != role.ID || got.String("name") != "read" {
		t.Errorf("the policy is %v", got)
	}
	long := run(t, program(func(a *WorkloadArgs) { a.Prefix = strings.Repeat("p", 32) })).One(t, "aws:iam/role:Role", "workload-backend.api")
	if len(long.ID) > 64 {
		t.Errorf("the role's name has %d characters: %s", len(long.ID), long.ID)
	}
}

func TestWorkloadBadArguments(t *testing.T) {
	for want, args := range map[string]*WorkloadArgs{
		"ClusterName is missing": {Namespace: "a", ServiceAccount: "b"},
		`service account ""`:     {ClusterName: pulumi.String("c"), Namespace: "a"},
	} {
		_, err := simtest.Try("explico", "test", withProvider(func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
			_, err := NewWorkload(ctx, "workload", args, opt)
			return err
		}))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}
