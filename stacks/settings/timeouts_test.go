package settings

import "testing"

// behindEdge are edits of a stack whose CDN asks the cluster, and backend's timeout.
func behindEdge(timeout string, more ...edit) []edit {
	return withDomain(append([]edit{set("cdn.apiOrigin", "api.app.te-explico.com"), set("waf.enabled", false), set(onCluster+"timeout", timeout)}, more...)...)
}

// What stands before a service waits a little longer than the service may take, if
// requests get to it that way, and never less than it did anyway.
func TestWaits(t *testing.T) {
	slow := set("services.ai-inference.timeout", "10m")
	for what, c := range map[string]struct {
		edits            []edit
		entrance, origin int
	}{
		"the defaults":                      {withDomain(), 65, 30},
		"a slow service":                    {withDomain(slow), 605, 30},
		"a slow one that is inside":         {withDomain(slow, set("services.ai-inference.paths", []string{})), 60, 30},
		"the CDN asks the cluster":          {behindEdge("90s"), 95, 95},
		"a slow one beside /api":            {behindEdge("20s", slow), 605, 30},
		"a slow one below /api":             {behindEdge("20s", set("services.ai-inference.paths", []string{"/api/ai"})), 65, 65},
		"whoever has all other paths":       {behindEdge("20s", set(onCluster+"paths", []string{"/v1"}), set("services.frontend.timeout", "50s")), 65, 55},
		"all others, and somebody has /api": {behindEdge("20s", set("services.frontend.timeout", "50s")), 65, 30},
		"the CDN asks somebody else":        {withDomain(set("cdn.apiOrigin", "api.te-explico.com"), set(onCluster+"timeout", "1h")), 3605, 30},
	} {
		s, all := loadYAML(goodFile(t, c.edits...))
		if s == nil {
			t.Errorf("%s is refused:\n%s", what, lines(all))
			continue
		}
		if entrance, origin := s.EntranceSeconds(), s.OriginSeconds(30); entrance != c.entrance || origin != c.origin {
			t.Errorf("%s: the way in waits %d s and the CDN %d, want %d and %d", what, entrance, origin, c.entrance, c.origin)
		}
	}
	if _, all := loadYAML(goodFile(t, behindEdge("1m55s")...)); len(all) > 0 {
		t.Errorf("the longest that CloudFront waits for is refused:\n%s", lines(all))
	}
}
