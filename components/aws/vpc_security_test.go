package aws

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// aclPacket is what an ACL judges: where it comes from or goes to, and what it is.
// A port is that of the destination; for ICMP it is the type.
type aclPacket struct {
	protocol, peer string
	port           int
}

// aclLets says whether entries of an ACL let a packet through, as AWS decides: the
// lowest number that matches, and no if none does.
func aclLets(entries []simcloud.Values, p aclPacket) bool {
	slices.SortFunc(entries, func(a, b simcloud.Values) int { return a.Int("ruleNo") - b.Int("ruleNo") })
	peer := netip.MustParseAddr(p.peer)
	for _, e := range entries {
		block := netip.MustParsePrefix(e.String("cidrBlock") + e.String("ipv6CidrBlock"))
		if !block.Contains(peer) || e.String("protocol") != p.protocol {
			continue
		}
		icmp := p.protocol == aclICMP || p.protocol == aclICMP6
		if icmp && (e.Int("icmpType") == -1 || e.Int("icmpType") == p.port) || !icmp && e.Int("fromPort") <= p.port && p.port <= e.Int("toPort") {
			return e.String("action") == "allow"
		}
	}
	return false
}

func TestVpcACLsIn(t *testing.T) {
	const internet, internet6, node, pod = "8.8.8.8", "2606:4700::1", "10.0.33.7", "100.64.0.9"
	g := runVpc(t, testVpc(withPods, withIPv6), nil)
	for _, c := range []struct {
		why                         string
		aclPacket                   aclPacket
		public, private, pods, data bool
	}{
		{"browsers", aclPacket{aclTCP, internet, 443}, true, false, false, false},
		{"browsers before the redirect", aclPacket{aclTCP, internet, 80}, true, false, false, false},
		{"browsers over IPv6", aclPacket{aclTCP, internet6, 443}, true, false, false, false},
		{"replies", aclPacket{aclTCP, internet, 1024}, true, true, true, false},
		{"replies to a high port", aclPacket{aclTCP, internet, 65535}, true, true, true, false},
		{"replies over UDP", aclPacket{aclUDP, internet, 40000}, true, true, true, false},
		{"replies over IPv6", aclPacket{aclTCP, internet6, 40000}, true, true, true, false},
		{"packet too big", aclPacket{aclICMP, internet, 3}, true, true, true, false},
		{"packet too big over IPv6", aclPacket{aclICMP6, internet6, 2}, true, true, true, false},
		{"ping from the internet", aclPacket{aclICMP, internet, 8}, false, false, false, false},
		{"SSH from the internet", aclPacket{aclTCP, internet, 22}, false, false, false, false},
		{"SSH over IPv6", aclPacket{aclTCP, internet6, 22}, false, false, false, false},
		{"remote desktop from the internet", aclPacket{aclTCP, internet, 3389}, false, false, false, false},
		{"FTP from the internet", aclPacket{aclTCP, internet, 21}, false, false, false, false},
		{"PostgreSQL from the internet", aclPacket{aclTCP, internet, 5432}, true, true, true, false},
		{"PostgreSQL from nodes", aclPacket{aclTCP, node, 5432}, true, true, true, true},
		{"PostgreSQL from pods", aclPacket{aclTCP, pod, 5432}, true, true, true, true},
		{"the kubelet", aclPacket{aclTCP, node, 10250}, true, true, true, true},
		{"names", aclPacket{aclUDP, pod, 53}, true, true, true, true},
		{"pods to a git server through NAT", aclPacket{aclTCP, pod, 22}, true, false, false, false},
		{"SSH from node to node", aclPacket{aclTCP, node, 22}, true, false, false, false},
	} {
		for tier, want := range map[string]bool{"public": c.public, "private": c.private, "pods": c.pods, "data": c.data} {
			entries := g.One(t, netACL, "main-"+tier).Inputs.Objects("ingress[]")
			if got := aclLets(entries, c.aclPacket); got != want {
				t.Errorf("%s into the %s tier: got %v, want %v", c.why, tier, got, want)
			}
		}
	}
}

