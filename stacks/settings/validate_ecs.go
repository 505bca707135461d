package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	certificateShape     = regexp.MustCompile(`^arn:aws(-[a-z]+)*:acm:([a-z0-9-]+):\d{12}:certificate/[0-9a-f-]{36}$`)
	sourceShape          = regexp.MustCompile(`^arn:aws(-[a-z]+)*:(?:secretsmanager:([a-z0-9-]+):\d{12}:secret:[A-Za-z0-9/_+=.@-]+(?::[^:]*:[^:]*:[^:]*)?|ssm:([a-z0-9-]+):\d{12}:parameter/[A-Za-z0-9_./-]+)$`)
	imageRepositoryShape = regexp.MustCompile(`^[a-z0-9]+([.:_/-]+[a-z0-9]+)*$`)
	tagShapeOfImage      = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	digestShape          = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	registryShape        = regexp.MustCompile(`^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/`)
	urlPathShape         = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+*?&-]{0,127}$`)
	userShape            = regexp.MustCompile(`^[1-9][0-9]{0,9}(:[1-9][0-9]{0,9})?$`)
	scratchShape         = regexp.MustCompile(`^(/[A-Za-z0-9_.-]+)+$`)
)

// ecs are the rules of compute: ecs.
func (c *checker) ecs() {
	c.front()
	c.behind()
	services := c.s.Ecs.Services
	if len(services) == 0 {
		c.missing("ecs.services", "at least one service")
	}
	c.names("ecs.services", ordered(services))
	turns := map[int]string{}
	for _, name := range ordered(services) {
		s, path := services[name], child("ecs.services", name)
		c.task(path, s)
		c.container(path, s)
		c.variables(path, s)
		c.routes(path, s)
		c.release(path, s)
		if other, taken := turns[s.Order]; taken && s.Order != 0 {
			c.bad(BadRoute, path+".order", fmt.Sprint(s.Order), "a turn of its own: "+other+" has it", child("ecs.services", other)+".order")
		}
		turns[s.Order] = name
		if c.protected() {
			c.protectedService(path, s)
		}
	}
}

// front checks the name and the certificate of the load balancer.
func (c *checker) front() {
	e, d := c.s.Ecs, c.s.Domain
	if m := certificateShape.FindStringSubmatch(e.CertificateArn); e.CertificateArn != "" && (m == nil || m[2] != c.s.Region) {
		c.bad(BadCertificate, "ecs.certificateArn", shown(e.CertificateArn), "the ARN of a certificate in "+shown(c.s.Region)+": a load balancer takes no other region's", "region")
	}
	switch {
	case (d.Name == "" || d.ZoneID == "" && !d.CreateZone) && e.CertificateArn == "":
		c.bad(NoCertificate, "compute", "ecs without a domain", "domain (name, and zoneId or createZone), or ecs.host with ecs.certificateArn: the load balancer speaks HTTPS alone", "domain", "ecs")
	case e.Host == "" && d.Name == "":
		c.missing("ecs.host", "the host name that the certificate is for")
	default:
		c.host("ecs.host", e.Host)
	}
}

// behind checks that services which are open to the CDN alone are behind it.
func (c *checker) behind() {
	e, d := c.s.Ecs, c.s.CDN
	if e.OpenTo != OpenToCDN {
		if d.APIOrigin != "" && d.APIOrigin == e.Host && c.s.WAF.Enabled {
			c.warn(TwoFronts, "ecs.openTo", string(e.OpenTo), "cdn, since the CDN asks this host", "cdn.apiOrigin")
		}
		return
	}
	if d.APIOrigin != e.Host {
		c.bad(HiddenService, "cdn.apiOrigin", shown(d.APIOrigin), shown(e.Host)+", the services' host: nobody else may ask it", "ecs.openTo")
	}
	if len(d.OriginSecrets) == 0 {
		c.missing("cdn.originSecrets", "a secret by which the services know this CDN: CloudFront's addresses are everybody's")
	}
	if !c.s.WAF.Enabled {
		c.bad(HiddenService, "waf.enabled", "false", "true: it tells this CDN from others", "ecs.openTo")
	}
	for _, name := range ordered(e.Services) {
		s, path := e.Services[name], child("ecs.services", name)
		if s.Host != e.Host {
			c.bad(HiddenService, path+".host", shown(s.Host), "none of its own: the CDN asks "+shown(e.Host)+" alone", "ecs.openTo")
		}
		for i, p := range s.Paths {
			if !strings.HasPrefix(p, "/api/") {
				c.bad(HiddenService, fmt.Sprintf("%s.paths[%d]", path, i), shown(p), "a path below /api/: the CDN passes on nothing else", "ecs.openTo")
			}
		}
	}
}

// host checks a name that the load balancer answers under.
func (c *checker) host(path, host string) {
	d := c.s.Domain
	if host == "" || d.Name != "" && !domainShape.MatchString(d.Name) {
		return // said elsewhere
	}
	above := d.Zone
	if above == "" { // the zone of an id, as far as it can be guessed
		above = d.Name
		if _, rest, _ := strings.Cut(d.Name, "."); strings.Contains(rest, ".") {
			above = rest
		}
	}
	switch {
	case !domainShape.MatchString(host) || !strings.Contains(host, ".") || len(host) > 253 || longLabel(host):
		c.bad(BadHost, path, shown(host), "a host name in lower case such as api.example.com")
	case host == d.Name:
		c.bad(BadHost, path, host, "another name: the CDN answers under this one", "domain.name")
	case (d.ZoneID != "" || d.CreateZone) && above != "" && !strings.HasSuffix(host, "."+above):
		c.bad(BadHost, path, host, "a name that ends in ."+above+": the domain's zone has to hold it and to prove its certificate", "domain")
	}
}

// fargateSizes are Fargate's tasks: for each cpu the memory from, to and in
// steps of.
// Source: ECS developer guide, "Amazon ECS task definition parameters for
// Fargate", task size.
var fargateSizes = map[int][3]int{
	256: {512, 2048, 512}, 512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024},
	4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

// task checks what the tasks of a service are like, and how many there are.
func (c *checker) task(path string, s EcsService) {
	if s.GPU {
		c.bad(NoGPU, path+".gpu", "true", "false: Fargate has no GPUs; a service that needs one runs with compute: kubernetes", "compute")
	}
	sizes, known := fargateSizes[s.CPU]
	switch {
	case !known:
		c.bad(BadTask, path+".cpu", fmt.Sprint(s.CPU), "256, 512, 1024, 2048, 4096, 8192 or 16384 (1024 are a processor)")
	case s.Memory < sizes[0] || s.Memory > sizes[1] || (s.Memory-sizes[0])%sizes[2] != 0 || s.CPU == 256 && s.Memory == 1536:
		want := fmt.Sprintf("%d to %d in steps of %d MiB, with cpu %d", sizes[0], sizes[1], sizes[2], s.CPU)
		if s.CPU == 256 {
			want = "512, 1024 or 2048 MiB, with cpu 256"
		}
		c.bad(BadTask, path+".memory", fmt.Sprint(s.Memory), want, path+".cpu")
	}
	if s.Port < 1024 || s.Port > 65535 {
		c.bad(BadPort, path+".port", fmt.Sprint(s.Port), "1024 to 65535: the container does not run as root, and cannot listen below")
	}
	switch {
	case s.Min < 1:
		c.bad(BadTasks, path+".min", fmt.Sprint(s.Min), "1 or more; a service of none is removed with null")
	case s.Min > s.Max:
		c.bad(BadTasks, path+".min", fmt.Sprint(s.Min), fmt.Sprintf("at most max, %d", s.Max), path+".max")
	}
	if s.RequestsPerTask < 0 {
		c.bad(BadTasks, path+".requestsPerTask", fmt.Sprint(s.RequestsPerTask), "0 (not by requests) or a number a minute")
	}
	if s.SpotPercent < 0 || s.SpotPercent > 100 {
		c.bad(BadPercent, path+".spotPercent", fmt.Sprint(s.SpotPercent), "0 to 100")
	}
}

// container checks what runs in a task, and as whom.
func (c *checker) container(path string, s EcsService) {
	c.image(path+".image", s.Image, true)
	c.image(path+".candidate", s.Candidate, false)
	if !userShape.MatchString(s.User) {
		c.bad(BadUser, path+".user", shown(s.User), "numbers such as 10001:10001, and not 0, which is root")
	}
	for i, dir := range s.Scratch {
		if at := fmt.Sprintf("%s.scratch[%d]", path, i); !scratchShape.MatchString(dir) || strings.Contains(dir, "..") || slices.Contains(s.Scratch[:i], dir) {
			c.bad(BadScratch, at, shown(dir), "a directory below the root, once, such as /tmp")
		}
	}
}

// image checks that an image is pinned, and that it can be had without NAT.
func (c *checker) image(path, image string, required bool) {
	if image == "" {
		if required {
			c.missing(path, "a container image")
		}
		return
	}
	repository, digest, byDigest := strings.Cut(image, "@")
	tag := ""
	if at := strings.LastIndexByte(repository, ':'); at > strings.LastIndexByte(repository, '/') {
		repository, tag = repository[:at], repository[at+1:]
	}
	pinned := byDigest && digestShape.MatchString(digest) || !byDigest && tagShapeOfImage.MatchString(tag) && tag != "latest"
	if !pinned || !imageRepositoryShape.MatchString(repository) {
		c.bad(BadServiceImage, path, shown(image), "an image with a tag other than latest, or a digest, such as ghcr.io/acme/backend:1.4.2")
	} else if c.s.Network.NAT == NATNone && !registryShape.MatchString(image) {
		c.bad(NoWayOut, path, image+" without NAT", "an image in ECR, which its interface endpoints reach, or nat: single", "network.nat")
	}
}

// variables checks the environment: what is secret stands by reference.
func (c *checker) variables(path string, s EcsService) {
	for _, name := range ordered(s.Env) {
		at, secret := child(path+".env", name), openSecret(name, s.Env[name])
		switch {
		case !variableShape.MatchString(name):
			c.bad(BadVariable, at, "the name "+shown(name), "letters, digits and underscores, with no digit in front")
		case secret != "":
			c.bad(OpenSecret, at, secret, "it in "+path+".secrets, from a secret store: here it would be readable in the state and in AWS")
		}
	}
	for _, name := range ordered(s.Secrets) {
		at, secret := child(path+".secrets", name), s.Secrets[name]
		if !variableShape.MatchString(name) {
			c.bad(BadVariable, at, "the name "+shown(name), "letters, digits and underscores, with no digit in front")
		}
		if _, twice := s.Env[name]; twice {
			c.bad(BadVariable, at, name+" again", "it once, here or in env", child(path+".env", name))
		}
		m := sourceShape.FindStringSubmatch(secret.From)
		switch {
		case secret.From == "":
			c.missing(at+".from", "the ARN of a secret or of an SSM parameter")
		case m == nil: // not shown: it may be the secret itself
			c.bad(BadSource, at+".from", "what is no ARN of a secret", "the ARN of a secret in Secrets Manager or of an SSM parameter")
		case m[2]+m[3] != c.s.Region:
			c.bad(BadSource, at+".from", "a secret in "+m[2]+m[3], "one in "+c.s.Region+", where the tasks are", "region")
		}
		if secret.Key != "" && !keyShape.MatchString(secret.Key) {
			c.bad(BadSource, at+".key", shown(secret.Key), "a key's ARN such as arn:aws:kms:eu-west-1:111122223333:key/…")
		}
	}
}

// routes checks which requests are a service's.
func (c *checker) routes(path string, s EcsService) {
	if s.Host != c.s.Ecs.Host {
		c.host(path+".host", s.Host)
	}
	if len(s.Paths) < 1 || len(s.Paths) > 3 {
		c.bad(BadRoute, path+".paths", plural(len(s.Paths), "path"), "one to three, such as /api/*")
	}
	for i, p := range s.Paths {
		if !urlPathShape.MatchString(p) || strings.Count(p, "*") > 1 {
			c.bad(BadRoute, fmt.Sprintf("%s.paths[%d]", path, i), shown(p), "a path that begins with a slash, with one * at most, such as /api/*")
		}
	}
	if s.Order < 1 || s.Order > 25000 {
		c.bad(BadRoute, path+".order", fmt.Sprint(s.Order), "1 to 25000: the service's turn among the others")
	}
	if !strings.HasPrefix(s.HealthPath, "/") {
		c.bad(BadHealth, path+".healthPath", shown(s.HealthPath), "a path that begins with a slash")
	}
	if s.DrainSeconds < 0 || s.DrainSeconds > 110 {
		c.bad(BadHealth, path+".drainSeconds", fmt.Sprint(s.DrainSeconds), "0 to 110: a spot task is gone after two minutes")
	}
}

// release checks the two colours.
func (c *checker) release(path string, s EcsService) {
	switch {
	case s.Strategy == BlueGreen:
	case s.Candidate != "":
		c.bad(BadRelease, path+".candidate", shown(s.Candidate), "it left out, or strategy: blueGreen", path+".strategy")
	case s.Live != Blue:
		c.bad(BadRelease, path+".live", string(s.Live), "it left out, or strategy: blueGreen", path+".strategy")
	}
	switch {
	case s.CandidatePercent < 0 || s.CandidatePercent > 100:
		c.bad(BadPercent, path+".candidatePercent", fmt.Sprint(s.CandidatePercent), "0 to 100")
	case s.CandidatePercent > 0 && s.Candidate == "":
		c.bad(BadRelease, path+".candidatePercent", fmt.Sprint(s.CandidatePercent), "0, or a candidate to get the requests", path+".candidate")
	}
}

// protectedService holds a service of a protected stack to its promise.
func (c *checker) protectedService(path string, s EcsService) {
	if s.Min < 2 {
		c.bad(BrokenProtect, path+".min", fmt.Sprint(s.Min), "at least 2, since the stack is protected: a task for each of two zones", "protect")
	}
	if s.SpotPercent == 100 {
		c.bad(BrokenProtect, path+".spotPercent", "100", "less, since the stack is protected: spot can be gone as a whole", "protect")
	}
	if s.Shell {
		c.warn(OpenShell, path+".shell", "true", "false, since the stack is protected: whoever opens a shell can change what runs", "protect")
	}
}
