package kubernetes

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// AdmissionArgs are the arguments of NewAdmission.
type AdmissionArgs struct {
	// Labels are on the policies.
	Labels map[string]string
	// Namespaces are the labels of the namespaces whose pods are judged.
	Namespaces map[string]string
	// Registries are what the names of images may begin with: a host, or a host
	// with a path, or a whole image without its tag.
	Registries pulumi.StringArrayInput
	// RequiredLabels are labels that every pod has.
	RequiredLabels []string
}

// Admission refuses pods that a cluster should not run, in the API server
// itself: there is no webhook that can be down.
// Source: Kubernetes documentation, "Validating Admission Policy".
type Admission struct {
	pulumi.ResourceState
}

// imagesOf are the images of all containers of a pod, in CEL.
const imagesOf = `object.spec.containers.map(c, c.image)` +
	` + (has(object.spec.initContainers) ? object.spec.initContainers.map(c, c.image) : [])` +
	` + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers.map(c, c.image) : [])`

// Rule is what one admission policy asks of a pod, in CEL: Expression is true of
// a pod that is let in, and Message says what is wrong with another. Variables
// come before both.
type Rule struct {
	Name, Expression, Message string
	Variables                 []Variable
}

// Variable is a CEL expression with a name.
type Variable struct{ Name, Expression string }

// RegistryRule wants images from registries alone.
func RegistryRule(registries []string) Rule {
	return Rule{
		Name: "registries",
		Variables: []Variable{
			{"registries", celList(registries)}, {"images", imagesOf},
			{"foreign", `variables.images.filter(i, !variables.registries.exists(r, i.startsWith(r + '/') || i.startsWith(r + ':') || i.startsWith(r + '@')))`},
		},
		Expression: `size(variables.foreign) == 0`,
		Message:    `'images come from ' + variables.registries.join(', ') + '; not so ' + variables.foreign.join(', ')`,
	}
}

// TagRule wants images that are pinned: by a digest, or by a tag other than
// latest.
func TagRule() Rule {
	return Rule{
		Name: "tags",
		Variables: []Variable{
			{"images", imagesOf},
			{"floating", `variables.images.filter(i, !i.matches('@sha256:[0-9a-f]{64}$') && (!i.matches('^[^@]*:[A-Za-z0-9_][A-Za-z0-9_.-]*$') || i.endsWith(':latest')))`},
		},
		Expression: `size(variables.floating) == 0`,
		Message:    `'images have a digest, or a tag other than latest; not so ' + variables.floating.join(', ')`,
	}
}

// LabelRule wants labels, with any value but an empty one.
func LabelRule(labels []string) Rule {
	return Rule{
		Name: "labels",
		Variables: []Variable{
			{"required", celList(labels)},
			{"missing", `variables.required.filter(l, !has(object.metadata.labels) || !(l in object.metadata.labels) || object.metadata.labels[l] == '')`},
		},
		Expression: `size(variables.missing) == 0`,
		Message:    `'pods have the labels ' + variables.required.join(', ') + '; missing ' + variables.missing.join(', ')`,
	}
}

// celList is a list of texts in CEL.
func celList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(t) + "'"
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// NewAdmission makes the policies and binds them to the namespaces.
func NewAdmission(ctx *pulumi.Context, name string, args *AdmissionArgs, opts ...pulumi.ResourceOption) (*Admission, error) {
	a := &Admission{}
	if len(args.Namespaces) == 0 || args.Registries == nil || len(args.RequiredLabels) == 0 {
		return nil, fmt.Errorf("creating admission policies %s: %w", name, errors.New("want Namespaces, Registries and RequiredLabels"))
	}
	if err := component.Register(ctx, "kubernetes", "Admission", name, a, opts...); err != nil {
		return nil, err
	}
	// Only the cloud knows its own registry's address, so that list is an output.
	registries := args.Registries.ToStringArrayOutput().ApplyT(func(all []string) string {
		return RegistryRule(all).Variables[0].Expression
	}).(pulumi.StringOutput)
	for _, r := range []Rule{RegistryRule(nil), TagRule(), LabelRule(args.RequiredLabels)} {
		variables := List{}
		for _, v := range r.Variables {
			variable := Map{"name": v.Name, "expression": v.Expression}
			if v.Name == "registries" {
				variable["expression"] = registries
			}
			variables = append(variables, variable)
		}
		if err := a.policy(ctx, name, args, r, variables); err != nil {
			return nil, err
		}
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{})
}

// policy makes a policy, and the binding that puts it into force.
func (a *Admission) policy(ctx *pulumi.Context, name string, args *AdmissionArgs, r Rule, variables List) error {
	const group = "admissionregistration.k8s.io/v1"
	called := "explico-" + r.Name
	made, err := Apply(ctx, resourceName(name, r.Name), Object{
		APIVersion: group, Kind: "ValidatingAdmissionPolicy", Name: called, Labels: args.Labels,
		Body: Map{"spec": Map{
			"failurePolicy": "Fail",
			"matchConstraints": Map{"resourceRules": List{Map{
				"apiGroups": List{""}, "apiVersions": List{"v1"}, "operations": List{"CREATE", "UPDATE"},
				"resources": List{"pods", "pods/ephemeralcontainers"},
			}}},
			// A pod that is going keeps being updated until it is gone.
			"matchConditions": List{Map{"name": "stays", "expression": "!has(object.metadata.deletionTimestamp)"}},
			"variables":       variables,
			"validations":     List{Map{"expression": r.Expression, "messageExpression": r.Message, "reason": "Forbidden"}},
		}},
	}, pulumi.Parent(a))
	if err != nil {
		return err
	}
	_, err = Apply(ctx, resourceName(name, r.Name, "binding"), Object{
		APIVersion: group, Kind: "ValidatingAdmissionPolicyBinding", Name: called, Labels: args.Labels,
		Body: Map{"spec": Map{
			"policyName": called, "validationActions": List{"Deny", "Audit"},
			"matchResources": Map{"namespaceSelector": labelSelector(args.Namespaces)},
		}},
	}, pulumi.Parent(a), pulumi.DependsOn([]pulumi.Resource{made}))
	return err
}
