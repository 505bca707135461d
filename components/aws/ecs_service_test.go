package aws

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func portText(port int) string { return strconv.Itoa(port) }

// testDatabase has the security group of another service: any will do.
func testDatabase(a *EcsServiceArgs) *EcsDatabaseArgs {
	return &EcsDatabaseArgs{
		Host: pulumi.String("db.example"), Port: 5432, Name: "app", User: "backend", ResourceID: pulumi.String("db-ABC"),
		SecurityGroupID: a.Cluster.SecurityGroupIDs["frontend"].ToStringOutput(),
	}
}

func TestEcsTask(t *testing.T) {
	const secret, key = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mail-AbCdEf", "arn:aws:kms:eu-west-1:111122223333:key/1"
	g := backend(func(a *EcsServiceArgs) {
		a.Env = map[string]string{"LEVEL": "info", "DATABASE_USER": "reader"}
		a.Secrets = map[string]EcsSecretArgs{"MAIL": {From: secret + ":password::", KeyArn: key}, "FLAG": {From: "arn:aws:ssm:eu-west-1:111122223333:parameter/flag"}}
		a.Database, a.Scratch = testDatabase(a), []string{"/tmp", "/var/cache"}
	}).run(t)
	g.CheckHouse(t)
	task := g.One(t, ecsTaskToken, "ecs-backend")
	in := task.Inputs
	if in.String("networkMode") != "awsvpc" || in.String("runtimePlatform.cpuArchitecture") != "ARM64" || in.String("cpu") != "256" || in.String("memory") != "512" {
		t.Errorf("the task is %v", in)
	}
	if in.String("executionRoleArn") == in.String("taskRoleArn") || in.String("taskRoleArn") == "" {
		t.Error("one role starts the task and acts in it")
	}
	c := containerOf(t, task)
	if !c.Bool("readonlyRootFilesystem") || c.Bool("privileged") || c.String("user") != "10001:10001" || !slices.Equal(c.Strings("linuxParameters.capabilities.drop[]"), []string{"ALL"}) {
		t.Errorf("the container may do too much: %v", c)
	}
	env := map[string]string{}
	for _, e := range c.Objects("environment[]") {
		env[e.String("name")] = e.String("value")
	}
	if env["DATABASE_HOST"] != "db.example" || env["DATABASE_USER"] != "reader" || env["PORT"] != "8080" || env["LEVEL"] != "info" {
		t.Errorf("environment: got %v", env)
	}
	if got := c.Strings("secrets[].valueFrom"); len(got) != 2 || got[1] != secret+":password::" {
		t.Errorf("secrets: got %v", got)
	}
	if got := c.Strings("mountPoints[].containerPath"); !slices.Equal(got, []string{"/tmp", "/var/cache"}) {
		t.Errorf("scratch: got %v", got)
	}
	if c.String("logConfiguration.options.awslogs-group") != "/ecs/explico-test/backend" || c.Int("stopTimeout") != 40 {
		t.Errorf("log %v, stop after %d", c.Get("logConfiguration"), c.Int("stopTimeout"))
	}
	start := bySid(t, g.One(t, ecsPolicyToken, "ecs-backend-execution").Inputs.String("policy"))
	if got := start["Secrets"]; !slices.Equal(got.Resource, []string{secret}) || !slices.Equal(got.Action, []string{"secretsmanager:GetSecretValue"}) {
		t.Errorf("secrets: got %v", got)
	}
	if got := start["Decrypt"]; !slices.Equal(got.Resource, []string{key}) || !slices.Equal(got.Condition["StringEquals"]["kms:ViaService"], []string{"secretsmanager.eu-west-1.amazonaws.com"}) {
		t.Errorf("decrypt: got %v", got)
	}
	for sid, s := range start {
		if slices.Contains(s.Resource, "*") {
			t.Errorf("%s is for everything", sid)
		}
	}
	connect := bySid(t, g.One(t, ecsPolicyToken, "ecs-backend-database").Inputs.String("policy"))["Database"]
	if !slices.Equal(connect.Resource, []string{"arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-ABC/backend"}) {
		t.Errorf("database: got %v", connect)
	}
}

func TestEcsRoles(t *testing.T) {
	g := backend(func(a *EcsServiceArgs) {
		a.Image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/explico/backend@sha256:0123"
	}).run(t)
	for _, name := range []string{"ecs-backend-execution", "ecs-backend-task"} {
		for _, s := range bySid(t, g.One(t, ecsRoleToken, name).Inputs.String("assumeRolePolicy")) {
			if !slices.Equal(s.Principal.Service, []string{"ecs-tasks.amazonaws.com"}) || s.Condition["StringEquals"]["aws:SourceAccount"] == nil || s.Condition["ArnLike"]["aws:SourceArn"] == nil {
				t.Errorf("%s trusts %v", name, s)
			}
		}
	}
	images := bySid(t, g.One(t, ecsPolicyToken, "ecs-backend-execution").Inputs.String("policy"))["Images"]
	if !slices.Equal(images.Resource, []string{"arn:aws:ecr:eu-west-1:111122223333:repository/explico/backend"}) {
		t.Errorf("images: got %v", images)
	}
	for _, p := range g.All(ecsPolicyToken) {
		if strings.HasPrefix(p.Name, "ecs-") && p.Name != "ecs-backend-execution" {
			t.Errorf("a service that asks for nothing has the policy %s", p.Name)
		}
	}
}

