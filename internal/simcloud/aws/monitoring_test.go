package aws

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const testTopic = "arn:aws:sns:eu-west-1:111122223333:p0"

func topicDocument(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"` + action + `","Resource":"` + resource + `"}]}`
}

func TestSNSRefusals(t *testing.T) {
	subscription := func(protocol, endpoint string) simcloud.Values {
		return simcloud.Values{"topic": testTopic, "protocol": protocol, "endpoint": endpoint}
	}
	for name, tt := range map[string]struct {
		token string
		in    simcloud.Values
		want  string
	}{
		"topic":               {topicToken, simcloud.Values{"name": "p1"}, ""},
		"topic taken":         {topicToken, simcloud.Values{"name": "p0"}, "InvalidParameter: Invalid parameter: Attributes Reason: Topic already exists with different attributes"},
		"topic name":          {topicToken, simcloud.Values{"name": "p 0"}, "InvalidParameter: Invalid parameter: Topic Name"},
		"topic fifo name":     {topicToken, simcloud.Values{"name": "p1", "fifoTopic": true}, "InvalidParameter: Invalid parameter: Topic Name"},
		"topic key":           {topicToken, simcloud.Values{"name": "p1", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:111122223333:key/none"}, "KMSNotFound: "},
		"topic key of AWS":    {topicToken, simcloud.Values{"name": "p1", "kmsMasterKeyId": "alias/aws/sns"}, ""},
		"topic signature":     {topicToken, simcloud.Values{"name": "p1", "signatureVersion": 3}, "expected signatureVersion to be in the range (1 - 2)"},
		"topic policy broken": {topicToken, simcloud.Values{"name": "p1", "policy": "{"}, "MalformedPolicyDocument: "},
		"policy":              {topicPolicyToken, simcloud.Values{"arn": testTopic, "policy": topicDocument("sns:Publish", testTopic)}, ""},
		"policy no topic":     {topicPolicyToken, simcloud.Values{"arn": testTopic + "x", "policy": topicDocument("sns:Publish", testTopic)}, "NotFound: Topic does not exist"},
		"policy action":       {topicPolicyToken, simcloud.Values{"arn": testTopic, "policy": topicDocument("s3:GetObject", testTopic)}, "InvalidParameter: Invalid parameter: Policy statement action out of service scope!"},
		"policy resource":     {topicPolicyToken, simcloud.Values{"arn": testTopic, "policy": topicDocument("sns:Publish", testTopic+"x")}, "InvalidParameter: Invalid parameter: Invalid policy resource"},
		"policy for nobody":   {topicPolicyToken, simcloud.Values{"arn": testTopic, "policy": strings.Replace(topicDocument("sns:Publish", testTopic), `"Principal":{"Service":"cloudwatch.amazonaws.com"},`, "", 1)}, "InvalidParameter: Invalid parameter: Policy Error"},
		"email":               {topicSubscriptionToken, subscription("email", "ops@example.com"), ""},
		"email address":       {topicSubscriptionToken, subscription("email", "ops"), "InvalidParameter: Invalid parameter: Email address"},
		"https":               {topicSubscriptionToken, subscription("https", "https://example.com/x"), ""},
		"https address":       {topicSubscriptionToken, subscription("https", "http://example.com/x"), "InvalidParameter: Invalid parameter: Endpoint must match the specified protocol"},
		"sms":                 {topicSubscriptionToken, subscription("sms", "+4915112345678"), ""},
		"sms number":          {topicSubscriptionToken, subscription("sms", "0151-12345678"), "InvalidParameter: Invalid SMS endpoint: 0151-12345678"},
		"queue":               {topicSubscriptionToken, subscription("sqs", "my-queue"), "InvalidParameter: Invalid parameter: SQS endpoint ARN"},
		"protocol":            {topicSubscriptionToken, subscription("pager", "x"), "InvalidParameter: Invalid parameter: Amazon SNS does not support this protocol string: pager"},
		"no endpoint":         {topicSubscriptionToken, simcloud.Values{"topic": testTopic, "protocol": "email"}, `missing required argument "endpoint"`},
		"no topic":            {topicSubscriptionToken, simcloud.Values{"topic": testTopic + "x", "protocol": "email", "endpoint": "ops@example.com"}, "NotFound: Topic does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(topicToken, simcloud.Values{"name": "p0"})
			_, err := c.create(tt.token, tt.in)
			dataRefused(t, err, tt.want)
		})
	}
}

func TestSubscriptionConfirmation(t *testing.T) {
	c := newDataCloud(t)
	c.must(topicToken, simcloud.Values{"name": "p0"})
	for _, tt := range []struct {
		protocol, endpoint string
		auto, pending      bool
	}{
		{"email", "ops@example.com", false, true},
		{"https", "https://example.com/hook", true, false},
		{"https", "https://example.com/other", false, true},
		{"sms", "+4915112345678", false, false},
	} {
		r := c.must(topicSubscriptionToken, simcloud.Values{"topic": testTopic, "protocol": tt.protocol, "endpoint": tt.endpoint, "endpointAutoConfirms": tt.auto})
		if got := r.Out.Bool("pendingConfirmation"); got != tt.pending {
			t.Errorf("%s %s: pending %v, want %v", tt.protocol, tt.endpoint, got, tt.pending)
		}
	}
}

func TestAlarmRefusals(t *testing.T) {
	alarm := simcloud.Values{
		"name": "cpu", "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 3, "datapointsToAlarm": 2, "threshold": 80,
		"namespace": "AWS/RDS", "metricName": "CPUUtilization", "statistic": "Average", "period": 300, "treatMissingData": "breaching",
		"dimensions": map[string]any{"DBInstanceIdentifier": "data-1"}, "alarmActions": []string{testTopic}, "okActions": []string{testTopic},
	}
	query := func(id string, returned bool) map[string]any {
		return map[string]any{"id": id, "returnData": returned, "metric": map[string]any{
			"namespace": "AWS/RDS", "metricName": "ReplicaLag", "period": 60, "stat": "Maximum",
		}}
	}
	math := func(queries ...any) simcloud.Values {
		return simcloud.Values{"namespace": nil, "metricName": nil, "statistic": nil, "period": nil, "dimensions": nil, "metricQueries": queries}
	}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":             {nil, ""},
		"name taken":       {simcloud.Values{"name": "taken"}, "ResourceConflict: an alarm named taken exists already"},
		"name long":        {simcloud.Values{"name": strings.Repeat("a", 256)}, "expected length of name"},
		"description long": {simcloud.Values{"alarmDescription": strings.Repeat("a", 1025)}, "expected length of alarmDescription"},
		"operator":         {simcloud.Values{"comparisonOperator": "MoreThan"}, "expected comparisonOperator to be one of"},
		"statistic":        {simcloud.Values{"statistic": "Mean"}, "expected statistic to be one of"},
		"percentile":       {simcloud.Values{"statistic": nil, "extendedStatistic": "p99.9"}, ""},
		"percentile bad":   {simcloud.Values{"statistic": nil, "extendedStatistic": "p999"}, "invalid value for extendedStatistic"},
		"two statistics":   {simcloud.Values{"extendedStatistic": "p99"}, "ValidationError: Exactly one of Statistic and ExtendedStatistic"},
		"missing data":     {simcloud.Values{"treatMissingData": "bad"}, "expected treatMissingData to be one of"},
		"period":           {simcloud.Values{"period": 45}, "expected period to be"},
		"no namespace":     {simcloud.Values{"namespace": nil}, "ValidationError: The parameters Namespace and Period are required"},
		"no metric":        {simcloud.Values{"metricName": nil}, "one of metricName, metricQueries must be specified"},
		"no periods":       {simcloud.Values{"evaluationPeriods": 0}, "ValidationError: 1 validation error detected: Value at 'evaluationPeriods'"},
		"too long":         {simcloud.Values{"evaluationPeriods": 289}, "ValidationError: Metrics cannot be checked across more than a day"},
		"datapoints":       {simcloud.Values{"datapointsToAlarm": 4}, "ValidationError: DatapointsToAlarm must be less than or equal to EvaluationPeriods"},
		"no threshold":     {simcloud.Values{"threshold": nil}, "ValidationError: The parameter Threshold is required."},
		"other region":     {simcloud.Values{"okActions": []string{"arn:aws:sns:us-east-1:111122223333:p0"}}, "ValidationError: Invalid region us-east-1 specified. Only eu-west-1 is supported."},
		"no such topic":    {simcloud.Values{"alarmActions": []string{testTopic + "x"}}, "ValidationError: Invalid action"},
		"action no ARN":    {simcloud.Values{"alarmActions": []string{"p0"}}, "ValidationError: Invalid arn syntax"},
		"six actions":      {simcloud.Values{"alarmActions": []string{testTopic, testTopic, testTopic, testTopic, testTopic, testTopic}}, "ValidationError: 1 validation error detected: Value at 'alarmActions'"},
		"math":             {math(query("lag", false), map[string]any{"id": "e", "expression": "ABS(lag)", "returnData": true}), ""},
		"math id":          {math(query("Lag", true)), "ValidationError: Invalid metrics list: id"},
		"math two":         {math(query("a", true), query("b", true)), "ValidationError: Exactly one element of the metrics list should return data."},
		"math nothing":     {math(map[string]any{"id": "a", "returnData": true}), "ValidationError: Invalid metrics list: a must have"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newDataCloud(t)
			c.must(topicToken, simcloud.Values{"name": "p0"})
			c.must(metricAlarmToken, edited(alarm, simcloud.Values{"name": "taken"}))
			_, err := c.create(metricAlarmToken, edited(alarm, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}
