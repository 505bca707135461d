package policies

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// documentPath says where the policy document of a type stands.
var documentPath = map[string]string{
	"iam.Role": "assumeRolePolicy", "iam.RolePolicy": "policy", "iam.Policy": "policy",
	"kms.Key": "policy", "s3.BucketPolicy": "policy", "sns.TopicPolicy": "policy",
	"secretsmanager.SecretPolicy": "policy", "ecr.RepositoryPolicy": "policy",
	"cloudwatch.LogResourcePolicy": "policyDocument", "backup.VaultPolicy": "policy", "sqs.QueuePolicy": "policy",
}

// The types whose documents say what their holder may do, and those that say who
// may use a resource.
const (
	identityTypes = "iam.RolePolicy iam.Policy"
	resourceTypes = "kms.Key s3.BucketPolicy sns.TopicPolicy secretsmanager.SecretPolicy ecr.RepositoryPolicy cloudwatch.LogResourcePolicy sqs.QueuePolicy"
)

// document is a policy document as this repository writes it: with lists where
// AWS would take a single text too.
type document struct {
	Version   string
	Statement []statement
}

// statement is one statement of a document.
type statement struct {
	Sid, Effect                              string
	Principal                                *principal
	Action, NotAction, Resource, NotResource []string
	Condition                                map[string]map[string][]string
}

// principal is who a statement speaks of.
type principal struct{ AWS, Service, Federated []string }

// parsePolicy reads a document strictly: a field of another name, or a text in
// the place of a list, is an error.
func parsePolicy(text string) (document, error) {
	var doc document
	d := json.NewDecoder(bytes.NewBufferString(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return doc, fmt.Errorf("reading a policy document: %w", err)
	}
	return doc, nil
}

// allows asks a question of every statement that allows something. Documents
// that cannot be read are left to the rule that all can be.
func allows(ask func(r resource, s statement) string) check {
	return check{ask: func(_ *graph, r resource) (a answer) {
		whole := &sight{}
		doc, err := parsePolicy(r.seenBy(whole).Inputs.String(documentPath[r.kind]))
		if err != nil {
			return answer{unseen: whole.unseen}
		}
		for i, s := range doc.Statement {
			if s.Effect != "Allow" {
				continue
			}
			one := &sight{}
			if what := ask(r.seenBy(one), s); what != "" {
				a.add(one.judge([]string{"statement " + statementName(s, i) + " " + what}))
			}
		}
		return a
	}}
}

func statementName(s statement, i int) string {
	if s.Sid != "" {
		return s.Sid
	}
	return fmt.Sprint(i)
}

// readable wants every policy document to be where documentPath says, to be
// read by parsePolicy, and to have statements that say what they mean.
func readable(r resource) (all []string) {
	path, documented := documentPath[r.kind]
	for at, text := range texts(map[string]any(r.Inputs.values), "") {
		if strings.Contains(text, `"Statement"`) && at != path {
			all = append(all, at+" is a policy document in a place that no rule looks at: name it in documentPath")
		}
	}
	slices.Sort(all)
	if !documented {
		return all
	}
	doc, err := parsePolicy(r.Inputs.String(path))
	switch {
	case err != nil:
		return append(all, err.Error())
	case doc.Version != "2012-10-17":
		all = append(all, "has version "+doc.Version+", want 2012-10-17")
	case len(doc.Statement) == 0:
		all = append(all, "has no statement")
	}
	for i, s := range doc.Statement {
		if s.Effect != "Allow" && s.Effect != "Deny" || len(s.Action)+len(s.NotAction) == 0 {
			all = append(all, "statement "+statementName(s, i)+" has no effect or no action")
		}
	}
	return all
}

// texts returns all texts in a value, by their path.
func texts(x any, path string) map[string]string {
	found := map[string]string{}
	switch x := x.(type) {
	case string:
		found[path] = x
	case []any:
		for i, e := range x {
			maps.Copy(found, texts(e, fmt.Sprintf("%s[%d]", path, i)))
		}
	case map[string]any:
		for key, e := range x {
			maps.Copy(found, texts(e, strings.TrimPrefix(path+"."+key, ".")))
		}
	}
	return found
}

// sweeping are actions that take in a whole service, or all of them.
func sweeping(s statement) []string {
	all := slices.DeleteFunc(slices.Clone(s.Action), func(a string) bool {
		return a != "*" && !strings.HasSuffix(a, ":*")
	})
	if len(s.NotAction) > 0 {
		all = append(all, "all but "+strings.Join(s.NotAction, ", "))
	}
	return all
}

func everything(s statement) bool {
	return slices.Contains(s.Resource, "*") || len(s.NotResource) > 0
}

// anyone says whether a statement speaks of everybody.
func anyone(s statement) bool {
	return s.Principal == nil || slices.Contains(s.Principal.AWS, "*") ||
		slices.Contains(s.Principal.Service, "*") || slices.Contains(s.Principal.Federated, "*")
}

// to says to whom a statement of a resource's own policy speaks. The root of the
// resource's account stands for all of its principals, as far as their own
// policies go.
func to(r resource, s statement) string {
	if s.Principal == nil {
		return ""
	}
	if parts := strings.Split(r.Outputs.String("arn"), ":"); len(parts) > 4 &&
		len(s.Principal.Service)+len(s.Principal.Federated) == 0 &&
		slices.Equal(s.Principal.AWS, []string{"arn:" + parts[1] + ":iam::" + parts[4] + ":root"}) {
		return " to the account's own principals"
	}
	return " to " + strings.Join(slices.Concat(s.Principal.AWS, s.Principal.Service, s.Principal.Federated), ", ")
}

// conditioned says whether a statement has a condition on one of the keys.
func conditioned(s statement, keys ...string) bool {
	for _, operands := range s.Condition {
		for key := range operands {
			if slices.Contains(keys, key) {
				return true
			}
		}
	}
	return false
}
