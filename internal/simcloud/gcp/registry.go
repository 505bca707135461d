package gcp

import (
	"regexp"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	repositoryToken = "gcp:artifactregistry/repository:Repository"
	registryAgent   = "gcp-sa-artifactregistry"
)

var repositoryName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// registryTypes is Artifact Registry.
// Source: Artifact Registry reference, projects.locations.repositories; the
// provider's page of the resource for what replaces it; read 2026-11.
func registryTypes() []*simcloud.Type {
	member := grant("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "repository")
	member.Required = append(member.Required, "location")
	member.Refs = []simcloud.Ref{{Path: "repository", To: []string{repositoryToken}, By: "repositoryId", Plain: lastPart, Missing: notFound}}
	member.ID = func(op *simcloud.Op) string {
		return path(op, "locations", op.In.String("location"), "repositories", lastPart(op.In.String("repository"))) + "/" + op.In.String("role") + "/" + op.In.String("member")
	}
	return []*simcloud.Type{{
		Token: repositoryToken, Noun: "repository", Takes: 10 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "locations", op.In.String("location"), "repositories", op.In.String("repositoryId"))
		},
		Required: []string{"format", "location", "repositoryId"},
		Replace:  []string{"format", "kmsKeyName", "location", "mavenConfig", "mode", "project", "remoteRepositoryConfig", "repositoryId"},
		Refs:     []simcloud.Ref{holding("kmsKeyName", "googleapi: Error 404: CryptoKey %s not found., notFound", keyToken)},
		Unique:   []simcloud.Unique{{Paths: []string{"location", "repositoryId"}, Words: "googleapi: Error 409: the repository already exists, alreadyExists (%s, %s)"}},
		Validate: validRepository,
		Refuse: func(op *simcloud.Op) error {
			return encrypts(op, "kmsKeyName", registryAgent, op.In.String("location"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "name": op.In.String("repositoryId"), "createTime": "2026-11-01T00:00:00Z"}
		},
	}, member}
}

func validRepository(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.Matches(in, "repositoryId", repositoryName), simcloud.OneOf(in, "format", "DOCKER", "MAVEN", "NPM", "PYTHON", "APT", "YUM", "GO", "GENERIC", "KFP"),
		simcloud.OneOf(in, "mode", "STANDARD_REPOSITORY", "REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY"),
	)
	if l := in.String("location"); l != "" && regions[l] == "" && !slices.Contains([]string{"us", "europe", "asia"}, l) {
		errs = append(errs, refused(400, "badRequest", "unsupported location %s", l))
	}
	remote := in.String("mode") == "REMOTE_REPOSITORY"
	if remote != in.Has("remoteRepositoryConfig") {
		errs = append(errs, refused(400, "badRequest", "remote_repository_config must be set exactly for the mode REMOTE_REPOSITORY"))
	}
	if remote && in.Has("dockerConfig.immutableTags") {
		errs = append(errs, refused(400, "badRequest", "immutable_tags can only be set on a standard repository"))
	}
	docker := "remoteRepositoryConfig.dockerRepository."
	if in.String("format") == "DOCKER" && remote && in.Has(docker+"publicRepository") == in.Has(docker+"customRepository") {
		errs = append(errs, refused(400, "badRequest", "exactly one of a public and a custom Docker repository must be set"))
	}
	policies := in.Objects("cleanupPolicies[]")
	if len(policies) > 10 {
		errs = append(errs, refused(400, "badRequest", "too many cleanup policies: at most 10 are allowed"))
	}
	for _, p := range policies {
		errs = append(errs, simcloud.Problems(
			simcloud.OneOf(p, "action", "DELETE", "KEEP"), simcloud.OneOf(p, "condition.tagState", "TAGGED", "UNTAGGED", "ANY"), simcloud.Matches(p, "condition.olderThan", duration))...)
		switch {
		case p.Has("condition") == p.Has("mostRecentVersions"):
			errs = append(errs, refused(400, "badRequest", "cleanup policy %s: exactly one of condition and most_recent_versions must be set", p.String("id")))
		case p.Has("mostRecentVersions") && p.String("action") != "KEEP":
			errs = append(errs, refused(400, "badRequest", "cleanup policy %s: most_recent_versions can only be used with the action KEEP", p.String("id")))
		}
	}
	return errs
}