func TestEcsShell(t *testing.T) {
	g := backend(func(a *EcsServiceArgs) { a.Shell = true }).run(t)
	if containerOf(t, g.One(t, ecsTaskToken, "")).Bool("readonlyRootFilesystem") {
		t.Error("the shell's agent cannot write")
	}
	if !g.One(t, ecsServiceToken, "").Inputs.Bool("enableExecuteCommand") {
		t.Error("there is no shell")
	}
	shell := bySid(t, g.One(t, ecsPolicyToken, "ecs-backend-shell").Inputs.String("policy"))
	if got := shell["Key"].Resource; !slices.Equal(got, []string{g.One(t, "aws:kms/key:Key", "").Outputs.String("arn")}) {
		t.Errorf("key: got %v", got)
	}
	if backend(func(*EcsServiceArgs) {}).run(t).One(t, ecsServiceToken, "").Inputs.Bool("enableExecuteCommand") {
		t.Error("there is a shell that nobody asked for")
	}
}

func TestEcsServiceDeployment(t *testing.T) {
	g := backend(func(a *EcsServiceArgs) { a.SpotPercent = 70 }).run(t)
	service := g.One(t, ecsServiceToken, "ecs-backend")
	in := service.Inputs
	if !in.Bool("deploymentCircuitBreaker.enable") || !in.Bool("deploymentCircuitBreaker.rollback") || in.Int("deploymentMinimumHealthyPercent") != 100 || !in.Bool("waitForSteadyState") {
		t.Errorf("the deployment is %v", in)
	}
	if in.Bool("networkConfiguration.assignPublicIp") || !slices.Equal(service.IgnoreChanges, []string{"desiredCount"}) {
		t.Errorf("public address %v, ignores %v", in.Get("networkConfiguration.assignPublicIp"), service.IgnoreChanges)
	}
	p := in.Objects("capacityProviderStrategies[]")
	if len(p) != 2 || p[0].Int("base") != 1 || p[0].Int("weight") != 30 || p[1].String("capacityProvider") != "FARGATE_SPOT" || p[1].Int("weight") != 70 {
		t.Errorf("capacity: got %v", p)
	}
	for _, urn := range []string{g.One(t, ecsRuleToken, "ecs-backend").URN, g.One(t, ecsPolicyToken, "ecs-backend-execution").URN} {
		if !slices.Contains(service.DependsOn, urn) {
			t.Errorf("the service does not wait for %s", urn)
		}
	}
	group := g.One(t, ecsTargetToken, "ecs-backend").Inputs
	if group.String("targetType") != "ip" || group.Int("deregistrationDelay") != 30 || group.String("healthCheck.path") != "/healthz" || group.String("namePrefix") != "backe-" {
		t.Errorf("the target group is %v", group)
	}
	policies := g.All("aws:appautoscaling/policy:Policy")
	if len(policies) != 2 {
		t.Fatalf("got %d scaling policies, want 2", len(policies))
	}
	const metric = "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification."
	label := g.One(t, "aws:appautoscaling/policy:Policy", "ecs-backend-requests").Inputs.String(metric + "resourceLabel")
	if !strings.HasPrefix(label, "app/explico-test/") || !strings.Contains(label, "/targetgroup/backe-") {
		t.Errorf("label: got %s", label)
	}
}

func TestEcsSpot(t *testing.T) {
	for percent, want := range map[int][]string{0: {"FARGATE"}, 100: {"FARGATE_SPOT"}} {
		g := backend(func(a *EcsServiceArgs) { a.SpotPercent = percent }).run(t)
		if got := g.One(t, ecsServiceToken, "").Inputs.Strings("capacityProviderStrategies[].capacityProvider"); !slices.Equal(got, want) {
			t.Errorf("%d %%: got %v, want %v", percent, got, want)
		}
	}
}

// shares are the weights of a rule by the colour of the target group.
func shares(g *simtest.Graph, rule simtest.Resource) map[string]int {
	colours := map[string]string{}
	for _, r := range g.All(ecsTargetToken) {
		colours[r.ID] = r.Inputs.String("tags.colour")
	}
	all := map[string]int{}
	for _, s := range rule.Inputs.Objects("actions[].forward.targetGroups[]") {
		all[colours[s.String("arn")]] = s.Int("weight")
	}
	return all
}

