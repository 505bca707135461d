package settings

// gcpReplicas is how many read replicas a database may have in its region: ten, with
// the one far away.
// Source: Cloud SQL quotas and limits, read 2026-11.
func (c *checker) gcpReplicas() int {
	if c.s.GCP.FarReplica.Region != "" {
		return 9
	}
	return 10
}

// gcpFarReplica checks where the replica far away is.
func (c *checker) gcpFarReplica() {
	const path = "gcp.farReplica.region"
	region := c.s.GCP.FarReplica.Region
	if region == "" {
		return
	}
	if _, known := gcpRegions[region]; !known {
		c.bad(UnknownRegion, path, shown(region), gcpRegionWant(region))
	} else if region == c.s.Region {
		c.bad(BadFarReplica, path, region+", the stack's own", "another region: those beside the database are database.replicas", "region")
	}
}

// gcpRegionWant says what a region should be.
func gcpRegionWant(region string) string {
	if near := nearest(region, ordered(gcpRegions)); near != "" {
		return "a region of Google Cloud: did you mean " + near + "?"
	}
	return "a region of Google Cloud such as europe-west1"
}

// gcpDatabaseUsers checks who logs in to the database with an identity.
func (c *checker) gcpDatabaseUsers() {
	all, names := c.s.GCP.DatabaseUsers, map[string]string{}
	c.names("gcp.databaseUsers", ordered(all))
	for _, name := range ordered(all) {
		email, path := all[name], child("gcp.databaseUsers", name)
		switch other, twice := names[email]; {
		case !gcpAccountShape.MatchString(email):
			c.bad(BadDatabaseUser, path, shown(email), "a service account such as reports@explico-prod.iam.gserviceaccount.com")
		case twice:
			c.bad(BadDatabaseUser, path, email+", which is "+other+" already", "each service account once")
		default:
			names[email] = name
		}
	}
}
