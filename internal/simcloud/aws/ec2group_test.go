package aws

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestEC2GroupsRefuse(t *testing.T) {
	rule := func(group string, pairs ...any) simcloud.Values {
		return values(append([]any{"securityGroupId", group, "ipProtocol", "tcp", "fromPort", 443.0, "toPort", 443.0}, pairs...)...)
	}
	runEC2(t, []ec2Case{
		{"a taken name", func(g *ec2Ground) error {
			g.group("web")
			return g.refused(securityGroupToken, g.inVpc("name", "web"))
		}, "InvalidGroup.Duplicate: The security group 'web' already exists for VPC 'vpc-"},
		{"the default name", func(g *ec2Ground) error { return g.refused(securityGroupToken, g.inVpc("name", "default")) }, "Cannot use reserved security group name: default"},
		{"the name of an id", func(g *ec2Ground) error { return g.refused(securityGroupToken, g.inVpc("name", "sg-web")) }, "cannot begin with sg-"},
		{"letters that cannot be", func(g *ec2Ground) error { return g.refused(securityGroupToken, g.inVpc("name", "wéb")) }, "invalid value for name"},
		{"no network", func(g *ec2Ground) error { return g.refused(securityGroupToken, values("name", "web")) }, "VPCIdNotSpecified: No default VPC for this user"},
		{"a rule twice", func(g *ec2Ground) error {
			in := rule(g.group("web"), "cidrIpv4", "10.0.0.0/16")
			g.make(ingressRuleToken, in)
			return g.refused(ingressRuleToken, in)
		}, `InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW" already exists`},
		{"a rule for all twice", func(g *ec2Ground) error {
			in := values("securityGroupId", g.group("web"), "ipProtocol", "-1", "cidrIpv4", "0.0.0.0/0")
			g.make(egressRuleToken, in)
			return g.refused(egressRuleToken, in)
		}, `"peer: 0.0.0.0/0, ALL, ALLOW" already exists`},
		{"a rule of no group", func(g *ec2Ground) error { return g.refused(ingressRuleToken, rule("sg-0", "cidrIpv4", "10.0.0.0/16")) }, "InvalidGroup.NotFound: The security group 'sg-0' does not exist"},
		{"a rule for nobody", func(g *ec2Ground) error { return g.refused(ingressRuleToken, rule(g.group("web"))) }, "InvalidParameterCombination"},
		{"a rule for a range that is none", func(g *ec2Ground) error {
			return g.refused(ingressRuleToken, rule(g.group("web"), "cidrIpv4", "10.0.0.0/33"))
		}, "InvalidParameterValue: Value (10.0.0.0/33)"},
		{"a rule without ports", func(g *ec2Ground) error {
			return g.refused(ingressRuleToken, values("securityGroupId", g.group("web"), "ipProtocol", "tcp", "cidrIpv4", "10.0.0.0/16"))
		}, "Must specify both from and to ports with TCP/UDP."},
		{"ports the wrong way round", func(g *ec2Ground) error {
			return g.refused(ingressRuleToken, rule(g.group("web"), "cidrIpv4", "10.0.0.0/16", "fromPort", 444.0))
		}, "Invalid TCP/UDP port range (444:443)"},
		{"a description with a quote", func(g *ec2Ground) error {
			return g.refused(ingressRuleToken, rule(g.group("web"), "cidrIpv4", "10.0.0.0/16", "description", "the pods' port"))
		}, "Invalid rule description"},
		{"a list that is none", func(g *ec2Ground) error {
			return g.refused(ingressRuleToken, rule(g.group("web"), "prefixListId", "pl-0"))
		}, "InvalidPrefixListID.NotFound: The prefix list ID 'pl-0' does not exist"},
		{"a list on two ports", func(g *ec2Ground) error {
			list, err := getManagedPrefixList(g.cloud, g.session, values("name", "com.amazonaws.global.cloudfront.origin-facing"))
			if err != nil {
				return err
			}
			web := g.group("web")
			g.make(ingressRuleToken, rule(web, "prefixListId", list.String("id")))
			return g.refused(ingressRuleToken, rule(web, "prefixListId", list.String("id"), "fromPort", 80.0))
		}, "RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached."},
		{"a list by a name that is none", func(g *ec2Ground) error {
			_, err := getManagedPrefixList(g.cloud, g.session, values("name", "com.amazonaws.global.cloudfront"))
			return err
		}, "InvalidPrefixListID.NotFound: no matching managed prefix list found"},
		{"groups of two networks", func(g *ec2Ground) error {
			vpc, _ := g.other()
			far := g.make(securityGroupToken, values("vpcId", vpc, "name", "far")).ID
			return g.refused(ingressRuleToken, rule(g.group("web"), "referencedSecurityGroupId", far))
		}, "InvalidGroup.NotFound: You have specified two resources that belong to different networks."},
		{"deleting a group that another names", func(g *ec2Ground) error {
			web := g.group("web")
			g.make(ingressRuleToken, rule(g.group("database"), "referencedSecurityGroupId", web))
			return g.cloud.Delete(g.session, securityGroupToken, web)
		}, "DependencyViolation: resource sg-"},
		{"deleting a group in use", func(g *ec2Ground) error {
			web := g.group("web")
			g.make(endpointToken, g.inVpc("serviceName", "com.amazonaws.eu-west-1.sts", "vpcEndpointType", "Interface", "securityGroupIds", []any{web}))
			return g.cloud.Delete(g.session, securityGroupToken, web)
		}, "DependencyViolation: resource sg-"},
		{"deleting a group that an inline rule names", func(g *ec2Ground) error {
			web := g.group("web")
			g.make(securityGroupToken, g.inVpc("name", "database", "ingress", []any{map[string]any{"securityGroups": []any{web}}}))
			return g.cloud.Delete(g.session, securityGroupToken, web)
		}, "DependencyViolation: resource sg-"},
	})
}

