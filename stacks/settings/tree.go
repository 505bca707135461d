package settings

import (
	"errors"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"
)

// value is a node of configuration, whether it came from a stack file or from
// Pulumi as JSON (which YAML includes).
type value struct {
	kind kind
	// tag is a scalar's type, such as !!str.
	tag string
	// text is a scalar in its canonical form; raw is as it was written.
	text, raw string
	// loose says that Pulumi hands the scalar over as text, whatever it looks
	// like: the setting's type alone decides.
	loose bool
	list  []*value
	dict  []entry
	place position
	// secret says whether the value may be shown.
	secret secrecy
	// encrypted says that the text is not known.
	encrypted bool
}

type kind int

const (
	scalar kind = iota
	list
	dict
)

// secrecy says what is known of a value's encryption.
type secrecy int

const (
	// open values were written in plain text.
	open secrecy = iota
	// veiled values stand below a key of which something is encrypted; it is
	// not known what. They are never shown.
	veiled
	// sealed values were encrypted themselves.
	sealed
)

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	place position
	value *value
}

// position is where something stands; the zero position is nowhere.
type position struct {
	file         string
	line, column int
}

// get finds the value of a key; nil if there is none.
func (v *value) get(key string) *entry {
	if v == nil {
		return nil
	}
	for i := range v.dict {
		if v.dict[i].key == key {
			return &v.dict[i]
		}
	}
	return nil
}

func (v *value) isNull() bool { return v.kind == scalar && v.tag == "!!null" && !v.loose }

// describe says in words what a value is.
func (v *value) describe() string {
	switch {
	case v.secret != open:
		return "[secret]"
	case v.kind == list:
		return "a list"
	case v.kind == dict:
		return "a section"
	case v.isNull():
		return "nothing"
	case v.loose:
		return shown(v.raw)
	case v.tag == "!!int" || v.tag == "!!float":
		return "the number " + shown(v.raw)
	case v.tag == "!!bool":
		return "the truth value " + shown(v.raw)
	case v.tag == "!!str" && v.raw == "":
		return "an empty text"
	case v.tag == "!!str":
		return "the text " + shown(v.raw)
	default:
		return "a value tagged " + shown(v.tag)
	}
}

// errTooLarge stops aliases that multiply.
var errTooLarge = errors.New("more than 20000 values, or more than 50 levels")

// converter turns YAML nodes into values, aliases and merge keys resolved.
type converter struct {
	file string // empty if positions mean nothing
	left int
}

// parse reads YAML or JSON. It returns nil for a document without content.
func parse(file string, data []byte) (*value, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if doc.Kind == 0 || len(doc.Content) == 0 {
		return nil, nil
	}
	c := &converter{file: file, left: 20000}
	return c.convert(doc.Content[0], 0)
}

func (c *converter) position(n *yaml.Node) position {
	if c.file == "" {
		return position{}
	}
	return position{c.file, n.Line, n.Column}
}

func (c *converter) convert(n *yaml.Node, depth int) (*value, error) {
	if c.left--; c.left < 0 || depth > 50 {
		return nil, errTooLarge
	}
	v := &value{place: c.position(n)}
	switch n.Kind {
	case yaml.AliasNode:
		return c.convert(n.Alias, depth+1)
	case yaml.SequenceNode:
		v.kind = list
		for _, child := range n.Content {
			item, err := c.convert(child, depth+1)
			if err != nil {
				return nil, err
			}
			v.list = append(v.list, item)
		}
	case yaml.MappingNode:
		return v, c.mapping(v, n, depth)
	default:
		c.scalar(v, n)
	}
	return v, nil
}

func (c *converter) mapping(v *value, n *yaml.Node, depth int) error {
	v.kind = dict
	var merged []*value
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, child := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: a key that is not a plain word", key.Line)
		}
		item, err := c.convert(child, depth+1)
		if err != nil {
			return err
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, item)
			merged = append(merged, item.list...)
			continue
		}
		v.dict = append(v.dict, entry{key.Value, c.position(key), item})
	}
	for _, m := range merged { // explicit keys win, then the first merged
		for _, e := range m.dict {
			if v.get(e.key) == nil {
				v.dict = append(v.dict, e)
			}
		}
	}
	c.secure(v)
	return nil
}

// secure turns {secure: …} into what it stands for: an encrypted text.
func (c *converter) secure(v *value) {
	if len(v.dict) == 1 && v.dict[0].key == "secure" && v.dict[0].value.kind == scalar {
		*v = value{kind: scalar, tag: "!!str", place: v.place, secret: sealed, encrypted: true}
	}
}

func (c *converter) scalar(v *value, n *yaml.Node) {
	v.tag, v.raw, v.text = n.ShortTag(), n.Value, n.Value
	switch v.tag {
	case "!!null":
		v.text = ""
	case "!!int":
		var i int64
		if n.Decode(&i) == nil {
			v.text = strconv.FormatInt(i, 10)
		}
	case "!!float":
		var f float64
		if n.Decode(&f) == nil {
			v.text = strconv.FormatFloat(f, 'g', -1, 64)
		}
	case "!!timestamp":
		v.tag = "!!str"
	}
}
