package workloads

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// number is a number as a text: a ConfigMap has nothing else.
func number(n pulumi.IntInput) pulumi.StringOutput {
	return n.ToIntOutput().ApplyT(strconv.Itoa).(pulumi.StringOutput)
}

// texts are texts by name, perhaps none.
func texts(m pulumi.StringMapInput) pulumi.StringMapOutput {
	if m == nil {
		m = pulumi.StringMap{}
	}
	return m.ToStringMapOutput()
}

// merge is a list with the values of maps, sorted, each once.
func merge(list []string, more ...map[string]string) []string {
	all := slices.Clone(list)
	for _, m := range more {
		all = slices.AppendSeq(all, maps.Values(m))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// upper is a name as it stands in an environment variable.
func upper(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// union is the labels of several maps; later ones win.
func union(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}
