package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func ecsService() *simcloud.Type {
	return &simcloud.Type{
		Token: ecsServiceToken, Noun: "service", Auto: "name", AutoMax: 255, Takes: 2 * time.Minute,
		ID: func(op *simcloud.Op) string {
			return arn(op, "ecs", "service/"+clusterName(op.In.String("cluster"))+"/"+op.In.String("name"))
		},
		Required: []string{"cluster", "taskDefinition"},
		Replace:  []string{"name", "cluster", "launchType", "schedulingStrategy", "deploymentController", "iamRole"},
		ReplaceIf: func(old, new simcloud.Values) []string {
			// One strategy can become another, but there is no way from or to none.
			if old.Has("capacityProviderStrategies") != new.Has("capacityProviderStrategies") {
				return []string{"capacityProviderStrategies"}
			}
			return nil
		},
		Refs: []simcloud.Ref{{
			Path: "cluster", To: []string{ecsClusterToken}, By: "arn", Holds: true, Missing: "ClusterNotFoundException: Cluster not found. (%s)",
		}, {
			Path: "taskDefinition", To: []string{ecsTaskToken}, By: "arn", Missing: "ClientException: TaskDefinition not found. (%s)",
		}, {
			Path: "networkConfiguration.subnets[]", To: []string{subnetToken}, Holds: true,
			Missing: "InvalidParameterException: Error retrieving subnet information for [%s]: The subnet ID does not exist (ErrorCode: InvalidSubnetID.NotFound)",
		}, {
			Path: "networkConfiguration.securityGroups[]", To: []string{securityGroupToken}, Holds: true,
			Missing: "InvalidParameterException: Error retrieving security group information for [%s]: The security group does not exist (ErrorCode: InvalidGroup.NotFound)",
		}, {
			Path: "loadBalancers[].targetGroupArn", To: []string{targetGroupToken}, By: "arn",
			Missing: "InvalidParameterException: The target group with targetGroupArn %s does not exist.",
		}},
		Unique: []simcloud.Unique{{
			Paths: []string{"cluster", "name"}, Words: "InvalidParameterException: Creation of service was not idempotent. (%s, %s)",
		}},
		Validate: validService,
		Refuse:   refuseService,
		Outputs:  func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"arn": op.ID} },
		Delete: func(op *simcloud.Op) error {
			if op.In.Int("desiredCount") > 0 && op.In.String("schedulingStrategy") == "DAEMON" {
				return simcloud.Refusal("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
			}
			return nil // the provider scales it to nothing first, and waits
		},
	}
}

// clusterName is the name in a cluster's ARN.
func clusterName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func serviceRefusal(format string, args ...any) error {
	return simcloud.Refusal("InvalidParameterException", format, args...)
}

func validService(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.Matches(in, "name", ecsName), simcloud.OneOf(in, "launchType", "EC2", "FARGATE", "EXTERNAL"),
		simcloud.OneOf(in, "deploymentController.type", "ECS", "CODE_DEPLOY", "EXTERNAL"), simcloud.OneOf(in, "propagateTags", "SERVICE", "TASK_DEFINITION"),
		simcloud.OneOf(in, "availabilityZoneRebalancing", "ENABLED", "DISABLED"),
	)
	if in.Has("launchType") && in.Has("capacityProviderStrategies") {
		errs = append(errs, fmt.Errorf(`"launchType": conflicts with capacityProviderStrategies`))
	}
	if in.Has("healthCheckGracePeriodSeconds") && !in.Has("loadBalancers") {
		errs = append(errs, serviceRefusal("Health check grace period is only valid for services configured to use load balancers"))
	}
	if in.Int("deploymentMinimumHealthyPercent") == 100 && in.Int("deploymentMaximumPercent") == 100 {
		errs = append(errs, serviceRefusal("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."))
	}
	if in.Bool("deploymentCircuitBreaker.enable") && in.Has("deploymentController") && in.String("deploymentController.type") != "ECS" {
		errs = append(errs, serviceRefusal("Deployment circuit breaker feature is only available with the ECS deployment controller."))
	}
	weight := 0
	for _, p := range in.Objects("capacityProviderStrategies[]") {
		errs = append(errs, simcloud.Problems(simcloud.Between(p, "weight", 0, 1000), simcloud.Between(p, "base", 0, 100000))...)
		weight += p.Int("weight")
	}
	if in.Has("capacityProviderStrategies") && weight == 0 {
		errs = append(errs, serviceRefusal("A capacity provider strategy needs at least one capacity provider with a weight greater than 0."))
	}
	return errs
}

