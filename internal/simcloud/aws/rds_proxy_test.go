package aws

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestDBProxyRefusals(t *testing.T) {
	auth := func(edits simcloud.Values, secret string) []any {
		return []any{map[string]any(edited(simcloud.Values{"authScheme": "SECRETS", "iamAuth": "DISABLED", "secretArn": secret}, edits))}
	}
	for name, tt := range map[string]struct {
		edits func(secret string) simcloud.Values
		want  string
	}{
		"good":    {func(string) simcloud.Values { return nil }, ""},
		"taken":   {func(string) simcloud.Values { return simcloud.Values{"name": "taken"} }, "DBProxyAlreadyExistsFault: "},
		"name":    {func(string) simcloud.Values { return simcloud.Values{"name": "9-proxy"} }, "invalid value for name"},
		"no auth": {func(string) simcloud.Values { return simcloud.Values{"auths": nil} }, "InvalidParameterValue: You must provide at least one authentication configuration"},
		"no secret": {func(s string) simcloud.Values {
			return simcloud.Values{"auths": auth(simcloud.Values{"secretArn": nil}, s)}
		}, "InvalidParameterValue: SecretArn is required"},
		"secret unknown": {func(string) simcloud.Values {
			return simcloud.Values{"auths": auth(nil, "arn:aws:secretsmanager:none")}
		}, "InvalidParameterValue: The secret"},
		"auth scheme": {func(s string) simcloud.Values {
			return simcloud.Values{"auths": auth(simcloud.Values{"authScheme": "LDAP"}, s)}
		}, "expected auths[].authScheme"},
		"family":       {func(string) simcloud.Values { return simcloud.Values{"engineFamily": "ORACLE"} }, "expected engineFamily to be one of"},
		"role unknown": {func(string) simcloud.Values { return simcloud.Values{"roleArn": "arn:aws:iam::111122223333:role/none"} }, "InvalidParameterValue: IAM role ARN value is invalid"},
		"role of EC2": {func(string) simcloud.Values {
			return simcloud.Values{"roleArn": "arn:aws:iam::111122223333:role/other"}
		}, "InvalidParameterValue: RDS is not authorized to assume"},
		"one zone": {func(string) simcloud.Values {
			return simcloud.Values{"vpcSubnetIds": []string{"subnet-a", "subnet-a2"}}
		}, "InvalidSubnet: DB Proxy needs subnets in at least two"},
		"two networks":   {func(string) simcloud.Values { return simcloud.Values{"vpcSubnetIds": []string{"subnet-a", "subnet-x"}} }, "InvalidSubnet: The requested subnet is invalid"},
		"subnet unknown": {func(string) simcloud.Values { return simcloud.Values{"vpcSubnetIds": []string{"subnet-0"}} }, "InvalidSubnet: "},
		"security group": {func(string) simcloud.Values { return simcloud.Values{"vpcSecurityGroupIds": []string{"sg-2"}} }, "InvalidParameterValue: The security group sg-2"},
		"idle":           {func(string) simcloud.Values { return simcloud.Values{"idleClientTimeout": 30000} }, "expected idleClientTimeout to be in the range"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			db := c.must(dbInstanceToken, c.database())
			secret := db.Out.String("masterUserSecrets[].secretArn")
			role := c.must(roleToken, simcloud.Values{"name": "proxy", "assumeRolePolicy": trustedBy("rds.amazonaws.com")}).Out.String("arn")
			in := simcloud.Values{
				"name": "p-1", "engineFamily": "POSTGRESQL", "roleArn": role, "requireTls": true, "auths": auth(nil, secret),
				"vpcSubnetIds": []string{"subnet-a", "subnet-b"}, "vpcSecurityGroupIds": []string{"sg-1"},
			}
			c.must(dbProxyToken, edited(in, simcloud.Values{"name": "taken"}))
			_, err := c.create(dbProxyToken, edited(in, tt.edits(secret)))
			dataRefused(t, err, tt.want)
			if tt.want == "" {
				proxyTargets(t, c)
			}
		})
	}
}

func proxyTargets(t *testing.T, c *dataCloud) {
	t.Helper()
	const group = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
	target := simcloud.Values{"dbProxyName": "p-1", "targetGroupName": "default", "dbInstanceIdentifier": "data-1"}
	c.must(group, simcloud.Values{"dbProxyName": "p-1", "connectionPoolConfig": map[string]any{"maxConnectionsPercent": 90}})
	_, err := c.create(group, simcloud.Values{"dbProxyName": "none"})
	dataRefused(t, err, "DBProxyNotFoundFault: ")
	_, err = c.create(dbProxyTargetToken, edited(target, simcloud.Values{"dbInstanceIdentifier": "none"}))
	dataRefused(t, err, "DBInstanceNotFound: ")
	c.must(dbProxyTargetToken, target)
	_, err = c.create(dbProxyTargetToken, target)
	dataRefused(t, err, "DBProxyTargetAlreadyRegisteredFault: ")
	dataRefused(t, c.Delete(dataSession, dbSecurityGroupToken, "sg-1"), "DependencyViolation: ")
}

func TestDBRestoreRefusals(t *testing.T) {
	from := func(more simcloud.Values) simcloud.Values {
		return simcloud.Values{"restoreToPointInTime": map[string]any(edited(simcloud.Values{"sourceDbInstanceIdentifier": "source", "useLatestRestorableTime": true}, more))}
	}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"snapshot":         {simcloud.Values{"snapshotIdentifier": "taken"}, ""},
		"snapshot unknown": {simcloud.Values{"snapshotIdentifier": "none"}, "DBSnapshotNotFound: DBSnapshot not found: none"},
		"latest":           {from(nil), ""},
		"database unknown": {from(simcloud.Values{"sourceDbInstanceIdentifier": "none"}), "DBInstanceNotFound: The source DB instance could not be found: none"},
		"no backups":       {from(simcloud.Values{"sourceDbInstanceIdentifier": "bare"}), "PointInTimeRestoreNotEnabled: "},
		"less storage":     {edited(from(nil), simcloud.Values{"allocatedStorage": 50}), "InvalidParameterValue: Invalid storage size: 50."},
		"two times":        {from(simcloud.Values{"restoreTime": "2026-11-02T08:30:00Z"}), `"restoreToPointInTime.restoreTime": conflicts with`},
		"two sources":      {edited(from(nil), simcloud.Values{"snapshotIdentifier": "taken"}), `"restoreToPointInTime": conflicts with snapshotIdentifier`},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			in := c.database()
			c.must(dbInstanceToken, edited(in, simcloud.Values{"identifier": "source"}))
			c.must(dbInstanceToken, edited(in, simcloud.Values{"identifier": "bare", "backupRetentionPeriod": 0}))
			snapshot := c.must(dbSnapshotToken, simcloud.Values{"dbInstanceIdentifier": "source", "dbSnapshotIdentifier": "taken"})
			r, err := c.create(dbInstanceToken, edited(in, tt.edits))
			dataRefused(t, err, tt.want)
			if err != nil || name != "snapshot" {
				return
			}
			// What it began with may go.
			dataRefused(t, c.Delete(dataSession, dbSnapshotToken, snapshot.ID), "")
			_, err = c.Update(dataSession, dbInstanceToken, r.ID, "", r.In)
			dataRefused(t, err, "")
		})
	}
}
