package tests

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/tests/deploy"
)

// byHand are the rights that only somebody with more than a deployment's gives:
// those of the jobs themselves, and Contributor, which changes everything.
var byHand = regexp.MustCompile(`^ci-(preview|deploy)-|^cluster-gateway$`)

// A deployment on Azure can give every role that a stack gives: the condition of
// its right names them.
func TestCIGivesEveryRoleOfAzure(t *testing.T) {
	const token, guid = "azure-native:authorization:RoleAssignment", 36
	seen := 0
	for stack, g := range graphs(t) {
		assigned := g.All(token)
		if len(assigned) == 0 {
			continue
		}
		may := g.One(t, token, "ci-deploy-roles").Inputs.String("condition")
		for _, r := range assigned {
			if byHand.MatchString(r.Name) {
				continue
			}
			seen++
			if role := r.Inputs.String("roleDefinitionId"); len(role) < guid || !strings.Contains(may, role[len(role)-guid:]) {
				t.Errorf("%s: a deployment cannot give %s its role, %s (assignable in components/azure/github.go)", stack, r.Name, role)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d roles were looked at", seen)
	}
}

// gcpServices are how roles name services whose Pulumi module is called
// otherwise.
var gcpServices = map[string]string{
	"kms": "cloudkms", "sql": "cloudsql", "serviceaccount": "iam", "projects": "iam",
}

// gcpTypes are the roles behind single types. A budget is not the project's: its
// right is the billing account's to give.
var gcpTypes = map[string]string{
	"projects.IAMMember": "resourcemanager.projectIamAdmin", "projects.IAMAuditConfig": "resourcemanager.projectIamAdmin",
	"projects.Service": "serviceusage.serviceUsageAdmin", "projects.ServiceIdentity": "serviceusage.serviceUsageAdmin",
	"projects.IAMCustomRole": "iam.roleAdmin", "serviceaccount.Account": "iam.serviceAccountAdmin", "serviceaccount.IAMMember": "iam.serviceAccountAdmin",
	"iam.WorkloadIdentityPool": "iam.workloadIdentityPoolAdmin", "iam.WorkloadIdentityPoolProvider": "iam.workloadIdentityPoolAdmin",
	"compute.Network": "compute.networkAdmin", "compute.SecurityPolicy": "compute.securityAdmin", "compute.Firewall": "compute.securityAdmin",
	"billing.Budget": "",
}

// A deployment on Google Cloud has a role of every service that a stack has
// resources of.
func TestCIKnowsEveryServiceOfGoogle(t *testing.T) {
	seen := map[string]bool{}
	for stack, g := range graphs(t) {
		var roles []string
		for _, r := range g.All("gcp:projects/iAMMember:IAMMember") {
			if strings.HasPrefix(r.Name, "ci-deploy-") {
				roles = append(roles, strings.TrimPrefix(r.Inputs.String("role"), "roles/"))
			}
		}
		missing := map[string]bool{}
		for _, r := range g.Resources {
			kind := deploy.ShortType(r.Type)
			want, single := gcpTypes[kind]
			if !strings.HasPrefix(r.Type, "gcp:") || single && want == "" {
				continue
			}
			if !single {
				module, _, _ := strings.Cut(kind, ".")
				if want = module + "."; gcpServices[module] != "" {
					want = gcpServices[module] + "."
				}
			}
			seen[want] = true
			if !slices.ContainsFunc(roles, func(role string) bool { return strings.HasPrefix(role, want) }) {
				missing["no role roles/"+want+"… for "+kind] = true
			}
		}
		for _, m := range slices.Sorted(maps.Keys(missing)) {
			t.Errorf("%s: a deployment has %s (deployRoles in components/gcp/github.go)", stack, m)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only the services %v were looked at", slices.Sorted(maps.Keys(seen)))
	}
}
