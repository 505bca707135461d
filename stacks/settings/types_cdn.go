package settings

// CDN serves the frontend near its users.
type CDN struct {
	// PriceClass is where the CDN answers: PriceClass_100 (Europe and North
	// America), PriceClass_200 or PriceClass_All.
	PriceClass PriceClass `yaml:"priceClass"`
	// ContentSecurityPolicy is the header of that name on every answer.
	ContentSecurityPolicy string `yaml:"contentSecurityPolicy"`
	// HSTSPreload lets browsers build it in that the domain, and all below it, speaks
	// HTTPS alone (preload in Strict-Transport-Security). It counts once somebody
	// enters the domain at hstspreload.org.
	HSTSPreload bool `yaml:"hstsPreload"`
	// FailoverOrigin is a second place for the frontend, which the CDN asks when the
	// bucket answers with a server error: the regional name of a bucket in another
	// region, such as copy.s3.eu-central-1.amazonaws.com, which somebody keeps equal
	// (buckets.assets.replicateTo) and whose policy lets the CDN read
	// (docs/runbooks/cdn.md); or a host that answers over HTTPS.
	FailoverOrigin string `yaml:"failoverOrigin"`
	// APIOrigin is the host name that answers /api/* behind the CDN, with a
	// certificate for this name: with ecs.openTo: cdn the services' host, which nobody
	// else may ask. Without it the CDN serves the frontend alone, and browsers ask the
	// services under a host of their own (ingress.host, ecs.host). It is not set from
	// that host: a WAF before services that are open to the world takes all that comes
	// through the CDN for a few addresses that ask too often. Of a host that is not
	// ingress.host nobody here knows how slow it is: CloudFront waits 30 seconds for its
	// answers, Front Door and Cloud CDN a minute.
	APIOrigin string `yaml:"apiOrigin"`
	// OriginSecrets tell the CDN's requests to apiOrigin from those of everybody else:
	// it sends the first in the header X-Explico-Origin, and ecs.openTo: cdn takes any
	// of them, so that one can follow another (docs/runbooks/cdn.md). Letters and
	// digits, 32 to 128: openssl rand -hex 32.
	OriginSecrets []Secret `yaml:"originSecrets"`
}

// PriceClass is a set of CDN locations.
type PriceClass string

// The price classes.
const (
	PriceClass100 PriceClass = "PriceClass_100"
	PriceClass200 PriceClass = "PriceClass_200"
	PriceClassAll PriceClass = "PriceClass_All"
)
