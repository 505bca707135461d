package aws

import (
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	dbProxyToken       = "aws:rds/proxy:Proxy"
	dbProxyTargetToken = "aws:rds/proxyTarget:ProxyTarget"
	proxyMissing       = "DBProxyNotFoundFault: The specified proxy name %s doesn't correspond to a proxy owned by your Amazon Web Services account in the specified Amazon Web Services Region."
)

var proxyName = regexp.MustCompile(`^[a-zA-Z](-?[a-zA-Z0-9]+)*$`)

// dbProxyTypes are RDS Proxy's.
func dbProxyTypes() []*simcloud.Type {
	of := simcloud.Ref{Path: "dbProxyName", To: []string{dbProxyToken}, By: "name", Missing: proxyMissing}
	return []*simcloud.Type{dbProxy(), {
		// Comes along with its proxy: neither made nor deleted, only set.
		Token: "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", Noun: "target group", IDFrom: "dbProxyName",
		Required: []string{"dbProxyName"},
		Replace:  []string{"dbProxyName"},
		Refs:     []simcloud.Ref{of},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.Between(in, "connectionPoolConfig.maxConnectionsPercent", 1, 100), simcloud.Between(in, "connectionPoolConfig.maxIdleConnectionsPercent", 0, 100),
				simcloud.Between(in, "connectionPoolConfig.connectionBorrowTimeout", 0, 3600),
			)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": "default", "arn": arn(op, "rds", "target-group:prx-tg-"+op.Hex(17, "group"))}
		},
	}, {
		Token: dbProxyTargetToken, Noun: "proxy target", Takes: time.Minute,
		ID: func(op *simcloud.Op) string {
			return strings.Join([]string{op.In.String("dbProxyName"), op.In.String("targetGroupName"), "RDS_INSTANCE", op.In.String("dbInstanceIdentifier")}, "/")
		},
		Required: []string{"dbProxyName", "targetGroupName"},
		Replace:  []string{"*"},
		Refs: []simcloud.Ref{of, {
			Path: "dbInstanceIdentifier", To: []string{dbInstanceToken}, By: "identifier", Missing: "DBInstanceNotFound: DBInstance %s not found.",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"dbProxyName"},
			Words: "DBProxyTargetAlreadyRegisteredFault: The proxy %s is already associated with the specified RDS DB instance or Aurora DB cluster.",
		}},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			db := op.Find(dbInstanceToken, "identifier", op.In.String("dbInstanceIdentifier"))
			return simcloud.Values{"endpoint": db.Out.String("address"), "port": db.Out.Int("port"), "type": "RDS_INSTANCE", "rdsResourceId": op.In.String("dbInstanceIdentifier")}
		},
	}}
}

func dbProxy() *simcloud.Type {
	return &simcloud.Type{
		Token: dbProxyToken, Noun: "DB proxy", IDFrom: "name", Auto: "name", AutoMax: 60, Takes: 6 * time.Minute,
		Required: []string{"engineFamily", "roleArn", "vpcSubnetIds"},
		Replace:  []string{"name", "engineFamily", "vpcSubnetIds"},
		Refs: []simcloud.Ref{{
			Path: "vpcSubnetIds[]", To: []string{dbSubnetToken}, Holds: true, Missing: "InvalidSubnet: The requested subnet is invalid: %s",
		}, {
			Path: "vpcSecurityGroupIds[]", To: []string{dbSecurityGroupToken}, Holds: true,
			Missing: "InvalidParameterValue: Invalid security group , groupId= %s, groupName=.",
		}, {
			Path: "roleArn", To: []string{roleToken}, By: "arn", Missing: "InvalidParameterValue: IAM role ARN value is invalid: %s",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"name"},
			Words: "DBProxyAlreadyExistsFault: The specified proxy name must be unique for all proxies owned by your Amazon Web Services account in the specified Amazon Web Services Region. (%s)",
		}},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.Matches(in, "name", proxyName), simcloud.OneOf(in, "engineFamily", "MYSQL", "POSTGRESQL", "SQLSERVER"),
				simcloud.OneOf(in, "auths[].authScheme", "SECRETS"), simcloud.OneOf(in, "auths[].iamAuth", "DISABLED", "REQUIRED"),
				simcloud.Between(in, "idleClientTimeout", 1, 28800),
			)
		},
		Refuse: refuseDBProxy,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"arn":      arn(op, "rds", "db-proxy:prx-"+op.Hex(17, "proxy")),
				"endpoint": op.ID + ".proxy-" + endpointHash(op) + "." + op.Region + ".rds.amazonaws.com",
			}
		},
	}
}

func refuseDBProxy(op *simcloud.Op) error {
	if len(op.In.All("auths[]")) == 0 {
		return badValue("You must provide at least one authentication configuration for the proxy.")
	}
	for _, auth := range op.In.Objects("auths[]") {
		secret := auth.String("secretArn")
		if secret == "" {
			return badValue("SecretArn is required for the authentication scheme SECRETS.")
		}
		if op.Find(secretToken, "arn", secret) == nil && op.Find(dbInstanceToken, "masterUserSecrets[].secretArn", secret) == nil {
			return badValue("The secret %s doesn't exist.", secret)
		}
	}
	if role := op.Find(roleToken, "arn", op.In.String("roleArn")); !eksTrusts(role, "rds.amazonaws.com", "sts:AssumeRole") {
		return badValue("RDS is not authorized to assume service-linked role %s", op.In.String("roleArn"))
	}
	vpcs, zones := subnetsOf(op, op.In.Strings("vpcSubnetIds[]"))
	switch {
	case len(vpcs) > 1:
		return simcloud.Refusal("InvalidSubnet", "The requested subnet is invalid, or multiple subnets were requested that are not all in a common VPC.")
	case len(zones) < 2:
		return simcloud.Refusal("InvalidSubnet", "DB Proxy needs subnets in at least two Availability Zones.")
	}
	for _, id := range op.In.Strings("vpcSecurityGroupIds[]") {
		if sg := op.Find(dbSecurityGroupToken, "id", id); sg.Out.String("vpcId") != firstOf(vpcs) {
			return badValue("The security group %s is not in the VPC of the subnets.", id)
		}
	}
	return nil
}
