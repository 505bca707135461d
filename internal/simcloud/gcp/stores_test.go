package gcp

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestBucketRefusals(t *testing.T) {
	w := newWorld(t)
	key := w.key("europe-west1", "storage")
	good := simcloud.Values{
		"name": "uploads-explico", "location": "EUROPE-WEST1", "publicAccessPrevention": "enforced", "encryption": map[string]any{"defaultKmsKeyName": key.ID},
	}
	rule := func(action, condition map[string]any) simcloud.Values {
		return with(good, simcloud.Values{"lifecycleRules": []any{map[string]any{"action": action, "condition": condition}}})
	}
	class := map[string]any{"type": "SetStorageClass", "storageClass": "NEARLINE"}
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"upper case":    {with(good, simcloud.Values{"name": "Uploads"}), "Invalid bucket name: 'Uploads'"},
		"address":       {with(good, simcloud.Values{"name": "192.168.5.4"}), "Invalid bucket name"},
		"google":        {with(good, simcloud.Values{"name": "my-google-things"}), "Invalid bucket name"},
		"place":         {with(good, simcloud.Values{"location": "EU-WEST-1"}), "location constraint is not valid"},
		"key elsewhere": {with(good, simcloud.Values{"location": "EUROPE-WEST4"}), "does not match the location"},
		"key":           {set(good, "encryption.defaultKmsKeyName", "none"), "Cloud KMS key none does not exist"},
		"log bucket":    {with(good, simcloud.Values{"logging": map[string]any{"logBucket": "none"}}), "The target bucket none for logging does not exist"},
		"turbo":         {with(good, simcloud.Values{"rpo": "ASYNC_TURBO"}), "only available for dual-region"},
		"one region":    {with(good, simcloud.Values{"location": "EU", "customPlacementConfig": map[string]any{"dataLocations": []any{"EUROPE-WEST1"}}}), "two regions in it"},
		"soft delete":   {with(good, simcloud.Values{"softDeletePolicy": map[string]any{"retentionDurationSeconds": 3600.0}}), "Soft delete policy retention duration"},
		"no condition":  {rule(class, nil), "at least one condition"},
		"autoclass":     {with(rule(class, map[string]any{"age": 30.0}), simcloud.Values{"autoclass": map[string]any{"enabled": true}}), "not allowed on a bucket with Autoclass"},
		"uploads":       {rule(map[string]any{"type": "AbortIncompleteMultipartUpload"}, map[string]any{"withState": "ANY"}), "does not support the condition withState"},
	} {
		w.refuses(name, bucketToken, c.in, c.words)
	}
	w.make(bucketToken, good)
	w.refuses("taken", bucketToken, good, "you already own it")
	w.refuses("public", bucketGrantToken, simcloud.Values{"bucket": "uploads-explico", "role": "roles/storage.objectViewer", "member": "allUsers"}, "public access prevention is enforced")
	w.refuses("no bucket", bucketGrantToken, simcloud.Values{"bucket": "none", "role": "roles/storage.objectViewer", "member": "user:a@example.com"}, "was not found")
	theirs, err := session(simcloud.Values{"project": "somebody-else"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.cloud.Create(theirs, bucketToken, "urn:theirs", simcloud.Values{"name": "uploads-explico", "location": "EU"}); err == nil || !strings.Contains(err.Error(), "bucket namespace is shared") {
		t.Errorf("the name in another project: got %v", err)
	}
}

func TestBucketDeletion(t *testing.T) {
	for name, c := range map[string]struct {
		more  simcloud.Values
		words string
	}{
		"full":     {nil, "is not empty"},
		"forced":   {simcloud.Values{"forceDestroy": true}, ""},
		"retained": {simcloud.Values{"forceDestroy": true, "retentionPolicy": map[string]any{"retentionPeriod": 60.0}}, "subject to bucket's retention policy"},
	} {
		w := newWorld(t)
		w.make(bucketToken, with(simcloud.Values{"name": "uploads", "location": "EU"}, c.more))
		w.make(objectToken, simcloud.Values{"bucket": "uploads", "name": "a"})
		err := w.cloud.Delete(w.s, bucketToken, "uploads")
		if c.words == "" && err != nil || c.words != "" && (err == nil || !strings.Contains(err.Error(), c.words)) {
			t.Errorf("%s: got %v, want %q", name, err, c.words)
		}
	}
}

func TestSecretRefusals(t *testing.T) {
	w := newWorld(t)
	key := w.key("europe-west1", "secretmanager", "pubsub")
	topic := w.make(topicToken, simcloud.Values{"name": "rotation", "kmsKeyName": key.ID})
	replica := func(region string) map[string]any {
		return map[string]any{"userManaged": map[string]any{"replicas": []any{
			map[string]any{"location": region, "customerManagedEncryption": map[string]any{"kmsKeyName": key.ID}},
		}}}
	}
	good := simcloud.Values{"secretId": "mail", "replication": replica("europe-west1")}
	rotates := with(good, simcloud.Values{
		"topics": []any{map[string]any{"name": topic.ID}}, "rotation": map[string]any{"rotationPeriod": "2592000s", "nextRotationTime": "2027-01-04T03:00:00Z"},
	})
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"name":          {with(good, simcloud.Values{"secretId": "a/b"}), "invalid value for secretId"},
		"both":          {with(good, simcloud.Values{"replication": map[string]any{}}), "exactly one of automatic and user-managed"},
		"key elsewhere": {with(good, simcloud.Values{"replication": replica("europe-west4")}), "does not match the location"},
		"no topic":      {with(rotates, simcloud.Values{"topics": nil}), "topics must be set to configure rotation"},
		"no first time": {set(rotates, "rotation.nextRotationTime", nil), "next_rotation_time must be set"},
		"too often":     {set(rotates, "rotation.rotationPeriod", "60s"), "rotation_period must be between"},
		"may not tell":  {rotates, "must be granted roles/pubsub.publisher"},
		"topic unknown": {with(rotates, simcloud.Values{"topics": []any{map[string]any{"name": "projects/explico-test/topics/none"}}}), "does not exist"},
	} {
		w.refuses(name, secretToken, c.in, c.words)
	}
	w.make(topicGrant, simcloud.Values{"topic": "rotation", "role": publishRole, "member": "serviceAccount:service-" + ProjectNumber + "@" + secretsAgent + agentSuffix})
	w.make(secretToken, rotates)
	w.refuses("taken", secretToken, good, "Secret [mail] already exists")
	w.refuses("value of none", "gcp:secretmanager/secretVersion:SecretVersion", simcloud.Values{"secret": "projects/explico-test/secrets/none", "secretData": "x"}, "not found")
	w.refuses("topic's key", topicToken, simcloud.Values{"name": "other", "kmsKeyName": "none"}, "Cloud KMS key none not found")
	w.refuses("topic's name", topicToken, simcloud.Values{"name": "goog-things"}, "Invalid topic name")
}

