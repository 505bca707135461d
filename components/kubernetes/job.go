package kubernetes

import (
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// JobArgs are the arguments of NewJob.
type JobArgs struct {
	Pod
	// Schedule is when, in cron's five fields, in Timezone; empty for once, and again
	// for each change.
	Schedule, Timezone string
	// TimeoutSeconds ends a run.
	TimeoutSeconds int
	// Retries is how often a failed run is tried again. A pod that its node takes
	// along does not count.
	Retries int
}

// Job is work that runs once or at times.
type Job struct {
	pulumi.ResourceState

	// Name is the job's name.
	Name string
	// Ready is the run of a job without a schedule: what depends on it comes after the
	// run has succeeded.
	Ready []pulumi.Resource
}

// NewJob makes the job called name. One without a schedule runs at once, and the
// update waits for it: if it fails, so does the update.
func NewJob(ctx *pulumi.Context, name string, args *JobArgs, opts ...pulumi.ResourceOption) (*Job, error) {
	if args.Namespace == "" || args.Image == "" || args.User == 0 {
		return nil, fmt.Errorf("creating job %s: %w", name, errors.New("namespace, image and user are needed"))
	}
	j, prefix := &Job{Name: name}, "job-"+name
	if err := component.Register(ctx, "kubernetes", "Job", prefix, j, opts...); err != nil {
		return nil, err
	}
	child := pulumi.Parent(j)
	account, err := args.identity(ctx, prefix, name, child)
	if err != nil {
		return nil, err
	}
	files, err := args.files(ctx, prefix, name, child)
	if err != nil {
		return nil, err
	}
	policy, err := args.policy(ctx, prefix, name, []string{name}, child)
	if err != nil {
		return nil, err
	}
	// Pulumi waits ten minutes for a run, if nothing else is said.
	wait := (time.Duration(args.TimeoutSeconds+600) * time.Second).String()
	run, err := Apply(ctx, prefix, args.object(name), child, pulumi.DependsOn(append(files, account, policy)),
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: wait, Update: wait}))
	if err != nil {
		return nil, err
	}
	j.Ready = []pulumi.Resource{run}
	return j, ctx.RegisterResourceOutputs(j, pulumi.Map{"name": pulumi.String(name)})
}

// object is the Job or the CronJob. A Job's template cannot change: what it is
// made of stands in its name, and the next one is made before the last goes.
func (a *JobArgs) object(name string) Object {
	labels := a.labels(name)
	spec := a.spec(name, Map{"name": "job"})
	spec["restartPolicy"] = "Never"
	job := Map{
		"backoffLimit": a.Retries, "activeDeadlineSeconds": a.TimeoutSeconds,
		"podFailurePolicy": Map{"rules": List{Map{
			"action": "Ignore", "onPodConditions": List{Map{"type": "DisruptionTarget", "status": "True"}},
		}}},
		"template": Map{"metadata": Map{"labels": merged(labels, a.PodLabels)}, "spec": spec},
	}
	if a.Schedule == "" {
		return Object{
			APIVersion: "batch/v1", Kind: "Job", Name: resourceName(name, digest(a.identityOf())), Namespace: a.Namespace, Labels: labels,
			// One that failed is run again by the next update, and not waited for again.
			Annotations: map[string]string{"pulumi.com/replaceUnready": "true"},
			Body:        Map{"spec": job},
		}
	}
	return Object{
		APIVersion: "batch/v1", Kind: "CronJob", Name: name, Namespace: a.Namespace, Labels: labels,
		Body: Map{"spec": Map{
			"schedule": a.Schedule, "timeZone": a.Timezone, "concurrencyPolicy": "Forbid",
			"startingDeadlineSeconds": 600, "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 3,
			"jobTemplate": Map{"metadata": Map{"labels": labels}, "spec": job},
		}},
	}
}

// identityOf is what of the job makes it another one: plain values alone.
func (a *JobArgs) identityOf() []any {
	return []any{a.PodLabels, a.Image, a.Command, a.Config, a.CPU, a.Memory, a.Disk, a.User, a.Scratch, a.NodeGroups, a.TimeoutSeconds, a.Retries}
}
