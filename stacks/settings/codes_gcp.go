package settings

// The codes of what only Google Cloud has.
const (
	BadProject      Code = "CFG340"
	BadProvisioning Code = "CFG341"
)

var gcpCodes = []Rule{
	{Code: BadProject, Text: "Projects, accounts, pools and groups of Google Cloud are given by their names."},
	{Code: BadProvisioning, Text: "GKE makes nodes of its own within limits of processors and memory."},
}
