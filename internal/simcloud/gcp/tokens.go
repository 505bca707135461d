package gcp

const (
	accountToken = "gcp:serviceaccount/account:Account"
	poolToken    = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
	clusterToken = "gcp:container/cluster:Cluster"
)
