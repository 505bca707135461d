package kubernetes

import (
	"regexp"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const configFileToken = "kubernetes:yaml/v2:ConfigFile"

// manifest is what is known of a published file of objects: the definitions and
// the admission policies that it has.
type manifest struct {
	definitions kindList
	policies    []string
}

// manifests are the files that exist, by URL with * for the version. What they have
// is that of the version that the versions file names.
//
// Sources: the files, read 2026-11.
var manifests = map[string]manifest{
	"https://github.com/kubernetes-sigs/gateway-api/releases/download/*/standard-install.yaml": {
		definitions: gatewayKinds, policies: []string{"safe-upgrades.gateway.networking.k8s.io"},
	},
	"https://raw.githubusercontent.com/kubernetes-sigs/aws-load-balancer-controller/*/helm/aws-load-balancer-controller/crds/crds.yaml": {
		definitions: balancerKinds,
	},
	"https://raw.githubusercontent.com/kubernetes/autoscaler/vertical-pod-autoscaler-*/vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml": {
		definitions: verticalKinds,
	},
	"https://github.com/cert-manager/cert-manager/releases/download/*/cert-manager.crds.yaml":       {definitions: certificateKinds},
	"https://raw.githubusercontent.com/external-secrets/external-secrets/*/deploy/crds/bundle.yaml": {definitions: secretKinds},
	"https://github.com/kedacore/keda/releases/download/*/keda-*-crds.yaml":                         {definitions: kedaKinds},
}

// inURL is a version in a URL, which ends a part of the path.
var inURL = regexp.MustCompile(`\bv?(\d+\.\d+\.\d+)/`)

// fileAt is what is known of the file at a URL.
func fileAt(url string) (m manifest, known bool) {
	version := inURL.FindStringSubmatch(url)
	if version == nil {
		return manifest{}, false
	}
	url = strings.ReplaceAll(inURL.ReplaceAllLiteralString(url, "*/"), version[1], "*")
	m, known = manifests[url]
	return m, known
}

// configFile are the objects of a file, named as Pulumi's provider does: the name
// follows the component's after a colon. As there, definitions do not wait for one
// another; a policy's binding waits for the policy, which there may come later.
//
// Source: provider/pkg/provider/yaml/v2 of pulumi/pulumi-kubernetes.
func configFile(in simcloud.Values) ([]simcloud.Child, error) {
	file := in.String("file")
	if file == "" {
		return nil, simcloud.Refusal("BadRequest", "missing required argument %q of %s", "file", configFileToken)
	}
	m, known := fileAt(file)
	if !known {
		return nil, simcloud.Refusal("NotFound", "fetching YAML over network: %s not found (internal/simcloud/kubernetes has no such manifest)", file)
	}
	return m.objects(), nil
}

// objects are those of a file.
func (m manifest) objects() []simcloud.Child {
	var all []simcloud.Child
	add := func(apiVersion, kind, name string, spec map[string]any) {
		all = append(all, simcloud.Child{Token: tokenOf(apiVersion, kind), Name: ":" + name, In: simcloud.Values{
			"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": name}, "spec": spec,
		}})
	}
	for _, d := range m.definitions {
		group, _, kind := parts(d)
		add("apiextensions.k8s.io/v1", "CustomResourceDefinition", plural(kind)+"."+group, specOf(d))
	}
	for _, name := range m.policies {
		add("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", name, map[string]any{"failurePolicy": "Fail"})
		policy := all[len(all)-1]
		add("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", name, map[string]any{
			"policyName": name, "validationActions": []any{"Deny"},
		})
		all[len(all)-1].After = &policy
	}
	return all
}
