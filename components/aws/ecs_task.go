package aws

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The parts of a container definition, in ECS's own names.
type (
	containerDefinition struct {
		Name                   string           `json:"name"`
		Image                  string           `json:"image"`
		Essential              bool             `json:"essential"`
		User                   string           `json:"user"`
		Privileged             bool             `json:"privileged"`
		ReadonlyRootFilesystem bool             `json:"readonlyRootFilesystem"`
		StopTimeout            int              `json:"stopTimeout"`
		PortMappings           []portMapping    `json:"portMappings"`
		Environment            []nameValue      `json:"environment"`
		Secrets                []nameSource     `json:"secrets,omitempty"`
		MountPoints            []mountPoint     `json:"mountPoints,omitempty"`
		LinuxParameters        linuxParameters  `json:"linuxParameters"`
		LogConfiguration       containerLogging `json:"logConfiguration"`
	}
	portMapping struct {
		ContainerPort int    `json:"containerPort"`
		HostPort      int    `json:"hostPort"`
		Protocol      string `json:"protocol"`
	}
	nameValue struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	nameSource struct {
		Name      string `json:"name"`
		ValueFrom string `json:"valueFrom"`
	}
	mountPoint struct {
		SourceVolume  string `json:"sourceVolume"`
		ContainerPath string `json:"containerPath"`
		ReadOnly      bool   `json:"readOnly"`
	}
	linuxParameters struct {
		InitProcessEnabled bool                `json:"initProcessEnabled"`
		Capabilities       map[string][]string `json:"capabilities"`
	}
	containerLogging struct {
		LogDriver string            `json:"logDriver"`
		Options   map[string]string `json:"options"`
	}
)

// taskDefinition makes a revision of a colour's task definition. Each change is
// a new one; the one before goes only when the service runs on it, so that ECS
// can go back.
func (b *serviceBuilder) taskDefinition(c colour) (*ecs.TaskDefinition, error) {
	name := b.part(c)
	args := &ecs.TaskDefinitionArgs{
		Family: pulumi.String(b.Prefix + "-" + name), RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}), NetworkMode: pulumi.String("awsvpc"),
		Cpu: pulumi.String(strconv.Itoa(b.CPU)), Memory: pulumi.String(strconv.Itoa(b.Memory)),
		ExecutionRoleArn: b.execution.Arn, TaskRoleArn: b.task.Arn,
		RuntimePlatform: ecs.TaskDefinitionRuntimePlatformArgs{
			OperatingSystemFamily: pulumi.String("LINUX"), CpuArchitecture: pulumi.String(strings.ToUpper(b.Architecture)),
		},
		ContainerDefinitions: b.definitions(c),
		Tags:                 b.tags("ecs", name, map[string]string{"service": b.Service, "colour": c.name}),
	}
	volumes := ecs.TaskDefinitionVolumeArray{}
	for _, path := range b.Scratch {
		volumes = append(volumes, ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(volumeName(path))})
	}
	if len(volumes) > 0 {
		args.Volumes = volumes
	}
	task, err := ecs.NewTaskDefinition(b.ctx, name, args, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("creating task definition %s: %w", name, err)
	}
	return task, nil
}

// volumeName is the name of the volume at a path: scratch-var-cache of
// /var/cache.
func volumeName(path string) string {
	return "scratch-" + strings.NewReplacer("/", "-", ".", "-").Replace(strings.Trim(path, "/"))
}

// definitions are a colour's container definitions, which wait for the
// database's address where there is one.
func (b *serviceBuilder) definitions(c colour) pulumi.StringOutput {
	host := pulumi.String("").ToStringOutput()
	if b.Database != nil {
		host = b.Database.Host.ToStringOutput()
	}
	return pulumi.All(b.logs.Name, host).ApplyT(func(all []any) (string, error) {
		text, err := json.Marshal([]containerDefinition{b.container(c, all[0].(string), all[1].(string))})
		return string(text), err
	}).(pulumi.StringOutput)
}

func (b *serviceBuilder) container(c colour, log, database string) containerDefinition {
	d := containerDefinition{
		Name: b.Service, Image: c.image, Essential: true, User: b.User,
		// The agent of a shell writes into the container.
		ReadonlyRootFilesystem: !b.Shell,
		// It has to be over before the notice of a spot task is, after two minutes.
		StopTimeout:     min(b.DrainSeconds+10, 120),
		PortMappings:    []portMapping{{b.port(), b.port(), "tcp"}},
		Environment:     b.environment(database),
		LinuxParameters: linuxParameters{InitProcessEnabled: true, Capabilities: map[string][]string{"drop": {"ALL"}}},
		LogConfiguration: containerLogging{LogDriver: "awslogs", Options: map[string]string{
			"awslogs-group": log, "awslogs-region": b.Region, "awslogs-stream-prefix": c.name,
			// A log that is slow to take lines must not stop the service.
			"mode": "non-blocking", "max-buffer-size": "25m",
		}},
	}
	for _, name := range slices.Sorted(maps.Keys(b.Secrets)) {
		d.Secrets = append(d.Secrets, nameSource{name, b.Secrets[name].From})
	}
	for _, path := range b.Scratch {
		d.MountPoints = append(d.MountPoints, mountPoint{volumeName(path), path, false})
	}
	return d
}

// environment are the variables of a container: the program's own first, so that
// a stack's settings win.
func (b *serviceBuilder) environment(database string) []nameValue {
	all := map[string]string{"PORT": strconv.Itoa(b.port())}
	if d := b.Database; d != nil {
		all["DATABASE_HOST"], all["DATABASE_PORT"] = database, strconv.Itoa(d.Port)
		all["DATABASE_NAME"], all["DATABASE_USER"], all["DATABASE_SSLMODE"] = d.Name, d.User, "verify-full"
	}
	maps.Copy(all, b.Env)
	var list []nameValue
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, nameValue{name, all[name]})
	}
	return list
}
