package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// gatewayServices are the services with gateway endpoints and their prefix
// lists. Source: VPC user guide, gateway endpoints, read 2026-11.
var gatewayServices = map[string]string{"s3": "pl-6da54004", "dynamodb": "pl-6fa54006"}

// interfaceServices are the services with interface endpoints that a platform
// may want. Source: AWS PrivateLink guide, services that integrate, read 2026-11.
var interfaceServices = []string{
	"acm-pca", "aps", "aps-workspaces", "athena", "autoscaling", "backup", "bedrock-runtime", "cloudformation",
	"cloudtrail", "codeartifact.api", "codeartifact.repositories", "config", "dynamodb", "ebs", "ec2", "ec2messages",
	"ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticache", "elasticfilesystem", "elasticloadbalancing",
	"email-smtp", "events", "execute-api", "glue", "guardduty-data", "inspector2", "kinesis-firehose",
	"kinesis-streams", "kms", "lambda", "logs", "monitoring", "pricing.api", "rds", "rds-data", "s3", "secretsmanager",
	"securityhub", "servicediscovery", "sns", "sqs", "ssm", "ssmmessages", "states", "sts", "synthetics",
	"tagging", "transfer", "xray",
}

func endpointTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: endpointToken, Noun: "VPC endpoint", IDPrefix: "vpce-", Takes: time.Minute,
		Required: []string{"vpcId"},
		Replace:  []string{"resourceConfigurationArn", "serviceName", "serviceNetworkArn", "serviceRegion", "vpcEndpointType", "vpcId"},
		Refs: []simcloud.Ref{
			vpcRef("vpcId"), subnetRef("subnetIds[]", true), groupRef("securityGroupIds[]", true), routeTableRef("routeTableIds[]", false),
		},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.OneOf(in, "vpcEndpointType", "Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"),
				simcloud.OneOf(in, "ipAddressType", "ipv4", "dualstack", "ipv6"), policyDocument(in, "policy"),
			)
		},
		Refuse:  refuseEndpoint,
		Outputs: endpointOutputs,
	}, {
		Token: endpointRouteToken, Noun: "VPC endpoint route table association", Takes: 5 * time.Second,
		ID:       func(op *simcloud.Op) string { return "a-" + op.In.String("vpcEndpointId") + op.Hex(10, "id") },
		Required: []string{"routeTableId", "vpcEndpointId"},
		Replace:  []string{"*"},
		Refs: []simcloud.Ref{routeTableRef("routeTableId", false), {
			Path: "vpcEndpointId", To: []string{endpointToken}, Missing: "InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id '%s' does not exist",
		}},
	}}
}

// endpointKind is an endpoint's type: a gateway if it does not say.
func endpointKind(in simcloud.Values) string {
	if kind := in.String("vpcEndpointType"); kind != "" {
		return kind
	}
	return "Gateway"
}

// endpointService is the short name of a service in op's region, and the types
// of endpoints that it has.
func endpointService(op *simcloud.Op) (name string, kinds []string) {
	name, ok := strings.CutPrefix(op.In.String("serviceName"), "com.amazonaws."+op.Region+".")
	if !ok {
		return name, nil
	}
	if _, has := gatewayServices[name]; has {
		kinds = append(kinds, "Gateway")
	}
	if slices.Contains(interfaceServices, name) {
		kinds = append(kinds, "Interface")
	}
	return name, kinds
}

func refuseEndpoint(op *simcloud.Op) error {
	full, vpc, kind := op.In.String("serviceName"), op.In.String("vpcId"), endpointKind(op.In)
	_, kinds := endpointService(op)
	switch {
	case len(kinds) == 0:
		return simcloud.Refusal("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", full)
	case !slices.Contains(kinds, kind):
		return simcloud.Refusal("InvalidParameter", "Endpoint type (%s) does not match available service types (%v).", kind, kinds)
	}
	for _, check := range []error{
		sameNetwork(op, vpc, subnetToken, "subnet", op.In.Strings("subnetIds[]")),
		sameNetwork(op, vpc, securityGroupToken, "security group", op.In.Strings("securityGroupIds[]")),
		sameNetwork(op, vpc, routeTableToken, "route table", op.In.Strings("routeTableIds[]")),
	} {
		if check != nil {
			return check
		}
	}
	if kind == "Gateway" {
		return refuseGatewayRoutes(op)
	}
	return refuseInterfaces(op)
}

// refuseGatewayRoutes refuses a second gateway endpoint for a service in one
// route table.
func refuseGatewayRoutes(op *simcloud.Op) error {
	for _, r := range op.All(endpointToken) {
		if r.ID == op.ID || endpointKind(r.Out) != "Gateway" || r.Out.String("serviceName") != op.In.String("serviceName") {
			continue
		}
		for _, table := range r.Out.Strings("routeTableIds[]") {
			if slices.Contains(op.In.Strings("routeTableIds[]"), table) {
				return simcloud.Refusal("RouteAlreadyExists", "route table %s already has a route with destination-prefix-list-id %s", table, r.Out.String("prefixListId"))
			}
		}
	}
	return nil
}

