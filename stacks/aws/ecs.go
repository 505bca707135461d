package aws

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/stacks/platform"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// makeCompute makes what runs the services: a Kubernetes cluster, or one of ECS.
func (b *builder) makeCompute() error {
	if b.Compute != settings.ECS {
		b.platform.Compute = platform.Kubernetes
		return b.makeCluster()
	}
	b.platform.Compute = platform.Services
	e := b.Ecs
	args := &components.EcsArgs{
		Scope: b.scope, VpcID: b.vpc.ID, PublicSubnetIDs: b.vpc.PublicSubnetIDs(), PrivateSubnetIDs: b.vpc.PrivateSubnetIDs(),
		IPv6: b.Network.IPv6, OnlyCDN: e.OpenTo == settings.OpenToCDN, Host: e.Host, CertificateArn: e.CertificateArn, LogBucket: b.buckets.logs.Name,
		Ports: map[string]int{}, LogKeyArn: b.keys.logs.Arn, DiskKeyArn: b.keys.disks.Arn, ShellKeyArn: b.keys.secrets.Arn,
		LogDays: b.Logs.Days, AuditDays: b.Logs.AuditDays,
	}
	if b.dns != nil {
		args.ZoneID = b.dns.ZoneID
	}
	if b.guard != nil {
		args.WebACLArn = b.guard.Arn
	}
	for _, name := range slices.Sorted(maps.Keys(e.Services)) {
		args.Ports[name] = e.Services[name].Port
		args.MoreHosts = append(args.MoreHosts, e.Services[name].Host)
	}
	// A load balancer for the internet needs its gateway: the whole network comes
	// first, and goes last.
	cluster, err := components.NewEcs(b.ctx, "ecs", args, b.in, pulumi.DependsOn(b.vpc.Ready))
	if err != nil {
		return err
	}
	b.ecs = cluster
	return nil
}

// makeServices makes the services on ECS, which come after the database that
// they connect to.
func (b *builder) makeServices() error {
	if b.ecs == nil {
		return nil
	}
	b.services, b.platform.Services = map[string]*components.EcsService{}, map[string]platform.Service{}
	for _, name := range slices.Sorted(maps.Keys(b.Ecs.Services)) {
		made, err := components.NewEcsService(b.ctx, "ecs-"+name, b.service(name), b.in, pulumi.DependsOn(b.vpc.Ready))
		if err != nil {
			return err
		}
		b.services[name] = made
		b.platform.Services[name] = platform.Service{URL: made.URL}
	}
	return nil
}

func (b *builder) service(name string) *components.EcsServiceArgs {
	s := b.Ecs.Services[name]
	args := &components.EcsServiceArgs{
		Scope: b.scope, Cluster: b.ecs, Service: name, Image: s.Image, CPU: s.CPU, Memory: s.Memory, Architecture: string(b.Ecs.Architecture),
		Live: string(s.Live), Candidate: s.Candidate, CandidatePercent: s.CandidatePercent,
		Min: s.Min, Max: s.Max, RequestsPerTask: s.RequestsPerTask, SpotPercent: s.SpotPercent,
		Env: s.Env, Secrets: map[string]components.EcsSecretArgs{},
		Host: s.Host, Paths: s.Paths, Order: s.Order, HealthPath: s.HealthPath, DrainSeconds: s.DrainSeconds,
		User: s.User, Scratch: s.Scratch, Shell: s.Shell, LogKeyArn: b.keys.logs.Arn, LogDays: b.Logs.Days,
	}
	for variable, secret := range s.Secrets {
		args.Secrets[variable] = components.EcsSecretArgs{From: secret.From, KeyArn: secret.Key}
	}
	if s.Database {
		args.Database = &components.EcsDatabaseArgs{
			Host: b.rds.Host, Port: postgresPort, Name: b.Database.Name, User: strings.ReplaceAll(name, "-", "_"),
			ResourceID: b.rds.ResourceID, SecurityGroupID: b.rds.SecurityGroupID,
		}
	}
	return args
}

// postgresPort is where the database answers: security groups and tasks are
// told before it exists.
const postgresPort = 5432

// clients are the security groups that may connect to the database: all nodes of
// a Kubernetes cluster, or the services on ECS that ask for it.
func (b *builder) clients() map[string]pulumi.StringInput {
	if b.ecs == nil {
		return map[string]pulumi.StringInput{"nodes": b.eks.NodeSecurityGroupID}
	}
	all := map[string]pulumi.StringInput{}
	for name, s := range b.Ecs.Services {
		if s.Database {
			all[name] = b.ecs.SecurityGroupIDs[name].ToStringOutput()
		}
	}
	return all
}

// watchCompute adds the alarms of what runs the services.
func (b *builder) watchCompute(args *components.MonitoringArgs) {
	if b.ecs == nil {
		args.ClusterName, args.NodeGroups = b.eks.Name, map[string]components.NodeGroupAlarms{}
		for name, g := range b.Cluster.NodeGroups {
			args.NodeGroups[name] = components.NodeGroupAlarms{
				AutoScalingGroup: b.eks.AutoScalingGroups[name], Min: g.Min, Max: g.Max,
			}
		}
		return
	}
	args.Ecs = &components.EcsAlarms{
		ClusterName: b.ecs.ClusterName, LoadBalancerID: b.ecs.LoadBalancerID, Services: map[string]components.EcsServiceAlarms{},
	}
	for name, made := range b.services {
		s := b.Ecs.Services[name]
		args.Ecs.Services[name] = components.EcsServiceAlarms{Name: made.Name, TargetGroupID: made.TargetGroupID, Min: s.Min, Max: s.Max}
	}
}
