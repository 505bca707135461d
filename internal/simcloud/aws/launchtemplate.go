package aws

import (
	"regexp"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const launchTemplateToken = "aws:ec2/launchTemplate:LaunchTemplate"

var (
	launchTemplateName = regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,128}$`)
	deviceName         = regexp.MustCompile(`^(/dev/)?[a-z0-9/]+$`)
)

// launchTemplate counts its versions: the first is 1, and each update adds one.
func launchTemplate() *simcloud.Type {
	return &simcloud.Type{
		Token: launchTemplateToken, Noun: "launch template", IDPrefix: "lt-", Auto: "name", AutoMax: 125,
		Replace: []string{"name", "namePrefix"},
		Refs: []simcloud.Ref{{
			Path: "vpcSecurityGroupIds[]", To: []string{securityGroupToken},
			Missing: "InvalidGroup.NotFound: The security group '%s' does not exist",
		}, {
			Path: "blockDeviceMappings[].ebs.kmsKeyId", To: []string{keyToken}, By: "arn",
			Missing: "InvalidKMSKey.NotFound: The KMS key %s does not exist",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"},
			Words: "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use: %s",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.Matches(in, "name", launchTemplateName),
				simcloud.OneOf(in, "metadataOptions.httpEndpoint", "enabled", "disabled"),
				simcloud.OneOf(in, "metadataOptions.httpTokens", "optional", "required"),
				simcloud.OneOf(in, "metadataOptions.instanceMetadataTags", "enabled", "disabled"),
				simcloud.Between(in, "metadataOptions.httpPutResponseHopLimit", 1, 64),
			)
			for _, disk := range in.Objects("blockDeviceMappings[]") {
				errs = append(errs, simcloud.Problems(
					simcloud.Matches(disk, "deviceName", deviceName),
					simcloud.OneOf(disk, "ebs.volumeType", "standard", "io1", "io2", "sc1", "st1", "gp2", "gp3"),
					simcloud.Between(disk, "ebs.volumeSize", 1, 16384),
					keyNeedsEncryption(disk),
				)...)
			}
			for _, tags := range in.Objects("tagSpecifications[]") {
				errs = append(errs, simcloud.Problems(simcloud.OneOf(tags, "resourceType",
					"instance", "volume", "network-interface", "spot-instances-request"))...)
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			latest, first := 1, 1
			if op.Old != nil {
				latest, first = op.Old.Out.Int("latestVersion")+1, op.Old.Out.Int("defaultVersion")
			}
			if op.In.Bool("updateDefaultVersion") {
				first = latest
			}
			return simcloud.Values{
				"arn": arn(op, "ec2", "launch-template/"+op.ID), "latestVersion": latest, "defaultVersion": first,
			}
		},
	}
}

// keyNeedsEncryption refuses a key for a volume that is not encrypted.
func keyNeedsEncryption(disk simcloud.Values) error {
	if disk.Has("ebs.kmsKeyId") && disk.String("ebs.encrypted") != "true" {
		return simcloud.Refusal("InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set.")
	}
	return nil
}
