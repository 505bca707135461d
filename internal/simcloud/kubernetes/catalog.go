// Package kubernetes describes a Kubernetes cluster to the simulated cloud: its
// API server, which knows kinds and refuses objects, and what Helm charts bring
// along.
//
// Sources: the Kubernetes API reference and the words of its API server; for
// charts, the charts.
package kubernetes

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// LocalCluster is the account of a provider that is told neither kubeconfig nor
// context: the cluster of the developer's current context.
const LocalCluster = "current-context"

// Catalog is all that the simulated clusters know.
func Catalog() *simcloud.Catalog {
	k := &kinds{types: map[string]*simcloud.Type{}}
	return &simcloud.Catalog{
		Package: "kubernetes", Where: "internal/simcloud/kubernetes",
		Types: map[string]*simcloud.Type{releaseToken: releaseType()}, Resolve: k.resolve,
		Functions: map[string]simcloud.Function{}, Session: session,
		Components: map[string]simcloud.Component{configFileToken: configFile},
		Identity:   []string{"clusterIdentifier"},
	}
}

// session reads which cluster a kubeconfig leads to. Each cluster is an account
// of its own: what is in the one cannot be seen from the other.
func session(config simcloud.Values) (simcloud.Session, error) {
	s := simcloud.Session{Account: LocalCluster, Tags: map[string]any{}}
	if config.Has("context") && config.Known("context") {
		s.Account = config.String("context")
	}
	if !config.Has("kubeconfig") || !config.Known("kubeconfig") {
		return s, nil
	}
	text, isText := config.Get("kubeconfig").(string)
	if object, isObject := config.Get("kubeconfig").(map[string]any); isObject { // the engine parsed it
		parsed, err := json.Marshal(object)
		if err != nil {
			return s, fmt.Errorf("reading the kubeconfig: %w", err)
		}
		text, isText = string(parsed), true
	}
	var parsed struct {
		Clusters []struct {
			Cluster struct{ Server string }
		}
	}
	if err := json.Unmarshal([]byte(text), &parsed); !isText || err != nil || len(parsed.Clusters) != 1 {
		return s, fmt.Errorf("unable to load kubeconfig: want JSON with one cluster (%v)", err)
	}
	s.Account = strings.TrimPrefix(parsed.Clusters[0].Cluster.Server, "https://")
	return s, nil
}

// kinds describes kinds when they are first asked for.
type kinds struct {
	mu    sync.Mutex
	types map[string]*simcloud.Type
}

func (k *kinds) resolve(token string) *simcloud.Type {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.types[token] == nil {
		k.types[token] = objectType(token)
	}
	return k.types[token]
}
