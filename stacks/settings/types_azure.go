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
	// BudgetSince is the month in which the budget of costs.monthlyBudgetUSD is made,
	// such as 2026-12 (in quotes): Azure takes none that is over. It is looked at once.
	BudgetSince string `yaml:"budgetSince"`
}
