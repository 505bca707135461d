package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func clusterStep(changes ...any) s3Step {
	return made("cluster", ecsClusterToken, props{"name": "main"}, changes...)
}

func capacityStep(providers ...any) s3Step {
	return s3Step{name: "capacity", token: ecsCapacityToken, in: simcloud.Values{"clusterName": "{cluster.name}", "capacityProviders": providers}}
}

// oneContainer is a container definition, changed.
func oneContainer(change func(c props)) string {
	c := props{
		"name": "app", "image": "app:1", "portMappings": []any{props{"containerPort": 8080}},
		"logConfiguration": props{"logDriver": "awslogs", "options": props{"awslogs-group": "/ecs/app", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "app"}},
	}
	if change != nil {
		change(c)
	}
	text, err := json.Marshal([]any{c})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func roleStep(service string) s3Step {
	return s3Step{name: "role", token: roleToken, in: simcloud.Values{
		"name":             "task",
		"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"` + service + `"}}]}`,
	}}
}

func taskStep(changes ...any) s3Step {
	return made("task", ecsTaskToken, props{
		"family": "app", "requiresCompatibilities": []any{"FARGATE"}, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
		"executionRoleArn": "arn:aws:iam::111122223333:role/task", "taskRoleArn": "arn:aws:iam::111122223333:role/task", "containerDefinitions": oneContainer(nil),
	}, changes...)
}

func TestTaskDefinitions(t *testing.T) {
	definitions := func(change func(c props)) []s3Step {
		return []s3Step{taskStep("containerDefinitions", oneContainer(change))}
	}
	cases := []s3Case{
		{"fine", []s3Step{taskStep()}, ""},
		{"no CPU", []s3Step{taskStep("cpu", nil)}, "ClientException: Fargate requires that 'cpu' be defined at the task level."},
		{"network mode", []s3Step{taskStep("networkMode", "bridge")}, "ClientException: Fargate only supports network mode"},
		{"no JSON", []s3Step{taskStep("containerDefinitions", "[")}, "ECS Task Definition container_definitions is invalid"},
		{"no container", []s3Step{taskStep("containerDefinitions", "[]")}, "ClientException: Container list cannot be empty."},
		{"no name", definitions(func(c props) { delete(c, "name") }), "ClientException: Container.name"},
		{"no image", definitions(func(c props) { delete(c, "image") }), "ClientException: Container.image"},
		{"GPU", definitions(func(c props) { c["resourceRequirements"] = []any{props{"type": "GPU", "value": "1"}} }), "ClientException: Fargate does not support GPU"},
		{"container memory", definitions(func(c props) { c["memory"] = 1024 }), "ClientException: The 'memory' setting for container 'app' is greater than for the task."},
		{"host port", definitions(func(c props) { c["portMappings"] = []any{props{"containerPort": 8080, "hostPort": 80}} }), "ClientException: When networkMode=awsvpc, the host ports"},
		{"volume", definitions(func(c props) { c["mountPoints"] = []any{props{"sourceVolume": "tmp"}} }), "ClientException: Unknown volume 'tmp'."},
		{"logs without region", definitions(func(c props) {
			c["logConfiguration"] = props{"logDriver": "awslogs", "options": props{"awslogs-group": "/x"}}
		}), "ClientException: Log driver awslogs requires options"},
		{"logs without prefix", definitions(func(c props) {
			c["logConfiguration"] = props{"logDriver": "awslogs", "options": props{"awslogs-group": "/x", "awslogs-region": "eu-west-1"}}
		}), "ClientException: Log driver awslogs requires option: awslogs-stream-prefix"},
		{"logs without role", []s3Step{taskStep("executionRoleArn", nil)}, "ClientException: Fargate requires task definition to have execution role ARN"},
		{"secrets without role", []s3Step{taskStep("executionRoleArn", nil, "containerDefinitions", oneContainer(func(c props) {
			c["secrets"] = []any{props{"name": "X", "valueFrom": "arn"}}
		}))}, "ClientException: When you are specifying container secrets"},
		{"architecture", []s3Step{taskStep("runtimePlatform", props{"cpuArchitecture": "arm64"})}, "expected runtimePlatform.cpuArchitecture"},
	}
	for size, fits := range map[string]bool{
		"256 512": true, "256 2048": true, "256 3072": false, "300 512": false, "512 512": false, "512 4096": true, "1024 1024": false, "1024 8192": true,
		"2048 4608": false, "4096 30720": true, "8192 20480": true, "8192 18432": false, "16384 122880": true, "x 512": false,
	} {
		cpu, memory, _ := strings.Cut(size, " ")
		want := "ClientException: No Fargate configuration exists for given values: " + cpu + " CPU, " + memory + " memory."
		if fits {
			want = ""
		}
		cases = append(cases, s3Case{size, []s3Step{taskStep("cpu", cpu, "memory", memory)}, want})
	}
	s3Run(t, cases)
}

// A family's revisions count upwards, whatever was deleted before.
func TestTaskRevisions(t *testing.T) {
	cloud, records := simcloud.New(Catalog()), map[string]*simcloud.Record{}
	for i, want := range []string{"app:1", "app:2", "app:3"} {
		if err := s3Do(cloud, records, named(taskStep(), want)); err != nil {
			t.Fatal(err)
		}
		if got := records[want]; !strings.HasSuffix(got.Out.String("arn"), want) || got.Out.Int("revision") != i+1 {
			t.Errorf("got %s, want %s", got.Out.String("arn"), want)
		}
	}
}

// ecsBase is everything that a service needs.
func ecsBase(without ...string) []s3Step {
	all := withLB(
		clusterStep(), capacityStep("FARGATE", "FARGATE_SPOT"), roleStep("ecs-tasks.amazonaws.com"), taskStep(),
		s3Step{name: "log", token: logGroupToken, in: simcloud.Values{"name": "/ecs/app"}},
		balancerStep(), targetStep("port", 8080.0), listenerStep(),
	)
	return slices.DeleteFunc(all, func(s s3Step) bool { return slices.Contains(without, s.name) })
}

func serviceStep(changes ...any) s3Step {
	return made("app", ecsServiceToken, props{
		"name": "app", "cluster": "{cluster.arn}", "taskDefinition": "{task.arn}", "waitForSteadyState": true, "desiredCount": 1.0,
		"capacityProviderStrategies": []any{props{"capacityProvider": "FARGATE", "weight": 1.0}},
		"networkConfiguration":       props{"subnets": []any{"{a.id}", "{b.id}"}, "securityGroups": []any{"{door.id}"}},
		"loadBalancers":              []any{props{"containerName": "app", "containerPort": 8080.0, "targetGroupArn": "{tg.arn}"}},
	}, changes...)
}

func TestServices(t *testing.T) {
	with := func(more ...s3Step) []s3Step { return append(ecsBase(), more...) }
	balancer := func(container string, port float64) []any {
		return []any{props{"containerName": container, "containerPort": port, "targetGroupArn": "{tg.arn}"}}
	}
	network := func(subnets, groups []any) props { return props{"subnets": subnets, "securityGroups": groups} }
	s3Run(t, []s3Case{
		{"fine", with(serviceStep()), ""},
		{"no cluster", with(serviceStep("cluster", "arn:aws:ecs:eu-west-1:111122223333:cluster/none")), "ClusterNotFoundException: Cluster not found."},
		{"no task definition", with(serviceStep("taskDefinition", "arn")), "ClientException: TaskDefinition not found."},
		{"no subnet", with(serviceStep("networkConfiguration", network([]any{"subnet-1"}, nil))), "InvalidParameterException: Error retrieving subnet information"},
		{"no group", with(serviceStep("networkConfiguration", network([]any{"{a.id}"}, []any{"sg-1"}))), "InvalidParameterException: Error retrieving security group information"},
		{"group elsewhere", with(serviceStep("networkConfiguration", network([]any{"{a.id}"}, []any{"{foreign.id}"}))), "InvalidParameterException: The security group"},
		{"no network", with(serviceStep("networkConfiguration", nil)), "InvalidParameterException: Network Configuration must be provided"},
		{"spot not attached", append(ecsBase("capacity"), capacityStep("FARGATE"), serviceStep("capacityProviderStrategies", []any{props{"capacityProvider": "FARGATE_SPOT", "weight": 1.0}})), "InvalidParameterException: The specified capacity provider strategy cannot contain"},
		{"nothing attached", append(ecsBase("capacity"), serviceStep()), "InvalidParameterException: The specified capacity provider strategy cannot contain"},
		{"no weight", with(serviceStep("capacityProviderStrategies", []any{props{"capacityProvider": "FARGATE", "weight": 0.0}})), "InvalidParameterException: A capacity provider strategy needs"},
		{"launch type too", with(serviceStep("launchType", "FARGATE")), `"launchType": conflicts`},
		{"no Fargate task", append(ecsBase("task"), taskStep("requiresCompatibilities", []any{"EC2"}), serviceStep()), "InvalidParameterException: Task definition does not support launch_type FARGATE."},
		{"no such container", with(serviceStep("loadBalancers", balancer("web", 8080))), "InvalidParameterException: The container web does not exist in the task definition."},
		{"no such port", with(serviceStep("loadBalancers", balancer("app", 80))), "InvalidParameterException: The container app did not have a container port 80 defined."},
		{"target type", append(ecsBase("tg", "https"), targetStep("targetType", "instance"), listenerStep(), serviceStep()), "InvalidParameterException: The provided target group"},
		{"no such target group", append(ecsBase(), serviceStep("loadBalancers", []any{props{"containerName": "app", "containerPort": 8080.0, "targetGroupArn": "arn"}})), "InvalidParameterException: The target group with targetGroupArn arn does not exist."},
		{"no listener", append(ecsBase("https"), serviceStep()), "InvalidParameterException: The target group with targetGroupArn"},
		{"grace without balancer", with(serviceStep("loadBalancers", nil, "healthCheckGracePeriodSeconds", 30.0)), "InvalidParameterException: Health check grace period"},
		{"blocked deployment", with(serviceStep("deploymentMinimumHealthyPercent", 100.0, "deploymentMaximumPercent", 100.0)), "InvalidParameterException: Both maximumPercent and minimumHealthyPercent"},
		{"breaker of CodeDeploy", with(serviceStep("deploymentCircuitBreaker", props{"enable": true}, "deploymentController", props{"type": "CODE_DEPLOY"})), "InvalidParameterException: Deployment circuit breaker"},
		{"name taken", with(serviceStep(), named(serviceStep(), "app2")), "InvalidParameterException: Creation of service was not idempotent."},
		{"role of nobody", append(ecsBase("role"), serviceStep()), "AccessDeniedException: ECS was unable to assume the role"},
		{"role of another", append(ecsBase("role"), roleStep("ec2.amazonaws.com"), serviceStep()), "AccessDeniedException: ECS was unable to assume the role"},
		{"shell without role", append(ecsBase("task"), taskStep("taskRoleArn", nil), serviceStep("enableExecuteCommand", true)), "InvalidParameterException: The service couldn't be created because a valid taskRoleArn"},
		{"no log group", append(ecsBase("log"), serviceStep()), "ResourceInitializationError: failed to validate logger args"},
		{"no log group, not waiting", append(ecsBase("log"), serviceStep("waitForSteadyState", false)), ""},
		{"cluster in use", with(serviceStep(), gone("cluster")), "ClusterContainsServicesException"},
		{"capacity in use", with(serviceStep(), gone("capacity")), "ResourceInUseException: The specified capacity provider is in use"},
		{"capacity taken away", with(serviceStep(), changed(capacityStep("FARGATE_SPOT"))), "ResourceInUseException: The specified capacity provider is in use"},
		{"subnet in use", with(serviceStep(), gone("a")), "DependencyViolation"},
		{"all gone", with(serviceStep(), gone("app"), gone("capacity"), gone("cluster")), ""},
	})
}

func TestClusters(t *testing.T) {
	const exec, storage = "executeCommandConfiguration", "managedStorageConfiguration"
	key := func(policy string) s3Step {
		in := simcloud.Values{}
		if policy != "" {
			in["policy"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"},` + policy + `]}`
		}
		return s3Step{name: "key", token: keyToken, in: in}
	}
	disks := clusterStep("configuration", props{storage: props{"fargateEphemeralStorageKmsKeyId": "{key.arn}"}})
	fargate := func(action string) string {
		return `{"Effect":"Allow","Principal":{"Service":"fargate.amazonaws.com"},"Action":` + action + `,"Resource":"*"}`
	}
	s3Run(t, []s3Case{
		{"fine", []s3Step{clusterStep("settings", []any{props{"name": "containerInsights", "value": "enhanced"}})}, ""},
		{"name", []s3Step{clusterStep("name", "a b")}, "invalid value for name"},
		{"name taken", []s3Step{clusterStep(), named(clusterStep(), "again")}, "ResourceConflict"},
		{"insights", []s3Step{clusterStep("settings", []any{props{"name": "containerInsights", "value": "on"}})}, "expected value"},
		{"shell logs nowhere", []s3Step{clusterStep("configuration", props{exec: props{"logging": "OVERRIDE"}})}, "InvalidParameterException: Log configuration must be specified"},
		{"no key for shells", []s3Step{clusterStep("configuration", props{exec: props{"kmsKeyId": "arn"}})}, "InvalidParameterException: The specified KMS key"},
		{"no key for disks", []s3Step{clusterStep("configuration", props{storage: props{"fargateEphemeralStorageKmsKeyId": "arn"}})}, "InvalidParameterException: The specified KMS key"},
		{"key that Fargate may not use", []s3Step{key(fargate(`"kms:CreateGrant"`)), disks}, "AccessDeniedException: The policy of the key"},
		{"key that Fargate may use", []s3Step{key(fargate(`["kms:CreateGrant","kms:GenerateDataKeyWithoutPlaintext"]`)), disks}, ""},
		{"capacity of nobody", []s3Step{clusterStep(), capacityStep("EC2")}, "InvalidParameterException: The specified capacity provider 'EC2' does not exist."},
		{"capacity without cluster", []s3Step{{name: "c", token: ecsCapacityToken, in: simcloud.Values{"clusterName": "none"}}}, "ClusterNotFoundException"},
		{"default not attached", []s3Step{clusterStep(), made("c", ecsCapacityToken, props{
			"clusterName": "main", "capacityProviders": []any{"FARGATE"}, "defaultCapacityProviderStrategies": []any{props{"capacityProvider": "FARGATE_SPOT"}},
		})}, "InvalidParameterException: The specified capacity provider strategy cannot contain"},
	})
}

func TestScaling(t *testing.T) {
	identity := props{"resourceId": "service/main/app", "scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs"}
	target := func(changes ...any) s3Step {
		return made("target", scalableToken, identity, append([]any{"minCapacity", 1.0, "maxCapacity", 3.0}, changes...)...)
	}
	policy := func(kind, label string, changes ...any) s3Step {
		track := props{"targetValue": 60.0, "predefinedMetricSpecification": props{"predefinedMetricType": kind, "resourceLabel": label}}
		return made("policy", scalingPolicyToken, identity, append([]any{"name", "p", "policyType", "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration", track}, changes...)...)
	}
	with := func(more ...s3Step) []s3Step { return slices.Concat(ecsBase(), []s3Step{serviceStep()}, more) }
	s3Run(t, []s3Case{
		{"fine", with(target(), policy("ECSServiceAverageCPUUtilization", "")), ""},
		{"no service", []s3Step{target()}, "ValidationException: ECS service doesn't exist"},
		{"range", with(target("maxCapacity", 0.0)), "ValidationException: Maximum capacity"},
		{"dimension", with(target("scalableDimension", "ecs:service:Count")), "ValidationException: Unsupported service namespace"},
		{"no target", with(policy("ECSServiceAverageCPUUtilization", "")), "ObjectNotFoundException: No scalable target registered"},
		{"metric", with(target(), policy("CPU", "")), "ValidationException: Predefined metric type CPU"},
		{"no value", with(target(), policy("x", "", "targetTrackingScalingPolicyConfiguration", props{})), "ValidationException: TargetTrackingScalingPolicyConfiguration.TargetValue"},
		{"label", with(target(), policy("ALBRequestCountPerTarget", "{lb.arnSuffix}/{tg.arnSuffix}")), ""},
		{"label format", with(target(), policy("ALBRequestCountPerTarget", "{lb.arn}")), "ValidationException: Resource label is in an invalid format."},
		{"label of another", with(target(), policy("ALBRequestCountPerTarget", "app/x/1/{tg.arnSuffix}")), "ValidationException: Target group"},
		{"policy type", with(target(), policy("x", "", "policyType", "Simple")), "expected policyType"},
	})
}
