package aws

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

const (
	ecsServiceToken = "aws:ecs/service:Service"
	ecsTaskToken    = "aws:ecs/taskDefinition:TaskDefinition"
	ecsRuleToken    = "aws:lb/listenerRule:ListenerRule"
	ecsTargetToken  = "aws:lb/targetGroup:TargetGroup"
	ecsListenToken  = "aws:lb/listener:Listener"
	ecsDoorToken    = "aws:lb/loadBalancer:LoadBalancer"
	ecsRoleToken    = "aws:iam/role:Role"
	ecsPolicyToken  = "aws:iam/rolePolicy:RolePolicy"
)

// ecsTest is what a test of services changes: the cluster and its services by
// name, of which there is one, backend.
type ecsTest struct {
	scope    Scope
	cluster  func(*EcsArgs)
	waf      bool // in front of the load balancer
	services map[string]func(*EcsServiceArgs)
	see      func(*Ecs, map[string]*EcsService)
}

// program makes a network, keys, a bucket for logs, a cluster and its services.
func (e ecsTest) program(ctx *pulumi.Context, opt pulumi.ResourceOption) error {
	s := e.scope
	if s.Prefix == "" {
		s = testScope()
	}
	key, err := NewKey(ctx, "key", &KeyArgs{Scope: s, Purpose: "test", Users: append(FargateMayUse(s), LogsMayUse(s))}, opt)
	if err != nil {
		return err
	}
	network, err := NewVpc(ctx, "network", &VpcArgs{
		Scope: s, CIDR: "10.0.0.0/16", Zones: map[string]int{"eu-west-1a": 0, "eu-west-1b": 1}, NAT: NATSingle, FlowLogs: "REJECT", LogDays: 7, LogKeyArn: key.Arn,
	}, opt)
	if err != nil {
		return err
	}
	logs, err := NewBucket(ctx, "logs", &BucketArgs{Scope: s, Purpose: "logs", ReceivesLogs: true, EmptyOnDelete: true}, opt)
	if err != nil {
		return err
	}
	args := &EcsArgs{
		Scope: s, VpcID: network.ID, PublicSubnetIDs: network.PublicSubnetIDs(), PrivateSubnetIDs: network.PrivateSubnetIDs(),
		Host: "api.example.com", ZoneID: pulumi.String("Z0123456789EXAMPLE"), LogBucket: logs.Name, Ports: map[string]int{"backend": 8080, "frontend": 3000},
		LogKeyArn: key.Arn, DiskKeyArn: key.Arn, ShellKeyArn: key.Arn, LogDays: 7, AuditDays: 365,
	}
	if e.cluster != nil {
		e.cluster(args)
	}
	if e.waf {
		waf, err := NewWaf(ctx, "waf", &WafArgs{Scope: s, For: WafRegional, LogDays: 7, LogKeyArn: key.Arn}, opt)
		if err != nil {
			return err
		}
		args.WebACLArn = waf.Arn
	}
	whole := pulumi.DependsOn([]pulumi.Resource{network})
	cluster, err := NewEcs(ctx, "ecs", args, opt, whole)
	if err != nil {
		return err
	}
	made := map[string]*EcsService{}
	for _, name := range slices.Sorted(maps.Keys(e.edits())) {
		service := ecsServiceArgs(s, cluster, name)
		e.edits()[name](service)
		if made[name], err = NewEcsService(ctx, "ecs-"+name, service, opt, whole); err != nil {
			return err
		}
	}
	if e.see != nil {
		e.see(cluster, made)
	}
	return nil
}

func (e ecsTest) edits() map[string]func(*EcsServiceArgs) {
	if e.services != nil {
		return e.services
	}
	return map[string]func(*EcsServiceArgs){"backend": func(*EcsServiceArgs) {}}
}

func ecsServiceArgs(s Scope, cluster *Ecs, name string) *EcsServiceArgs {
	return &EcsServiceArgs{
		Scope: s, Cluster: cluster, Service: name, Image: "ghcr.io/acme/backend:1.2.3", CPU: 256, Memory: 512, Architecture: "arm64",
		Min: 1, Max: 3, RequestsPerTask: 600, Host: "api.example.com", Paths: []string{"/api/*"}, Order: 10, HealthPath: "/healthz",
		DrainSeconds: 30, User: "10001:10001", LogKeyArn: cluster.args.LogKeyArn, LogDays: 7,
	}
}

func (e ecsTest) run(t *testing.T, opts ...simtest.Option) *simtest.Graph {
	t.Helper()
	return run(t, e.program, opts...)
}

// backend changes the one service.
func backend(edit func(*EcsServiceArgs)) ecsTest {
	return ecsTest{services: map[string]func(*EcsServiceArgs){"backend": edit}}
}

// containerOf is the one container of a task definition.
func containerOf(t *testing.T, task simtest.Resource) simcloud.Values {
	t.Helper()
	var all []map[string]any
	if err := json.Unmarshal([]byte(task.Inputs.String("containerDefinitions")), &all); err != nil || len(all) != 1 {
		t.Fatalf("%s has %d containers (%v)", task.Name, len(all), err)
	}
	return all[0]
}

// bySid are the statements of a policy.
func bySid(t *testing.T, document string) map[string]Statement {
	t.Helper()
	var p Policy
	if err := json.Unmarshal([]byte(document), &p); err != nil {
		t.Fatal(err)
	}
	all := map[string]Statement{}
	for _, s := range p.Statement {
		all[s.Sid] = s
	}
	return all
}
