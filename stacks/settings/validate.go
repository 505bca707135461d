package settings

import (
	"fmt"
	"regexp"
	"strings"
)

// Validate checks settings against every rule and returns all that it finds,
// without positions. It changes nothing and reads nothing else. Project and
// stack begin the names of resources.
func Validate(s *Settings, project, stack string) []Diagnostic {
	c := &checker{s: s}
	c.name(project, stack)
	c.owner()
	if !c.lacks("network") {
		c.ranges()
		c.zones()
	}
	c.nat()
	if s.Compute != ECS {
		c.endpoint()
		c.access()
		c.nodeGroups()
		c.quotas()
		c.admission()
		c.traffic()
		c.services()
		c.jobs()
		c.metrics()
		c.onCall()
		c.room()
	}
	c.database()
	c.restoreRule()
	c.cache()
	c.lifecycles()
	c.tiering()
	c.secrets()
	c.registry()
	c.header()
	c.subscribers()
	c.domain()
	c.zone()
	c.firewall()
	c.shield()
	c.origins()
	c.recovery()
	c.protection()
	c.backup()
	c.costs()
	c.limits()
	c.usage()
	c.security()
	c.ci()
	c.commitments()
	c.logging()
	c.tracing()
	c.capability(Capabilities())
	return c.found
}

// protected says whether the stack has to be highly available. A cloud that lacks
// protection refuses the setting itself, and nothing that would follow from it.
func (c *checker) protected() bool { return c.s.Protect && !c.lacks("protect") }

// checker collects what the rules find.
type checker struct {
	s     *Settings
	found []Diagnostic
}

// bad reports a broken rule, with the paths of the settings that take part.
func (c *checker) bad(code Code, path, got, want string, also ...string) {
	c.found = append(c.found, diagnose(code, path, got, want, also))
}

// warn reports something usable but unwise.
func (c *checker) warn(code Code, path, got, want string, also ...string) {
	p := diagnose(code, path, got, want, also)
	p.Warning = true
	c.found = append(c.found, p)
}

func diagnose(code Code, path, got, want string, also []string) Diagnostic {
	p := Diagnostic{Code: code, Path: path, Got: got, Want: want}
	for _, a := range also {
		p.Also = append(p.Also, Place{Path: a})
	}
	return p
}

// missing reports a setting without a default that is not given.
func (c *checker) missing(path, want string) { c.bad(Missing, path, "nothing", want) }

// maxPrefix leaves half of the 63 bytes that S3, RDS and Kubernetes allow for a
// name to what comes after <project>-<stack>.
const maxPrefix = 32

var prefixShape = regexp.MustCompile(`^[a-z]([a-z0-9]|-[a-z0-9])*$`)

func (c *checker) name(project, stack string) {
	prefix := project + "-" + stack
	switch {
	case len(prefix) > maxPrefix:
		c.bad(LongName, "", fmt.Sprintf("%d characters in %s", len(prefix), shown(prefix)),
			fmt.Sprintf("a project and stack name of at most %d characters together: they begin every physical name", maxPrefix))
	case !prefixShape.MatchString(prefix):
		c.bad(LongName, "", shown(prefix), "a project and stack name of lower-case letters, digits and single hyphens, with a letter in front: they begin every physical name")
	}
}

var (
	tagShape  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,61}[A-Za-z0-9])?$`)
	nameShape = regexp.MustCompile(`^[a-z]([a-z0-9]|-[a-z0-9])*$`)
)

// maxName keeps names of yours short enough to stand in a resource's name
// beside the prefix.
const maxName = 24

func (c *checker) owner() {
	texts := map[string]string{"owner.team": c.s.Owner.Team, "owner.costCentre": c.s.Owner.CostCentre}
	for _, path := range ordered(texts) {
		switch text := texts[path]; {
		case text == "":
			c.missing(path, "a name: it becomes a tag on every resource")
		case !tagShape.MatchString(text):
			c.bad(BadOwner, path, shown(text), "up to 63 letters, digits, spaces, dots, hyphens and underscores, with a letter or digit at either end")
		}
	}
}

// names checks names of yours: they become parts of resources' names.
func (c *checker) names(path string, names []string) {
	for _, name := range names {
		if !nameShape.MatchString(name) || len(name) > maxName {
			c.bad(BadName, child(path, name), "the name "+shown(name),
				fmt.Sprintf("up to %d lower-case letters, digits and single hyphens, with a letter in front", maxName))
		}
	}
}

// header checks what the CDN sends with every answer.
func (c *checker) header() {
	if csp := c.s.CDN.ContentSecurityPolicy; strings.ContainsFunc(csp, func(r rune) bool { return r < ' ' || r > '~' }) {
		c.bad(BadHeader, "cdn.contentSecurityPolicy", shown(csp), "one line of ASCII (in YAML: >- folds lines into one)")
	}
}
