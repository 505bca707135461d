package kubernetes

import (
	"regexp"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const configGroupToken = "kubernetes:yaml/v2:ConfigGroup"

// manifest is what is known of a published file of objects: the definitions and
// the admission policies that it has.
type manifest struct {
	definitions kindList
	policies    []string
}

// manifests are the files that exist, by URL with * for the version. Where a URL has
// {plural}, each definition is in a file of its own, under that name. What they have
// is that of the version that the versions file names.
//
// Sources: the files, read 2026-11.
var manifests = each(map[string]manifest{
	"https://github.com/kubernetes-sigs/gateway-api/releases/download/*/standard-install.yaml": {
		definitions: gatewayKinds, policies: []string{"safe-upgrades.gateway.networking.k8s.io"},
	},
	"https://raw.githubusercontent.com/kubernetes-sigs/aws-load-balancer-controller/*/helm/aws-load-balancer-controller/crds/crds.yaml": {
		definitions: balancerKinds,
	},
	"https://raw.githubusercontent.com/kubernetes/autoscaler/vertical-pod-autoscaler-*/vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml": {
		definitions: verticalKinds,
	},
	"https://github.com/cert-manager/cert-manager/releases/download/*/cert-manager.crds.yaml":                             {definitions: certificateKinds},
	"https://raw.githubusercontent.com/external-secrets/external-secrets/*/deploy/crds/bundle.yaml":                       {definitions: secretKinds},
	"https://github.com/kedacore/keda/releases/download/*/keda-*-crds.yaml":                                               {definitions: kedaKinds},
	"https://raw.githubusercontent.com/cloudnative-pg/cloudnative-pg/*/config/crd/bases/postgresql.cnpg.io_{plural}.yaml": {definitions: databaseKinds},
	"https://raw.githubusercontent.com/vmware-tanzu/velero/*/config/crd/v1/bases/velero.io_{plural}.yaml":                 {definitions: veleroKinds},
	"https://raw.githubusercontent.com/vmware-tanzu/velero/*/config/crd/v2alpha1/bases/velero.io_{plural}.yaml":           {definitions: veleroMoverKinds},
	rolloutFiles + "analysis-run-crd.yaml":              {definitions: under("argoproj.io/v1alpha1", "AnalysisRun")},
	rolloutFiles + "analysis-template-crd.yaml":         {definitions: under("argoproj.io/v1alpha1", "AnalysisTemplate")},
	rolloutFiles + "cluster-analysis-template-crd.yaml": {definitions: under("argoproj.io/v1alpha1", "ClusterAnalysisTemplate")},
	rolloutFiles + "experiment-crd.yaml":                {definitions: under("argoproj.io/v1alpha1", "Experiment")},
	rolloutFiles + "rollout-crd.yaml":                   {definitions: under("argoproj.io/v1alpha1", "Rollout")},
})

const rolloutFiles = "https://raw.githubusercontent.com/argoproj/argo-rollouts/*/manifests/crds/"

// each are the files, with those of {plural} one by one.
func each(files map[string]manifest) map[string]manifest {
	all := map[string]manifest{}
	for url, m := range files {
		if !strings.Contains(url, "{plural}") {
			all[url] = m
			continue
		}
		for _, d := range m.definitions {
			_, _, kind := parts(d)
			all[strings.Replace(url, "{plural}", plural(kind), 1)] = manifest{definitions: kindList{d}}
		}
	}
	return all
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

// configGroup are the objects of files, named as Pulumi's provider does: the name
// follows the component's after a colon. As there, definitions do not wait for one
// another; a policy's binding waits for the policy, which there may come later.
//
// Source: provider/pkg/provider/yaml/v2 of pulumi/pulumi-kubernetes.
func configGroup(in simcloud.Values) ([]simcloud.Child, error) {
	files := in.Strings("files[]")
	if len(files) == 0 {
		return nil, simcloud.Refusal("BadRequest", "missing required argument %q of %s", "files", configGroupToken)
	}
	var all []simcloud.Child
	for _, file := range files {
		m, known := fileAt(file)
		if !known {
			return nil, simcloud.Refusal("NotFound", "fetching YAML over network: %s not found (internal/simcloud/kubernetes has no such manifest)", file)
		}
		all = append(all, m.objects()...)
	}
	return all, nil
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
