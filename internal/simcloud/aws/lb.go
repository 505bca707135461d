package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// The types of Elastic Load Balancing: the load balancer here, its target groups
// in lb_target.go, listeners and rules in lb_listener.go.
//
// Sources: the Elastic Load Balancing API reference (version 2015-12-01) and the
// Application Load Balancer user guide, read 2026-11; error words as reported in
// the issues of Terraform's and Kubernetes' load balancer controllers.
const (
	balancerToken    = "aws:lb/loadBalancer:LoadBalancer"
	targetGroupToken = "aws:lb/targetGroup:TargetGroup"
	listenerToken    = "aws:lb/listener:Listener"
	listenerRule     = "aws:lb/listenerRule:ListenerRule"

	bucketEncryptionToken = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"

	// balancerLogs is who delivers access logs.
	balancerLogs = "logdelivery.elasticloadbalancing.amazonaws.com"
)

var balancerName = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$`)

func lbTypes() []*simcloud.Type {
	return []*simcloud.Type{loadBalancer(), targetGroup(), listener(), rule()}
}

func loadBalancer() *simcloud.Type {
	return &simcloud.Type{
		Token: balancerToken, Noun: "load balancer", Auto: "name", AutoMax: 32, Takes: 3 * time.Minute,
		ID: func(op *simcloud.Op) string {
			return arn(op, "elasticloadbalancing", "loadbalancer/app/"+lbName(op, "load balancer")+"/"+op.Hex(16, "id"))
		},
		Replace: []string{"name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"},
		Refs: []simcloud.Ref{{
			Path: "subnets[]", To: []string{subnetToken}, Holds: true,
			Missing: "SubnetNotFound: The subnet ID '%s' does not exist",
		}, {
			Path: "securityGroups[]", To: []string{securityGroupToken}, Holds: true,
			Missing: "InvalidConfigurationRequest: One or more security groups are invalid: %s",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"}, Words: "DuplicateLoadBalancerName: A load balancer with the same name '%s' exists, but with different settings",
		}},
		Validate: validBalancer,
		Refuse:   refuseBalancer,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			vpcs, _ := subnetsOf(op, op.In.Strings("subnets[]"))
			name := lbName(op, "load balancer")
			out := simcloud.Values{
				"arn": op.ID, "arnSuffix": suffix(op.ID), "name": name, "vpcId": firstOf(vpcs),
				"dnsName": kept(op, "dnsName", name+"-"+op.Hex(9, "dns")+"."+op.Region+".elb.amazonaws.com"),
				"zoneId":  balancerZones[op.Region],
			}
			if op.In.Bool("accessLogs.enabled") {
				logged(op, op.Find(bucketToken, "id", op.In.String("accessLogs.bucket")), logPrefix(op)+"ELBAccessLogTestFile")
			}
			return out
		},
		Delete: func(op *simcloud.Op) error {
			if op.In.Bool("enableDeletionProtection") {
				return simcloud.Refusal("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", op.ID)
			}
			return nil
		},
	}
}

// balancerZones are the hosted zones of load balancers' own names, which an
// alias names.
// Source: AWS General Reference, "Elastic Load Balancing endpoints", read 2026-11.
var balancerZones = map[string]string{
	"us-east-1": "Z35SXDOTRQ7X7K", "us-east-2": "Z3AADJGX6KTTL2", "us-west-1": "Z368ELLRRE2KJ0", "us-west-2": "Z1H1FL5HABSF5",
	"ca-central-1": "ZQSVJUPU6J1EY", "sa-east-1": "Z2P70J7HTTTPLU",
	"eu-west-1": "Z32O12XQLNTSW2", "eu-west-2": "ZHURV8PSTC4K8", "eu-west-3": "Z3Q77PNBQS71R4", "eu-central-1": "Z215JYRZR1TBD5",
	"eu-central-2": "Z06391101F2ZOEP8P5EB3", "eu-north-1": "Z23TAZ6LKFMNIO", "eu-south-1": "Z3ULH7SSC9OV64", "eu-south-2": "Z0956581394HF5D5LXGAP",
	"ap-southeast-1": "Z1LMS91P8CMLE5", "ap-southeast-2": "Z1GM3OXH4ZPM65", "ap-northeast-1": "Z14GRHDCWA56QT",
	"ap-northeast-2": "ZWKZPGTI48KDX", "ap-south-1": "ZP97RAFLXTNZK",
}

// lbName is the name of a load balancer or target group: given, or made from a
// prefix as the provider does, 32 characters long.
func lbName(op *simcloud.Op, salt string) string {
	if name := op.In.String("name"); name != "" {
		return name
	}
	if op.Old != nil {
		return op.Old.Out.String("name")
	}
	prefix := op.In.String("namePrefix")
	return prefix + op.Hex(32-len(prefix), salt)
}

// suffix is the part of an ARN that metrics are known by: app/name/id.
func suffix(arn string) string {
	_, resource, _ := strings.Cut(arn, "loadbalancer/")
	if resource == "" {
		return arn[strings.LastIndexByte(arn, ':')+1:]
	}
	return resource
}

func validBalancer(in simcloud.Values) []error {
	errs := append(lbNames(in), simcloud.Problems(
		simcloud.OneOf(in, "loadBalancerType", "application", "network", "gateway"),
		simcloud.OneOf(in, "ipAddressType", "ipv4", "dualstack", "dualstack-without-public-ipv4"),
		simcloud.OneOf(in, "desyncMitigationMode", "monitor", "defensive", "strictest"),
		simcloud.Between(in, "idleTimeout", 1, 4000), simcloud.Between(in, "clientKeepAlive", 60, 604800),
	)...)
	if !in.Has("subnets") && !in.Has("subnetMappings") {
		errs = append(errs, simcloud.Refusal("ValidationError", "At least one subnet must be specified"))
	}
	return errs
}

// lbNames are the rules for the names of load balancers and target groups.
func lbNames(in simcloud.Values) []error {
	var errs []error
	name, prefix := in.String("name"), in.String("namePrefix")
	switch {
	case name != "" && len(name) > 32:
		errs = append(errs, fmt.Errorf("\"name\" cannot be longer than 32 characters: %q", name))
	case name != "" && !balancerName.MatchString(name):
		errs = append(errs, fmt.Errorf("only alphanumeric characters and hyphens allowed in \"name\", and none but an alphanumeric one at either end: %q", name))
	case strings.HasPrefix(name, "internal-"):
		errs = append(errs, fmt.Errorf("\"name\" cannot begin with \"internal-\": %q", name))
	}
	if len(prefix) > 6 {
		errs = append(errs, fmt.Errorf("\"namePrefix\" cannot be longer than 6 characters: %q", prefix))
	}
	if prefix != "" && !balancerName.MatchString(strings.TrimSuffix(prefix, "-")) {
		errs = append(errs, fmt.Errorf("only alphanumeric characters and hyphens allowed in \"namePrefix\": %q", prefix))
	}
	return errs
}

func refuseBalancer(op *simcloud.Op) error {
	vpcs, zones := subnetsOf(op, op.In.Strings("subnets[]"))
	subnets := op.In.Strings("subnets[]")
	switch {
	case len(vpcs) > 1:
		return simcloud.Refusal("InvalidConfigurationRequest", "All subnets must belong to the same VPC: '%s'", firstOf(vpcs))
	case len(zones) < 2:
		return simcloud.Refusal("ValidationError", "At least two subnets in two different Availability Zones must be specified")
	case len(subnets) > len(zones):
		return simcloud.Refusal("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
	}
	for _, group := range op.In.Strings("securityGroups[]") {
		if vpcOf(op, securityGroupToken, group) != firstOf(vpcs) {
			return simcloud.Refusal("InvalidConfigurationRequest", "One or more security groups are invalid (%s is not in VPC %s)", group, firstOf(vpcs))
		}
	}
	if !op.In.Bool("internal") && !reachesInternet(op, firstOf(vpcs)) {
		return simcloud.Refusal("InvalidSubnet", "VPC %s has no internet gateway", firstOf(vpcs))
	}
	return accessLogs(op)
}

// reachesInternet says whether a network has an internet gateway.
func reachesInternet(op *simcloud.Op, vpc string) bool {
	return slices.ContainsFunc(op.All(gatewayToken), func(r *simcloud.Record) bool { return r.Out.String("vpcId") == vpc })
}

// logPrefix is where in its bucket a load balancer's log is.
func logPrefix(op *simcloud.Op) string {
	prefix := op.In.String("accessLogs.prefix")
	if prefix != "" {
		prefix += "/"
	}
	return prefix + "AWSLogs/" + op.Account + "/"
}

// accessLogs refuses a bucket that is not there, or that does not let the logs
// in: they are delivered to buckets with S3's own encryption only.
func accessLogs(op *simcloud.Op) error {
	if !op.In.Bool("accessLogs.enabled") {
		return nil
	}
	name := op.In.String("accessLogs.bucket")
	bucket := op.Find(bucketToken, "id", name)
	denied := simcloud.Refusal("InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", name)
	switch {
	case bucket == nil:
		return simcloud.Refusal("InvalidConfigurationRequest", "S3 bucket '%s' does not exist", name)
	case bucket.Out.String("region") != op.Region:
		return simcloud.Refusal("InvalidConfigurationRequest", "The S3 bucket '%s' is not in the region of the load balancer, %s", name, op.Region)
	case !lets(op, bucket, balancerLogs, logPrefix(op)):
		return denied
	}
	if e := op.Find(bucketEncryptionToken, "bucket", name); e != nil &&
		slices.Contains(e.Out.Strings("rules[].applyServerSideEncryptionByDefault.sseAlgorithm"), "aws:kms") {
		return denied
	}
	return nil
}
