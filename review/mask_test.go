package review

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// Nothing that is, or might be, a secret is shown; what is none is.
func TestSecretsAreMasked(t *testing.T) {
	const leak = "hunter2"
	for name, v := range map[string]any{
		"the engine's mark":    "[secret]",
		"the engine's object":  map[string]any{signature: secretSignature, "ciphertext": leak},
		"by name":              map[string]any{"masterPassword": leak},
		"deep":                 map[string]any{"a": []any{map[string]any{"apiKey": leak}}},
		"a list of names":      []any{map[string]any{"name": "DB_PASSWORD", "value": leak}},
		"in JSON in a text":    `{"database": {"password": "hunter2"}}`,
		"in a text":            "postgres --password=hunter2",
		"an address":           "postgres://app:hunter2@db:5432/explico",
		"a key of AWS":         "AKIA" + "IOSFODNN7EXAMPLE hunter2",
		"a token of GitHub":    "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a hunter2",
		"a private key":        "-----BEGIN OPENSSH PRIVATE KEY----- hunter2",
		"a web token":          "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hunter2",
		"a hook":               "https://hooks.slack.com/services/T0/B0/hunter2",
		"a header":             "Authorization: Bearer hunter2hunter2",
		"an opaque text":       "Zm9vYmFyhunter2AbC1234567",
		"the digits of a hash": "0123456789abcdef0123456789abcdef",
	} {
		if got := show(v); strings.Contains(got, leak) || !strings.Contains(got, masked) {
			t.Errorf("%s: got %s", name, got)
		}
	}
	for _, v := range []any{
		"db.m7g.large", "arn:aws:iam::111122223333:role/explico-dev-ci-preview", "explico-dev-uploads-30f9eca6dba268fe6d9456476a",
		"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/x", "ghcr.io/stefanprodan/podinfo:6.9.2", 14, true, []any{"a", "b"},
	} {
		if got := show(v); strings.Contains(got, masked) {
			t.Errorf("%v is hidden", v)
		}
	}
	if got := show("-----BEGIN CERTIFICATE\na\nb"); got != "a text of 3 lines" {
		t.Errorf("a long text: got %s", got)
	}
	if got := plainText("error: cannot log in\npassword=hunter2 at host"); strings.Contains(got, leak) || !strings.Contains(got, "cannot log in") {
		t.Errorf("a message: got %s", got)
	}
}

// step is a step that changes inputs.
func step(typ, before, after string, diff ...string) Step {
	s := Step{Op: "update", URN: "urn:pulumi:dev::explico::" + typ + "::x", Old: &State{}, New: &State{}}
	for text, into := range map[string]*map[string]any{before: &s.Old.Inputs, after: &s.New.Inputs} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			panic(err)
		}
	}
	for _, path := range diff {
		if s.DetailedDiff == nil {
			s.DetailedDiff = map[string]DiffHow{}
		}
		s.DetailedDiff[path] = DiffHow{Kind: "update", InputDiff: true}
	}
	return s
}

