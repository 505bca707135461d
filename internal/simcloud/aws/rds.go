package aws

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	dbInstanceToken       = "aws:rds/instance:Instance"
	dbSubnetGroupToken    = "aws:rds/subnetGroup:SubnetGroup"
	dbParameterGroupToken = "aws:rds/parameterGroup:ParameterGroup"
	dbSnapshotToken       = "aws:rds/snapshot:Snapshot"

	// What a database stands in.
	dbSubnetToken        = "aws:ec2/subnet:Subnet"
	dbSecurityGroupToken = "aws:ec2/securityGroup:SecurityGroup"
)

var (
	dbSubnetGroupName    = regexp.MustCompile(`^[a-z0-9 ._-]{1,255}$`)
	dbParameterGroupName = regexp.MustCompile(`^[a-z][a-z0-9.]*(-[a-z0-9.]+)*$`)
	dbParameterName      = regexp.MustCompile(`^[a-z][a-z0-9_.]*$`)
)

func rdsTypes() []*simcloud.Type {
	return []*simcloud.Type{dbInstance(), dbSubnetGroup(), dbParameterGroup(), dbSnapshot()}
}

func dbSubnetGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: dbSubnetGroupToken, Noun: "DB subnet group", IDFrom: "name", Auto: "name", AutoMax: 255, Takes: 2 * time.Second,
		Required: []string{"subnetIds"},
		Replace:  []string{"name", "namePrefix"},
		Refs: []simcloud.Ref{{
			// It is the databases' network interfaces that hold the subnet.
			Path: "subnetIds[]", To: []string{dbSubnetToken}, Holds: true,
			Missing: "InvalidParameterValue: Some input subnets in :[%s] are invalid.",
		}},
		Unique: []simcloud.Unique{{Paths: []string{"name"}, Words: "DBSubnetGroupAlreadyExists: The DB subnet group '%s' already exists."}},
		InUse:  "InvalidDBSubnetGroupStateFault: Cannot delete the subnet group '%s' because at least one database instance is still using it.",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", dbSubnetGroupName))
			if in.String("name") == "default" {
				errs = append(errs, fmt.Errorf(`"name" is not allowed as "Default"`))
			}
			return errs
		},
		Refuse: dbSubnetGroupProblem,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			vpcs, _ := subnetsOf(op, op.In.Strings("subnetIds[]"))
			return simcloud.Values{
				"arn": arn(op, "rds", "subgrp:"+op.ID), "vpcId": firstOf(vpcs), "supportedNetworkTypes": []string{"IPV4"},
			}
		},
	}
}

// dbSubnetGroupProblem refuses subnets of several networks and of one zone.
func dbSubnetGroupProblem(op *simcloud.Op) error {
	vpcs, zones := subnetsOf(op, op.In.Strings("subnetIds[]"))
	if len(vpcs) > 1 {
		return simcloud.Refusal("InvalidSubnet", "The requested subnet is invalid, or multiple subnets were requested that are not all in a common VPC.")
	}
	if op.Old != nil && op.Old.Out.String("vpcId") != firstOf(vpcs) {
		return simcloud.Refusal("InvalidParameterValue", "The new Subnets are not in the same Vpc as the existing subnet group")
	}
	if len(zones) < 2 {
		return simcloud.Refusal("DBSubnetGroupDoesNotCoverEnoughAZs",
			"The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: %s. Add subnets to cover at least 2 AZs.", firstOf(zones))
	}
	return nil
}

// subnetsOf are the networks and the zones of subnets, sorted.
func subnetsOf(op *simcloud.Op, ids []string) (vpcs, zones []string) {
	for _, id := range ids {
		if s := op.Find(dbSubnetToken, "id", id); s != nil {
			vpcs, zones = append(vpcs, s.Out.String("vpcId")), append(zones, s.Out.String("availabilityZone"))
		}
	}
	slices.Sort(vpcs)
	slices.Sort(zones)
	return slices.Compact(vpcs), slices.Compact(zones)
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func dbParameterGroup() *simcloud.Type {
	return &simcloud.Type{
		Token: dbParameterGroupToken, Noun: "DB parameter group", IDFrom: "name", Auto: "name", AutoMax: 255, Takes: 5 * time.Second,
		Required: []string{"family"},
		Replace:  []string{"name", "namePrefix", "family", "description"},
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "DBParameterGroupAlreadyExists: Parameter group %s already exists"}},
		InUse:    "InvalidDBParameterGroupState: One or more database instances are still members of this parameter group %s, so the group cannot be deleted",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", dbParameterGroupName))
			for _, p := range in.Objects("parameters[]") {
				errs = append(errs, simcloud.Problems(simcloud.OneOf(p, "applyMethod", "immediate", "pending-reboot"))...)
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			family := op.In.String("family")
			if !knownFamily(family) {
				return simcloud.Refusal("InvalidParameterValue", "ParameterGroupFamily %s is not a valid parameter group family", family)
			}
			for _, p := range op.In.Objects("parameters[]") {
				if err := parameterProblem(family, p); err != nil {
					return err
				}
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "rds", "pg:"+op.ID)}
		},
	}
}

func knownFamily(family string) bool {
	for major := range postgresVersions {
		if (pgVersion{major: major}).family() == family {
			return true
		}
	}
	return false
}

func parameterProblem(family string, p simcloud.Values) error {
	name, value := p.String("name"), p.String("value")
	if !dbParameterName.MatchString(name) {
		return simcloud.Refusal("InvalidParameterValue", "Could not find parameter with name: %s", name)
	}
	static := slices.Contains(staticParameters, name) || name == "rds.force_ssl" && family == "postgres14"
	if static && p.String("applyMethod") != "pending-reboot" {
		return simcloud.Refusal("InvalidParameterCombination", "cannot use immediate apply method for static parameter")
	}
	if allowed := parameterValues[name]; allowed != nil && !slices.Contains(allowed, value) {
		return simcloud.Refusal("InvalidParameterValue", "Invalid parameter value: %s for: %s allowed values are: %v", value, name, allowed)
	}
	return nil
}

// dbSnapshot is a snapshot that somebody takes. The final snapshot of a deleted
// database is one that nobody's program holds.
func dbSnapshot() *simcloud.Type {
	return &simcloud.Type{
		Token: dbSnapshotToken, Noun: "DB snapshot", IDFrom: "dbSnapshotIdentifier", Takes: 3 * time.Minute,
		Required: []string{"dbInstanceIdentifier", "dbSnapshotIdentifier"},
		Replace:  []string{"dbInstanceIdentifier", "dbSnapshotIdentifier"},
		Refs: []simcloud.Ref{{
			Path: "dbInstanceIdentifier", To: []string{dbInstanceToken}, By: "identifier", Missing: "DBInstanceNotFound: DBInstance %s not found.",
		}},
		Refuse: func(op *simcloud.Op) error {
			if op.Old != nil {
				return nil
			}
			return snapshotTaken(op, op.In.String("dbSnapshotIdentifier"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"dbSnapshotArn": arn(op, "rds", "snapshot:"+op.ID), "status": "available"}
		},
	}
}

// snapshotTaken refuses a snapshot's name that there is already, be it that of
// a database long deleted.
func snapshotTaken(op *simcloud.Op, name string) error {
	if op.Find(dbSnapshotToken, "id", name) == nil {
		return nil
	}
	return simcloud.Refusal("DBSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier %s already exists.", name)
}
