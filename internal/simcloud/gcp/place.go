package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// ProjectNumber is the number of every simulated project.
const ProjectNumber = "123456789012"

// regions are Google Cloud's regions and the letters of their zones.
// Source: Compute Engine docs, "Available regions and zones", read 2026-11.
var regions = map[string]string{
	"us-central1": "abcf", "us-east1": "bcd", "us-east4": "abc", "us-east5": "abc", "us-south1": "abc",
	"us-west1": "abc", "us-west2": "abc", "us-west3": "abc", "us-west4": "abc",
	"northamerica-northeast1": "abc", "northamerica-northeast2": "abc", "southamerica-east1": "abc", "southamerica-west1": "abc",
	"europe-west1": "bcd", "europe-west2": "abc", "europe-west3": "abc", "europe-west4": "abc", "europe-west6": "abc",
	"europe-west8": "abc", "europe-west9": "abc", "europe-west10": "abc", "europe-west12": "abc",
	"europe-central2": "abc", "europe-north1": "abc", "europe-north2": "abc", "europe-southwest1": "abc",
	"asia-east1": "abc", "asia-east2": "abc", "asia-northeast1": "abc", "asia-northeast2": "abc", "asia-northeast3": "abc",
	"asia-south1": "abc", "asia-south2": "abc", "asia-southeast1": "abc", "asia-southeast2": "abc",
	"australia-southeast1": "abc", "australia-southeast2": "abc",
	"me-central1": "abc", "me-central2": "abc", "me-west1": "abc", "africa-south1": "abc",
}

// zones are the names of a region's zones.
func zones(region string) []string {
	var all []string
	for _, letter := range regions[region] {
		all = append(all, region+"-"+string(letter))
	}
	return all
}

// regionOf is the region of a zone, or the region itself.
func regionOf(location string) string {
	if regions[location] != "" {
		return location
	}
	if i := strings.LastIndexByte(location, '-'); i > 0 && slices.Contains(zones(location[:i]), location) {
		return location[:i]
	}
	return ""
}

// path is where a resource is: projects/<project>/<parts>.
func path(op *simcloud.Op, parts ...string) string {
	return "projects/" + op.Account + "/" + strings.Join(parts, "/")
}

// selfLink is the URL of a resource of Compute Engine.
func selfLink(id string) string { return "https://www.googleapis.com/compute/v1/" + id }

// plain is the path in a URL of a resource.
func plain(value string) string {
	if i := strings.Index(value, "projects/"); i > 0 && strings.HasPrefix(value, "https://") {
		return value[i:]
	}
	return value
}

// ref is an input that names another resource by its path or its URL.
func ref(path, missing string, to ...string) simcloud.Ref {
	return simcloud.Ref{Path: path, To: to, Missing: missing, Plain: plain}
}

// holding is a ref whose target stays as long as what names it.
func holding(path, missing string, to ...string) simcloud.Ref {
	r := ref(path, missing, to...)
	r.Holds = true
	return r
}

// refused are the words of Google's API: a status, a reason, and what it says.
func refused(status int, reason, format string, args ...any) error {
	return fmt.Errorf("googleapi: Error %d: %s, %s", status, fmt.Sprintf(format, args...), reason)
}

// notFound is how Compute Engine refuses a name that leads nowhere.
const notFound = "googleapi: Error 404: The resource '%s' was not found, notFound"

// place refuses a location of the input that is none of Google's regions.
func place(in simcloud.Values, input string) error {
	if r := in.String(input); r != "" && regions[r] == "" {
		return refused(400, "badRequest", "Invalid value for field '%s': '%s'. Unknown region.", input, r)
	}
	return nil
}

func getProject(_ *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	id := args.String("projectId")
	if id == "" {
		id = s.Account
	}
	if id != s.Account {
		return nil, refused(403, "forbidden", "The caller does not have permission: project %s", id)
	}
	return simcloud.Values{
		"id": "projects/" + id, "projectId": id, "number": ProjectNumber, "name": id,
		"orgId": "", "folderId": "", "billingAccount": "000000-000000-000000", "labels": map[string]any{},
	}, nil
}

func getZones(_ *simcloud.Cloud, s simcloud.Session, args simcloud.Values) (simcloud.Values, error) {
	region := args.String("region")
	if regions[region] == "" {
		return nil, refused(404, "notFound", "The resource 'projects/%s/regions/%s' was not found", s.Account, region)
	}
	return simcloud.Values{
		"id": "projects/" + s.Account + "/regions/" + region, "project": s.Account, "region": region, "names": zones(region),
	}, nil
}

func getStorageAgent(_ *simcloud.Cloud, s simcloud.Session, _ simcloud.Values) (simcloud.Values, error) {
	email := "service-" + ProjectNumber + "@" + storageAgent + agentSuffix
	return simcloud.Values{
		"id": email, "project": s.Account, "emailAddress": email, "member": "serviceAccount:" + email,
	}, nil
}
