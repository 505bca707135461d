package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// policy is the bucket's only policy: what nobody may, and then who may.
func (a *BucketArgs) policy(arn pulumi.StringOutput) pulumi.StringOutput {
	return arn.ApplyT(func(arn string) string {
		statements := tlsOnly(arn)
		if a.ReceivesLogs {
			statements = append(statements, a.logWriters(arn)...)
		}
		if a.ServesCDN {
			statements = append(statements, a.cdnReaders(arn)...)
		}
		if a.Grants != nil {
			statements = append(statements, a.Grants(arn)...)
		}
		return policy(statements...)
	}).(pulumi.StringOutput)
}

// tlsOnly refuses what comes in clear or with a TLS older than 1.2. Requests
// without TLS have no version, so that it takes both.
func tlsOnly(arn string) []Statement {
	deny := Statement{
		Effect: "Deny", Principal: &Principal{AWS: []string{"*"}},
		Action: []string{"s3:*"}, Resource: []string{arn, arn + "/*"},
	}
	clear, old := deny, deny
	clear.Sid = "DenyClearText"
	clear.Condition = map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}}
	old.Sid = "DenyOldTLS"
	old.Condition = map[string]map[string][]string{"NumericLessThan": {"s3:TlsVersion": {"1.2"}}}
	return []Statement{clear, old}
}

// logWriters let the services that deliver logs write, for this account only.
// Sources: S3 user guide, "Enabling Amazon S3 server access logging"; CloudWatch
// Logs user guide, "Logs sent to Amazon S3" (flow logs, CloudFront, network load
// balancers); Application Load Balancer user guide, "Enable access logs".
func (a *BucketArgs) logWriters(arn string) []Statement {
	from := func(source string) map[string]map[string][]string {
		return map[string]map[string][]string{
			"StringEquals": {"aws:SourceAccount": {a.AccountID}}, "ArnLike": {"aws:SourceArn": {source}},
		}
	}
	logs := "arn:" + a.Partition + ":logs:*:" + a.AccountID + ":*"
	owned := from(logs)
	owned["StringEquals"]["s3:x-amz-acl"] = []string{"bucket-owner-full-control"}
	inventories := from("arn:" + a.Partition + ":s3:::*")
	inventories["StringEquals"]["s3:x-amz-acl"] = []string{"bucket-owner-full-control"}
	service := func(sid, name, action, resource string, condition map[string]map[string][]string) Statement {
		s := allow(sid, []string{action}, []string{resource})
		s.Principal, s.Condition = &Principal{Service: []string{name}}, condition
		return s
	}
	return []Statement{
		service("S3AccessLogs", "logging.s3.amazonaws.com", "s3:PutObject", arn+"/*", from("arn:"+a.Partition+":s3:::*")),
		service("LogDelivery", "delivery.logs.amazonaws.com", "s3:PutObject", arn+"/*", owned),
		service("LogDeliveryCheck", "delivery.logs.amazonaws.com", "s3:GetBucketAcl", arn, from(logs)),
		service("Inventories", "s3.amazonaws.com", "s3:PutObject", arn+"/*", inventories),
		// The load balancers' service gives no source; it writes each account's
		// logs under the account's number.
		service("LoadBalancerLogs", "logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject", arn+"/*AWSLogs/"+a.AccountID+"/*", nil),
	}
}

// cdnReaders let CloudFront read, for any distribution of the account: the ARN
// of the one would be known only after the distribution, which needs the bucket
// first. Nobody but the account makes distributions in it. Who may also list
// gets 404 for what is missing, instead of 403.
// Source: CloudFront developer guide, "Restrict access to an S3 origin".
func (a *BucketArgs) cdnReaders(arn string) []Statement {
	read := allow("CDNReads", []string{"s3:GetObject"}, []string{arn + "/*"})
	list := allow("CDNLists", []string{"s3:ListBucket"}, []string{arn})
	statements := []Statement{read, list}
	for i := range statements {
		statements[i].Principal = &Principal{Service: []string{"cloudfront.amazonaws.com"}}
		statements[i].Condition = map[string]map[string][]string{
			"ArnLike": {"aws:SourceArn": {a.globalArn("cloudfront", "distribution/*")}},
		}
	}
	return statements
}
