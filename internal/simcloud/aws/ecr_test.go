package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestRepositoryRefusals(t *testing.T) {
	crypt := func(typ, key string) []any { return []any{map[string]any{"encryptionType": typ, "kmsKey": key}} }
	for name, tt := range map[string]struct {
		in   simcloud.Values
		want string
	}{
		"good":       {simcloud.Values{"name": "explico-dev/backend"}, ""},
		"taken":      {simcloud.Values{"name": "taken"}, "RepositoryAlreadyExistsException: The repository with name 'taken' already exists"},
		"upper case": {simcloud.Values{"name": "Backend"}, "invalid value for name"},
		"short":      {simcloud.Values{"name": "b"}, "expected length of name"},
		"long":       {simcloud.Values{"name": strings.Repeat("b", 257)}, "expected length of name"},
		"mutability": {simcloud.Values{"name": "backend", "imageTagMutability": "SOMETIMES"}, "expected imageTagMutability to be one of"},
		"encryption": {simcloud.Values{"name": "backend", "encryptionConfigurations": crypt("DES", "")}, "expected encryptionConfigurations[].encryptionType"},
		"key":        {simcloud.Values{"name": "backend", "encryptionConfigurations": crypt("KMS", "arn:aws:kms:eu-west-1:111122223333:key/none")}, "KmsException: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(repositoryToken, simcloud.Values{"name": "taken"})
			_, err := c.create(repositoryToken, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}

// A repository with images is deleted by force only.
func TestRepositoryWithImages(t *testing.T) {
	for force, want := range map[bool]string{
		false: "RepositoryNotEmptyException: The repository with name 'backend' in registry with id '111122223333' cannot be deleted because it still contains images",
		true:  "",
	} {
		c := newDataCloud(t)
		r := c.must(repositoryToken, simcloud.Values{"name": "backend", "imageTagMutability": "IMMUTABLE", "forceDelete": force})
		push := simcloud.Values{"repository": "backend", "imageTag": "v1"}
		c.must(imageToken, push)
		_, err := c.create(imageToken, push)
		dataRefused(t, err, "ImageTagAlreadyExistsException: The image tag 'v1' already exists in the 'backend' repository and cannot be overwritten")
		dataRefused(t, c.Delete(dataSession, repositoryToken, r.ID), want)
	}
	c := newDataCloud(t)
	r := c.must(repositoryToken, simcloud.Values{"name": "empty"})
	dataRefused(t, c.Delete(dataSession, repositoryToken, r.ID), "")
}

func TestRepositoryPartsRefusals(t *testing.T) {
	const lifecycle, rules = "aws:ecr/lifecyclePolicy:LifecyclePolicy", "aws:ecr/repositoryPolicy:RepositoryPolicy"
	rule := func(priority, status, count string) string {
		return `{"rulePriority":` + priority + `,"selection":{"tagStatus":"` + status + `",` + count + `},"action":{"type":"expire"}}`
	}
	const days, number = `"countType":"sinceImagePushed","countUnit":"days","countNumber":7`, `"countType":"imageCountMoreThan","countNumber":50`
	forget := func(all ...string) simcloud.Values {
		return simcloud.Values{"repository": "backend", "policy": `{"rules":[` + strings.Join(all, ",") + `]}`}
	}
	let := func(more string) simcloud.Values {
		return simcloud.Values{"repository": "backend", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + more + `}]}`}
	}
	const account, pull = `"Principal":{"AWS":"arn:aws:iam::444455556666:root"}`, `"Action":"ecr:BatchGetImage"`
	const bad = "InvalidParameterException: Invalid parameter at "
	for name, tt := range map[string]struct {
		token string
		in    simcloud.Values
		want  string
	}{
		"lifecycle":              {lifecycle, forget(rule("1", "untagged", days), rule("2", "any", number)), ""},
		"lifecycle of nothing":   {lifecycle, edited(forget(rule("1", "any", number)), simcloud.Values{"repository": "none"}), "RepositoryNotFoundException: "},
		"no rules":               {lifecycle, forget(), bad + "'LifecyclePolicyText'"},
		"same priority":          {lifecycle, forget(rule("1", "untagged", days), rule("1", "any", number)), bad + "'LifecyclePolicyText'"},
		"any before the others":  {lifecycle, forget(rule("2", "untagged", days), rule("1", "any", number)), bad + "'LifecyclePolicyText'"},
		"status":                 {lifecycle, forget(rule("1", "old", days)), bad + "'LifecyclePolicyText'"},
		"tagged without a tag":   {lifecycle, forget(rule("1", "tagged", days)), bad + "'LifecyclePolicyText'"},
		"days of a number":       {lifecycle, forget(rule("1", "any", `"countType":"imageCountMoreThan","countUnit":"days","countNumber":7`)), bad + "'LifecyclePolicyText'"},
		"action":                 {lifecycle, forget(strings.Replace(rule("1", "any", number), "expire", "keep", 1)), bad + "'LifecyclePolicyText'"},
		"policy":                 {rules, let(account + "," + pull), ""},
		"policy with a resource": {rules, let(account + "," + pull + `,"Resource":"*"`), bad + "'PolicyText'"},
		"policy of nobody":       {rules, let(pull), bad + "'PolicyText'"},
		"policy of S3":           {rules, let(account + `,"Action":"s3:GetObject"`), bad + "'PolicyText'"},
		"policy of nothing":      {rules, edited(let(account+","+pull), simcloud.Values{"repository": "none"}), "RepositoryNotFoundException: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(repositoryToken, simcloud.Values{"name": "backend"})
			_, err := c.create(tt.token, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}

func TestMirrorRefusals(t *testing.T) {
	const rule, template = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule", "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
	pull := func(prefix, url string) simcloud.Values {
		return simcloud.Values{"ecrRepositoryPrefix": prefix, "upstreamRegistryUrl": url}
	}
	kms := []any{map[string]any{"encryptionType": "KMS"}}
	made := simcloud.Values{"prefix": "mirror/k8s", "appliedFors": []string{"PULL_THROUGH_CACHE"}, "encryptionConfigurations": kms, "customRoleArn": "arn:aws:iam::111122223333:role/ecr"}
	for name, tt := range map[string]struct {
		token string
		in    simcloud.Values
		want  string
	}{
		"mirror":               {rule, pull("mirror/k8s", "registry.k8s.io"), ""},
		"prefix taken":         {rule, pull("taken", "quay.io"), "PullThroughCacheRuleAlreadyExistsException: "},
		"prefix long":          {rule, pull(strings.Repeat("a", 31), "quay.io"), "expected length of ecrRepositoryPrefix"},
		"prefix":               {rule, pull("Mirror", "quay.io"), "invalid value for ecrRepositoryPrefix"},
		"unknown registry":     {rule, pull("mirror", "registry.example.com"), "UnsupportedUpstreamRegistryException: "},
		"no credentials":       {rule, pull("mirror", "registry-1.docker.io"), "InvalidParameterException: The upstream registry"},
		"template":             {template, made, ""},
		"template taken":       {template, edited(made, simcloud.Values{"prefix": "taken"}), "TemplateAlreadyExistsException: "},
		"template's role":      {template, edited(made, simcloud.Values{"customRoleArn": nil}), "InvalidParameterException: A custom role is required"},
		"role unknown":         {template, edited(made, simcloud.Values{"customRoleArn": "arn:aws:iam::111122223333:role/none"}), "InvalidParameterException: The role"},
		"role of another":      {template, edited(made, simcloud.Values{"customRoleArn": "arn:aws:iam::111122223333:role/ec2"}), "InvalidParameterException: The custom role must be assumable by ecr.amazonaws.com"},
		"template's key":       {template, edited(made, simcloud.Values{"encryptionConfigurations": []any{map[string]any{"encryptionType": "KMS", "kmsKey": "arn:aws:kms:none"}}}), "KmsException: "},
		"template's lifecycle": {template, edited(made, simcloud.Values{"lifecyclePolicy": "{}"}), "InvalidParameterException: Invalid parameter at 'LifecyclePolicyText'"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(roleToken, simcloud.Values{"name": "ecr", "assumeRolePolicy": trustedBy("ecr.amazonaws.com")})
			c.must(roleToken, simcloud.Values{"name": "ec2", "assumeRolePolicy": trustedBy("ec2.amazonaws.com")})
			c.must(rule, pull("taken", "quay.io"))
			c.must(template, edited(made, simcloud.Values{"prefix": "taken"}))
			_, err := c.create(tt.token, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}
