package simcloud

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Cloud is a simulated cloud: what exists, in all accounts and regions.
type Cloud struct {
	mu       sync.Mutex
	types    map[string]*Type
	catalogs []*Catalog
	records  map[string]*Record
	made     map[string]int // how often a hint was created: part of its ids
	journal  *journal
	faults   *Faults
	longest  time.Duration
}

// New makes an empty cloud that lives in memory.
func New(catalogs ...*Catalog) *Cloud {
	c := &Cloud{
		types: map[string]*Type{}, catalogs: catalogs,
		records: map[string]*Record{}, made: map[string]int{}, faults: &Faults{},
	}
	for _, catalog := range catalogs {
		maps.Copy(c.types, catalog.Types)
	}
	return c
}

// Type returns what is known of a token.
func (c *Cloud) Type(token string) (*Type, error) {
	if t := c.typeOf(token); t != nil {
		return t, nil
	}
	where := "internal/simcloud"
	for _, catalog := range c.catalogs {
		if strings.HasPrefix(token, catalog.Package+":") {
			where = catalog.Where
		}
	}
	return nil, fmt.Errorf("the simulated cloud does not know %s yet: describe it in %s", token, where)
}

// typeOf is Type without the words.
func (c *Cloud) typeOf(token string) *Type {
	if t := c.types[token]; t != nil {
		return t
	}
	for _, catalog := range c.catalogs {
		if catalog.Resolve != nil && strings.HasPrefix(token, catalog.Package+":") {
			return catalog.Resolve(token)
		}
	}
	return nil
}

// Catalog returns the catalog of a package, or nil.
func (c *Cloud) Catalog(pkg string) *Catalog {
	for _, catalog := range c.catalogs {
		if catalog.Package == pkg {
			return catalog
		}
	}
	return nil
}

// Validate returns what the cloud's own tools find wrong with inputs before
// anything is sent.
func (c *Cloud) Validate(token string, in Values) []error {
	t, err := c.Type(token)
	if err != nil {
		return []error{err}
	}
	var errs []error
	for _, path := range t.Required {
		if !in.Has(path) && !pending(in, path) {
			errs = append(errs, fmt.Errorf("missing required argument %q of %s", path, token))
		}
	}
	if t.Validate != nil {
		errs = append(errs, t.Validate(in)...)
	}
	return errs
}

// Create makes a resource. The hint is its URN: ids are made from it.
func (c *Cloud) Create(s Session, token, hint string, in Values) (*Record, error) {
	t, err := c.Type(token)
	if err != nil {
		return nil, err
	}
	in = normal(in).(map[string]any)
	if errs := c.Validate(token, in); len(errs) > 0 {
		return nil, errs[0]
	}
	if err := c.faults.strike("create", hint); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	op := &Op{Session: s, Cloud: c, Type: t, In: in, hint: hint}
	if err := op.check(); err != nil {
		return nil, err
	}
	c.made[hint]++
	op.ID = op.newID()
	r := &Record{Type: token, ID: op.ID, Account: s.Account, Region: op.region(), Hint: hint, In: in}
	if c.records[r.Key()] != nil {
		c.made[hint]--
		return nil, Refusal("AlreadyExists", "%s %s already exists", t.Noun, op.ID)
	}
	r.Out = op.outputs()
	r.Ready = op.ready() + t.Takes
	c.longest = max(c.longest, r.Ready)
	op.own(r)
	return r, c.put(append(op.side, r)...)
}

// own gives what came along with r to r, unless it is inside another.
func (op *Op) own(r *Record) {
	for _, side := range op.side {
		side.Ready = r.Ready
		if side.Owner == "" {
			side.Owner = r.Key()
		}
	}
}

// Preview returns what Create would, with Unknown for what only the cloud can
// say, and creates nothing.
func (c *Cloud) Preview(s Session, token string, in Values) (Values, error) {
	t, err := c.Type(token)
	if err != nil {
		return nil, err
	}
	out := Values(normal(in).(map[string]any)) // a copy: the inputs stay as they are
	for _, path := range t.Computed {
		setUnknown(out, path)
	}
	if t.IDFrom != "" && in.Has(t.IDFrom) {
		out["id"] = in.Get(t.IDFrom)
	}
	s.label(out, in)
	return out, nil
}

// Update changes a resource in place.
func (c *Cloud) Update(s Session, token, id, hint string, in Values) (*Record, error) {
	t, err := c.Type(token)
	if err != nil {
		return nil, err
	}
	in = normal(in).(map[string]any)
	if errs := c.Validate(token, in); len(errs) > 0 {
		return nil, errs[0]
	}
	if err := c.faults.strike("update", hint); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.get(s, t, id)
	if old == nil {
		return nil, notFound(t, id)
	}
	op := &Op{Session: s, Cloud: c, Type: t, ID: id, In: in, Old: old, hint: hint}
	if err := op.check(); err != nil {
		return nil, err
	}
	r := &Record{Type: token, ID: id, Account: old.Account, Region: old.Region, Hint: hint, In: in}
	r.Out = op.outputs()
	for k, v := range old.Out { // what the cloud gave once, it does not take back
		if _, was := old.In[k]; !was && !in.Has(k) && r.Out[k] == nil {
			r.Out[k] = v
		}
	}
	op.own(r)
	return r, c.put(append(op.side, r)...)
}

