package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const metricAlarmToken = "aws:cloudwatch/metricAlarm:MetricAlarm"

var (
	percentile  = regexp.MustCompile(`^(p|tm|wm|tc|ts)(\d{1,2}(\.\d{1,10})?|100)$|^IQM$|^(PR|TC|TM|TS|WM)\(.+\)$`)
	queryID     = regexp.MustCompile(`^[a-z][a-zA-Z0-9_]*$`)
	statistics  = []string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}
	actionPaths = []string{"alarmActions", "okActions", "insufficientDataActions"}
)

func metricAlarm() *simcloud.Type {
	return &simcloud.Type{
		Token: metricAlarmToken, Noun: "alarm", IDFrom: "name", Auto: "name", AutoMax: 255, Takes: time.Second,
		Required: []string{"comparisonOperator", "evaluationPeriods"},
		Replace:  []string{"name"},
		Unique: []simcloud.Unique{{
			// CloudWatch would overwrite the other alarm without a word.
			Paths: []string{"name"}, Words: "ResourceConflict: an alarm named %s exists already and would be overwritten",
		}},
		Validate: validateAlarm,
		Refuse:   refuseAlarm,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "cloudwatch", "alarm:"+op.ID)}
		},
	}
}

// validateAlarm is what the provider says before it asks CloudWatch.
func validateAlarm(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.OneOf(in, "comparisonOperator", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
			"LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"),
		simcloud.OneOf(in, "treatMissingData", "missing", "ignore", "breaching", "notBreaching"),
		simcloud.OneOf(in, "statistic", statistics...),
		simcloud.OneOf(in, "evaluateLowSampleCountPercentiles", "ignore", "evaluate"),
		simcloud.Matches(in, "extendedStatistic", percentile),
		longest(in, "name", 255), longest(in, "alarmDescription", 1024), longest(in, "metricName", 255), longest(in, "namespace", 255),
	)
	if p := in.Int("period"); in.Known("period") && !validPeriod(p) {
		errs = append(errs, fmt.Errorf("expected period to be 10, 20, 30 or a multiple of 60, got %d", p))
	}
	if in.Has("metricQueries") == in.Has("metricName") {
		errs = append(errs, fmt.Errorf("one of metricName, metricQueries must be specified"))
	}
	return errs
}

func longest(in simcloud.Values, path string, most int) error {
	if n := len(in.String(path)); n > most {
		return fmt.Errorf("expected length of %s to be in the range (0 - %d), got %d", path, most, n)
	}
	return nil
}

func validPeriod(p int) bool { return slices.Contains([]int{10, 20, 30}, p) || p > 0 && p%60 == 0 }

func invalidAlarm(format string, args ...any) error {
	return simcloud.Refusal("ValidationError", format, args...)
}

// refuseAlarm is what CloudWatch says.
func refuseAlarm(op *simcloud.Op) error {
	in := op.In
	periods := in.Int("evaluationPeriods")
	period := in.Int("period")
	for _, q := range in.Objects("metricQueries[]") {
		period = max(period, q.Int("metric.period"), q.Int("period"))
	}
	most := 86400
	if period >= 3600 {
		most = 7 * 86400
	}
	switch {
	case periods < 1:
		return invalidAlarm("1 validation error detected: Value at 'evaluationPeriods' failed to satisfy constraint: Member must have value greater than or equal to 1")
	case periods*period > most:
		return invalidAlarm("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= %d).", most)
	case in.Int("datapointsToAlarm") > periods:
		return invalidAlarm("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
	case !in.Has("threshold") && !in.Has("thresholdMetricId"):
		return invalidAlarm("The parameter Threshold is required.")
	}
	if err := metricProblem(in); err != nil {
		return err
	}
	return actionsProblem(op)
}

func metricProblem(in simcloud.Values) error {
	queries := in.Objects("metricQueries[]")
	if len(queries) == 0 {
		switch {
		case in.String("namespace") == "" || !in.Has("period"):
			return invalidAlarm("The parameters Namespace and Period are required for a metric alarm.")
		case in.Has("statistic") == in.Has("extendedStatistic"):
			return invalidAlarm("Exactly one of Statistic and ExtendedStatistic must be specified.")
		case len(in.All("dimensions{}")) > 30:
			return invalidAlarm("The collection Dimensions must not have a size greater than 30.")
		}
		return nil
	}
	returned := 0
	for _, q := range queries {
		if !queryID.MatchString(q.String("id")) {
			return invalidAlarm("Invalid metrics list: id %q must begin with a lower-case letter and hold letters, digits and underscores", q.String("id"))
		}
		if q.Has("expression") == q.Has("metric") {
			return invalidAlarm("Invalid metrics list: %s must have either an expression or a metric", q.String("id"))
		}
		if q.Has("metric") && !validPeriod(q.Int("metric.period")) {
			return invalidAlarm("Invalid metrics list: the period of %s must be 10, 20, 30 or a multiple of 60", q.String("id"))
		}
		if q.Bool("returnData") {
			returned++
		}
	}
	if returned != 1 {
		return invalidAlarm("Exactly one element of the metrics list should return data.")
	}
	return nil
}

// actionsProblem refuses actions that are nowhere, or in another region.
func actionsProblem(op *simcloud.Op) error {
	for _, path := range actionPaths {
		actions := op.In.Strings(path + "[]")
		if len(actions) > 5 {
			return invalidAlarm("1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length less than or equal to 5", path)
		}
		for _, action := range actions {
			parts := strings.SplitN(action, ":", 6)
			if len(parts) != 6 || parts[0] != "arn" {
				return invalidAlarm("Invalid arn syntax: %s", action)
			}
			if parts[3] != op.Region {
				return invalidAlarm("Invalid region %s specified. Only %s is supported.", parts[3], op.Region)
			}
			if parts[2] == "sns" && op.Find(topicToken, "arn", action) == nil {
				return invalidAlarm("Invalid action: the topic %s does not exist", action)
			}
		}
	}
	return nil
}
