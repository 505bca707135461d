package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// infrequentDays is how old objects have to be for infrequent access, and how
	// long they have to stay there.
	// Source: S3 user guide, "Transitioning objects using Amazon S3 Lifecycle".
	infrequentDays = 30
	// uploadDays is how long an upload in parts may take. What is left of a
	// broken one costs money and is seen by nobody.
	uploadDays = 7
)

func (a *BucketArgs) checkDays() error {
	for _, d := range []struct {
		name string
		days int
	}{{"InfrequentDays", a.InfrequentDays}, {"ArchiveDays", a.ArchiveDays}, {"ExpireDays", a.ExpireDays}, {"NoncurrentDays", a.NoncurrentDays}} {
		if d.days < 0 {
			return fmt.Errorf("%s: got %d, want 0 or more", d.name, d.days)
		}
	}
	if a.IntelligentTiering && (a.InfrequentDays > 0 || a.ArchiveDays > 0) {
		return fmt.Errorf("IntelligentTiering: got InfrequentDays %d and ArchiveDays %d, want 0: either S3 decides or days do", a.InfrequentDays, a.ArchiveDays)
	}
	if a.InfrequentDays > 0 && a.InfrequentDays < infrequentDays {
		return fmt.Errorf("InfrequentDays: got %d, want at least %d", a.InfrequentDays, infrequentDays)
	}
	if a.InfrequentDays > 0 && a.ArchiveDays > 0 && a.ArchiveDays < a.InfrequentDays+infrequentDays {
		return fmt.Errorf("ArchiveDays: got %d, want at least %d: %d after InfrequentDays", a.ArchiveDays, a.InfrequentDays+infrequentDays, infrequentDays)
	}
	if last := max(a.InfrequentDays, a.ArchiveDays); a.ExpireDays > 0 && a.ExpireDays <= last {
		return fmt.Errorf("ExpireDays: got %d, want more than %d, when objects move the last time", a.ExpireDays, last)
	}
	return nil
}

// lifecycle moves and deletes objects by age. The archive is Glacier Instant
// Retrieval: an object stays readable at once, so that no program has to know
// where it lies.
func (a *BucketArgs) lifecycle(ctx *pulumi.Context, name string, bucket *store, g *guards, parent pulumi.ResourceOption) error {
	rule := pulumi.Map{
		"id": pulumi.String("age"), "status": pulumi.String("Enabled"), "filter": pulumi.Map{"prefix": pulumi.String("")},
		"abortIncompleteMultipartUpload": pulumi.Map{"daysAfterInitiation": pulumi.Int(uploadDays)},
	}
	var moves pulumi.Array
	for _, move := range []struct {
		class string
		days  int
	}{{"STANDARD_IA", a.InfrequentDays}, {"GLACIER_IR", a.ArchiveDays}} {
		if move.days > 0 {
			moves = append(moves, transition(move.class, move.days))
		}
	}
	if a.IntelligentTiering {
		moves = pulumi.Array{transition("INTELLIGENT_TIERING", 0)}
	}
	if len(moves) > 0 {
		rule["transitions"] = moves
	}
	switch {
	case a.ExpireDays > 0:
		rule["expiration"] = pulumi.Map{"days": pulumi.Int(a.ExpireDays)}
	case a.NoncurrentDays > 0:
		// What is left of a deleted object is a marker, once its versions are gone.
		rule["expiration"] = pulumi.Map{"expiredObjectDeleteMarker": pulumi.Bool(true)}
	}
	if a.NoncurrentDays > 0 {
		rule["noncurrentVersionExpiration"] = pulumi.Map{"noncurrentDays": pulumi.Int(a.NoncurrentDays)}
	}
	// Rules about versions want versioning to be there.
	if _, err := bucket.set(ctx, "bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", name, pulumi.Map{
		"rules": pulumi.Array{rule},
	}, parent, pulumi.DependsOn([]pulumi.Resource{g.versioning})); err != nil {
		return fmt.Errorf("setting the lifecycle of bucket %s: %w", name, err)
	}
	return nil
}

func transition(class string, days int) pulumi.Map {
	return pulumi.Map{"storageClass": pulumi.String(class), "days": pulumi.Int(days)}
}
