package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/te-explico/infrastructure/components/aws"
	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/platform"
)

// albPrefix begins what the load balancer controller reads on an Ingress.
// Source: AWS Load Balancer Controller v3.5.0, "Ingress annotations".
const albPrefix = "alb.ingress.kubernetes.io/"

// makeBalancer makes the certificate of the way in, and says how a load balancer
// is asked for.
func (b *builder) makeBalancer() error {
	if !b.entersCluster() {
		return nil
	}
	hosts := b.EntranceHosts()
	certificate, err := components.NewCertificate(b.ctx, "certificate-api", &components.CertificateArgs{
		Scope: b.scope, Domain: hosts[0], AlternativeNames: hosts[1:], ZoneID: b.dns.ZoneID, ZoneName: b.dns.Name,
	}, b.in)
	if err != nil {
		return err
	}
	b.rights[platform.BalancerAccount] = components.BalancerPolicies(b.scope, components.ClusterName(b.scope.Prefix))
	b.platform.Cluster.Integrations.Balancer = &platform.Balancer{
		Controller: b.balancerController(), Class: "alb", Annotations: b.balancerAnnotations(certificate.Arns[b.Region]),
		Backend: balancerBackend,
	}
	return nil
}

// balancerController is the AWS Load Balancer Controller. It looks after nothing
// but Ingresses of its class, and leaves alone what costs rights: Shield and the
// old WAF.
func (b *builder) balancerController() *platform.Controller {
	return &platform.Controller{
		Manifest: "aws-load-balancer-controller", Charts: []string{"aws-load-balancer-controller"}, Account: platform.BalancerAccount,
		Values: map[string]any{
			"clusterName": components.ClusterName(b.scope.Prefix), "region": b.Region, "vpcId": b.vpc.ID,
			"ingressClass": "alb", "createIngressClassResource": true,
			"defaultTargetType": "ip", "defaultTags": maps.Clone(b.scope.Tags),
			"enableShield": false, "enableWaf": false, "enableWafv2": true,
			// The Gateways are the mesh's.
			"controllerConfig":            map[string]any{"featureGates": map[string]any{"ALBGatewayAPI": false, "NLBGatewayAPI": false}},
			"enableServiceMutatorWebhook": false, // Services of type LoadBalancer are nobody's here
			"serviceMonitor":              map[string]any{"enabled": true},
			"resources":                   kubernetes.Resources("100m", "128Mi", "512Mi"),
			// What the chart leaves out of the restricted Pod Security Standard.
			"podSecurityContext": map[string]any{"seccompProfile": map[string]any{"type": "RuntimeDefault"}},
			"securityContext":    map[string]any{"capabilities": map[string]any{"drop": []any{"ALL"}}},
		},
		Replicated: func(n int) map[string]any {
			values := map[string]any{"replicaCount": n}
			if n > 1 {
				values["podDisruptionBudget"] = map[string]any{"maxUnavailable": 1}
			}
			return values
		},
	}
}

// balancerAnnotations ask for a load balancer for the internet that speaks TLS
// 1.2 and 1.3, sends on whoever comes in clear, and writes down who came.
func (b *builder) balancerAnnotations(certificate pulumi.StringInput) map[string]pulumi.StringInput {
	var tags []string
	for _, key := range slices.Sorted(maps.Keys(b.scope.Tags)) {
		tags = append(tags, key+"="+b.scope.Tags[key])
	}
	addresses := "ipv4"
	if b.Network.IPv6 {
		addresses = "dualstack"
	}
	subnets := b.vpc.PublicSubnetIDs().ApplyT(func(ids []string) string { return strings.Join(ids, ",") }).(pulumi.StringOutput)
	all := map[string]pulumi.StringInput{
		// Named, not found by their tags: a zone that goes lets go of its subnet.
		"subnets": subnets, "scheme": pulumi.String("internet-facing"), "ip-address-type": pulumi.String(addresses), "target-type": pulumi.String("ip"),
		"listen-ports": pulumi.String(`[{"HTTP":80},{"HTTPS":443}]`), "ssl-redirect": pulumi.String("443"),
		"certificate-arn": certificate, "ssl-policy": pulumi.String(components.TLSPolicy), "tags": pulumi.String(strings.Join(tags, ",")),
		// What waits for a slow service sends nothing meanwhile, and idles.
		"load-balancer-attributes": pulumi.Sprintf("idle_timeout.timeout_seconds=%d,access_logs.s3.enabled=true,access_logs.s3.bucket=%s,access_logs.s3.prefix=cluster,"+
			"routing.http.drop_invalid_header_fields.enabled=true,routing.http.desync_mitigation_mode=defensive,deletion_protection.enabled=%t",
			b.EntranceSeconds(), b.buckets.logs.Name, b.Protect),
		"listener-attributes.HTTPS-443": pulumi.String("routing.http.response.server.enabled=false," +
			"routing.http.response.strict_transport_security.header_value=max-age=94608000; includeSubDomains"),
		"target-group-attributes": pulumi.String("deregistration_delay.timeout_seconds=30"),
	}
	if b.guard != nil {
		all["wafv2-acl-arn"] = b.guard.Arn
	}
	prefixed := map[string]pulumi.StringInput{}
	for key, value := range all {
		prefixed[albPrefix+key] = value
	}
	return prefixed
}

// balancerBackend says how the load balancer speaks to what is behind it, and
// asks whether it is well.
func balancerBackend(p platform.Backend) map[string]string {
	protocol := "HTTP"
	if p.TLS {
		protocol = "HTTPS"
	}
	return map[string]string{
		albPrefix + "backend-protocol": protocol, albPrefix + "healthcheck-protocol": "HTTP",
		albPrefix + "healthcheck-port": fmt.Sprint(p.HealthPort), albPrefix + "healthcheck-path": p.HealthPath,
	}
}
