package aws

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// makeLog makes the service's log group.
func (b *serviceBuilder) makeLog() error {
	logs, err := b.logGroup(b.ctx, "ecs", b.name, pulumi.String("/ecs/"+b.Prefix+"/"+b.Service), b.LogKeyArn, b.LogDays, b.child()...)
	if err != nil {
		return err
	}
	b.logs, b.svc.LogGroup = logs, logs.Name
	return nil
}

// makeRoles makes the two roles of a task: the one by which Fargate starts it
// and the one by which its containers act. Neither can do what the other can.
func (b *serviceBuilder) makeRoles() error {
	execution, err := b.role("execution", "Fargate starts tasks of "+b.Service)
	if err != nil {
		return err
	}
	b.execution = execution
	start := b.logs.Arn.ApplyT(func(log string) string { return policy(b.mayStart(log)...) }).(pulumi.StringOutput)
	if err := b.grant("execution", execution, start); err != nil {
		return err
	}
	task, err := b.role("task", "What the containers of "+b.Service+" may do")
	if err != nil {
		return err
	}
	b.task, b.svc.TaskRoleArn = task, task.Arn
	// The role of a service that may do nothing has no policy: IAM has no empty one.
	if b.Database != nil {
		connect := b.Database.ResourceID.ToStringOutput().ApplyT(func(id string) string {
			return policy(allow("Database", []string{"rds-db:connect"}, []string{b.arn("rds-db", "dbuser:"+id+"/"+b.Database.User)}))
		}).(pulumi.StringOutput)
		if err := b.grant("database", task, connect); err != nil {
			return err
		}
	}
	if !b.Shell {
		return nil
	}
	shell := b.Cluster.args.ShellKeyArn.ToStringOutput().ApplyT(func(key string) string { return policy(b.mayOpenShell(key)...) }).(pulumi.StringOutput)
	return b.grant("shell", task, shell)
}

// role makes a role that only ECS of this account and region assumes.
// Source: ECS developer guide, "Amazon ECS task IAM role", confused deputy.
func (b *serviceBuilder) role(part, says string) (*iam.Role, error) {
	name := b.name + "-" + part
	role, err := iam.NewRole(b.ctx, name, &iam.RoleArgs{
		Description: pulumi.String(says),
		AssumeRolePolicy: pulumi.String(policy(Statement{
			Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: &Principal{Service: []string{"ecs-tasks.amazonaws.com"}},
			Condition: map[string]map[string][]string{
				"StringEquals": {"aws:SourceAccount": {b.AccountID}}, "ArnLike": {"aws:SourceArn": {b.arn("ecs", "*")}},
			},
		})),
		Tags: b.tags("ecs", name),
	}, b.child()...)
	if err != nil {
		return nil, fmt.Errorf("creating role %s: %w", name, err)
	}
	return role, nil
}

// grant lets a role do what a policy says, before any task starts.
func (b *serviceBuilder) grant(part string, role *iam.Role, document pulumi.StringOutput) error {
	p, err := iam.NewRolePolicy(b.ctx, b.name+"-"+part, &iam.RolePolicyArgs{Role: role.Name, Policy: document}, b.child()...)
	if err != nil {
		return fmt.Errorf("creating policy %s: %w", b.name+"-"+part, err)
	}
	b.ready = append(b.ready, p)
	return nil
}

// ecrImage is an image in a registry of ECR: account, region and repository.
var ecrImage = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9._/-]+)[:@]`)

// mayStart is what Fargate does to start a task: get the image, write the log,
// read the secrets.
func (b *serviceBuilder) mayStart(log string) []Statement {
	all := []Statement{allow("Log", []string{"logs:CreateLogStream", "logs:PutLogEvents"}, []string{log + ":*"})}
	var repositories []string
	for _, c := range b.colours() {
		if m := ecrImage.FindStringSubmatch(c.image); m != nil {
			repositories = append(repositories, "arn:"+b.Partition+":ecr:"+m[2]+":"+m[1]+":repository/"+m[3])
		}
	}
	if len(repositories) > 0 {
		slices.Sort(repositories)
		all = append(all,
			// The token is the registry's, and has no resource.
			allow("RegistryToken", []string{"ecr:GetAuthorizationToken"}, []string{"*"}),
			allow("Images", []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, slices.Compact(repositories)),
		)
	}
	return append(all, b.maySecrets()...)
}

// maySecrets lets read the secrets, each by its own ARN, and decrypt them with
// their own keys through the store that holds them.
func (b *serviceBuilder) maySecrets() []Statement {
	var secrets, parameters, keys, stores []string
	for _, name := range slices.Sorted(maps.Keys(b.Secrets)) {
		s := b.Secrets[name]
		part := strings.Split(s.From, ":")
		if part[2] == "ssm" {
			parameters = append(parameters, s.From)
		} else {
			secrets = append(secrets, strings.Join(part[:7], ":")) // without the key inside
		}
		if s.KeyArn != "" {
			keys, stores = append(keys, s.KeyArn), append(stores, part[2]+"."+part[3]+".amazonaws.com")
		}
	}
	var all []Statement
	add := func(sid, action string, resources []string) {
		if slices.Sort(resources); len(resources) > 0 {
			all = append(all, allow(sid, []string{action}, slices.Compact(resources)))
		}
	}
	add("Secrets", "secretsmanager:GetSecretValue", secrets)
	add("Parameters", "ssm:GetParameters", parameters)
	add("Decrypt", "kms:Decrypt", keys)
	if len(keys) > 0 {
		slices.Sort(stores)
		all[len(all)-1].Condition = map[string]map[string][]string{"StringEquals": {"kms:ViaService": slices.Compact(stores)}}
	}
	return all
}

// mayOpenShell is what the agent of ECS Exec needs in a container.
// Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec".
func (b *serviceBuilder) mayOpenShell(key string) []Statement {
	record := b.arn("logs", "log-group:"+shellGroup(b.Prefix))
	return []Statement{
		// Sessions have no ARN before they are opened, and log groups are described
		// as a whole.
		allow("Sessions", []string{
			"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
		}, []string{"*"}),
		allow("FindRecord", []string{"logs:DescribeLogGroups"}, []string{"*"}),
		allow("Record", []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}, []string{record, record + ":*"}),
		allow("Key", []string{"kms:Decrypt"}, []string{key}),
	}
}
