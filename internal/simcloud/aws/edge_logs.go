package aws

import (
	"regexp"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	deliverySourceToken = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
	deliveryTargetToken = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
	deliveryToken       = "aws:cloudwatch/logDelivery:LogDelivery"
)

var deliveryName = regexp.MustCompile(`^[\w-]{1,60}$`)

// deliveryTypes are the three parts by which a service delivers its logs: where
// they come from, where they go, and the link between.
// Source: CloudWatch Logs API reference, PutDeliverySource,
// PutDeliveryDestination and CreateDelivery, read 2026-11.
func deliveryTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: deliverySourceToken, Noun: "delivery source", IDFrom: "name", Auto: "name", AutoMax: 60,
		Required: []string{"logType", "resourceArn"},
		Replace:  []string{"name", "logType", "resourceArn"},
		InUse:    "ConflictException: Delivery source %s is used by one or more deliveries and cannot be deleted",
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "ConflictException: A delivery source with the name %s already exists",
		}, {
			Paths: []string{"resourceArn", "logType"},
			Words: "ConflictException: This ResourceId has already been used in another Delivery Source in this account (%s, %s)",
		}},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.Matches(in, "name", deliveryName)) },
		Refuse:   deliverySource,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			service := strings.SplitN(op.In.String("resourceArn"), ":", 4)
			return simcloud.Values{"arn": arn(op, "logs", "delivery-source:"+op.ID), "service": service[2]}
		},
	}, {
		Token: deliveryTargetToken, Noun: "delivery destination", IDFrom: "name", Auto: "name", AutoMax: 60,
		Required: []string{"deliveryDestinationConfiguration.destinationResourceArn"},
		Replace:  []string{"name", "outputFormat"},
		InUse:    "ConflictException: Delivery destination %s is used by one or more deliveries and cannot be deleted",
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "ConflictException: A delivery destination with the name %s already exists",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "name", deliveryName), simcloud.OneOf(in, "outputFormat", "json", "plain", "w3c", "raw", "parquet"))
		},
		Refuse: deliveryTarget,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			kind := "CWL"
			if strings.HasPrefix(targetArn(op.In), "arn:aws:s3:") {
				kind = "S3"
			}
			return simcloud.Values{"arn": arn(op, "logs", "delivery-destination:"+op.ID), "deliveryDestinationType": kind}
		},
	}, delivery()}
}

func delivery() *simcloud.Type {
	return &simcloud.Type{
		Token: deliveryToken, Noun: "delivery",
		ID:       func(op *simcloud.Op) string { return op.Hex(16, "id") },
		Required: []string{"deliverySourceName", "deliveryDestinationArn"},
		Replace:  []string{"deliverySourceName", "deliveryDestinationArn"},
		Refs: []simcloud.Ref{{
			Path: "deliverySourceName", To: []string{deliverySourceToken}, By: "name", Holds: true,
			Missing: "ResourceNotFoundException: Delivery source %s does not exist",
		}, {
			Path: "deliveryDestinationArn", To: []string{deliveryTargetToken}, By: "arn", Holds: true,
			Missing: "ResourceNotFoundException: Delivery destination %s does not exist",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"deliverySourceName", "deliveryDestinationArn"},
			Words: "ConflictException: A delivery from %s to %s already exists",
		}},
		Refuse: func(op *simcloud.Op) error {
			target := op.Find(deliveryTargetToken, "arn", op.In.String("deliveryDestinationArn"))
			bucket := bucketByArn(op, targetArn(target.In))
			_, prefix, _ := strings.Cut(targetArn(target.In), "/")
			if bucket == nil || lets(op, bucket, "delivery.logs.amazonaws.com", strings.TrimPrefix(prefix+"/", "/")) {
				return nil
			}
			// AWS adds the statement itself where the caller may change the policy:
			// then it is in no program, and the next update takes it away.
			return simcloud.Refusal("AccessDeniedException", "The policy of bucket %s does not let delivery.logs.amazonaws.com put objects under %q", bucket.ID, prefix)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			target := op.Find(deliveryTargetToken, "arn", op.In.String("deliveryDestinationArn"))
			_, prefix, _ := strings.Cut(targetArn(target.In), "/")
			logged(op, bucketByArn(op, targetArn(target.In)), prefix)
			return simcloud.Values{"arn": arn(op, "logs", "delivery:"+op.ID)}
		},
	}
}

func targetArn(in simcloud.Values) string {
	return in.String("deliveryDestinationConfiguration.destinationResourceArn")
}

// deliverySource refuses a distribution that is not there, and one that is
// logged from outside us-east-1.
func deliverySource(op *simcloud.Op) error {
	from := op.In.String("resourceArn")
	if !strings.HasPrefix(from, "arn:aws:cloudfront:") {
		return nil
	}
	if op.Region != "us-east-1" {
		return simcloud.Refusal("ValidationException", "The resource %s is not supported in %s: CloudFront delivers its logs from us-east-1", from, op.Region)
	}
	if op.Find(distributionToken, "arn", from) == nil {
		return simcloud.Refusal("ResourceNotFoundException", "Cannot access provided CloudFront distribution: %s", from)
	}
	if kind := op.In.String("logType"); kind != "ACCESS_LOGS" && kind != "CONNECTION_LOGS" {
		return simcloud.Refusal("ValidationException", "Provided logType %s is not supported for the resource %s", kind, from)
	}
	return nil
}

// deliveryTarget refuses a bucket or log group that is not there.
func deliveryTarget(op *simcloud.Op) error {
	to := targetArn(op.In)
	s3 := strings.HasPrefix(to, "arn:aws:s3:")
	if s3 && bucketByArn(op, to) == nil || strings.Contains(to, ":log-group:") && op.Find(logGroupToken, "arn", strings.TrimSuffix(to, ":*")) == nil {
		return simcloud.Refusal("ResourceNotFoundException", "The destination resource %s does not exist", to)
	}
	if !s3 && op.In.String("outputFormat") == "parquet" {
		return simcloud.Refusal("ValidationException", "outputFormat parquet is supported for Amazon S3 only")
	}
	return nil
}
