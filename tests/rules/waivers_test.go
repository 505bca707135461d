package rules

// shipped are the stacks that the repository ships.
const shipped = "dev staging prod"

// waivers are the rules that a sound design breaks. One that nothing needs any
// more fails the test.
var waivers = []waiver{
	{
		rule: "T AWS-0013", stacks: "dev", resource: "cdn",
		reason: "without a domain CloudFront answers with its own certificate, and for that the TLS version cannot be chosen",
	},
	{
		rule: "F EKS.1", stacks: "everything", resource: "cluster",
		reason: "this scenario chooses what no shipped stack does, a public API among it",
	},
	{
		rule: "F KMS.4", stacks: "everything", resource: "dns-dnssec",
		reason: "a pair of keys to sign with, which KMS does not rotate",
	},
	{
		rule: "own POL-5 (services use resources for this account only)", stacks: "everything", resource: "dns-dnssec", about: "statement Grant",
		reason: "Route 53's documentation gives this statement without a source, and only for grants to AWS's own resources; who may sign is limited to the account in the statement beside it",
	},
	{
		rule: "F S3.17", stacks: "*", resource: "logs", about: "AES256",
		reason: "load balancers and S3 deliver their logs to buckets with S3's own keys only",
	},
	{
		rule: "F S3.9", stacks: "*", resource: "logs",
		reason: "a log of who writes logs would log itself",
	},
	{
		rule: "own POL-2 (no sweeping rights)", stacks: "*", resource: "*", about: "allows kms:* to the account's own principals",
		reason: "as AWS does by default: without it nobody could manage the key, and with it IAM policies decide who may",
	},
	{
		rule: "own POL-4 (services assume roles for this account only)", stacks: "*", resource: "cluster-nodes", about: "ec2.amazonaws.com",
		reason: "EC2 names no source when it assumes the role of an instance; passing the role to an instance takes iam:PassRole in this account",
	},
	{
		rule: "own POL-4 (services assume roles for this account only)", stacks: "everything", resource: "uploads-replication", about: "s3.amazonaws.com",
		reason: "S3's documentation gives the trust policy of replication without a source; naming the role takes iam:PassRole in this account",
	},
	{
		rule: "own POL-5 (services use resources for this account only)", stacks: "*", resource: "logs", about: "statement LoadBalancerLogs",
		reason: "Elastic Load Balancing's example policy names no source, and a condition that the service does not fill would stop the logs without a word; it writes under the number of the account whose logs they are, and no other number is allowed",
	},
	{
		rule: "own POL-4 (services assume roles for this account only)", stacks: "*", resource: "karpenter-nodes", about: "ec2.amazonaws.com",
		reason: "EC2 names no source when it assumes the role of an instance; passing the role to an instance takes iam:PassRole in this account",
	},
	{
		rule: "own POL-3 (rights name their resources)", stacks: "*", resource: "workload-autoscaling.karpenter-karpenter-account",
		reason: "AWS knows no resource for looking at instance types, prices and profiles; the region limits what it can",
	},
	{
		rule: "own POL-3 (rights name their resources)", stacks: "*", resource: "workload-external-dns.external-dns-records", about: "route53:ListHostedZones",
		reason: "AWS knows no resource for listing zones; records are changed in one zone alone",
	},
	{
		rule: "own POL-3 (rights name their resources)", stacks: "*", resource: "workload-ingress.load-balancer-controller-balancers-see", about: "ec2:Describe",
		reason: "AWS knows no resource for looking at networks, load balancers and the list of certificates; the region limits it, and no action reads data",
	},
	{
		rule: "F IAM.1/21", stacks: "*", resource: "ci-boundary",
		reason: boundary,
	},
	{
		rule: "F KMS.1/2", stacks: "*", resource: "ci-boundary",
		reason: boundary,
	},
	{
		rule: "own POL-2 (no sweeping rights)", stacks: "*", resource: "ci-boundary",
		reason: boundary,
	},
	{
		rule: "own POL-3 (rights name their resources)", stacks: "*", resource: "ci-boundary",
		reason: boundary,
	},
	{
		rule: "own POL-3 (rights name their resources)", stacks: "*", resource: "ci-deploy-*",
		reason: "AWS knows no resource for these actions, or one whose name does not exist before it is made; regions, tags, names and the boundary limit them, and no action reads data",
	},
	{
		rule: "own POL-3 (rights name their resources)", stacks: "*", resource: "ci-read",
		reason: "a preview looks at what is configured; most services list for the whole account or not at all, and no action reads data or secrets",
	},
	{
		rule: "own POL-3 (rights name their resources)", stacks: "ecs", resource: "ecs-*-shell",
		reason: "a session of ECS Exec has no ARN before it is opened, and log groups are looked for as a whole; only a service whose settings say shell has this",
	},
	{
		rule: "F ECS.5", stacks: "ecs", resource: "ecs-ai-inference",
		reason: "this service's settings say shell, and the agent of ECS Exec writes into the container",
	},
	{
		rule: "own POL-5 (services use resources for this account only)", stacks: "*", resource: "*", about: "backup.amazonaws.com",
		reason: "AWS Backup's documentation gives these statements without a source, and it fills none for notifications; the topic carries no data, and only its subscribers hear",
	},
	{
		rule: "own POL-5 (services use resources for this account only)", stacks: "*", resource: "*", about: "events.amazonaws.com",
		reason: "SNS's documentation says that EventBridge names no source for an encrypted topic: a condition would drop every finding without a word; the topic carries no data, and only its subscribers hear",
	},
}

// boundary is why the boundary of CI's roles may speak of whole services.
const boundary = "a permissions boundary gives no right: it is the most that the policies of CI's roles, which name actions one by one, can ever come to"
