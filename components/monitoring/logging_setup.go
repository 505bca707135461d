package monitoring

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/versions"
)

const (
	setupName = "elasticsearch-setup"
	// setupUser is whom the pod runs as.
	setupUser = 10001
	// repositoryName and snapshotPolicy are names in Elasticsearch.
	repositoryName = "object-store"
	snapshotPolicy = "nightly"
	logPolicy      = "logs-retention"
	tracePolicy    = "traces-retention"
)

// request is a call of Elasticsearch's API that may be made again.
type request struct {
	// Method, Path and File (the body's name) are what is called.
	Method, Path, File string
	// Body is JSON.
	Body map[string]any
}

// setupRequests are what Elasticsearch is told, in this order. ECK has a custom
// resource for it (StackConfigPolicy), for holders of an Enterprise licence.
func setupRequests(a *LoggingArgs) []request {
	all := []request{{"PUT", "/_ilm/policy/" + logPolicy, "logs-policy.json", logLifecycle(a.Retention, a.Snapshots != nil)}}
	all = append(all, request{"PUT", "/_index_template/" + logPolicy, "logs-template.json", logTemplate()})
	if a.TraceDays > 0 {
		all = append(all,
			request{"PUT", "/_ilm/policy/" + tracePolicy, "traces-policy.json", map[string]any{"policy": map[string]any{"phases": map[string]any{
				"hot":    map[string]any{"min_age": "0ms", "actions": map[string]any{"set_priority": map[string]any{"priority": 100}}},
				"delete": deletion(a.TraceDays, false),
			}}}},
			// Jaeger makes an index a day, by templates of its own: they get the policy
			// afterwards, every night.
			request{"PUT", "/jaeger-*/_settings?allow_no_indices=true", "traces-settings.json", map[string]any{"index.lifecycle.name": tracePolicy}},
		)
	}
	for _, r := range a.Readers {
		role := map[string]any{
			"cluster": r.Cluster, "indices": []any{map[string]any{"names": r.Patterns, "privileges": r.Indices}},
		}
		all = append(all, request{"PUT", "/_security/role/" + r.User, "role-" + r.User + ".json", role})
	}
	if s := a.Snapshots; s != nil {
		all = append(all, request{"PUT", "/_slm/policy/" + snapshotPolicy, "snapshots-policy.json", map[string]any{
			"schedule": s.Schedule, "name": "<nightly-{now/d}>", "repository": repositoryName,
			"config":    map[string]any{"indices": []any{"*"}, "include_global_state": true, "partial": true},
			"retention": map[string]any{"expire_after": days(s.KeepDays), "min_count": 3, "max_count": s.KeepDays + 10},
		}})
	}
	return all
}

func days(n int) string { return fmt.Sprintf("%dd", n) }

// logLifecycle is how logs age. Ages count from the moment when an index was
// rolled over, which is a day or less after its first log.
func logLifecycle(r LogRetention, snapshots bool) map[string]any {
	phases := map[string]any{
		"hot": map[string]any{"min_age": "0ms", "actions": map[string]any{
			// Source: Elasticsearch reference, "Size your shards": 10 to 50 GB.
			"rollover":     map[string]any{"max_age": "1d", "max_primary_shard_size": "40gb"},
			"set_priority": map[string]any{"priority": 100},
		}},
		"delete": deletion(r.DeleteAfterDays, snapshots),
	}
	if r.WarmAfterDays > 0 {
		phases["warm"] = map[string]any{"min_age": days(r.WarmAfterDays), "actions": map[string]any{
			"readonly": map[string]any{}, "forcemerge": map[string]any{"max_num_segments": 1},
			"set_priority": map[string]any{"priority": 50},
		}}
	}
	if r.ColdAfterDays > 0 {
		phases["cold"] = map[string]any{"min_age": days(r.ColdAfterDays), "actions": map[string]any{
			"set_priority": map[string]any{"priority": 0},
		}}
	}
	return map[string]any{"policy": map[string]any{"phases": phases}}
}

