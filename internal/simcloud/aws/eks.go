package aws

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	eksClusterToken     = "aws:eks/cluster:Cluster"
	eksNodeGroupToken   = "aws:eks/nodeGroup:NodeGroup"
	eksAddonToken       = "aws:eks/addon:Addon"
	eksAccessEntryToken = "aws:eks/accessEntry:AccessEntry"
	eksPodIdentityToken = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
)

// eksVersions are the Kubernetes minors that EKS creates clusters of, those in
// extended support too.
// Source: EKS user guide, "Kubernetes versions", read 2026-11.
var eksVersions = []string{"1.31", "1.32", "1.33", "1.34", "1.35", "1.36"}

var (
	eksClusterName = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)
	eksLogTypes    = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
)

func eksTypes() []*simcloud.Type {
	return []*simcloud.Type{
		eksCluster(), eksNodeGroup(), eksAddon(),
		eksAccessEntry(), eksAccessPolicy(), eksPodIdentity(), launchTemplate(),
	}
}

// eksClusterRef is the reference of what lives in a cluster. Only node groups
// keep the cluster from being deleted; all else goes with it.
func eksClusterRef(holds bool) simcloud.Ref {
	return simcloud.Ref{
		Path: "clusterName", To: []string{eksClusterToken}, Holds: holds,
		Missing: "ResourceNotFoundException: No cluster found for name: %s.",
	}
}

// eksMinor is the number of a minor: 35 of 1.35.
func eksMinor(version string) int {
	_, minor, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(minor)
	return n
}

// eksTrusts says whether a role lets a service assume it by all these actions.
func eksTrusts(role *simcloud.Record, service string, actions ...string) bool {
	doc, err := parsePolicy(role.In.String("assumeRolePolicy"))
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(actions, func(action string) bool {
		return !slices.ContainsFunc(doc.Statement, func(s statement) bool {
			return s.Effect == "Allow" && s.allows(action) && s.Principal.names("Service", service)
		})
	})
}

func eksCluster() *simcloud.Type {
	return &simcloud.Type{
		Token: eksClusterToken, Noun: "cluster", IDFrom: "name", Auto: "name", AutoMax: 100, Takes: 9 * time.Minute,
		Delete: func(op *simcloud.Op) error { // with what is in it
			return op.Abandon(strings.TrimPrefix(op.Old.Out.String("endpoint"), "https://"))
		},
		Required: []string{"roleArn", "vpcConfig.subnetIds"},
		Replace: []string{
			"name", "roleArn", "bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions",
			"kubernetesNetworkConfig.ipFamily", "kubernetesNetworkConfig.serviceIpv4Cidr", "outpostConfig",
		},
		// Encryption can be added to a cluster, but neither changed nor removed.
		ReplaceIf: func(old, _ simcloud.Values) []string {
			if old.Has("encryptionConfig") {
				return []string{"encryptionConfig"}
			}
			return nil
		},
		Refs: []simcloud.Ref{{
			Path: "roleArn", To: []string{roleToken}, By: "arn",
			Missing: "InvalidParameterException: Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct",
		}, {
			Path: "vpcConfig.subnetIds[]", To: []string{subnetToken}, Holds: true,
			Missing: "InvalidParameterException: The subnet ID '%s' does not exist",
		}, {
			Path: "vpcConfig.securityGroupIds[]", To: []string{securityGroupToken}, Holds: true,
			Missing: "InvalidParameterException: The security group '%s' does not exist",
		}, {
			Path: "encryptionConfig.provider.keyArn", To: []string{keyToken}, By: "arn",
			Missing: "InvalidParameterException: The keyArn in encryptionConfig provider is not valid: Key '%s' does not exist",
		}},
		InUse:    "ResourceInUseException: Cluster has nodegroups attached",
		Unique:   []simcloud.Unique{{Paths: []string{"name"}, Words: "ResourceInUseException: Cluster already exists with name: %s"}},
		Validate: eksClusterValid,
		Refuse:   eksClusterRefused,
		Outputs:  eksClusterOutputs,
		Computed: []string{"vpcConfig.clusterSecurityGroupId", "vpcConfig.vpcId"},
	}
}