// refuseInterfaces refuses two interfaces in one zone, and private names that
// the network cannot resolve or that are taken.
func refuseInterfaces(op *simcloud.Op) error {
	seen := map[string]bool{}
	for _, id := range op.In.Strings("subnetIds[]") {
		zone := outOf(op, subnetToken, id).String("availabilityZone")
		if seen[zone] {
			return simcloud.Refusal("DuplicateSubnetsInSameZone",
				"Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", id)
		}
		seen[zone] = true
	}
	if !op.In.Bool("privateDnsEnabled") {
		return nil
	}
	vpc := op.In.String("vpcId")
	network := outOf(op, vpcToken, vpc)
	if off := network.Has("enableDnsSupport") && !network.Bool("enableDnsSupport"); off || !network.Bool("enableDnsHostnames") {
		return simcloud.Refusal("InvalidParameter",
			"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s", vpc)
	}
	for _, r := range op.All(endpointToken) {
		same := r.Out.String("vpcId") == vpc && r.Out.String("serviceName") == op.In.String("serviceName")
		if r.ID != op.ID && same && r.Out.Bool("privateDnsEnabled") {
			name, _ := endpointService(op)
			return simcloud.Refusal("InvalidParameter",
				"private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s.%s.amazonaws.com in the VPC %s", name, op.Region, vpc)
		}
	}
	return nil
}

func endpointOutputs(op *simcloud.Op) simcloud.Values {
	out := simcloud.Values{
		"arn": arn(op, "ec2", "vpc-endpoint/"+op.ID), "ownerId": op.Account, "state": "available",
		"requesterManaged": false, "vpcEndpointType": endpointKind(op.In), "serviceRegion": op.Region,
	}
	name, _ := endpointService(op)
	if endpointKind(op.In) == "Gateway" {
		out["prefixListId"] = gatewayServices[name]
		return out
	}
	var interfaces []any
	for _, subnet := range op.In.Strings("subnetIds[]") {
		interfaces = append(interfaces, "eni-"+op.Hex(17, subnet))
	}
	out["networkInterfaceIds"] = interfaces
	out["dnsEntries"] = []any{map[string]any{
		"dnsName":      fmt.Sprintf("%s-%s.%s.%s.vpce.amazonaws.com", op.ID, op.Hex(8, "dns"), name, op.Region),
		"hostedZoneId": "Z" + strings.ToUpper(op.Hex(13, "zone")),
	}}
	return out
}

func flowLogTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: flowLogToken, Noun: "flow log", IDPrefix: "fl-", Takes: 2 * time.Second,
		Replace: []string{
			"deliverCrossAccountRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination", "logDestinationType",
			"logFormat", "logGroupName", "maxAggregationInterval", "subnetId", "trafficType", "vpcId",
		},
		Refs: []simcloud.Ref{
			{Path: "vpcId", To: []string{vpcToken}, Missing: "InvalidVpcID.NotFound: The vpc ID '%s' does not exist"},
			subnetRef("subnetId", false),
			{Path: "iamRoleArn", To: []string{roleToken}, By: "arn", Missing: "InvalidParameter: Unable to assume given IAM role: '%s'"},
			{
				Path: "logDestination", To: []string{logGroupToken}, By: "arn",
				Foreign: func(v string) bool { return !strings.HasPrefix(v, "arn:aws:logs:") },
				Missing: "InvalidParameter: LogDestination: %s does not exist.",
			},
		},
		Unique: []simcloud.Unique{{
			Paths: []string{"vpcId", "logDestination", "trafficType"},
			Words: "FlowLogAlreadyExists: Error. There is an existing Flow Log with the same configuration and log destination.",
		}},
		Validate: validateFlowLog,
		Refuse: func(op *simcloud.Op) error {
			role := op.Find(roleToken, "arn", op.In.String("iamRoleArn"))
			if role == nil {
				return nil // logs to a bucket need none
			}
			doc, err := parsePolicy(role.Out.String("assumeRolePolicy"))
			if err != nil {
				return nil // refused with the role
			}
			for _, s := range doc.Statement {
				if s.Effect == "Allow" && s.allows("sts:AssumeRole") && s.Principal.names("Service", "vpc-flow-logs.amazonaws.com") {
					return nil
				}
			}
			return simcloud.Refusal("InvalidParameter", "Unable to assume given IAM role: '%s'", role.Out.String("arn"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "ec2", "vpc-flow-log/"+op.ID)}
		},
	}}
}

func validateFlowLog(in simcloud.Values) []error {
	errs := simcloud.Problems(
		exactlyOne(in, []string{"vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId"}),
		simcloud.OneOf(in, "trafficType", "ACCEPT", "REJECT", "ALL"),
		simcloud.OneOf(in, "logDestinationType", "cloud-watch-logs", "s3", "kinesis-data-firehose"),
	)
	if n := in.Int("maxAggregationInterval"); in.Known("maxAggregationInterval") && n != 60 && n != 600 {
		errs = append(errs, fmt.Errorf("expected maxAggregationInterval to be one of [60 600], got %d", n))
	}
	if !in.Has("trafficType") && !in.Has("transitGatewayId") && !in.Has("transitGatewayAttachmentId") {
		errs = append(errs, simcloud.Refusal("MissingParameter", "The request must contain the parameter trafficType"))
	}
	kind := in.String("logDestinationType")
	if (kind == "" || kind == "cloud-watch-logs") && !in.Has("iamRoleArn") {
		errs = append(errs, simcloud.Refusal("InvalidParameter", "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."))
	}
	return errs
}