func TestVpcACLsOut(t *testing.T) {
	g := runVpc(t, testVpc(withPods, withIPv6), nil)
	for _, c := range []struct {
		aclPacket aclPacket
		data      bool
	}{
		{aclPacket{aclTCP, "8.8.8.8", 443}, false}, {aclPacket{aclTCP, "2606:4700::1", 443}, false}, {aclPacket{aclUDP, "8.8.8.8", 53}, false},
		{aclPacket{aclTCP, "10.0.33.7", 40000}, true}, {aclPacket{aclTCP, "100.64.0.9", 1024}, true},
	} {
		for _, tier := range []string{"public", "private", "pods", "data"} {
			entries := g.One(t, netACL, "main-"+tier).Inputs.Objects("egress[]")
			if got, want := aclLets(entries, c.aclPacket), c.data || tier != "data"; got != want {
				t.Errorf("%v out of the %s tier: got %v, want %v", c.aclPacket, tier, got, want)
			}
		}
	}
}

// TestVpcACLRules checks what scanners check, entry by entry: none opens all
// ports, or a shell's port, to everyone, whatever the entries before it say.
func TestVpcACLRules(t *testing.T) {
	g := runVpc(t, testVpc(withPods, withIPv6), nil)
	for _, acl := range g.All(netACL) {
		for _, e := range acl.Inputs.Objects("ingress[]") {
			if e.String("protocol") == "-1" {
				t.Errorf("%s: entry %d is for all protocols", acl.Name, e.Int("ruleNo"))
			}
			everyone := e.String("cidrBlock") == "0.0.0.0/0" || e.String("ipv6CidrBlock") == "::/0"
			for _, port := range []int{20, 21, 22, 3389} {
				if everyone && e.String("action") == "allow" && e.Int("fromPort") <= port && port <= e.Int("toPort") {
					t.Errorf("%s: entry %d lets everyone to port %d", acl.Name, e.Int("ruleNo"), port)
				}
			}
		}
		tier := strings.TrimPrefix(acl.Name, "main-")
		for _, zone := range []string{"eu-west-1a", "eu-west-1b"} {
			use := g.One(t, netACLUse, "main-"+tier+"-"+zone)
			if use.Inputs.String("networkAclId") != acl.ID || use.Inputs.String("subnetId") != g.One(t, netSubnet, use.Name).ID {
				t.Errorf("the %s subnet of %s has not its ACL", tier, zone)
			}
		}
	}
}

func TestVpcDefaultGroupIsLocked(t *testing.T) {
	g := runVpc(t, testVpc(), nil)
	group := g.One(t, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "")
	if group.Inputs.String("vpcId") != g.One(t, netVpc, "").ID || group.Inputs.Has("ingress") || group.Inputs.Has("egress") {
		t.Errorf("got %v", group.Inputs)
	}
}

