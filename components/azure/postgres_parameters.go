package azure

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	postgres "github.com/pulumi/pulumi-azure-native-sdk/dbforpostgresql/v2/v20240801"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// defaultParameters are PostgreSQL's parameters where the arguments say nothing.
// All of them change without a restart.
var defaultParameters = map[string]string{
	"require_secure_transport": "on",
	"ssl_min_protocol_version": "TLSv1.2",
	// Who came and went, what was changed, what was slow (a second or more) and
	// what waited for a lock.
	"log_checkpoints":            "on",
	"log_connections":            "on",
	"log_disconnections":         "on",
	"log_lock_waits":             "on",
	"log_min_duration_statement": "1000",
	"log_statement":              "ddl",
	// Who fails to log in too often waits.
	"connection_throttle.enable": "on",
	// The server's own files of logs, beside the workspace.
	"logfiles.download_enable": "on",
	"logfiles.retention_days":  "7",
}

// fixedParameters are those that no argument loosens.
var fixedParameters = map[string][]string{
	"require_secure_transport": {"on"},
	"ssl_min_protocol_version": {"TLSv1.2", "TLSv1.3"},
}

func (a *PostgresArgs) checkParameters() error {
	var errs []error
	for name, allowed := range fixedParameters {
		if v, set := a.Parameters[name]; set && !slices.Contains(allowed, v) {
			errs = append(errs, fmt.Errorf("Parameters: %s: got %q, want %s: the database takes encrypted connections only", name, v, strings.Join(allowed, " or ")))
		}
	}
	if _, set := a.Parameters["pgbouncer.enabled"]; set {
		errs = append(errs, errors.New("Parameters: pgbouncer.enabled: want it by Pooler"))
	}
	return errors.Join(errs...)
}

// configure sets the parameters, one after the other. What is taken away here
// goes back to Azure's default: the provider resets it.
func (b *postgresBuilder) configure() error {
	all := maps.Clone(defaultParameters)
	maps.Copy(all, b.Parameters)
	if b.Pooler {
		all["pgbouncer.enabled"] = "true"
	}
	for _, parameter := range slices.Sorted(maps.Keys(all)) {
		made, err := postgres.NewConfiguration(b.ctx, b.name+"-"+parameter, &postgres.ConfigurationArgs{
			ResourceGroupName: b.ResourceGroup, ServerName: b.server.Name, ConfigurationName: pulumi.String(parameter),
			Source: pulumi.String("user-override"), Value: pulumi.String(all[parameter]),
		}, b.next()...)
		if err != nil {
			return fmt.Errorf("setting parameter %s of %s: %w", parameter, b.name, err)
		}
		b.last = made
	}
	return nil
}

// PostgresRestore says what a new server begins with: another server at a
// moment, or the backup of one in the paired region.
type PostgresRestore struct {
	// From is the id of the other server, which may be deleted for five days at
	// most.
	From string
	// Time is the moment, as in 2026-11-02T08:30:00Z.
	Time string
	// Geo restores the copy in the paired region, where this server stands.
	Geo bool
}

func (r *PostgresRestore) check() error {
	if r == nil {
		return nil
	}
	if !strings.HasPrefix(r.From, "/subscriptions/") {
		return fmt.Errorf("Restore.From: got %q, want the id of a server", r.From)
	}
	if _, err := time.Parse(time.RFC3339, r.Time); err != nil {
		return fmt.Errorf("Restore.Time: got %q, want a time such as 2026-11-02T08:30:00Z", r.Time)
	}
	return nil
}

// restore has the server begin with what Restore says.
func (b *postgresBuilder) restore(args *postgres.ServerArgs) {
	r := b.Restore
	if r == nil {
		return
	}
	args.CreateMode = pulumi.String("PointInTimeRestore")
	if r.Geo {
		args.CreateMode = pulumi.String("GeoRestore")
	}
	args.SourceServerResourceId, args.PointInTimeUTC = pulumi.String(r.From), pulumi.String(r.Time)
}
