package settings

import (
	"fmt"
	"regexp"
	"slices"
)

var repositoryShape = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}$`)

// auditYear is the least that audit records are kept for.
// Source: CIS AWS Foundations Benchmark.
const auditYear = 365

// security checks what audits the account.
func (c *checker) security() {
	s := c.s.Security
	if !s.Baseline {
		c.unaudited()
		if c.protected() {
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
	given, unset := Flatten(c.s), Flatten(Defaults(c.s.Cloud))
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
}
