package settings

import (
	"maps"
	"regexp"
	"time"
)

// Capability is what the program can do on a cloud. A setting that a cloud
// cannot honour is refused here, never ignored.
type Capability struct {
	// Lacks are the settings that the cloud cannot honour, by path, each with
	// the reason. A path stands for everything below it.
	Lacks map[string]string
	// Means are what the features become on the cloud, by path: see Features.
	Means map[string]Means

	// defaults are the cloud's own defaults, over the common ones; derive sets what
	// follows from other settings.
	defaults, derive func(*Settings)
	rules            func(*checker) // the cloud's own rules
	// store is the cloud's own store of secrets, and member is what it calls
	// whom it lets into a cluster.
	store  SecretStore
	member string
	// cachePassword says that the cache has a password, in a secret called cache.
	cachePassword bool
	// machine says what a machine of an instance type has; of one that it does not
	// know, nothing.
	machine func(instance string) (machine, bool)
	// stillGroups says that nobody grows a node group.
	stillGroups bool
	// taints are what the cloud puts on the nodes of a group beside the group's own.
	taints func(name string, g NodeGroup) map[string]Taint
	// pools are where the cloud starts nodes beside the node groups, as poolPath says.
	pools    func(*Settings) []place
	poolPath []string
	// originWait is the longest that the CDN waits for an origin's answer; 0 for as
	// long as any service may take.
	originWait time.Duration
	// registry is what hosts of the cloud's own container registries look like.
	registry *regexp.Regexp
}

// Capabilities are the clouds' capabilities. A new cloud adds its row.
func Capabilities() map[Cloud]Capability {
	return map[Cloud]Capability{
		AWSCloud:   awsCapability(),
		GCPCloud:   gcpCapability(),
		AzureCloud: azureCapability(),
		LocalCloud: {rules: localRules, defaults: localDefaults, Lacks: localLacks(), Means: localMeans()},
	}
}

// localDefaults are what is different on a developer's machine.
func localDefaults(s *Settings) {
	s.Operators.Pools = map[string]Pool{} // the machine is the only node
	s.Cluster.NodeGroups = map[string]NodeGroup{}
	s.Operators.Backups.Enabled = false // there is nowhere to put them
}

// localLacks is what a cluster on a developer's machine cannot honour: what a
// cloud around it would do.
func localLacks() map[string]string {
	lacks := map[string]string{
		"region":   "a developer's machine is in none",
		"protect":  "nothing guards what one command removes",
		"recovery": "there is no second place to recover in",
		"aws":      "no AWS account is touched",
		"gcp":      "no project is touched",
		"azure":    "no subscription is touched",
		"domain":   "the services answer inside the cluster",
		"network":  "the cluster brings its own",
		"compute":  "the cluster runs everything",
		"ecs":      "the services run on Kubernetes",
		"cache":    "it is one node that trusts whoever the network policies let through",
		"buckets":  "the object store keeps everything until it is removed",
		"registry": "images are loaded into the cluster, or pulled from where they are",
		"cdn":      "there is no CDN",
		"waf":      "nothing from outside comes in",
		"shield":   "nothing from outside comes in",
		"logs":     "they are the cluster's",
		"alerts":   "nobody is woken by a developer's machine",
		"security": "no account is audited",
		"ci":       "jobs have no way to a developer's machine",
		"backup":   "what is there can be made anew",
		"costs":    "it costs nothing",

		"commitments": "it costs nothing", "usage": "it costs nothing",
		"operators.pools": "the machine is the only node", "operators.backups": "what is there can be made anew",

		"secrets.store": "the secrets are Kubernetes' own", "secrets.vault": "the secrets are Kubernetes' own",
		"secrets.readers": "no identity of a cloud reads secrets",
	}
	lacks["metrics.openCost"] = "a developer's machine has no price"
	for _, key := range []string{"endpoint", "access", "serviceCidr", "upgradePolicy", "nodeGroups"} {
		lacks["cluster."+key] = "the cluster is there already"
	}
	for key, reason := range map[string]string{
		"engineVersion": "the versions file names the image", "majorUpgrade": "the database is made anew",
		"instance": "the database is a pod", "maxStorageGiB": "the machine's disk is the limit", "multiAz": "there are no zones",
		"password": "the operator makes one", "replicas": "there is one node", "backupDays": "there are no backups",
		"insightsDays": "there are no Performance Insights", "proxy": "applications connect directly", "restore": "there are no backups",
	} {
		lacks["database."+key] = reason
	}
	return lacks
}

// Taints are those on the nodes of a group: its own and the cloud's.
func (s *Settings) Taints(name string, g NodeGroup) map[string]Taint {
	all := maps.Clone(g.Taints)
	if of := Capabilities()[s.Cloud].taints; of != nil {
		if all == nil {
			all = map[string]Taint{}
		}
		maps.Copy(all, of(name, g))
	}
	return all
}

// lacks says whether the stack's cloud has no counterpart of a whole section.
func (c *checker) lacks(section string) bool {
	_, lacking := Capabilities()[c.s.Cloud].Lacks[section]
	return lacking
}

// capability checks the cloud and what it lacks.
func (c *checker) capability(all map[Cloud]Capability) {
	row := all[c.s.Cloud]
	defaults := Defaults(c.s.Cloud)
	derive(defaults)
	given, unset := Flatten(c.s), Flatten(defaults)
	for _, lacking := range ordered(row.Lacks) {
		for _, path := range ordered(given) {
			if (path == lacking || within(path, lacking)) && given[path] != unset[path] {
				c.bad(CloudLacks, lacking, "a setting that "+string(c.s.Cloud)+" cannot honour", "it left out: "+row.Lacks[lacking])
				break
			}
		}
	}
	if row.rules != nil {
		row.rules(c)
	}
}