func TestEC2ACLsRefuse(t *testing.T) {
	entry := func(pairs ...any) map[string]any {
		return values(append([]any{"ruleNo", 100.0, "action", "allow", "protocol", "6", "fromPort", 443.0, "toPort", 443.0, "cidrBlock", "0.0.0.0/0"}, pairs...)...)
	}
	many := []any{}
	for n := range aclEntries + 1 {
		many = append(many, entry("ruleNo", float64(n+1)))
	}
	acl := func(g *ec2Ground, entries ...any) error { return g.refused(aclToken, g.inVpc("ingress", entries)) }
	rule := func(g *ec2Ground, id string) simcloud.Values {
		return values("networkAclId", id, "protocol", "6", "ruleAction", "allow", "ruleNumber", 100.0, "cidrBlock", "0.0.0.0/0", "fromPort", 1.0, "toPort", 2.0)
	}
	runEC2(t, []ec2Case{
		{"a number twice", func(g *ec2Ground) error { return acl(g, entry(), entry("fromPort", 80.0)) }, "NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists."},
		{"a number twice, as rules", func(g *ec2Ground) error {
			id := g.make(aclToken, g.inVpc()).ID
			g.make(aclRuleToken, rule(g, id))
			return g.refused(aclRuleToken, rule(g, id))
		}, "NetworkAclEntryAlreadyExists"},
		{"a number too large", func(g *ec2Ground) error { return acl(g, entry("ruleNo", 40000.0)) }, "expected ruleNo to be in the range (1 - 32766), got 40000"},
		{"too many entries", func(g *ec2Ground) error { return acl(g, many...) }, "NetworkAclEntryLimitExceeded"},
		{"an action that is none", func(g *ec2Ground) error { return acl(g, entry("action", "drop")) }, "expected action to be one of"},
		{"two ranges", func(g *ec2Ground) error { return acl(g, entry("ipv6CidrBlock", "::/0")) }, "InvalidParameterCombination"},
		{"all protocols with a port", func(g *ec2Ground) error { return acl(g, entry("protocol", "-1")) }, "must both be 0 to use"},
		{"ports the wrong way round", func(g *ec2Ground) error { return acl(g, entry("toPort", 442.0)) }, "Invalid TCP/UDP port range (443:442)"},
		{"no such ACL", func(g *ec2Ground) error {
			return g.refused(aclUseToken, values("networkAclId", "acl-0", "subnetId", g.subnet))
		}, "InvalidNetworkAclID.NotFound"},
		{"a subnet of another network", func(g *ec2Ground) error {
			_, subnet := g.other()
			return g.refused(aclUseToken, values("networkAclId", g.make(aclToken, g.inVpc()).ID, "subnetId", subnet))
		}, "belong to different networks"},
		{"deleting an ACL in use", func(g *ec2Ground) error {
			id := g.make(aclToken, g.inVpc()).ID
			g.make(aclUseToken, values("networkAclId", id, "subnetId", g.subnet))
			return g.cloud.Delete(g.session, aclToken, id)
		}, "DependencyViolation: The networkAcl 'acl-"},
	})
}
