package azure

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	identityToken   = "azure-native:managedidentity:UserAssignedIdentity"
	federatedToken  = "azure-native:managedidentity:FederatedIdentityCredential"
	assignmentToken = "azure-native:authorization:RoleAssignment"
	roleToken       = "azure-native:authorization:RoleDefinition"
)

// Source: "Naming rules and restrictions for Azure resources", read 2026-11.
var (
	identityName  = regexp.MustCompile(`^[A-Za-z0-9][\w-]{2,127}$`)
	federatedName = regexp.MustCompile(`^[A-Za-z0-9][\w-]{2,119}$`)
)

// maxFederated is how many credentials an identity may have.
// Source: "Important considerations for federated identity credentials".
const maxFederated = 20

func identityTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName", simcloud.Type{
			Token: identityToken, Noun: "identity", Takes: 5 * time.Second, Sweeps: true,
			Validate: func(in simcloud.Values) []error {
				return simcloud.Problems(named(in, "resourceName", identityName, "InvalidResourceName"),
					inRegion(in, "Microsoft.ManagedIdentity/userAssignedIdentities", "zones[]"))
			},
			Outputs: func(op *simcloud.Op) simcloud.Values {
				return simcloud.Values{
					"clientId": kept(op, "clientId", newGUID(op, "client")), "principalId": kept(op, "principalId", newGUID(op, "principal")),
					"tenantId": DefaultTenant,
				}
			},
		}),
		inside("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName", identityToken,
			"federatedIdentityCredentials", "federatedIdentityCredentialResourceName", simcloud.Type{
				Token: federatedToken, Noun: "federated identity credential", Takes: 2 * time.Second,
				Required: []string{"issuer", "subject", "audiences"},
				Validate: func(in simcloud.Values) []error {
					errs := simcloud.Problems(named(in, "federatedIdentityCredentialResourceName", federatedName, "InvalidResourceName"))
					if issuer := in.String("issuer"); issuer != "" && !strings.HasPrefix(issuer, "https://") {
						errs = append(errs, simcloud.Refusal("InvalidParameter", "The issuer '%s' must be an https URL", issuer))
					}
					if audiences, ok := in.Get("audiences").([]any); ok && len(audiences) != 1 {
						errs = append(errs, simcloud.Refusal("InvalidParameter", "Exactly one audience is allowed, got %d", len(audiences)))
					}
					return errs
				},
				Refuse: refuseFederated,
			}),
		assignment(), roleDefinition(),
	}
}

func refuseFederated(op *simcloud.Op) error {
	same := 0
	for _, r := range op.All(federatedToken) {
		if r.ID == op.ID || r.In.String("resourceName") != op.In.String("resourceName") {
			continue
		}
		same++
		if r.In.String("issuer") == op.In.String("issuer") && r.In.String("subject") == op.In.String("subject") {
			return simcloud.Refusal("BadRequest", "Issuer and subject combination already exists for this Managed Identity.")
		}
	}
	if same >= maxFederated {
		return simcloud.Refusal("BadRequest", "Too many Federated Identity Credentials have been created on this Managed Identity. The limit is %d.", maxFederated)
	}
	return nil
}

// builtIn are the roles of Azure that the program gives out, by their GUIDs.
// Source: "Azure built-in roles", read 2026-11.
var builtIn = map[string]string{
	"8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
	"b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
	"acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
	"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
	"f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
	"4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
	"b12aa53e-6015-4669-85d0-8515ebb3ae7f": "Private DNS Zone Contributor",
	"befefa01-2a29-4197-83a8-272ff33ce314": "DNS Zone Contributor",
	"f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
	"7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
	"8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
	"00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
	"14b46e9e-c2b7-41b4-b07b-48a6ebf60603": "Key Vault Crypto Officer",
	"12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
	"e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
	"b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
	"4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
	"21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
	"17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
	"e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1": "Storage Account Backup Contributor",
	"ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
	"b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
	"2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
	"b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
	"3498e952-d568-435e-9b2c-8d77e338d7f7": "Azure Kubernetes Service RBAC Admin",
	"a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb": "Azure Kubernetes Service RBAC Writer",
	"7f6c6a51-bcf8-42ba-9220-52d62157d7db": "Azure Kubernetes Service RBAC Reader",
	"4abbcc35-e782-43d8-92c5-2d3f1bd2253f": "Azure Kubernetes Service Cluster User Role",
	"3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
	"43d0d8ad-25c7-4714-9337-8ba259a9fe05": "Monitoring Reader",
	"73c42c96-874c-492b-b04d-ab87d138a893": "Log Analytics Reader",
	"fbc52c3f-28ad-4303-a892-8a056630b8f1": "AppGw for Containers Configuration Manager",
	"7efff54f-a5b4-42b5-a1c5-5411624893ce": "Disk Snapshot Contributor",
	"3e5e47e6-65f7-47ef-90b5-e5dd4d455f24": "Disk Backup Reader",
	"5e467623-bb1f-42f4-a55d-6e525e11384b": "Backup Contributor",
	"c088a766-074b-43ba-90d4-1fb21feae531": "PostgreSQL Flexible Server Long Term Retention Backup Role",
}

const roleDefinitions = "/providers/Microsoft.Authorization/roleDefinitions/"

// roleOf is the name of the role with an id, or "" if there is none.
func roleOf(op *simcloud.Op, id string) string {
	_, name, _ := strings.Cut(id, roleDefinitions)
	if known := builtIn[name]; known != "" {
		return known
	}
	if r := record(op, id); r != nil && r.Type == roleToken {
		return r.Out.String("roleName")
	}
	return ""
}

