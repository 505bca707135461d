package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// The priority classes, from what goes last to what goes first when a node is
// short of room. Kubernetes' own system classes, which operators have, are above
// all of them.
const (
	// PriorityService is for what users wait for.
	PriorityService = "explico-service"
	// PriorityDefault is what pods have that name no class.
	PriorityDefault = "explico-default"
	// PriorityBatch is for what can wait: it displaces nobody.
	PriorityBatch = "explico-batch"
)

// Priorities are the cluster's priority classes.
type Priorities struct {
	pulumi.ResourceState
}

// NewPriorities makes the priority classes.
func NewPriorities(ctx *pulumi.Context, name string, labels map[string]string, opts ...pulumi.ResourceOption) (*Priorities, error) {
	p := &Priorities{}
	if err := component.Register(ctx, "kubernetes", "Priorities", name, p, opts...); err != nil {
		return nil, err
	}
	for _, class := range []struct {
		name, description string
		value             int
		isDefault, waits  bool
	}{
		{PriorityService, "What users wait for.", 100000, false, false},
		{PriorityDefault, "What names no class.", 1000, true, false},
		{PriorityBatch, "What can wait: it displaces nobody.", 100, false, true},
	} {
		body := Map{"value": class.value, "globalDefault": class.isDefault, "description": class.description, "preemptionPolicy": "PreemptLowerPriority"}
		if class.waits {
			body["preemptionPolicy"] = "Never"
		}
		if _, err := Apply(ctx, resourceName(name, class.name), Object{
			APIVersion: "scheduling.k8s.io/v1", Kind: "PriorityClass", Name: class.name, Labels: labels, Body: body,
		}, pulumi.Parent(p)); err != nil {
			return nil, err
		}
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{})
}