func TestProperties(t *testing.T) {
	for name, tt := range map[string]struct {
		s    Step
		want []string
	}{
		"by the provider's paths": {step("a:b:C", `{"a": 1, "b": [{"c": "x"}], "d": 1}`, `{"a": 2, "b": [{"c": "y"}], "d": 2}`, "a", "b[0].c"), []string{"a: 1 > 2", `b[0].c: "x" > "y"`}},
		"by what differs":         {step("a:b:C", `{"a": {"b": 1, "c": 2}}`, `{"a": {"b": 1, "c": 3, "d": 4}}`), []string{"a.c: 2 > 3", "a.d:  > 4"}},
		"a key with dots":         {step("a:b:C", `{"tags": {"a.b": "1"}}`, `{"tags": {"a.b": "2"}}`, `tags["a.b"]`), []string{`tags["a.b"]: "1" > "2"`}},
		"documents":               {step("a:b:C", `{"policy": "{\"x\": [1, 2]}"}`, `{"policy": "{\"x\": [1, 3]}"}`, "policy"), []string{"policy.x[1]: 2 > 3"}},
		"known later":             {step("a:b:C", `{"a": "x"}`, `{"a": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}`, "a"), []string{`a: "x" > known after the update`}},
		"a secret by name":        {step("a:b:C", `{"password": "hunter2"}`, `{"password": "hunter3"}`, "password"), []string{"password: [secret] > [secret]"}},
		"a secret that is new":    {step("a:b:C", `{}`, `{"password": "hunter3"}`, "password"), []string{"password:  > [secret]"}},
		"a secret no more":        {step("a:b:C", `{"a": "[secret]"}`, `{"a": "hunter2"}`, "a"), []string{"a: [secret] > [secret]"}},
		"data of a Secret":        {step("kubernetes:core/v1:Secret", `{"data": {"x": "aHVudGVyMg=="}}`, `{"data": {"x": "aHVudGVyMw=="}}`), []string{"data: [secret] > [secret]"}},
		"a container's variable":  {step("a:b:C", `{"env": [{"name": "TOKEN", "value": "a"}]}`, `{"env": [{"name": "TOKEN", "value": "b"}]}`, "env[0].value"), []string{"env[0].value: [secret] > [secret]"}},
		"no such path":            {step("a:b:C", `{"a": 1}`, `{"a": 2}`, "gone[7].x"), []string{"gone[7].x:  > "}},
	} {
		var got []string
		for _, p := range properties(tt.s) {
			got = append(got, p.Path+": "+p.Old+" > "+p.New)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// All steps of a replacement are one change; what only reads is none.
func TestChangesOfSteps(t *testing.T) {
	u := "urn:pulumi:dev::explico::aws:rds/instance:Instance::x"
	for want, ops := range map[string][]string{
		"replace": {"create-replacement", "replace", "delete-replaced"}, "delete": {"delete"}, "create": {"create"}, "": {"same", "refresh", "read"},
	} {
		var steps []Step
		for _, op := range ops {
			steps = append(steps, Step{Op: op, URN: u})
		}
		all := changes(steps, nil)
		if want == "" {
			if len(all) != 0 {
				t.Errorf("%v: got %+v", ops, all)
			}
			continue
		}
		if len(all) != 1 || all[0].Op != want {
			t.Errorf("%v: got %+v, want %s", ops, all, want)
		}
		if lost := losses(all); (len(lost) == 1) != (want != "create") {
			t.Errorf("%v: got losses %+v", ops, lost)
		}
	}
}

// What somebody protected is guarded, whatever it is.
func TestProtectedIsGuarded(t *testing.T) {
	u := "urn:pulumi:dev::explico::aws:cloudwatch/logGroup:LogGroup::audit"
	for protected, want := range map[bool]int{true: 1, false: 0} {
		lost := losses(changes([]Step{{Op: "delete", URN: u, Old: &State{Protect: protected}}}, nil))
		if len(lost) != want {
			t.Errorf("protected %v: got %+v", protected, lost)
		}
	}
}

// What holds data is known by its type, whatever the version of its API.
func TestStateful(t *testing.T) {
	for token, want := range map[string]string{
		"aws:rds/instance:Instance": "database", "aws:s3/bucketV2:BucketV2": "bucket", "aws:eks/cluster:Cluster": "cluster", "aws:ec2/subnet:Subnet": "subnet",
		"aws:kms/key:Key": "key", "aws:route53/zone:Zone": "zone", "aws:backup/vault:Vault": "vault",
		"gcp:sql/databaseInstance:DatabaseInstance": "database", "gcp:storage/bucket:Bucket": "bucket", "gcp:container/cluster:Cluster": "cluster",
		"gcp:compute/subnetwork:Subnetwork": "subnet", "gcp:kms/cryptoKey:CryptoKey": "key", "gcp:dns/managedZone:ManagedZone": "zone",
		"azure-native:dbforpostgresql/v20240801:Server": "database", "azure-native:storage:StorageAccount": "bucket", "azure-native:network:Subnet": "subnet",
		"azure-native:containerservice:ManagedCluster": "cluster", "azure-native:keyvault:Vault": "key", "azure-native:recoveryservices:Vault": "vault",
		"kubernetes:core/v1:PersistentVolumeClaim": "disk", "kubernetes:core/v1:Namespace": "namespace, with all that is in it",
		"kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch": "database",
	} {
		if got, ok := Stateful(token); !ok || got != want {
			t.Errorf("%s: got %q, want %q", token, got, want)
		}
	}
	for _, token := range []string{"aws:iam/role:Role", "kubernetes:apps/v1:Deployment", "aws:cloudwatch/logGroup:LogGroup", ""} {
		if kind, ok := Stateful(token); ok {
			t.Errorf("%s is a %s", token, kind)
		}
	}
}
