package versions

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Chart is a Helm chart.
type Chart struct {
	// Name is the chart's name.
	Name string `yaml:"-"`
	// Repository is the URL of the chart's repository. One that begins with
	// oci:// holds charts as images do.
	Repository string `yaml:"repository"`
	// Chart is what the repository calls the chart, where that is not its name
	// in the versions file.
	Chart string `yaml:"chart"`
	// Version is the chart's version.
	Version string `yaml:"version"`
}

// Ref is what Helm is asked for: the chart's name, or its whole address in an
// OCI registry, which has no repository.
func (c Chart) Ref() string {
	if c.Repository == "" {
		return c.Chart
	}
	return c.Name
}

// ChartOf returns a chart of the versions file. A name that the file does not
// have is an error.
func ChartOf(name string) (Chart, error) {
	f, err := load()
	if err != nil {
		return Chart{}, err
	}
	if c, ok := f.Charts[name]; ok && slices.Contains(installed["charts"], name) {
		return c.of(name), nil
	}
	return Chart{}, missing("chart", "charts", name)
}

// of is the chart with what follows from its name in the versions file.
func (c Chart) of(name string) Chart {
	c.Name = name
	if c.Chart != "" {
		c.Name = c.Chart
	}
	if oci, ok := strings.CutPrefix(c.Repository, "oci://"); ok {
		c.Chart, c.Repository = "oci://"+oci+"/"+c.Name, ""
	}
	return c
}

// Charts returns the names of all charts, sorted.
func Charts() []string {
	f, _ := load() // the file is embedded and tested: it can be read
	return slices.Sorted(maps.Keys(f.Charts))
}

// Image returns a container image of the versions file, with its tag. A name
// that the file does not have is an error.
func Image(name string) (string, error) {
	f, err := load()
	if err != nil {
		return "", err
	}
	if image := f.Images[name]; image != "" && slices.Contains(installed["images"], name) {
		return image, nil
	}
	return "", missing("image", "images", name)
}

// missing is the error of a name that cannot be looked up.
func missing(what, section, name string) error {
	return fmt.Errorf("looking up %s %s: it is not among what the versions file has and the program installs: %s",
		what, name, strings.Join(installed[section], ", "))
}
