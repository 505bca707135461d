package aws

import (
	"slices"
	"testing"
)

// A runner in the network gets in; the internet does not, and the group that
// the load balancer controller looks for stays the only one with the tag.
func TestEksClients(t *testing.T) {
	g := run(t, eksProgram(eksArgs(), nil))
	group := g.One(t, "aws:ec2/securityGroup:SecurityGroup", "eks-api")
	if group.Inputs.Has("tags.kubernetes.io/cluster/explico-test") || group.Inputs.Has("egress") {
		t.Errorf("the group has the cluster's tag, or rules for what goes out: %v", group.Inputs)
	}
	rule := g.One(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "")
	if rule.Inputs.String("cidrIpv4") != "10.0.0.0/16" || rule.Inputs.Int("fromPort") != 443 || rule.Inputs.Int("toPort") != 443 {
		t.Errorf("the rule is %v", rule.Inputs)
	}
	if got := g.One(t, "aws:eks/cluster:Cluster", "").Inputs.Strings("vpcConfig.securityGroupIds[]"); !slices.Equal(got, []string{group.ID}) {
		t.Errorf("the control plane has the groups %v, want %s", got, group.ID)
	}
	open := eksArgs()
	open.ClientCIDRs = []string{"0.0.0.0/0"}
	if err := open.check(); err == nil {
		t.Error("the whole internet is no range of the network")
	}
}
