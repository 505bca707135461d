package settings

import "regexp"

var zoneShape = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)

// awsZoneIDs checks the shape of hosted zones' ids.
func (c *checker) awsZoneIDs() {
	ids := map[string]string{"domain.zoneId": c.s.Domain.ZoneID, "domain.parentZoneId": c.s.Domain.ParentZoneID}
	for _, path := range ordered(ids) {
		if id := ids[path]; id != "" && !zoneShape.MatchString(id) {
			c.bad(BadDomain, path, shown(id), "the id of a hosted zone, such as Z0123456789ABCDEFGHIJ")
		}
	}
}
