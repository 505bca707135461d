package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func edgeCertStep(region, domain string, more ...any) s3Step {
	in := simcloud.Values{"domainName": domain, "validationMethod": "DNS"}
	if len(more) > 0 {
		in["subjectAlternativeNames"] = more
	}
	return s3Step{name: "cert", token: certificateToken, region: region, in: in}
}

// edgeProof puts a certificate's records in place and waits for it.
func edgeProof(t *testing.T, cloud *simcloud.Cloud, made map[string]*simcloud.Record, region string) error {
	t.Helper()
	for i, o := range made["cert"].Out.Objects("domainValidationOptions[]") {
		err := s3Do(cloud, made, s3Step{name: "proof" + o.String("domainName"), token: recordToken, in: simcloud.Values{
			"zoneId": "Z0123456789EXAMPLE", "name": o.String("resourceRecordName"), "type": "CNAME", "ttl": 60, "records": []any{o.String("resourceRecordValue")},
			"allowOverwrite": i > 0,
		}})
		if err != nil {
			return err
		}
	}
	return s3Do(cloud, made, s3Step{name: "valid", token: validationToken, region: region, in: simcloud.Values{"certificateArn": "{cert.arn}"}})
}

func TestEdgeCertificates(t *testing.T) {
	site := func(name, alias string) s3Step {
		return edgeSite(name, func(in, _, _, cert map[string]any) {
			in["aliases"] = []any{alias}
			delete(cert, "cloudfrontDefaultCertificate")
			cert["acmCertificateArn"], cert["sslSupportMethod"] = "{cert.arn}", "sni-only"
		})
	}
	for _, c := range []struct {
		name, region string
		names        []any
		proven       bool
		then         []s3Step
		want         string
	}{
		{"fine", "us-east-1", nil, true, []s3Step{site("site", "app.example.com")}, ""},
		{"elsewhere", "eu-west-1", nil, true, []s3Step{site("site", "app.example.com")}, "InvalidViewerCertificate: The specified SSL certificate doesn't exist"},
		{"not issued", "us-east-1", nil, false, []s3Step{site("site", "app.example.com")}, "InvalidViewerCertificate: The specified SSL certificate doesn't exist"},
		{"for another name", "us-east-1", nil, true, []s3Step{site("site", "www.example.com")}, "InvalidViewerCertificate: The certificate that is attached"},
		{"two labels under a wildcard", "us-east-1", []any{"*.example.com"}, true, []s3Step{site("site", "a.b.example.com")}, "InvalidViewerCertificate: The certificate that is attached"},
		{"under a wildcard", "us-east-1", []any{"*.example.com"}, true, []s3Step{site("site", "www.example.com")}, ""},
		{"name taken", "us-east-1", nil, true, []s3Step{site("site", "app.example.com"), site("other", "app.example.com")}, "CNAMEAlreadyExists"},
		{"in use", "us-east-1", nil, true, []s3Step{site("site", "app.example.com"), {name: "cert", region: "us-east-1", delete: true}}, "ResourceInUseException"},
		{"kept on update", "us-east-1", nil, true, []s3Step{site("site", "app.example.com"), {name: "valid", region: "us-east-1", delete: true},
			func() s3Step { s := site("site", "app.example.com"); s.update = true; return s }()}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cloud, made := simcloud.New(Catalog()), map[string]*simcloud.Record{}
			if err := s3Do(cloud, made, edgeCertStep(c.region, "app.example.com", c.names...)); err != nil {
				t.Fatal(err)
			}
			if c.proven {
				if err := edgeProof(t, cloud, made, c.region); err != nil {
					t.Fatal(err)
				}
			}
			var err error
			for _, step := range c.then {
				err = s3Do(cloud, made, step)
			}
			if err == nil && c.want != "" || err != nil && (c.want == "" || !strings.HasPrefix(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestEdgeValidation(t *testing.T) {
	wait := func(arn string, fqdns ...any) s3Step {
		return s3Step{name: "valid", token: validationToken, region: "us-east-1", in: simcloud.Values{"certificateArn": arn, "validationRecordFqdns": fqdns}}
	}
	cert := edgeCertStep("us-east-1", "app.example.com")
	s3Run(t, []s3Case{
		{"no records", []s3Step{cert, wait("{cert.arn}")}, "waiting for ACM Certificate"},
		{"other records", []s3Step{cert, wait("{cert.arn}", "www.example.com")}, "missing app.example.com DNS validation record"},
		{"no certificate", []s3Step{wait("arn:aws:acm:us-east-1:111122223333:certificate/1")}, "ResourceNotFoundException"},
		{"no name", []s3Step{{name: "cert", token: certificateToken, in: simcloud.Values{"validationMethod": "DNS"}}}, "one of `domain_name,private_key`"},
		{"bad name", []s3Step{edgeCertStep("us-east-1", "app_example")}, "invalid value for domainName"},
		{"bad further name", []s3Step{edgeCertStep("us-east-1", "app.example.com", "a_b")}, "invalid value for subjectAlternativeNames"},
		{"long name", []s3Step{edgeCertStep("us-east-1", strings.Repeat("a", 60)+".example.com")}, "InvalidDomainValidationOptionsException"},
	})
}

func TestEdgeRecords(t *testing.T) {
	put := func(name, kind string, more ...any) s3Step {
		in := simcloud.Values{"zoneId": "{zone.id}", "name": name, "type": kind, "ttl": 60, "records": append([]any{"192.0.2.1"}, more...)}
		return s3Step{name: name + kind, token: recordToken, in: in}
	}
	alias := func(kind string, ttl bool) s3Step {
		in := simcloud.Values{"zoneId": "{zone.id}", "name": "app", "type": kind, "aliases": []any{map[string]any{
			"name": "d1.cloudfront.net", "zoneId": distributionZone, "evaluateTargetHealth": false,
		}}}
		if ttl {
			in["ttl"] = 60
		}
		return s3Step{name: "alias", token: recordToken, in: in}
	}
	zone := s3Step{name: "zone", token: zoneToken, in: simcloud.Values{"name": "example.org"}}
	lost, bare, silent := put("app", "A"), put("app", "A"), put("app", "A")
	lost.in = simcloud.Values{"zoneId": "Z1", "name": "app", "type": "A", "ttl": 60, "records": []any{"192.0.2.1"}}
	bare.in = simcloud.Values{"zoneId": "{zone.id}", "name": "app", "type": "A"}
	silent.in = simcloud.Values{"zoneId": "{zone.id}", "name": "app", "type": "A", "records": []any{"192.0.2.1"}}
	s3Run(t, []s3Case{
		{"no zone", []s3Step{lost}, "NoSuchHostedZone"},
		{"bad zone", []s3Step{{name: "zone", token: zoneToken, in: simcloud.Values{"name": "*.example.org"}}}, "InvalidDomainName"},
		{"there already", []s3Step{zone, put("app", "A"), put("app.example.org", "A")}, "InvalidChangeBatch: [Tried to create resource record set [name='app.example.org.', type='A'] but it already exists]"},
		{"outside its zone", []s3Step{zone, put("app.example.com.", "A")}, "InvalidChangeBatch: [RRSet with DNS name app.example.com. is not permitted in zone example.org.]"},
		{"beside a CNAME", []s3Step{zone, put("app", "CNAME"), put("app", "A")}, "InvalidChangeBatch: [RRSet of type A"},
		{"CNAME at the top", []s3Step{zone, put("example.org", "CNAME")}, "InvalidChangeBatch: [RRSet of type CNAME"},
		{"two CNAMEs", []s3Step{zone, put("app", "CNAME", "192.0.2.2")}, "InvalidChangeBatch"},
		{"alias of a kind", []s3Step{zone, alias("MX", false)}, "InvalidChangeBatch: [Tried to create an alias"},
		{"alias with a time", []s3Step{zone, alias("A", true)}, "\"aliases\": conflicts"},
		{"nothing to say", []s3Step{zone, bare}, "one of `alias,records`"},
		{"no time", []s3Step{zone, silent}, "\"records\": all of"},
		{"unknown kind", []s3Step{zone, put("app", "MB")}, "expected type"},
		{"zone with records", []s3Step{zone, put("app", "A"), {name: "zone", delete: true}}, "HostedZoneNotEmpty"},
		{"zone without", []s3Step{zone, put("app", "A"), {name: "appA", delete: true}, {name: "zone", delete: true}}, ""},
	})
}

// A preview knows little; what it does not know is no mistake.
func TestEdgeUnknown(t *testing.T) {
	type m = map[string]any
	no := simcloud.Unknown{}
	move := func(class string, days any) any { return m{"storageClass": class, "days": days} }
	cache := edgeCache(0, 0, 10).in // less than the default, if there were one
	cache["maxTtl"], cache["defaultTtl"] = 10.0, no
	for token, in := range map[string]simcloud.Values{
		bucketToken:        {"bucket": no},
		bucketPolicyToken:  {"bucket": no, "policy": no},
		bucketVersionToken: {"bucket": no, "versioningConfiguration": m{"status": no}},
		bucketReplicaToken: {"bucket": no, "role": no, "rules": []any{m{"destination": no, "filter": no, "deleteMarkerReplication": no}}},
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {"bucket": no, "rules": []any{m{
			"expiration": m{"days": no}, "transitions": []any{move("STANDARD_IA", 60.0), move("GLACIER", no), move("ONEZONE_IA", no)}}}},
		distributionToken: edgeSite("site", func(in, b, o, c m) {
			in["origins"], in["aliases"], in["webAclId"], b["targetOriginId"] = no, no, no, no
			c["acmCertificateArn"], c["sslSupportMethod"] = no, no
		}).in,
		cachePolicyToken:    cache,
		headersPolicyToken:  {"name": no, "securityHeadersConfig": no},
		edgeFunctionToken:   {"name": no, "code": no, "runtime": no},
		certificateToken:    {"domainName": no, "subjectAlternativeNames": no, "validationMethod": no},
		recordToken:         {"zoneId": no, "name": no, "type": no, "ttl": no, "records": no},
		zoneToken:           {"name": no},
		deliverySourceToken: {"name": no, "logType": no, "resourceArn": no},
		deliveryTargetToken: {"name": no, "outputFormat": no, "deliveryDestinationConfiguration": m{"destinationResourceArn": no}},
	} {
		for _, err := range simcloud.New(Catalog()).Validate(token, in) {
			t.Errorf("%s: %v", token, err)
		}
	}
}
