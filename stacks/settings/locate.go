package settings

import (
	"fmt"
	"net/url"
)

// hides says whether a rule's finding at path would only repeat what the
// decoder said: the value there, above or below it was not understood.
func (d *decoder) hides(path string) bool {
	for b := range d.broken {
		if b == path || within(path, b) || path != "" && within(b, path) {
			return true
		}
	}
	return false
}

// locate gives a diagnostic its position: the value's own, or that of the
// nearest section around it that is in a file.
func (d *decoder) locate(p *Diagnostic) {
	if p.Line == 0 && p.config == "" {
		place, found := d.placeOf(p.Path)
		switch {
		case place.line > 0:
			p.File, p.Line, p.Column = place.file, place.line, place.column
		case found || p.Path != "":
			p.config = d.project + ":" + p.Path
		}
	}
	for i, also := range p.Also {
		if place, found := d.placeOf(also.Path); also.Line == 0 && found {
			p.Also[i].File, p.Also[i].Line, p.Also[i].Column = place.file, place.line, place.column
		}
	}
}

// placeOf finds the position of a path or of the nearest section around it, and
// says whether the path itself was given.
func (d *decoder) placeOf(path string) (position, bool) {
	for p := path; ; p = parent(p) {
		if place, ok := d.places[p]; ok {
			return place, p == path
		}
		if p == "" {
			return position{}, false
		}
	}
}

// plainSecrets warns of addresses with a key in them that anyone can read in
// the stack file.
func (d *decoder) plainSecrets(s *Settings) {
	plain := map[string]bool{}
	for _, p := range d.plain {
		plain[p] = true
	}
	for severity, subscribers := range s.Alerts.bySeverity() { // sorted with all others later
		for name, sub := range subscribers {
			path := child(child("alerts", severity), name) + ".endpoint"
			if sub.Protocol == HTTPS && plain[path] && keyed(sub.Endpoint.Reveal()) {
				d.report(Diagnostic{
					Code: PlainSecret, Warning: true, Path: path, Got: "an address with its key in plain text",
					Want: fmt.Sprintf("it encrypted: pulumi config set --secret --path '%s:%s'", d.project, path),
				})
			}
		}
	}
}

// keyed says whether an address holds more than a host.
func keyed(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.User != nil || u.RawQuery != "" || len(u.Path) > 1)
}
