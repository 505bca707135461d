package settings

import (
	"slices"
	"strings"
	"time"
)

const (
	// answerMargin is how much longer than a service what stands before it waits: then
	// the service's own answer comes first, and says more than a 504 from outside.
	answerMargin = 5 * time.Second
	// usualWait is the least that load balancers wait: their own default, or what suits
	// services of the default timeout.
	usualWait = 60 * time.Second
)

// EntranceSeconds is how long what stands before the cluster waits for an answer: a
// little longer than the slowest service that is reached from outside may take.
func (s *Settings) EntranceSeconds() int {
	return s.waits(usualWait, func(v Service) bool { return len(v.Paths) > 0 })
}

// OriginSeconds is how long the CDN waits for an answer of apiOrigin, at least usual:
// where that is the way in of the cluster, a little longer than the slowest service
// that it reaches there.
func (s *Settings) OriginSeconds(usual int) int {
	return s.waits(time.Duration(usual)*time.Second, s.behindCDN)
}

func (s *Settings) waits(least time.Duration, reached func(Service) bool) int {
	for _, v := range s.Services {
		if reached(v) {
			least = max(least, time.Duration(v.Timeout)+answerMargin)
		}
	}
	return int((least + time.Second - 1) / time.Second)
}

// apiPath is where the CDN passes requests on: this path and what is below it.
const apiPath = "/api"

// behindCDN says whether requests to the CDN may reach a service of the cluster: those
// that begin with apiPath, by the longest path that is a service's.
func (s *Settings) behindCDN(v Service) bool {
	if s.Compute == ECS || s.CDN.APIOrigin == "" || s.CDN.APIOrigin != s.Ingress.Host {
		return false
	}
	caught := false
	for _, other := range s.Services {
		caught = caught || slices.Contains(other.Paths, apiPath)
	}
	return slices.ContainsFunc(v.Paths, func(p string) bool {
		return p == apiPath || strings.HasPrefix(p, apiPath+"/") || p == "/" && !caught
	})
}

// slowOrigin checks that the CDN waits for a service's answer.
func (c *checker) slowOrigin(path string, v Service) {
	most := Capabilities()[c.s.Cloud].originWait
	if most == 0 || !c.s.behindCDN(v) || time.Duration(v.Timeout)+answerMargin <= most {
		return
	}
	c.bad(SlowOrigin, path+".timeout", v.Timeout.String(),
		"at most "+Duration(most-answerMargin).String()+": the CDN asks it, and waits no longer than "+Duration(most).String(), "cdn.apiOrigin")
}