func assignment() *simcloud.Type {
	return &simcloud.Type{
		Token: assignmentToken, Noun: "role assignment", Auto: "roleAssignmentName", AutoNaming: simcloud.GUID, Takes: 3 * time.Second,
		Required: []string{"principalId", "roleDefinitionId", "scope"},
		Replace: []string{
			"roleAssignmentName", "principalId", "principalType", "roleDefinitionId", "scope", "delegatedManagedIdentityResourceId",
		},
		ID: func(op *simcloud.Op) string {
			return strings.TrimSuffix(op.In.String("scope"), "/") + "/providers/Microsoft.Authorization/roleAssignments/" + op.In.String("roleAssignmentName")
		},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(
				simcloud.OneOf(in, "principalType", "User", "Group", "ServicePrincipal", "ForeignGroup", "Device"),
				simcloud.Matches(in, "principalId", guid), simcloud.Matches(in, "roleAssignmentName", guid), condition(in))
		},
		Refuse: refuseAssignment,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.In.String("roleAssignmentName"), "type": "Microsoft.Authorization/roleAssignments"}
		},
	}
}

// condition refuses a condition without its version.
func condition(in simcloud.Values) error {
	if in.Has("condition") && in.Known("conditionVersion") && in.String("conditionVersion") != "2.0" {
		return simcloud.Refusal("RoleAssignmentConditionVersionInvalid", "The condition version '%s' is not supported.", in.String("conditionVersion"))
	}
	return nil
}

// refuseAssignment refuses what Azure's access control does not know. Principals
// live in the directory, which is not simulated; but the client id of an identity
// is not its principal.
func refuseAssignment(op *simcloud.Op) error {
	principal, scope, role := op.In.String("principalId"), op.In.String("scope"), op.In.String("roleDefinitionId")
	if op.Find(identityToken, "clientId", principal) != nil {
		return simcloud.Refusal("PrincipalNotFound", "Principal %s does not exist in the directory %s.", strings.ReplaceAll(principal, "-", ""), DefaultTenant)
	}
	if roleOf(op, role) == "" {
		return simcloud.Refusal("RoleDefinitionDoesNotExist", "The specified role definition with ID '%s' does not exist.", role)
	}
	if !scopeExists(op, scope) {
		return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", scope)
	}
	for _, r := range op.All(assignmentToken) {
		if r.ID != op.ID && r.In.String("principalId") == principal && strings.EqualFold(r.In.String("scope"), scope) &&
			strings.EqualFold(r.In.String("roleDefinitionId"), role) {
			return simcloud.Refusal("RoleAssignmentExists", "The role assignment already exists.")
		}
	}
	return nil
}

// scopeExists says whether there is a scope: a subscription, a group, a resource,
// or what is inside a resource and Resource Manager does not know: a namespace of
// a cluster, a secret of a vault.
// Source: ARM, "Resource providers and types": proxy resources are not tracked.
func scopeExists(op *simcloud.Op, scope string) bool {
	if scope == "/subscriptions/"+op.Account || record(op, scope) != nil {
		return true
	}
	if vault, _, isSecret := strings.Cut(scope, "/secrets/"); isSecret && op.Find(vaultToken, "id", vault) != nil {
		return true
	}
	cluster, _, isNamespace := strings.Cut(scope, "/namespaces/")
	return isNamespace && kindOf(cluster) == "Microsoft.ContainerService/managedClusters" && record(op, cluster) != nil
}

func roleDefinition() *simcloud.Type {
	return &simcloud.Type{
		Token: roleToken, Noun: "role definition", Auto: "roleDefinitionId", AutoNaming: simcloud.GUID, Takes: 2 * time.Second,
		Required: []string{"scope"}, Replace: []string{"roleDefinitionId", "scope"},
		ID: func(op *simcloud.Op) string {
			return op.In.String("scope") + roleDefinitions + op.In.String("roleDefinitionId")
		},
		Unique: []simcloud.Unique{{Paths: []string{"roleName"}, Words: "RoleDefinitionWithSameNameExists: A role with the same name '%s' already exists."}},
		Validate: func(in simcloud.Values) []error {
			if in.Has("assignableScopes") && len(in.All("assignableScopes[]")) == 0 {
				return []error{simcloud.Refusal("MissingAssignableScopes", "The role definition has no assignable scopes.")}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			if !scopeExists(op, op.In.String("scope")) {
				return simcloud.Refusal("ResourceNotFound", "The Resource '%s' was not found.", op.In.String("scope"))
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.In.String("roleDefinitionId"), "type": "Microsoft.Authorization/roleDefinitions"}
		},
		Delete: func(op *simcloud.Op) error {
			if slices.ContainsFunc(op.All(assignmentToken), func(r *simcloud.Record) bool { return r.In.String("roleDefinitionId") == op.ID }) {
				return simcloud.Refusal("RoleDefinitionHasAssignments", "There are existing role assignments referencing role '%s'.", op.Old.Out.String("name"))
			}
			return nil
		},
	}
}

// hasRole says whether a principal has one of the roles on a scope, or on what
// the scope is in.
func hasRole(op *simcloud.Op, principal, scope string, roles ...string) bool {
	return slices.ContainsFunc(op.All(assignmentToken), func(r *simcloud.Record) bool {
		at := r.In.String("scope")
		return r.In.String("principalId") == principal && (strings.EqualFold(at, scope) || strings.HasPrefix(strings.ToLower(scope), strings.ToLower(at)+"/")) &&
			slices.Contains(roles, roleOf(op, r.In.String("roleDefinitionId")))
	})
}

// principals are the principals of the identities with these ids.
func principals(op *simcloud.Op, ids []string) []string {
	found := map[string]bool{}
	for _, id := range ids {
		if r := record(op, id); r != nil && r.Type == identityToken {
			found[r.Out.String("principalId")] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
