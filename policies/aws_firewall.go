package policies

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

var firewallRules = []rule{
	{
		ids:      "F EC2.13/14, T AWS-0107, C CKV_AWS_24/25, K security_group_with_unrestricted_access_to_ssh",
		topics:   "exposure",
		priority: 1, types: groupTypes,
		reason: "SSH and remote desktop are tried by everybody; Session Manager needs no open port",
		check: openings("ingress", func(o opening) bool {
			return o.fromAnywhere && o.protocol != "-1" && slices.ContainsFunc(adminPorts, o.covers)
		}),
		bad: []string{
			`vpc.SecurityGroupIngressRule ssh: new {"cidrIpv4":"0.0.0.0/0","ipProtocol":"tcp","fromPort":22,"toPort":22,"description":"SSH","tags":{"component":"x","Name":"x"}}`,
			`vpc.SecurityGroupIngressRule rdp: new {"cidrIpv6":"::/0","ipProtocol":"tcp","fromPort":3389,"toPort":3389,"description":"RDP","tags":{"component":"x","Name":"x"}}`,
			`ec2.SecurityGroup database: ingress = [{"cidrBlocks":["0.0.0.0/0"],"protocol":"tcp","fromPort":22,"toPort":22,"description":"SSH"}]`,
		},
	},
	{
		ids:      "F EC2.18/19, C CKV_AWS_260/277, K unrestricted_security_group_ingress",
		topics:   "exposure",
		priority: 1, types: groupTypes,
		reason: "the world gets HTTPS, and HTTP to be sent there; SSH and remote desktop have their own rule",
		check: openings("ingress", func(o opening) bool {
			narrow := o.from == o.to && o.protocol != "-1"
			return o.fromAnywhere && !(narrow && slices.Contains([]int{80, 443, 22, 3389}, o.from))
		}),
		bad: []string{
			`vpc.SecurityGroupIngressRule database-from-nodes: cidrIpv6 = "::/0"`,
			`vpc.SecurityGroupIngressRule database-from-nodes: cidrIpv4 = "0.0.0.0/0"`,
			`vpc.SecurityGroupIngressRule all: new {"cidrIpv4":"0.0.0.0/0","ipProtocol":"-1","description":"all","tags":{"component":"x","Name":"x"}}`,
			`ec2.SecurityGroupRule all: new {"type":"ingress","cidrBlocks":["0.0.0.0/0"],"protocol":"tcp","fromPort":8080,"toPort":8081,"description":"all"}`,
		},
	},
	{
		ids:      "T AWS-0104, C CKV_AWS_382",
		topics:   "exposure",
		priority: 2, types: groupTypes,
		reason: "what may speak to anybody on any port can carry data to anybody",
		check: openings("egress", func(o opening) bool {
			return o.fromAnywhere && (o.protocol == "-1" || o.from <= 1 && o.to == 65535)
		}),
		bad: []string{
			`ec2.SecurityGroup database: egress = [{"cidrBlocks":["0.0.0.0/0"],"protocol":"-1","fromPort":0,"toPort":0,"description":"all"}]`,
			`vpc.SecurityGroupEgressRule all: new {"cidrIpv6":"::/0","ipProtocol":"tcp","fromPort":0,"toPort":65535,"description":"all","tags":{"component":"x","Name":"x"}}`,
		},
	},
	{
		ids:      "T AWS-0099/0124, C CKV_AWS_23",
		topics:   "inventory",
		priority: 3, types: groupTypes,
		reason: "nobody dares to remove an opening of which nobody knows what it is for",
		check: all(
			has("description"), every("ingress[]", has("description")), every("egress[]", has("description")),
		),
		bad: []string{
			`ec2.SecurityGroup database: description = null`,
			`vpc.SecurityGroupIngressRule database-from-nodes: description = ""`,
		},
	},
	{
		ids:      "F EC2.21, T AWS-0102/0105, C CKV_AWS_229-232/352",
		topics:   "exposure",
		priority: 1, types: "ec2.NetworkAcl",
		reason: "the second line must hold where a security group is opened by mistake",
		check:  local(closedACL),
		bad: []string{
			`ec2.NetworkAcl network-private: ingress[0].action = "allow"`,
			`ec2.NetworkAcl network-data: ingress[1] = {"action":"allow","cidrBlock":"0.0.0.0/0","fromPort":3000,"toPort":4000,"protocol":"6","ruleNo":60}`,
			`ec2.NetworkAcl network-public: ingress[5].fromPort = 20`,
			`ec2.NetworkAcl network-public: ingress[0].protocol = "-1"`,
			`everything/ec2.NetworkAcl network-public: ingress[0] = {"action":"allow","ipv6CidrBlock":"::/0","fromPort":0,"toPort":65535,"protocol":"6","ruleNo":1}`,
		},
	},
}

