package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pod is what services and jobs have in common.
type pod struct {
	self           string // a service's own name
	image          string
	env, config    map[string]string
	secrets, calls []string
	buckets        map[string]BucketAccess
	resources      PodResources
	gpu, user      int
	scratch        []string
	spot           bool
}

// pod checks what runs, as whom and with what.
func (c *checker) pod(path string, p pod) {
	c.podImage(path+".image", p.image)
	c.podFiles(path, p)
	for _, name := range ordered(p.env) {
		at, secret := child(path+".env", name), openSecret(name, p.env[name])
		switch {
		case !variableShape.MatchString(name):
			c.bad(BadVariable, at, "the name "+shown(name), "letters, digits and underscores, with no digit in front")
		case name == "PORT":
			c.bad(BadVariable, at, "PORT", "it left out: the program sets it")
		case secret != "":
			c.bad(OpenSecret, at, secret, "it in "+path+".secrets: here it would be readable in the state and in the cluster")
		}
	}
	c.podBuckets(path, p)
	known := slices.Concat(ordered(c.s.Services), []string{"database", "cache", "internet"})
	for i, other := range p.calls {
		at := fmt.Sprintf("%s.calls[%d]", path, i)
		if !slices.Contains(known, other) || other == p.self || slices.Contains(p.calls[:i], other) {
			known = slices.DeleteFunc(slices.Clone(known), func(s string) bool { return s == p.self })
			c.bad(BadCall, at, shown(other), "once, "+oneOf(other, sorted(known)))
		}
	}
	if p.user <= 10000 || p.user > 1<<31-2 {
		c.bad(LowUser, path+".user", fmt.Sprint(p.user), "above 10000: lower ones may be a user of the node")
	}
	c.fits(path, p)
}

// productBuckets are the buckets that hold what the product keeps. The others are
// the platform's: its logs and its backups are nobody's to change.
var productBuckets = []string{"assets", "uploads"}

// podBuckets checks which buckets are used.
func (c *checker) podBuckets(path string, p pod) {
	for _, name := range ordered(p.buckets) {
		at := child(path+".buckets", name)
		if !slices.Contains(productBuckets, name) {
			c.bad(ForeignBucket, at, "the bucket "+shown(name), oneOf(name, productBuckets))
		}
	}
}

// podFiles checks what is mounted.
func (c *checker) podFiles(path string, p pod) {
	for _, name := range ordered(p.config) {
		if !fileNameShape.MatchString(name) {
			c.bad(BadConfigFile, child(path+".config", name), "the name "+shown(name), "a file's name such as app.yaml")
		}
	}
	known := slices.Concat(ordered(c.s.Secrets.Names), c.ordinary())
	for i, name := range p.secrets {
		at := fmt.Sprintf("%s.secrets[%d]", path, i)
		if !slices.Contains(known, name) || slices.Contains(p.secrets[:i], name) {
			c.bad(UnknownSecret, at, shown(name), "once, "+oneOf(name, sorted(known)), "secrets.names")
			continue
		}
		c.fetchable(at, name)
	}
	for i, dir := range p.scratch {
		if !scratchShape.MatchString(dir) || strings.Contains(dir, "..") || slices.Contains(p.scratch[:i], dir) {
			c.bad(BadScratch, fmt.Sprintf("%s.scratch[%d]", path, i), shown(dir), "a directory below the root, once, such as /tmp")
		}
	}
}

// podImage checks an image's name, and that it is pinned: in a protected stack
// nothing runs that is something else tomorrow.
func (c *checker) podImage(path, image string) {
	repository, digest, byDigest := strings.Cut(image, "@")
	tag := ""
	if at := strings.LastIndexByte(repository, ':'); at > strings.LastIndexByte(repository, '/') {
		repository, tag = repository[:at], repository[at+1:]
	}
	const want = "an image with a tag other than latest, or a digest, such as ghcr.io/acme/backend:1.4.2"
	pinned := byDigest || tag != "" && tag != "latest"
	switch {
	case image == "":
		c.missing(path, "a container image")
	case !labelImage.MatchString(repository), byDigest && !digestShape.MatchString(digest), tag != "" && !tagShapeOfImage.MatchString(tag):
		c.bad(UnpinnedImage, path, shown(image), want)
	case !pinned && c.protected():
		c.bad(UnpinnedImage, path, image, want+", since the stack is protected", "protect")
	case !pinned:
		c.warn(FloatingImage, path, image, want+": nodes would run different ones")
	}
	if image != "" && labelImage.MatchString(repository) && !c.admitted(repository) {
		c.bad(ForeignImage, path, image, "one from the stack's own registry, or from one of admission.registries: pods of others are refused", "admission.registries")
	}
}

// admitted says whether the cluster lets images of a repository in: by its name, or
// since it has the shape of one in the cloud's own registry, whose address only the
// cloud knows.
func (c *checker) admitted(repository string) bool {
	host, _, _ := strings.Cut(repository, "/")
	if own := Capabilities()[c.s.Cloud].registry; own != nil && own.MatchString(host) {
		return true
	}
	return slices.ContainsFunc(c.s.ImageSources(), func(r string) bool {
		return repository == r || strings.HasPrefix(repository, r+"/")
	})
}

var (
	milliShape = regexp.MustCompile(`^([1-9][0-9]{0,6})m$|^([1-9][0-9]{0,3})$|^([0-9]{1,3}\.[0-9]{1,3})$`)
	mebiShape  = regexp.MustCompile(`^([1-9][0-9]{0,6})(Mi|Gi)$`)
)

// milli is a quantity of processors in thousandths.
func milli(text string) (int, bool) {
	if !milliShape.MatchString(text) {
		return 0, false
	}
	if whole, cut := strings.CutSuffix(text, "m"); cut {
		n, err := strconv.Atoi(whole)
		return n, err == nil
	}
	f, err := strconv.ParseFloat(text, 64)
	return int(f * 1000), err == nil && f > 0
}

// mebi is a quantity of bytes in MiB.
func mebi(text string) (int, bool) {
	m := mebiShape.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	if m[2] == "Gi" {
		n *= 1024
	}
	return n, err == nil
}

// jobs are the rules of jobs on Kubernetes.
func (c *checker) jobs() {
	c.names("jobs", ordered(c.s.Jobs))
	for _, name := range ordered(c.s.Jobs) {
		j, path := c.s.Jobs[name], child("jobs", name)
		if _, taken := c.s.Services[name]; taken {
			c.bad(TakenName, path, "the name "+name, "another name: a service has it", child("services", name))
		}
		c.pod(path, pod{
			image: j.Image, env: j.Env, config: j.Config, secrets: j.Secrets, calls: j.Calls, buckets: j.Buckets,
			resources: j.Resources, user: j.User, scratch: j.Scratch, spot: j.Spot,
		})
		if want := fiveFields(j.Schedule); j.Schedule != "" && want != "" {
			c.bad(BadSchedule, path+".schedule", shown(j.Schedule), want)
		}
		if want := zoneWant(j.Timezone); want != "" {
			c.bad(BadSchedule, path+".timezone", shown(j.Timezone), want)
		}
		if t := time.Duration(j.Timeout); t < time.Second || t > 24*time.Hour {
			c.bad(BadRun, path+".timeout", fmt.Sprint(j.Timeout), "1s to 24h")
		}
		if j.Retries < 0 || j.Retries > 20 {
			c.bad(BadRun, path+".retries", fmt.Sprint(j.Retries), "0 to 20")
		}
	}
}
