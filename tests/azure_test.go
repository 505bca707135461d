package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/stacks/settings"
	"github.com/te-explico/infrastructure/tests/deploy"
)

// What the settings say of who asks too often holds at both ways in: at Front
// Door, and at the gateway before the cluster.
func TestBothFirewallsOfAzureLimit(t *testing.T) {
	g := deploy.Scenario(t, "azure-prod")
	names := func(token, path string) []string {
		var all []string
		for _, r := range g.All(token) {
			for _, rule := range r.Inputs.Objects(path) {
				all = append(all, rule.String("name"))
			}
		}
		slices.Sort(all)
		return all
	}
	door, gateway := names("azure-native:network/v20240201:Policy", "customRules.rules[]"), names("azure-native:network:WebApplicationFirewallPolicy", "customRules[]")
	if len(door) == 0 || !slices.Equal(door, gateway) {
		t.Errorf("Front Door has the rules %v, the gateway %v", door, gateway)
	}
}

// What the settings take the cloud to put on nodes, and pods hence tolerate or keep
// away for, is what is there.
func TestTaintsOfAzure(t *testing.T) {
	s := settings.Defaults(settings.AzureCloud)
	s.Cloud = settings.AzureCloud
	texts := func(name string, g settings.NodeGroup) (all []string) {
		for key, taint := range s.Taints(name, g) {
			all = append(all, key+"="+taint.Value+":"+string(taint.Effect))
		}
		slices.Sort(all)
		return all
	}
	g, pools := deploy.Scenario(t, "azure-dev"), map[string][]string{}
	for _, r := range g.All("azure-native:containerservice/v20241001:ManagedCluster") {
		pools["system"] = r.Inputs.Strings("agentPoolProfiles[].nodeTaints[]")
	}
	for _, r := range g.All("azure-native:containerservice/v20241001:AgentPool") {
		pools[strings.TrimPrefix(r.Name, "cluster-")] = r.Inputs.Strings("nodeTaints[]")
	}
	for name, got := range pools {
		slices.Sort(got)
		if want := texts(name, s.Cluster.NodeGroups[name]); !slices.Equal(got, want) {
			t.Errorf("%s: got the taints %v, want %v", name, got, want)
		}
	}
	if len(pools["system"]) == 0 || len(pools["batch"]) < 2 {
		t.Errorf("got the pools %v", pools)
	}
}
