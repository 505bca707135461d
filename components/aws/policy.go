package aws

import "encoding/json"

// Policy is an IAM policy document. The program builds its documents itself
// instead of asking the provider (aws.iam.getPolicyDocument): a preview then
// shows them in full, and each costs no call.
type Policy struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement is one statement of a policy document. Empty fields are left out.
type Statement struct {
	Sid         string                         `json:"Sid,omitempty"`
	Effect      string                         `json:"Effect"`
	Principal   *Principal                     `json:"Principal,omitempty"`
	Action      []string                       `json:"Action,omitempty"`
	NotAction   []string                       `json:"NotAction,omitempty"`
	Resource    []string                       `json:"Resource,omitempty"`
	NotResource []string                       `json:"NotResource,omitempty"`
	Condition   map[string]map[string][]string `json:"Condition,omitempty"`
}

// Principal is who a statement speaks of.
type Principal struct {
	AWS       []string `json:"AWS,omitempty"`
	Service   []string `json:"Service,omitempty"`
	Federated []string `json:"Federated,omitempty"`
}

// policy writes a policy document as JSON.
func policy(statements ...Statement) string {
	doc, err := json.Marshal(Policy{Version: "2012-10-17", Statement: statements})
	if err != nil {
		return err.Error() // cannot be: strings and maps of strings always marshal
	}
	return string(doc)
}

// allow is a statement that allows actions on resources.
func allow(sid string, actions, resources []string) Statement {
	return Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources}
}

// assumedBy is the trust policy that lets AWS services assume a role.
func assumedBy(services ...string) string {
	return policy(Statement{
		Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: services},
	})
}
