package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// StorageClassArgs are a storage class of the cluster.
type StorageClassArgs struct {
	// Provisioner is the CSI driver, and Parameters what it is told.
	Provisioner string
	Parameters  pulumi.StringMapInput
	// Default says that claims without a class get this one.
	Default bool
}

// Storage is the cluster's storage classes.
type Storage struct {
	pulumi.ResourceState

	// Default is the name of the class that claims without a class get; empty if
	// that is one that the cluster came with.
	Default string
}

// NewStorage makes storage classes, by name, at most one of which is the
// default. Volumes are made where their pod is, and can grow.
func NewStorage(ctx *pulumi.Context, name string, classes map[string]StorageClassArgs, labels map[string]string, opts ...pulumi.ResourceOption) (*Storage, error) {
	s := &Storage{}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		if classes[class].Default && s.Default != "" {
			return nil, fmt.Errorf("creating storage classes: %w", errors.New("two are the default: "+s.Default+" and "+class))
		}
		if classes[class].Default {
			s.Default = class
		}
	}
	if err := component.Register(ctx, "kubernetes", "Storage", name, s, opts...); err != nil {
		return nil, err
	}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		args := classes[class]
		body := Map{
			"provisioner": args.Provisioner, "allowVolumeExpansion": true,
			"reclaimPolicy": "Delete", "volumeBindingMode": "WaitForFirstConsumer",
		}
		if args.Parameters != nil {
			body["parameters"] = args.Parameters
		}
		if _, err := Apply(ctx, resourceName(name, class), Object{
			APIVersion: "storage.k8s.io/v1", Kind: "StorageClass", Name: class, Labels: labels,
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": strconv.FormatBool(args.Default)}, Body: body,
		}, pulumi.Parent(s)); err != nil {
			return nil, err
		}
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"default": pulumi.String(s.Default)})
}
