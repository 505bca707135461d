package aws

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestEKSAddonRefusals(t *testing.T) {
	w := newEKSWorld(t)
	w.make(eksClusterToken, "main", w.clusterInputs())
	w.network()
	old := w.clusterInputs() // a cluster on which EKS installed its own add-ons
	old["name"] = "old"
	delete(old, "bootstrapSelfManagedAddons")
	w.make(eksClusterToken, "old", old)
	base := simcloud.Values{"clusterName": "main", "addonName": "coredns"}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"taken":        {simcloud.Values{"addonName": "vpc-cni"}, "ResourceInUseException: Addon already exists."},
		"no cluster":   {simcloud.Values{"clusterName": "none"}, "ResourceNotFoundException: No cluster found for name: none."},
		"unknown":      {simcloud.Values{"addonName": "corednz"}, "InvalidParameterException: Addon corednz specified is not supported in 1.34 kubernetes version"},
		"no version":   {simcloud.Values{"addonVersion": "1.13.2"}, "InvalidParameterException: Addon version specified is not supported"},
		"too new":      {simcloud.Values{"addonVersion": "v1.14.3-eksbuild.3"}, "InvalidParameterException: Addon version specified is not supported"},
		"proxy ahead":  {simcloud.Values{"clusterName": "old", "addonName": "kube-proxy", "addonVersion": "v1.35.3-eksbuild.13"}, "InvalidParameterException: Addon version specified is not supported"},
		"proxy behind": {simcloud.Values{"clusterName": "old", "addonName": "kube-proxy", "addonVersion": "v1.30.3-eksbuild.13"}, "InvalidParameterException: Addon version specified is not supported"},
		"conflict":     {simcloud.Values{"clusterName": "old"}, "ConfigurationConflict: Conflicts found when trying to apply."},
		"keep what":    {simcloud.Values{"resolveConflictsOnCreate": "PRESERVE"}, "expected resolveConflictsOnCreate"},
		"how":          {simcloud.Values{"resolveConflictsOnUpdate": "ASK"}, "expected resolveConflictsOnUpdate"},
		"no JSON":      {simcloud.Values{"configurationValues": "replicas: 2"}, "InvalidParameterException: ConfigurationValue is not in valid JSON"},
		"no such key":  {simcloud.Values{"configurationValues": `{"replicas":2}`}, "InvalidParameterException: ConfigurationValue provided in request is not supported"},
		"no role":      {simcloud.Values{"serviceAccountRoleArn": "arn:aws:iam::111122223333:role/none"}, "InvalidParameterException: Role"},
		"no nodes":     {nil, "InsufficientNumberOfReplicas: The add-on is unhealthy because it doesn't have the desired number of replicas."},
	} {
		t.Run(name, func(t *testing.T) { eksRefused(t, w.try(eksAddonToken, eksWith(base, c.change)), c.words) })
	}
	for _, name := range []string{"aws-ebs-csi-driver", "metrics-server", "snapshot-controller"} {
		eksRefused(t, w.try(eksAddonToken, eksWith(base, simcloud.Values{"addonName": name})), "InsufficientNumberOfReplicas")
	}
	w.make(eksNodeGroupToken, "workers", w.nodeInputs())
	w.make(eksAddonToken, "coredns", eksWith(base, simcloud.Values{
		"addonVersion": "v1.13.2-eksbuild.11", "configurationValues": `{"replicaCount":2}`,
	}))
	driver := eksWith(base, simcloud.Values{"addonName": "aws-ebs-csi-driver"})
	eksRefused(t, w.try(eksAddonToken, driver), "aws-ebs-csi-driver has no AWS permissions")
	w.make(eksPodIdentityToken, "ebs", simcloud.Values{
		"clusterName": "main", "namespace": "kube-system", "serviceAccount": "ebs-csi-controller-sa", "roleArn": w.roles["pod"],
	})
	w.make(eksAddonToken, "ebs", driver)
}

