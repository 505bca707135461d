package settings

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// config is the smallest configuration as Pulumi hands it over, with more.
func config(more ...string) Source {
	src := Source{Project: "explico", Stack: "test", Config: map[string]string{
		"explico:region":  "eu-west-1",
		"explico:owner":   `{"team":"platform","costCentre":"CC-1"}`,
		"explico:network": `{"cidr":"10.0.0.0/16","zones":{"eu-west-1a":0,"eu-west-1b":1}}`,
	}}
	for i := 0; i < len(more); i += 2 {
		src.Config[more[i]] = more[i+1]
	}
	return src
}

// file is a stack file's text, its first three lines given.
func file(text string) File {
	return File{"Pulumi.test.yaml", []byte("config:\n  pulumi:disable-default-providers: [\"*\"]\n  explico:region: eu-west-1\n" + text)}
}

// one loads a source and returns its only diagnostic as text.
func one(t *testing.T, src Source) string {
	t.Helper()
	_, warnings, err := Load(src)
	all := append(problemsOf(err), warnings...)
	if len(all) != 1 {
		t.Fatalf("got %d diagnostics, want one:\n%s", len(all), lines(all))
	}
	return all[0].String()
}

func TestLoadFromConfig(t *testing.T) {
	s, warnings, err := Load(config("explico:protect", "false", "explico:recovery", `{"rto":"8h"}`))
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if s.Region != "eu-west-1" || s.Network.Zones["eu-west-1b"] != 1 || time.Duration(s.Recovery.RTO) != 8*time.Hour {
		t.Errorf("got %+v", s)
	}
	if s.Network.NATZone != "eu-west-1a" {
		t.Errorf("natZone: got %q, want the zone with the lowest slot", s.Network.NATZone)
	}
	if g := s.Cluster.NodeGroups["system"]; g.Initial != g.Min {
		t.Errorf("initial: got %d, want min, %d", g.Initial, g.Min)
	}
}

