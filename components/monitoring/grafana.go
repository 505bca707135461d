package monitoring

import (
	"strings"

	"github.com/te-explico/infrastructure/components/kubernetes"
)

// Grafana says who may look at dashboards.
type Grafana struct {
	// Host is the name that it answers under; empty where it is reached through
	// kubectl port-forward alone.
	Host string
	// SSO is who says who somebody is. Without it whoever can reach Grafana looks
	// at everything, and nobody changes anything.
	SSO *SSO
	// Logs says that there are logs to show. Grafana's password for them comes
	// later than Grafana: they need it to be set up.
	Logs bool
}

// SSO is an OpenID Connect provider.
type SSO struct {
	// Name is on the button.
	Name string
	// ClientID is what the provider calls Grafana.
	ClientID string
	// Secret is the name of the secret, in the store, with the client's secret.
	Secret string
	// AuthURL, TokenURL and APIURL are the provider's endpoints for authorization,
	// tokens and user information.
	AuthURL, TokenURL, APIURL string
	// Scopes are what is asked for.
	Scopes []string
	// Role is a JMESPath expression that makes Viewer, Editor or Admin of the
	// provider's claims; everybody is a Viewer if empty.
	Role string
	// Domains are the mail domains that may log in; all if empty.
	Domains []string
}

// GrafanaPort is where Grafana's pods listen.
const GrafanaPort = 3000

// GrafanaRoute leads requests for a host from a Gateway to Grafana. There is no
// limit of time: dashboards keep a connection open.
// Source: the chart's templates: the Service has the name of the release, and port 80.
func GrafanaRoute(namespace, host, gatewayNamespace, gateway string) kubernetes.Object {
	const group = "gateway.networking.k8s.io"
	return kubernetes.Object{
		APIVersion: group + "/v1", Kind: "HTTPRoute", Name: "grafana", Namespace: namespace,
		Body: kubernetes.Map{"spec": kubernetes.Map{
			"hostnames":  kubernetes.List{host},
			"parentRefs": kubernetes.List{kubernetes.Map{"group": group, "kind": "Gateway", "name": gateway, "namespace": gatewayNamespace}},
			"rules": kubernetes.List{kubernetes.Map{
				"matches":     kubernetes.List{kubernetes.Map{"path": kubernetes.Map{"type": "PathPrefix", "value": "/"}}},
				"backendRefs": kubernetes.List{kubernetes.Map{"group": "", "kind": "Service", "name": "kube-prometheus-stack-grafana", "port": 80}},
			}},
		}},
	}
}

const (
	grafanaSecret = "grafana-oidc"
	grafanaMount  = "/etc/secrets/oidc"
	// grafanaUser is the user that Grafana's image is made for. It is below 10000,
	// so a node's user of that number would share its rights: nodes have none.
	grafanaUser = 472
)

// values are those of the chart Grafana within kube-prometheus-stack. There is no
// administrator and so no password: dashboards and data sources come from files.
// Grafana looks at those of dashboards again by itself, at those of data sources
// when it starts: the operator Reloader starts it anew for each that comes later,
// and for a password that changes. It keeps nothing but sessions, so it has one
// pod: more would need a database to share them.
// Source: the chart's values.yaml; Grafana, "Configure generic OAuth2
// authentication".
// Namespace is where dashboards and data sources are looked for.
func (g Grafana) values(namespace string) kubernetes.Map {
	tmp := kubernetes.List{kubernetes.Map{"name": "tmp", "mountPath": "/tmp"}} // the root cannot be written to
	ini := kubernetes.Map{
		"analytics":  kubernetes.Map{"check_for_updates": false, "reporting_enabled": false},
		"users":      kubernetes.Map{"allow_sign_up": false, "viewers_can_edit": false},
		"security":   kubernetes.Map{"cookie_secure": g.Host != "", "cookie_samesite": "lax", "strict_transport_security": g.Host != ""},
		"auth":       kubernetes.Map{"disable_login_form": true},
		"auth.basic": kubernetes.Map{"enabled": false},
	}
	values := kubernetes.Map{
		"defaultDashboardsEnabled": false, "testFramework": kubernetes.Map{"enabled": false},
		"initChownData":       kubernetes.Map{"enabled": false}, // it would run as root
		"env":                 map[string]string{"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"},
		"rbac":                kubernetes.Map{"namespaced": true}, // the sidecars read this namespace alone
		"extraEmptyDirMounts": tmp,
		"annotations": map[string]string{
			"configmap.reloader.stakater.com/reload": dataSourceConfig(LogsDataSource) + "," + dataSourceConfig(TracesDataSource),
			"secret.reloader.stakater.com/reload":    GrafanaElasticsearch,
		},
		"resources": resources("50m", 512), "grafana.ini": ini,
		"securityContext": kubernetes.Map{
			"runAsUser": grafanaUser, "runAsGroup": grafanaUser, "fsGroup": grafanaUser, "runAsNonRoot": true,
			"seccompProfile": kubernetes.Map{"type": "RuntimeDefault"},
		},
		"containerSecurityContext": restrictedContainer(),
		"sidecar": kubernetes.Map{
			"resources": resources("10m", 128), "securityContext": restrictedContainer(),
			"dashboards": kubernetes.Map{
				"enabled": true, "label": dashboardLabel, "searchNamespace": namespace, "skipReload": true, "extraMounts": tmp,
			},
			"datasources": kubernetes.Map{
				"enabled": true, "searchNamespace": namespace, "skipReload": true, "initDatasources": true, "extraMounts": tmp,
				"uid": MetricsDataSource,
				// A point of a graph leads to the trace of its request.
				"exemplarTraceIdDestinations": kubernetes.Map{"datasourceUid": TracesDataSource, "traceIdLabelName": "trace_id"},
			},
		},
	}
	if g.Host != "" {
		ini["server"] = kubernetes.Map{"domain": g.Host, "root_url": "https://" + g.Host + "/"}
	}
	mounts := kubernetes.List{}
	if g.Logs {
		mounts = append(mounts, kubernetes.Map{
			"name": "elasticsearch", "secretName": GrafanaElasticsearch, "mountPath": GrafanaElasticsearchPath, "readOnly": true,
			"defaultMode": 0o440, "optional": true,
		})
	}
	if g.SSO == nil {
		ini["auth.anonymous"] = kubernetes.Map{"enabled": true, "org_role": "Viewer"}
	} else {
		ini["auth.generic_oauth"] = g.SSO.ini()
		mounts = append(mounts, kubernetes.Map{
			"name": "oidc", "secretName": grafanaSecret, "mountPath": grafanaMount, "readOnly": true, "defaultMode": 0o440,
		})
	}
	if len(mounts) > 0 {
		values["extraSecretMounts"] = mounts
	}
	return values
}

func (s SSO) ini() kubernetes.Map {
	role := s.Role
	if role == "" {
		role = "'Viewer'"
	}
	return kubernetes.Map{
		"enabled": true, "name": s.Name, "allow_sign_up": true, "auto_login": true, "use_pkce": true, "use_refresh_token": true,
		"client_id": s.ClientID, "client_secret": "$__file{" + grafanaMount + "/" + keyFile + "}",
		"scopes": strings.Join(s.Scopes, " "), "auth_url": s.AuthURL, "token_url": s.TokenURL, "api_url": s.APIURL,
		"role_attribute_path": role, "role_attribute_strict": true, "allowed_domains": strings.Join(s.Domains, " "),
	}
}
