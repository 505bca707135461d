// Package simcloud is a cloud that exists on this machine alone. It keeps its
// own record of what exists and refuses what a real cloud would refuse, in that
// cloud's words. It knows nothing of the program that uses it, nor of Pulumi's
// state: resources reach it by the provider protocol (internal/simulate) or by
// the mocks of unit tests (simtest).
//
// What a resource type is like is data: a Type. The types of a cloud are a
// Catalog, in a package of their own (simcloud/aws).
package simcloud

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Catalog is all that is known of one cloud.
type Catalog struct {
	// Package is the Pulumi package, such as aws.
	Package string
	// Types are the resource types by token.
	Types map[string]*Type
	// Resolve describes a type that is not among Types, or returns nil: a cluster
	// learns new kinds while it runs. It gives the same type for a token each time.
	Resolve func(token string) *Type
	// Identity are the arguments of a provider that say which cloud it speaks to:
	// with another value, everything is another thing.
	Identity []string
	// Functions are the look-ups (invokes) by token.
	Functions map[string]Function
	// Components are the components that the package's provider constructs, by
	// token.
	Components map[string]Component
	// Session reads a provider's configuration: who calls, and from where.
	Session func(config Values) (Session, error)
	// Where names the folder that holds the types, for the error that says that
	// one is missing.
	Where string
}

// Session is one configured provider: an account, a region, and the tags that
// it adds to everything.
type Session struct {
	Account string
	Region  string
	Tags    map[string]any
	// LabelInput is the input with a resource's own labels, and LabelOutput the
	// output with all of them: tags and tagsAll if LabelInput is empty. Without a
	// LabelOutput there is none.
	LabelInput, LabelOutput string
}

// Function is a look-up.
type Function func(c *Cloud, s Session, args Values) (Values, error)

// Component tells which resources a component with these inputs has, in the order
// in which they are made.
type Component func(in Values) ([]Child, error)

// Child is a resource of a component.
type Child struct {
	// Token is its type, and Name what follows the component's name in its own.
	Token, Name string
	// After is an earlier child that it depends on; nil if none.
	After *Child
	In    Values
}

// Type is what is known of one resource type.
type Type struct {
	// Token is Pulumi's type token, such as aws:ec2/subnet:Subnet.
	Token string
	// Noun is what the cloud calls the thing in its errors, such as "subnet".
	Noun string
	// IDPrefix begins the ids that the cloud gives ("subnet-": the rest is 17
	// hex digits). Empty: ID or IDFrom tells.
	IDPrefix string
	// IDFrom is the input that serves as the id, such as "name" or "bucket".
	IDFrom string
	// ID makes the id where neither a prefix nor an input does.
	ID func(op *Op) string
	// Global says that names and ids hold for all regions of an account.
	Global bool
	// Auto names the input that gets a name from Pulumi (logical name and random
	// suffix) where the program gives none. AutoMax is the longest, and AutoNaming
	// how the provider makes it.
	Auto       string
	AutoMax    int
	AutoNaming Naming
	// Required are inputs without which the cloud refuses.
	Required []string
	// Replace are the paths of inputs that cannot change: a change replaces the
	// resource. "*" is every input.
	Replace []string
	// ReplaceIf finds further paths whose change replaces, where that depends on
	// the values.
	ReplaceIf func(old, new Values) []string
	// InPlace says that a successor takes its predecessor's name, so that one goes
	// before the other comes.
	InPlace bool
	// Refs are the inputs that name other resources.
	Refs []Ref
	// Unique are what no two resources of the type may share.
	Unique []Unique
	// InUse are the words by which the cloud refuses to delete the resource
	// while another holds on to it (Ref.Holds); %s is the id.
	InUse string
	// Validate looks at the inputs alone, already in a preview; what is not
	// known yet is Unknown. It returns one error for each problem.
	Validate func(in Values) []error
	// Refuse looks at the inputs and at what exists, before a creation or an
	// update (op.Old is then set).
	Refuse func(op *Op) error
	// Outputs are the properties that the cloud adds to the inputs. Called after
	// a creation and after an update. op.Side adds what comes along.
	Outputs func(op *Op) Values
	// Computed are the outputs that stand inside an input (vpcConfig.vpcId): a
	// preview has them Unknown. What stands at the top needs no mention.
	Computed []string
	// Sweeps says that whatever is inside the resource, by its id, goes with it.
	Sweeps bool
	// Delete refuses a deletion for reasons beside Ref.Holds. op.Side adds what the
	// deletion leaves behind, such as a final snapshot.
	Delete func(op *Op) error
	// Ghost says that it is no thing, but the memory of one: a name that stays taken.
	// What lists what exists leaves it out.
	Ghost bool
	// Secrets are the outputs that must be kept secret.
	Secrets []string
	// Takes is how long a creation usually takes in the real cloud.
	Takes time.Duration
}

// Ref is an input that names another resource.
type Ref struct {
	// Path is where the input is: see Values.All.
	Path string
	// To are the tokens of the types that it may name.
	To []string
	// By is the property of the other resource that it holds: "id" if empty.
	By string
	// Missing are the words by which the cloud refuses a name that leads
	// nowhere; %s is the value.
	Missing string
	// Holds says that the other cannot be deleted while this exists.
	Holds bool
	// Foreign says which values live outside the account, such as the policies
	// that the cloud keeps for all.
	Foreign func(value string) bool
	// Plain brings the spellings of a value that mean the same to one, that of By;
	// nil where there is one alone.
	Plain func(value string) string
}

