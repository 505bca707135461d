package aws

import (
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

func TestBudgetRefusals(t *testing.T) {
	note := func(edits simcloud.Values) simcloud.Values {
		n := edited(simcloud.Values{
			"comparisonOperator": "GREATER_THAN", "notificationType": "ACTUAL", "threshold": 80, "thresholdType": "PERCENTAGE",
			"subscriberSnsTopicArns": []string{p1Topic}, "subscriberEmailAddresses": []string{"a@example.com"},
		}, edits)
		return simcloud.Values{"notifications": []any{map[string]any(n)}}
	}
	many := make([]string, 11)
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":         {note(nil), ""},
		"name taken":   {simcloud.Values{"name": "taken"}, "DuplicateRecordException: Error creating budget: taken - the budget already exists."},
		"name":         {simcloud.Values{"name": "a:b"}, "invalid value for name (a:b)"},
		"nothing":      {simcloud.Values{"limitAmount": "0"}, "InvalidParameterException: Budget limit amount must be greater than zero"},
		"type":         {simcloud.Values{"budgetType": "MONEY"}, "expected budgetType to be one of"},
		"unit":         {simcloud.Values{"timeUnit": "WEEKLY"}, "expected timeUnit to be one of"},
		"kind":         {note(simcloud.Values{"notificationType": "GUESSED"}), "expected notificationType to be one of"},
		"nobody":       {note(simcloud.Values{"subscriberSnsTopicArns": nil, "subscriberEmailAddresses": nil}), "InvalidParameterException: Notification must have at least one subscriber"},
		"two topics":   {note(simcloud.Values{"subscriberSnsTopicArns": []string{p1Topic, deafTopic}}), "CreationLimitExceededException: one notification can only have 1 subscribers with type of SNS"},
		"many mails":   {note(simcloud.Values{"subscriberEmailAddresses": many}), "CreationLimitExceededException: one notification can only have 10 subscribers with type of EMAIL"},
		"no mail":      {note(simcloud.Values{"subscriberEmailAddresses": []string{"nobody"}}), "InvalidParameterException: Invalid email address: nobody"},
		"deaf topic":   {note(simcloud.Values{"subscriberSnsTopicArns": []string{deafTopic}}), "AuthorizationError: budgets.amazonaws.com is not authorized"},
		"absent topic": {note(simcloud.Values{"subscriberSnsTopicArns": []string{p1Topic + "x"}}), "NotFound: Topic does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newBackupCloud(t)
			base := simcloud.Values{"name": "month", "budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "400", "limitUnit": "USD"}
			c.must(budgetToken, edited(base, simcloud.Values{"name": "taken"}))
			_, err := c.create(budgetToken, edited(base, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestAnomalyRefusals(t *testing.T) {
	c := newBackupCloud(t)
	services := simcloud.Values{"name": "services", "monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"}
	for _, tt := range []struct {
		edits simcloud.Values
		want  string
	}{
		{simcloud.Values{"monitorType": "ALL"}, "expected monitorType to be one of"},
		{simcloud.Values{"monitorDimension": nil}, "ValidationException: MonitorDimension is required"},
		{simcloud.Values{"monitorDimension": "REGION"}, "expected monitorDimension to be one of"},
		{simcloud.Values{"monitorType": "CUSTOM"}, "ValidationException: MonitorSpecification is required"},
	} {
		_, err := c.create(anomalyMonitorToken, edited(services, tt.edits))
		dataRefused(t, err, tt.want)
	}
	monitor := c.must(anomalyMonitorToken, services)
	_, err := c.create(anomalyMonitorToken, edited(services, simcloud.Values{"name": "second"}))
	dataRefused(t, err, "ValidationException: Limit exceeded on dimensional spend monitor creation")

	who := func(kind, address string) []any { return []any{map[string]any{"type": kind, "address": address}} }
	good := simcloud.Values{
		"name": "now", "frequency": "IMMEDIATE", "monitorArnLists": []string{monitor.ID}, "subscribers": who("SNS", p1Topic),
		"thresholdExpression": map[string]any{"dimension": map[string]any{"key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "values": []string{"100"}}},
	}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"frequency":    {simcloud.Values{"frequency": "HOURLY"}, "expected frequency to be one of"},
		"no threshold": {simcloud.Values{"thresholdExpression": nil}, "ValidationException: Threshold and ThresholdExpression cannot both be null"},
		"mail at once": {simcloud.Values{"subscribers": who("EMAIL", "a@example.com")}, "ValidationException: Immediate frequency only supports SNS subscriptions"},
		"topic daily":  {simcloud.Values{"frequency": "DAILY"}, "ValidationException: Daily or weekly frequencies only support Email subscriptions"},
		"deaf topic":   {simcloud.Values{"subscribers": who("SNS", deafTopic)}, "AuthorizationError: costalerts.amazonaws.com is not authorized"},
		"no monitor":   {simcloud.Values{"monitorArnLists": []string{"arn:aws:ce::111122223333:anomalymonitor/none"}}, "UnknownMonitorException: Unable to find monitor"},
		"good":         {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.create(anomalySubscriptionToken, edited(good, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
	dataRefused(t, c.Delete(dataSession, anomalyMonitorToken, monitor.ID), "ValidationException: Anomaly monitor")
}

func TestCostTagRefusals(t *testing.T) {
	for key, want := range map[string]string{
		"backup": "", "team": "ValidationException: Tag keys not found: team", "aws:createdBy": "ValidationException: Tag keys starting with aws:",
	} {
		_, err := newBackupCloud(t).create(costTagToken, simcloud.Values{"tagKey": key, "status": "Active"})
		dataRefused(t, err, want)
	}
	_, err := newBackupCloud(t).create(costTagToken, simcloud.Values{"tagKey": "backup", "status": "On"})
	dataRefused(t, err, "expected status to be one of")
}

func TestScheduleRefusals(t *testing.T) {
	target := func(edits simcloud.Values) simcloud.Values {
		return simcloud.Values{"target": map[string]any(edited(simcloud.Values{
			"arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "roleArn": "arn:aws:iam::111122223333:role/scheduler", "input": `{"DbInstanceIdentifier":"data"}`,
		}, edits))}
	}
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":         {nil, ""},
		"taken":        {simcloud.Values{"name": "taken"}, "ConflictException: Schedule taken already exists."},
		"name":         {simcloud.Values{"name": "stop database"}, "invalid value for name"},
		"expression":   {simcloud.Values{"scheduleExpression": "0 19 * * *"}, "ValidationException: Invalid Schedule Expression 0 19 * * *."},
		"zone":         {simcloud.Values{"scheduleExpressionTimezone": "Berlin"}, "ValidationException: Provided time zone is invalid: Berlin"},
		"mode":         {simcloud.Values{"flexibleTimeWindow": map[string]any{"mode": "ON"}}, "expected flexibleTimeWindow.mode to be one of"},
		"window":       {simcloud.Values{"flexibleTimeWindow": map[string]any{"mode": "FLEXIBLE"}}, "ValidationException: MaximumWindowInMinutes"},
		"group":        {simcloud.Values{"groupName": "dev"}, "ResourceNotFoundException: Schedule group dev does not exist."},
		"role missing": {target(simcloud.Values{"roleArn": "arn:aws:iam::111122223333:role/none"}), "ValidationException: The execution role you provide must allow"},
		"role other":   {target(simcloud.Values{"roleArn": backupRole}), "ValidationException: The execution role you provide must allow"},
		"target":       {target(simcloud.Values{"arn": "rds:stopDBInstance"}), "ValidationException: Provided Arn is not in correct format."},
		"service":      {target(simcloud.Values{"arn": "arn:aws:scheduler:::aws-sdk:backup:startBackupJob"}), "ValidationException: backup is not a supported service for a target."},
		"call":         {target(simcloud.Values{"arn": "arn:aws:scheduler:::aws-sdk:rds:describeDBInstances"}), "ValidationException: describeDBInstances is not a supported api for rds."},
		"RDS's casing": {target(simcloud.Values{"input": `{"DBInstanceIdentifier":"data"}`}), "ValidationException: Invalid RequestJson provided."},
		"no JSON":      {target(simcloud.Values{"input": "data"}), "ValidationException: Invalid RequestJson provided."},
	} {
		t.Run(name, func(t *testing.T) {
			c := newBackupCloud(t)
			base := edited(simcloud.Values{
				"name": "stop", "scheduleExpression": "cron(0 19 * * ? *)", "scheduleExpressionTimezone": "Europe/Berlin",
				"flexibleTimeWindow": map[string]any{"mode": "OFF"},
			}, target(nil))
			c.must(scheduleToken, edited(base, simcloud.Values{"name": "taken"}))
			_, err := c.create(scheduleToken, edited(base, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

func TestScalingScheduleRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		edits simcloud.Values
		want  string
	}{
		"good":       {nil, ""},
		"unchanged":  {simcloud.Values{"minSize": -1, "maxSize": -1, "desiredCapacity": -1}, ""},
		"no group":   {simcloud.Values{"autoscalingGroupName": "none"}, "ValidationError: Group none not found"},
		"bounds":     {simcloud.Values{"minSize": 4}, "ValidationError: Max bound, 3, must be greater than or equal to min bound, 4"},
		"few":        {simcloud.Values{"desiredCapacity": 1}, "ValidationError: Desired capacity must be greater than or equal to min size"},
		"many":       {simcloud.Values{"desiredCapacity": 4}, "ValidationError: Desired capacity must be less than or equal to max size"},
		"no maximum": {simcloud.Values{"maxSize": nil}, "ValidationError: Max bound, 0, must be greater"},
		"never":      {simcloud.Values{"recurrence": nil}, "ValidationError: You must specify either Recurrence or StartTime"},
		"AWS's cron": {simcloud.Values{"recurrence": "cron(0 7 ? * MON-FRI *)"}, "ValidationError: Given recurrence string:cron(0 7 ? * MON-FRI *) is invalid"},
		"taken":      {simcloud.Values{"scheduledActionName": "taken"}, "AlreadyExists: group eks-apps has a scheduled action taken already"},
		"elsewhere":  {simcloud.Values{"scheduledActionName": "taken", "autoscalingGroupName": "eks-batch"}, ""},
		"zone":       {simcloud.Values{"timeZone": "Mitteleuropa"}, "ValidationException: Provided time zone is invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &dataCloud{Cloud: simcloud.New(scalingCatalog()), t: t}
			c.must(eksNodeGroupToken, simcloud.Values{"id": "apps"})
			c.must(eksNodeGroupToken, simcloud.Values{"id": "batch"})
			base := simcloud.Values{
				"autoscalingGroupName": "eks-apps", "scheduledActionName": "start", "minSize": 2, "maxSize": 3, "desiredCapacity": 2,
				"recurrence": "0 7 * * 1-5", "timeZone": "Europe/Berlin",
			}
			c.must(scalingScheduleToken, edited(base, simcloud.Values{"scheduledActionName": "taken"}))
			_, err := c.create(scalingScheduleToken, edited(base, tt.edits))
			dataRefused(t, err, tt.want)
		})
	}
}

// scalingCatalog knows node groups without a cluster around them.
func scalingCatalog() *simcloud.Catalog {
	return &simcloud.Catalog{Package: "aws", Types: map[string]*simcloud.Type{
		scalingScheduleToken: scheduledScaling(),
		eksNodeGroupToken: {Token: eksNodeGroupToken, Noun: "node group", IDFrom: "id", Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"resources": []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": "eks-" + op.ID}}}}}
		}},
	}}
}
