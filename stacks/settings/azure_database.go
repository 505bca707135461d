package settings

import (
	"fmt"
	"regexp"
)

// azureRestore checks what a server begins with: Azure wants the other's id, and a
// moment.
func (c *checker) azureRestore() {
	r := c.s.Database.Restore
	if r.From != "" && !armShape.MatchString(r.From) {
		c.bad(BadRestore, "database.restore.from", shown(r.From), "a server's id: /subscriptions/…/providers/Microsoft.DBforPostgreSQL/flexibleServers/explico-prod-database")
	}
	if r.Time == "latest" {
		c.bad(BadRestore, "database.restore.time", "latest", "a time such as \"2026-11-02T08:30:00Z\": Azure restores to a moment")
	}
	if !c.s.Azure.GeoRestore {
		return
	}
	if r.From == "" {
		c.bad(BadRestore, "azure.geoRestore", "true without a server to restore", "false, or database.restore.from: the id of the server whose backups have copies here", "database.restore")
	}
	if region := c.s.Region; azureRegions[region].name != "" && !azureHasCopies(region) {
		c.bad(CloudLacks, "azure.geoRestore", "true in "+region+", which is paired with no region", "false, or the region that has the copies: northeurope of those of westeurope", "region")
	}
}

// azureHasCopies says whether backups of another region are copied to this one.
func azureHasCopies(region string) bool {
	for _, r := range azureRegions {
		if r.pair == region {
			return true
		}
	}
	return false
}

// azureLogin is a name that a role of PostgreSQL may have: Azure makes one of it, and
// PostgreSQL cuts names after 63 bytes.
// Source: PostgreSQL documentation, "Lexical Structure", identifiers; Azure
// Database for PostgreSQL, "Manage Microsoft Entra roles"; read 2026-11.
var azureLogin = regexp.MustCompile(`^[\pL\pN]([\pL\pN .@_#-]*[\pL\pN])?$`)

// azureAdministrators checks who administers the database beside the one with the
// password, whose name nobody else has.
func (c *checker) azureAdministrators() {
	all, names := c.s.Azure.DatabaseAdministrators, map[string]string{}
	for _, name := range ordered(all) {
		who, path := all[name], child("azure.databaseAdministrators", name)
		if !azureLogin.MatchString(name) || len(name) > 63 || name == azureAdministrator {
			c.bad(BadAdministrator, path, "the name "+shown(name), "up to 63 letters, digits and any of space . @ _ # -, as Entra has it, and not "+azureAdministrator)
		}
		switch other, twice := names[who.ObjectID]; {
		case who.ObjectID == "":
			c.missing(path+".objectId", "an object id in Entra, "+guidWant)
		case !guidShape.MatchString(who.ObjectID):
			c.bad(BadAdministrator, path+".objectId", shown(who.ObjectID), "an object id in Entra, "+guidWant)
		case twice:
			c.bad(BadAdministrator, path+".objectId", fmt.Sprintf("%s, which is %s already", who.ObjectID, other), "each identity once")
		default:
			names[who.ObjectID] = name
		}
		if who.Kind == "" {
			c.missing(path+".kind", oneOf("", who.Kind.words()))
		}
	}
}

// azureAdministrator is the administrator with the password.
const azureAdministrator = "explico"
