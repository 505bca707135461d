// Package gcp holds the components for Google Cloud. One file answers for one
// component; scope.go says where a component stands.
package gcp

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// Scope is where a component stands: whose it is, in which project and region.
// Every component's arguments carry one.
type Scope struct {
	// Prefix begins every physical name: <project>-<stack> of Pulumi.
	Prefix string
	// Project is the id of the Google Cloud project, and ProjectNumber its number.
	Project, ProjectNumber string
	// Region is the region of the component's resources, such as europe-west1.
	Region string
	// Labels are on every resource that takes any, through the provider.
	Labels map[string]string
	// Impersonate is the e-mail address of the service account that providers act
	// as; none if empty.
	Impersonate string
	// Protect keeps what holds data from being deleted or replaced.
	Protect bool
	// Disposable says that what the stack holds may be lost with it.
	Disposable bool
}

// Provider makes an explicit provider for the scope's project and region.
func (s Scope) Provider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*gcp.Provider, error) {
	args := &gcp.ProviderArgs{
		Project: pulumi.String(s.Project), Region: pulumi.String(s.Region),
		DefaultLabels: pulumi.ToStringMap(s.Labels), AddTerraformAttributionLabel: pulumi.Bool(false),
		// Several APIs (budgets, for one) want to know which project asks.
		UserProjectOverride: pulumi.Bool(true), BillingProject: pulumi.String(s.Project),
	}
	if s.Impersonate != "" {
		args.ImpersonateServiceAccount = pulumi.String(s.Impersonate)
	}
	p, err := gcp.NewProvider(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating provider %s for %s: %w", name, s.Project, err)
	}
	return p, nil
}

// labels are the labels of one resource of a component, beside the provider's.
func (s Scope) labels(comp string, more ...map[string]string) pulumi.StringMap {
	all := map[string]string{"component": comp}
	for _, m := range more {
		maps.Copy(all, m)
	}
	return pulumi.ToStringMap(all)
}

// labelValue makes a text the value of a label: small letters, digits, - and _,
// at most 63.
// Source: Compute Engine docs, "Requirements for labels"; read 2026-11.
func labelValue(text string) string {
	return component.Limit{Max: 63, Lower: true, Extra: "_"}.Name(text)
}

// The limits of Google Cloud for the physical names that are set here. All other
// names are left to Pulumi, which adds a random suffix, so that a resource can be
// replaced before its predecessor goes.
// Source: the API reference of each service, read 2026-11.
var limits = struct {
	// Tag is a network tag.
	Tag, ServiceAccount component.Limit
}{
	Tag:            component.Limit{Max: 63, Lower: true},
	ServiceAccount: component.Limit{Max: 30, Lower: true},
}
