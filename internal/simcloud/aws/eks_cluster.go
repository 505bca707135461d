package aws

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func eksClusterValid(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.Matches(in, "name", eksClusterName),
		simcloud.OneOf(in, "accessConfig.authenticationMode", "CONFIG_MAP", "API", "API_AND_CONFIG_MAP"),
		simcloud.OneOf(in, "upgradePolicy.supportType", "STANDARD", "EXTENDED"),
		simcloud.OneOf(in, "kubernetesNetworkConfig.ipFamily", "ipv4", "ipv6"),
		eksServiceRange(in.String("kubernetesNetworkConfig.serviceIpv4Cidr")),
		eksReachable(in),
	)
	for _, log := range in.Strings("enabledClusterLogTypes[]") {
		if !slices.Contains(eksLogTypes, log) {
			errs = append(errs, fmt.Errorf("expected enabledClusterLogTypes to be one of %q, got %s", eksLogTypes, log))
		}
	}
	for _, what := range in.Strings("encryptionConfig.resources[]") {
		if what != "secrets" {
			errs = append(errs, fmt.Errorf("expected encryptionConfig.resources to be one of [\"secrets\"], got %s", what))
		}
	}
	for _, cidr := range in.Strings("vpcConfig.publicAccessCidrs[]") {
		if p, err := netip.ParsePrefix(cidr); err != nil || p != p.Masked() {
			errs = append(errs, simcloud.Refusal("InvalidParameterException", "The following CIDRs are invalid in publicAccessCidrs: [%s]", cidr))
		}
	}
	return errs
}

// eksServiceRange refuses a range of services that Kubernetes cannot use.
func eksServiceRange(cidr string) error {
	if cidr == "" {
		return nil
	}
	p, err := netip.ParsePrefix(cidr)
	if err != nil || p != p.Masked() || !p.Addr().IsPrivate() || p.Bits() < 12 || p.Bits() > 24 {
		return simcloud.Refusal("InvalidParameterException",
			"The specified service CIDR %s is invalid: it must be a private IPv4 block between /24 and /12", cidr)
	}
	return nil
}

// eksReachable refuses an API that nobody could reach.
func eksReachable(in simcloud.Values) error {
	if in.Known("vpcConfig.endpointPublicAccess") && !in.Bool("vpcConfig.endpointPublicAccess") && !in.Bool("vpcConfig.endpointPrivateAccess") {
		return simcloud.Refusal("InvalidParameterException", "Private and public endpoint access cannot be false")
	}
	return nil
}

func eksClusterRefused(op *simcloud.Op) error {
	if v := op.In.String("version"); v != "" && !slices.Contains(eksVersions, v) {
		return simcloud.Refusal("InvalidParameterException", "unsupported Kubernetes version %s", v)
	}
	role := op.Find(roleToken, "arn", op.In.String("roleArn"))
	if !eksTrusts(role, "eks.amazonaws.com", "sts:AssumeRole") {
		return simcloud.Refusal("InvalidParameterException",
			"Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct", op.In.String("roleArn"))
	}
	zones, networks := eksPlaces(op, op.In)
	if len(networks) > 1 {
		return simcloud.Refusal("InvalidParameterException", "Subnets specified must belong to the same VPC")
	}
	if len(zones) < 2 {
		return simcloud.Refusal("InvalidParameterException", "Subnets specified must be in at least two different AZs")
	}
	if op.Old == nil {
		return nil
	}
	return errors.Join(eksVersionStep(op), eksModeStep(op), eksZonesStay(op, zones))
}

// eksPlaces are the zones and the networks of a cluster's subnets.
func eksPlaces(op *simcloud.Op, in simcloud.Values) (zones, networks []string) {
	for _, id := range in.Strings("vpcConfig.subnetIds[]") {
		if s := op.Find(subnetToken, "id", id); s != nil {
			zones = append(zones, s.Out.String("availabilityZone"))
			networks = append(networks, s.Out.String("vpcId"))
		}
	}
	slices.Sort(zones)
	slices.Sort(networks)
	return slices.Compact(zones), slices.Compact(networks)
}

// eksVersionStep refuses any step but one minor up.
func eksVersionStep(op *simcloud.Op) error {
	from, to := op.Old.Out.String("version"), op.In.String("version")
	if step := eksMinor(to) - eksMinor(from); to != "" && step != 0 && step != 1 {
		return simcloud.Refusal("InvalidParameterException", "Unsupported Kubernetes minor version update from %s to %s", from, to)
	}
	return nil
}