// groupTypes are security groups and their rules.
const groupTypes = "ec2.SecurityGroup ec2.SecurityGroupRule vpc.SecurityGroupIngressRule vpc.SecurityGroupEgressRule"

// adminPorts are those of FTP, SSH and remote desktop.
var adminPorts = []int{20, 21, 22, 3389}

// opening is one thing that a security group lets through.
type opening struct {
	fromAnywhere bool
	protocol     string
	from, to     int
}

func (o opening) covers(port int) bool { return o.from <= port && port <= o.to }

// openings refuses the openings in one direction of which a predicate holds.
func openings(direction string, bad func(opening) bool) check {
	return local(func(r resource) (all []string) {
		for _, o := range openingsOf(r, direction) {
			if bad(o) {
				all = append(all, fmt.Sprintf("%s from or to anywhere: protocol %s, ports %d to %d", direction, o.protocol, o.from, o.to))
			}
		}
		return all
	})
}

// openingsOf reads the openings of the four types that have them.
func openingsOf(r resource, direction string) []opening {
	entries := []reader{r.Inputs}
	switch r.kind {
	case "ec2.SecurityGroup":
		entries = r.Inputs.Objects(direction + "[]")
	case "ec2.SecurityGroupRule":
		if r.Inputs.String("type") != direction {
			return nil
		}
	case "vpc.SecurityGroupIngressRule":
		if direction != "ingress" {
			return nil
		}
	default:
		if direction != "egress" {
			return nil
		}
	}
	var all []opening
	for _, e := range entries {
		ranges := slices.Concat(e.Strings("cidrBlocks[]"), e.Strings("ipv6CidrBlocks[]"), e.Strings("cidrIpv4"), e.Strings("cidrIpv6"))
		all = append(all, opening{
			slices.ContainsFunc(ranges, everywhere), e.String("protocol") + e.String("ipProtocol"), e.Int("fromPort"), e.Int("toPort"),
		})
	}
	return all
}

// everywhere says whether a range is the whole internet.
func everywhere(cidr string) bool {
	p, err := netip.ParsePrefix(cidr)
	return err == nil && p.Bits() == 0
}

// closedACL wants an ACL that lets nobody on the internet at the ports of
// administrators, and never all ports or protocols. Entries are judged as AWS
// does: by number, the first that matches decides.
func closedACL(r resource) (all []string) {
	entries := slices.SortedFunc(slices.Values(r.Inputs.Objects("ingress[]")), func(a, b reader) int {
		return cmp.Compare(a.Int("ruleNo"), b.Int("ruleNo"))
	})
	for _, e := range entries {
		if e.String("action") != "allow" {
			continue
		}
		if e.String("protocol") == "-1" {
			all = append(all, fmt.Sprintf("entry %d allows all protocols", e.Int("ruleNo")))
		}
		if (everywhere(e.String("cidrBlock")) || everywhere(e.String("ipv6CidrBlock"))) && e.Int("fromPort") == 0 && e.Int("toPort") == 65535 {
			all = append(all, fmt.Sprintf("entry %d allows all ports from everywhere", e.Int("ruleNo")))
		}
	}
	for _, family := range []string{"cidrBlock", "ipv6CidrBlock"} {
		for _, port := range adminPorts {
			if admits(entries, family, port) {
				all = append(all, fmt.Sprintf("lets everybody in at port %d (%s)", port, family))
			}
		}
	}
	return all
}

// admits says whether TCP from an unknown address gets through at a port.
func admits(entries []reader, family string, port int) bool {
	for _, e := range entries {
		tcp := e.String("protocol") == "6" || e.String("protocol") == "-1"
		all := e.String("protocol") == "-1" || e.Int("fromPort") <= port && port <= e.Int("toPort")
		if everywhere(e.String(family)) && tcp && all {
			return e.String("action") == "allow"
		}
	}
	return false
}
