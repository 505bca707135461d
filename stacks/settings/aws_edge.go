package settings

import (
	"regexp"
	"strings"
)

var (
	zoneShape = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
	// bucketHost is the name that a bucket answers under in its region.
	bucketHost = regexp.MustCompile(`^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$`)
)

// awsZoneIDs checks the shape of hosted zones' ids.
func (c *checker) awsZoneIDs() {
	ids := map[string]string{"domain.zoneId": c.s.Domain.ZoneID, "domain.parentZoneId": c.s.Domain.ParentZoneID}
	for _, path := range ordered(ids) {
		if id := ids[path]; id != "" && !zoneShape.MatchString(id) {
			c.bad(BadDomain, path, shown(id), "the id of a hosted zone, such as Z0123456789ABCDEFGHIJ")
		}
	}
}

// FailoverBucket says whether the CDN's second origin is a bucket of S3, which
// wants its requests signed.
func (d CDN) FailoverBucket() bool { return bucketHost.MatchString(d.FailoverOrigin) }

// awsFailover checks that the CDN's second origin does not fail with the first.
func (c *checker) awsFailover() {
	host := c.s.CDN.FailoverOrigin
	m := bucketHost.FindStringSubmatch(host)
	switch {
	case m == nil && strings.HasSuffix(host, ".amazonaws.com") && strings.Contains(host, ".s3"):
		c.bad(BadFailover, "cdn.failoverOrigin", shown(host), "the bucket's regional name, such as copy.s3.eu-central-1.amazonaws.com")
	case m != nil && m[2] == c.s.Region:
		c.bad(BadFailover, "cdn.failoverOrigin", "a bucket in "+m[2], "one in another region: those of one region fail together", "region")
	case m != nil && c.s.Buckets.Assets.ReplicateTo != "" && !strings.HasSuffix(c.s.Buckets.Assets.ReplicateTo, ":::"+m[1]):
		c.bad(BadFailover, "cdn.failoverOrigin", "bucket "+m[1], "the bucket that the frontend's files are copied to", "buckets.assets.replicateTo")
	}
}
