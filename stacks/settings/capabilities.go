package settings

import "strings"

// Capability is what the program can do on a cloud. A setting that a cloud
// cannot honour is refused here, never ignored.
type Capability struct {
	// Built says that the program can build on the cloud.
	Built bool
	// Lacks are the settings that the cloud cannot honour, by path, each with
	// the reason. A path stands for everything below it.
	Lacks map[string]string

	rules func(*checker) // the cloud's own rules
	// machine says what a machine of an instance type has; of one that it does not
	// know, nothing.
	machine func(instance string) (machine, bool)
}

// Capabilities are the clouds' capabilities. A new cloud adds its row.
func Capabilities() map[Cloud]Capability {
	return map[Cloud]Capability{
		AWSCloud:   {Built: true, rules: awsRules, machine: awsMachine},
		GCPCloud:   {},
		AzureCloud: {},
		LocalCloud: {},
	}
}

// built are the clouds that the program can build on.
func built(all map[Cloud]Capability) []string {
	var names []string
	for cloud, c := range all {
		if c.Built {
			names = append(names, string(cloud))
		}
	}
	return sorted(names)
}

// capability checks the cloud and what it lacks.
func (c *checker) capability(all map[Cloud]Capability) {
	row := all[c.s.Cloud]
	if !row.Built {
		c.bad(CloudNotBuilt, "cloud", string(c.s.Cloud)+", which is not built yet", strings.Join(built(all), " or "))
		return
	}
	given, unset := Flatten(c.s), Flatten(Defaults())
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
