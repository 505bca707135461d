package rules

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// taskRules are those of the catalogues for ECS with Fargate.
var taskRules = []rule{
	{
		ids:      "F ECS.2, C CKV_AWS_333",
		priority: 1, types: "ecs.Service",
		reason: "a task with a public address is reached past the load balancer",
		check:  all(isNot("networkConfiguration.assignPublicIp", true), has("networkConfiguration.securityGroups")),
		bad:    []string{`ecs/ecs.Service ecs-backend: networkConfiguration.assignPublicIp = true`},
	},
	{
		ids:      "F ECS.10, C CKV_AWS_332",
		priority: 1, types: "ecs.Service",
		reason: "an older platform gets no patches",
		check:  is("platformVersion", nil, "LATEST"),
		bad:    []string{`ecs/ecs.Service ecs-backend: platformVersion = "1.3.0"`},
	},
	{
		ids:      "F ECS.4, C CKV_AWS_334",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "a privileged container is root on its host",
		check:  containers(all(isNot("privileged", true), keepsNothing)),
		bad: []string{
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].privileged = true`,
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].linuxParameters.capabilities = {"add":["SYS_PTRACE"]}`,
		},
	},
	{
		ids:      "F ECS.20",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "root in a container is one mistake away from root outside",
		check:  containers(unprivileged),
		bad: []string{
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].user = null`, `ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].user = "0:0"`,
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].user = "root"`,
		},
	},
	{
		ids:      "F ECS.5, C CKV_AWS_336",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "who breaks in writes their tools somewhere",
		check:  containers(is("readonlyRootFilesystem", true)),
		bad:    []string{`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].readonlyRootFilesystem = false`},
	},
	{
		ids:      "F ECS.8",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "a variable in plain text is read by whoever may look at tasks",
		check:  containers(openEnvironment),
		bad: []string{
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].environment = [{"name":"DB_PASSWORD","value":"x"}]`,
			`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].environment = [{"name":"AWS_SECRET_ACCESS_KEY","value":"x"}]`,
		},
	},
	{
		ids:      "F ECS.9",
		priority: 1, types: "ecs.TaskDefinition",
		reason: "what a container said before it died is asked afterwards",
		check:  containers(all(has("logConfiguration.logDriver"), has("logConfiguration.options.awslogs-group"))),
		bad:    []string{`ecs/ecs.TaskDefinition ecs-backend: containerDefinitions[0].logConfiguration = null`},
	},
	{
		ids:      "F ECS.12, T AWS-0034, C CKV_AWS_65",
		priority: 1, types: "ecs.Cluster",
		reason: "nobody sees how many tasks are missing",
		check: func(_ *graph, r resource) []string {
			for _, s := range r.Inputs.Objects("settings[]") {
				if s.String("name") == "containerInsights" && slices.Contains([]string{"enabled", "enhanced"}, s.String("value")) {
					return nil
				}
			}
			return complain("containerInsights is not enabled")
		},
		bad: []string{`ecs/ecs.Cluster ecs: settings[0].value = "disabled"`, `ecs/ecs.Cluster ecs: settings = null`},
	},
	{
		ids:      "C CKV_AWS_223/224",
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
		priority: 1, types: "ecs.Cluster",
		reason: "AWS's own key is used for whoever may use Fargate",
		check:  ownKey("configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId"),
		bad:    []string{`ecs/ecs.Cluster ecs: configuration.managedStorageConfiguration = null`},
	},
}

const shellsPath = "configuration.executeCommandConfiguration."

// containers wants of each container of a task what a check wants.
func containers(want check) check {
	return func(g *graph, r resource) (all []string) {
		var list []simcloud.Values
		if err := json.Unmarshal([]byte(r.Inputs.String("containerDefinitions")), &list); err != nil || len(list) == 0 {
			return complain("containerDefinitions cannot be read")
		}
		for _, c := range list {
			for _, what := range want(g, inside(r, c)) {
				all = append(all, "container "+c.String("name")+": "+what)
			}
		}
		return all
	}
}

// keepsNothing wants a container to give up all of root's rights.
func keepsNothing(_ *graph, r resource) []string {
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
func unprivileged(_ *graph, r resource) []string {
	if user := r.Inputs.String("user"); !ordinaryUser.MatchString(user) {
		return complain("user is %v, want numbers other than 0", text(r.Inputs.Get("user")))
	}
	return nil
}

var credential = regexp.MustCompile(`(?i)(passw(or)?d|secret|token|credential|api_?key|access_?key|private_?key)`)

// openEnvironment wants no variable in plain text whose name is a secret's.
func openEnvironment(_ *graph, r resource) (all []string) {
	for _, name := range r.Inputs.Strings("environment[].name") {
		if credential.MatchString(name) {
			all = append(all, name+" is in plain text")
		}
	}
	return all
}
