package simcloud

// AutoName gives in the name that Pulumi's providers give where a program sets
// none: the logical name and a suffix that is random for each incarnation.
// Where old inputs have a name already, it stays; where there is a prefix
// (namePrefix, bucketPrefix), the cloud's own tools make the name from it.
func (t *Type) AutoName(in, old Values, name, suffix string) {
	if t.Auto == "" || in.Has(t.Auto) || in.Has(t.Auto+"Prefix") {
		return
	}
	if was := old.String(t.Auto); was != "" {
		in[t.Auto] = was
		return
	}
	if most := t.AutoMax; most > 0 && len(name)+1+len(suffix) > most {
		name = name[:most-1-len(suffix)]
	}
	in[t.Auto] = name + "-" + suffix
}
