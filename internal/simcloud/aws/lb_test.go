package aws

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

type props = map[string]any

// lbNetwork is what a load balancer stands in.
func lbNetwork() []s3Step {
	subnet := func(name, cidr, zone string) s3Step {
		return s3Step{name: name, token: subnetToken, in: simcloud.Values{"vpcId": "{net.id}", "cidrBlock": cidr, "availabilityZone": zone}}
	}
	return []s3Step{
		{name: "net", token: vpcToken, in: simcloud.Values{"cidrBlock": "10.0.0.0/16"}},
		{name: "gate", token: gatewayToken, in: simcloud.Values{"vpcId": "{net.id}"}},
		subnet("a", "10.0.0.0/24", "eu-west-1a"), subnet("a2", "10.0.2.0/24", "eu-west-1a"), subnet("b", "10.0.1.0/24", "eu-west-1b"),
		{name: "door", token: securityGroupToken, in: simcloud.Values{"vpcId": "{net.id}", "name": "door"}},
		{name: "other", token: vpcToken, in: simcloud.Values{"cidrBlock": "10.1.0.0/16"}},
		{name: "foreign", token: securityGroupToken, in: simcloud.Values{"vpcId": "{other.id}", "name": "foreign"}},
	}
}

// made is a step with an input changed; nil takes it out.
func made(name, token string, in props, changes ...any) s3Step {
	in = maps.Clone(in)
	for i := 0; i < len(changes); i += 2 {
		key := changes[i].(string)
		if in[key] = changes[i+1]; changes[i+1] == nil {
			delete(in, key)
		}
	}
	return s3Step{name: name, token: token, in: in}
}

func balancerStep(changes ...any) s3Step {
	return made("lb", balancerToken, props{"name": "web", "subnets": []any{"{a.id}", "{b.id}"}, "securityGroups": []any{"{door.id}"}}, changes...)
}

func targetStep(changes ...any) s3Step {
	return made("tg", targetGroupToken, props{"name": "web", "targetType": "ip", "port": 80.0, "protocol": "HTTP", "vpcId": "{net.id}"}, changes...)
}

const oldCertificate = "arn:aws:acm:eu-west-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001"

func listenerStep(changes ...any) s3Step {
	return made("https", listenerToken, props{
		"loadBalancerArn": "{lb.arn}", "port": 443.0, "protocol": "HTTPS", "certificateArn": oldCertificate,
		"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "defaultActions": []any{props{"type": "forward", "targetGroupArn": "{tg.arn}"}},
	}, changes...)
}

func ruleStep(changes ...any) s3Step {
	return made("rule", listenerRule, props{
		"listenerArn": "{https.arn}", "priority": 10.0, "actions": []any{props{"type": "forward", "targetGroupArn": "{tg.arn}"}},
		"conditions": []any{props{"pathPattern": props{"values": []any{"/api/*"}}}},
	}, changes...)
}

func named(s s3Step, name string) s3Step { s.name = name; return s }
func changed(s s3Step) s3Step            { s.update = true; return s }
func gone(name string) s3Step            { return s3Step{name: name, delete: true} }

func withLB(more ...s3Step) []s3Step { return slices.Concat(lbNetwork(), more) }

