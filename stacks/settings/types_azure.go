package settings

// Azure is what only a subscription of Azure needs.
type Azure struct {
	// SubscriptionID is the only subscription that the stack may touch. Without it
	// the stack goes wherever the credentials lead.
	SubscriptionID string `yaml:"subscriptionId"`
	// TenantID is the directory that the subscription trusts.
	TenantID string `yaml:"tenantId"`
	// GeoRedundant keeps copies in the region that Azure pairs with the stack's: of
	// the database's backups, of buckets and of backups. A region without a pair has
	// none. It is decided once: Azure makes another database and another vault of it
	// later.
	GeoRedundant bool `yaml:"geoRedundant"`
	// PasswordExpires is the day on which the database's password has to be a new
	// one, such as 2027-06-30 (in quotes): its secret expires, and Key Vault tells of
	// it a month before.
	PasswordExpires string `yaml:"passwordExpires"`
	// DatabaseAdministrators are identities of Entra that administer the database,
	// beside the one with the password, by the name that they log in with: what Entra
	// calls a group or an application, or a person's user principal name.
	DatabaseAdministrators map[string]DatabaseAdministrator `yaml:"databaseAdministrators"`
	// GeoRestore has database.restore take the copy of the other server's backups that
	// is in the stack's region: that server stands in the region paired with this one,
	// and was made with geoRedundant.
	GeoRestore bool `yaml:"geoRestore"`
	// BudgetSince is the month in which the budget of costs.monthlyBudgetUSD is made,
	// such as 2026-12 (in quotes): Azure takes none that is over. It is looked at once.
	BudgetSince string `yaml:"budgetSince"`
}

// DatabaseAdministrator is an identity of Entra that administers the database.
type DatabaseAdministrator struct {
	// ObjectID is the identity's object id; of an application that of its service
	// principal.
	ObjectID string `yaml:"objectId"`
	// Kind is what it is: User, Group or ServicePrincipal, as managed identities are
	// too.
	Kind PrincipalKind `yaml:"kind"`
}

// PrincipalKind is a kind of identities of Entra.
type PrincipalKind string

// The kinds, as Azure calls them.
// Source: REST reference of Microsoft.DBforPostgreSQL, administrators, read 2026-11.
const (
	UserPrincipal    PrincipalKind = "User"
	GroupPrincipal   PrincipalKind = "Group"
	ServicePrincipal PrincipalKind = "ServicePrincipal"
)
