package settings

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// decoder fills settings from a tree of values, and collects every problem
// instead of stopping at the first.
type decoder struct {
	project  string
	problems []Diagnostic
	// places are the positions of all values by path; a value from nowhere has
	// the zero position.
	places map[string]position
	// broken are the paths whose value could not be taken: what the rules find
	// there would only repeat it.
	broken map[string]bool
	// plain are the paths of secrets that were written in plain text.
	plain []string
}

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[Duration]()
	wordsType    = reflect.TypeFor[interface{ words() []string }]()
)

func (d *decoder) report(p Diagnostic) { d.problems = append(d.problems, p) }

// refuse reports a value and marks its path as broken.
func (d *decoder) refuse(code Code, path, got, want string) {
	d.broken[path] = true
	d.report(Diagnostic{Code: code, Path: path, Got: got, Want: want})
}

// root decodes the whole configuration.
func (d *decoder) root(tree *value, s *Settings) {
	d.places[""] = tree.place
	into := reflect.ValueOf(s).Elem()
	d.section("", tree, into)
	for _, e := range tree.dict {
		field, ok := fieldOf(into, e.key)
		if ok && e.value.secret != open && !holdsSecret(field.Type()) && !d.exposed(e.key) {
			d.refuse(ExposedSecret, e.key, "[secret]", "a plain value: it would be readable in the state")
		}
	}
}

// exposed says whether a secret was refused at or below a path already.
func (d *decoder) exposed(path string) bool {
	for _, p := range d.problems {
		if p.Code == ExposedSecret && (p.Path == path || within(p.Path, path)) {
			return true
		}
	}
	return false
}

func (d *decoder) decode(path string, v *value, into reflect.Value) {
	switch t := into.Type(); {
	case t == secretType:
		d.secret(path, v, into)
	case v.secret == sealed:
		d.refuse(ExposedSecret, path, "[secret]", "a plain value: it would be readable in the state")
	case t.Kind() == reflect.Struct:
		if d.expect(path, v, dict, "a section") {
			d.section(path, v, into)
		}
	case t.Kind() == reflect.Map:
		if d.expect(path, v, dict, "a section with names of yours") {
			d.mapping(path, v, into)
		}
	case t.Kind() == reflect.Slice:
		if d.expect(path, v, list, "a list") {
			d.slice(path, v, into)
		}
	default:
		d.scalar(path, v, into)
	}
}

// expect checks the kind of a value. A section or list that is there but empty
// (null, as after commenting all of it out) says nothing.
func (d *decoder) expect(path string, v *value, k kind, want string) bool {
	if v.kind == k {
		return true
	}
	if !v.isNull() {
		d.refuse(WrongType, path, v.describe(), want)
	}
	return false
}

// section decodes a mapping into a struct, key by key.
func (d *decoder) section(path string, v *value, into reflect.Value) {
	for _, e := range d.unique(path, v) {
		p := child(path, e.key)
		field, ok := fieldOf(into, e.key)
		if !ok {
			d.report(Diagnostic{
				Code: UnknownKey, Path: p, Got: "an unknown key", Want: oneOf(e.key, keysOf(into.Type())),
				File: e.place.file, Line: e.place.line, Column: e.place.column,
			})
			continue
		}
		d.decode(p, e.value, field)
	}
}

// mapping decodes a mapping into a map. An entry goes over the default of that
// name field by field; null takes the default away.
func (d *decoder) mapping(path string, v *value, into reflect.Value) {
	if into.IsNil() {
		into.Set(reflect.MakeMap(into.Type()))
	}
	for _, e := range d.unique(path, v) {
		p, name := child(path, e.key), reflect.ValueOf(e.key)
		old := into.MapIndex(name)
		if e.value.isNull() {
			if !old.IsValid() {
				d.refuse(WrongType, p, "nothing", "a value (nothing takes a default away, and there is none of that name)")
			}
			into.SetMapIndex(name, reflect.Value{})
			continue
		}
		fresh := reflect.New(into.Type().Elem()).Elem()
		if old.IsValid() {
			fresh.Set(old)
		} else {
			fresh.Set(NewEntry(fresh.Type()))
		}
		d.decode(p, e.value, fresh)
		if !d.broken[p] {
			into.SetMapIndex(name, fresh)
		}
	}
}

// slice decodes a list, which replaces the default as a whole.
func (d *decoder) slice(path string, v *value, into reflect.Value) {
	into.Set(reflect.MakeSlice(into.Type(), len(v.list), len(v.list)))
	for i, item := range v.list {
		p := path + "[" + strconv.Itoa(i) + "]"
		d.places[p] = item.place
		d.decode(p, item, into.Index(i))
	}
}

// unique are the entries of a mapping, without those whose key came before.
// It notes their positions.
func (d *decoder) unique(path string, v *value) []entry {
	var all []entry
	seen := map[string]position{}
	for _, e := range v.dict {
		p := child(path, e.key)
		if first, dup := seen[e.key]; dup {
			d.report(Diagnostic{
				Code: DuplicateKey, Path: p, Got: "the same key again", Want: "it once",
				File: e.place.file, Line: e.place.line, Column: e.place.column,
				Also: []Place{{p, first.file, first.line, first.column}},
			})
			continue
		}
		seen[e.key] = e.place
		d.places[p] = e.place
		if e.value.kind == scalar { // a file may hold the key with another value
			d.places[p] = e.value.place
		}
		all = append(all, e)
	}
	return all
}