func TestLoadBalancers(t *testing.T) {
	logs := func(bucket string) props { return props{"bucket": bucket, "prefix": "alb", "enabled": true} }
	letsLogs := s3PolicyStep("logs", `{"Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/alb/AWSLogs/111122223333/*"}`)
	s3Run(t, []s3Case{
		{"fine", withLB(balancerStep()), ""},
		{"name from a prefix", withLB(balancerStep("name", nil, "namePrefix", "web-")), ""},
		{"long prefix", withLB(balancerStep("name", nil, "namePrefix", "website")), `"namePrefix" cannot be longer than 6`},
		{"long name", withLB(balancerStep("name", "a-name-that-is-longer-than-thirty-two")), `"name" cannot be longer than 32`},
		{"bad name", withLB(balancerStep("name", "web_1")), "only alphanumeric characters and hyphens"},
		{"internal name", withLB(balancerStep("name", "internal-web")), `"name" cannot begin with "internal-"`},
		{"name taken", withLB(balancerStep(), named(balancerStep(), "lb2")), "DuplicateLoadBalancerName"},
		{"type", withLB(balancerStep("loadBalancerType", "classic")), "expected loadBalancerType"},
		{"no subnets", withLB(balancerStep("subnets", nil)), "ValidationError: At least one subnet"},
		{"no such subnet", withLB(balancerStep("subnets", []any{"{a.id}", "subnet-1"})), "SubnetNotFound"},
		{"one zone", withLB(balancerStep("subnets", []any{"{a.id}"})), "ValidationError: At least two subnets in two different Availability Zones must be specified"},
		{"two subnets of a zone", withLB(balancerStep("subnets", []any{"{a.id}", "{a2.id}"})), "ValidationError: At least two subnets in two different Availability Zones"},
		{"three subnets in two zones", withLB(balancerStep("subnets", []any{"{a.id}", "{a2.id}", "{b.id}"})), "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets"},
		{"no such group", withLB(balancerStep("securityGroups", []any{"sg-1"})), "InvalidConfigurationRequest: One or more security groups are invalid"},
		{"group elsewhere", withLB(balancerStep("securityGroups", []any{"{foreign.id}"})), "InvalidConfigurationRequest: One or more security groups are invalid"},
		{"no way in", slices.Concat(lbNetwork()[:1], lbNetwork()[2:6], []s3Step{balancerStep()}), "InvalidSubnet"},
		{"protected", withLB(balancerStep("enableDeletionProtection", true), gone("lb")), "OperationNotPermitted"},
		{"unprotected again", withLB(balancerStep("enableDeletionProtection", true), changed(balancerStep("enableDeletionProtection", false)), gone("lb")), ""},
		{"no log bucket", withLB(balancerStep("accessLogs", logs("logs"))), "InvalidConfigurationRequest: S3 bucket 'logs' does not exist"},
		{"log bucket elsewhere", withLB(s3Step{name: "logs", token: bucketToken, region: "eu-west-2", in: simcloud.Values{"bucket": "logs"}}, balancerStep("accessLogs", logs("logs"))), "InvalidConfigurationRequest: The S3 bucket 'logs' is not in the region"},
		{"logs not let in", withLB(s3BucketStep("logs"), balancerStep("accessLogs", logs("logs"))), "InvalidConfigurationRequest: Access Denied for bucket: logs. Please check S3bucket permission"},
		{"logs let in under another prefix", withLB(s3BucketStep("logs"), letsLogs, balancerStep("accessLogs", props{"bucket": "logs", "prefix": "nlb", "enabled": true})), "InvalidConfigurationRequest: Access Denied for bucket"},
		{"log bucket with a key", withLB(s3BucketStep("logs"), letsLogs, s3Step{name: "key", token: keyToken, in: simcloud.Values{}}, s3Step{
			name: "enc", token: bucketEncryptionToken, in: simcloud.Values{"bucket": "logs", "rules": []any{props{
				"applyServerSideEncryptionByDefault": props{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "{key.arn}"}}}},
		}, balancerStep("accessLogs", logs("logs"))), "InvalidConfigurationRequest: Access Denied for bucket"},
		{"logs let in", withLB(s3BucketStep("logs"), letsLogs, balancerStep("accessLogs", logs("logs"))), ""},
		{"log bucket in use", withLB(s3BucketStep("logs"), letsLogs, balancerStep("accessLogs", logs("logs")), gone("logs")), "BucketNotEmpty"},
		{"subnet in use", withLB(balancerStep(), gone("a")), "DependencyViolation"},
		{"group in use", withLB(balancerStep(), gone("door")), "DependencyViolation"},
	})
}

func TestTargetGroups(t *testing.T) {
	forward := withLB(balancerStep(), targetStep(), listenerStep())
	s3Run(t, []s3Case{
		{"fine", withLB(targetStep("healthCheck", props{"path": "/healthz", "matcher": "200-299", "interval": 10.0, "timeout": 5.0})), ""},
		{"no such network", withLB(targetStep("vpcId", "vpc-1")), "ValidationError: The VPC ID 'vpc-1' is not found"},
		{"no port", withLB(targetStep("port", nil)), "port should be set when target type is ip"},
		{"type", withLB(targetStep("targetType", "pod")), "expected targetType"},
		{"name taken", withLB(targetStep(), named(targetStep(), "tg2")), "DuplicateTargetGroupName"},
		{"path", withLB(targetStep("healthCheck", props{"path": "healthz"})), "ValidationError: Health check path"},
		{"matcher", withLB(targetStep("healthCheck", props{"matcher": "2xx"})), "invalid value for healthCheck.matcher"},
		{"slow check", withLB(targetStep("healthCheck", props{"interval": 5.0, "timeout": 5.0})), "ValidationError: Health check interval must be greater than the timeout."},
		{"slow start", withLB(targetStep("slowStart", 10.0)), "ValidationError: Slow start"},
		{"drain for ever", withLB(targetStep("deregistrationDelay", 4000.0)), "expected deregistrationDelay"},
		{"in use by a listener", append(slices.Clone(forward), gone("tg")), "ResourceInUse: Target group"},
		{"in use by a rule", append(slices.Clone(forward), ruleStep(), changed(listenerStep("defaultActions", []any{props{"type": "fixed-response", "fixedResponse": props{"contentType": "text/plain", "statusCode": "404"}}})), gone("tg")), "ResourceInUse: Target group"},
		{"free again", append(slices.Clone(forward), gone("https"), gone("tg")), ""},
	})
}

