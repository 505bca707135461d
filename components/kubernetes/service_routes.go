package kubernetes

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// seconds is a duration as Argo Rollouts, Prometheus and the Gateway API read it.
func seconds(n int) string { return strconv.Itoa(n) + "s" }

// weighted are where a route's requests go at first. Argo Rollouts moves the
// weights of a canary.
func (s *service) weighted() List {
	to := func(name string, weight int) Map {
		return Map{"group": "", "kind": "Service", "name": name, "port": ServicePort, "weight": weight}
	}
	switch s.Strategy {
	case Canary:
		return List{to(s.name+"-stable", 100), to(s.name+"-canary", 0)}
	case BlueGreen:
		return List{to(s.name+"-active", 1)}
	default:
		return List{to(s.name+"-rolling", 1)}
	}
}

// route is an HTTPRoute of the service's strategy.
type route struct {
	logical string
	spec    Map
}

// name is the route's. A canary's rules are Argo Rollouts' once it has set their
// weights: other rules are another route, which takes over from the first.
func (s *service) routeName(r route) string {
	name := resourceName(s.name, r.logical)
	if s.Strategy == Canary {
		return resourceName(name, digest(r.spec))
	}
	return name
}

func (s *service) routeNames() []string {
	var names []string
	for _, r := range s.httpRoutes() {
		names = append(names, s.routeName(r))
	}
	return names
}

// timeouts end a request that takes too long, whoever sent it.
func (s *service) timeouts() Map { return Map{"request": seconds(s.Route.TimeoutSeconds)} }

// httpRoutes are one for requests from outside and one for those that the mesh
// sees, to the service's name.
func (s *service) httpRoutes() []route {
	var all []route
	if s.Route.outside() {
		var matches List
		for _, path := range s.Route.Paths {
			matches = append(matches, Map{"path": Map{"type": "PathPrefix", "value": path}})
		}
		spec := Map{
			"parentRefs": List{Map{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": s.Route.Gateway, "namespace": s.Route.GatewayNamespace}},
			"rules":      List{Map{"matches": matches, "backendRefs": s.weighted(), "timeouts": s.timeouts()}},
		}
		if s.Route.Host != "" {
			spec["hostnames"] = List{s.Route.Host}
		}
		all = append(all, route{string(s.Strategy), spec})
	}
	if s.Route.Mesh {
		all = append(all, route{resourceName(string(s.Strategy), "mesh"), Map{
			"parentRefs": List{Map{"group": "", "kind": "Service", "name": s.name, "port": ServicePort}},
			"rules": List{Map{
				"matches":     List{Map{"path": Map{"type": "PathPrefix", "value": "/"}}},
				"backendRefs": s.weighted(), "timeouts": s.timeouts(),
			}},
		}})
	}
	return all
}

// routes makes the strategy's routes. Of two that match the same requests the
// older wins (Gateway API, HTTPRouteRule, precedence of matches): a new strategy's
// routes come into force when the old one's go, and that is when its pods are well.
func (s *service) routes(needs []pulumi.Resource) ([]pulumi.Resource, error) {
	var made []pulumi.Resource
	for _, r := range s.httpRoutes() {
		logical, opts := resourceName(r.logical, "route"), []pulumi.ResourceOption{pulumi.DependsOn(needs)}
		if s.Strategy == Canary {
			// Rules are one value to the API server, weights and all, and whoever wrote
			// it last owns it: the controller.
			logical = resourceName(logical, digest(r.spec))
			opts = append(opts, pulumi.IgnoreChanges([]string{"spec.rules"}))
		}
		route, err := s.apply(logical, Object{
			APIVersion: "gateway.networking.k8s.io/v1", Kind: "HTTPRoute", Name: s.routeName(r), Body: Map{"spec": r.spec},
		}, opts...)
		if err != nil {
			return nil, err
		}
		made = append(made, route)
	}
	return made, nil
}
