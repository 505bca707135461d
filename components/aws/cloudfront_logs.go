package aws

import (
	"fmt"

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
func (a *CloudFrontArgs) accessLog(ctx *pulumi.Context, name string, dist *distribution, east *place) error {
	there, alone := east.opt, pulumi.DeleteBeforeReplace(true)
	source, err := bind(ctx, "aws:cloudwatch/logDeliverySource:LogDeliverySource", name, pulumi.Map{
		"logType": pulumi.String("ACCESS_LOGS"), "resourceArn": dist.Arn, "tags": a.tags("cloudfront", name),
	}, there, alone)
	if err != nil {
		return fmt.Errorf("creating the log source of CDN %s: %w", name, err)
	}
	target, err := bind(ctx, "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination", name, pulumi.Map{
		"outputFormat":                     pulumi.String("json"),
		"deliveryDestinationConfiguration": pulumi.Map{"destinationResourceArn": pulumi.Sprintf("%s/cloudfront", a.LogBucketArn)},
		"tags":                             a.tags("cloudfront", name),
	}, there)
	if err != nil {
		return fmt.Errorf("creating the log destination of CDN %s: %w", name, err)
	}
	if _, err := bind(ctx, "aws:cloudwatch/logDelivery:LogDelivery", name, pulumi.Map{
		"deliverySourceName": source.Name, "deliveryDestinationArn": target.Arn, "tags": a.tags("cloudfront", name),
	}, there, alone); err != nil {
		return fmt.Errorf("delivering the logs of CDN %s: %w", name, err)
	}
	return nil
}
