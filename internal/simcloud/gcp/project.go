package gcp

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	serviceToken  = "gcp:projects/service:Service"
	identityToken = "gcp:projects/serviceIdentity:ServiceIdentity"
)

// apis are the services behind the modules of the provider, where their names
// differ, and "" for those that are on in every project.
// Source: Service Usage docs, "Services enabled by default"; read 2026-11.
var apis = map[string]string{
	"kms": "cloudkms", "sql": "sqladmin", "serviceaccount": "iam", "billing": "billingbudgets",
	"projects": "", "organizations": "", "storage": "", "logging": "", "monitoring": "",
}

// needsAPI refuses what belongs to a service that is not on. A project of whose
// services nothing is known has all that it needs: somebody switched them on.
func needsAPI(t *simcloud.Type) *simcloud.Type {
	module, _, _ := strings.Cut(strings.TrimPrefix(t.Token, "gcp:"), "/")
	api, other := apis[module]
	if !other {
		api = module
	}
	if api == "" {
		return t
	}
	refuse := t.Refuse
	t.Refuse = func(op *simcloud.Op) error {
		if !enabled(op, api) {
			return refused(403, "accessNotConfigured",
				"%s API has not been used in project %s before or it is disabled. Enable it by visiting "+
					"https://console.developers.google.com/apis/api/%s.googleapis.com/overview?project=%s then retry.",
				api, ProjectNumber, api, ProjectNumber)
		}
		if refuse == nil {
			return nil
		}
		return refuse(op)
	}
	return t
}

// enabled says whether a service is on.
func enabled(op *simcloud.Op, api string) bool {
	return len(op.All(serviceToken)) == 0 || op.Find(serviceToken, "service", api+".googleapis.com") != nil
}

var serviceName = regexp.MustCompile(`^[a-z][a-z0-9.-]+\.googleapis\.com$`)

func projectTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: serviceToken, Noun: "service", Takes: 20 * time.Second,
		ID:       func(op *simcloud.Op) string { return op.Account + "/" + op.In.String("service") },
		Required: []string{"service"}, Replace: []string{"project", "service"},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.Matches(in, "service", serviceName))
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"project": op.Account} },
	}, {
		Token: identityToken, Noun: "service identity", Takes: 5 * time.Second,
		ID:       func(op *simcloud.Op) string { return path(op, "services", op.In.String("service")) },
		Required: []string{"service"}, Replace: []string{"project", "service"},
		Refuse: func(op *simcloud.Op) error {
			service := op.In.String("service")
			if _, has := agentDomains[service]; !has {
				return refused(400, "badRequest", "Service %s does not support service identity", service)
			}
			api := strings.TrimSuffix(service, ".googleapis.com")
			if name, other := apis[api]; !(other && name == "") && !enabled(op, api) {
				return refused(403, "forbidden", "Service '%s' is not enabled for consumer 'project:%s'.", service, op.Account)
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			email := "service-" + ProjectNumber + "@" + agentDomains[op.In.String("service")] + agentSuffix
			return simcloud.Values{"email": email, "member": "serviceAccount:" + email, "project": op.Account}
		},
	}}
}

const (
	agentSuffix  = ".iam.gserviceaccount.com"
	storageAgent = "gs-project-accounts"
)

// agentDomains are the services with a service agent that comes to be when it
// is asked for.
// Source: IAM docs, "Service agents", read 2026-11.
var agentDomains = map[string]string{
	"sqladmin.googleapis.com": "gcp-sa-cloud-sql", "redis.googleapis.com": "cloud-redis",
	"artifactregistry.googleapis.com": "gcp-sa-artifactregistry", "secretmanager.googleapis.com": "gcp-sa-secretmanager",
	"pubsub.googleapis.com": "gcp-sa-pubsub", "gkebackup.googleapis.com": "gcp-sa-gkebackup",
	"servicenetworking.googleapis.com": "service-networking", "logging.googleapis.com": "gcp-sa-logging",
	"monitoring.googleapis.com": "gcp-sa-monitoring-notification", "certificatemanager.googleapis.com": "gcp-sa-certificatemanager",
}

// enabledAgents are the agents that are there as soon as their service is on.
var enabledAgents = map[string]string{"compute-system": "compute", "https-lb": "compute", "container-engine-robot": "container"}

var (
	agentAddress = regexp.MustCompile(`^service-(\d+)@([a-z0-9-]+)\.iam\.gserviceaccount\.com$`)
	ownAddress   = regexp.MustCompile(`^[a-z0-9-]+@([a-z][a-z0-9-]+)\.iam\.gserviceaccount\.com$`)
	poolPath     = regexp.MustCompile(`^iam\.googleapis\.com/projects/(\d+)/locations/global/workloadIdentityPools/([^/]+)/.+$`)
	podAccount   = regexp.MustCompile(`^([a-z0-9-]+\.svc\.id\.goog)\[[a-z0-9-]+/[a-z0-9.-]+\]$`)
)

