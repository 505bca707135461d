package settings

// Compute is what runs the platform's services.
type Compute string

// The kinds of compute.
const (
	Kubernetes Compute = "kubernetes"
	ECS        Compute = "ecs"
)

// Ecs is the platform's services on ECS with Fargate, for teams that want no
// Kubernetes. It counts with compute: ecs alone.
type Ecs struct {
	// Host is the name that the services answer under: api. and the domain's name
	// if empty. The CDN has the domain's own name.
	Host string `yaml:"host"`
	// CertificateArn is the ARN of an issued certificate for host, in the stack's
	// region. Without one a certificate is made in the domain's zone.
	CertificateArn string `yaml:"certificateArn"`
	// OpenTo is who reaches the load balancer: world, or cdn (requests that the CDN
	// passes on, to cdn.apiOrigin, and nothing else).
	OpenTo OpenTo `yaml:"openTo"`
	// Architecture is the processor: arm64 (a fifth cheaper) or x86_64. Every image
	// has to be built for it.
	Architecture Architecture `yaml:"architecture"`
	// Services are the services, by name.
	Services map[string]EcsService `yaml:"services"`
}

// OpenTo is who reaches a load balancer.
type OpenTo string

// Who reaches a load balancer.
const (
	OpenToWorld OpenTo = "world"
	OpenToCDN   OpenTo = "cdn"
)

func (OpenTo) words() []string { return []string{string(OpenToWorld), string(OpenToCDN)} }

// Architecture is a kind of processor.
type Architecture string

// The architectures.
const (
	ARM64  Architecture = "arm64"
	X86_64 Architecture = "x86_64"
)

// EcsService is a service behind the load balancer.
type EcsService struct {
	// Image is the container image that serves, with a tag or a digest.
	Image string `yaml:"image"`
	// Strategy is how a new image goes live: rolling (new tasks take over from old
	// ones, and failing ones are rolled back) or blueGreen (both run, and you say
	// when; see live).
	Strategy Strategy `yaml:"strategy"`
	// Live is the colour that image has, blue or green, when strategy is
	// blueGreen. To go live, exchange image and candidate and change live: tasks
	// stay as they are, and the requests move in seconds. To go back, do it again.
	Live Colour `yaml:"live"`
	// Candidate is the image of the other colour: the next release, or the last
	// one until it is taken out. Requests with the header X-Explico-Release:
	// candidate reach it.
	Candidate string `yaml:"candidate"`
	// CandidatePercent is the share of all requests that the candidate gets.
	CandidatePercent int `yaml:"candidatePercent"`
	// CPU is in units of which 1024 are a processor: 256, 512, 1024, 2048, 4096,
	// 8192 or 16384.
	CPU int `yaml:"cpu"`
	// Memory is in MiB. Fargate has certain sizes for each cpu only.
	Memory int `yaml:"memory"`
	// GPU is refused: Fargate has none. It is here so that this is said.
	GPU bool `yaml:"gpu"`
	// Port is where the container listens.
	Port int `yaml:"port"`
	// Min is the fewest tasks.
	Min int `yaml:"min"`
	// Max is the most tasks.
	Max int `yaml:"max"`
	// RequestsPerTask is how many requests a minute one task should serve; above,
	// more are started. 0 scales by the processor alone.
	RequestsPerTask int `yaml:"requestsPerTask"`
	// SpotPercent is the share of tasks on spare capacity: about a third of the
	// price, and taken back at two minutes' notice. Below 100 one task never is.
	SpotPercent int `yaml:"spotPercent"`
	// Env are environment variables in plain text. PORT is always set.
	Env map[string]string `yaml:"env"`
	// Secrets are environment variables whose values ECS gets from a secret store
	// when it starts a task. A value that changes later reaches new tasks only.
	Secrets map[string]EcsSecret `yaml:"secrets"`
	// Database lets the service connect to the database, as the user of its own
	// name (hyphens become underscores) and by its role: there is no password.
	// DATABASE_HOST, _PORT, _NAME, _USER and _SSLMODE are set. The user has to be
	// created once: see docs/runbooks/ecs.md.
	Database bool `yaml:"database"`
	// Host is the name that the service answers under; ecs.host if empty.
	Host string `yaml:"host"`
	// Paths are the requests that are the service's, one to three: /api/* and the
	// like.
	Paths []string `yaml:"paths"`
	// Order is the service's turn when a request fits several, 1 to 25000: the
	// lowest is asked first. Each service has its own.
	Order int `yaml:"order"`
	// HealthPath answers with 2xx when the service can serve.
	HealthPath string `yaml:"healthPath"`
	// DrainSeconds is how long a task that is to stop may finish its requests, at
	// most 110.
	DrainSeconds int `yaml:"drainSeconds"`
	// User is the user and group that the container runs as, in numbers and never
	// root.
	User string `yaml:"user"`
	// Scratch are directories that can be written to, such as /tmp; all else is
	// read-only. The image declares each as a volume that user owns.
	Scratch []string `yaml:"scratch"`
	// Shell lets operators open a shell in a container (ECS Exec), which is
	// recorded. Its file system can be written to then.
	Shell bool `yaml:"shell"`
}

// EcsSecret is where a secret is.
type EcsSecret struct {
	// From is the ARN of a secret in Secrets Manager (with :key:: after it for one
	// key of a secret in JSON) or of an SSM parameter.
	From string `yaml:"from"`
	// Key is the ARN of the KMS key that encrypts it; AWS's own if empty.
	Key string `yaml:"key"`
}

// Strategy is how a new image goes live.
type Strategy string

// The strategies.
const (
	Rolling   Strategy = "rolling"
	BlueGreen Strategy = "blueGreen"
)

// Colour tells two releases of a service apart.
type Colour string

// The colours.
const (
	Blue  Colour = "blue"
	Green Colour = "green"
)

func (Compute) words() []string { return []string{string(Kubernetes), string(ECS)} }

func (Architecture) words() []string { return []string{string(ARM64), string(X86_64)} }

func (Strategy) words() []string { return []string{string(Rolling), string(BlueGreen)} }

func (Colour) words() []string { return []string{string(Blue), string(Green)} }