// deletion deletes what is that old, and in a snapshot if there are any.
func deletion(after int, snapshots bool) map[string]any {
	actions := map[string]any{"delete": map[string]any{}}
	if snapshots {
		actions["wait_for_snapshot"] = map[string]any{"policy": snapshotPolicy}
	}
	return map[string]any{"min_age": days(after), "actions": actions}
}

// logTemplate is what every service's data stream is like. It goes over
// Elasticsearch's own template for logs, whose mappings it takes along.
func logTemplate() map[string]any {
	return map[string]any{
		"index_patterns": []any{"logs-*-*"}, "priority": 200, // Elasticsearch's own has 100
		"data_stream": map[string]any{}, "composed_of": []any{"logs@mappings", "ecs@mappings"},
		"template": map[string]any{
			"settings": map[string]any{
				"index.lifecycle.name":       logPolicy,
				"index.number_of_shards":     "1",
				"index.auto_expand_replicas": "0-1", // a copy, as soon as there is a node for it
				// A field that is one thing here and another there costs the field, not the line.
				"index.mapping.ignore_malformed":                         "true",
				"index.mapping.total_fields.limit":                       "1000",
				"index.mapping.total_fields.ignore_dynamic_beyond_limit": "true",
				"index.codec": "best_compression",
			},
			"mappings": map[string]any{"properties": map[string]any{
				// Whatever a service logs is one field: it can be searched, and makes no new
				// fields.
				"app": map[string]any{"type": "flattened", "ignore_above": 8191},
			}},
		},
	}
}

// makeSetup makes the job that sets Elasticsearch up, when what it does changes
// and every night, and what it needs.
func (b *logging) makeSetup() error {
	files, err := b.setupFiles()
	if err != nil {
		return err
	}
	config, err := b.apply("setup", kubernetes.Object{
		APIVersion: "v1", Kind: "ConfigMap", Name: setupName, Namespace: LoggingNamespace, Body: kubernetes.Map{"data": files},
	})
	if err != nil {
		return err
	}
	account, err := b.account(setupName, LoggingNamespace, nil)
	if err != nil {
		return err
	}
	needs := []pulumi.Resource{b.operator, b.elasticsearch, config, account}
	for _, r := range b.Readers {
		rights, err := b.readerSecret(r)
		if err != nil {
			return err
		}
		needs = append(needs, rights...)
	}
	template, err := b.setupPod(files)
	if err != nil {
		return err
	}
	b.setup, err = b.apply("setup-job", kubernetes.Object{
		APIVersion: "batch/v1", Kind: "Job", Name: setupName, Namespace: LoggingNamespace,
		Body: kubernetes.Map{"spec": kubernetes.Map{"backoffLimit": 6, "activeDeadlineSeconds": 3600, "template": template}},
	}, pulumi.DependsOn(needs), pulumi.DeleteBeforeReplace(true), pulumi.ReplaceOnChanges([]string{"spec"}),
		// Longer than the script waits for the first node's disk and Elasticsearch.
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "30m", Update: "30m"}))
	if err != nil {
		return err
	}
	_, err = b.apply("setup-nightly", kubernetes.Object{
		APIVersion: "batch/v1", Kind: "CronJob", Name: setupName, Namespace: LoggingNamespace,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"schedule": "15 0 * * *", "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 3600,
			"successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 3,
			"jobTemplate": kubernetes.Map{"spec": kubernetes.Map{"backoffLimit": 3, "activeDeadlineSeconds": 3600, "template": template}},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{b.setup}))
	return err
}

