package settings

import "regexp"

var policyShape = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::([0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]{1,512}$`)

// awsCI checks what jobs on AWS have.
func (c *checker) awsCI() {
	ci := c.s.CI
	if m := policyShape.FindStringSubmatch(ci.Boundary); ci.Boundary != "" && m == nil {
		c.bad(BadBoundary, "ci.boundary", shown(ci.Boundary), "a policy's ARN such as arn:aws:iam::111122223333:policy/limits")
	} else if id := c.s.AWS.AccountID; m != nil && accountShape.MatchString(id) && m[2] != id {
		c.bad(BadBoundary, "ci.boundary", "a policy of account "+m[2], "a policy of account "+id+": a boundary is one of the role's own account", "aws.accountId")
	}
	if ci.StateBucket != "" && !bucketShape.MatchString(ci.StateBucket) {
		c.bad(BadState, "ci.stateBucket", shown(ci.StateBucket), "a bucket's ARN such as arn:aws:s3:::state")
	}
	switch {
	case ci.StateKey != "" && !keyShape.MatchString(ci.StateKey):
		c.bad(BadState, "ci.stateKey", shown(ci.StateKey), "a key's ARN: an alias cannot stand in a policy")
	case ci.StateKey != "" && ci.StateBucket == "":
		c.bad(BadState, "ci.stateBucket", "nothing", "the bucket of the state that the key encrypts", "ci.stateKey")
	}
}
