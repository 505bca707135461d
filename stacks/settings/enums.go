package settings

// Each type of a fixed set of words lists its words, so that the loader knows
// them and no rule has to.

func (Cloud) words() []string {
	return []string{string(AWSCloud), string(GCPCloud), string(AzureCloud), string(LocalCloud)}
}

func (NATMode) words() []string {
	return []string{string(NATNone), string(NATSingle), string(NATPerZone)}
}

func (FlowLogs) words() []string {
	return []string{string(FlowLogsAll), string(FlowLogsReject)}
}

func (UpgradePolicy) words() []string {
	return []string{string(StandardSupport), string(ExtendedSupport)}
}

func (ExclusionScope) words() []string {
	return []string{string(NoUpgrades), string(NoMinorUpgrades), string(NoMinorOrNodeUpgrades)}
}

func (PrincipalKind) words() []string {
	return []string{string(UserPrincipal), string(GroupPrincipal), string(ServicePrincipal)}
}

func (EndpointMode) words() []string {
	return []string{string(EndpointPrivate), string(EndpointRestricted), string(EndpointPublic)}
}

func (AccessLevel) words() []string {
	return []string{string(AccessClusterAdmin), string(AccessAdmin), string(AccessEdit), string(AccessView)}
}

func (TaintEffect) words() []string {
	return []string{string(NoSchedule), string(PreferNoSchedule), string(NoExecute)}
}

func (DNSSECMode) words() []string {
	return []string{string(DNSSECNone), string(DNSSECSigned), string(DNSSECTrusted)}
}

func (WAFMode) words() []string {
	return []string{string(WAFBlock), string(WAFCount)}
}

func (PriceClass) words() []string {
	return []string{string(PriceClass100), string(PriceClass200), string(PriceClassAll)}
}

func (Protocol) words() []string {
	return []string{string(Email), string(HTTPS), string(SMS)}
}

func (LockMode) words() []string {
	return []string{string(LockNone), string(LockGovernance), string(LockCompliance)}
}

func (TestSchedule) words() []string {
	return []string{string(TestNever), string(TestWeekly), string(TestMonthly)}
}

func (CommitmentKind) words() []string {
	return []string{string(ReservedInstances), string(SavingsPlan)}
}

func (CommittedService) words() []string {
	return []string{string(CommittedNodes), string(CommittedTasks), string(CommittedDatabase), string(CommittedCache)}
}

func (OverBudget) words() []string {
	return []string{string(WarnOverBudget), string(RefuseOverBudget)}
}
