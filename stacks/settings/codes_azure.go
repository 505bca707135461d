package settings

// The codes of what only Azure has.
const (
	BadAdministrator Code = "CFG350"
)

var azureCodes = []Rule{
	{Code: BadAdministrator, Text: "Administrators of a database are identities of Entra, each by its object id, its kind and one name that PostgreSQL takes."},
}
