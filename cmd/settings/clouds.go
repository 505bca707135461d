package main

import (
	"fmt"
	"strings"

	"github.com/te-explico/infrastructure/stacks/settings"
)

const cloudsHeader = `# What each cloud has

<!-- Printed from stacks/settings by: go run ./cmd/settings clouds > docs/reference/clouds.md -->

One setting, ` + "`cloud:`" + `, chooses where a stack stands. Each cloud honours the others by its own means, or refuses them where they stand in the file, with the reason: none is ignored. What runs in the cluster (services, jobs, mesh, admission, metrics, logs, traces) is the same on all of them.

**native**: a service of the cloud is for that. **equivalent**: the cloud comes to the same by other means. **refused**: the settings say why.

`

const detailsHeader = `
## Parts that not every cloud has

Settings below these that some cloud refuses. All others are honoured as the setting is that they are a part of; those of one cloud alone (` + "`aws`, `gcp`, `azure`, `local`" + `) stand in the [reference](settings.md).

`

// clouds prints what each feature becomes on each cloud.
func clouds() string {
	all := []settings.Cloud{settings.AWSCloud, settings.GCPCloud, settings.AzureCloud, settings.LocalCloud}
	names := map[settings.Cloud]string{
		settings.AWSCloud: "AWS", settings.GCPCloud: "Google Cloud", settings.AzureCloud: "Azure", settings.LocalCloud: "your machine",
	}
	var b strings.Builder
	table := func(paths []string, means func(settings.Cloud, string) settings.Means) {
		b.WriteString("| setting |")
		for _, cloud := range all {
			b.WriteString(" " + names[cloud] + " |")
		}
		b.WriteString("\n|" + strings.Repeat(" --- |", len(all)+1) + "\n")
		for _, path := range paths {
			fmt.Fprintf(&b, "| `%s` |", path)
			for _, cloud := range all {
				m := means(cloud, path)
				fmt.Fprintf(&b, " **%s**", m.Grade)
				if m.What != "" {
					b.WriteString(": " + m.What)
				}
				b.WriteString(" |")
			}
			b.WriteString("\n")
		}
	}
	b.WriteString(cloudsHeader)
	table(settings.Features(), settings.MeansOf)
	b.WriteString(detailsHeader)
	table(settings.Details(), settings.GradeOf)
	return b.String()
}