// member refuses a member of an IAM policy that does not exist, or that has no
// known shape.
// Source: IAM docs, "Principal identifiers"; Google's words as in the issues of
// the Terraform provider (9969, 7033); read 2026-11.
func member(op *simcloud.Op, input string) error {
	m := op.In.String(input)
	kind, who, _ := strings.Cut(m, ":")
	switch kind {
	case "allUsers", "allAuthenticatedUsers", "projectOwner", "projectEditor", "projectViewer", "domain":
		return nil
	case "user", "group":
		if !strings.Contains(who, "@") {
			return refused(400, "badRequest", "Invalid email address: '%s'.", who)
		}
		return nil
	case "serviceAccount":
		return account(op, who)
	case "principal", "principalSet":
		return pool(op, strings.TrimPrefix(who, "//"))
	}
	return refused(400, "badRequest", "The member %s is of an unknown type. Please set a valid type prefix for the member.", m)
}

// account refuses a service account that does not exist.
func account(op *simcloud.Op, email string) error {
	missing := refused(400, "badRequest", "Service account %s does not exist.", email)
	if m := podAccount.FindStringSubmatch(email); m != nil {
		return identityPool(op, m[1])
	}
	if m := agentAddress.FindStringSubmatch(email); m != nil {
		api, on := enabledAgents[m[2]]
		switch {
		case m[1] != ProjectNumber:
			return missing
		case on && enabled(op, api), m[2] == storageAgent, op.Find(identityToken, "email", email) != nil:
			return nil
		case op.Find(sinkToken, "writerIdentity", "serviceAccount:"+email) != nil:
			return nil
		}
		return missing
	}
	if m := ownAddress.FindStringSubmatch(email); m != nil && m[1] == op.Account && op.Find(accountToken, "email", email) == nil {
		return missing
	}
	return nil // of another project, or of Google's own
}

// pool refuses a pool of identities that does not exist.
func pool(op *simcloud.Op, name string) error {
	m := poolPath.FindStringSubmatch(name)
	if m == nil {
		return refused(400, "badRequest", "The principal %s is invalid.", name)
	}
	if strings.HasSuffix(m[2], ".svc.id.goog") {
		return identityPool(op, m[2])
	}
	if op.Find(poolToken, "workloadIdentityPoolId", m[2]) == nil {
		return noPool(m[2])
	}
	return nil
}

// identityPool refuses the pool of a project's clusters before the first one is
// there: GKE makes it along.
// Source: issue 158 of terraform-google-modules/terraform-google-kubernetes-engine
// and GKE docs, "Workload Identity Federation for GKE"; read 2026-11.
func identityPool(op *simcloud.Op, name string) error {
	for _, c := range op.All(clusterToken) {
		if c.Out.String("workloadIdentityConfig.workloadPool") == name {
			return nil
		}
	}
	return noPool(name)
}

func noPool(name string) error {
	return refused(400, "badRequest", "Identity Pool does not exist (%s). Please check that you specified a valid resource name as returned in the `name` attribute in the configuration API.", name)
}

// role is what the name of a role looks like.
var role = regexp.MustCompile(`^(roles/[a-zA-Z0-9.]+|(projects|organizations)/[a-z0-9-]+/roles/[a-zA-Z0-9_.]+)$`)

// grant describes a type that adds a member to the IAM policy of what the input
// on names; the path of that input is part of the id.
func grant(token, on string, to ...string) *simcloud.Type {
	t := &simcloud.Type{
		Token: token, Noun: "IAM member", Takes: 5 * time.Second, Replace: []string{"*"},
		Required: []string{on, "role", "member"},
		ID: func(op *simcloud.Op) string {
			id := strings.Join([]string{op.In.String(on), op.In.String("role"), op.In.String("member")}, "/")
			if title := op.In.String("condition.title"); title != "" {
				id += "/" + title
			}
			return id
		},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "role", role))
			if in.Has("condition") && !in.Has("condition.expression") {
				errs = append(errs, fmt.Errorf("missing required argument %q of %s", "condition.expression", token))
			}
			return errs
		},
		Refuse:  func(op *simcloud.Op) error { return member(op, "member") },
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"etag": "BwY" + op.Hex(9, "etag")} },
	}
	if len(to) > 0 {
		t.Refs = []simcloud.Ref{ref(on, notFound, to...)}
	}
	return t
}
