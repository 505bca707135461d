package aws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	dnsRoot   = `{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`
	dnsSigner = `{"Sid":"Sign","Effect":"Allow","Principal":{"Service":"dnssec-route53.amazonaws.com"},"Action":["kms:DescribeKey","kms:GetPublicKey","kms:Sign","kms:CreateGrant"],"Resource":"*"}`
)

var dnsZone = s3Step{name: "zone", token: zoneToken, in: simcloud.Values{"name": "example.org"}}

// dnsDoc is a policy document of statements.
func dnsDoc(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func TestEdgeRouting(t *testing.T) {
	type m = map[string]any
	put := func(name string, more m) s3Step {
		in := simcloud.Values{"zoneId": "{zone.id}", "name": "app", "type": "A", "ttl": 60, "records": []any{"192.0.2.1"}}
		for k, v := range more {
			in[k] = v
		}
		return s3Step{name: name, token: recordToken, in: in}
	}
	weighted := func(set string, weight int) m {
		return m{"setIdentifier": set, "weightedRoutingPolicies": []any{m{"weight": float64(weight)}}}
	}
	failover := func(set, role string) m {
		return m{"setIdentifier": set, "failoverRoutingPolicies": []any{m{"type": role}}, "healthCheckId": "{check.id}"}
	}
	check := s3Step{name: "check", token: healthCheckToken, in: simcloud.Values{"type": "HTTPS", "fqdn": "a.example.org", "requestInterval": 30}}
	alone := failover("a", "PRIMARY")
	delete(alone, "healthCheckId")
	s3Run(t, []s3Case{
		{"two weights", []s3Step{dnsZone, put("a", weighted("a", 10)), put("b", weighted("b", 90))}, ""},
		{"the same weight twice", []s3Step{dnsZone, put("a", weighted("a", 10)), put("b", weighted("a", 90))}, "InvalidChangeBatch: [Tried to create resource record set"},
		{"too much weight", []s3Step{dnsZone, put("a", weighted("a", 256))}, "expected weightedRoutingPolicies[].weight to be in the range (0 - 255)"},
		{"no set", []s3Step{dnsZone, put("a", m{"weightedRoutingPolicies": []any{m{"weight": 1}}})}, "\"weightedRoutingPolicies\": all of"},
		{"a set of nothing", []s3Step{dnsZone, put("a", m{"setIdentifier": "a"})}, "InvalidChangeBatch: [Invalid request: Missing field"},
		{"two ways", []s3Step{dnsZone, put("a", m{"setIdentifier": "a", "weightedRoutingPolicies": []any{m{"weight": 1}}, "failoverRoutingPolicies": []any{m{"type": "SECONDARY"}}})}, "\"weightedRoutingPolicies\": conflicts"},
		{"beside a simple one", []s3Step{dnsZone, put("a", nil), put("b", weighted("b", 1))}, "InvalidChangeBatch: [RRSet with DNS name app.example.org., type A, SetIdentifier b cannot be created"},
		{"failover", []s3Step{dnsZone, check, put("a", failover("a", "PRIMARY")), put("b", failover("b", "SECONDARY"))}, ""},
		{"two primaries", []s3Step{dnsZone, check, put("a", failover("a", "PRIMARY")), put("b", failover("b", "PRIMARY"))}, "InvalidChangeBatch: [Failover type PRIMARY already exists"},
		{"a primary without a check", []s3Step{dnsZone, put("a", alone)}, "InvalidChangeBatch: [Invalid request: Missing field 'HealthCheckId'"},
		{"an unknown role", []s3Step{dnsZone, check, put("a", failover("a", "FIRST"))}, "expected failoverRoutingPolicies[].type"},
		{"no such check", []s3Step{dnsZone, put("a", m{"healthCheckId": "none"})}, "NoSuchHealthCheck"},
	})
}

func TestEdgeHealthChecks(t *testing.T) {
	check := func(pairs ...any) []s3Step {
		in := simcloud.Values{"type": "HTTPS", "fqdn": "a.example.org", "requestInterval": 30.0}
		for i := 0; i < len(pairs); i += 2 {
			in[pairs[i].(string)] = pairs[i+1]
		}
		return []s3Step{{name: "check", token: healthCheckToken, in: in}}
	}
	s3Run(t, []s3Case{
		{"fine", check(), ""},
		{"unknown type", check("type", "ICMP"), "expected type to be one of"},
		{"too many failures", check("failureThreshold", 11.0), "expected failureThreshold"},
		{"no port", check("port", 0.0), "expected port"},
		{"other pace", check("requestInterval", 60.0), "expected requestInterval"},
		{"no pace", check("requestInterval", nil), "InvalidInput: Invalid parameter : RequestInterval"},
		{"of nobody", check("fqdn", nil), "InvalidInput: Invalid parameter : Either IP address"},
		{"long path", check("resourcePath", "/"+strings.Repeat("a", 255)), "expected length of resourcePath"},
		{"from nowhere", check("regions", []any{"us-east-1", "us-west-1", "eu-north-1"}), "expected regions to be one of"},
		{"from two", check("regions", []any{"us-east-1", "us-west-1"}), "expected regions to have at least (3)"},
	})
}

func TestEdgeQueryLogs(t *testing.T) {
	const may = `{"Effect":"Allow","Principal":{"Service":"route53.amazonaws.com"},"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/*"}`
	group := func(region string) s3Step {
		return s3Step{name: "group", token: logGroupToken, region: region, in: simcloud.Values{"name": "/aws/route53/zone"}}
	}
	rule := func(region, statement string) s3Step {
		return s3Step{name: "rule", token: logPolicyToken, region: region, in: simcloud.Values{"policyName": "dns", "policyDocument": dnsDoc(statement)}}
	}
	log := func(name, arn string) s3Step {
		return s3Step{name: name, token: queryLogToken, in: simcloud.Values{"zoneId": "{zone.id}", "cloudwatchLogGroupArn": arn}}
	}
	east, let := group("us-east-1"), rule("us-east-1", may)
	s3Run(t, []s3Case{
		{"fine", []s3Step{dnsZone, east, let, log("log", "{group.arn}")}, ""},
		{"twice", []s3Step{dnsZone, east, let, log("log", "{group.arn}"), log("again", "{group.arn}")}, "QueryLoggingConfigAlreadyExists"},
		{"elsewhere", []s3Step{dnsZone, group("eu-west-1"), let, log("log", "{group.arn}")}, "InvalidInput: The ARN for the CloudWatch Logs log group is invalid"},
		{"to nothing", []s3Step{dnsZone, let, log("log", "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/none")}, "NoSuchCloudWatchLogsLogGroup"},
		{"not let in", []s3Step{dnsZone, east, log("log", "{group.arn}")}, "InsufficientCloudWatchLogsResourcePolicy"},
		{"let in elsewhere", []s3Step{dnsZone, east, rule("eu-west-1", may), log("log", "{group.arn}")}, "InsufficientCloudWatchLogsResourcePolicy"},
		{"let into another", []s3Step{dnsZone, east, rule("us-east-1", strings.Replace(may, "route53/*", "lambda/*", 1)), log("log", "{group.arn}")}, "InsufficientCloudWatchLogsResourcePolicy"},
		{"of no zone", []s3Step{east, let, {name: "log", token: queryLogToken, in: simcloud.Values{"zoneId": "Z1", "cloudwatchLogGroupArn": "{group.arn}"}}}, "NoSuchHostedZone"},
	})
	many := []s3Step{}
	for i := range 11 {
		many = append(many, s3Step{name: fmt.Sprint(i), token: logPolicyToken, in: simcloud.Values{"policyName": fmt.Sprint(i), "policyDocument": dnsDoc(may)}})
	}
	s3Run(t, []s3Case{
		{"eleven policies", many, "LimitExceededException"},
		{"a long policy", []s3Step{rule("us-east-1", strings.Replace(may, "route53/*", strings.Repeat("x", 5120), 1))}, "InvalidParameterException"},
		{"no policy", []s3Step{{name: "rule", token: logPolicyToken, in: simcloud.Values{"policyName": "dns", "policyDocument": "{"}}}, "MalformedPolicyDocument"},
	})
}

func TestEdgeSigning(t *testing.T) {
	key := func(region, spec, usage, doc string) s3Step {
		return s3Step{name: "key", token: keyToken, region: region, in: simcloud.Values{"customerMasterKeySpec": spec, "keyUsage": usage, "policy": doc}}
	}
	ksk := s3Step{name: "ksk", token: signingKeyToken, in: simcloud.Values{"hostedZoneId": "{zone.id}", "keyManagementServiceArn": "{key.arn}", "name": "one"}}
	named := ksk
	named.in = simcloud.Values{"hostedZoneId": "{zone.id}", "keyManagementServiceArn": "{key.arn}", "name": "k-1"}
	sign := s3Step{name: "sign", token: zoneSigningToken, in: simcloud.Values{"hostedZoneId": "{zone.id}"}}
	good := key("us-east-1", "ECC_NIST_P256", "SIGN_VERIFY", dnsDoc(dnsRoot, dnsSigner))
	child := s3Step{name: "zone", token: zoneToken, in: simcloud.Values{"name": "prod.example.com"}}
	ds := s3Step{name: "ds", token: recordToken, in: simcloud.Values{"zoneId": "Z0123456789EXAMPLE", "name": "prod.example.com", "type": "DS", "ttl": 300, "records": []any{"{ksk.dsRecord}"}}}
	gone := func(name string) s3Step { return s3Step{name: name, delete: true} }
	s3Run(t, []s3Case{
		{"fine", []s3Step{dnsZone, good, ksk, sign, gone("sign"), gone("ksk"), gone("zone")}, ""},
		{"a key elsewhere", []s3Step{dnsZone, key("eu-west-1", "ECC_NIST_P256", "SIGN_VERIFY", dnsDoc(dnsRoot, dnsSigner)), ksk}, "InvalidKMSArn: The CMK with ARN arn:aws:kms:eu-west-1"},
		{"a key to encrypt with", []s3Step{dnsZone, key("us-east-1", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", dnsDoc(dnsRoot, dnsSigner)), ksk}, "InvalidKMSArn"},
		{"a key that lets nobody", []s3Step{dnsZone, key("us-east-1", "ECC_NIST_P256", "SIGN_VERIFY", dnsDoc(dnsRoot)), ksk}, "InvalidKMSArn: The CMK with ARN"},
		{"a name with a hyphen", []s3Step{dnsZone, good, named}, "InvalidKeySigningKeyName"},
		{"no key", []s3Step{dnsZone, sign}, "KeySigningKeyWithActiveStatusNotFound"},
		{"key in use", []s3Step{dnsZone, good, ksk, sign, gone("ksk")}, "KeySigningKeyInUse"},
		{"trusted by the parent", []s3Step{child, good, ksk, sign, ds, gone("sign")}, "KeySigningKeyInParentDSRecord"},
		{"zone with keys", []s3Step{dnsZone, good, ksk, gone("zone")}, "HostedZoneNotEmpty: The specified hosted zone contains DNSSEC Key Signing Keys"},
		{"a pair that rotates", []s3Step{{name: "key", token: keyToken, in: simcloud.Values{"customerMasterKeySpec": "ECC_NIST_P256", "keyUsage": "SIGN_VERIFY", "enableKeyRotation": true}}}, "UnsupportedOperationException"},
		{"a curve that encrypts", []s3Step{{name: "key", token: keyToken, in: simcloud.Values{"customerMasterKeySpec": "ECC_NIST_P256"}}}, "ValidationException"},
	})
}
