package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// accessLog delivers the access log to the log bucket, as JSON under
// cloudfront/. It is CloudFront's newer way (standard logging v2): the older one
// (loggingConfig) writes with ACLs, which our buckets do not have.
//
// The prefix stands in the destination's ARN and not in a suffix path: to that
// AWS adds a part of its own when it is created, but not when it changes, and
// every refresh would find a difference.
//
// A distribution has one source of access logs at a time, and a source one
// delivery to S3: a replacement has to wait until its predecessor is gone.
func (a *CloudFrontArgs) accessLog(ctx *pulumi.Context, name string, dist *cloudfront.Distribution, east *place) error {
	there, alone := east.opt, pulumi.DeleteBeforeReplace(true)
	source, err := cloudwatch.NewLogDeliverySource(ctx, name, &cloudwatch.LogDeliverySourceArgs{
		LogType: pulumi.String("ACCESS_LOGS"), ResourceArn: dist.Arn, Tags: a.tags("cloudfront", name),
	}, there, alone)
	if err != nil {
		return fmt.Errorf("creating the log source of CDN %s: %w", name, err)
	}
	target, err := cloudwatch.NewLogDeliveryDestination(ctx, name, &cloudwatch.LogDeliveryDestinationArgs{
		OutputFormat: pulumi.String("json"),
		DeliveryDestinationConfiguration: cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs{
			DestinationResourceArn: pulumi.Sprintf("%s/cloudfront", a.LogBucketArn),
		},
		Tags: a.tags("cloudfront", name),
	}, there)
	if err != nil {
		return fmt.Errorf("creating the log destination of CDN %s: %w", name, err)
	}
	if _, err := cloudwatch.NewLogDelivery(ctx, name, &cloudwatch.LogDeliveryArgs{
		DeliverySourceName: source.Name, DeliveryDestinationArn: target.Arn, Tags: a.tags("cloudfront", name),
	}, there, alone); err != nil {
		return fmt.Errorf("delivering the logs of CDN %s: %w", name, err)
	}
	return nil
}