func TestVpcEndpoints(t *testing.T) {
	g := runVpc(t, testVpc(withPods), nil)
	tables := []string{
		g.One(t, netTable, "main-data").ID, g.One(t, netTable, "main-private-eu-west-1a").ID, g.One(t, netTable, "main-private-eu-west-1b").ID,
	}
	for _, service := range []string{"s3", "dynamodb"} {
		e := g.One(t, netEndpoint, "main-endpoint-"+service)
		if e.Inputs.String("vpcEndpointType") != "Gateway" || e.Inputs.String("serviceName") != "com.amazonaws.eu-west-1."+service ||
			!slices.Equal(e.Inputs.Strings("routeTableIds[]"), tables) {
			t.Errorf("%s: got %v", service, e.Inputs)
		}
	}
	group := g.One(t, "aws:ec2/securityGroup:SecurityGroup", "main-endpoints")
	private := []string{g.One(t, netSubnet, "main-private-eu-west-1a").ID, g.One(t, netSubnet, "main-private-eu-west-1b").ID}
	for _, service := range []string{"ecr.api", "sts"} {
		e := g.One(t, netEndpoint, "main-endpoint-"+service)
		if e.Inputs.String("vpcEndpointType") != "Interface" || !e.Inputs.Bool("privateDnsEnabled") ||
			!slices.Equal(e.Inputs.Strings("subnetIds[]"), private) || !slices.Equal(e.Inputs.Strings("securityGroupIds[]"), []string{group.ID}) {
			t.Errorf("%s: got %v", service, e.Inputs)
		}
	}
	var from []string
	for _, r := range g.All(netGroupRule) {
		if r.Inputs.Int("fromPort") != 443 || r.Inputs.Int("toPort") != 443 || r.Inputs.String("ipProtocol") != "tcp" || !r.Inputs.Has("description") {
			t.Errorf("%s: got %v", r.Name, r.Inputs)
		}
		from = append(from, r.Inputs.String("cidrIpv4"))
	}
	slices.Sort(from)
	if !slices.Equal(from, []string{"10.0.0.0/16", "100.64.0.0/16"}) {
		t.Errorf("endpoints may be reached from %v", from)
	}
	tags, _ := group.Inputs["tags"].(map[string]any)
	if tags["karpenter.sh/discovery"] != nil {
		t.Error("the security group of endpoints carries the autoscaler's tag")
	}
	if len(runVpc(t, testVpc(noEndpoints), nil).All("aws:ec2/securityGroup:SecurityGroup")) > 0 {
		t.Error("a network without interface endpoints has a security group for them")
	}
}

func TestVpcFlowLogs(t *testing.T) {
	g := runVpc(t, testVpc(), nil)
	log := g.One(t, "aws:ec2/flowLog:FlowLog", "main-flow-logs")
	group := g.One(t, "aws:cloudwatch/logGroup:LogGroup", "")
	role := g.One(t, "aws:iam/role:Role", "")
	if log.Inputs.String("trafficType") != "REJECT" || log.Inputs.String("vpcId") != g.One(t, netVpc, "").ID ||
		log.Inputs.String("logDestination") != group.Outputs.String("arn") || log.Inputs.String("iamRoleArn") != role.Outputs.String("arn") {
		t.Errorf("got %v", log.Inputs)
	}
	if !log.DeleteBeforeReplace {
		t.Error("the flow log would be made anew before the old one is gone")
	}
	if group.Inputs.String("name") != "/aws/vpc/explico-test-flow-logs" || !group.Inputs.Has("kmsKeyId") || group.Inputs.Int("retentionInDays") != 30 {
		t.Errorf("got %v", group.Inputs)
	}
	if trust := netPolicy(t, role, "assumeRolePolicy").Statement[0]; !slices.Equal(trust.Principal.Service, []string{"vpc-flow-logs.amazonaws.com"}) ||
		!slices.Equal(trust.Condition["StringEquals"]["aws:SourceAccount"], []string{"111122223333"}) {
		t.Errorf("trust: got %v", trust)
	}
	for _, s := range netPolicy(t, g.One(t, "aws:iam/rolePolicy:RolePolicy", ""), "policy").Statement {
		for _, resource := range s.Resource {
			if !strings.HasPrefix(resource, "arn:aws:logs:eu-west-1:111122223333:log-group:") {
				t.Errorf("the role may use %s", resource)
			}
			if slices.Contains(s.Action, "logs:PutLogEvents") && !strings.Contains(resource, "/aws/vpc/explico-test-flow-logs") {
				t.Errorf("the role may write to %s", resource)
			}
		}
	}
}

func netPolicy(t *testing.T, r simtest.Resource, path string) Policy {
	t.Helper()
	var doc Policy
	if err := json.Unmarshal([]byte(r.Inputs.String(path)), &doc); err != nil {
		t.Fatalf("reading %s of %s: %v", path, r.Name, err)
	}
	return doc
}
