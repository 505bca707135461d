package simcloud

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The types of these tests: houses, and rooms inside them.
const (
	house = "toy:index/house:House"
	room  = "toy:index/room:Room"
)

func toys() *Catalog {
	return &Catalog{
		Package: "toy", Where: "internal/simcloud/toy",
		Types: map[string]*Type{
			house: {
				Token: house, Noun: "house", IDPrefix: "house-", Auto: "name", AutoMax: 12, Takes: time.Minute,
				InUse:  "DependencyViolation: The house '%s' has rooms",
				Unique: []Unique{{Paths: []string{"name"}, Words: "Taken: %s"}},
				Outputs: func(op *Op) Values {
					op.Side("toy:index/door:Door", "door-"+op.ID, Values{"house": op.ID})
					return Values{"arn": "arn:" + op.ID}
				},
				Replace: []string{"street.name"},
			},
			room: {
				Token: room, Noun: "room", IDFrom: "name", Required: []string{"house"}, Takes: time.Second,
				Refs: []Ref{{Path: "house", To: []string{house}, Holds: true, Missing: "NoSuchHouse: %s"}},
				Validate: func(in Values) []error {
					if in.Known("size") && in.Int("size") < 1 {
						return []error{errors.New("too small")}
					}
					return nil
				},
			},
			"toy:index/door:Door": {Token: "toy:index/door:Door", Noun: "door"},
		},
		Functions: map[string]Function{
			"toy:index/where:where": func(_ *Cloud, s Session, _ Values) (Values, error) { return Values{"region": s.Region}, nil },
		},
	}
}

var here = Session{Account: "1", Region: "north", Tags: map[string]any{"stack": "test"}}

