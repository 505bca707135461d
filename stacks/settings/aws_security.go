package settings

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	repositoryShape = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}$`)
	policyShape     = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::([0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]{1,512}$`)
)

// auditYear is the least that audit records are kept for.
// Source: CIS AWS Foundations Benchmark.
const auditYear = 365

// security checks what audits the account.
func (c *checker) security() {
	s := c.s.Security
	if !s.Baseline {
		c.unaudited()
		if c.s.Protect {
			c.warn(Unaudited, "security.baseline", "false", "true, since the stack is protected, unless another stack or the organization audits the account", "protect")
		}
		return
	}
	if s.TrailDays < auditYear {
		c.bad(ShortTrail, "security.trailDays", fmt.Sprint(s.TrailDays), fmt.Sprintf("at least %d: an audit asks for a year", auditYear))
	}
	if c.s.Logs.AuditDays < auditYear {
		c.bad(ShortAudit, "logs.auditDays", fmt.Sprint(c.s.Logs.AuditDays), fmt.Sprintf("at least %d, since the account is audited", auditYear), "security.baseline")
	}
	for i, standard := range s.Standards {
		if first := slices.Index(s.Standards, standard); first < i {
			c.bad(SharedStandard, fmt.Sprintf("security.standards[%d]", i), string(standard)+" again", "each standard once", fmt.Sprintf("security.standards[%d]", first))
		}
	}
}

// unaudited refuses parts of the baseline without the baseline.
func (c *checker) unaudited() {
	given, unset := Flatten(c.s), Flatten(Defaults())
	for _, path := range []string{"security.standards", "security.runtimeMonitoring", "security.alertSeverity", "security.trailDays", "security.existingConfigRole"} {
		for _, at := range ordered(given) {
			if (at == path || within(at, path)) && given[at] != unset[at] {
				c.bad(NoBaseline, path, "a part of the baseline", "security.baseline: true beside it, or it left out", "security.baseline")
				break
			}
		}
	}
}

// ci checks who deploys.
func (c *checker) ci() {
	ci := c.s.CI
	if ci.Repository == "" {
		if ci != (CI{}) {
			c.bad(NoRepository, "ci.repository", "nothing", "the repository on GitHub whose jobs deploy, owner/name")
		}
	} else if !repositoryShape.MatchString(ci.Repository) {
		c.bad(BadRepository, "ci.repository", shown(ci.Repository), "owner/name, as in the repository's address: without https://github.com/ and .git, and without wildcards")
	}
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