func TestListeners(t *testing.T) {
	base := withLB(balancerStep(), targetStep())
	with := func(more ...s3Step) []s3Step { return slices.Concat(base, more) }
	pending := s3Step{name: "cert", token: certificateToken, in: simcloud.Values{"domainName": "api.example.com", "validationMethod": "DNS"}}
	abroad := pending
	abroad.region = "us-east-1"
	s3Run(t, []s3Case{
		{"fine", with(listenerStep(), ruleStep()), ""},
		{"no balancer", with(listenerStep("loadBalancerArn", "arn")), "LoadBalancerNotFound"},
		{"no target group", with(listenerStep("defaultActions", []any{props{"type": "forward", "targetGroupArn": "arn"}})), "TargetGroupNotFound"},
		{"nowhere", with(listenerStep("defaultActions", []any{props{"type": "forward"}})), "ValidationError: An action of type 'forward'"},
		{"action", with(listenerStep("defaultActions", []any{props{"type": "drop"}})), "ValidationError: Action type 'drop'"},
		{"redirect nowhere", with(listenerStep("defaultActions", []any{props{"type": "redirect"}})), "defaultActions: an action of type redirect needs redirect"},
		{"port taken", with(listenerStep(), named(listenerStep(), "again")), "DuplicateListener"},
		{"policy", with(listenerStep("sslPolicy", "ELBSecurityPolicy-TLS14")), "SSLPolicyNotFound"},
		{"no certificate", with(listenerStep("certificateArn", nil)), "ValidationError: A certificate must be specified for HTTPS listeners"},
		{"no such certificate", with(listenerStep("certificateArn", "arn:aws:acm:eu-west-1:111122223333:certificate/none")), "CertificateNotFound"},
		{"certificate abroad", with(abroad, listenerStep("certificateArn", "{cert.arn}")), "ValidationError: Certificate ARN"},
		{"certificate pending", with(pending, listenerStep("certificateArn", "{cert.arn}")), "UnsupportedCertificate"},
		{"certificate on HTTP", with(listenerStep("protocol", "HTTP", "sslPolicy", nil)), "InvalidConfigurationRequest: Certificates and SSL policies"},
		{"protocol", with(listenerStep("protocol", "TCP")), "expected protocol"},
		{"targets elsewhere", with(named(targetStep("name", "far", "vpcId", "{other.id}"), "far"), listenerStep("defaultActions", []any{props{"type": "forward", "targetGroupArn": "{far.arn}"}})), "InvalidConfigurationRequest: The following target groups are not in the same VPC"},
		{"rule targets elsewhere", with(named(targetStep("name", "far", "vpcId", "{other.id}"), "far"), listenerStep(), ruleStep("actions", []any{props{"type": "forward", "targetGroupArn": "{far.arn}"}})), "InvalidConfigurationRequest: The following target groups are not in the same VPC"},
		{"rule without listener", with(ruleStep("listenerArn", "arn")), "ListenerNotFound"},
		{"priority taken", with(listenerStep(), ruleStep(), named(ruleStep(), "again")), "PriorityInUse"},
		{"priority", with(listenerStep(), ruleStep("priority", 50001.0)), "expected priority"},
		{"no value", with(listenerStep(), ruleStep("conditions", []any{props{"pathPattern": props{"values": []any{}}}})), "ValidationError: A condition value must be specified"},
		{"six values", with(listenerStep(), ruleStep("conditions", []any{props{"pathPattern": props{"values": []any{"/a", "/b", "/c", "/d", "/e", "/f"}}}})), "ValidationError: Rules can only have '5' condition values"},
		{"six wildcards", with(listenerStep(), ruleStep("conditions", []any{props{"pathPattern": props{"values": []any{"/*/*", "/*/*", "/*/*"}}}})), "ValidationError: Rules can only have '5' wildcards"},
		{"weight", with(listenerStep(), ruleStep("actions", []any{props{"type": "forward", "forward": props{"targetGroups": []any{props{"arn": "{tg.arn}", "weight": 1000.0}}}}})), "expected weight"},
	})
}

// A certificate of ACM serves once it is issued, and stays while it serves.
func TestListenerCertificate(t *testing.T) {
	cloud, records := simcloud.New(Catalog()), map[string]*simcloud.Record{}
	for _, step := range withLB(balancerStep(), targetStep(), edgeCertStep("", "api.example.com")) {
		if err := s3Do(cloud, records, step); err != nil {
			t.Fatal(err)
		}
	}
	if err := edgeProof(t, cloud, records, ""); err != nil {
		t.Fatal(err)
	}
	if err := s3Do(cloud, records, listenerStep("certificateArn", "{cert.arn}")); err != nil {
		t.Fatal(err)
	}
	if err := s3Do(cloud, records, gone("cert")); err == nil || !strings.HasPrefix(err.Error(), "ResourceInUseException") {
		t.Errorf("a certificate in use can be deleted: %v", err)
	}
}
