package settings

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// awsPods checks that AWS takes the range for pods as a second one.
// Source: VPC user guide, "IPv4 CIDR block association restrictions".
func (c *checker) awsPods() {
	pods, errPods := netip.ParsePrefix(c.s.Network.PodCIDR)
	network, errNetwork := netip.ParsePrefix(c.s.Network.CIDR)
	if errPods != nil || errNetwork != nil { // said already, or not given
		return
	}
	if own := blockOf(network, privateBlocks); blockOf(pods, privateBlocks).IsValid() && blockOf(pods, privateBlocks) != own {
		c.bad(ForeignPods, "network.podCidr", pods.String(),
			fmt.Sprintf("a range inside %s, as the network's, or inside %s", own, sharedBlock), "network.cidr")
	}
}

// needed are the services that a node calls before it is ready: images, its
// role, its network interfaces, its logs.
// Source: EKS user guide, "Deploy private clusters with limited internet access".
var needed = []string{"ec2", "ecr.api", "ecr.dkr", "logs", "sts"}

// lifelines are the services that nodes or tasks cannot start without, and what
// happens without them.
// Source: ECS developer guide, "Amazon ECS interface VPC endpoints", Fargate.
func (c *checker) lifelines() ([]string, string) {
	if c.s.Compute != ECS {
		return needed, "no node could join the cluster"
	}
	all := []string{"ecr.api", "ecr.dkr", "logs"}
	for _, s := range c.s.Ecs.Services {
		for _, secret := range s.Secrets {
			if strings.Contains(secret.From, ":ssm:") {
				all = append(all, "ssm")
			} else {
				all = append(all, "secretsmanager")
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), "no task could start"
}

// wayOut checks the interface endpoints of AWS.
func (c *checker) wayOut() {
	n := c.s.Network
	seen := map[string]bool{}
	for i, name := range n.Endpoints {
		path := fmt.Sprintf("network.endpoints[%d]", i)
		switch {
		case name == "s3" || name == "dynamodb":
			c.bad(BadEndpoint, path, name, "it left out: its gateway endpoint is always there, and free")
		case !slices.Contains(awsEndpoints, name):
			c.bad(BadEndpoint, path, shown(name), oneOf(name, awsEndpoints))
		case seen[name]:
			c.bad(BadEndpoint, path, name+" again", "each service once")
		}
		seen[name] = true
	}
	if n.NAT != NATNone {
		return
	}
	var lacking []string
	names, otherwise := c.lifelines()
	for _, name := range names {
		if !seen[name] {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) > 0 {
		c.bad(NoWayOut, "network.nat", "none without the interface endpoints "+strings.Join(lacking, ", "),
			"them in network.endpoints, or nat: single: "+otherwise, "network.endpoints")
	}
}
