package settings

// securityBreaches are the bad examples of the rules about security and CI.
var securityBreaches = []breach{
	{BadRepository, "ci.repository", with(set("ci.repository", "infrastructure"))},
	{BadRepository, "ci.repository", with(set("ci.repository", "https://github.com/te-explico/infrastructure"))},
	{BadRepository, "ci.repository", with(set("ci.repository", "te-explico/*"))},
	{BadRepository, "ci.repository", with(set("ci.repository", "-te/explico"))},
	{NoRepository, "ci.repository", with(set("ci.existingProvider", true))},
	{NoRepository, "ci.repository", with(set("ci.stateBucket", "arn:aws:s3:::state"))},
	{BadBoundary, "ci.boundary", with(set("ci.repository", "a/b"), set("ci.boundary", "limits"))},
	{BadBoundary, "ci.boundary", with(set("ci.repository", "a/b"), set("ci.boundary", "arn:aws:iam::999900001111:role/limits"))},
	{BadBoundary, "ci.boundary", with(set("ci.repository", "a/b"), set("aws.accountId", "999900002222"), set("ci.boundary", "arn:aws:iam::999900001111:policy/limits"))},
	{BadState, "ci.stateBucket", with(set("ci.repository", "a/b"), set("ci.stateBucket", "s3://state"))},
	{BadState, "ci.stateKey", with(set("ci.repository", "a/b"), set("ci.stateBucket", "arn:aws:s3:::state"), set("ci.stateKey", "alias/state"))},
	{BadState, "ci.stateBucket", with(set("ci.repository", "a/b"), set("ci.stateKey", replicaKey))},
	{ShortTrail, "security.trailDays", with(set("security.baseline", true), set("security.trailDays", 90))},
	{ShortAudit, "logs.auditDays", with(set("security.baseline", true), set("logs.auditDays", 180))},
	{SharedStandard, "security.standards[1]", with(set("security.baseline", true), set("security.standards", []string{"cis", "cis"}))},
	{UnknownWord, "security.standards[0]", with(set("security.baseline", true), set("security.standards", []string{"iso"}))},
	{NoBaseline, "security.runtimeMonitoring", with(set("security.runtimeMonitoring", true))},
	{NoBaseline, "security.standards", with(set("security.standards", []string{"pci"}))},
	{UnknownWord, "security.alertSeverity", with(set("security.baseline", true), set("security.alertSeverity", "severe"))},
	{NoBaseline, "security.alertSeverity", with(set("security.alertSeverity", "medium"))},
	{NoBaseline, "security.trailDays", with(set("security.trailDays", 400))},
	{NoBaseline, "security.existingConfigRole", with(set("security.existingConfigRole", true))},
	{Unaudited, "security.baseline", with(set("protect", true))},
}