func refuseService(op *simcloud.Op) error {
	task := op.Find(ecsTaskToken, "arn", op.In.String("taskDefinition"))
	if task == nil {
		return nil // refused as missing
	}
	for _, check := range []func(*simcloud.Op, *simcloud.Record) error{capacityFits, networkFits, balancerFits, starts} {
		if err := check(op, task); err != nil {
			return err
		}
	}
	return nil
}

func capacityFits(op *simcloud.Op, task *simcloud.Record) error {
	used := op.In.Strings("capacityProviderStrategies[].capacityProvider")
	fargate := op.In.String("launchType") == "FARGATE" || slices.ContainsFunc(used, func(p string) bool { return strings.HasPrefix(p, "FARGATE") })
	if fargate && !slices.Contains(task.Out.Strings("requiresCompatibilities[]"), "FARGATE") {
		return serviceRefusal("Task definition does not support launch_type FARGATE.")
	}
	var attached []string
	if r := op.Find(ecsCapacityToken, "clusterName", clusterName(op.In.String("cluster"))); r != nil {
		attached = r.Out.Strings("capacityProviders[]")
	}
	for _, p := range used {
		if !slices.Contains(attached, p) {
			return notAssociated()
		}
	}
	return nil
}

func networkFits(op *simcloud.Op, task *simcloud.Record) error {
	awsvpc := task.Out.String("networkMode") == "awsvpc"
	switch {
	case awsvpc && !op.In.Has("networkConfiguration"):
		return serviceRefusal("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	case !awsvpc && op.In.Has("networkConfiguration"):
		return serviceRefusal("Network Configuration is not valid for the given networkMode of this task definition.")
	}
	vpcs, _ := subnetsOf(op, op.In.Strings("networkConfiguration.subnets[]"))
	if len(vpcs) > 1 {
		return serviceRefusal("Subnets provided are not in the same VPC.")
	}
	for _, g := range op.In.Strings("networkConfiguration.securityGroups[]") {
		if vpc := vpcOf(op, securityGroupToken, g); vpc != firstOf(vpcs) {
			return serviceRefusal("The security group %s is not in VPC %s.", g, firstOf(vpcs))
		}
	}
	return nil
}

func balancerFits(op *simcloud.Op, task *simcloud.Record) error {
	all, err := containers(task.In)
	if err != nil {
		return nil // it would not be there
	}
	for _, l := range op.In.Objects("loadBalancers[]") {
		name, group := l.String("containerName"), l.String("targetGroupArn")
		at := slices.IndexFunc(all, func(c container) bool { return c.Name == name })
		if at < 0 {
			return serviceRefusal("The container %s does not exist in the task definition.", name)
		}
		if !slices.ContainsFunc(all[at].PortMappings, func(p struct{ ContainerPort, HostPort int }) bool { return p.ContainerPort == l.Int("containerPort") }) {
			return serviceRefusal("The container %s did not have a container port %d defined.", name, l.Int("containerPort"))
		}
		if kind := op.Find(targetGroupToken, "arn", group).Out.String("targetType"); kind != "ip" && task.Out.String("networkMode") == "awsvpc" {
			if kind == "" {
				kind = "instance"
			}
			return serviceRefusal("The provided target group %s has target type %s, which is incompatible with the awsvpc network mode specified in the task definition.", group, kind)
		}
		if len(balancersOf(op, group)) == 0 {
			return serviceRefusal("The target group with targetGroupArn %s does not have an associated load balancer.", group)
		}
	}
	return nil
}

// starts refuses what ECS accepts and what keeps its tasks from starting: roles
// that cannot be assumed, and logs that go nowhere. Whoever waits for the
// service to be steady is told by the service's events.
func starts(op *simcloud.Op, task *simcloud.Record) error {
	if op.In.Bool("enableExecuteCommand") && task.Out.String("taskRoleArn") == "" {
		return serviceRefusal("The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.")
	}
	for _, path := range []string{"executionRoleArn", "taskRoleArn"} {
		arn := task.Out.String(path)
		if role := op.Find(roleToken, "arn", arn); arn != "" && (role == nil || !eksTrusts(role, "ecs-tasks.amazonaws.com", "sts:AssumeRole")) {
			return simcloud.Refusal("AccessDeniedException",
				"ECS was unable to assume the role '%s' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.", arn)
		}
	}
	all, err := containers(task.In)
	if err != nil || !op.In.Bool("waitForSteadyState") {
		return nil
	}
	for _, c := range all {
		if c.LogConfiguration == nil || c.LogConfiguration.LogDriver != "awslogs" || c.LogConfiguration.Options["awslogs-create-group"] == "true" {
			continue
		}
		if group := c.LogConfiguration.Options["awslogs-group"]; op.Find(logGroupToken, "name", group) == nil {
			return simcloud.Refusal("ResourceInitializationError",
				"failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. (%s)", group)
		}
	}
	return nil
}
