package gcp

import (
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	accountToken      = "gcp:serviceaccount/account:Account"
	accountGrantToken = "gcp:serviceaccount/iAMMember:IAMMember"
	projectGrantToken = "gcp:projects/iAMMember:IAMMember"
	zoneGrantToken    = "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember"
	customRoleToken   = "gcp:projects/iAMCustomRole:IAMCustomRole"
	auditToken        = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
	sinkToken         = "gcp:logging/projectSink:ProjectSink"
	poolToken         = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
	providerToken     = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
)

var (
	// Source: IAM reference, serviceAccounts.create, accountId; workloadIdentityPools
	// and their providers, ids; roles, roleId; read 2026-11.
	accountID = regexp.MustCompile(`^[a-z]([-a-z0-9]{4,28}[a-z0-9])$`)
	poolID    = regexp.MustCompile(`^[a-z0-9-]{4,32}$`)
	roleID    = regexp.MustCompile(`^[a-zA-Z0-9_.]{3,64}$`)
)

func iamTypes() []*simcloud.Type {
	return []*simcloud.Type{
		accountType(), grant(accountGrantToken, "serviceAccountId", accountToken),
		grant(projectGrantToken, "project"), grant(zoneGrantToken, "managedZone"), customRoleType(), auditType(), identityPoolType(), providerType(), sinkType(),
	}
}

func accountType() *simcloud.Type {
	return &simcloud.Type{
		Token: accountToken, Noun: "service account", Takes: 5 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "serviceAccounts", accountEmail(op)) },
		Required: []string{"accountId"}, Replace: []string{"accountId", "project"},
		Unique: []simcloud.Unique{{
			Paths: []string{"accountId"}, Words: "googleapi: Error 409: Service account %s already exists within project., alreadyExists",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "accountId", accountID))
			if len(in.String("displayName")) > 100 {
				errs = append(errs, refused(400, "badRequest", "The account display name must be at most 100 characters."))
			}
			if len(in.String("description")) > 256 {
				errs = append(errs, refused(400, "badRequest", "The account description must be at most 256 characters."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			email := accountEmail(op)
			return simcloud.Values{
				"email": email, "member": "serviceAccount:" + email, "name": op.ID, "project": op.Account,
				"uniqueId": given(op, "uniqueId", "1"+strings.Map(digit, op.Hex(20, "unique"))),
			}
		},
	}
}

func accountEmail(op *simcloud.Op) string {
	return op.In.String("accountId") + "@" + op.Account + agentSuffix
}

// digit makes hex digits decimal ones.
func digit(r rune) rune {
	if r >= 'a' {
		return r - 'a' + '0'
	}
	return r
}

// customRoleType is a role of a project's own. A deleted one keeps its name for
// 37 days, and comes back if it is made again.
func customRoleType() *simcloud.Type {
	return &simcloud.Type{
		Token: customRoleToken, Noun: "role", Takes: 5 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "roles", op.In.String("roleId")) },
		Required: []string{"permissions", "roleId", "title"}, Replace: []string{"project", "roleId"},
		Validate: func(in simcloud.Values) []error { return simcloud.Problems(simcloud.Matches(in, "roleId", roleID)) },
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"name": op.ID, "project": op.Account, "deleted": false}
		},
	}
}

func auditType() *simcloud.Type {
	return &simcloud.Type{
		Token: auditToken, Noun: "audit configuration", Takes: 5 * time.Second,
		ID: func(op *simcloud.Op) string {
			return op.In.String("project") + "/audit_config/" + op.In.String("service")
		},
		Required: []string{"auditLogConfigs", "project", "service"}, Replace: []string{"project", "service"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(listed(in, "auditLogConfigs[].logType", "ADMIN_READ", "DATA_READ", "DATA_WRITE"))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"etag": "BwY" + op.Hex(9, "etag")} },
	}
}