// A value that the file holds has the file's position; one that came by -c is
// named by its key.
func TestPositionsComeFromTheFileThatHoldsTheValue(t *testing.T) {
	src := config("explico:network", `{"cidr":"10.0.0.0/16","zones":{"eu-west-1a":0,"eu-west-1b":9},"nat":"perzone"}`)
	src.StackFile = file("  explico:owner: {team: platform, costCentre: CC-1}\n  explico:network:\n    cidr: 10.0.0.0/16\n    zones:\n      eu-west-1a: 0\n      eu-west-1b: 9\n    nat: single\n")
	_, _, err := Load(src)
	all := problemsOf(err)
	if len(all) != 2 || all[0].Line != 9 || all[0].Column != 19 || all[0].Path != "network.zones.eu-west-1b" {
		t.Fatalf("got:\n%s", lines(all))
	}
	want := "-c explico:network.nat: got perzone, want one of none, single, perZone: did you mean perZone? (CFG006)"
	if got := all[1].String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWhatIsMissingIsReportedWhereItBelongs(t *testing.T) {
	src := config("explico:network", `{"zones":{"eu-west-1a":0,"eu-west-1b":1}}`)
	src.StackFile = file("  explico:network:\n    zones: {eu-west-1a: 0, eu-west-1b: 1}\n")
	if got := one(t, src); !strings.HasPrefix(got, "Pulumi.test.yaml:4:3: network.cidr: got nothing") {
		t.Errorf("got %s", got)
	}
}

func TestProjectFileGivesPositions(t *testing.T) {
	src := config("explico:logs", `{"days":10}`)
	src.ProjectFile = File{"Pulumi.yaml", []byte("name: explico\nconfig:\n  logs:\n    default:\n      days: 10\n")}
	if got := one(t, src); !strings.HasPrefix(got, "Pulumi.yaml:5:13: logs.days: got 10") {
		t.Errorf("got %s", got)
	}
}

// A stack file may leave the project's name away.
func TestShortKeys(t *testing.T) {
	src := config("explico:logs", `{"days":10}`)
	src.StackFile = file("  logs:\n    days: 10\n")
	if got := one(t, src); !strings.HasPrefix(got, "Pulumi.test.yaml:5:11: logs.days: got 10") {
		t.Errorf("got %s", got)
	}
}

func TestNumberShowsAsWritten(t *testing.T) {
	src := config("explico:cluster", `{"version":1.3}`)
	src.StackFile = file("  explico:cluster:\n    version: 1.30\n")
	want := "Pulumi.test.yaml:5:14: cluster.version: got the number 1.30, want text: put it in quotes (CFG005)"
	if got := one(t, src); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestOverlapNamesTheOther(t *testing.T) {
	src := config("explico:network", `{"cidr":"10.0.0.0/16","zones":{"eu-west-1a":0,"eu-west-1b":1},"podCidr":"10.0.0.0/20"}`)
	src.StackFile = file("  explico:network:\n    cidr: 10.0.0.0/16\n    podCidr: 10.0.0.0/20\n    zones: {eu-west-1a: 0, eu-west-1b: 1}\n")
	want := "Pulumi.test.yaml:6:14: network.podCidr: got 10.0.0.0/20, want a range apart from 10.0.0.0/16 (network.cidr); see network.cidr at Pulumi.test.yaml:5:11 (CFG024)"
	if got := one(t, src); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What the loader could not read is not called missing as well.
func TestOneCauseOneProblem(t *testing.T) {
	for _, network := range []string{
		`{"cidr":5,"zones":{"eu-west-1a":0,"eu-west-1b":1}}`,
		`{"cidr":"10.0.0.0/16","zones":{"eu-west-1a":0,"eu-west-1b":"one"}}`,
		`{"cidr":"10.0.0.0/16","zones":[1]}`,
		`[]`, `{not: [yaml`,
	} {
		one(t, config("explico:network", network))
	}
}

func TestUnknownKeysOfOtherNamespaces(t *testing.T) {
	if got := one(t, config("aws:region", "eu-west-1")); !strings.Contains(got, "-c aws:region: warning: ") {
		t.Errorf("got %s", got)
	}
	if _, warnings, err := Load(config("pulumi:tags", "{}")); err != nil || len(warnings) > 0 {
		t.Error(err, warnings)
	}
}

func TestOverrides(t *testing.T) {
	s, all := loadYAML(goodFile(t,
		set("cluster.nodeGroups.apps.max", 3),
		set("cluster.nodeGroups.extra", map[string]any{"instances": []string{"c7g.large"}, "taints": map[string]any{"job": map[string]any{"value": "x"}}}),
		edit{[]string{"cluster", "nodeGroups", "gpu"}, yamlNull{}},
		set("cluster.nodeGroups.batch.instances", []string{"c7i.large"}),
		edit{[]string{"database"}, yamlNull{}},
	))
	if len(all) > 0 {
		t.Fatal(lines(all))
	}
	groups, defaults := s.Cluster.NodeGroups, Defaults(AWSCloud).Cluster.NodeGroups
	if got := groups["apps"]; got.Max != 3 || got.Min != defaults["apps"].Min || len(got.Instances) != len(defaults["apps"].Instances) {
		t.Errorf("apps: an override loses the other fields: %+v", got)
	}
	if got := groups["extra"]; got.DiskGiB != newNodeGroup().DiskGiB || got.Taints["job"].Effect != NoSchedule {
		t.Errorf("extra: got %+v, want the defaults of a new group", got)
	}
	if _, there := groups["gpu"]; there {
		t.Error("gpu: null does not take the group away")
	}
	if got := fmt.Sprint(groups["batch"].Instances); got != "[c7i.large]" {
		t.Errorf("batch: got %s, want the default list replaced", got)
	}
	if s.Database.Name != Defaults(AWSCloud).Database.Name {
		t.Error("an empty section changes the defaults")
	}
}

// yamlNull is written as null.
type yamlNull struct{}

func (yamlNull) MarshalYAML() (any, error) { return nil, nil }

func TestNullTakesAwayOnlyDefaults(t *testing.T) {
	_, all := loadYAML(goodFile(t, edit{[]string{"cluster", "nodeGroups", "gpuu"}, yamlNull{}}, edit{[]string{"network", "zones", "eu-west-1c"}, yamlNull{}}))
	if len(all) != 2 || all[0].Path != "cluster.nodeGroups.gpuu" || all[1].Path != "network.zones.eu-west-1c" {
		t.Errorf("got:\n%s", lines(all))
	}
}

func TestDefaultsAreFresh(t *testing.T) {
	delete(Defaults(AWSCloud).Cluster.NodeGroups, "apps")
	if _, ok := Defaults(AWSCloud).Cluster.NodeGroups["apps"]; !ok {
		t.Error("changing one value of the defaults changes the next")
	}
}

func TestCloudOf(t *testing.T) {
	if got, err := CloudOf("../../Pulumi.dev.yaml"); err != nil || got != AWSCloud {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := CloudOf("no-such-file.yaml"); err == nil {
		t.Error("want an error for a file that is not there")
	}
}

func TestLoadFileThatIsNotThere(t *testing.T) {
	if _, _, err := LoadFile("no-such-file.yaml"); err == nil || problemsOf(err) != nil {
		t.Errorf("got %v, want an error that is no list of problems", err)
	}
}
