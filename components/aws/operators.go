package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What operators in the cluster may do in the account, as policy documents for
// the roles of their service accounts. They make things while the stack runs, so
// their rights end at what bears their mark: the cluster's tag, the zone, the
// bucket.

// balancerTag is the tag by which the load balancer controller knows its own.
const balancerTag = "elbv2.k8s.aws/cluster"

// BalancerPolicies let the AWS Load Balancer Controller make and change load
// balancers of a cluster, in its region and nobody else's.
// Source: AWS Load Balancer Controller v3.5.0, docs/install/iam_policy.json,
// without what is switched off here (Cognito, classic WAF, Shield, server
// certificates, network load balancers), and for one cluster.
func BalancerPolicies(s Scope, clusterName string) map[string]pulumi.StringInput {
	return map[string]pulumi.StringInput{
		"balancers-see": pulumi.String(policy(seeBalancers(s)...)),
		"balancers":     pulumi.String(policy(append(makeBalancers(s, clusterName), makeDoors(s, clusterName)...)...)),
	}
}

func seeBalancers(s Scope) []Statement {
	see := allow("See", append(words("ec2", `DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeInternetGateways
		DescribeVpcs DescribeVpcPeeringConnections DescribeSubnets DescribeSecurityGroups DescribeInstances DescribeNetworkInterfaces
		DescribeTags DescribeRouteTables GetSecurityGroupsForVpc`), words("elasticloadbalancing", `DescribeLoadBalancers
		DescribeLoadBalancerAttributes DescribeListeners DescribeListenerAttributes DescribeListenerCertificates DescribeSSLPolicies
		DescribeRules DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth DescribeTags DescribeTrustStores
		DescribeCapacityReservation`)...), []string{"*"})
	firewall := allow("Firewall", words("wafv2", "GetWebACL GetWebACLForResource AssociateWebACL DisassociateWebACL"),
		[]string{s.arn("wafv2", "regional/webacl/"+s.Prefix+"-*"), s.arn("elasticloadbalancing", "loadbalancer/app/*/*")})
	certificates := allow("Certificates", words("acm", "DescribeCertificate"), []string{s.arn("acm", "certificate/*")})
	linked := allow("ServiceRole", words("iam", "CreateServiceLinkedRole"),
		[]string{s.globalArn("iam", "role/aws-service-role/elasticloadbalancing.amazonaws.com/*")})
	linked.Condition = map[string]map[string][]string{"StringEquals": {"iam:AWSServiceName": {"elasticloadbalancing.amazonaws.com"}}}
	see.Action = append(see.Action, "acm:ListCertificates")
	see.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {s.Region}}}
	return []Statement{see, firewall, certificates, linked}
}

// makeBalancers are rights on load balancers that bear the cluster's tag.
func makeBalancers(s Scope, cluster string) []Statement {
	asked := map[string]map[string][]string{"StringEquals": {"aws:RequestTag/" + balancerTag: {cluster}}}
	owned := map[string]map[string][]string{"StringEquals": {"aws:ResourceTag/" + balancerTag: {cluster}}}
	elb := func(kinds ...string) []string {
		all := make([]string, len(kinds))
		for i, kind := range kinds {
			all[i] = s.arn("elasticloadbalancing", kind)
		}
		return all
	}
	whole := elb("targetgroup/*/*", "loadbalancer/app/*/*")
	parts := elb("listener/app/*/*/*", "listener-rule/app/*/*/*")
	create := allow("Create", words("elasticloadbalancing", "CreateLoadBalancer CreateTargetGroup"), whole)
	create.Condition = asked
	born := allow("TagsAtCreation", words("elasticloadbalancing", "AddTags"), whole)
	born.Condition = map[string]map[string][]string{"StringEquals": {
		"aws:RequestTag/" + balancerTag: {cluster}, "elasticloadbalancing:CreateAction": {"CreateTargetGroup", "CreateLoadBalancer"},
	}}
	change := allow("Change", words("elasticloadbalancing", `AddTags RemoveTags ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups
		SetSubnets DeleteLoadBalancer ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup RegisterTargets DeregisterTargets`), whole)
	change.Condition = owned
	// Listeners and rules get their tags in the call that makes them, and a web ACL
	// is set on a load balancer whose tags that call does not see.
	inside := allow("Listeners", words("elasticloadbalancing", `CreateListener DeleteListener CreateRule DeleteRule ModifyListener
		ModifyListenerAttributes ModifyRule AddListenerCertificates RemoveListenerCertificates SetRulePriorities AddTags RemoveTags SetWebAcl`),
		append(parts, elb("loadbalancer/app/*/*")...))
	inside.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {s.Region}}}
	return []Statement{create, born, change, inside}
}

