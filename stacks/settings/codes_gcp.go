package settings

// The codes of what only Google Cloud has.
const (
	BadProject      Code = "CFG340"
	BadProvisioning Code = "CFG341"
	BadExclusion    Code = "CFG342"
	BadDatabaseUser Code = "CFG343"
	BadFarReplica   Code = "CFG344"
)

var gcpCodes = []Rule{
	{Code: BadProject, Text: "Projects, accounts, pools and groups of Google Cloud are given by their names."},
	{Code: BadProvisioning, Text: "GKE makes nodes of its own within limits of processors and memory."},
	{Code: BadExclusion, Text: "GKE leaves a cluster alone from one moment to a later one, and without any upgrade for up to 30 days."},
	{Code: BadDatabaseUser, Text: "A service account logs in to the database under one name."},
	{Code: BadFarReplica, Text: "A replica far away is in another region than the database."},
}