// Read returns a resource, or nil if it is not there.
func (c *Cloud) Read(s Session, token, id string) (*Record, error) {
	t, err := c.Type(token)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.get(s, t, id), nil
}

// Delete removes a resource and what came along with it. One that is gone
// already is no error.
func (c *Cloud) Delete(s Session, token, id string) error {
	t, err := c.Type(token)
	if err != nil {
		return err
	}
	if err := c.faults.strike("delete", id); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.get(s, t, id)
	if r == nil {
		return nil
	}
	op := &Op{Session: s, Cloud: c, Type: t, ID: id, In: r.In, Old: r, hint: r.Hint}
	if t.Delete != nil {
		if err := t.Delete(op); err != nil {
			return err
		}
	}
	if holder := c.holder(r); holder != nil {
		words := t.InUse
		if words == "" {
			words = "DependencyViolation: resource %s has a dependent object"
		}
		return fmt.Errorf("%s (held by %s)", fill(words, id), describe(holder))
	}
	if err := c.drop(r); err != nil {
		return err
	}
	return c.put(op.side...) // what a deletion leaves behind belongs to nobody
}

// Invoke answers a look-up.
func (c *Cloud) Invoke(s Session, token string, args Values) (Values, error) {
	for _, catalog := range c.catalogs {
		if f := catalog.Functions[token]; f != nil {
			return f(c, s, args)
		}
	}
	return nil, fmt.Errorf("the simulated cloud does not know the function %s yet: describe it in internal/simcloud", token)
}

// Construct tells which resources a component has that a provider constructs.
func (c *Cloud) Construct(token string, in Values) ([]Child, error) {
	for _, catalog := range c.catalogs {
		if f := catalog.Components[token]; f != nil {
			return f(in)
		}
	}
	return nil, fmt.Errorf("the simulated cloud does not know the component %s yet: describe it in internal/simcloud", token)
}

// Records returns everything that exists, ordered by key.
func (c *Cloud) Records() []*Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := slices.DeleteFunc(slices.Collect(maps.Values(c.records)), func(r *Record) bool {
		t := c.typeOf(r.Type)
		return t != nil && t.Ghost
	})
	slices.SortFunc(all, func(a, b *Record) int { return strings.Compare(a.Key(), b.Key()) })
	return all
}

// Longest is how long the longest chain of creations of this session would have
// taken in the real cloud.
func (c *Cloud) Longest() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.longest
}

// Vanish removes a resource, by id, behind the back of whoever created it, with
// what came along. It refuses nothing: accidents do not ask.
func (c *Cloud) Vanish(id string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, r := range slices.Collect(maps.Values(c.records)) {
		if r.ID == id {
			n++
			if err := c.drop(r); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// Remove removes the one resource with a key (Record.Key), as Vanish does: other
// resources may have the same id, such as a bucket and its settings.
func (c *Cloud) Remove(key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.records[key]; r != nil {
		return c.drop(r)
	}
	return nil
}

// Change sets a property of the resources with an id behind the back of whoever
// created them: somebody clicked in the console.
func (c *Cloud) Change(id, property string, value any) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, r := range slices.Collect(maps.Values(c.records)) {
		if _, has := r.Out[property]; r.ID != id || !has {
			continue
		}
		n++
		changed := *r
		changed.In, changed.Out = maps.Clone(r.In), maps.Clone(r.Out)
		changed.In[property], changed.Out[property] = normal(value), normal(value)
		if err := c.put(&changed); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (c *Cloud) get(s Session, t *Type, id string) *Record {
	region := s.Region
	if t.Global {
		region = ""
	}
	return c.records[key(t.Token, s.Account, region, id)]
}

func (c *Cloud) find(s Session, token string) []*Record {
	var found []*Record
	for _, r := range c.records {
		if r.Type == token && r.Account == s.Account && (r.Region == "" || r.Region == s.Region) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *Record) int { return strings.Compare(a.ID, b.ID) })
	return found
}

func (c *Cloud) put(records ...*Record) error {
	for _, r := range records {
		c.records[r.Key()] = r
		if err := c.journal.write(entry{Put: r, N: c.made[r.Hint]}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cloud) drop(r *Record) error {
	for _, side := range slices.Collect(maps.Values(c.records)) {
		if side.Owner == r.Key() || c.sweeps(r, side) {
			if err := c.drop(side); err != nil {
				return err
			}
		}
	}
	delete(c.records, r.Key())
	return c.journal.write(entry{Drop: r.Key()})
}

func (c *Cloud) hex(hint, salt string, n int) string {
	sum := sha256.Sum256([]byte(hint + "\x00" + salt + "\x00" + strconv.Itoa(c.made[hint])))
	s := hex.EncodeToString(sum[:])
	return s[:min(n, len(s))]
}

func notFound(t *Type, id string) error {
	return Refusal("NotFound", "%s %s does not exist", t.Noun, id)
}

func fill(words string, values ...string) string {
	for _, v := range values {
		words = strings.Replace(words, "%s", v, 1)
	}
	return words
}

func describe(r *Record) string { return r.Type[strings.LastIndexByte(r.Type, ':')+1:] + " " + r.ID }