// Unique is a set of inputs whose values no two resources of a type may share.
type Unique struct {
	// Paths are the inputs.
	Paths []string
	// Words are how the cloud refuses; %s are the values, in order.
	Words string
	// Everywhere says that not even another account or region may share them.
	Everywhere bool
}

// Op is one operation on one resource, as a Type's functions see it.
type Op struct {
	Session
	// Cloud is the cloud, for look-ups with Find.
	Cloud *Cloud
	// Type is the resource's type.
	Type *Type
	// ID is the resource's id; empty before it is created.
	ID string
	// In are the inputs.
	In Values
	// Old is the record before an update; nil at a creation.
	Old *Record

	hint string // the URN: what ids are made from
	side []*Record
}

// Record is one resource that exists.
type Record struct {
	// Type is the token.
	Type string `json:"type"`
	// ID is the id.
	ID string `json:"id"`
	// Account and Region say where it is. Region is empty for a global type.
	Account string `json:"account"`
	Region  string `json:"region,omitempty"`
	// Hint is what it was created as: Pulumi's URN.
	Hint string `json:"hint,omitempty"`
	// Owner is the key of the resource it came along with and goes with.
	Owner string `json:"owner,omitempty"`
	// In are the inputs and Out all properties.
	In  Values `json:"in"`
	Out Values `json:"out"`
	// Ready is when the real cloud would have finished it, counted from the
	// start of the session that created it.
	Ready time.Duration `json:"-"`
}

// Key tells the record from all others.
func (r *Record) Key() string { return key(r.Type, r.Account, r.Region, r.ID) }

func key(typ, account, region, id string) string {
	return typ + " " + account + "/" + region + " " + id
}

// Side adds a resource that the cloud creates along with op's: it goes with it.
// It can be found and referred to like any other.
func (op *Op) Side(token, id string, out Values) {
	region := op.Region
	if t := op.Cloud.typeOf(token); t != nil && t.Global {
		region = ""
	}
	op.addSide(&Record{Type: token, ID: id, Account: op.Account, Region: region}, out)
}

// Within adds a resource that comes to be inside another by what op does, such
// as an object in a bucket: it goes with that one, not with op's.
func (op *Op) Within(owner *Record, token, id string, out Values) {
	op.addSide(&Record{Type: token, ID: id, Account: owner.Account, Region: owner.Region, Owner: owner.Key()}, out)
}

// Elsewhere adds a resource in another account and region that comes along with
// op's and goes with it, such as the load balancer that a cluster asks its cloud
// for. What it refers to, its type says of its inputs.
func (op *Op) Elsewhere(s Session, token, id string, in Values) {
	r := &Record{Type: token, ID: id, Account: s.Account, Region: s.Region}
	op.addSide(r, in)
	r.In = normal(in).(map[string]any)
}

// Everywhere returns the resources, of all accounts and regions, whose type begins
// with prefix, by key.
func (op *Op) Everywhere(prefix string) []*Record {
	var keys []string
	for k := range op.Cloud.records { // a key begins with the type
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	found := make([]*Record, len(keys))
	for i, k := range keys {
		found[i] = op.Cloud.records[k]
	}
	return found
}

// Along returns the resources that came along with r.
func (op *Op) Along(r *Record) []*Record {
	return slices.DeleteFunc(op.Everywhere(""), func(s *Record) bool { return s.Owner != r.Key() })
}

// Abandon removes what is in another account and nobody tracks, such as what came
// along in a cluster that goes.
func (op *Op) Abandon(account string) error {
	for _, r := range op.Everywhere("") {
		if r.Account == account && r.Hint == "" {
			if err := op.Cloud.drop(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Stay makes a resource that came along with op's outlive it: nobody's from now
// on.
func (op *Op) Stay(r *Record) {
	own := *r
	own.Owner = ""
	op.side = append(op.side, &own)
}

func (op *Op) addSide(r *Record, out Values) {
	out = normal(out).(map[string]any)
	out["id"] = r.ID
	r.In, r.Out = Values{}, out
	op.side = append(op.side, r)
}

// Find returns the resource of a type whose property (path) has the value, in
// op's account and region; nil if there is none.
func (op *Op) Find(token, path, value string) *Record {
	for _, r := range op.Cloud.find(op.Session, token) {
		if r.Out.String(path) == value {
			return r
		}
	}
	return nil
}

// All returns the resources of a type in op's account and region, by id.
func (op *Op) All(token string) []*Record { return op.Cloud.find(op.Session, token) }

// Hex returns n hex digits that are the same whenever the resource of this name
// is created for the same time: ids do not change from run to run.
func (op *Op) Hex(n int, salt string) string { return op.Cloud.hex(op.hint, salt, n) }

// Error is a refusal in the words of the cloud.
type Error struct {
	// Code is the cloud's code, such as InvalidSubnet.Range.
	Code string
	// Message is what it says beside.
	Message string
}

// Error is code and message as the cloud's tools print them.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Refusal makes an Error.
func Refusal(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
