package settings

// Azure is what only a subscription of Azure needs.
type Azure struct {
	// SubscriptionID is the only subscription that the stack may touch. Without it
	// the stack goes wherever the credentials lead.
	SubscriptionID string `yaml:"subscriptionId"`
	// TenantID is the directory that the subscription trusts.
	TenantID string `yaml:"tenantId"`
}
