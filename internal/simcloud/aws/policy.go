package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// document is an IAM policy as AWS reads it: lists may be written as one text.
type document struct {
	Version   string
	ID        string `json:"Id"`
	Statement list[statement]
}

type statement struct {
	Sid                   string
	Effect                string
	Principal             principal
	NotPrincipal          principal
	Action, NotAction     list[string]
	Resource, NotResource list[string]
	Condition             map[string]map[string]list[string]
}

// list is a JSON list, or one value that stands for a list of one.
type list[T any] []T

// UnmarshalJSON reads a list or a single value.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	*l = make([]T, 1)
	return json.Unmarshal(b, &(*l)[0])
}

// principal is who a statement speaks of: "*", or names by kind (AWS, Service,
// Federated).
type principal struct {
	any    bool
	byKind map[string]list[string]
}

// UnmarshalJSON reads "*" or an object.
func (p *principal) UnmarshalJSON(b []byte) error {
	if string(b) == `"*"` {
		p.any = true
		return nil
	}
	return json.Unmarshal(b, &p.byKind)
}

// names says whether the principal names who.
func (p principal) names(kind, who string) bool {
	if p.any {
		return true
	}
	for _, name := range p.byKind[kind] {
		if wildcard(name, who) {
			return true
		}
	}
	return false
}

// allows says whether one of the statement's actions matches.
func (s statement) allows(action string) bool {
	for _, pattern := range s.Action {
		if wildcard(strings.ToLower(pattern), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

// wildcard matches text with a pattern in which * is any text and ? any letter.
func wildcard(pattern, text string) bool {
	expr := regexp.QuoteMeta(pattern)
	expr = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(expr)
	ok, err := regexp.MatchString("^"+expr+"$", text)
	return ok && err == nil
}

func parsePolicy(text string) (document, error) {
	var doc document
	err := json.Unmarshal([]byte(text), &doc)
	return doc, err
}

var (
	actionName = regexp.MustCompile(`^(\*|[a-z0-9-]+:[a-zA-Z0-9*?]+)$`)
	arnLike    = regexp.MustCompile(`^(\*|arn:[a-z*-]+:[a-z0-9*-]+:[a-z0-9*-]*:[0-9a-z*]*:.+)$`)
	sidName    = regexp.MustCompile(`^[a-zA-Z0-9]*$`)
)

// policyDocument refuses a policy that IAM cannot read.
func policyDocument(in simcloud.Values, path string) error {
	text := in.String(path)
	if text == "" {
		return nil
	}
	doc, err := parsePolicy(text)
	if err != nil {
		return fmt.Errorf("MalformedPolicyDocument: %s contains an invalid JSON policy: %w", path, err)
	}
	if doc.Version != "2012-10-17" && doc.Version != "2008-10-17" {
		return fmt.Errorf("MalformedPolicyDocument: %s: The policy must contain a valid version string", path)
	}
	if len(doc.Statement) == 0 {
		return fmt.Errorf("MalformedPolicyDocument: %s: Syntax errors in policy: no statement", path)
	}
	for i, s := range doc.Statement {
		if problem := s.problem(); problem != "" {
			return fmt.Errorf("MalformedPolicyDocument: %s: statement %d: %s", path, i, problem)
		}
	}
	return nil
}

func (s statement) problem() string {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return "Invalid effect: " + s.Effect
	}
	if !sidName.MatchString(s.Sid) {
		return "Statement IDs (SID) must be alpha numeric: " + s.Sid
	}
	if len(s.Action) == 0 && len(s.NotAction) == 0 {
		return "Policy statement must contain actions."
	}
	for _, a := range append(s.Action, s.NotAction...) {
		if !actionName.MatchString(a) {
			return fmt.Sprintf("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: %q", a)
		}
	}
	for _, r := range append(s.Resource, s.NotResource...) {
		if !arnLike.MatchString(r) {
			return fmt.Sprintf("Resource %s must be in ARN format or \"*\".", r)
		}
	}
	return ""
}
