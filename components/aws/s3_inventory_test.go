package aws

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const bucketListToken = "aws:s3/inventory:Inventory"

func TestBucketInventory(t *testing.T) {
	program := func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s := testScope()
		logs, err := NewBucket(ctx, "lists", &BucketArgs{Scope: s, Purpose: "lists", ReceivesLogs: true}, opt)
		if err != nil {
			return err
		}
		return buckets(func(a *BucketArgs) { a.Inventory, a.InventoryTo = "Weekly", logs.Arn })(ctx, opt)
	}
	g := run(t, program)
	g.CheckHouse(t)
	to := g.One(t, bucketType, "lists")
	in := g.One(t, bucketListToken, "uploads").Inputs
	if in.String("bucket") != g.One(t, bucketType, "uploads").ID || in.String("schedule.frequency") != "Weekly" || in.String("includedObjectVersions") != "All" ||
		in.String("destination.bucket.bucketArn") != to.Outputs.String("arn") || !in.Has("destination.bucket.encryption.sseS3") ||
		!slices.Contains(in.Strings("optionalFields[]"), "EncryptionStatus") {
		t.Errorf("the objects are listed as %v", in)
	}
	lets := statements(t, g.One(t, bucketRulesType, "lists").Inputs.String("policy"))["Inventories"]
	if lets.Principal.Service[0] != "s3.amazonaws.com" || lets.Condition["StringEquals"]["aws:SourceAccount"][0] != "111122223333" {
		t.Errorf("S3 may write as %+v", lets)
	}
	if n := len(run(t, buckets(nil)).All(bucketListToken)); n != 0 {
		t.Errorf("unasked, there are %d lists", n)
	}
}

func TestBucketTiering(t *testing.T) {
	for _, opts := range [][]simtest.Option{nil, {simtest.Preview()}} {
		g := run(t, buckets(func(a *BucketArgs) { a.IntelligentTiering, a.ExpireDays = true, 365 }), opts...)
		moves := g.One(t, bucketAgeType, "uploads").Inputs.Objects("rules[].transitions[]")
		if len(moves) != 1 || moves[0].String("storageClass") != "INTELLIGENT_TIERING" || moves[0].Int("days") != 0 {
			t.Errorf("objects move to %v", moves)
		}
	}
}
