package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	healthCheckToken = "aws:route53/healthCheck:HealthCheck"
	queryLogToken    = "aws:route53/queryLog:QueryLog"
	signingKeyToken  = "aws:route53/keySigningKey:KeySigningKey"
	zoneSigningToken = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
)

// existingZone says whether a zone was there before any program.
func existingZone(id string) bool { return existingZones[id] != "" }

// zoneRef is a reference to a hosted zone.
func zoneRef(path string, holds bool) simcloud.Ref {
	return simcloud.Ref{
		Path: path, To: []string{zoneToken}, Holds: holds, Foreign: existingZone,
		Missing: "NoSuchHostedZone: No hosted zone found with ID: %s",
	}
}

var healthTypes = []string{
	"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL",
}

// healthRegions are where Route 53 checks from.
// Source: Route 53 API reference, HealthCheckConfig, read 2026-11.
var healthRegions = []string{
	"us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "sa-east-1",
}

func healthCheck() *simcloud.Type {
	return &simcloud.Type{
		Token: healthCheckToken, Noun: "health check", Global: true, ID: uuid,
		Required: []string{"type"},
		Replace:  []string{"type", "requestInterval", "measureLatency", "referenceName"},
		Validate: healthInputs,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": "arn:aws:route53:::healthcheck/" + op.ID}
		},
	}
}

func healthInputs(in simcloud.Values) []error {
	errs := simcloud.Problems(simcloud.OneOf(in, "type", healthTypes...), simcloud.Between(in, "failureThreshold", 1, 10), simcloud.Between(in, "port", 1, 65535))
	if n := in.Int("requestInterval"); in.Known("requestInterval") && n != 10 && n != 30 {
		errs = append(errs, fmt.Errorf("expected requestInterval to be one of [10 30], got %d", n))
	}
	asks := slices.Contains(healthTypes[:5], in.String("type"))
	if asks && !in.Has("fqdn") && !in.Has("ipAddress") {
		errs = append(errs, simcloud.Refusal("InvalidInput", "Invalid parameter : Either IP address or fully qualified domain name must be specified for %s health checks", in.String("type")))
	}
	if asks && !in.Has("requestInterval") {
		errs = append(errs, simcloud.Refusal("InvalidInput", "Invalid parameter : RequestInterval must be specified for %s health checks", in.String("type")))
	}
	if path := in.String("resourcePath"); path != "" && len(path) > 255 {
		errs = append(errs, fmt.Errorf("expected length of resourcePath to be in the range (0 - 255), got %s", path))
	}
	if in.Known("regions") {
		from := in.Strings("regions[]")
		for _, r := range from {
			if !slices.Contains(healthRegions, r) {
				errs = append(errs, fmt.Errorf("expected regions to be one of %q, got %s", healthRegions, r))
			}
		}
		if len(from) > 0 && len(from) < 3 {
			errs = append(errs, fmt.Errorf("expected regions to have at least (3) items, got %d", len(from)))
		}
	}
	return errs
}

func queryLog() *simcloud.Type {
	return &simcloud.Type{
		Token: queryLogToken, Noun: "query logging configuration", Global: true, ID: uuid,
		Required: []string{"zoneId", "cloudwatchLogGroupArn"},
		Replace:  []string{"*"},
		Refs:     []simcloud.Ref{zoneRef("zoneId", false)},
		Unique: []simcloud.Unique{{
			Paths: []string{"zoneId"}, Words: "QueryLoggingConfigAlreadyExists: A query logging configuration already exists for hosted zone %s",
		}},
		Refuse: func(op *simcloud.Op) error {
			arn := op.In.String("cloudwatchLogGroupArn")
			group, err := logGroupByArn(op, arn)
			switch {
			case err != nil || strings.Split(arn, ":")[3] != "us-east-1":
				return simcloud.Refusal("InvalidInput", "The ARN for the CloudWatch Logs log group is invalid (%s: it must be in us-east-1)", arn)
			case group == nil:
				return simcloud.Refusal("NoSuchCloudWatchLogsLogGroup", "The specified CloudWatch Logs log group doesn't exist. (%s)", arn)
			}
			there := *op
			there.Region = "us-east-1"
			if !mayLog(&there, "route53.amazonaws.com", arn) {
				return simcloud.Refusal("InsufficientCloudWatchLogsResourcePolicy", "The resource policy that you're using for Route 53 query logging doesn't grant Route 53 sufficient permission to create a log stream in the specified log group.")
			}
			return nil
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": "arn:aws:route53:::queryloggingconfig/" + op.ID}
		},
	}
}

var signingKeyName = regexp.MustCompile(`^[a-zA-Z0-9_]{3,128}$`)