func TestRepositoryRefusals(t *testing.T) {
	w := newWorld(t)
	key := w.key("europe-west1", "artifactregistry")
	good := simcloud.Values{"repositoryId": "images", "location": "europe-west1", "format": "DOCKER", "kmsKeyName": key.ID, "dockerConfig": map[string]any{"immutableTags": true}}
	policy := func(p map[string]any) simcloud.Values {
		return with(good, simcloud.Values{"cleanupPolicies": []any{p}})
	}
	for name, c := range map[string]struct {
		in    simcloud.Values
		words string
	}{
		"name":           {with(good, simcloud.Values{"repositoryId": "Images"}), "invalid value for repositoryId"},
		"place":          {with(good, simcloud.Values{"location": "eu"}), "unsupported location eu"},
		"mirror of none": {with(good, simcloud.Values{"mode": "REMOTE_REPOSITORY", "dockerConfig": nil}), "remote_repository_config must be set"},
		"mirror's tags":  {with(good, simcloud.Values{"mode": "REMOTE_REPOSITORY", "remoteRepositoryConfig": map[string]any{"dockerRepository": map[string]any{"publicRepository": "DOCKER_HUB"}}}), "immutable_tags"},
		"cleanup":        {policy(map[string]any{"id": "a", "action": "DELETE"}), "exactly one of condition and most_recent_versions"},
		"newest deleted": {policy(map[string]any{"id": "a", "action": "DELETE", "mostRecentVersions": map[string]any{"keepCount": 1.0}}), "only be used with the action KEEP"},
		"key elsewhere":  {with(good, simcloud.Values{"location": "europe-west4"}), "does not match the location"},
	} {
		w.refuses(name, repositoryToken, c.in, c.words)
	}
	w.make(repositoryToken, good)
	w.refuses("taken", repositoryToken, good, "the repository already exists")
	w.refuses("reader of none", "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", simcloud.Values{
		"repository": "none", "location": "europe-west1", "role": "roles/artifactregistry.reader", "member": "user:a@example.com",
	}, "was not found")
}
