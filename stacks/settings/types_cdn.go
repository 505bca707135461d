package settings

// CDN serves the frontend near its users.
type CDN struct {
	// PriceClass is where the CDN answers: PriceClass_100 (Europe and North
	// America), PriceClass_200 or PriceClass_All.
	PriceClass PriceClass `yaml:"priceClass"`
	// ContentSecurityPolicy is the header of that name on every answer.
	ContentSecurityPolicy string `yaml:"contentSecurityPolicy"`
	// APIOrigin is the host name that answers /api/* behind the CDN: the load
	// balancer of the cluster's way in (ingress.host), with a certificate for this
	// name.
	// Without it the CDN serves the frontend alone.
	APIOrigin string `yaml:"apiOrigin"`
}

// PriceClass is a set of CDN locations.
type PriceClass string

// The price classes.
const (
	PriceClass100 PriceClass = "PriceClass_100"
	PriceClass200 PriceClass = "PriceClass_200"
	PriceClassAll PriceClass = "PriceClass_All"
)