func signingKey() *simcloud.Type {
	return &simcloud.Type{
		Token: signingKeyToken, Noun: "key-signing key", Global: true, Auto: "name", AutoMax: 128, Takes: 20 * time.Second,
		ID:       func(op *simcloud.Op) string { return op.In.String("hostedZoneId") + "," + op.In.String("name") },
		Required: []string{"hostedZoneId", "keyManagementServiceArn"},
		Replace:  []string{"hostedZoneId", "keyManagementServiceArn", "name"},
		Refs:     []simcloud.Ref{zoneRef("hostedZoneId", false)},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.OneOf(in, "status", "ACTIVE", "INACTIVE"))
			if name := in.String("name"); name != "" && !signingKeyName.MatchString(name) {
				errs = append(errs, simcloud.Refusal("InvalidKeySigningKeyName", "%s: a key-signing key's name has 3 to 128 letters, digits and underscores", name))
			}
			return errs
		},
		Refuse: signingKeyFits,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			digest := strings.ToUpper(op.Hex(64, "digest"))
			return simcloud.Values{
				"dsRecord": "31589 13 2 " + digest, "keyTag": 31589, "digestValue": digest, "digestAlgorithmMnemonic": "SHA-256",
				"digestAlgorithmType": 2, "signingAlgorithmMnemonic": "ECDSAP256SHA256", "signingAlgorithmType": 13, "flag": 257,
				"publicKey": op.Hex(88, "public"),
			}
		},
		Delete: func(op *simcloud.Op) error {
			if op.Find(zoneSigningToken, "hostedZoneId", op.In.String("hostedZoneId")) != nil {
				return simcloud.Refusal("KeySigningKeyInUse", "The key-signing key (KSK) %s is used to sign zone %s: it is the only active one", op.In.String("name"), op.In.String("hostedZoneId"))
			}
			return nil
		},
	}
}

// signingKeyFits refuses a KMS key that Route 53 cannot sign with.
func signingKeyFits(op *simcloud.Op) error {
	arn := op.In.String("keyManagementServiceArn")
	there := *op
	there.Region = "us-east-1"
	key := there.Find(keyToken, "arn", arn)
	if key == nil {
		return simcloud.Refusal("InvalidKMSArn", "The CMK with ARN %s is not in us-east-1 or does not exist.", arn)
	}
	if key.In.String("customerMasterKeySpec") != "ECC_NIST_P256" || key.In.String("keyUsage") != "SIGN_VERIFY" {
		return simcloud.Refusal("InvalidKMSArn", "The CMK with ARN %s has to be asymmetric, ECC_NIST_P256, for SIGN_VERIFY.", arn)
	}
	doc, err := parsePolicy(key.In.String("policy"))
	if err != nil {
		return fmt.Errorf("InvalidKMSArn: %w", err)
	}
	for _, action := range []string{"kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:CreateGrant"} {
		if !slices.ContainsFunc(doc.Statement, func(s statement) bool {
			return s.Effect == "Allow" && s.allows(action) && s.Principal.names("Service", "dnssec-route53.amazonaws.com")
		}) {
			return simcloud.Refusal("InvalidKMSArn", "The CMK with ARN %s did not grant all required permissions for DNSSEC usage. Please review your key-policy, and verify that you and Route 53 have permissions to perform the following actions: DescribeKey, GetPublicKey, and Sign. (%s)", arn, action)
		}
	}
	return nil
}

func zoneSigning() *simcloud.Type {
	return &simcloud.Type{
		Token: zoneSigningToken, Noun: "DNSSEC signing", Global: true, IDFrom: "hostedZoneId", Takes: 30 * time.Second,
		Required: []string{"hostedZoneId"},
		Replace:  []string{"hostedZoneId"},
		Refs:     []simcloud.Ref{zoneRef("hostedZoneId", true)},
		Validate: func(in simcloud.Values) []error {
			return simcloud.Problems(simcloud.OneOf(in, "signingStatus", "SIGNING", "NOT_SIGNING"))
		},
		Refuse: func(op *simcloud.Op) error {
			for _, key := range op.All(signingKeyToken) {
				if key.In.String("hostedZoneId") == op.In.String("hostedZoneId") && key.In.String("status") != "INACTIVE" {
					return nil
				}
			}
			return simcloud.Refusal("KeySigningKeyWithActiveStatusNotFound", "A key-signing key (KSK) with ACTIVE status wasn't found in zone %s.", op.In.String("hostedZoneId"))
		},
		Delete: func(op *simcloud.Op) error {
			name := zoneName(&simcloud.Op{Session: op.Session, Cloud: op.Cloud, In: simcloud.Values{"zoneId": op.ID}})
			for _, r := range op.All(recordToken) {
				if r.In.String("type") == "DS" && r.Out.String("fqdn") == name {
					return simcloud.Refusal("KeySigningKeyInParentDSRecord", "The key-signing key (KSK) is specified in a parent DS record. (%s)", r.ID)
				}
			}
			return nil
		},
	}
}

// getZone looks a hosted zone up by its id.
func getZone(c *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	id := args.String("zoneId")
	name := existingZones[id]
	if name == "" {
		for _, r := range c.Records() {
			if r.Type == zoneToken && r.ID == id && r.Account == s.Account {
				name = r.Out.String("name")
			}
		}
	}
	if name == "" {
		return nil, simcloud.Refusal("NoSuchHostedZone", "No hosted zone found with ID: %s", id)
	}
	servers := nameServers()
	return simcloud.Values{
		"id": id, "zoneId": id, "name": name, "arn": "arn:aws:route53:::hostedzone/" + id, "nameServers": servers,
		"primaryNameServer": servers[0], "privateZone": false, "comment": "", "callerReference": "",
		"resourceRecordSetCount": 2, "tags": map[string]any{}, "linkedServicePrincipal": "", "linkedServiceDescription": "", "vpcId": "",
	}, nil
}
