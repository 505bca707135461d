package settings

import (
	"net/url"
	"regexp"
)

var (
	emailShape = regexp.MustCompile(`^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$`)
	phoneShape = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

func (c *checker) subscribers() {
	for _, severity := range []string{"p0", "p1"} {
		path, subscribers := "alerts."+severity, c.s.Alerts.bySeverity()[severity]
		c.names(path, ordered(subscribers))
		for _, name := range ordered(subscribers) {
			c.subscriber(child(path, name), subscribers[name])
		}
	}
	if c.protected() && len(c.s.Alerts.P0) == 0 {
		c.warn(NobodyHears, "alerts.p0", "nobody", "someone who hears of outages, since the stack is protected", "protect")
	}
}

// subscriber checks the shape of an address without ever showing it.
func (c *checker) subscriber(path string, s Subscription) {
	if s.Protocol == "" {
		c.missing(path+".protocol", oneOf("", s.Protocol.words()))
	}
	if s.Endpoint.IsZero() {
		c.missing(path+".endpoint", "an address")
		return
	}
	if s.Endpoint.Encrypted() {
		return
	}
	text, want := s.Endpoint.Reveal(), ""
	switch u, err := url.Parse(text); {
	case s.Protocol == Email && !emailShape.MatchString(text):
		want = "a mail address, since protocol is email"
	case s.Protocol == HTTPS && (err != nil || u.Scheme != "https" || u.Host == ""):
		want = "an address that begins with https://, since protocol is https"
	case s.Protocol == SMS && !phoneShape.MatchString(text):
		want = "a number such as +441632960000, since protocol is sms"
	default:
		return
	}
	c.bad(BadSubscriber, path+".endpoint", "[secret]", want, path+".protocol")
}
