package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// awsStores are the rules that only AWS has of caches, secrets and images.
func (c *checker) awsStores() {
	c.awsCache()
	c.awsRotation()
	c.awsRegistry()
}

// cacheVersions are the versions that ElastiCache makes caches with and that let
// users log in with IAM.
// Source: ElastiCache user guide, "Supported engines and versions" and
// "Authenticating with IAM", read 2026-11.
var cacheVersions = map[CacheEngine][]string{
	Valkey:   {"7.2", "8.0", "8.1", "8.2"},
	RedisOSS: {"7.0", "7.1"},
}

// cacheFamilies are the families of cache nodes with their sizes.
// Source: ElastiCache user guide, "Supported node types", read 2026-11.
var cacheFamilies = map[string]string{
	"t3": "micro small medium", "t4g": "micro small medium",
	"m5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge", "r5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
	"m6g": to16, "m7g": to16, "r6g": to16, "r7g": to16, "c7gn": to16,
}

func (c *checker) awsCache() {
	k := c.s.Cache
	if versions := cacheVersions[k.Engine]; !slices.Contains(versions, k.EngineVersion) {
		c.bad(BadCacheVersion, "cache.engineVersion", shown(k.EngineVersion), "one of "+strings.Join(versions, ", "), "cache.engine")
	}
	c.cacheUsers(k.Users)
	if k.Mode == CacheServerless {
		if k.StorageGB < 1 || k.StorageGB > 5000 {
			c.bad(BadCacheLimit, "cache.storageGB", fmt.Sprint(k.StorageGB), "1 to 5000")
		}
		if k.ECPUs < 1000 || k.ECPUs > 15000000 {
			c.bad(BadCacheLimit, "cache.ecpus", fmt.Sprint(k.ECPUs), "1000 to 15000000")
		}
		return
	}
	name, isNode := strings.CutPrefix(k.Node, "cache.")
	family, size, _ := strings.Cut(name, ".")
	sizes, known := cacheFamilies[family]
	switch {
	case !isNode || !known:
		c.bad(BadCacheNode, "cache.node", shown(k.Node), "a node type such as cache.m7g.large; the families are "+strings.Join(ordered(cacheFamilies), ", "))
	case !slices.Contains(strings.Fields(sizes), size):
		c.bad(BadCacheNode, "cache.node", shown(k.Node), "cache."+family+" in "+oneOf(size, strings.Fields(sizes)))
	}
}

var functionShape = regexp.MustCompile(`^arn:aws(-[a-z]+)*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]+)?$`)

func (c *checker) awsRotation() {
	for _, name := range ordered(c.s.Secrets.Names) {
		s, path := c.s.Secrets.Names[name], child("secrets.names", name)
		function := s.RotationFunction
		switch {
		case s.RotationDays != 0 && c.s.Secrets.Store == AWSStore && function == "":
			c.bad(BadRotation, path+".rotationFunction", "nothing", "the ARN of the function that makes a new value", path+".rotationDays")
		case s.RotationDays == 0 && function != "":
			c.bad(BadRotation, path+".rotationDays", "0", "1 to 90: there is a function that rotates", path+".rotationFunction")
		case function != "" && !functionShape.MatchString(function):
			c.bad(BadRotation, path+".rotationFunction", shown(function), "a function's ARN such as arn:aws:lambda:eu-west-1:111122223333:function:rotate")
		}
	}
}

// openRegistries are the public registries that ECR fetches from without
// credentials.
// Source: ECR user guide, "Sync an upstream registry", read 2026-11.
var openRegistries = []string{"public.ecr.aws", "quay.io", "registry.k8s.io"}

func (c *checker) awsRegistry() {
	r := c.s.Registry
	for i, host := range r.Mirrors {
		at := fmt.Sprintf("registry.mirrors[%d]", i)
		switch {
		case !slices.Contains(openRegistries, host):
			c.bad(BadMirror, at, shown(host), oneOf(host, openRegistries)+": the others ask for credentials")
		case slices.Contains(r.Mirrors[:i], host):
			c.bad(BadMirror, at, host+", a second time", "each registry once")
		}
	}
	for i, account := range r.PullAccounts {
		at := fmt.Sprintf("registry.pullAccounts[%d]", i)
		switch {
		case !accountShape.MatchString(account):
			c.bad(BadPuller, at, shown(account), "twelve digits in quotes")
		case account == c.s.AWS.AccountID:
			c.bad(BadPuller, at, account+", the stack's own account", "other accounts: its own may pull anyway", "aws.accountId")
		case slices.Contains(r.PullAccounts[:i], account):
			c.bad(BadPuller, at, account+", a second time", "each account once")
		default:
			c.example(at, account)
		}
	}
}

// accessWord is one word of a user's rights.
// Source: ElastiCache user guide, "Specifying Permissions Using an Access String".
var accessWord = regexp.MustCompile(`^(allkeys|allcommands|allchannels|[~%&][^\s]+|[+-]@?[a-z|:_-]+)$`)

// cacheUsers checks who logs in with IAM.
func (c *checker) cacheUsers(users map[string]CacheUser) {
	c.names("cache.users", ordered(users))
	if len(users) == 0 {
		c.bad(BadCacheUser, "cache.users", "nobody", "somebody who may log in")
	}
	for _, name := range ordered(users) {
		u, path := users[name], child("cache.users", name)
		if name == "nobody" || name == "default" {
			c.bad(BadCacheUser, path, "the name "+name, "another name: that of the user who may nothing")
		}
		words := strings.Fields(u.Access)
		if len(words) < 2 || words[0] != "on" || slices.ContainsFunc(words[1:], func(w string) bool { return !accessWord.MatchString(w) }) {
			c.bad(BadCacheUser, path+".access", shown(u.Access), "on, then keys (~app:*), channels (&app:*) and commands (+@all -@dangerous); passwords there are none")
		}
		for i, account := range u.ServiceAccounts {
			if !accountPath.MatchString(account) {
				c.bad(BadCacheUser, fmt.Sprintf("%s.serviceAccounts[%d]", path, i), shown(account), accountWant)
			}
		}
	}
}
