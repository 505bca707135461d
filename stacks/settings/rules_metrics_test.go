package settings

import "slices"

const sso = "metrics.grafana.sso."

// withSSO is single sign-on, all of it, with edits.
func withSSO(edits ...edit) []edit {
	return slices.Concat(with(
		set("secrets.names.oidc.purpose", "the secret of Grafana's client"),
		set("secrets.readers.grafana.serviceAccount", "external-secrets/external-secrets"),
		set("secrets.readers.grafana.secrets", []string{"oidc"}),
		set(sso+"name", "Example"), set(sso+"clientId", "grafana"), set(sso+"secret", "oidc"),
		set(sso+"authUrl", "https://login.example.com/authorize"), set(sso+"tokenUrl", "https://login.example.com/token"),
		set(sso+"apiUrl", "https://login.example.com/userinfo"),
	), edits)
}

// metricsBreaches are the bad examples of metrics and of who is called.
var metricsBreaches = []breach{
	{NobodyOnCall, "oncall.provider", with(set("protect", true))},
	{UnfetchedSecret, "oncall.secret", with(set("oncall.provider", "pagerduty"), set("oncall.secret", "pagerdutty"))},
	{UnfetchedSecret, "oncall.heartbeat", with(set("oncall.heartbeat", "beat"), set("secrets.names.beat.purpose", "x"))},
	{UnfetchedSecret, "metrics.databaseSecret", with(set("metrics.databaseSecret", "monitor"))},
	{UnfetchedSecret, sso + "secret", withSSO(set(sso+"secret", "odic"))},
	{BadSampleKeeping, "metrics.retentionDays", with(set("metrics.retentionDays", 0))},
	{BadSampleKeeping, "metrics.retentionDays", with(set("metrics.retentionDays", 366))},
	{BadSampleKeeping, "metrics.storageGiB", with(set("metrics.storageGiB", 4))},
	{BadSampleKeeping, "metrics.storageGiB", with(set("metrics.retentionDays", 90))},
	{BadSampleKeeping, "metrics.memoryMiB", with(set("metrics.memoryMiB", 256))},
	{BadWatchers, "metrics.replicas", with(set("metrics.replicas", 0))},
	{BadWatchers, "metrics.alertmanagers", with(set("metrics.alertmanagers", 6))},
	{BadWatchers, "metrics.replicas", with(set("protect", true))},
	{BadWatchers, "metrics.alertmanagers", with(set("protect", true))},
	{BadRemoteWrite, "metrics.remoteWrite.url", with(set("metrics.remoteWrite.url", "http://metrics.example.com/push"))},
	{BadRemoteWrite, "metrics.remoteWrite.url", with(set("metrics.remoteWrite.url", "https://user:password@metrics.example.com/push"))},
	{BadRemoteWrite, "metrics.remoteWrite.secret", with(set("metrics.remoteWrite.secret", "backend"))},
	{BadOpenCost, "metrics.openCost.secret", with(set("metrics.openCost.enabled", true), set("metrics.openCost.secret", "backend"))},
	{BadOpenCost, "metrics.openCost.secret", with(set("metrics.openCost.secret", "backend"))},
	{BadSSO, sso + "clientId", with(set(sso+"name", "Example"))},
	{BadSSO, sso + "tokenUrl", withSSO(set(sso+"tokenUrl", "login.example.com/token"))},
	{OpenGrafana, "metrics.grafana.host", with(set("metrics.grafana.host", "grafana.example.com"))},
	{NoWayIn, "metrics.grafana.host", withSSO(set("metrics.grafana.host", "grafana.te-explico.com"))},
	{NoWayIn, "metrics.grafana.host", withSSO(append(withDomain(), set("ingress.enabled", false), set("metrics.grafana.host", "grafana.te-explico.com"))...)},
	{NoWayIn, "metrics.grafana.host", withSSO(append(withDomain(), set("metrics.grafana.host", "api.app.te-explico.com"))...)},
	{IngressOutside, "metrics.grafana.host", withSSO(append(withDomain(), set("metrics.grafana.host", "grafana.explico.org"))...)},
	{BadIngressHost, "metrics.grafana.host", withSSO(append(withDomain(), set("metrics.grafana.host", "app.te-explico.com"))...)},
	{OpsgenieEnds, "oncall.provider", with(set("oncall.provider", "opsgenie"))},
	{BadOnCall, "oncall.secret", with(set("oncall.provider", "pagerduty"))},
	{BadOnCall, "oncall.secret", with(set("oncall.secret", "backend"))},
	{BadOnCall, "oncall.eu", with(set("oncall.eu", true))},
	{NoHeartbeat, "oncall.heartbeat", with(set("protect", true))},
	{BadRunbooks, "metrics.runbooks", with(set("metrics.runbooks", "https://example.com/docs"))},
	{KubernetesOnly, "metrics.replicas", onECS(set("metrics.replicas", 2))},
	{KubernetesOnly, "oncall.provider", onECS(set("oncall.provider", "pagerduty"))},
}