func (d *decoder) secret(path string, v *value, into reflect.Value) {
	if v.kind != scalar || v.isNull() {
		d.refuse(WrongType, path, v.describe(), "a text")
		return
	}
	if v.tag != "!!str" {
		d.refuse(WrongType, path, "a value without quotes", "text: put it in quotes")
		return
	}
	if v.secret == open {
		d.plain = append(d.plain, path)
	}
	into.Set(reflect.ValueOf(Secret{text: v.text, encrypted: v.encrypted}))
}

func (d *decoder) scalar(path string, v *value, into reflect.Value) {
	if into.Type() == durationType {
		d.duration(path, v, into)
		return
	}
	switch into.Kind() {
	case reflect.Bool:
		if b, err := strconv.ParseBool(v.text); err == nil && v.is("!!bool") {
			into.SetBool(b)
			return
		}
		d.refuse(WrongType, path, v.describe(), "true or false"+unquoted(v))
	case reflect.Int:
		if i, err := strconv.Atoi(v.text); err == nil && v.is("!!int") {
			into.SetInt(int64(i))
			return
		}
		d.refuse(WrongType, path, v.describe(), "a whole number"+unquoted(v))
	case reflect.Float64:
		if f, err := strconv.ParseFloat(v.text, 64); err == nil && (v.is("!!float") || v.is("!!int")) {
			into.SetFloat(f)
			return
		}
		d.refuse(WrongType, path, v.describe(), "a number"+unquoted(v))
	case reflect.String:
		d.text(path, v, into)
	default:
		d.refuse(WrongType, path, v.describe(), "a setting of a type that the loader knows")
	}
}

// is says whether a scalar has a tag, or may have any.
func (v *value) is(tag string) bool { return v.kind == scalar && (v.loose || v.tag == tag) }

// unquoted is the advice for a text where something else is wanted.
func unquoted(v *value) string {
	if v.kind == scalar && v.tag == "!!str" && !v.loose && v.secret == open {
		return " without quotes"
	}
	return ""
}

func (d *decoder) text(path string, v *value, into reflect.Value) {
	if !v.is("!!str") {
		want := "a text"
		if v.kind == scalar && !v.isNull() {
			want = "text: put it in quotes"
		}
		d.refuse(WrongType, path, v.describe(), want)
		return
	}
	if into.Type().Implements(wordsType) {
		words := into.Interface().(interface{ words() []string }).words()
		for _, w := range words {
			if w == v.text {
				into.SetString(v.text)
				return
			}
		}
		guess := v.text
		if v.secret != open {
			guess = ""
		}
		d.refuse(UnknownWord, path, v.bare(), oneOf(guess, words))
		return
	}
	into.SetString(v.text)
}

// bare shows a scalar without saying its type.
func (v *value) bare() string {
	if v.secret != open {
		return "[secret]"
	}
	return shown(v.raw)
}

func (d *decoder) duration(path string, v *value, into reflect.Value) {
	const want = "a duration such as 30s, 15m or 4h"
	if !v.is("!!str") {
		d.refuse(BadDuration, path, v.describe(), want)
		return
	}
	parsed, err := time.ParseDuration(v.text)
	if err != nil {
		d.refuse(BadDuration, path, v.bare(), want)
		return
	}
	into.SetInt(int64(parsed))
}

// fieldOf finds the field of a struct by its key.
func fieldOf(s reflect.Value, key string) (reflect.Value, bool) {
	for i := range s.NumField() {
		if s.Type().Field(i).Tag.Get("yaml") == key {
			return s.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// keysOf are the keys of a struct, sorted.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("yaml"))
	}
	return sorted(keys)
}

// structured says whether a top-level key holds more than one value.
func structured(key string) bool {
	field, ok := fieldOf(reflect.ValueOf(Settings{}), key)
	return ok && (field.Kind() == reflect.Struct || field.Kind() == reflect.Map || field.Kind() == reflect.Slice)
}

// holdsSecret says whether a type has a place for a secret.
func holdsSecret(t reflect.Type) bool {
	switch {
	case t == secretType:
		return true
	case t.Kind() == reflect.Map || t.Kind() == reflect.Slice:
		return holdsSecret(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if holdsSecret(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// child is the path of a key below a path, in the syntax of pulumi config
// --path.
func child(path, key string) string {
	switch {
	case key == "" || strings.ContainsAny(key, `.["]`):
		return path + fmt.Sprintf("[%q]", key)
	case path == "":
		return key
	default:
		return path + "." + key
	}
}

// parent is the path without its last part.
func parent(path string) string {
	cut := strings.LastIndexByte(path, '.')
	if strings.HasSuffix(path, "]") {
		cut = strings.LastIndexByte(path, '[')
	}
	return path[:max(cut, 0)]
}

// within says whether a path lies below another.
func within(path, above string) bool {
	return above == "" && path != "" || strings.HasPrefix(path, above+".") || strings.HasPrefix(path, above+"[")
}