// eksModeStep refuses to go back to the aws-auth config map.
func eksModeStep(op *simcloud.Op) error {
	order := []string{"CONFIG_MAP", "API_AND_CONFIG_MAP", "API"}
	from, to := op.Old.In.String("accessConfig.authenticationMode"), op.In.String("accessConfig.authenticationMode")
	if to != "" && slices.Index(order, to) < slices.Index(order, from) {
		return simcloud.Refusal("InvalidParameterException", "Unsupported authentication mode update from %s to %s", from, to)
	}
	return nil
}

// eksZonesStay refuses subnets in other zones than those the cluster was
// created in.
func eksZonesStay(op *simcloud.Op, now []string) error {
	if was, _ := eksPlaces(op, op.Old.In); !slices.Equal(was, now) {
		return simcloud.Refusal("InvalidParameterException",
			"Provided subnets belong to the AZs '%s'. But they should belong to the exact set of AZs '%s' in which subnets were provided during cluster creation.",
			strings.Join(now, ","), strings.Join(was, ","))
	}
	return nil
}

func eksClusterOutputs(op *simcloud.Op) simcloud.Values {
	name := op.ID
	id := strings.ToUpper(op.Hex(32, "oidc"))
	version := op.In.String("version")
	if version == "" {
		version = eksVersions[len(eksVersions)-1]
	}
	network := map[string]any{"serviceIpv4Cidr": "10.100.0.0/16", "ipFamily": "ipv4"}
	if given, ok := op.In.Get("kubernetesNetworkConfig").(map[string]any); ok {
		maps.Copy(network, given)
	}
	vpc := map[string]any{
		"endpointPublicAccess": true, "endpointPrivateAccess": false, "publicAccessCidrs": []any{"0.0.0.0/0"},
		"vpcId": eksVpc(op), "clusterSecurityGroupId": "sg-" + op.Hex(17, "security group"),
	}
	if given, ok := op.In.Get("vpcConfig").(map[string]any); ok {
		maps.Copy(vpc, given)
	}
	eksSides(op, vpc)
	return simcloud.Values{
		"arn": arn(op, "eks", "cluster/"+name), "status": "ACTIVE", "version": version, "platformVersion": "eks.8",
		"endpoint":             "https://" + id + ".gr7." + op.Region + ".eks.amazonaws.com",
		"certificateAuthority": map[string]any{"data": base64.StdEncoding.EncodeToString([]byte("certificate authority of " + name))},
		"identities": []any{map[string]any{"oidcs": []any{
			map[string]any{"issuer": "https://oidc.eks." + op.Region + ".amazonaws.com/id/" + id},
		}}},
		"vpcConfig": vpc, "kubernetesNetworkConfig": network,
	}
}

func eksVpc(op *simcloud.Op) string {
	if _, networks := eksPlaces(op, op.In); len(networks) > 0 {
		return networks[0]
	}
	return ""
}

// eksSides creates what EKS creates along with a cluster: its security group,
// and the log group of the control plane where there is none yet and the
// cluster's role may. That log group has no key and never forgets, and whoever
// creates it later finds it taken.
func eksSides(op *simcloud.Op, vpc map[string]any) {
	group, _ := vpc["clusterSecurityGroupId"].(string)
	op.Side(securityGroupToken, group, simcloud.Values{
		"arn": arn(op, "ec2", "security-group/"+group), "name": "eks-cluster-sg-" + op.ID, "vpcId": vpc["vpcId"],
		"tags": map[string]any{"kubernetes.io/cluster/" + op.ID: "owned", "aws:eks:cluster-name": op.ID},
	})
	logs := "/aws/eks/" + op.ID + "/cluster"
	if op.In.Has("enabledClusterLogTypes") && op.Find(logGroupToken, "name", logs) == nil && !eksMayNotLog(op) {
		op.Side(logGroupToken, logs, simcloud.Values{"name": logs, "arn": arn(op, "logs", "log-group:"+logs)})
	}
}

// eksMayNotLog says whether the cluster's role is denied to create log groups.
func eksMayNotLog(op *simcloud.Op) bool {
	role := op.Find(roleToken, "arn", op.In.String("roleArn"))
	return slices.ContainsFunc(op.All("aws:iam/rolePolicy:RolePolicy"), func(r *simcloud.Record) bool {
		doc, err := parsePolicy(r.In.String("policy"))
		return err == nil && r.In.String("role") == role.Out.String("name") &&
			slices.ContainsFunc(doc.Statement, func(s statement) bool { return s.Effect == "Deny" && s.allows("logs:CreateLogGroup") })
	})
}
