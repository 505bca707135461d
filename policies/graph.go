package policies

import (
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/values"
)

// Resource is a registered resource, as a policy sees it.
type Resource struct {
	// Type is the type token. Name is the logical name. ID is empty where it is not
	// known yet.
	Type, Name, URN, ID string
	// Provider is the URN of its provider.
	Provider string
	Inputs   values.Map
	// Outputs are what the cloud says of it. Those of the stack itself
	// (pulumi:pulumi:Stack) are the stack's outputs.
	Outputs values.Map
	// Secret are the inputs, by their top-level names, that hold a secret.
	Secret []string
	// DependsOn are, by top-level input, the URNs of the resources from whose
	// outputs it is made.
	DependsOn map[string][]string
}

// Kind is a type token without its package's repetition: aws:ec2/vpc:Vpc is
// ec2.Vpc, azure-native:network/v20240501:Subnet is network.Subnet. What is
// Pulumi's own keeps its whole token.
func Kind(token string) string {
	parts := strings.Split(token, ":")
	if parts[0] == "pulumi" || len(parts) != 3 {
		return token
	}
	module, _, _ := strings.Cut(parts[1], "/")
	return module + "." + parts[2]
}

// stackKind is the type of the stack itself.
const stackKind = "pulumi:pulumi:Stack"

// resource is a resource as a check reads it.
type resource struct {
	*Resource
	kind            string
	Inputs, Outputs reader
	want            *Figures
	// names are the values by which others know it.
	names []string
}

// cloud is the package whose resource it is, or whose provider.
func (r resource) cloud() string {
	if pkg, ok := strings.CutPrefix(r.Type, "pulumi:providers:"); ok {
		return pkg
	}
	pkg, _, _ := strings.Cut(r.Type, ":")
	return pkg
}

func (r resource) isProvider() bool { return strings.HasPrefix(r.Type, "pulumi:") }

func (r resource) seenBy(s *sight) resource {
	r.Inputs.sight, r.Outputs.sight = s, s
	return r
}

// inside is a part of a resource, looked at as if it were one.
func inside(r resource, part reader) resource {
	r.Inputs = part
	return r
}

func namesOf(r *Resource) []string {
	all := []string{r.ID, r.Inputs.String("name")}
	for _, path := range []string{"id", "arn", "name", "identifier", "selfLink"} {
		all = append(all, r.Outputs.String(path))
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// Graph is what a stack registered, and what is asked of it.
type Graph struct {
	// Stack is the stack's name.
	Stack    string
	settings *Settings
	all      []resource
	byKind   map[string][]resource
	byURN    map[string]*Resource
}

// NewGraph makes a graph of resources. Components may be among them: no rule
// looks at them.
func NewGraph(stack string, settings *Settings, resources []Resource) *Graph {
	g := &Graph{Stack: stack, settings: settings, byKind: map[string][]resource{}, byURN: map[string]*Resource{}}
	figures := settings.figures(stack)
	for i := range resources {
		r := &resources[i]
		created := r.ID != "" || r.Outputs.Known("id") || r.Type == stackKind
		g.all = append(g.all, resource{
			r, Kind(r.Type), reader{values: r.Inputs}, reader{values: r.Outputs, partial: !created}, &figures, namesOf(r),
		})
	}
	slices.SortStableFunc(g.all, func(a, b resource) int { return strings.Compare(a.kind+" "+a.Name, b.kind+" "+b.Name) })
	for _, r := range g.all {
		g.byKind[r.kind] = append(g.byKind[r.kind], r)
		g.byURN[r.URN] = r.Resource
	}
	return g
}

// graph is a Graph as a check reads it.
type graph struct {
	*Graph
	sight *sight
}

func (g *graph) seenBy(s *sight) *graph { return &graph{g.Graph, s} }

// of returns the resources of a type.
func (g *graph) of(kind string) []resource {
	var all []resource
	for _, r := range g.byKind[kind] {
		all = append(all, r.seenBy(g.sight))
	}
	return all
}

// naming returns the resources of a type whose input at path names r.
func (g *graph) naming(kind, path string, r resource) []resource {
	return slices.DeleteFunc(g.of(kind), func(x resource) bool { return !g.refers(x, path, r) })
}

// named returns the resources of a type that r's input at path names. The path
// may lead to several values, and lie in a part of r.
func (g *graph) named(kind string, r resource, path string) []resource {
	var found []resource
	values := r.Inputs.values.All(path)
	for _, x := range g.of(kind) {
		if slices.ContainsFunc(values, func(v any) bool { return isName(v, x) }) {
			found = append(found, x)
		}
	}
	if _, complete := r.Inputs.values.AllKnown(path); complete {
		return found
	}
	// What is not known yet names whatever it is made from.
	sources := r.DependsOn[property(join(r.Inputs.at, path))]
	made := slices.DeleteFunc(g.of(kind), func(x resource) bool { return !slices.Contains(sources, x.URN) })
	if len(made) == 0 && len(found) == 0 {
		g.sight.miss(join(r.Inputs.at, path))
	}
	return append(found, made...)
}

// refers says whether x's input at path names r.
func (g *graph) refers(x resource, path string, r resource) bool {
	known, complete := x.Inputs.values.AllKnown(path)
	if slices.ContainsFunc(known, func(v any) bool { return isName(v, r) }) {
		return true
	}
	sources := x.DependsOn[property(path)]
	if slices.Contains(sources, r.URN) && (!complete || len(known) > 0 && r.ID == "" && !r.Resource.Outputs.Known("id")) {
		return true
	}
	// What is made from others alone, which have nothing of r either, names
	// something else. For all else, nobody knows yet.
	if !complete && (len(sources) == 0 || g.reaches(sources, r.URN, map[string]bool{})) {
		g.sight.miss(x.kind + " " + x.Name + " " + path)
	}
	return false
}

// reaches says whether one of some resources is made from another, by whatever
// way.
func (g *graph) reaches(sources []string, urn string, seen map[string]bool) bool {
	for _, s := range sources {
		if s == urn {
			return true
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		from, known := g.byURN[s]
		if !known {
			continue
		}
		for _, more := range from.DependsOn {
			if g.reaches(more, urn, seen) {
				return true
			}
		}
	}
	return false
}

func isName(v any, r resource) bool {
	s, ok := v.(string)
	return ok && slices.Contains(r.names, s)
}