func TestEKSAccessRefusals(t *testing.T) {
	w := newEKSWorld(t)
	w.make(eksClusterToken, "main", w.clusterInputs())
	legacy := w.clusterInputs()
	legacy["name"] = "legacy"
	delete(legacy, "accessConfig")
	w.make(eksClusterToken, "legacy", legacy)
	const admin = "arn:aws:iam::111122223333:role/admin"
	base := simcloud.Values{"clusterName": "main", "principalArn": "arn:aws:iam::111122223333:role/dev"}
	w.make(eksAccessEntryToken, "admin", eksWith(base, simcloud.Values{"principalArn": admin}))
	w.network()
	w.make(eksNodeGroupToken, "workers", w.nodeInputs())
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"taken":      {simcloud.Values{"principalArn": admin}, "ResourceInUseException: The specified access entry resource is already in use on this cluster."},
		"of nodes":   {simcloud.Values{"principalArn": w.roles["node"]}, "ResourceInUseException: The specified access entry resource is already in use on this cluster."},
		"no cluster": {simcloud.Values{"clusterName": "none"}, "ResourceNotFoundException: No cluster found for name: none."},
		"a session":  {simcloud.Values{"principalArn": "arn:aws:sts::111122223333:assumed-role/dev/me"}, "InvalidParameterException: The specified principalArn is invalid"},
		"old mode":   {simcloud.Values{"clusterName": "legacy"}, "InvalidRequestException: The cluster's authentication mode must be set"},
		"kind":       {simcloud.Values{"type": "ADMIN"}, "expected type"},
		"masters":    {simcloud.Values{"kubernetesGroups": []string{"system:masters"}}, "InvalidParameterException: The kubernetes group name system:masters is invalid"},
	} {
		t.Run(name, func(t *testing.T) { eksRefused(t, w.try(eksAccessEntryToken, eksWith(base, c.change)), c.words) })
	}
	policy := simcloud.Values{
		"clusterName": "main", "principalArn": admin, "accessScope": map[string]any{"type": "cluster"},
		"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
	}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"no entry":      {simcloud.Values{"principalArn": "arn:aws:iam::111122223333:role/dev"}, "ResourceNotFoundException: The specified principalArn could not be found"},
		"no policy":     {simcloud.Values{"policyArn": "arn:aws:eks::aws:cluster-access-policy/Root"}, "InvalidParameterException: The policyArn parameter format is not valid"},
		"IAM policy":    {simcloud.Values{"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "InvalidParameterException: The policyArn parameter format is not valid"},
		"no scope":      {simcloud.Values{"accessScope": nil}, `missing required argument "accessScope.type"`},
		"unknown scope": {simcloud.Values{"accessScope": map[string]any{"type": "pod"}}, "expected accessScope.type"},
		"no namespaces": {simcloud.Values{"accessScope": map[string]any{"type": "namespace"}}, "InvalidParameterException: The access scope namespace"},
		"namespaces":    {simcloud.Values{"accessScope": map[string]any{"type": "cluster", "namespaces": []string{"a"}}}, "InvalidParameterException: The access scope cluster"},
	} {
		t.Run("policy "+name, func(t *testing.T) {
			eksRefused(t, w.try("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", eksWith(policy, c.change)), c.words)
		})
	}
	w.make("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "view", policy)
}

func TestEKSPodIdentityRefusals(t *testing.T) {
	w := newEKSWorld(t)
	w.make(eksClusterToken, "main", w.clusterInputs())
	base := simcloud.Values{"clusterName": "main", "namespace": "apps", "serviceAccount": "web", "roleArn": w.roles["pod"]}
	w.make(eksPodIdentityToken, "web", base)
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"taken":      {nil, "ResourceInUseException: Association already exists"},
		"no cluster": {simcloud.Values{"clusterName": "none"}, "ResourceNotFoundException: No cluster found for name: none."},
		"no role":    {simcloud.Values{"serviceAccount": "api", "roleArn": "arn:aws:iam::111122223333:role/none"}, "InvalidParameterException: Role provided in the request does not exist."},
		"no trust":   {simcloud.Values{"serviceAccount": "api", "roleArn": w.roles["cluster"]}, "InvalidParameterException: Trust policy of role"},
	} {
		t.Run(name, func(t *testing.T) { eksRefused(t, w.try(eksPodIdentityToken, eksWith(base, c.change)), c.words) })
	}
}
