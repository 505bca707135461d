package aws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// container is a container definition as ECS reads it.
type container struct {
	Name, Image  string
	CPU          int
	Memory       int
	PortMappings []struct{ ContainerPort, HostPort int }
	Secrets      []struct{ Name, ValueFrom string }
	MountPoints  []struct{ SourceVolume, ContainerPath string }

	LogConfiguration *struct {
		LogDriver string
		Options   map[string]string
	}
	ResourceRequirements []struct{ Type, Value string }
}

// containers are a task definition's containers; none while they are unknown.
func containers(in simcloud.Values) ([]container, error) {
	text := in.String("containerDefinitions")
	if text == "" {
		return nil, nil
	}
	var all []container
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("ECS Task Definition container_definitions is invalid: decoding JSON: %w", err)
	}
	return all, nil
}

// ecsTaskDefinition is the type of task definitions. At AWS a revision's id for
// Pulumi is its family, so that two revisions share it; here it is the ARN, since
// what exists is told apart by its id.
func ecsTaskDefinition() *simcloud.Type {
	return &simcloud.Type{
		Token: ecsTaskToken, Noun: "task definition", Takes: time.Second,
		ID:       func(op *simcloud.Op) string { return fmt.Sprintf("%s:%d", familyArn(op), revision(op)) },
		Required: []string{"family", "containerDefinitions"},
		Replace: []string{
			"family", "containerDefinitions", "cpu", "memory", "executionRoleArn", "taskRoleArn", "networkMode", "requiresCompatibilities",
			"runtimePlatform", "volumes", "ephemeralStorage", "ipcMode", "pidMode", "placementConstraints", "proxyConfiguration", "enableFaultInjection",
		},
		Validate: validTask,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			n, _ := strconv.Atoi(op.ID[strings.LastIndexByte(op.ID, ':')+1:])
			return simcloud.Values{"arn": op.ID, "arnWithoutRevision": familyArn(op), "revision": n}
		},
	}
}

func familyArn(op *simcloud.Op) string {
	return arn(op, "ecs", "task-definition/"+op.In.String("family"))
}

// revision is the number of a family's next revision.
func revision(op *simcloud.Op) int {
	last := 0
	for _, r := range op.All(ecsTaskToken) {
		if r.Out.String("family") == op.In.String("family") {
			last = max(last, r.Out.Int("revision"))
		}
	}
	return last + 1
}

func taskRefusal(format string, args ...any) error {
	return simcloud.Refusal("ClientException", format, args...)
}

func validTask(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.Matches(in, "family", ecsName), simcloud.OneOf(in, "networkMode", "none", "bridge", "awsvpc", "host"),
		simcloud.OneOf(in, "runtimePlatform.cpuArchitecture", "X86_64", "ARM64"), simcloud.Between(in, "ephemeralStorage.sizeInGib", 21, 200),
	)
	fargate := slices.Contains(in.Strings("requiresCompatibilities[]"), "FARGATE")
	if fargate {
		errs = append(errs, simcloud.Problems(fargateSize(in))...)
		if in.Known("networkMode") && in.String("networkMode") != "awsvpc" || !in.Has("networkMode") {
			errs = append(errs, taskRefusal("Fargate only supports network mode ‘awsvpc’."))
		}
	}
	all, err := containers(in)
	switch {
	case err != nil:
		return append(errs, err)
	case in.Known("containerDefinitions") && len(all) == 0:
		return append(errs, taskRefusal("Container list cannot be empty."))
	}
	for _, c := range all {
		errs = append(errs, simcloud.Problems(containerProblem(in, c, fargate))...)
	}
	return errs
}

// fargateSizes are the sizes of tasks: CPU units, and from, to and in steps of
// what MiB of memory.
// Source: ECS developer guide, "Amazon ECS task definition parameters for
// Fargate", task size.
var fargateSizes = map[int][3]int{
	512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024}, 4096: {8192, 30720, 1024},
	8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

func fargateSize(in simcloud.Values) error {
	for _, path := range []string{"cpu", "memory"} {
		if !in.Has(path) {
			return taskRefusal("Fargate requires that '%s' be defined at the task level.", path)
		}
	}
	cpu, errCPU := strconv.Atoi(in.String("cpu"))
	memory, errMemory := strconv.Atoi(in.String("memory"))
	if !in.Known("cpu") || !in.Known("memory") {
		return nil
	}
	s, known := fargateSizes[cpu]
	fits := known && memory >= s[0] && memory <= s[1] && (memory-s[0])%s[2] == 0
	if cpu == 256 {
		fits = memory == 512 || memory == 1024 || memory == 2048
	}
	if errCPU != nil || errMemory != nil || !fits {
		return taskRefusal("No Fargate configuration exists for given values: %s CPU, %s memory. See the Amazon ECS documentation for the valid values.", in.String("cpu"), in.String("memory"))
	}
	return nil
}

func containerProblem(in simcloud.Values, c container, fargate bool) error {
	switch {
	case c.Name == "":
		return taskRefusal("Container.name should not be null or empty.")
	case c.Image == "":
		return taskRefusal("Container.image should not be null or empty.")
	case len(c.Secrets) > 0 && !in.Has("executionRoleArn"):
		return taskRefusal("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.")
	}
	for _, r := range c.ResourceRequirements {
		if fargate && r.Type == "GPU" {
			return taskRefusal("Fargate does not support GPU resource requirements. (container %s)", c.Name)
		}
	}
	if task, err := strconv.Atoi(in.String("memory")); err == nil && c.Memory > task {
		return taskRefusal("The 'memory' setting for container '%s' is greater than for the task.", c.Name)
	}
	for _, p := range c.PortMappings {
		if in.String("networkMode") == "awsvpc" && p.HostPort != 0 && p.HostPort != p.ContainerPort {
			return taskRefusal("When networkMode=awsvpc, the host ports and container ports in port mappings must match.")
		}
	}
	for _, m := range c.MountPoints {
		if !slices.Contains(in.Strings("volumes[].name"), m.SourceVolume) {
			return taskRefusal("Unknown volume '%s'.", m.SourceVolume)
		}
	}
	return logProblem(in, c, fargate)
}

func logProblem(in simcloud.Values, c container, fargate bool) error {
	l := c.LogConfiguration
	if l == nil || l.LogDriver != "awslogs" {
		return nil
	}
	if l.Options["awslogs-group"] == "" || l.Options["awslogs-region"] == "" {
		return taskRefusal("Log driver awslogs requires options: awslogs-region, awslogs-group")
	}
	if fargate && l.Options["awslogs-stream-prefix"] == "" {
		return taskRefusal("Log driver awslogs requires option: awslogs-stream-prefix on Fargate")
	}
	if fargate && !in.Has("executionRoleArn") {
		return taskRefusal("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
	}
	return nil
}
