package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
	"github.com/te-explico/infrastructure/internal/simcloud/simtest"
)

func TestEcsCluster(t *testing.T) {
	g := ecsTest{}.run(t)
	g.CheckHouse(t)
	cluster := g.One(t, "aws:ecs/cluster:Cluster", "ecs").Inputs
	key := g.One(t, "aws:kms/key:Key", "").Outputs.String("arn")
	for path, want := range map[string]string{
		"name":             "explico-test",
		"settings[].name":  "containerInsights",
		"settings[].value": "enabled",
		"configuration.executeCommandConfiguration.logging":                                 "OVERRIDE",
		"configuration.executeCommandConfiguration.kmsKeyId":                                key,
		"configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName": "/ecs/explico-test/shells",
		"configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId":         key,
	} {
		if got := cluster.String(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if !cluster.Bool("configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled") {
		t.Error("the record of shells may go to a log group without a key")
	}
	for name, days := range map[string]int{"ecs-shells": 365, "ecs-insights": 7, "ecs-backend": 7} {
		in := g.One(t, "aws:cloudwatch/logGroup:LogGroup", name).Inputs
		if in.String("kmsKeyId") != key || in.Int("retentionInDays") != days {
			t.Errorf("log group %s has key %q and %d days", name, in.String("kmsKeyId"), in.Int("retentionInDays"))
		}
	}
	providers := g.One(t, "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "ecs").Inputs.Strings("capacityProviders[]")
	if !slices.Equal(providers, []string{"FARGATE", "FARGATE_SPOT"}) {
		t.Errorf("capacity providers: got %v", providers)
	}
}

func TestEcsBalancer(t *testing.T) {
	g := ecsTest{}.run(t)
	in := g.One(t, ecsDoorToken, "ecs").Inputs
	if !in.Bool("dropInvalidHeaderFields") || in.String("desyncMitigationMode") != "defensive" || in.Bool("internal") {
		t.Errorf("the load balancer takes what it should not: %v", in)
	}
	if in.Bool("enableDeletionProtection") || g.One(t, ecsDoorToken, "ecs").Protect {
		t.Error("an unprotected stack protects its load balancer")
	}
	logs := g.One(t, "aws:s3/bucketV2:BucketV2", "logs").ID
	if in.String("accessLogs.bucket") != logs || !in.Bool("accessLogs.enabled") || in.String("accessLogs.prefix") != "alb" {
		t.Errorf("access log: got %v, want bucket %s", in.Get("accessLogs"), logs)
	}
	if n := len(in.Strings("subnets[]")); n != 2 {
		t.Errorf("got %d subnets, want 2", n)
	}
	https := g.One(t, ecsListenToken, "ecs-https").Inputs
	if https.Int("port") != 443 || https.String("protocol") != "HTTPS" || https.String("sslPolicy") != "ELBSecurityPolicy-TLS13-1-2-2021-06" {
		t.Errorf("the listener is %v", https)
	}
	if got := https.String("certificateArn"); got != g.One(t, "aws:acm/certificate:Certificate", "ecs").ID {
		t.Errorf("certificate: got %s", got)
	}
	if got := https.String("defaultActions[].fixedResponse.statusCode"); got != "404" {
		t.Errorf("what no service takes gets %s", got)
	}
	if !strings.HasPrefix(https.String("routingHttpResponseStrictTransportSecurityHeaderValue"), "max-age=") {
		t.Error("nothing tells browsers to stay with HTTPS")
	}
	http := g.One(t, ecsListenToken, "ecs-http").Inputs
	if http.Int("port") != 80 || http.String("defaultActions[].type") != "redirect" || http.String("defaultActions[].redirect.protocol") != "HTTPS" || len(http.Objects("defaultActions[]")) != 1 {
		t.Errorf("port 80 does more than redirect: %v", http)
	}
	if n := len(g.All(ecsListenToken)); n != 2 {
		t.Errorf("got %d listeners, want 2", n)
	}
}

func TestEcsProtected(t *testing.T) {
	s := testScope()
	s.Protect = true
	door := ecsTest{scope: s}.run(t).One(t, ecsDoorToken, "ecs")
	if !door.Protect || !door.Inputs.Bool("enableDeletionProtection") {
		t.Error("the load balancer of a protected stack can be deleted")
	}
}

// Who may reach whom: the whole list, so that a new way in is noticed.
func TestEcsFlows(t *testing.T) {
	g := backend(func(a *EcsServiceArgs) { a.Database = testDatabase(a) }).run(t)
	names := map[string]string{}
	for _, r := range g.All("aws:ec2/securityGroup:SecurityGroup") {
		names[r.ID] = r.Name
	}
	var got []string
	for token, word := range map[string]string{
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": " from ", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": " to ",
	} {
		for _, r := range g.All(token) {
			if !strings.HasPrefix(r.Name, "ecs") {
				continue
			}
			peer := r.Inputs.String("cidrIpv4") + r.Inputs.String("cidrIpv6") + names[r.Inputs.String("referencedSecurityGroupId")]
			if r.Inputs.Int("fromPort") != r.Inputs.Int("toPort") || r.Inputs.String("ipProtocol") != "tcp" || r.Inputs.String("description") == "" {
				t.Errorf("%s lets through more than one port, or does not say why", r.Name)
			}
			got = append(got, names[r.Inputs.String("securityGroupId")]+word+peer+" "+portText(r.Inputs.Int("fromPort")))
		}
	}
	slices.Sort(got)
	want := []string{
		"ecs-backend from ecs-balancer 8080", "ecs-backend to 0.0.0.0/0 443", "ecs-backend to ecs-frontend 5432",
		"ecs-balancer from 0.0.0.0/0 443", "ecs-balancer from 0.0.0.0/0 80", "ecs-balancer to ecs-backend 8080", "ecs-balancer to ecs-frontend 3000",
		"ecs-frontend from ecs-balancer 3000", "ecs-frontend to 0.0.0.0/0 443",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEcsDualStack(t *testing.T) {
	g := ecsTest{cluster: func(a *EcsArgs) { a.IPv6 = true }}.run(t)
	if got := g.One(t, ecsDoorToken, "ecs").Inputs.String("ipAddressType"); got != "dualstack" {
		t.Errorf("address type: got %s", got)
	}
	g.One(t, "aws:route53/record:Record", "ecs-api.example.com-AAAA")
	g.One(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ecs-balancer-from-https-ipv6")
}

// Only CloudFront's servers come in, and nobody in clear.
func TestEcsOnlyCDN(t *testing.T) {
	g := ecsTest{cluster: func(a *EcsArgs) { a.OnlyCDN, a.IPv6 = true, true }}.run(t)
	g.CheckHouse(t)
	door := g.One(t, "aws:ec2/securityGroup:SecurityGroup", "ecs-balancer").ID
	var in []simcloud.Values
	for _, r := range g.All("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") {
		if r.Inputs.String("securityGroupId") == door {
			in = append(in, r.Inputs)
		}
	}
	if len(in) != 1 || !strings.HasPrefix(in[0].String("prefixListId"), "pl-") || in[0].Has("cidrIpv4") || in[0].Int("fromPort") != 443 || in[0].Int("toPort") != 443 {
		t.Errorf("into the load balancer: %v", in)
	}
	if n := len(g.All(ecsListenToken)); n != 1 {
		t.Errorf("got %d listeners, want the one for HTTPS", n)
	}
}

func TestEcsHosts(t *testing.T) {
	g := ecsTest{cluster: func(a *EcsArgs) { a.MoreHosts = []string{"www.example.com", "api.example.com", "www.example.com"} }}.run(t)
	cert := g.One(t, "aws:acm/certificate:Certificate", "ecs").Inputs
	if cert.String("domainName") != "api.example.com" || !slices.Equal(cert.Strings("subjectAlternativeNames[]"), []string{"www.example.com"}) {
		t.Errorf("the certificate is for %v", cert)
	}
	for _, name := range []string{"ecs-api.example.com-A", "ecs-www.example.com-A", "ecs-validation-api.example.com", "ecs-validation-www.example.com"} {
		g.One(t, "aws:route53/record:Record", name)
	}
	if n := len(g.All("aws:route53/record:Record")); n != 4 {
		t.Errorf("got %d records, want 4", n)
	}
}

func TestEcsOwnCertificate(t *testing.T) {
	const arn = "arn:aws:acm:eu-west-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001"
	g := ecsTest{cluster: func(a *EcsArgs) { a.CertificateArn, a.ZoneID = arn, nil }}.run(t)
	if got := g.One(t, ecsListenToken, "ecs-https").Inputs.String("certificateArn"); got != arn {
		t.Errorf("certificate: got %s", got)
	}
	if len(g.All("aws:acm/certificate:Certificate")) != 0 || len(g.All("aws:route53/record:Record")) != 0 {
		t.Error("without a zone there are a certificate and records")
	}
}

func TestEcsWebACL(t *testing.T) {
	const token = "aws:wafv2/webAclAssociation:WebAclAssociation"
	g := ecsTest{waf: true}.run(t)
	g.CheckHouse(t)
	in := g.One(t, token, "ecs").Inputs
	if in.String("webAclArn") != g.One(t, webACLType, "waf").Outputs.String("arn") || in.String("resourceArn") != g.One(t, ecsDoorToken, "ecs").ID {
		t.Errorf("the association is %v", in)
	}
	if len(ecsTest{}.run(t).All(token)) != 0 {
		t.Error("there is an association without a web ACL")
	}
}

func TestEcsPreview(t *testing.T) {
	g := backend(func(a *EcsServiceArgs) { a.Candidate, a.Database = "ghcr.io/acme/backend:1.2.4", testDatabase(a) }).run(t, simtest.Preview())
	if n := len(g.Cloud.Records()); n != 0 {
		t.Errorf("a preview created %d resources", n)
	}
	if n := len(g.All(ecsServiceToken)); n != 2 {
		t.Errorf("a preview shows %d services, want 2", n)
	}
}

func TestEcsBadArguments(t *testing.T) {
	for want, edit := range map[string]func(*EcsArgs){
		"VpcID":            func(a *EcsArgs) { a.VpcID = nil },
		"PublicSubnetIDs":  func(a *EcsArgs) { a.PublicSubnetIDs = nil },
		"PrivateSubnetIDs": func(a *EcsArgs) { a.PrivateSubnetIDs = nil },
		"LogBucket":        func(a *EcsArgs) { a.LogBucket = nil },
		"LogKeyArn":        func(a *EcsArgs) { a.LogKeyArn = nil },
		"DiskKeyArn":       func(a *EcsArgs) { a.DiskKeyArn = nil },
		"ShellKeyArn":      func(a *EcsArgs) { a.ShellKeyArn = nil },
		"Host":             func(a *EcsArgs) { a.Host = "" },
		"CertificateArn":   func(a *EcsArgs) { a.ZoneID = nil },
		"LogDays":          func(a *EcsArgs) { a.LogDays = 0 },
		"AuditDays":        func(a *EcsArgs) { a.AuditDays = 0 },
		"Ports[backend]":   func(a *EcsArgs) { a.Ports["backend"] = 70000 },
	} {
		t.Run(want, func(t *testing.T) {
			_, err := simtest.Try("explico", "test", withProvider(ecsTest{cluster: edit}.program))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that names %s", err, want)
			}
		})
	}
}
