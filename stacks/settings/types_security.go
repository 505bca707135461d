package settings

// Security is what makes the account an audited one.
type Security struct {
	// Baseline audits the account: a trail of all calls, a record of all
	// configuration, GuardDuty, Security Hub, Access Analyzer, Inspector, safe
	// defaults, and alarms on what nobody does by accident. For one stack per
	// account: AWS has most of these once.
	Baseline bool `yaml:"baseline"`
	// Standards are what Security Hub measures the account by: fsbp (AWS's own),
	// cis, nist (800-53), pci.
	Standards []Standard `yaml:"standards"`
	// RuntimeMonitoring has GuardDuty look into running nodes and containers, at a
	// price per vCPU. It installs its agent, and an endpoint in the network, by
	// itself.
	RuntimeMonitoring bool `yaml:"runtimeMonitoring"`
	// AlertSeverity is the least severity of what GuardDuty and Security Hub find that
	// alerts.p1 hears of: low, medium, high or critical. All of it stands in their
	// consoles.
	AlertSeverity FindingSeverity `yaml:"alertSeverity"`
	// TrailDays is how long the files of the trail are kept, at least 365;
	// logs.auditDays is how long the trail can be searched.
	TrailDays int `yaml:"trailDays"`
	// ExistingConfigRole says that the account has AWS Config's service-linked
	// role already, as after a first try of Config in the console.
	ExistingConfigRole bool `yaml:"existingConfigRole"`
}

// Standard is a list of controls that an account is measured by.
type Standard string

// The standards.
const (
	FSBP Standard = "fsbp"
	CIS  Standard = "cis"
	NIST Standard = "nist"
	PCI  Standard = "pci"
)

func (Standard) words() []string {
	return []string{string(FSBP), string(CIS), string(NIST), string(PCI)}
}

// FindingSeverity is how bad a finding of GuardDuty or Security Hub is.
type FindingSeverity string

// The severities of findings.
const (
	LowFinding      FindingSeverity = "low"
	MediumFinding   FindingSeverity = "medium"
	HighFinding     FindingSeverity = "high"
	CriticalFinding FindingSeverity = "critical"
)

func (FindingSeverity) words() []string {
	return []string{string(LowFinding), string(MediumFinding), string(HighFinding), string(CriticalFinding)}
}

// CI lets jobs on GitHub preview and deploy the stack without keys. The GitHub
// environment whose jobs may deploy has the stack's name; pull requests, and
// jobs of <stack>-preview, may look.
type CI struct {
	// Repository is the repository on GitHub, owner/name. Without one there is no
	// identity for CI.
	Repository string `yaml:"repository"`
	// ExistingProvider says that the account trusts GitHub's identity provider
	// already, as when another stack of the account made it.
	ExistingProvider bool `yaml:"existingProvider"`
	// Boundary is the ARN of an existing policy that limits what any role of the
	// stack may do. Without one the stack makes its own.
	Boundary string `yaml:"boundary"`
	// StateBucket is the ARN of the bucket that holds Pulumi's state, for the jobs
	// to read and write. Not needed with Pulumi Cloud.
	StateBucket string `yaml:"stateBucket"`
	// StateKey is the ARN of the key that encrypts the state or its secrets.
	StateKey string `yaml:"stateKey"`
}
