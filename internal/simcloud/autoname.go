package simcloud

import "fmt"

// Naming is how a provider finds a name where a program sets none.
type Naming int

// The ways of the providers.
const (
	// Dashed is the logical name, a dash and seven hex digits: bridged providers.
	Dashed Naming = iota
	// Joined is the logical name and eight hex digits, and Copied the logical name
	// alone, for what is inside something else: azure-native.
	Joined
	Copied
	// GUID is 32 hex digits in five groups: azure-native's role assignments.
	GUID
)

// AutoName gives in the name that Pulumi's providers give where a program sets
// none: the logical name and a suffix that is random for each incarnation, cut
// to the longest that the type allows. Where old inputs have a name already, it
// stays; where there is a prefix (namePrefix, bucketPrefix), the cloud's own
// tools make the name from it. The random hex digits are as many as there are, 32
// at least for a GUID; a name takes what it needs.
func (t *Type) AutoName(in, old Values, name, random string) {
	if !t.wantsName(in, old) {
		return
	}
	switch t.AutoNaming {
	case Joined:
		in[t.Auto] = name + random[:min(8, len(random))] // never cut: the cloud refuses what is too long
		return
	case Copied:
		in[t.Auto] = name
		return
	case GUID:
		in[t.Auto] = random[:8] + "-" + random[8:12] + "-" + random[12:16] + "-" + random[16:20] + "-" + random[20:32]
		return
	}
	suffix := random[:min(7, len(random))]
	if most := t.AutoMax; most > 0 && len(name)+1+len(suffix) > most {
		name = name[:most-1-len(suffix)]
	}
	in[t.Auto] = name + "-" + suffix
}

// TakesProposals says whether the provider takes names that the stack's settings
// propose. What is named by GUIDs goes on being so.
// Source: pulumi-azure-native, provider/pkg/provider, getDefaultName.
func (t *Type) TakesProposals() bool { return t.AutoNaming != GUID }

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
