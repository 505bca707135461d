package settings

// Alerts says who hears of trouble.
type Alerts struct {
	// P0 hear of outages, at any hour; by a name of yours.
	P0 map[string]Subscription `yaml:"p0"`
	// P1 hear of what will become an outage; by a name of yours.
	P1 map[string]Subscription `yaml:"p1"`
}

// Subscription is one who hears of trouble.
type Subscription struct {
	// Protocol is email, https or sms.
	Protocol Protocol `yaml:"protocol"`
	// Endpoint is the address. That of an on-call service holds its key: set it
	// with pulumi config set --secret.
	Endpoint Secret `yaml:"endpoint"`
}

// Protocol is how an alert travels.
type Protocol string

// The protocols.
const (
	Email Protocol = "email"
	HTTPS Protocol = "https"
	SMS   Protocol = "sms"
)
