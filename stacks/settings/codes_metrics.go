package settings

// The codes of metrics and of who is called: 28x and 29x.
const (
	NobodyOnCall     Code = "CFG280"
	UnfetchedSecret  Code = "CFG281"
	BadSampleKeeping Code = "CFG282"
	BadWatchers      Code = "CFG283"
	BadRemoteWrite   Code = "CFG284"
	BadOpenCost      Code = "CFG285"
	BadSSO           Code = "CFG286"
	OpenGrafana      Code = "CFG287"
	OpsgenieEnds     Code = "CFG288"
	BadOnCall        Code = "CFG289"
	NoHeartbeat      Code = "CFG290"
	BadRunbooks      Code = "CFG291"
	NoWayIn          Code = "CFG292"
)

var metricsRules = []Rule{
	{Code: NobodyOnCall, Text: "In a protected stack somebody is called: PagerDuty or Opsgenie."},
	{Code: UnfetchedSecret, Text: "A secret that the cluster fetches, for services, metrics or on-call, is one of secrets.names, and external-secrets may read it."},
	{Code: BadSampleKeeping, Text: "Samples are kept for 1 to 365 days, and their storage holds them."},
	{Code: BadWatchers, Text: "There are 1 to 5 Prometheus and Alertmanagers; in a protected stack at least two Prometheus and three Alertmanagers."},
	{Code: BadRemoteWrite, Text: "Samples are sent on to an https URL; a token alone goes nowhere."},
	{Code: BadOpenCost, Text: "OpenCost has a key of the API of prices on Google Cloud, and none elsewhere."},
	{Code: BadSSO, Text: "Single sign-on has a client, its secret and three https endpoints; or none of it."},
	{Code: OpenGrafana, Text: "A Grafana with a host of its own has single sign-on."},
	{Code: OpsgenieEnds, Warning: true, Text: "Opsgenie is not sold any more, and shut down on 2027-04-05."},
	{Code: BadOnCall, Text: "A provider has the secret of its key, and none has nothing."},
	{Code: NoHeartbeat, Warning: true, Text: "A protected stack has a heartbeat: without one nobody hears that alerts cannot leave."},
	{Code: NoWayIn, Text: "A Grafana with a host has a way in that answers under it, beside the services' own host."},
	{Code: BadRunbooks, Text: "Runbooks are below an https URL with a slash at its end."},
}
