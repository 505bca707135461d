package settings

// GCP is what only a project of Google Cloud needs.
type GCP struct {
	// Project is the id of the only project that the stack may touch.
	Project string `yaml:"project"`
	// Impersonate is the e-mail address of a service account to act as for
	// everything the stack does.
	Impersonate string `yaml:"impersonate"`
	// BillingAccount is the id of the account that pays, such as
	// 012345-6789AB-CDEF01. A budget is one of it.
	BillingAccount string `yaml:"billingAccount"`
}