// setupFiles are the bodies of the requests and what lists them.
func (b *logging) setupFiles() (pulumi.StringMap, error) {
	script, err := logFiles.ReadFile("logs/setup.sh")
	if err != nil {
		return nil, fmt.Errorf("reading the setup script: %w", err)
	}
	files := pulumi.StringMap{"setup.sh": pulumi.String(script)}
	var list, readers strings.Builder
	if s := b.Snapshots; s != nil {
		fmt.Fprintf(&list, "PUT /_snapshot/%s repository.json\n", repositoryName)
		files["repository.json"] = s.Store.Settings.ToStringMapOutput().ApplyT(func(settings map[string]string) (string, error) {
			text, err := json.MarshalIndent(map[string]any{"type": s.Store.Type, "settings": settings}, "", "  ")
			return string(text), err
		}).(pulumi.StringOutput)
	}
	for _, r := range setupRequests(b.LoggingArgs) {
		text, err := json.MarshalIndent(r.Body, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", r.File, err)
		}
		files[r.File] = pulumi.String(text)
		fmt.Fprintln(&list, r.Method, r.Path, r.File)
	}
	for _, r := range b.Readers {
		fmt.Fprintln(&readers, r.User, r.Namespace, r.Secret)
	}
	files["requests"], files["readers"] = pulumi.String(list.String()), pulumi.String(readers.String())
	return files, nil
}

// readerSecret makes the secret that a reader's password goes into, and the right
// to put it there. What is in the secret is the job's: Pulumi never has it.
func (b *logging) readerSecret(r LogReader) ([]pulumi.Resource, error) {
	var made []pulumi.Resource
	for _, o := range []kubernetes.Object{
		{APIVersion: "v1", Kind: "Secret", Name: r.Secret, Body: kubernetes.Map{"type": "Opaque"}},
		{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "Role", Name: setupName, Body: kubernetes.Map{"rules": kubernetes.List{kubernetes.Map{
			"apiGroups": kubernetes.List{""}, "resources": kubernetes.List{"secrets"}, "resourceNames": kubernetes.List{r.Secret},
			"verbs": kubernetes.List{"get", "patch"},
		}}}},
		{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding", Name: setupName, Body: kubernetes.Map{
			"roleRef":  kubernetes.Map{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": setupName},
			"subjects": kubernetes.List{kubernetes.Map{"kind": "ServiceAccount", "name": setupName, "namespace": LoggingNamespace}},
		}},
	} {
		o.Namespace = r.Namespace
		opts := []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"data"})}
		if o.Kind != "Secret" {
			opts = nil
		}
		if o.Kind == "RoleBinding" {
			opts = append(opts, pulumi.DependsOn(made))
		}
		applied, err := b.apply(strings.ToLower(o.Kind)+"-"+r.User, o, opts...)
		if err != nil {
			return nil, err
		}
		made = append(made, applied)
	}
	return made, nil
}

// setupPod is the pod that sets Elasticsearch up. What it does stands in an
// annotation, so that a job is a new one when that changes.
func (b *logging) setupPod(files pulumi.StringMap) (kubernetes.Map, error) {
	image, err := versions.Image("curl")
	if err != nil {
		return nil, err
	}
	return kubernetes.Map{
		"metadata": kubernetes.Map{
			"labels":      withLabels(b.Labels, map[string]string{"app.kubernetes.io/name": setupName}),
			"annotations": kubernetes.Map{"explico.io/checksum": checksum(files)},
		},
		"spec": kubernetes.Map{
			"restartPolicy": "OnFailure", "serviceAccountName": setupName,
			"automountServiceAccountToken": true, // it writes the readers' secrets
			"securityContext":              podSecurity(setupUser),
			"containers": kubernetes.List{kubernetes.Map{
				"name": "setup", "image": image, "command": kubernetes.List{"/bin/sh", "/setup/setup.sh"},
				"env":             kubernetes.List{kubernetes.Map{"name": "ELASTICSEARCH", "value": elasticsearchURL}},
				"securityContext": containerSecurity(), "resources": sizes("50m", "64Mi", "10Mi", "50Mi"),
				"volumeMounts": kubernetes.List{
					mount("setup", "/setup"), mount("credentials", "/credentials"), mount("authority", "/ca"), scratch("tmp", "/tmp"),
				},
			}},
			"volumes": kubernetes.List{
				kubernetes.Map{"name": "setup", "configMap": kubernetes.Map{"name": setupName}},
				secretVolume("credentials", elasticPassword), secretVolume("authority", elasticCertificates),
				kubernetes.Map{"name": "tmp", "emptyDir": kubernetes.Map{"medium": "Memory", "sizeLimit": "8Mi"}},
			},
		},
	}, nil
}
