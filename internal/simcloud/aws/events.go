package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	eventRuleToken   = "aws:cloudwatch/eventRule:EventRule"
	eventTargetToken = "aws:cloudwatch/eventTarget:EventTarget"
	eventService     = "events.amazonaws.com"
	// targetsOfRule is the most targets that a rule may have.
	// Source: EventBridge user guide, "Quotas".
	targetsOfRule = 5
)

var (
	eventRuleName  = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)
	eventTargetID  = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)
	eventInputName = regexp.MustCompile(`<([^<>\s]+)>`)
	// eventMatchers are what a pattern may ask of a value beside its being there.
	// Source: EventBridge user guide, "Comparison operators for use in event
	// patterns".
	eventMatchers = []string{"anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"}
)

func eventTypes() []*simcloud.Type { return []*simcloud.Type{eventRule(), eventTarget()} }

func eventRule() *simcloud.Type {
	return &simcloud.Type{
		Token: eventRuleToken, Noun: "rule", IDFrom: "name", Auto: "name", AutoMax: 64, Takes: time.Second,
		Replace: []string{"name", "namePrefix", "eventBusName"},
		InUse:   "ValidationException: Rule can't be deleted since it has targets. (%s)",
		Unique: []simcloud.Unique{{
			// EventBridge would overwrite the other rule without a word.
			Paths: []string{"name"}, Words: "ResourceConflict: a rule named %s exists already and would be overwritten",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.Matches(in, "name", eventRuleName), longest(in, "description", 512), longest(in, "eventPattern", 4096),
				simcloud.OneOf(in, "state", "ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
			)
			if !in.Has("eventPattern") && !in.Has("scheduleExpression") {
				errs = append(errs, fmt.Errorf("one of `event_pattern,schedule_expression` must be specified"))
			}
			if text := in.String("eventPattern"); text != "" {
				if reason := patternProblem(text); reason != "" {
					errs = append(errs, simcloud.Refusal("InvalidEventPatternException", "Event pattern is not valid. Reason: %s", reason))
				}
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			return simcloud.Values{"arn": arn(op, "events", "rule/"+op.ID), "eventBusName": "default"}
		},
	}
}

// patternProblem is why EventBridge cannot read an event pattern; empty if it
// can.
func patternProblem(text string) string {
	var pattern map[string]any
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		return "Filter is not an object"
	}
	return fieldsProblem(pattern)
}

func fieldsProblem(fields map[string]any) string {
	if len(fields) == 0 {
		return "Empty objects are not allowed"
	}
	for name, value := range fields {
		switch v := value.(type) {
		case map[string]any:
			if problem := fieldsProblem(v); problem != "" {
				return problem
			}
		case []any:
			if problem := valuesProblem(v); problem != "" {
				return problem
			}
		default:
			return fmt.Sprintf("%q must be an object or an array", name)
		}
	}
	return ""
}

// valuesProblem looks at what a field may be: texts, numbers, and matchers.
func valuesProblem(values []any) string {
	if len(values) == 0 {
		return "Empty arrays are not allowed"
	}
	for _, value := range values {
		matcher, isMatcher := value.(map[string]any)
		if !isMatcher {
			continue
		}
		if len(matcher) != 1 {
			return "Only one key allowed in match expression"
		}
		for kind, operand := range matcher {
			if !slices.Contains(eventMatchers, kind) {
				return "Unrecognized match type " + kind
			}
			if list, isList := operand.([]any); kind == "numeric" && (!isList || len(list)%2 != 0 || len(list) == 0) {
				return "Value of numeric must be an array of operators and numbers."
			}
		}
	}
	return ""
}

func eventTarget() *simcloud.Type {
	return &simcloud.Type{
		Token: eventTargetToken, Noun: "target", Takes: time.Second,
		ID:       func(op *simcloud.Op) string { return op.In.String("rule") + "-" + op.In.String("targetId") },
		Required: []string{"rule", "arn"},
		Replace:  []string{"rule", "targetId", "eventBusName"},
		Refs: []simcloud.Ref{{
			Path: "rule", To: []string{eventRuleToken}, By: "name", Holds: true,
			Missing: "ResourceNotFoundException: Rule %s does not exist on EventBus default.",
		}},
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "targetId", eventTargetID))
			inputs := 0
			for _, path := range []string{"input", "inputPath", "inputTransformer"} {
				if in.Has(path) {
					inputs++
				}
			}
			if inputs > 1 {
				errs = append(errs, fmt.Errorf("only one of `input,input_path,input_transformer` can be specified"))
			}
			return append(errs, transformerProblems(in)...)
		},
		Refuse: refuseTarget,
	}
}

// transformerProblems looks at the message that is made of an event: it is JSON,
// if only one text a line, and names nothing that is not taken from the event.
func transformerProblems(in simcloud.Values) []error {
	template, paths := in.String("inputTransformer.inputTemplate"), in.Get("inputTransformer.inputPaths")
	if template == "" {
		return nil
	}
	var errs []error
	id := in.String("targetId")
	known, _ := paths.(map[string]any)
	for _, m := range eventInputName.FindAllStringSubmatch(template, -1) {
		if _, ok := known[m[1]]; !ok && !strings.HasPrefix(m[1], "aws.events.") {
			// EventBridge would take it, and send messages that lack it.
			errs = append(errs, fmt.Errorf("target %s: the input template names <%s>, which is none of the input paths: it would be empty", id, m[1]))
		}
	}
	plain := eventInputName.ReplaceAllString(template, "0")
	lines := strings.Split(strings.TrimSpace(plain), "\n")
	if !json.Valid([]byte(plain)) && slices.ContainsFunc(lines, func(line string) bool { return !json.Valid([]byte(line)) }) {
		errs = append(errs, simcloud.Refusal("ValidationException", "Invalid InputTemplate for target %s : not a valid JSON text or object", id))
	}
	return errs
}

// refuseTarget refuses one target too many, and a topic that would never hear.
func refuseTarget(op *simcloud.Op) error {
	beside := 0
	for _, other := range op.All(eventTargetToken) {
		if other.In.String("rule") == op.In.String("rule") && other.ID != op.ID {
			beside++
		}
	}
	target := op.In.String("arn")
	switch {
	case beside >= targetsOfRule:
		return simcloud.Refusal("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
	case !dbARN(target):
		return simcloud.Refusal("ValidationException", "Provided Arn is not in correct format. %s", target)
	case strings.Split(target, ":")[2] == "sqs":
		return refuseDeaf(op, target)
	case strings.Split(target, ":")[2] != "sns":
		return nil
	}
	if err := mayTell(op, target, eventService); err != nil {
		return err
	}
	return nameless(op, target)
}

// nameless refuses a key that wants to know on whose behalf EventBridge comes:
// it does not say.
// Source: SNS developer guide, "Managing Amazon SNS encryption keys and costs":
// aws:SourceAccount and aws:SourceArn are not supported for EventBridge and
// encrypted topics.
func nameless(op *simcloud.Op, topic string) error {
	key := op.Find(keyToken, "arn", op.Find(topicToken, "arn", topic).In.String("kmsMasterKeyId"))
	if key == nil {
		return nil
	}
	doc, err := parsePolicy(key.In.String("policy"))
	if err != nil {
		return nil // refused as a document already
	}
	for _, s := range doc.Statement {
		if s.Effect == "Allow" && s.allows("kms:GenerateDataKey") && s.Principal.names("Service", eventService) && len(s.Condition) == 0 {
			return nil
		}
	}
	return simcloud.Refusal("KMSAccessDenied", "%s names no source when it uses the key %s of topic %s: no condition can be met", eventService, key.ID, topic)
}
