package aws

import "github.com/te-explico/infrastructure/internal/simcloud"

const monitoringService = "monitoring.rds.amazonaws.com"

// refuseMonitoring refuses Enhanced Monitoring and Performance Insights that
// cannot work.
func refuseMonitoring(op *simcloud.Op) error {
	if op.In.Int("monitoringInterval") > 0 {
		if !op.In.Has("monitoringRoleArn") {
			return combination("A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.")
		}
		if !trustsMonitoring(op) {
			return badValue(roleWords)
		}
	}
	days := op.In.Int("performanceInsightsRetentionPeriod")
	if !op.In.Bool("performanceInsightsEnabled") {
		if days != 0 || op.In.Has("performanceInsightsKmsKeyId") {
			return combination("To set a retention period or a KMS key, Performance Insights must be enabled.")
		}
		return nil
	}
	if days != 0 && days != 7 && days != 731 && (days%31 != 0 || days > 23*31) {
		return badValue("Invalid Performance Insights retention period: %d. Valid values are 7, month * 31 where month is a number of months from 1-23, and 731.", days)
	}
	if op.Old != nil && op.Old.In.Bool("performanceInsightsEnabled") &&
		op.Old.In.String("performanceInsightsKmsKeyId") != op.In.String("performanceInsightsKmsKeyId") {
		return combination("You cannot change your Performance Insights KMS key.")
	}
	return nil
}

// trustsMonitoring says whether the monitoring role lets RDS assume it.
func trustsMonitoring(op *simcloud.Op) bool {
	role := op.Find(roleToken, "arn", op.In.String("monitoringRoleArn"))
	if role == nil {
		return false
	}
	doc, err := parsePolicy(role.In.String("assumeRolePolicy"))
	if err != nil {
		return false
	}
	for _, s := range doc.Statement {
		if s.Effect == "Allow" && s.allows("sts:AssumeRole") && s.Principal.names("Service", monitoringService) {
			return true
		}
	}
	return false
}

// refuseUpgrade refuses the way back, and a new major version by accident.
func refuseUpgrade(op *simcloud.Op) error {
	if op.Old == nil || op.In.Has("replicateSourceDb") {
		return nil // replicas follow their source
	}
	was, ok := offersVersion(op.Old.Out.String("engineVersionActual"))
	now, found := versionOf(op)
	switch {
	case !ok || !found || now == was:
		return nil
	case now.before(was):
		return combination("Cannot upgrade postgres from %s to %s", was, now)
	case now.major > was.major && !op.In.Bool("allowMajorVersionUpgrade"):
		return combination("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
	}
	return nil
}