func mustCreate(t *testing.T, c *Cloud, s Session, token, hint string, in Values) *Record {
	t.Helper()
	r, err := c.Create(s, token, hint, in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReferencesHold(t *testing.T) {
	c := New(toys())
	h := mustCreate(t, c, here, house, "urn:h", Values{"name": "a", "tags": map[string]any{"own": "1"}})
	if got := h.Out.String("tagsAll.stack") + h.Out.String("tagsAll.own"); got != "test1" {
		t.Errorf("tagsAll: %v", h.Out["tagsAll"])
	}
	r := mustCreate(t, c, here, room, "urn:r", Values{"name": "kitchen", "house": h.ID})
	if r.Ready != time.Minute+time.Second {
		t.Errorf("ready after %s, want a minute and a second", r.Ready)
	}
	if err := c.Delete(here, house, h.ID); err == nil || !strings.Contains(err.Error(), "DependencyViolation") {
		t.Errorf("deleting a house with rooms: %v", err)
	}
	if err := c.Delete(here, room, r.ID); err != nil {
		t.Error(err)
	}
	if err := c.Delete(here, house, h.ID); err != nil {
		t.Error(err)
	}
	if left := c.Records(); len(left) != 0 {
		t.Errorf("left: %v (the door goes with its house)", left)
	}
	if err := c.Delete(here, house, h.ID); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	c := New(toys())
	h := mustCreate(t, c, here, house, "urn:h", Values{"name": "a"})
	south := Session{Account: "1", Region: "south"}
	for name, test := range map[string]struct {
		s     Session
		token string
		in    Values
		want  string
	}{
		"missing":      {here, room, Values{"name": "x", "house": "house-0"}, "NoSuchHouse: house-0"},
		"wrong kind":   {here, room, Values{"name": "x", "house": "door-" + h.ID}, "it is a door"},
		"other region": {south, room, Values{"name": "x", "house": h.ID}, "it is in 1/north"},
		"taken":        {here, house, Values{"name": "a"}, "Taken: a"},
		"required":     {here, room, Values{"name": "x"}, `missing required argument "house"`},
		"invalid":      {here, room, Values{"name": "x", "house": h.ID, "size": 0}, "too small"},
		"unknown type": {here, "toy:index/roof:Roof", Values{}, "describe it in internal/simcloud/toy"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(c.Records())
			_, err := c.Create(test.s, test.token, "urn:x", test.in)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if len(c.Records()) != before {
				t.Error("something was created all the same")
			}
		})
	}
	mustCreate(t, c, south, house, "urn:h2", Values{"name": "a"}) // names are by region
}

func TestIDsDoNotChangeFromRunToRun(t *testing.T) {
	first := mustCreate(t, New(toys()), here, house, "urn:h", Values{"name": "a"}).ID
	c := New(toys())
	again := mustCreate(t, c, here, house, "urn:h", Values{"name": "a"}).ID
	if first != again {
		t.Errorf("got %s and %s", first, again)
	}
	if err := c.Delete(here, house, again); err != nil {
		t.Fatal(err)
	}
	if third := mustCreate(t, c, here, house, "urn:h", Values{"name": "a"}).ID; third == again {
		t.Error("a new incarnation has the old one's id")
	}
}

func TestJournalSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloud.jsonl")
	c, err := Open(path, toys())
	if err != nil {
		t.Fatal(err)
	}
	h := mustCreate(t, c, here, house, "urn:h", Values{"name": "a", "floors": 2, "rooms": []any{"x"}})
	gone := mustCreate(t, c, here, house, "urn:g", Values{"name": "b"})
	if err := c.Delete(here, house, gone.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Update(here, house, h.ID, "urn:h", Values{"name": "a", "floors": 3}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it reads what the first one wrote anew
		c.Close()
		if c, err = Open(path, toys()); err != nil {
			t.Fatal(err)
		}
	}
	defer c.Close()
	r, err := c.Read(here, house, h.ID)
	if err != nil || r == nil || r.Out.Int("floors") != 3 || len(c.Records()) != 2 {
		t.Errorf("got %v, %v and %d records", r, err, len(c.Records()))
	}
	if again := mustCreate(t, c, here, house, "urn:g", Values{"name": "b"}); again.ID == gone.ID {
		t.Error("after reading the journal an id is given a second time")
	}
}

func TestBehindTheBack(t *testing.T) {
	c := New(toys())
	h := mustCreate(t, c, here, house, "urn:h", Values{"name": "a"})
	if n, err := c.Change(h.ID, "name", "b"); n != 1 || err != nil {
		t.Errorf("change: %d, %v", n, err)
	}
	if n, err := c.Change(h.ID, "colour", "red"); n != 0 || err != nil {
		t.Errorf("a property that is not there: %d, %v", n, err)
	}
	if r, _ := c.Read(here, house, h.ID); r.In.String("name") != "b" || h.In.String("name") != "a" {
		t.Errorf("got %v; the old record must stay as it was", r.In)
	}
	if n, err := c.Vanish(h.ID); n != 1 || err != nil || len(c.Records()) != 0 {
		t.Errorf("vanish: %d, %v, %d left", n, err, len(c.Records()))
	}
}

func TestFaults(t *testing.T) {
	c := New(toys())
	f, err := ParseFaults("throttle@2, fail@3")
	if err != nil {
		t.Fatal(err)
	}
	c.Plan(f)
	h := mustCreate(t, c, here, house, "urn:h", Values{"name": "a"})
	if _, err := c.Update(here, house, h.ID, "urn:h", Values{"name": "b"}); err == nil || !strings.Contains(err.Error(), "ThrottlingException") {
		t.Errorf("the second operation: %v", err)
	}
	if err := c.Delete(here, house, h.ID); err == nil || !strings.Contains(err.Error(), "InternalFailure") {
		t.Errorf("the third operation: %v", err)
	}
	if f.Operations() != 3 {
		t.Errorf("counted %d operations", f.Operations())
	}
	for _, bad := range []string{"fail", "fail@0", "fail@x", "burn@1"} {
		if _, err := ParseFaults(bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: got %v, want an error that names it", bad, err)
		}
	}
}

func TestReplaces(t *testing.T) {
	typ := toys().Types[house]
	for path, want := range map[string]bool{
		"street.name": true, "street": true, "street.name[0].part": true, "street.number": false, "streets": false,
	} {
		if got := len(typ.Replaces(nil, nil, []string{path})) > 0; got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

func TestAutoName(t *testing.T) {
	typ := toys().Types[house]
	in := Values{}
	typ.AutoName(in, nil, "a-long-name", "1234567")
	if got := in.String("name"); got != "a-lo-1234567" {
		t.Errorf("got %s", got)
	}
	typ.AutoName(in, nil, "other", "7654321")
	if got := in.String("name"); got != "a-lo-1234567" {
		t.Errorf("a given name was changed: %s", got)
	}
	again := Values{}
	typ.AutoName(again, in, "a-long-name", "7654321")
	if !slices.Equal([]any{again["name"]}, []any{in["name"]}) {
		t.Errorf("the name of the same incarnation changed: %v", again)
	}
	const random = "0123456789abcdef0123456789abcdef"
	for naming, want := range map[Naming]string{
		Dashed: "vault-0123456", Joined: "vault01234567", Copied: "vault", GUID: "01234567-89ab-cdef-0123-456789abcdef",
	} {
		in := Values{}
		if (&Type{Auto: "name", AutoNaming: naming}).AutoName(in, nil, "vault", random); in.String("name") != want {
			t.Errorf("naming %d: got %s, want %s", naming, in.String("name"), want)
		}
	}
	if err := typ.ProposeName(Values{}, nil, "thirteen-long"); err == nil {
		t.Error("a proposal that is too long is not refused")
	}
	proposed := Values{}
	if err := typ.ProposeName(proposed, nil, "fits"); err != nil || proposed.String("name") != "fits" {
		t.Errorf("got %v, %v", proposed, err)
	}
}
