package gcp

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func networkArgs() *NetworkArgs {
	return &NetworkArgs{
		Scope: testScope(), CIDR: "10.40.0.0/16", PodCIDR: "100.64.0.0/16", ServiceCIDR: "172.20.0.0/20",
		Zones: []string{"europe-west1-b", "europe-west1-c"}, NAT: NATPerZone, FlowSampling: 0.5, QueryLogs: true,
	}
}

func networkProgram(args *NetworkArgs, use func(*Network)) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		n, err := NewNetwork(ctx, "net", args, opt)
		if err == nil && use != nil {
			use(n)
		}
		return err
	}
}

func TestNetwork(t *testing.T) {
	var n *Network
	g := run(t, networkProgram(networkArgs(), func(made *Network) { n = made }))
	g.CheckHouse(t)
	net := g.One(t, "gcp:compute/network:Network", "net")
	if !net.Inputs.Known("autoCreateSubnetworks") || net.Inputs.Bool("autoCreateSubnetworks") {
		t.Error("the network has a subnet in every region of the world")
	}
	subnet := g.One(t, "gcp:compute/subnetwork:Subnetwork", "net").Inputs
	if !subnet.Bool("privateIpGoogleAccess") || subnet.String("logConfig.metadata") == "" {
		t.Errorf("the subnet reaches no Google service, or records no flow: %v", subnet)
	}
	if got := subnet.String("ipCidrRange"); got != "10.40.0.0/17" || n.NodeCIDR != got || n.PeeredCIDR != "10.40.192.0/18" {
		t.Errorf("got %s for nodes and %s for databases", got, n.PeeredCIDR)
	}
	if got := subnet.Strings("secondaryIpRanges[].rangeName"); !slices.Equal(got, []string{n.PodRange, n.ServiceRange}) {
		t.Errorf("ranges: got %v", got)
	}
	if got := g.One(t, "gcp:servicenetworking/connection:Connection", "net").Inputs.String("deletionPolicy"); got != "ABANDON" {
		t.Errorf("the peering is deleted: %s", got)
	}
	if !g.One(t, "gcp:dns/policy:Policy", "net").Inputs.Bool("enableLogging") {
		t.Error("nobody knows which names are asked for")
	}
}

func TestNetworkFirewall(t *testing.T) {
	g := run(t, networkProgram(networkArgs(), nil))
	deny := g.One(t, "gcp:compute/firewall:Firewall", "net-deny").Inputs
	if deny.Int("priority") != 65534 || deny.String("denies[].protocol") != "all" || !deny.Has("logConfig") {
		t.Errorf("got %v, want everything else denied, in the log", deny)
	}
	for _, rule := range g.All("gcp:compute/firewall:Firewall") {
		if rule.Inputs.Has("allows") && (slices.Contains(rule.Inputs.Strings("sourceRanges[]"), "0.0.0.0/0") || !rule.Inputs.Has("targetTags")) {
			t.Errorf("%s lets in everybody, or to everything", rule.Name)
		}
	}
}

func TestNetworkNAT(t *testing.T) {
	for mode, want := range map[NATMode][]string{
		NATNone: nil, NATSingle: {"europe-west1"}, NATPerZone: {"europe-west1-b", "europe-west1-c"},
	} {
		args := networkArgs()
		args.NAT = mode
		var n *Network
		g := run(t, networkProgram(args, func(made *Network) { n = made }))
		if got := g.All("gcp:compute/address:Address"); len(got) != len(want) || len(n.NATAddresses) != len(want) {
			t.Errorf("%s: got %d addresses, want %v", mode, len(got), want)
		}
		for _, key := range want {
			if _, ok := n.NATAddresses[key]; !ok {
				t.Errorf("%s: no address of %s", mode, key)
			}
		}
		nats := g.All("gcp:compute/routerNat:RouterNat")
		if mode == NATNone {
			if len(nats) != 0 {
				t.Error("none: there is a way out")
			}
			continue
		}
		if in := nats[0].Inputs; in.String("natIpAllocateOption") != "MANUAL_ONLY" || len(in.Strings("natIps[]")) != len(want) {
			t.Errorf("%s: got %v", mode, in)
		}
	}
}

func TestNetworkPreview(t *testing.T) {
	g := run(t, networkProgram(networkArgs(), nil), simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
}

func TestNetworkBadArgs(t *testing.T) {
	for want, change := range map[string]func(*NetworkArgs){
		"CIDR: got":                  func(a *NetworkArgs) { a.CIDR = "10.0.0.0/8" },
		"PodCIDR: got":               func(a *NetworkArgs) { a.PodCIDR = "" },
		"PodCIDR: 10.40":             func(a *NetworkArgs) { a.PodCIDR = "10.40.0.0/17" },
		"ServiceCIDR: got":           func(a *NetworkArgs) { a.ServiceCIDR = "172.20.0.0/28" },
		"ServiceCIDR: 100.64.0.0/20": func(a *NetworkArgs) { a.ServiceCIDR = "100.64.0.0/20" },
		"Zones: got none":            func(a *NetworkArgs) { a.Zones = nil },
		"no zone of europe-west1":    func(a *NetworkArgs) { a.Zones = []string{"europe-west4-a"} },
		"FlowSampling":               func(a *NetworkArgs) { a.FlowSampling = 2 },
		"NAT: got":                   func(a *NetworkArgs) { a.NAT = "some" },
	} {
		args := networkArgs()
		change(args)
		_, err := simtest.Try("explico", "test", withProvider(networkProgram(args, nil)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}
