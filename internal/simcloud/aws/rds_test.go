package aws

import (
	"maps"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var dataSession = simcloud.Session{Account: DefaultAccount, Region: "eu-west-1"}

// dataCloud is a cloud with the types of this package's data services and bare
// stand-ins for the network they stand in.
type dataCloud struct {
	*simcloud.Cloud
	t *testing.T
	n int
}

func newDataCloud(t *testing.T) *dataCloud {
	t.Helper()
	catalog := &simcloud.Catalog{Package: "aws", Where: "internal/simcloud/aws", Types: map[string]*simcloud.Type{}}
	for _, types := range [][]*simcloud.Type{
		iamTypes(), kmsTypes(), logsTypes(), rdsTypes(), dbProxyTypes(), cacheTypes(), secretsTypes(), ecrTypes(), monitoringTypes(), {
			{Token: dbSubnetToken, Noun: "subnet", IDFrom: "id"},
			{Token: dbSecurityGroupToken, Noun: "security group", IDFrom: "id"},
		},
	} {
		for _, typ := range types {
			catalog.Types[typ.Token] = typ
		}
	}
	return &dataCloud{Cloud: simcloud.New(catalog), t: t}
}

func (c *dataCloud) create(token string, in simcloud.Values) (*simcloud.Record, error) {
	c.n++
	return c.Create(dataSession, token, "urn:"+string(rune('a'+c.n)), in)
}

// must creates what the cloud has no reason to refuse.
func (c *dataCloud) must(token string, in simcloud.Values) *simcloud.Record {
	c.t.Helper()
	r, err := c.create(token, in)
	if err != nil {
		c.t.Fatalf("creating %s: %v", token, err)
	}
	return r
}

// edited is a copy of v with other values; nil takes one away.
func edited(v simcloud.Values, edits simcloud.Values) simcloud.Values {
	all := maps.Clone(v)
	maps.Copy(all, edits)
	maps.DeleteFunc(all, func(_ string, x any) bool { return x == nil })
	return all
}

// dataRefused fails unless err begins with want: the code and the first words.
func dataRefused(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("got %v, want no refusal", err)
	case want != "" && err == nil:
		t.Errorf("got no refusal, want %s", want)
	case want != "" && !strings.HasPrefix(err.Error(), want):
		t.Errorf("got %v, want %s", err, want)
	}
}

// network puts two subnets and a security group, and one of each elsewhere.
func (c *dataCloud) network() {
	for id, at := range map[string][2]string{
		"subnet-a": {"vpc-1", "eu-west-1a"}, "subnet-a2": {"vpc-1", "eu-west-1a"}, "subnet-b": {"vpc-1", "eu-west-1b"}, "subnet-x": {"vpc-2", "eu-west-1b"},
	} {
		c.must(dbSubnetToken, simcloud.Values{"id": id, "vpcId": at[0], "availabilityZone": at[1]})
	}
	c.must(dbSecurityGroupToken, simcloud.Values{"id": "sg-1", "vpcId": "vpc-1"})
	c.must(dbSecurityGroupToken, simcloud.Values{"id": "sg-2", "vpcId": "vpc-2"})
}

// database puts all that a database needs, and returns its inputs.
func (c *dataCloud) database() simcloud.Values {
	c.t.Helper()
	c.network()
	key := c.must(keyToken, simcloud.Values{}).Out.String("arn")
	role := c.must(roleToken, simcloud.Values{"name": "watch", "assumeRolePolicy": trustedBy(monitoringService)})
	c.must(roleToken, simcloud.Values{"name": "other", "assumeRolePolicy": trustedBy("ec2.amazonaws.com")})
	c.must(dbSubnetGroupToken, simcloud.Values{"name": "data", "subnetIds": []string{"subnet-a", "subnet-b"}})
	c.must(dbSubnetGroupToken, simcloud.Values{"name": "data-2", "subnetIds": []string{"subnet-a", "subnet-b"}})
	c.must(dbParameterGroupToken, simcloud.Values{"name": "pg17", "family": "postgres17"})
	c.must(dbParameterGroupToken, simcloud.Values{"name": "pg18", "family": "postgres18"})
	return simcloud.Values{
		"identifier": "data-1", "engine": "postgres", "engineVersion": "17.6", "instanceClass": "db.m7g.large",
		"username": "explico", "dbName": "app", "manageMasterUserPassword": true, "masterUserSecretKmsKeyId": key,
		"allocatedStorage": 100, "maxAllocatedStorage": 500, "storageType": "gp3", "storageEncrypted": true, "kmsKeyId": key,
		"dbSubnetGroupName": "data", "parameterGroupName": "pg17", "vpcSecurityGroupIds": []string{"sg-1"},
		"multiAz": true, "backupRetentionPeriod": 7, "backupWindow": "02:00-03:00", "maintenanceWindow": "sun:03:30-sun:04:30",
		"monitoringInterval": 30, "monitoringRoleArn": role.Out.String("arn"),
		"performanceInsightsEnabled": true, "performanceInsightsRetentionPeriod": 7, "performanceInsightsKmsKeyId": key,
		"enabledCloudwatchLogsExports": []string{"postgresql"}, "skipFinalSnapshot": true,
	}
}

