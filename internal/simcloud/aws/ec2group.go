package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

var (
	groupName        = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}$`)
	groupDescription = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}$`)
	// ruleSources are the inputs that say whom a rule lets through.
	ruleSources = []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}
)

func securityGroupTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: securityGroupToken, Noun: "security group", IDPrefix: "sg-", Auto: "name", AutoMax: 255, Takes: 3 * time.Second,
		Replace: []string{"description", "name", "namePrefix", "vpcId"},
		Refs: []simcloud.Ref{
			vpcRef("vpcId"), groupRef("ingress[].securityGroups[]", false), groupRef("egress[].securityGroups[]", false),
		},
		Unique: []simcloud.Unique{{
			Paths: []string{"name", "vpcId"}, Words: "InvalidGroup.Duplicate: The security group '%s' already exists for VPC '%s'",
		}},
		InUse: "DependencyViolation: resource %s has a dependent object",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", groupName), simcloud.Matches(in, "description", groupDescription))
			switch name := in.String("name"); {
			case name == "default":
				errs = append(errs, simcloud.Refusal("InvalidParameterValue", "Cannot use reserved security group name: default"))
			case strings.HasPrefix(name, "sg-"):
				errs = append(errs, simcloud.Refusal("InvalidParameterValue", "invalid value for name (cannot begin with sg-)"))
			}
			return errs
		},
		Refuse: func(op *simcloud.Op) error {
			if op.In.String("vpcId") == "" {
				return simcloud.Refusal("VPCIdNotSpecified", "No default VPC for this user")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "ec2", "security-group/"+op.ID), "ownerId": op.Account}
		},
		Delete: referredTo,
	}, {
		// Adopts the group that came along with the network: neither made nor
		// deleted, its rules alone are taken over.
		Token: defaultGroupToken, Noun: "default security group", Takes: time.Second,
		ID: func(op *simcloud.Op) string {
			return outOf(op, vpcToken, op.In.String("vpcId")).String("defaultSecurityGroupId")
		},
		Required: []string{"vpcId"},
		Replace:  []string{"vpcId"},
		Refs: []simcloud.Ref{{
			Path: "vpcId", To: []string{vpcToken}, Missing: "InvalidVpcID.NotFound: The vpc ID '%s' does not exist",
		}},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"arn": arn(op, "ec2", "security-group/"+op.ID), "ownerId": op.Account,
				"name": "default", "description": "default VPC security group",
			}
		},
	}, groupRule(ingressRuleToken), groupRule(egressRuleToken)}
}

// referredTo refuses to delete a group that a rule of another group names.
func referredTo(op *simcloud.Op) error {
	refusal := simcloud.Refusal("DependencyViolation", "resource %s has a dependent object", op.ID)
	for _, token := range []string{ingressRuleToken, egressRuleToken} {
		for _, r := range op.All(token) {
			if r.Out.String("referencedSecurityGroupId") == op.ID && r.Out.String("securityGroupId") != op.ID {
				return refusal
			}
		}
	}
	for _, r := range op.All(securityGroupToken) {
		named := append(r.Out.Strings("ingress[].securityGroups[]"), r.Out.Strings("egress[].securityGroups[]")...)
		if r.ID != op.ID && slices.Contains(named, op.ID) {
			return refusal
		}
	}
	return nil
}

func groupRule(token string) *simcloud.Type {
	return &simcloud.Type{
		Token: token, Noun: "security group rule", IDPrefix: "sgr-", Takes: time.Second,
		Required: []string{"ipProtocol", "securityGroupId"},
		Replace:  []string{"securityGroupId"},
		ReplaceIf: func(old, new simcloud.Values) []string {
			// The API changes a source into another of its kind only.
			var changed []string
			for _, path := range ruleSources {
				if old.Has(path) != new.Has(path) {
					changed = append(changed, path)
				}
			}
			return changed
		},
		Refs:     []simcloud.Ref{groupRef("securityGroupId", false), groupRef("referencedSecurityGroupId", false)},
		Validate: validateRule,
		Refuse: func(op *simcloud.Op) error {
			group, other := op.In.String("securityGroupId"), op.In.String("referencedSecurityGroupId")
			if other != "" && vpcOf(op, securityGroupToken, group) != vpcOf(op, securityGroupToken, other) {
				return simcloud.Refusal("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
			}
			for _, r := range op.All(token) {
				if r.ID != op.ID && r.Out.String("securityGroupId") == group && ruleText(r.In) == ruleText(op.In) {
					return simcloud.Refusal("InvalidPermission.Duplicate", "the specified rule \"%s, ALLOW\" already exists", ruleText(op.In))
				}
			}
			return listFits(op, token)
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "ec2", "security-group-rule/"+op.ID), "securityGroupRuleId": op.ID}
		},
	}
}

func validateRule(in simcloud.Values) []error {
	errs := simcloud.Problems(exactlyOne(in, ruleSources), cidr(in, "cidrIpv4"), cidr(in, "cidrIpv6"))
	if text := in.String("description"); !groupDescription.MatchString(text) {
		errs = append(errs, simcloud.Refusal("InvalidParameterValue",
			"Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"))
	}
	protocol := in.String("ipProtocol")
	if protocol != "tcp" && protocol != "udp" {
		return errs
	}
	from, to := in.Int("fromPort"), in.Int("toPort")
	switch {
	case !in.Has("fromPort") || !in.Has("toPort"):
		errs = append(errs, simcloud.Refusal("InvalidParameterValue", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."))
	case in.Known("fromPort") && in.Known("toPort") && (from < 0 || to > 65535 || from > to):
		errs = append(errs, simcloud.Refusal("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", from, to))
	}
	return errs
}

// ruleText is what a rule allows, as the cloud spells it.
func ruleText(in simcloud.Values) string {
	peer := ""
	for _, path := range ruleSources {
		peer += in.String(path)
	}
	if in.String("ipProtocol") == "-1" {
		return "peer: " + peer + ", ALL"
	}
	return fmt.Sprintf("peer: %s, %s, from port: %d, to port: %d",
		peer, strings.ToUpper(in.String("ipProtocol")), in.Int("fromPort"), in.Int("toPort"))
}
