// Package aws describes Amazon Web Services to the simulated cloud: for each
// resource type its ids, what it refers to, what it refuses and in which words,
// and what it cannot change. One file holds one service.
//
// Sources: the API reference and user guide of each service, and the resource
// pages of the Pulumi provider for what replaces a resource.
package aws

import (
	"fmt"
	"maps"
	"regexp"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// DefaultAccount is the account of a provider that allows any.
const DefaultAccount = "111122223333"

// Catalog is all that the simulated AWS knows.
func Catalog() *simcloud.Catalog {
	c := &simcloud.Catalog{
		Package: "aws", Where: "internal/simcloud/aws",
		Types: map[string]*simcloud.Type{}, Functions: functions(), Session: session,
		Identity: []string{"region", "allowedAccountIds"},
	}
	for _, service := range [][]*simcloud.Type{
		iamTypes(), kmsTypes(), logsTypes(), ec2Types(), eksTypes(), rdsTypes(), s3Types(), edgeTypes(), monitoringTypes(),
		cacheTypes(), secretsTypes(), ecrTypes(), dbProxyTypes(),
		wafTypes(), shieldTypes(),
		baselineTypes(), eventTypes(),
		backupTypes(), costsTypes(),
		lbTypes(), ecsTypes(), scalingTypes(), queueTypes(),
	} {
		for _, t := range service {
			c.Types[t.Token] = t
		}
	}
	return c
}

// regions are AWS's regions and the letters of their availability zones, as a
// new account sees them.
// Source: AWS regions and availability zones, read 2026-11.
var regions = map[string]string{
	"us-east-1": "abcdef", "us-east-2": "abc", "us-west-1": "ab", "us-west-2": "abcd",
	"ca-central-1": "abd", "sa-east-1": "abc",
	"eu-west-1": "abc", "eu-west-2": "abc", "eu-west-3": "abc", "eu-central-1": "abc", "eu-central-2": "abc",
	"eu-north-1": "abc", "eu-south-1": "abc", "eu-south-2": "abc",
	"ap-southeast-1": "abc", "ap-southeast-2": "abc", "ap-northeast-1": "acd", "ap-northeast-2": "abcd", "ap-south-1": "abc",
}

// zones are the names of a region's zones.
func zones(region string) []string {
	var all []string
	for _, letter := range regions[region] {
		all = append(all, region+string(letter))
	}
	return all
}

var accountID = regexp.MustCompile(`^\d{12}$`)

func session(config simcloud.Values) (simcloud.Session, error) {
	s := simcloud.Session{Account: DefaultAccount, Region: config.String("region"), Tags: map[string]any{}}
	if regions[s.Region] == "" {
		return s, fmt.Errorf("invalid AWS Region: %s", s.Region)
	}
	if allowed := config.Strings("allowedAccountIds[]"); len(allowed) > 0 {
		s.Account = allowed[0]
	}
	if !accountID.MatchString(s.Account) {
		return s, fmt.Errorf("invalid account ID (%s): want 12 digits", s.Account)
	}
	if tags, ok := config.Get("defaultTags.tags").(map[string]any); ok {
		maps.Copy(s.Tags, tags)
	}
	return s, nil
}

func functions() map[string]simcloud.Function {
	return map[string]simcloud.Function{
		"aws:index/getCallerIdentity:getCallerIdentity": func(_ *simcloud.Cloud, s simcloud.Session, _ simcloud.Values) (simcloud.Values, error) {
			return simcloud.Values{
				"id": s.Account, "accountId": s.Account,
				"arn": "arn:aws:sts::" + s.Account + ":assumed-role/deploy/pulumi", "userId": "AROAEXAMPLE:pulumi",
			}, nil
		},
		"aws:index/getPartition:getPartition": func(_ *simcloud.Cloud, _ simcloud.Session, _ simcloud.Values) (simcloud.Values, error) {
			return simcloud.Values{
				"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws",
			}, nil
		},
		"aws:index/getAvailabilityZones:getAvailabilityZones": func(_ *simcloud.Cloud, s simcloud.Session, _ simcloud.Values) (simcloud.Values, error) {
			return simcloud.Values{"id": s.Region, "names": zones(s.Region)}, nil
		},
		"aws:route53/getZone:getZone": getZone, "aws:ec2/getManagedPrefixList:getManagedPrefixList": getManagedPrefixList,
	}
}

// arn is an ARN of a service with regions.
func arn(op *simcloud.Op, service, resource string) string {
	return "arn:aws:" + service + ":" + op.Region + ":" + op.Account + ":" + resource
}

// globalArn is an ARN of a service without regions.
func globalArn(op *simcloud.Op, service, resource string) string {
	return "arn:aws:" + service + "::" + op.Account + ":" + resource
}
