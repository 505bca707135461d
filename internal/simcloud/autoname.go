package simcloud

import "fmt"

// AutoName gives in the name that Pulumi's providers give where a program sets
// none: the logical name and a suffix that is random for each incarnation, cut
// to the longest that the type allows. Where old inputs have a name already, it
// stays; where there is a prefix (namePrefix, bucketPrefix), the cloud's own
// tools make the name from it.
func (t *Type) AutoName(in, old Values, name, suffix string) {
	if !t.wantsName(in, old) {
		return
	}
	if most := t.AutoMax; most > 0 && len(name)+1+len(suffix) > most {
		name = name[:most-1-len(suffix)]
	}
	in[t.Auto] = name + "-" + suffix
}

// ProposeName is AutoName where the stack's settings propose the whole name
// (pulumi:autonaming). A name that is too long is refused, as the providers do.
func (t *Type) ProposeName(in, old Values, name string) error {
	if !t.wantsName(in, old) {
		return nil
	}
	if t.AutoMax > 0 && len(name) > t.AutoMax {
		return fmt.Errorf("calculated name '%s' exceeds maximum length of %d", name, t.AutoMax)
	}
	in[t.Auto] = name
	return nil
}

// wantsName says whether a name has to be found; one that was found before is
// given in.
func (t *Type) wantsName(in, old Values) bool {
	if t.Auto == "" || in.Has(t.Auto) || in.Has(t.Auto+"Prefix") {
		return false
	}
	if was := old.String(t.Auto); was != "" {
		in[t.Auto] = was
		return false
	}
	return true
}
