package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	repositoryToken = "aws:ecr/repository:Repository"
	// imageToken is an image that somebody has pushed: no program holds it.
	imageToken = "aws:ecr/image:Image"
)

var (
	repositoryName  = regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`)
	pullPrefix      = regexp.MustCompile(`^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*/?|ROOT)$`)
	openRegistries  = []string{"public.ecr.aws", "registry.k8s.io", "quay.io"}
	closedUpstreams = regexp.MustCompile(`^(registry-1\.docker\.io|ghcr\.io|registry\.gitlab\.com|cgr\.dev|[a-z0-9-]+\.azurecr\.io)$`)
)

func ecrTypes() []*simcloud.Type {
	return []*simcloud.Type{repository(), image(), imageLifecycle(), repositoryPolicy(), pullThroughRule(), creationTemplate()}
}

// repositoryRef is the reference of a part of a repository to it.
func repositoryRef() simcloud.Ref {
	return simcloud.Ref{
		Path: "repository", To: []string{repositoryToken},
		Missing: "RepositoryNotFoundException: The repository with name '%s' does not exist in the registry",
	}
}

func repository() *simcloud.Type {
	return &simcloud.Type{
		Token: repositoryToken, Noun: "repository", IDFrom: "name", Auto: "name", AutoMax: 256, Takes: time.Second,
		Replace: []string{"name", "encryptionConfigurations"},
		Refs: []simcloud.Ref{{
			Path: "encryptionConfigurations[].kmsKey", To: []string{keyToken}, By: "arn", Missing: "KmsException: The key '%s' does not exist",
		}},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "RepositoryAlreadyExistsException: The repository with name '%s' already exists in the registry"}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.Matches(in, "name", repositoryName), simcloud.OneOf(in, "imageTagMutability", "MUTABLE", "IMMUTABLE"),
				simcloud.OneOf(in, "encryptionConfigurations[].encryptionType", "AES256", "KMS", "KMS_DSSE"),
			)
			if n := len(in.String("name")); n == 1 || n > 256 {
				errs = append(errs, fmt.Errorf("expected length of name to be in the range (2 - 256), got %d", n))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"arn": arn(op, "ecr", "repository/"+op.ID), "registryId": op.Account,
				"repositoryUrl": op.Account + ".dkr.ecr." + op.Region + ".amazonaws.com/" + op.ID,
			}
		},
		Delete: func(op *simcloud.Op) error {
			if op.In.Bool("forceDelete") || op.Find(imageToken, "repository", op.ID) == nil {
				return nil
			}
			return simcloud.Refusal("RepositoryNotEmptyException",
				"The repository with name '%s' in registry with id '%s' cannot be deleted because it still contains images", op.ID, op.Account)
		},
	}
}

// image is what docker push makes. It lies inside its repository and goes with
// it; the record of the push itself is what a test creates.
func image() *simcloud.Type {
	return &simcloud.Type{
		Token: imageToken, Noun: "image",
		ID:       func(op *simcloud.Op) string { return op.In.String("repository") + ":" + op.In.String("imageTag") },
		Required: []string{"repository", "imageTag"},
		Replace:  []string{"*"},
		Refs:     []simcloud.Ref{repositoryRef()},
		Refuse: func(op *simcloud.Op) error {
			name, tag := op.In.String("repository"), op.In.String("imageTag")
			repo := op.Find(repositoryToken, "id", name)
			if op.Find(imageToken, "id", name+":"+tag) != nil && repo.In.String("imageTagMutability") == "IMMUTABLE" {
				return simcloud.Refusal("ImageTagAlreadyExistsException",
					"The image tag '%s' already exists in the '%s' repository and cannot be overwritten because the repository is immutable.", tag, name)
			}
			return nil
		},
	}
}

func imageLifecycle() *simcloud.Type {
	return &simcloud.Type{
		Token: "aws:ecr/lifecyclePolicy:LifecyclePolicy", Noun: "lifecycle policy", IDFrom: "repository",
		Required: []string{"repository", "policy"},
		Replace:  []string{"repository", "policy"},
		Refs:     []simcloud.Ref{repositoryRef()},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(imageLifecycleProblem(in.String("policy"))) },
		Outputs:  func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"registryId": op.Account} },
	}
}

// imageLifecycleProblem refuses rules that ECR cannot follow.
func imageLifecycleProblem(text string) error {
	if text == "" {
		return nil
	}
	refuse := func(what string) error {
		return simcloud.Refusal("InvalidParameterException",
			"Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: %s'", what)
	}
	var doc struct {
		Rules []struct {
			RulePriority int
			Selection    struct {
				TagStatus, CountType, CountUnit string
				CountNumber                     int
				TagPrefixList, TagPatternList   []string
			}
			Action struct{ Type string }
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Rules) == 0 {
		return refuse("string [] is too short or no JSON")
	}
	var priorities []int
	for _, r := range doc.Rules {
		s := r.Selection
		aged := s.CountType == "sinceImagePushed"
		switch {
		case r.RulePriority < 1 || slices.Contains(priorities, r.RulePriority):
			return refuse(fmt.Sprintf("rule priority %d is not unique and positive", r.RulePriority))
		case !slices.Contains([]string{"tagged", "untagged", "any"}, s.TagStatus):
			return refuse("instance value (" + s.TagStatus + ") not found in enum [tagged, untagged, any]")
		case s.TagStatus == "tagged" && len(s.TagPrefixList)+len(s.TagPatternList) == 0:
			return refuse("tagged needs tagPrefixList or tagPatternList")
		case s.TagStatus == "any" && slices.ContainsFunc(priorities, func(p int) bool { return p > r.RulePriority }):
			return refuse("a rule for any must have the lowest priority")
		case !aged && s.CountType != "imageCountMoreThan" || s.CountNumber < 1 || aged != (s.CountUnit == "days"):
			return refuse("countType, countNumber and countUnit do not go together")
		case r.Action.Type != "expire":
			return refuse("action " + r.Action.Type + " is not expire")
		}
		priorities = append(priorities, r.RulePriority)
	}
	return nil
}

func repositoryPolicy() *simcloud.Type {
	refuse := func() error {
		return simcloud.Refusal("InvalidParameterException", "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'")
	}
	return &simcloud.Type{
		Token: "aws:ecr/repositoryPolicy:RepositoryPolicy", Noun: "repository policy", IDFrom: "repository",
		Required: []string{"repository", "policy"},
		Replace:  []string{"repository"},
		Refs:     []simcloud.Ref{repositoryRef()},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(policyDocument(in, "policy")) },
		Refuse: func(op *simcloud.Op) error {
			doc, err := parsePolicy(op.In.String("policy"))
			if err != nil {
				return refuse()
			}
			for _, s := range doc.Statement {
				// The repository is what the policy hangs on: none is named.
				if len(s.Resource) > 0 || !s.Principal.any && len(s.Principal.byKind) == 0 {
					return refuse()
				}
				for _, a := range s.Action {
					if !strings.HasPrefix(a, "ecr:") {
						return refuse()
					}
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"registryId": op.Account} },
	}
}

func pullThroughRule() *simcloud.Type {
	return &simcloud.Type{
		Token: "aws:ecr/pullThroughCacheRule:PullThroughCacheRule", Noun: "pull through cache rule", IDFrom: "ecrRepositoryPrefix",
		Required: []string{"ecrRepositoryPrefix", "upstreamRegistryUrl"},
		Replace:  []string{"ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRepositoryPrefix"},
		Unique: []simcloud.Unique{{
			Paths: []string{"ecrRepositoryPrefix"}, Words: "PullThroughCacheRuleAlreadyExistsException: The pull through cache rule with prefix '%s' already exists",
		}},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(prefixProblem(in, "ecrRepositoryPrefix")) },
		Refuse: func(op *simcloud.Op) error {
			url := op.In.String("upstreamRegistryUrl")
			switch {
			case slices.Contains(openRegistries, url):
				return nil
			case !closedUpstreams.MatchString(url):
				return simcloud.Refusal("UnsupportedUpstreamRegistryException", "The specified upstream registry isn't supported: %s", url)
			case !op.In.Has("credentialArn"):
				return simcloud.Refusal("InvalidParameterException", "The upstream registry %s requires authentication: credentialArn is required", url)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"registryId": op.Account} },
	}
}

func prefixProblem(in simcloud.Values, path string) error {
	if v := in.String(path); v != "" && (len(v) < 2 || len(v) > 30) {
		return fmt.Errorf("expected length of %s to be in the range (2 - 30), got %s", path, v)
	}
	return simcloud.Matches(in, path, pullPrefix)
}

func creationTemplate() *simcloud.Type {
	return &simcloud.Type{
		Token: "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", Noun: "repository creation template", IDFrom: "prefix",
		Required: []string{"prefix", "appliedFors"},
		Replace:  []string{"prefix"},
		Refs: []simcloud.Ref{{
			Path: "customRoleArn", To: []string{roleToken}, By: "arn", Missing: "InvalidParameterException: The role %s does not exist",
		}, {
			Path: "encryptionConfigurations[].kmsKey", To: []string{keyToken}, By: "arn", Missing: "KmsException: The key '%s' does not exist",
		}},
		Unique: []simcloud.Unique{{Paths: []string{"prefix"}, Words: "TemplateAlreadyExistsException: The repository creation template with prefix '%s' already exists"}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(imageLifecycleProblem(in.String("lifecyclePolicy")), simcloud.OneOf(in, "imageTagMutability", "MUTABLE", "IMMUTABLE"))
		},
		Refuse: func(op *simcloud.Op) error {
			needs := op.In.String("encryptionConfigurations[].encryptionType") == "KMS" || op.In.Has("resourceTags")
			role := op.Find(roleToken, "arn", op.In.String("customRoleArn"))
			switch {
			case needs && role == nil:
				return simcloud.Refusal("InvalidParameterException", "A custom role is required when resource tags or KMS encryption are used")
			case role != nil && !eksTrusts(role, "ecr.amazonaws.com", "sts:AssumeRole"):
				return simcloud.Refusal("InvalidParameterException", "The custom role must be assumable by ecr.amazonaws.com")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"registryId": op.Account} },
	}
}
