package azure

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20241001"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/te-explico/infrastructure/components/component"
)

// accessRoles are the roles inside a cluster by level of access.
// Source: AKS, "Use Azure role-based access control for Kubernetes Authorization".
var accessRoles = map[string]Role{
	"clusterAdmin": clusterRBACOwner, "admin": clusterRBACAdmin, "edit": clusterRBACWriter, "view": clusterRBACReader,
}

// makeAccess lets people and machines into the cluster: they may fetch its
// kubeconfig, and do inside what their level says.
func (b *aksBuilder) makeAccess() error {
	for _, who := range slices.Sorted(maps.Keys(b.Access)) {
		access := b.Access[who]
		grants := map[string]Grant{"": {Role: ClusterUser, On: b.aks.ID}}
		if len(access.Namespaces) == 0 {
			grants["-"+access.Level] = Grant{Role: accessRoles[access.Level], On: b.aks.ID}
		}
		for _, namespace := range access.Namespaces {
			grants["-"+namespace] = Grant{Role: accessRoles[access.Level], On: pulumi.Sprintf("%s/namespaces/%s", b.aks.ID, namespace)}
		}
		for _, key := range slices.Sorted(maps.Keys(grants)) {
			a, err := assign(b.ctx, b.name+"-access-"+who+key, b.Scope, grants[key], access.ObjectID, access.Kind, b.child()...)
			if err != nil {
				return fmt.Errorf("letting %s in: %w", who, err)
			}
			b.aks.Ready = append(b.aks.Ready, a)
		}
	}
	return nil
}

// makeGatewayRights lets the controller of the application gateway, which works as
// an identity that AKS makes, change the gateway.
// Source: Application Gateway Ingress Controller, "Enable the add-on", permissions
// for a gateway in another resource group.
func (b *aksBuilder) makeGatewayRights() error {
	if b.Gateway == nil {
		return nil
	}
	controller := b.cluster.AddonProfiles.ApplyT(func(addons map[string]containerservice.ManagedClusterAddonProfileResponse) string {
		if id := addons["ingressApplicationGateway"].Identity.ObjectId; id != nil {
			return *id
		}
		return ""
	}).(pulumi.StringOutput)
	grants := map[string]Grant{
		"gateway": {Role: Contributor, On: b.Gateway.ID}, "gateway-subnet": {Role: NetworkContributor, On: b.Gateway.SubnetID},
		"gateway-group": {Role: Reader, On: pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s", b.SubscriptionID, b.ResourceGroup)},
	}
	for _, key := range slices.Sorted(maps.Keys(grants)) {
		a, err := assign(b.ctx, b.name+"-"+key, b.Scope, grants[key], controller, machine, b.child()...)
		if err != nil {
			return err
		}
		b.aks.Ready = append(b.aks.Ready, a)
	}
	return nil
}

// aksServer is the application in Entra that tokens for any AKS cluster are for.
// Source: kubelogin, "Using kubelogin with AKS".
const aksServer = "6dae42f8-4368-4678-94ff-3960e28e3630"

// kubeconfig returns a kubeconfig that asks kubelogin for a token whenever one is
// needed, as whoever the Azure CLI is logged in as. What Azure hands out is asked
// for the API's address and certificate alone: nobody has a password, since there
// are no local accounts.
func (b *aksBuilder) kubeconfig() pulumi.StringOutput {
	given := containerservice.ListManagedClusterUserCredentialsOutput(b.ctx, containerservice.ListManagedClusterUserCredentialsOutputArgs{
		ResourceGroupName: b.ResourceGroup, ResourceName: b.cluster.Name,
	}, pulumi.Parent(b.aks))
	text := pulumi.All(b.cluster.Name, given.Kubeconfigs()).ApplyT(func(v []any) (string, error) {
		name, configs := v[0].(string), v[1].([]containerservice.CredentialResultResponse)
		if len(configs) == 0 {
			return "", fmt.Errorf("reading the kubeconfig of %s: Azure gave none", name)
		}
		server, err := readKubeconfig(configs[0].Value)
		if err != nil {
			return "", fmt.Errorf("reading the kubeconfig of %s: %w", name, err)
		}
		server.Proxy = b.ProxyURL
		return component.Kubeconfig{Name: name, Server: server, Token: component.KubeCommand{
			Command: "kubelogin", Args: []string{"get-token", "--login", "azurecli", "--server-id", aksServer, "--tenant-id", b.TenantID},
		}}.JSON()
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(text).(pulumi.StringOutput)
}

// readKubeconfig finds the server in what Azure hands out: YAML in base64.
func readKubeconfig(encoded string) (component.KubeServer, error) {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return component.KubeServer{}, fmt.Errorf("decoding it: %w", err)
	}
	var config struct {
		Clusters []struct {
			Cluster component.KubeServer `yaml:"cluster"`
		} `yaml:"clusters"`
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return component.KubeServer{}, fmt.Errorf("parsing it: %w", err)
	}
	if len(config.Clusters) != 1 || config.Clusters[0].Cluster.URL == "" {
		return component.KubeServer{}, fmt.Errorf("got %d clusters, want one with a server", len(config.Clusters))
	}
	return config.Clusters[0].Cluster, nil
}
