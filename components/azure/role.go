package azure

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Role is one of Azure's own roles, by the GUID of its definition.
type Role string

// The roles that components give out.
// Source: "Azure built-in roles", read 2026-11.
const (
	Contributor               Role = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	Reader                    Role = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	AccessAdministrator       Role = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
	NetworkContributor        Role = "4d97b98b-1d4f-4787-a291-c67834d212e7"
	PrivateDNSZoneContributor Role = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
	DNSZoneContributor        Role = "befefa01-2a29-4197-83a8-272ff33ce314"
	IdentityOperator          Role = "f1a07417-d97a-45cb-824c-7a7467783830"
	ImagePuller               Role = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
	ImagePusher               Role = "8311e382-0749-4cb8-b61a-304f252e45ec"
	KeyUser                   Role = "12338af0-0e69-4776-bea7-57ae8d297424"
	KeyEncryptionUser         Role = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
	SecretsOfficer            Role = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
	SecretsReader             Role = "4633458b-17de-408a-b874-0445c86b69e6"
	BlobContributor           Role = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
	BlobReader                Role = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	SnapshotContributor       Role = "7efff54f-a5b4-42b5-a1c5-5411624893ce"
	DiskBackupReader          Role = "3e5e47e6-65f7-47ef-90b5-e5dd4d455f24"
	MetricsPublisher          Role = "3913510d-42f4-4e42-8a64-420c390055eb"
	GatewayManager            Role = "fbc52c3f-28ad-4303-a892-8a056630b8f1"
	ClusterUser               Role = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f"

	clusterRBACOwner  Role = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
	clusterRBACAdmin  Role = "3498e952-d568-435e-9b2c-8d77e338d7f7"
	clusterRBACWriter Role = "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"
	clusterRBACReader Role = "7f6c6a51-bcf8-42ba-9220-52d62157d7db"
)

// RoleID is the id of a role's definition as the scope's subscription has it.
func (s Scope) RoleID(role Role) string {
	return "/subscriptions/" + s.SubscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/" + string(role)
}

// Grant gives somebody a role on something.
type Grant struct {
	// Role is what may be done, and On the id of what it may be done with.
	Role Role
	On   pulumi.StringInput
	// Condition limits which of the role's actions may be done; none if empty.
	Condition string
}

// assign gives a principal a role. Azure is told what kind of principal it is, so
// that it does not look for one that its directory does not know yet.
// Source: "Assign Azure roles using ARM templates", new service principal.
func assign(ctx *pulumi.Context, name string, s Scope, g Grant, principal pulumi.StringInput, kind string, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	args := pulumi.Map{
		"principalId": principal, "roleDefinitionId": pulumi.String(s.RoleID(g.Role)), "scope": g.On,
	}
	if kind != "" {
		args["principalType"] = pulumi.String(kind)
	}
	if g.Condition != "" {
		args["condition"], args["conditionVersion"] = pulumi.String(g.Condition), pulumi.String("2.0")
	}
	a, err := bind(ctx, "azure-native:authorization:RoleAssignment", name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("assigning role %s: %w", name, err)
	}
	return a, nil
}

// Kinds of principals.
const (
	machine = "ServicePrincipal"
	group   = "Group"
	person  = "User"
)