// makeDoors are rights on security groups: those of the load balancers, and the
// rules of the nodes' group that let them in.
func makeDoors(s Scope, cluster string) []Statement {
	groups, network := s.arn("ec2", "security-group/*"), s.arn("ec2", "vpc/*")
	create := allow("Doors", words("ec2", "CreateSecurityGroup"), []string{groups, network})
	born := allow("DoorTags", words("ec2", "CreateTags"), []string{groups})
	born.Condition = map[string]map[string][]string{"StringEquals": {
		"aws:RequestTag/" + balancerTag: {cluster}, "ec2:CreateAction": {"CreateSecurityGroup"},
	}}
	change := allow("OwnDoors", words("ec2", "DeleteSecurityGroup CreateTags DeleteTags"), []string{groups})
	change.Condition = map[string]map[string][]string{"StringEquals": {"aws:ResourceTag/" + balancerTag: {cluster}}}
	let := allow("LetIn", words("ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress"), []string{groups})
	let.Condition = map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": {s.Region}}}
	return []Statement{create, born, change, let}
}

// RecordsPolicy lets external-dns keep records of one zone.
// Source: external-dns, docs/tutorials/aws.md, "IAM Policy".
func RecordsPolicy(s Scope, zoneID pulumi.StringInput) pulumi.StringInput {
	return pulumi.Sprintf("%s", zoneID).ApplyT(func(id string) string {
		zone := "arn:" + s.Partition + ":route53:::hostedzone/" + id
		return policy(
			allow("Records", words("route53", "ChangeResourceRecordSets ListResourceRecordSets ListTagsForResources"), []string{zone}),
			allow("Zones", words("route53", "ListHostedZones"), []string{"*"}), // cannot be limited
		)
	}).(pulumi.StringOutput)
}

// SolverPolicy lets cert-manager prove names of one zone: it writes texts at
// _acme-challenge and nothing else.
// Source: cert-manager, "Route53", section "Set up an IAM Role"; Route 53
// developer guide, "Using IAM policy conditions for fine-grained access control".
func SolverPolicy(s Scope, zoneID pulumi.StringInput) pulumi.StringInput {
	return pulumi.Sprintf("%s", zoneID).ApplyT(func(id string) string {
		zone := "arn:" + s.Partition + ":route53:::hostedzone/" + id
		prove := allow("Proofs", words("route53", "ChangeResourceRecordSets"), []string{zone})
		prove.Condition = map[string]map[string][]string{
			"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": {"TXT"}},
			"ForAllValues:StringLike":   {"route53:ChangeResourceRecordSetsNormalizedRecordNames": {"_acme-challenge.*"}},
		}
		return policy(
			prove, allow("See", words("route53", "ListResourceRecordSets"), []string{zone}),
			allow("Wait", words("route53", "GetChange"), []string{"arn:" + s.Partition + ":route53:::change/*"}),
		)
	}).(pulumi.StringOutput)
}

// ClusterBackupPolicy lets Velero keep backups below a prefix of a bucket. It
// takes snapshots through the CSI driver, which has rights of its own.
// Source: velero-plugin-for-aws, README, "Set permissions for Velero".
func ClusterBackupPolicy(s Scope, bucketArn pulumi.StringInput, prefix string, keyArn pulumi.StringInput) pulumi.StringInput {
	return pulumi.All(bucketArn, keyArn).ApplyT(func(v []any) string {
		bucket, _ := v[0].(string)
		key, _ := v[1].(string)
		list := allow("List", words("s3", "ListBucket"), []string{bucket})
		list.Condition = map[string]map[string][]string{"StringLike": {"s3:prefix": {prefix + "/*"}}}
		crypt := allow("Crypt", words("kms", "Decrypt GenerateDataKey"), []string{key})
		crypt.Condition = map[string]map[string][]string{"StringEquals": {"kms:ViaService": {"s3." + s.Region + ".amazonaws.com"}}}
		return policy(
			allow("Objects", words("s3", "GetObject PutObject DeleteObject AbortMultipartUpload ListMultipartUploadParts"), []string{bucket + "/" + prefix + "/*"}),
			list, crypt,
		)
	}).(pulumi.StringOutput)
}