// identityPoolType is a pool of identities from outside. A deleted one keeps its
// name for 30 days.
func identityPoolType() *simcloud.Type {
	return &simcloud.Type{
		Token: poolToken, Noun: "workload identity pool", Takes: 5 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "locations/global/workloadIdentityPools", op.In.String("workloadIdentityPoolId"))
		},
		Required: []string{"workloadIdentityPoolId"}, Replace: []string{"project", "workloadIdentityPoolId"},
		Unique: []simcloud.Unique{{
			Paths: []string{"workloadIdentityPoolId"}, Words: "googleapi: Error 409: Requested entity already exists: %s, alreadyExists",
		}},
		InUse:    "googleapi: Error 400: Workload identity pool %s has providers, failedPrecondition",
		Validate: func(in simcloud.Values) []error { return identityID(in, "workloadIdentityPoolId") },
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"name":  "projects/" + ProjectNumber + "/locations/global/workloadIdentityPools/" + op.In.String("workloadIdentityPoolId"),
				"state": "ACTIVE", "project": op.Account,
			}
		},
	}
}

func identityID(in simcloud.Values, input string) []error {
	errs := simcloud.Problems(simcloud.Matches(in, input, poolID))
	if strings.HasPrefix(in.String(input), "gcp-") {
		errs = append(errs, refused(400, "badRequest", "The prefix \"gcp-\" is reserved for use by Google: %s", in.String(input)))
	}
	if len(in.String("displayName")) > 32 {
		errs = append(errs, refused(400, "badRequest", "The display name must be at most 32 characters: %s", in.String("displayName")))
	}
	return errs
}

// providerType is who vouches for identities from outside.
// Source: IAM docs, "Configure Workload Identity Federation with deployment
// pipelines", read 2026-11.
func providerType() *simcloud.Type {
	return &simcloud.Type{
		Token: providerToken, Noun: "workload identity pool provider", Takes: 5 * time.Second,
		ID: func(op *simcloud.Op) string {
			return path(op, "locations/global/workloadIdentityPools", op.In.String("workloadIdentityPoolId"), "providers", op.In.String("workloadIdentityPoolProviderId"))
		},
		Required: []string{"workloadIdentityPoolId", "workloadIdentityPoolProviderId"},
		Replace:  []string{"project", "workloadIdentityPoolId", "workloadIdentityPoolProviderId"},
		Refs: []simcloud.Ref{{
			Path: "workloadIdentityPoolId", To: []string{poolToken}, By: "workloadIdentityPoolId", Holds: true,
			Missing: "googleapi: Error 404: Requested entity was not found: workload identity pool %s, notFound",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := identityID(in, "workloadIdentityPoolProviderId")
			mapping, _ := in.Get("attributeMapping").(map[string]any)
			if in.Has("oidc") && mapping["google.subject"] == nil {
				errs = append(errs, refused(400, "badRequest", "attribute mapping must be specified and contain google.subject"))
			}
			if in.String("oidc.issuerUri") == "https://token.actions.githubusercontent.com" && !in.Has("attributeCondition") {
				errs = append(errs, refused(400, "badRequest", "The attribute condition must reference one of the provider's claims."))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{
				"name": "projects/" + ProjectNumber + "/locations/global/workloadIdentityPools/" + op.In.String("workloadIdentityPoolId") +
					"/providers/" + op.In.String("workloadIdentityPoolProviderId"),
				"state": "ACTIVE", "project": op.Account,
			}
		},
	}
}

// sinkType sends log entries elsewhere. Its writer comes to be with it.
// Source: Cloud Logging docs, "Route logs to supported destinations", read 2026-11.
func sinkType() *simcloud.Type {
	return &simcloud.Type{
		Token: sinkToken, Noun: "sink", Auto: "name", AutoMax: 100, Takes: 2 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "sinks", op.In.String("name")) },
		Required: []string{"destination"}, Replace: []string{"name", "project", "uniqueWriterIdentity"},
		Validate: func(in simcloud.Values) []error {
			if d := in.String("destination"); d != "" && !sinkDestination.MatchString(d) {
				return []error{refused(400, "badRequest", "The destination %s is invalid.", d)}
			}
			return nil
		},
		Refuse: func(op *simcloud.Op) error {
			bucket, ok := strings.CutPrefix(op.In.String("destination"), "storage.googleapis.com/")
			if ok && op.Find("gcp:storage/bucket:Bucket", "name", bucket) == nil {
				return refused(404, "notFound", "The bucket %s does not exist.", bucket)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"project": op.Account, "writerIdentity": "serviceAccount:service-" + ProjectNumber + "@gcp-sa-logging" + agentSuffix}
		},
	}
}

var sinkDestination = regexp.MustCompile(`^(storage|bigquery|pubsub|logging)\.googleapis\.com/.+$`)
