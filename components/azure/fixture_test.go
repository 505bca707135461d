package azure

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

// principal is an identity of the directory, which is not simulated.
const principal = "aaaaaaaa-0000-0000-0000-000000000001"

// stage is what the components of data and edge stand on.
type stage struct {
	Scope
	ctx        *pulumi.Context
	opt        pulumi.ResourceOption
	network    *Network
	logs       *Logs
	vault      *Vault
	encryption *Encryption
}

// endpoint is where a service answers in the stage's network.
func (s *stage) endpoint(of Service) *PrivatePlace {
	return &PrivatePlace{SubnetID: s.network.Endpoints, ZoneID: s.network.ServiceZones[of]}
}

// onStage makes a program of a component: on a network, with a key that an
// identity may use.
func onStage(s Scope, program func(*stage) error) func(*pulumi.Context, pulumi.ResourceOption) error {
	return func(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
		s, err := inGroup(ctx, s, opt)
		if err != nil {
			return err
		}
		on := &stage{Scope: s, ctx: ctx, opt: opt}
		if on.network, err = NewNetwork(ctx, "network", &NetworkArgs{
			Scope: s, CIDR: "10.40.0.0/16", PodCIDR: "10.244.0.0/16", NAT: NATSingle,
		}, opt); err != nil {
			return err
		}
		if on.logs, err = NewLogs(ctx, "logs", &LogsArgs{Scope: s, Days: 90}, opt); err != nil {
			return err
		}
		if on.vault, err = NewVault(ctx, "vault", &VaultArgs{Scope: s, Purpose: "data"}, opt); err != nil {
			return err
		}
		who := &struct {
			pulumi.CustomResourceState

			PrincipalID pulumi.StringOutput `pulumi:"principalId"`
			ClientID    pulumi.StringOutput `pulumi:"clientId"`
		}{}
		if err := ctx.RegisterResource("azure-native:managedidentity:UserAssignedIdentity", "group-data", pulumi.Map{
			"resourceGroupName": s.ResourceGroup, "location": pulumi.String(s.Location),
		}, who, opt); err != nil {
			return err
		}
		key, err := NewKey(ctx, "key", &KeyArgs{
			Scope: s, Vault: on.vault, Purpose: "data", Users: map[string]pulumi.StringInput{"data": who.PrincipalID},
		}, opt)
		if err != nil {
			return err
		}
		on.encryption = &Encryption{
			KeyURI: key.URI, KeyVersionURI: key.VersionedURI, IdentityID: who.ID().ToStringOutput(), IdentityClientID: who.ClientID, Ready: key.Ready,
		}
		return program(on)
	}
}

// checkHouse is CheckHouse of all but the stage's identity, which has no
// component.
func checkHouse(t *testing.T, g *simtest.Graph) {
	t.Helper()
	own := *g
	own.Resources = nil
	for _, r := range g.Resources {
		if r.Name != "group-data" {
			own.Resources = append(own.Resources, r)
		}
	}
	own.CheckHouse(t)
}

// refused runs a program and wants an error that says so.
func refused(t *testing.T, want string, program func(*pulumi.Context, pulumi.ResourceOption) error) {
	t.Helper()
	_, err := simtest.Try("explico", "test", withProvider(program))
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}

func protectedScope() Scope {
	s := testScope()
	s.Protect = true
	return s
}
