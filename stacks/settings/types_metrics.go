package settings

// Metrics is Prometheus, Grafana and what they watch, with compute: kubernetes.
type Metrics struct {
	// RetentionDays is how long samples are kept in the cluster.
	RetentionDays int `yaml:"retentionDays"`
	// StorageGiB is the space for samples, each replica's own. Samples go earlier
	// where it is full.
	StorageGiB int `yaml:"storageGiB"`
	// MemoryMiB is what a Prometheus may use: about 1024 for every 100,000 series.
	MemoryMiB int `yaml:"memoryMiB"`
	// Replicas is how many Prometheus there are, each of which scrapes everything.
	Replicas int `yaml:"replicas"`
	// Alertmanagers is how many Alertmanagers there are; they tell everything once.
	Alertmanagers int `yaml:"alertmanagers"`
	// RemoteWrite sends samples on, to a store that keeps them for longer.
	RemoteWrite RemoteWrite `yaml:"remoteWrite"`
	// Grafana says who may look.
	Grafana Grafana `yaml:"grafana"`
	// DatabaseSecret is the secret with the connection string of a database user
	// with the role pg_monitor, for an exporter to log in, and for the dashboard
	// Database. Without one the cloud's own alarms watch the database.
	DatabaseSecret string `yaml:"databaseSecret"`
	// OpenCost tells what the cluster costs.
	OpenCost OpenCost `yaml:"openCost"`
	// Runbooks is the URL that docs/runbooks/ is below: alerts link to it.
	Runbooks string `yaml:"runbooks"`
}

// OpenCost asks the cloud for its list prices, and tells the dashboard Cost what
// nodes, volumes and load balancers cost by them. Azure tells it the prices of nodes
// alone: those of disks it keeps for who has an account of its Rate Card API.
type OpenCost struct {
	// Enabled installs it, beside Prometheus, whose samples it reads and adds to.
	Enabled bool `yaml:"enabled"`
	// Secret is the secret with an API key of Google Cloud (restricted to the Cloud
	// Billing API), whose prices are not told without one. Other clouds need none.
	Secret string `yaml:"secret"`
}

// RemoteWrite is a store for samples outside the cluster.
type RemoteWrite struct {
	// URL is where samples are sent; nowhere if empty.
	URL string `yaml:"url"`
	// Secret is the secret with the bearer token to send them with.
	Secret string `yaml:"secret"`
}

// Grafana is where dashboards are looked at.
type Grafana struct {
	// Host is the name under which the way in (ingress) answers for it, such as
	// grafana.app.example.com: with the same load balancer, firewall, certificate and
	// record as ingress.host. Without one it is reached through kubectl port-forward,
	// and whoever can do that looks at everything.
	Host string `yaml:"host"`
	// SSO says who somebody is, with OpenID Connect. A host needs it.
	SSO SSO `yaml:"sso"`
}

// SSO is an OpenID Connect provider.
type SSO struct {
	// Name is on the button to log in.
	Name string `yaml:"name"`
	// ClientID is what the provider calls Grafana.
	ClientID string `yaml:"clientId"`
	// Secret is the secret with the client's secret.
	Secret string `yaml:"secret"`
	// AuthURL is the provider's endpoint for authorization.
	AuthURL string `yaml:"authUrl"`
	// TokenURL is its endpoint for tokens.
	TokenURL string `yaml:"tokenUrl"`
	// APIURL is its endpoint for user information.
	APIURL string `yaml:"apiUrl"`
	// Scopes are what is asked for.
	Scopes []string `yaml:"scopes"`
	// Role is a JMESPath expression that makes Viewer, Editor or Admin of what the
	// provider says of somebody; everybody is a Viewer if empty.
	Role string `yaml:"role"`
	// Domains are the mail domains whose people may log in; all if empty.
	Domains []string `yaml:"domains"`
}

// OnCall says who is called when an alert pages.
type OnCall struct {
	// Provider is pagerduty, opsgenie (which Atlassian shuts down on 2027-04-05) or
	// none.
	Provider OnCallProvider `yaml:"provider"`
	// Secret is the secret with PagerDuty's integration key (Events API v2), or
	// Opsgenie's API key.
	Secret string `yaml:"secret"`
	// EU says that the Opsgenie account is in the European Union.
	EU bool `yaml:"eu"`
	// Heartbeat is the secret with a URL that is called each minute as long as
	// alerts can leave the cluster. Who hears nothing there raises the alarm: a
	// dead-man's switch.
	Heartbeat string `yaml:"heartbeat"`
}

// OnCallProvider is the service that calls people: pagerduty, opsgenie or none.
type OnCallProvider string

// The providers.
const (
	PagerDuty OnCallProvider = "pagerduty"
	Opsgenie  OnCallProvider = "opsgenie"
	NoOnCall  OnCallProvider = "none"
)

func (OnCallProvider) words() []string {
	return []string{string(PagerDuty), string(Opsgenie), string(NoOnCall)}
}