func TestEcsColours(t *testing.T) {
	const next = "ghcr.io/acme/backend:1.2.4"
	g := backend(func(a *EcsServiceArgs) { a.Candidate, a.CandidatePercent = next, 10 }).run(t)
	if got := shares(g, g.One(t, ecsRuleToken, "ecs-backend")); got["blue"] != 90 || got["green"] != 10 {
		t.Errorf("shares: got %v", got)
	}
	testers := g.One(t, ecsRuleToken, "ecs-backend-candidate")
	if got := shares(g, testers); len(got) != 1 || got["green"] != 100 || testers.Inputs.Int("priority") != 19 {
		t.Errorf("testers get %v in turn %d", got, testers.Inputs.Int("priority"))
	}
	if got := testers.Inputs.String("conditions[].httpHeader.httpHeaderName"); got != CandidateHeader {
		t.Errorf("header: got %s", got)
	}
	if got := containerOf(t, g.One(t, ecsTaskToken, "ecs-backend-green")).String("image"); got != next {
		t.Errorf("the candidate runs %s", got)
	}
	// Live: the colours keep what they run, only the rule changes.
	g = backend(func(a *EcsServiceArgs) { a.Image, a.Candidate, a.Live = next, a.Image, "green" }).run(t)
	if got := containerOf(t, g.One(t, ecsTaskToken, "ecs-backend-green")).String("image"); got != next {
		t.Errorf("green runs %s after it went live", got)
	}
	if got := shares(g, g.One(t, ecsRuleToken, "ecs-backend")); got["green"] != 100 || got["blue"] != 0 {
		t.Errorf("shares: got %v", got)
	}
	// Done: the old colour is gone.
	g = backend(func(a *EcsServiceArgs) { a.Image, a.Live = next, "green" }).run(t)
	if got := g.All(ecsServiceToken); len(got) != 1 || got[0].Name != "ecs-backend-green" {
		t.Errorf("got %v", got)
	}
}

func TestEcsServiceOutputs(t *testing.T) {
	var url, group string
	e := backend(func(*EcsServiceArgs) {})
	done := make(chan bool, 2)
	e.see = func(_ *Ecs, all map[string]*EcsService) {
		all["backend"].URL.ApplyT(func(v string) string { url = v; done <- true; return v })
		all["backend"].TargetGroupID.ApplyT(func(v string) string { group = v; done <- true; return v })
	}
	e.run(t)
	<-done
	<-done
	if url != "https://api.example.com/api" || !strings.HasPrefix(group, "targetgroup/backe-") {
		t.Errorf("got %s and %s", url, group)
	}
	if got := (&EcsServiceArgs{Paths: []string{"/*"}}).base(); got != "/" {
		t.Errorf("base of /*: got %s", got)
	}
}

func TestEcsServiceBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*EcsServiceArgs){
		"Cluster": func(a *EcsServiceArgs) { a.Cluster = nil }, "Service": func(a *EcsServiceArgs) { a.Service = "other" },
		"Image": func(a *EcsServiceArgs) { a.Image = "" }, "Live": func(a *EcsServiceArgs) { a.Live = "red" },
		"CandidatePercent: got 101": func(a *EcsServiceArgs) { a.Candidate, a.CandidatePercent = "x:1", 101 },
		"CandidatePercent: got 5":   func(a *EcsServiceArgs) { a.CandidatePercent = 5 },
		"CPU and Memory":            func(a *EcsServiceArgs) { a.CPU = 0 }, "Architecture": func(a *EcsServiceArgs) { a.Architecture = "mips" },
		"Min and Max": func(a *EcsServiceArgs) { a.Min = 4 }, "SpotPercent": func(a *EcsServiceArgs) { a.SpotPercent = -1 },
		"RequestsPerTask": func(a *EcsServiceArgs) { a.RequestsPerTask = -1 }, "Host": func(a *EcsServiceArgs) { a.Host = "" },
		"Paths": func(a *EcsServiceArgs) { a.Paths = nil }, "Order": func(a *EcsServiceArgs) { a.Order = 0 },
		"HealthPath": func(a *EcsServiceArgs) { a.HealthPath = "healthz" }, "DrainSeconds": func(a *EcsServiceArgs) { a.DrainSeconds = 121 },
		"User": func(a *EcsServiceArgs) { a.User = "0:0" }, "LogKeyArn": func(a *EcsServiceArgs) { a.LogKeyArn = nil },
		"Secrets[X].From": func(a *EcsServiceArgs) { a.Secrets = map[string]EcsSecretArgs{"X": {From: "hunter22"}} },
	} {
		t.Run(want, func(t *testing.T) {
			_, err := simtest.Try("explico", "test", withProvider(backend(edit).program))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that names %s", err, want)
			}
		})
	}
}
