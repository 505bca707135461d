package simcloud

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// check refuses what a cloud would refuse: names that lead nowhere, names that
// are taken, and what the type knows beside.
func (op *Op) check() error {
	for _, ref := range op.Type.Refs {
		for _, x := range op.In.All(ref.Path) {
			value, ok := x.(string)
			if !ok || value == "" || ref.Foreign != nil && ref.Foreign(value) {
				continue
			}
			if op.target(ref, value) == nil {
				return op.missing(ref, value)
			}
		}
	}
	for _, u := range op.Type.Unique {
		if err := op.unique(u); err != nil {
			return err
		}
	}
	if op.Type.Refuse != nil {
		return op.Type.Refuse(op)
	}
	return nil
}

// target finds the resource that value names.
func (op *Op) target(ref Ref, value string) *Record {
	for _, token := range ref.To {
		for _, r := range op.Cloud.find(op.Session, token) {
			if r.names(ref, value) {
				return r
			}
		}
	}
	return nil
}

func (r *Record) names(ref Ref, value string) bool {
	if ref.Plain != nil {
		value = ref.Plain(value)
	}
	if ref.By == "" || ref.By == "id" {
		return r.ID == value
	}
	return r.Out.String(ref.By) == value
}

// missing is the refusal of a name that leads nowhere. Where the name belongs
// to a resource of another kind or region, it says so: the cloud would not, but
// whoever reads it wants to know.
func (op *Op) missing(ref Ref, value string) error {
	words := ref.Missing
	if words == "" {
		words = "NotFound: %s does not exist"
	}
	words = fill(words, value)
	for _, r := range op.Cloud.records {
		if r.ID != value && r.Out.String("arn") != value {
			continue
		}
		if !slices.Contains(ref.To, r.Type) {
			return fmt.Errorf("%s (it is a %s)", words, op.Cloud.typeOf(r.Type).Noun)
		}
		return fmt.Errorf("%s (it is in %s/%s)", words, r.Account, r.Region)
	}
	return fmt.Errorf("%s", words)
}

func (op *Op) unique(u Unique) error {
	mine := valuesAt(op.In, u.Paths)
	if mine == nil {
		return nil
	}
	for _, r := range op.Cloud.records {
		if r.Type != op.Type.Token || r.ID == op.ID && op.Old != nil {
			continue
		}
		here := r.Account == op.Account && (r.Region == "" || r.Region == op.Region)
		if (here || u.Everywhere) && slices.Equal(mine, valuesAt(r.In, u.Paths)) {
			return fmt.Errorf("%s", fill(u.Words, mine...))
		}
	}
	return nil
}

// valuesAt are the values at paths as text, or nil where one is missing.
func valuesAt(v Values, paths []string) []string {
	var all []string
	for _, path := range paths {
		if !v.Known(path) {
			return nil
		}
		all = append(all, fmt.Sprint(v.Get(path)))
	}
	return all
}

func (op *Op) region() string {
	if op.Type.Global {
		return ""
	}
	return op.Region
}

func (op *Op) newID() string {
	switch t := op.Type; {
	case t.ID != nil:
		return t.ID(op)
	case t.IDFrom != "":
		return op.In.String(t.IDFrom)
	default:
		return t.IDPrefix + op.Hex(17, "id")
	}
}

// outputs are the inputs, what the type adds, and what every resource has.
func (op *Op) outputs() Values {
	out := maps.Clone(op.In)
	if op.Type.Outputs != nil {
		maps.Copy(out, op.Type.Outputs(op))
	}
	op.label(out, op.In)
	out["id"] = op.ID
	return normal(out).(map[string]any)
}

// label adds all labels of a resource: the session's and its own.
func (s Session) label(out, in Values) {
	from, to := s.LabelInput, s.LabelOutput
	if from == "" {
		from, to = "tags", "tagsAll"
	}
	own, has := in.Get(from).(map[string]any)
	if to == "" || len(s.Tags) == 0 && !has {
		return
	}
	all := map[string]any{}
	maps.Copy(all, s.Tags)
	maps.Copy(all, own)
	out[to] = all
}

// ready is when everything that op refers to is ready.
func (op *Op) ready() time.Duration {
	var at time.Duration
	for _, ref := range op.Type.Refs {
		for _, value := range op.In.Strings(ref.Path) {
			if r := op.target(ref, value); r != nil {
				at = max(at, r.Ready)
			}
		}
	}
	return at
}

// holder returns a resource that holds on to r, if there is one.
func (c *Cloud) holder(r *Record) *Record {
	var found *Record
	for _, other := range c.records {
		if other.Account != r.Account || other.Owner == r.Key() || other == r || c.sweeps(r, other) || !c.holds(other, r) {
			continue
		}
		if found == nil || other.Key() < found.Key() {
			found = other
		}
	}
	return found
}

// sweeps says whether other is inside r and goes with it.
func (c *Cloud) sweeps(r, other *Record) bool {
	t := c.typeOf(r.Type)
	return t != nil && t.Sweeps && other.Account == r.Account && strings.HasPrefix(other.ID, r.ID+"/")
}

func (c *Cloud) holds(other, r *Record) bool {
	t := c.typeOf(other.Type)
	if t == nil || other.Region != "" && r.Region != "" && other.Region != r.Region {
		return false
	}
	for _, ref := range t.Refs {
		if !ref.Holds || !slices.Contains(ref.To, r.Type) {
			continue
		}
		for _, value := range other.In.Strings(ref.Path) {
			if r.names(ref, value) {
				return true
			}
		}
	}
	return false
}

// Replaces returns which of the changed paths cannot change in place. A changed
// path may be deeper or shallower than the one that the type names.
func (t *Type) Replaces(old, new Values, changed []string) []string {
	immutable := slices.Clone(t.Replace)
	if t.ReplaceIf != nil {
		immutable = append(immutable, t.ReplaceIf(old, new)...)
	}
	var found []string
	for _, path := range changed {
		plain := plainPath(path)
		for _, fixed := range immutable {
			if fixed == "*" || plain == fixed || strings.HasPrefix(plain, fixed+".") || strings.HasPrefix(fixed, plain+".") {
				found = append(found, path)
				break
			}
		}
	}
	return found
}

// plainPath drops list positions: a[0].b is a.b.
func plainPath(path string) string {
	var b strings.Builder
	skip := false
	for _, r := range path {
		switch {
		case r == '[':
			skip = true
		case r == ']':
			skip = false
		case !skip:
			b.WriteRune(r)
		}
	}
	return b.String()
}
