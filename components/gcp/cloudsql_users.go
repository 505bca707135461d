package gcp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// database makes the first database inside the server. It goes with the server,
// which alone may be deleted while the database has connections.
func (b *sqlBuilder) database() error {
	database, err := sql.NewDatabase(b.ctx, b.name, &sql.DatabaseArgs{
		Instance: b.instance.Name, Name: pulumi.String(b.DatabaseName), DeletionPolicy: pulumi.String("ABANDON"),
	}, pulumi.Parent(b.db), pulumi.Protect(b.Protect), pulumi.DependsOn(b.copies))
	if err != nil {
		return fmt.Errorf("creating database %s in %s: %w", b.DatabaseName, b.name, err)
	}
	b.db.DatabaseName = database.Name
	return nil
}

// users makes the master user and its secret, and the users of IAM. PostgreSQL
// does not delete a user that owns something, so they go with the server.
func (b *sqlBuilder) users() error {
	master := b.name + "-master"
	user, err := sql.NewUser(b.ctx, master, &sql.UserArgs{
		Instance: b.instance.Name, Name: pulumi.String(masterUser), Type: pulumi.String("BUILT_IN"), DeletionPolicy: pulumi.String("ABANDON"),
		Password: pulumi.ToSecret(b.Password).(pulumi.StringOutput).ToStringPtrOutput(),
	}, pulumi.Parent(b.db), pulumi.DependsOn(b.copies))
	if err != nil {
		return fmt.Errorf("creating user %s: %w", master, err)
	}
	for _, key := range slices.Sorted(maps.Keys(b.IAMUsers)) {
		name := b.name + "-iam-" + key
		if _, err := sql.NewUser(b.ctx, name, &sql.UserArgs{
			Instance: b.instance.Name, Name: b.IAMUsers[key].ToStringOutput().ApplyT(iamUser).(pulumi.StringOutput).ToStringPtrOutput(),
			Type: pulumi.String("CLOUD_IAM_SERVICE_ACCOUNT"), DeletionPolicy: pulumi.String("ABANDON"),
		}, pulumi.Parent(b.db), pulumi.DependsOn(b.copies)); err != nil {
			return fmt.Errorf("creating user %s: %w", name, err)
		}
		if err := b.letIn(name, b.IAMUsers[key]); err != nil {
			return err
		}
	}
	return b.masterSecret(master, user)
}

// letIn lets a service account log in to the database and its replicas, and to no
// other of the project.
// Source: Cloud SQL docs, "Log in using IAM database authentication" and "Use IAM
// Conditions", read 2026-11.
func (b *sqlBuilder) letIn(name string, email pulumi.StringInput) error {
	instances := []any{b.instance.Name}
	for _, key := range slices.Sorted(maps.Keys(b.db.ReplicaNames)) {
		instances = append(instances, b.db.ReplicaNames[key])
	}
	only := pulumi.All(instances...).ApplyT(func(names []any) string {
		var each []string
		for _, n := range names {
			each = append(each, fmt.Sprintf("resource.name == 'projects/%s/instances/%s'", b.Project, n))
		}
		return "resource.type == 'sqladmin.googleapis.com/Instance' && (" + strings.Join(each, " || ") + ")"
	}).(pulumi.StringOutput)
	if _, err := projects.NewIAMMember(b.ctx, name, &projects.IAMMemberArgs{
		Project: pulumi.String(b.Project), Role: pulumi.String("roles/cloudsql.instanceUser"), Member: pulumi.Sprintf("serviceAccount:%s", email),
		Condition: &projects.IAMMemberConditionArgs{
			Title: pulumi.String(b.Prefix), Description: pulumi.String("The database of " + b.Prefix + " alone"), Expression: only,
		},
	}, pulumi.Parent(b.db)); err != nil {
		return fmt.Errorf("letting %s in: %w", name, err)
	}
	return nil
}

// iamUser is the name of a service account in PostgreSQL: its address without
// the end, since a name there has 63 characters.
// Source: Cloud SQL docs, "Manage users with IAM database authentication", read
// 2026-11.
func iamUser(email string) string { return strings.TrimSuffix(email, ".gserviceaccount.com") }

// masterSecret keeps the master user's name and password where applications look
// for them.
func (b *sqlBuilder) masterSecret(name string, user *sql.User) error {
	secret, err := b.Scope.secret(b.ctx, name, &secretSpec{comp: "cloudsql", key: b.KeyID, after: b.After}, pulumi.Parent(b.db))
	if err != nil {
		return err
	}
	value := pulumi.ToSecret(b.Password).(pulumi.StringOutput).ApplyT(func(password string) (string, error) {
		text, err := json.Marshal(map[string]string{"username": masterUser, "password": password})
		return string(text), err
	}).(pulumi.StringOutput)
	// The secret follows the user: whoever reads a new password can log in with it.
	if _, err := secretmanager.NewSecretVersion(b.ctx, name, &secretmanager.SecretVersionArgs{
		Secret: secret.ID(), SecretData: value,
	}, pulumi.Parent(b.db), pulumi.DependsOn([]pulumi.Resource{user}), pulumi.AdditionalSecretOutputs([]string{"secretData"})); err != nil {
		return fmt.Errorf("writing secret %s: %w", name, err)
	}
	b.db.SecretName, b.db.SecretID = secret.SecretId, secret.ID().ToStringOutput()
	return nil
}
