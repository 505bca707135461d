package aws

import (
	"fmt"
	"slices"
	"strings"
)

// cacheSizes are the sizes of the families of cache nodes.
// Source: ElastiCache user guide, "Supported node types", read 2026-11.
var cacheSizes = map[string]string{
	"t3": "micro small medium", "t4g": "micro small medium",
	"m5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge", "r5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
	"m6g": graviton, "m7g": graviton, "r6g": graviton, "r7g": graviton, "c7gn": graviton,
}

const graviton = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"

// cacheCores is the number of processors of a cache's node type. The engine runs
// its commands on one of them.
func cacheCores(node string) (int, error) {
	name, isNode := strings.CutPrefix(node, "cache.")
	family, size, _ := strings.Cut(name, ".")
	if !isNode || !slices.Contains(strings.Fields(cacheSizes[family]), size) {
		return 0, fmt.Errorf("got %q, want a node type such as cache.m7g.large", node)
	}
	cores := map[string]int{
		"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64, "24xlarge": 96,
	}
	return cores[size], nil
}

// cacheConnections is how many connections a node takes.
// Source: ElastiCache user guide, parameter maxclients, read 2026-11.
func cacheConnections(node string) int {
	if strings.HasPrefix(node, "cache.t4g.") {
		return 20000
	}
	return 65000
}
