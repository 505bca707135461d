package aws

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

const (
	// graceSeconds is how long a new task may fail its health checks.
	graceSeconds = 60
	// busyPercent is how busy the processors should be: room for the minutes that
	// new tasks take.
	busyPercent = 60
)

// makeColours makes the ECS service of each colour, and what scales it.
func (b *serviceBuilder) makeColours() error {
	for _, c := range b.colours() {
		service, err := b.colour(c)
		if err != nil {
			return err
		}
		if c.live {
			b.svc.Name = service.Name
		}
		if err := b.scale(c, service); err != nil {
			return err
		}
	}
	return nil
}

func (b *serviceBuilder) colour(c colour) (*ecs.Service, error) {
	task, err := b.taskDefinition(c)
	if err != nil {
		return nil, err
	}
	name := b.part(c)
	service, err := ecs.NewService(b.ctx, name, &ecs.ServiceArgs{
		Cluster: b.Cluster.ClusterArn, TaskDefinition: task.Arn, DesiredCount: pulumi.Int(b.Min),
		PlatformVersion: pulumi.String("LATEST"), CapacityProviderStrategies: b.capacity(),
		NetworkConfiguration: ecs.ServiceNetworkConfigurationArgs{
			Subnets: b.Cluster.args.PrivateSubnetIDs, AssignPublicIp: pulumi.Bool(false),
			SecurityGroups: pulumi.StringArray{b.Cluster.SecurityGroupIDs[b.Service].ToStringOutput()},
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{ecs.ServiceLoadBalancerArgs{
			ContainerName: pulumi.String(b.Service), ContainerPort: pulumi.Int(b.port()), TargetGroupArn: b.targets[c.name].Arn,
		}},
		HealthCheckGracePeriodSeconds: pulumi.Int(graceSeconds),
		// New tasks come before old ones go, and what does not come up is rolled
		// back.
		DeploymentMinimumHealthyPercent: pulumi.Int(100), DeploymentMaximumPercent: pulumi.Int(200),
		DeploymentCircuitBreaker: ecs.ServiceDeploymentCircuitBreakerArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)},
		WaitForSteadyState:       pulumi.Bool(true),
		// After the loss of a zone and its return, tasks spread out again.
		AvailabilityZoneRebalancing: pulumi.String("ENABLED"),
		// Without it another share of spot would replace the service.
		ForceNewDeployment:   pulumi.Bool(true),
		EnableExecuteCommand: pulumi.Bool(b.Shell),
		EnableEcsManagedTags: pulumi.Bool(true), PropagateTags: pulumi.String("SERVICE"),
		Tags: b.tags("ecs", name, map[string]string{"service": b.Service, "colour": c.name}),
	}, b.child(
		pulumi.DependsOn(b.ready),
		// The scaling decides.
		pulumi.IgnoreChanges([]string{"desiredCount"}),
	)...)
	if err != nil {
		return nil, fmt.Errorf("creating ECS service %s: %w", name, err)
	}
	return service, nil
}

// capacity is what the tasks run on. Where spot is not all, the first task never
// is: one is always left.
func (b *serviceBuilder) capacity() ecs.ServiceCapacityProviderStrategyArray {
	var all ecs.ServiceCapacityProviderStrategyArray
	if b.SpotPercent < 100 {
		all = append(all, ecs.ServiceCapacityProviderStrategyArgs{
			CapacityProvider: pulumi.String("FARGATE"), Base: pulumi.Int(1), Weight: pulumi.Int(100 - b.SpotPercent),
		})
	}
	if b.SpotPercent > 0 {
		all = append(all, ecs.ServiceCapacityProviderStrategyArgs{CapacityProvider: pulumi.String("FARGATE_SPOT"), Weight: pulumi.Int(b.SpotPercent)})
	}
	return all
}

// scalable is something whose number Application Auto Scaling changes.
type scalable struct {
	pulumi.CustomResourceState

	ServiceNamespace  pulumi.StringOutput `pulumi:"serviceNamespace"`
	ScalableDimension pulumi.StringOutput `pulumi:"scalableDimension"`
	ResourceID        pulumi.StringOutput `pulumi:"resourceId"`
}

// scale starts tasks when processors are busy or requests many, and stops them
// more slowly.
func (b *serviceBuilder) scale(c colour, service *ecs.Service) error {
	name := b.part(c)
	target, err := component.Bind[scalable](b.ctx, "aws:appautoscaling/target:Target", name, pulumi.Map{
		"serviceNamespace": pulumi.String("ecs"), "scalableDimension": pulumi.String("ecs:service:DesiredCount"),
		"resourceId":  pulumi.Sprintf("service/%s/%s", b.Cluster.ClusterName, service.Name),
		"minCapacity": pulumi.Int(b.Min), "maxCapacity": pulumi.Int(b.Max), "tags": b.tags("ecs", name),
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("making ECS service %s scalable: %w", name, err)
	}
	if err := b.follow(name+"-cpu", target, busyPercent, pulumi.Map{"predefinedMetricType": pulumi.String("ECSServiceAverageCPUUtilization")}); err != nil {
		return err
	}
	if b.RequestsPerTask == 0 {
		return nil
	}
	return b.follow(name+"-requests", target, b.RequestsPerTask, pulumi.Map{
		"predefinedMetricType": pulumi.String("ALBRequestCountPerTarget"),
		"resourceLabel":        pulumi.Sprintf("%s/%s", b.Cluster.LoadBalancerID, b.targets[c.name].ArnSuffix),
	})
}

func (b *serviceBuilder) follow(name string, target *scalable, value int, metric pulumi.Map) error {
	_, err := bind(b.ctx, "aws:appautoscaling/policy:Policy", name, pulumi.Map{
		"policyType":       pulumi.String("TargetTrackingScaling"),
		"serviceNamespace": target.ServiceNamespace, "scalableDimension": target.ScalableDimension, "resourceId": target.ResourceID,
		"targetTrackingScalingPolicyConfiguration": pulumi.Map{
			"targetValue": pulumi.Float64(value), "predefinedMetricSpecification": metric,
			"scaleOutCooldown": pulumi.Int(60), "scaleInCooldown": pulumi.Int(300),
		},
	}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating scaling policy %s: %w", name, err)
	}
	return nil
}
