package workloads

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// facts are where the platform has what a pod calls, as environment variables.
// They hold no secret.
func (b *builder) facts(name string, calls []string, buckets map[string]settings.BucketAccess) kubernetes.Map {
	all := kubernetes.Map{"PLATFORM_CLOUD": b.platform.Cloud, "PLATFORM_REGION": b.platform.Region, "PLATFORM_STACK": b.stack}
	if b.Tracing.Enabled {
		// What OpenTelemetry's SDKs read (its specification, "Environment Variable
		// Specification" and "OTLP exporter": HTTP unless something else is said).
		all["OTEL_EXPORTER_OTLP_ENDPOINT"], all["OTEL_SERVICE_NAME"] = "http://"+traceService+":4318", name
	}
	if slices.Contains(calls, "database") {
		d := b.platform.Database
		all["DATABASE_HOST"], all["DATABASE_PORT"], all["DATABASE_NAME"] = d.PoolHost, number(d.Port), d.Name
		// For what a pool of connections does not do. Without a pool it is the same.
		all["DATABASE_DIRECT_HOST"], all["DATABASE_DIRECT_PORT"] = d.Host, number(d.Port)
		if d.PoolPort != nil {
			all["DATABASE_PORT"] = number(d.PoolPort)
		}
	}
	if c := b.platform.Cache; c != nil && slices.Contains(calls, "cache") {
		all["CACHE_HOST"], all["CACHE_READER"], all["CACHE_PORT"] = c.Host, c.Reader, number(c.Port)
		all["CACHE_TLS"], all["CACHE_CLUSTERED"] = strconv.FormatBool(c.TLS), strconv.FormatBool(c.Clustered)
		all["CACHE_CA"] = "" // those that everybody trusts
		if c.CA != nil {
			all["CACHE_CA"] = c.CA
		}
	}
	for purpose := range buckets {
		all["BUCKET_"+upper(purpose)] = b.platform.Buckets[purpose].Name
	}
	if endpoint := b.platform.Objects.Endpoint; endpoint != nil && len(buckets) > 0 {
		all["S3_ENDPOINT"] = endpoint
	}
	return all
}

// number is a number as a text: environment variables have nothing else.
func number(n pulumi.IntInput) pulumi.StringOutput {
	return n.ToIntOutput().ApplyT(strconv.Itoa).(pulumi.StringOutput)
}

// texts are texts by name, perhaps none.
func texts(m pulumi.StringMapInput) pulumi.StringMapOutput {
	if m == nil {
		m = pulumi.StringMap{}
	}
	return m.ToStringMapOutput()
}

// merge is a list with the values of maps, sorted, each once.
func merge(list []string, more ...map[string]string) []string {
	all := slices.Clone(list)
	for _, m := range more {
		all = slices.AppendSeq(all, maps.Values(m))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// upper is a name as it stands in an environment variable.
func upper(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// union is the labels of several maps; later ones win.
func union(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}
