package gcp

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	secretToken  = "gcp:secretmanager/secret:Secret"
	topicToken   = "gcp:pubsub/topic:Topic"
	topicGrant   = "gcp:pubsub/topicIAMMember:TopicIAMMember"
	secretsAgent = "gcp-sa-secretmanager"
	pubsubAgent  = "gcp-sa-pubsub"
	publishRole  = "roles/pubsub.publisher"
)

func secretTypes() []*simcloud.Type {
	return []*simcloud.Type{
		secretType(), secretVersion(), grant("gcp:secretmanager/secretIamMember:SecretIamMember", "secretId", secretToken),
		topicType(), topicMember(),
	}
}

// topicMember gives rights on a topic, by its name or its path.
func topicMember() *simcloud.Type {
	t := grant(topicGrant, "topic", topicToken)
	t.Refs = []simcloud.Ref{{Path: "topic", To: []string{topicToken}, By: "name", Plain: lastPart, Missing: notFound}}
	return t
}

// lastPart is what follows the last slash of a path.
func lastPart(value string) string { return value[strings.LastIndexByte(value, '/')+1:] }

var secretID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

// secretType is a secret of Secret Manager.
// Source: Secret Manager reference, projects.secrets; the provider's page of the
// resource for what replaces it; read 2026-11.
func secretType() *simcloud.Type {
	return &simcloud.Type{
		Token: secretToken, Noun: "secret", Takes: 2 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "secrets", op.In.String("secretId")) },
		Required: []string{"secretId", "replication"},
		Replace:  []string{"project", "replication", "secretId"},
		Refs: []simcloud.Ref{
			holding("replication.userManaged.replicas[].customerManagedEncryption.kmsKeyName", "googleapi: Error 404: CryptoKey %s not found., notFound", keyToken),
			holding("replication.auto.customerManagedEncryption.kmsKeyName", "googleapi: Error 404: CryptoKey %s not found., notFound", keyToken),
			holding("topics[].name", "googleapi: Error 404: Pub/Sub topic %s does not exist., notFound", topicToken),
		},
		Unique:   []simcloud.Unique{{Paths: []string{"secretId"}, Words: "googleapi: Error 409: Secret [%s] already exists., alreadyExists"}},
		Validate: validSecret, Refuse: refuseSecret,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"project": op.Account, "name": "projects/" + ProjectNumber + "/secrets/" + op.In.String("secretId"), "createTime": "2026-11-01T00:00:00Z",
			}
		},
	}
}

func validSecret(in simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.Matches(in, "secretId", secretID), simcloud.Matches(in, "versionDestroyTtl", duration))
	replicas := in.Objects("replication.userManaged.replicas[]")
	if in.Has("replication.auto") == (len(replicas) > 0) {
		errs = append(errs, refused(400, "badRequest", "The field \"secret.replication\" is required to be exactly one of automatic and user-managed."))
	}
	for _, r := range replicas {
		errs = append(errs, simcloud.Problems(place(r, "location"))...)
	}
	if s, known := seconds(in, "rotation.rotationPeriod"); known && (s < 3600 || s > 3153600000) {
		errs = append(errs, refused(400, "badRequest", "rotation_period must be between 3600s and 3153600000s"))
	}
	if in.Has("rotation.rotationPeriod") && !in.Has("rotation.nextRotationTime") {
		errs = append(errs, refused(400, "badRequest", "next_rotation_time must be set when rotation_period is set"))
	}
	if in.Has("rotation") && len(in.All("topics[]")) == 0 {
		errs = append(errs, refused(400, "badRequest", "topics must be set to configure rotation"))
	}
	return errs
}

// refuseSecret is what Secret Manager says of its keys and of topics that it may
// not publish to.
// Source: Secret Manager docs, "Add event notifications to a secret", read 2026-11.
func refuseSecret(op *simcloud.Op) error {
	for _, r := range op.In.Objects("replication.userManaged.replicas[]") {
		one := *op
		one.In = simcloud.Values{"key": r.String("customerManagedEncryption.kmsKeyName")}
		if err := encrypts(&one, "key", secretsAgent, r.String("location")); err != nil {
			return err
		}
	}
	agent := "serviceAccount:service-" + ProjectNumber + "@" + secretsAgent + agentSuffix
	for _, topic := range op.In.Strings("topics[].name") {
		if !publishes(op, topic, agent) {
			return refused(400, "failedPrecondition", "Failed to publish to topic [%s]: the service account [%s] must be granted %s.", topic, agent, publishRole)
		}
	}
	return nil
}

// publishes says whether a member may publish to a topic.
func publishes(op *simcloud.Op, topic, member string) bool {
	return slices.ContainsFunc(op.All(topicGrant), func(r *simcloud.Record) bool {
		return lastPart(r.In.String("topic")) == lastPart(topic) && r.In.String("member") == member && r.In.String("role") == publishRole
	})
}

// secretVersion is a value of a secret. The provider disables or deletes it, or
// leaves it, when the resource goes.
func secretVersion() *simcloud.Type {
	return &simcloud.Type{
		Token: "gcp:secretmanager/secretVersion:SecretVersion", Noun: "secret version", Takes: 2 * time.Second,
		ID: func(op *simcloud.Op) string {
			return "projects/" + ProjectNumber + "/secrets/" + lastPart(op.In.String("secret")) + "/versions/" + op.Hex(4, "version")
		},
		Required: []string{"secret", "secretData"}, Replace: []string{"isSecretDataBase64", "secret", "secretData"}, Secrets: []string{"secretData"},
		Refs: []simcloud.Ref{ref("secret", "googleapi: Error 404: Secret [%s] not found., notFound", secretToken)},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "deletionPolicy", "DELETE", "DISABLE", "ABANDON"))
			if len(in.String("secretData")) > 65536 {
				errs = append(errs, refused(400, "badRequest", "The secret payload must be at most 65536 bytes."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.ID, "version": lastPart(op.ID), "createTime": "2026-11-01T00:00:00Z"}
		},
	}
}

var topicName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9._~+%-]{2,254}$`)

// topicType is a topic of Pub/Sub.
// Source: Pub/Sub reference, projects.topics; Pub/Sub docs, "Configure
// message encryption"; read 2026-11.
func topicType() *simcloud.Type {
	return &simcloud.Type{
		Token: topicToken, Noun: "topic", Auto: "name", AutoMax: 255, Takes: 2 * time.Second,
		ID:      func(op *simcloud.Op) string { return path(op, "topics", op.In.String("name")) },
		Replace: []string{"kmsKeyName", "name", "project"},
		Refs:    []simcloud.Ref{holding("kmsKeyName", "googleapi: Error 404: Cloud KMS key %s not found., notFound", keyToken)},
		Unique:  []simcloud.Unique{{Paths: []string{"name"}, Words: "googleapi: Error 409: Resource already exists in the project (resource=%s)., alreadyExists"}},
		InUse:   "googleapi: Error 400: topic %s is in use, failedPrecondition",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", topicName))
			if strings.HasPrefix(in.String("name"), "goog") {
				errs = append(errs, refused(400, "badRequest", "Invalid topic name: (name=%s)", in.String("name")))
			}
			for _, r := range in.Strings("messageStoragePolicy.allowedPersistenceRegions[]") {
				if regions[r] == "" {
					errs = append(errs, refused(400, "badRequest", "Invalid region %s in the message storage policy.", r))
				}
			}
			return errs
		},
		Refuse:  func(op *simcloud.Op) error { return encrypts(op, "kmsKeyName", pubsubAgent, "") },
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"project": op.Account} },
	}
}
