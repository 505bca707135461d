package policies

import (
	"encoding/json"
	"github.com/te-explico/infrastructure/internal/values"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// taskRules are those of the catalogues for ECS with Fargate.
var taskRules = []rule{
	{
		ids:      "F ECS.2, C CKV_AWS_333",
		topics:   "exposure",
		priority: 1, types: "ecs.Service",
		reason: "a task with a public address is reached past the load balancer",
		check:  all(isNot("networkConfiguration.assignPublicIp", true), has("networkConfiguration.securityGroups")),
		bad:    []string{`ecs/ecs.Service ecs-backend: networkConfiguration.assignPublicIp = true`},
	},
	{
		ids:      "F ECS.10, C CKV_AWS_332",
		topics:   "patching",
		priority: 1, types: "ecs.Service",
		reason: "an older platform gets no patches",
		check:  is("platformVersion", nil, "LATEST"),
		bad:    []string{`ecs/ecs.Service ecs-backend: platformVersion = "1.3.0"`},
	},
	{
		ids:      "F ECS.4, C CKV_AWS_334",
		topics:   "hardening",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "a privileged container is root on its host",
		check:  containers(all(isNot("privileged", true), local(keepsNothing))),
		bad: []string{
			container(`"privileged":true`),

			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].privileged = true`,
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].linuxParameters.capabilities = {"add":["SYS_PTRACE"]}`,
		},
	},
	{
		ids:      "F ECS.20",
		topics:   "hardening",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "root in a container is one mistake away from root outside",
		check:  containers(local(unprivileged)),
		bad: []string{
			container(`"user":"0"`),

			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].user = null`, `ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].user = "0:0"`,
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].user = "root"`,
		},
	},
	{
		ids:      "F ECS.5, C CKV_AWS_336",
		topics:   "hardening",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "who breaks in writes their tools somewhere",
		check:  containers(is("readonlyRootFilesystem", true)),
		bad: []string{
			container(`"readonlyRootFilesystem":false`),
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].readonlyRootFilesystem = false`},
	},
	{
		ids:      "F ECS.8",
		topics:   "secrets",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "a variable in plain text is read by whoever may look at tasks",
		check:  containers(local(openEnvironment)),
		bad: []string{
			container(`"environment":[{"name":"API_TOKEN","value":"x"}]`),

			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].environment = [{"name":"DB_PASSWORD","value":"x"}]`,
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].environment = [{"name":"AWS_SECRET_ACCESS_KEY","value":"x"}]`,
		},
	},
	{
		ids:      "F ECS.9",
		topics:   "audit",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "what a container said before it died is asked afterwards",
		check:  containers(all(has("logConfiguration.logDriver"), has("logConfiguration.options.awslogs-group"))),
		bad: []string{
			container(`"logConfiguration":null`),
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].logConfiguration = null`},
	},
	{
		ids:      "F ECS.12, T AWS-0034, C CKV_AWS_65",
		topics:   "alerts",
		priority: 1, types: "ecs.Cluster",
		reason: "nobody sees how many tasks are missing",
		check: local(func(r resource) []string {
			for _, s := range r.Inputs.Objects("settings[]") {
				if s.String("name") == "containerInsights" && slices.Contains([]string{"enabled", "enhanced"}, s.String("value")) {
					return nil
				}
			}
			return complain("containerInsights is not enabled")
		}),
		bad: []string{`ecs/ecs.Cluster ecs: settings[0].value = "disabled"`, `ecs/ecs.Cluster ecs: settings = null`},
	},
	{
		ids:      "C CKV_AWS_223/224",
		topics:   "audit",
		priority: 1, types: "ecs.Cluster",
		reason: "who opened a shell in a container, and what they typed, is asked afterwards",
		check: all(
			ownKey(shellsPath+"kmsKeyId"), is(shellsPath+"logging", "OVERRIDE"),
			is(shellsPath+"logConfiguration.cloudWatchEncryptionEnabled", true), has(shellsPath+"logConfiguration.cloudWatchLogGroupName"),
		),
		bad: []string{
			`ecs/ecs.Cluster ecs: configuration.executeCommandConfiguration.kmsKeyId = null`,
			`ecs/ecs.Cluster ecs: configuration.executeCommandConfiguration.logging = "NONE"`,
			`ecs/ecs.Cluster ecs: configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled = false`,
		},
	},
	{
		ids:      "own ECS-1 (disks of tasks are encrypted with a key of the stack)",
		topics:   "atRest",
		priority: 1, types: "ecs.Cluster",
		reason: "AWS's own key is used for whoever may use Fargate",
		check:  ownKey("configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId"),
		bad:    []string{`ecs/ecs.Cluster ecs: configuration.managedStorageConfiguration = null`},
	},
}

// soundContainer is a container that breaks no rule.
const soundContainer = `"name":"backend","privileged":false,"user":"10001:10001","readonlyRootFilesystem":true,
	"linuxParameters":{"capabilities":{"drop":["ALL"]}},"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"x"}}`

// container is the change that gives a task one container with a flaw: a whole
// definition, which a preview can read.
func container(flaw string) string {
	return "ecs/ecs.TaskDefinition ecs-backend: containerDefinitions = " + strconv.Quote("[{"+soundContainer+","+flaw+"}]")
}

const shellsPath = "configuration.executeCommandConfiguration."

// containers wants of each container of a task what a check wants.
func containers(want check) check {
	const path = "containerDefinitions"
	return check{relates: want.relates, ask: func(g *graph, r resource) (a answer) {
		s := &sight{}
		var list []values.Map
		if err := json.Unmarshal([]byte(r.seenBy(s).Inputs.String(path)), &list); err != nil || len(list) == 0 {
			return s.judge(complain("%s cannot be read", path))
		}
		for _, c := range list {
			a.add(prefixed("container "+c.String("name"), want.ask(g, inside(r, reader{values: c, at: path}))))
		}
		return a
	}}
}

// keepsNothing wants a container to give up all of root's rights.
func keepsNothing(r resource) []string {
	const rights = "linuxParameters.capabilities."
	if added := r.Inputs.Strings(rights + "add[]"); len(added) > 0 {
		return complain("keeps %s", strings.Join(added, ", "))
	}
	if !slices.Contains(r.Inputs.Strings(rights+"drop[]"), "ALL") {
		return complain("does not drop all capabilities")
	}
	return nil
}

var ordinaryUser = regexp.MustCompile(`^[1-9][0-9]*(:[1-9][0-9]*)?$`)

// unprivileged wants a container's user in numbers, and not root.
func unprivileged(r resource) []string {
	if user := r.Inputs.String("user"); !ordinaryUser.MatchString(user) {
		return complain("user is %v, want numbers other than 0", text(r.Inputs.Get("user")))
	}
	return nil
}

var credential = regexp.MustCompile(`(?i)(passw(or)?d|secret|token|credential|api_?key|access_?key|private_?key)`)

// openEnvironment wants no variable in plain text whose name is a secret's.
func openEnvironment(r resource) (all []string) {
	for _, name := range r.Inputs.Strings("environment[].name") {
		if credential.MatchString(name) {
			all = append(all, name+" is in plain text")
		}
	}
	return all
}
