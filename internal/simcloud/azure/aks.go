package azure

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	aksToken    = "azure-native:containerservice/v20241001:ManagedCluster"
	poolToken   = "azure-native:containerservice/v20241001:AgentPool"
	windowToken = "azure-native:containerservice/v20241001:MaintenanceConfiguration"
	aksKind     = "Microsoft.ContainerService/managedClusters"
)

// Source: "Naming rules and restrictions for Azure resources", and AKS,
// "Quotas, virtual machine size restrictions, and region availability".
var (
	aksName   = regexp.MustCompile(`^[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?$`)
	dnsPrefix = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?$`)
	poolName  = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)
	aksMinor  = regexp.MustCompile(`^1\.\d+(\.\d+)?$`)
)

// aksVersions are the minors that AKS supports.
// Source: AKS, "Supported Kubernetes versions", release calendar, read 2026-11.
var aksVersions = []string{"1.32", "1.33", "1.34", "1.35", "1.36"}

func aksTypes() []*simcloud.Type {
	return []*simcloud.Type{
		inGroup(aksKind, "resourceName", simcloud.Type{
			Token: aksToken, Noun: "managed cluster", Takes: 5 * time.Minute, Sweeps: true,
			Required: []string{"agentPoolProfiles", "identity"},
			Computed: []string{"oidcIssuerProfile.issuerURL", "addonProfiles.ingressApplicationGateway.identity"},
			Refs: []simcloud.Ref{
				idRef("agentPoolProfiles[].vnetSubnetID", true, subnetToken), idRef("diskEncryptionSetID", true, encryptionSetToken),
				idRef("identity.userAssignedIdentities[]", false, identityToken), idRef("identityProfile.kubeletidentity.resourceId", false, identityToken),
				idRef("networkProfile.loadBalancerProfile.outboundIPs.publicIPs[].id", true, addressToken),
				idRef("addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID", false, workspaceToken),
				idRef("addonProfiles.ingressApplicationGateway.config.applicationGatewayId", true, gatewayToken),
				{Path: "apiServerAccessProfile.privateDNSZone", To: []string{privateZoneToken}, Holds: true, Foreign: managedZone, Missing: "ResourceNotFound: The Resource '%s' was not found."},
			},
			Validate: aksValid, Refuse: aksRefused, Outputs: aksOutputs,
			// What came along inside goes with the cluster.
			Delete: func(op *simcloud.Op) error {
				for _, at := range []string{"fqdn", "privateFQDN"} {
					if host := op.Old.Out.String(at); host != "" {
						if err := op.Abandon(host + ":443"); err != nil {
							return err
						}
					}
				}
				return nil
			},
		}),
		agentPool(),
		inside(aksKind, "resourceName", aksToken, "maintenanceConfigurations", "configName", simcloud.Type{
			Token: windowToken, Noun: "maintenance configuration", Takes: 2 * time.Second,
			Validate: windowValid,
		}),
	}
}

// managedZone says that AKS keeps the private zone itself, or that there is none.
func managedZone(zone string) bool { return zone == "system" || zone == "none" }

func windowValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "configName", "default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"),
		simcloud.Between(in, "maintenanceWindow.durationHours", 4, 24))
	kinds := 0
	for _, kind := range []string{"daily", "weekly", "absoluteMonthly", "relativeMonthly"} {
		if in.Has("maintenanceWindow.schedule." + kind) {
			kinds++
		}
	}
	if name := in.String("configName"); name != "default" && kinds != 1 {
		errs = append(errs, simcloud.Refusal("InvalidMaintenanceConfiguration", "Exactly one schedule must be specified for %s.", name))
	}
	return errs
}

func aksValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		named(in, "resourceName", aksName, "InvalidParameter"), named(in, "dnsPrefix", dnsPrefix, "InvalidParameter"),
		simcloud.Matches(in, "kubernetesVersion", aksMinor),
		simcloud.OneOf(in, "sku.name", "Base", "Automatic"), simcloud.OneOf(in, "sku.tier", "Free", "Standard", "Premium"),
		simcloud.OneOf(in, "autoUpgradeProfile.upgradeChannel", "rapid", "stable", "patch", "node-image", "none"),
		simcloud.OneOf(in, "autoUpgradeProfile.nodeOSUpgradeChannel", "None", "Unmanaged", "NodeImage", "SecurityPatch"),
		simcloud.OneOf(in, "networkProfile.networkPlugin", "azure", "kubenet", "none"),
		simcloud.OneOf(in, "networkProfile.outboundType", "loadBalancer", "userDefinedRouting", "managedNATGateway", "userAssignedNATGateway", "none"),
		inRegion(in, aksKind, "agentPoolProfiles[].availabilityZones[]"),
	)
	return append(append(errs, aksTogether(in)...), poolsValid(in)...)
}

// aksTogether refuses what does not go together.
// Source: AKS, "Configure Azure CNI Powered by Cilium", "Create a private AKS
// cluster", "Use API server authorized IP ranges", "AKS cost analysis"; read
// 2026-11.
func aksTogether(in simcloud.Values) []error {
	var errs []error
	bad := func(is bool, code, format string, args ...any) {
		if is {
			errs = append(errs, simcloud.Refusal(code, format, args...))
		}
	}
	network := func(key string) string { return in.String("networkProfile." + key) }
	bad(network("networkDataplane") == "cilium" && network("networkPluginMode") != "overlay" && !in.Has("agentPoolProfiles[].podSubnetID"),
		"InvalidNetworkDataplane", "Cilium dataplane requires network plugin azure with network plugin mode overlay or a pod subnet.")
	bad(network("networkPolicy") == "cilium" && network("networkDataplane") != "cilium",
		"InvalidNetworkPolicy", "Network policy cilium requires network dataplane cilium.")
	bad(network("networkDataplane") == "cilium" && network("networkPolicy") != "cilium",
		"InvalidNetworkPolicy", "Cilium dataplane requires network policy cilium, got %q.", network("networkPolicy"))
	private := in.Bool("apiServerAccessProfile.enablePrivateCluster")
	bad(private && in.Has("apiServerAccessProfile.authorizedIPRanges[]"),
		"InvalidParameter", "API server authorized IP ranges are not supported for private cluster.")
	zone := in.String("apiServerAccessProfile.privateDNSZone")
	bad(zone != "" && !private, "InvalidParameter", "A private DNS zone is for private clusters.")
	bad(zone != "" && !managedZone(zone) && in.String("identity.type") != "UserAssigned",
		"CustomPrivateDNSZoneMissingUserAssignedIdentity", "A custom private DNS zone needs a user-assigned identity or a service principal.")
	bad(in.Bool("metricsProfile.costAnalysis.enabled") && in.String("sku.tier") == "Free",
		"InvalidParameter", "Cost analysis requires the tier Standard or Premium.")
	bad(in.Bool("disableLocalAccounts") && !in.Has("aadProfile"),
		"InvalidParameter", "Local accounts can be disabled in clusters with Microsoft Entra integration only.")
	bad(in.Bool("aadProfile.enableAzureRBAC") && !in.Bool("aadProfile.managed"), "InvalidParameter", "Azure RBAC needs managed Microsoft Entra integration.")
	bad(in.Bool("securityProfile.workloadIdentity.enabled") && !in.Bool("oidcIssuerProfile.enabled"),
		"InvalidParameter", "Workload identity needs the OIDC issuer.")
	auto := in.String("nodeProvisioningProfile.mode") == "Auto"
	for _, pool := range in.Objects("agentPoolProfiles[]") {
		bad(auto && pool.Bool("enableAutoScaling"), "InvalidParameter", "Node auto-provisioning cannot be enabled with the cluster autoscaler on pool %s.", pool.String("name"))
	}
	return errs
}

func aksRefused(op *simcloud.Op) error {
	version := minor(op.In.String("kubernetesVersion"))
	if version != "" && !slices.Contains(aksVersions, version) {
		return simcloud.Refusal("K8sVersionNotSupported", "Managed cluster %s is on version %s, which is not supported in this region.", op.In.String("resourceName"), version)
	}
	for _, check := range []func(*simcloud.Op) error{aksIdentities, aksNetwork, aksSteady} {
		if err := check(op); err != nil {
			return err
		}
	}
	for _, pool := range op.In.Objects("agentPoolProfiles[]") {
		if err := poolRefused(op, pool, op.In.String("kubernetesVersion")); err != nil {
			return err
		}
	}
	return nil
}

// aksIdentities refuses identities without the rights that AKS looks for.
func aksIdentities(op *simcloud.Op) error {
	own := principals(op, op.In.Strings("identity.userAssignedIdentities[]"))
	may := func(scope string, roles ...string) bool {
		return slices.ContainsFunc(own, func(p string) bool { return hasRole(op, p, scope, append(roles, "Contributor", "Owner")...) })
	}
	if kubelet := op.In.String("identityProfile.kubeletidentity.resourceId"); kubelet != "" {
		if len(own) == 0 {
			return simcloud.Refusal("CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster", "Custom kubelet identity is only supported on user assigned MSI cluster.")
		}
		if !may(kubelet, "Managed Identity Operator") {
			return simcloud.Refusal("CustomKubeletIdentityMissingPermissionError",
				"The cluster user assigned identity must be given permission to assign kubelet identity %s. Check access result not allowed for action Microsoft.ManagedIdentity/userAssignedIdentities/assign/action.", kubelet)
		}
	}
	if zone := op.In.String("apiServerAccessProfile.privateDNSZone"); zone != "" && !managedZone(zone) && !may(zone, "Private DNS Zone Contributor") {
		return simcloud.Refusal("CustomPrivateDNSZoneMissingPermissionError",
			"Service principal or user-assigned identity must be given permission to read and write to custom private dns zone %s. Check access result not allowed for action Microsoft.Network/privateDnsZones/read.", zone)
	}
	scopes := append(op.In.Strings("agentPoolProfiles[].vnetSubnetID"), op.In.Strings("networkProfile.loadBalancerProfile.outboundIPs.publicIPs[].id")...)
	for _, scope := range scopes {
		if len(own) > 0 && !may(scope, "Network Contributor") {
			return simcloud.Refusal("LinkedAuthorizationFailed",
				"The client '%s' does not have permission to perform action(s) 'join/action' on the linked scope(s) '%s' or the linked scope(s) are invalid.", own[0], scope)
		}
	}
	if set := op.In.String("diskEncryptionSetID"); set != "" && !may(set, "Reader") {
		return simcloud.Refusal("LinkedAuthorizationFailed",
			"The client does not have permission to perform action(s) 'Microsoft.Compute/diskEncryptionSets/read' on the linked scope(s) '%s' or the linked scope(s) are invalid.", set)
	}
	return nil
}

// aksNetwork refuses ranges that subnets have, and a way out that is not there.
func aksNetwork(op *simcloud.Op) error {
	for _, path := range []string{"serviceCidr", "podCidr"} {
		p, err := netip.ParsePrefix(op.In.String("networkProfile." + path))
		for _, s := range op.All(subnetToken) {
			q, bad := netip.ParsePrefix(s.In.String("addressPrefix"))
			if err == nil && bad == nil && p.Overlaps(q) {
				return simcloud.Refusal("ServiceCidrOverlapExistingSubnetsCidr", "The specified %s %s is conflicted with an existing subnet CIDR %s", path, p, q)
			}
		}
		if ip, bad := netip.ParseAddr(op.In.String("networkProfile.dnsServiceIP")); path == "serviceCidr" && err == nil && bad == nil && !p.Contains(ip) {
			return simcloud.Refusal("DnsServiceIpOutOfServiceCidr", "The specified DNS service IP %s is not within the service CIDR %s.", ip, p)
		}
	}
	for _, id := range op.In.Strings("agentPoolProfiles[].vnetSubnetID") {
		s := op.Find(subnetToken, "id", id)
		if op.In.String("networkProfile.outboundType") == "userAssignedNATGateway" && !s.In.Has("natGateway.id") {
			return simcloud.Refusal("NatGatewayNotAssociated", "Outbound type userAssignedNATGateway requires a NAT gateway associated with subnet %s.", id)
		}
		if err := delegated(op, id, ""); err != nil {
			return err
		}
	}
	return nil
}

// aksSteady refuses changes that AKS does.
func aksSteady(op *simcloud.Op) error {
	if err := steady(op, "PropertyChangeNotAllowed", "Changing property '%s' is not allowed.",
		"dnsPrefix", "nodeResourceGroup", "networkProfile.networkPlugin", "networkProfile.podCidr", "networkProfile.serviceCidr",
		"networkProfile.dnsServiceIP", "networkProfile.loadBalancerSku", "apiServerAccessProfile.enablePrivateCluster",
		"apiServerAccessProfile.privateDNSZone", "diskEncryptionSetID"); err != nil {
		return err
	}
	if op.Old == nil {
		return nil
	}
	if err := versionStep(op.Old.In.String("kubernetesVersion"), op.In.String("kubernetesVersion")); err != nil {
		return err
	}
	was := map[string]simcloud.Values{}
	for _, pool := range op.Old.In.Objects("agentPoolProfiles[]") {
		was[pool.String("name")] = pool
	}
	for _, pool := range op.In.Objects("agentPoolProfiles[]") {
		old, has := was[pool.String("name")]
		for _, path := range poolFixed {
			if has && fmt.Sprint(old.Get(path)) != fmt.Sprint(pool.Get(path)) {
				return simcloud.Refusal("PropertyChangeNotAllowed", "Changing property 'properties.agentPoolProfiles.%s' is not allowed.", path)
			}
		}
	}
	return nil
}

// versionStep refuses to go back, and to leave a minor out.
func versionStep(from, to string) error {
	if step := number(to) - number(from); from != "" && to != "" && (step < 0 || step > 1) {
		return simcloud.Refusal("OperationNotAllowed", "Upgrading Kubernetes version %s to %s is not allowed. Available upgrades: [1.%d].", from, to, number(from)+1)
	}
	return nil
}

// minor is the minor of a version, such as 1.34, and number the 34 of it.
func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return ""
	}
	return parts[0] + "." + parts[1]
}

func number(version string) int {
	_, after, _ := strings.Cut(minor(version), ".")
	n, _ := strconv.Atoi(after) // a version that is none was refused
	return n
}

func aksOutputs(op *simcloud.Op) simcloud.Values {
	name, region := op.In.String("resourceName"), op.In.String("location")
	host := op.In.String("dnsPrefix") + "-" + op.Hex(8, "dns")
	out := simcloud.Values{
		"fqdn": kept(op, "fqdn", host+".hcp."+region+".azmk8s.io"), "currentKubernetesVersion": op.In.String("kubernetesVersion"),
		"powerState": map[string]any{"code": "Running"}, "maxAgentPools": 100,
	}
	if op.In.Bool("apiServerAccessProfile.enablePrivateCluster") {
		out["privateFQDN"] = kept(op, "privateFQDN", host+"."+op.Hex(8, "private")+".privatelink."+region+".azmk8s.io")
	}
	issuer := "https://" + region + ".oic.prod-aks.azure.com/" + DefaultTenant + "/" + newGUID(op, "issuer") + "/"
	out["oidcIssuerProfile"] = map[string]any{"enabled": true, "issuerURL": kept(op, "oidcIssuerProfile.issuerURL", issuer)}
	group := op.In.String("nodeResourceGroup")
	if group == "" {
		group = "MC_" + op.In.String("resourceGroupName") + "_" + name + "_" + region
	}
	out["nodeResourceGroup"] = group
	id := "/subscriptions/" + op.Account + "/resourceGroups/" + group
	op.Side(groupToken, id, simcloud.Values{"name": group, "location": region, "managedBy": op.ID})
	addons := map[string]any{}
	if given, ok := op.In.Get("addonProfiles").(map[string]any); ok {
		for key, profile := range given {
			p := maps.Clone(profile.(map[string]any))
			identity := "addonProfiles." + key + ".identity."
			p["identity"] = map[string]any{
				"objectId":   kept(op, identity+"objectId", newGUID(op, key+" object")),
				"clientId":   kept(op, identity+"clientId", newGUID(op, key+" client")),
				"resourceId": id + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + key + "-" + name,
			}
			addons[key] = p
		}
		out["addonProfiles"] = addons
	}
	return out
}

// userCredentials is a kubeconfig as Azure hands it out.
func userCredentials(c *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	for _, r := range c.Records() {
		if r.Type != aksToken || r.Account != s.Account || r.In.String("resourceName") != args.String("resourceName") {
			continue
		}
		host := r.Out.String("privateFQDN")
		if host == "" {
			host = r.Out.String("fqdn")
		}
		text := "apiVersion: v1\nkind: Config\nclusters:\n- name: " + r.Out.String("name") + "\n  cluster:\n    server: https://" + host + ":443\n" +
			"    certificate-authority-data: " + base64.StdEncoding.EncodeToString([]byte("certificate authority of "+r.ID)) + "\n"
		return simcloud.Values{"kubeconfigs": []any{
			map[string]any{"name": "clusterUser", "value": base64.StdEncoding.EncodeToString([]byte(text))},
		}}, nil
	}
	return nil, simcloud.Refusal("ResourceNotFound", "The Resource '%s/%s' under resource group '%s' was not found.",
		aksKind, args.String("resourceName"), args.String("resourceGroupName"))
}