func trustedBy(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`
}

func TestDBSubnetGroupRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		in   simcloud.Values
		want string
	}{
		"good":           {simcloud.Values{"name": "g", "subnetIds": []string{"subnet-a", "subnet-b"}}, ""},
		"no subnets":     {simcloud.Values{"name": "g"}, `missing required argument "subnetIds"`},
		"one zone":       {simcloud.Values{"name": "g", "subnetIds": []string{"subnet-a", "subnet-a2"}}, "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: eu-west-1a. Add subnets to cover at least 2 AZs."},
		"two networks":   {simcloud.Values{"name": "g", "subnetIds": []string{"subnet-a", "subnet-x"}}, "InvalidSubnet: "},
		"unknown subnet": {simcloud.Values{"name": "g", "subnetIds": []string{"subnet-a", "subnet-0"}}, "InvalidParameterValue: Some input subnets in :[subnet-0] are invalid."},
		"upper case":     {simcloud.Values{"name": "G", "subnetIds": []string{"subnet-a", "subnet-b"}}, "invalid value for name"},
		"default":        {simcloud.Values{"name": "default", "subnetIds": []string{"subnet-a", "subnet-b"}}, `"name" is not allowed as "Default"`},
		"taken":          {simcloud.Values{"name": "taken", "subnetIds": []string{"subnet-a", "subnet-b"}}, "DBSubnetGroupAlreadyExists: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.network()
			c.must(dbSubnetGroupToken, simcloud.Values{"name": "taken", "subnetIds": []string{"subnet-a", "subnet-b"}})
			_, err := c.create(dbSubnetGroupToken, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}

func TestDBSubnetGroupStays(t *testing.T) {
	c := newDataCloud(t)
	in := c.database()
	c.must(dbInstanceToken, in)
	_, err := c.Update(dataSession, dbSubnetGroupToken, "data", "", simcloud.Values{"name": "data", "subnetIds": []string{"subnet-x", "subnet-y"}})
	dataRefused(t, err, "InvalidParameterValue: Some input subnets")
	c.must(dbSubnetToken, simcloud.Values{"id": "subnet-y", "vpcId": "vpc-2", "availabilityZone": "eu-west-1c"})
	_, err = c.Update(dataSession, dbSubnetGroupToken, "data", "", simcloud.Values{"name": "data", "subnetIds": []string{"subnet-x", "subnet-y"}})
	dataRefused(t, err, "InvalidParameterValue: The new Subnets are not in the same Vpc as the existing subnet group")
	dataRefused(t, c.Delete(dataSession, dbSubnetGroupToken, "data"), "InvalidDBSubnetGroupStateFault: Cannot delete the subnet group 'data'")
	dataRefused(t, c.Delete(dataSession, dbSubnetToken, "subnet-a"), "DependencyViolation: ")
}

func forceSSL(method string) []any {
	return []any{map[string]any{"name": "rds.force_ssl", "value": "1", "applyMethod": method}}
}

func TestDBParameterGroupRefusals(t *testing.T) {
	parameter := func(name, value, method string) simcloud.Values {
		return simcloud.Values{"name": "p", "family": "postgres17", "parameters": []any{
			map[string]any{"name": name, "value": value, "applyMethod": method},
		}}
	}
	for name, tt := range map[string]struct {
		in   simcloud.Values
		want string
	}{
		"good":           {parameter("shared_preload_libraries", "pgaudit", "pending-reboot"), ""},
		"family":         {simcloud.Values{"name": "p", "family": "postgres99"}, "InvalidParameterValue: ParameterGroupFamily postgres99 is not a valid parameter group family"},
		"no family":      {simcloud.Values{"name": "p"}, `missing required argument "family"`},
		"static":         {parameter("shared_preload_libraries", "pgaudit", "immediate"), "InvalidParameterCombination: cannot use immediate apply method for static parameter"},
		"once static":    {simcloud.Values{"name": "p", "family": "postgres14", "parameters": forceSSL("immediate")}, "InvalidParameterCombination: cannot use immediate apply method for static parameter"},
		"static no more": {simcloud.Values{"name": "p", "family": "postgres15", "parameters": forceSSL("immediate")}, ""},
		"value":          {parameter("rds.force_ssl", "yes", "immediate"), "InvalidParameterValue: Invalid parameter value: yes for: rds.force_ssl"},
		"parameter name": {parameter("Log Statement", "ddl", "immediate"), "InvalidParameterValue: Could not find parameter with name: Log Statement"},
		"method":         {parameter("log_statement", "ddl", "soon"), "expected applyMethod to be one of"},
		"name":           {simcloud.Values{"name": "p--g", "family": "postgres17"}, "invalid value for name"},
		"taken":          {simcloud.Values{"name": "taken", "family": "postgres17"}, "DBParameterGroupAlreadyExists: Parameter group taken already exists"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(dbParameterGroupToken, simcloud.Values{"name": "taken", "family": "postgres17"})
			_, err := c.create(dbParameterGroupToken, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}
