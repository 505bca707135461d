package monitoring

import (
	"errors"
	"fmt"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// OnCall says who is called.
type OnCall struct {
	// Provider is PagerDuty, Opsgenie or Nobody.
	Provider Provider
	// Key is the name of the secret, in the store, with the key to call with:
	// PagerDuty's integration key (Events API v2) or Opsgenie's API key.
	Key string
	// EU says that the Opsgenie account is in the European Union.
	EU bool
	// Heartbeat is the name of the secret with the URL that is called every minute
	// as long as alerts can leave; empty for none.
	Heartbeat string
}

// Provider calls people.
type Provider string

// The providers.
const (
	PagerDuty Provider = "pagerduty"
	Opsgenie  Provider = "opsgenie"
	Nobody    Provider = "none"
)

// secretDir is where the operator puts the secrets of an Alertmanager.
// Source: prometheus-operator, API reference, AlertmanagerSpec.secrets.
const secretDir = "/etc/alertmanager/secrets/"

// keyFile is the one key of a secret that comes from the store.
const keyFile = "value"

// names of the secrets in the cluster.
const (
	onCallSecret    = "alertmanager-oncall"
	heartbeatSecret = "alertmanager-heartbeat"
)

// Config is the Alertmanager's configuration. It holds no secret: keys are files.
//
// What pages goes out alert by alert of a service, so that the first one says
// what is wrong; P0 is repeated each hour, P1 each day. A severity that is none of
// ours, from a rule of somebody else's, is told as P1: better once too often. What
// need not be told beside something else, inhibitions say.
func (o OnCall) Config() (kubernetes.Map, error) {
	nobody := kubernetes.Map{"name": "nobody"}
	receivers := kubernetes.List{nobody}
	p0, p1 := "nobody", "nobody"
	if o.Provider != Nobody {
		if o.Key == "" {
			return nil, fmt.Errorf("configuring Alertmanager: %s needs the secret of its key", o.Provider)
		}
		p0, p1 = "oncall-p0", "oncall-p1"
		for _, severity := range []string{"p0", "p1"} {
			r, err := o.receiver(severity)
			if err != nil {
				return nil, err
			}
			receivers = append(receivers, r)
		}
	}
	heartbeat := "nobody"
	if o.Heartbeat != "" {
		heartbeat = "heartbeat"
		receivers = append(receivers, kubernetes.Map{"name": heartbeat, "webhook_configs": kubernetes.List{kubernetes.Map{
			"url_file": secretDir + heartbeatSecret + "/" + keyFile, "send_resolved": false,
		}}})
	}
	return kubernetes.Map{
		"global":    kubernetes.Map{"resolve_timeout": "5m"},
		"receivers": receivers,
		"route": kubernetes.Map{
			"receiver": p1, "group_by": []string{"alertname", "namespace", "service"},
			"group_wait": "2m", "group_interval": "5m", "repeat_interval": "24h",
			"routes": kubernetes.List{
				kubernetes.Map{
					"matchers": []string{`alertname="Watchdog"`}, "receiver": heartbeat,
					"group_wait": "0s", "group_interval": "1m", "repeat_interval": "1m",
				},
				kubernetes.Map{"matchers": []string{`severity="p0"`}, "receiver": p0, "group_wait": "10s", "repeat_interval": "1h"},
				kubernetes.Map{"matchers": []string{`severity=~"none|info"`}, "receiver": "nobody"},
			},
		},
		"inhibit_rules": inhibitions(),
	}, nil
}

// inhibitions are the alerts that need not be told beside others.
func inhibitions() kubernetes.List {
	rule := func(source, target []string, equal ...string) kubernetes.Map {
		return kubernetes.Map{"source_matchers": source, "target_matchers": target, "equal": equal}
	}
	return kubernetes.List{
		// Burning fast is burning.
		rule([]string{`alertname="ErrorBudgetBurnsFast"`}, []string{`alertname="ErrorBudgetBurns"`}, "service", "slo"),
		// A volume that is full was filling up.
		rule([]string{`alertname="VolumeFull"`}, []string{`alertname="VolumeFillsUp"`}, "namespace", "persistentvolumeclaim"),
		rule([]string{`alertname="CertificateExpiresSoon"`}, []string{`alertname="CertificateExpires"`}, "exported_namespace", "name"),
		// Without any pod, none of the pods is ready.
		rule([]string{`alertname="WorkloadUnavailable"`}, []string{`alertname="DeploymentStuck"`}, "namespace", "deployment"),
		// When the nodes go, so does what runs on them.
		rule([]string{`alertname="ManyNodesNotReady"`}, []string{
			`alertname=~"NodeNotReady|PodNotReady|DaemonSetIncomplete|StatefulSetDegraded|DeploymentStuck|TargetDown"`,
		}),
	}
}

// receiver tells the provider of alerts of a severity.
func (o OnCall) receiver(severity string) (kubernetes.Map, error) {
	file := secretDir + onCallSecret + "/" + keyFile
	const text = `{{ .CommonAnnotations.summary }}`
	details := map[string]string{
		"alerts":  `{{ range .Alerts.Firing }}{{ .Annotations.summary }} {{ end }}`,
		"runbook": `{{ (index .Alerts 0).Annotations.runbook_url }}`,
	}
	receiver := kubernetes.Map{"name": "oncall-" + severity}
	switch o.Provider {
	case PagerDuty:
		receiver["pagerduty_configs"] = kubernetes.List{kubernetes.Map{
			"routing_key_file": file, "description": text, "details": details, "send_resolved": true,
			"severity": map[string]string{"p0": "critical", "p1": "warning"}[severity],
			"links":    kubernetes.List{kubernetes.Map{"href": details["runbook"], "text": "Runbook"}},
		}}
	case Opsgenie:
		url := "https://api.opsgenie.com/"
		if o.EU {
			url = "https://api.eu.opsgenie.com/"
		}
		receiver["opsgenie_configs"] = kubernetes.List{kubernetes.Map{
			"api_key_file": file, "api_url": url, "message": text, "details": details, "send_resolved": true,
			"priority": map[string]string{"p0": "P1", "p1": "P3"}[severity],
		}}
	default:
		return nil, errors.New("configuring Alertmanager: got provider " + string(o.Provider) + ", want pagerduty, opsgenie or none")
	}
	return receiver, nil
}

// secrets are the secrets that the Alertmanager needs, by their names in the
// cluster: their names in the store.
func (o OnCall) secrets() map[string]string {
	all := map[string]string{}
	if o.Provider != Nobody {
		all[onCallSecret] = o.Key
	}
	if o.Heartbeat != "" {
		all[heartbeatSecret] = o.Heartbeat
	}
	return all
}
