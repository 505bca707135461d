package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// edgeAlerts watch the load balancer of the site and the API.
// Source: Google Cloud metrics, loadbalancing, read 2026-11.
func edgeAlerts(urls pulumi.StringInput) []alert {
	const failed = "metric.labels.response_code_class"
	balancer := clause{"resource.labels.url_map_name", urls}
	bad := alert{
		runbook: "gcp-edge.md#errors", metric: "loadbalancing.googleapis.com/https/request_count", of: "https_lb_rule",
		where: []clause{balancer, {failed, pulumi.String("500")}}, over: failed, align: delta, reduce: sum, seconds: 300, compare: above,
	}
	some := bad
	bad.name, bad.severity, bad.threshold, bad.minutes = "edge-errors", p0, 0.05, 10
	bad.means = "more than 5 % of the answers of the load balancer have been server errors for 10 minutes."
	some.name, some.severity, some.threshold, some.minutes = "edge-some-errors", p1, 0.01, 30
	some.means = "more than 1 % of the answers of the load balancer have been server errors for half an hour."
	return []alert{bad, some, {
		name: "edge-latency", severity: p1, runbook: "gcp-edge.md#latency", metric: "loadbalancing.googleapis.com/https/total_latencies", of: "https_lb_rule",
		where: []clause{balancer}, align: delta, reduce: p99, seconds: 300, compare: above, threshold: 2000, minutes: 15,
		means: "one of a hundred answers of the load balancer has taken more than two seconds for 15 minutes.",
	}}
}

// natAlerts watch a NAT gateway.
// Source: Google Cloud metrics, router, read 2026-11.
func natAlerts(name string, gateway pulumi.StringInput) []alert {
	base := alert{
		severity: p1, of: "nat_gateway", where: []clause{{"resource.labels.gateway_name", gateway}}, reduce: sum, seconds: 300, compare: above, threshold: 0,
	}
	ports, drops := base, base
	ports.name, ports.runbook, ports.metric, ports.align, ports.minutes = "nat-"+name+"-ports", "gcp-network.md#nat-ports", "router.googleapis.com/nat/nat_allocation_failed", anyTrue, 5
	ports.means = "NAT gateway " + name + " has no port left for some machine: its new connections fail."
	drops.name, drops.runbook, drops.metric, drops.align, drops.minutes = "nat-"+name+"-drops", "gcp-network.md#nat-drops", "router.googleapis.com/nat/dropped_sent_packets_count", delta, 15
	drops.where = append(drops.where, clause{"metric.labels.reason", pulumi.String("OUT_OF_RESOURCES")})
	drops.means = "NAT gateway " + name + " has thrown packets away for 15 minutes, for want of ports."
	return []alert{ports, drops}
}

// auditAlerts read the audit log for what an intruder would change.
// Source: CIS Google Cloud Platform Foundation Benchmark 5.0, 2.4 to 2.11.
func auditAlerts() []alert {
	var all []alert
	for _, w := range []struct{ name, means, log string }{
		{"owner-changes", "somebody became, or was made, an owner of the project.",
			`protoPayload.serviceName="cloudresourcemanager.googleapis.com" AND protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner"`},
		{"audit-changes", "somebody changed what the audit log records.",
			`protoPayload.methodName="SetIamPolicy" AND protoPayload.serviceData.policyDelta.auditConfigDeltas:*`},
		{"role-changes", "somebody made, changed or deleted a role.",
			`resource.type="iam_role" AND protoPayload.methodName=("google.iam.admin.v1.CreateRole" OR "google.iam.admin.v1.DeleteRole" OR "google.iam.admin.v1.UpdateRole")`},
		{"account-keys", "somebody made a key of a service account: here nobody needs one.",
			`resource.type="service_account" AND protoPayload.methodName="google.iam.admin.v1.CreateServiceAccountKey"`},
		{"firewall-changes", "somebody changed a firewall rule.",
			`resource.type="gce_firewall_rule" AND protoPayload.methodName:("compute.firewalls.patch" OR "compute.firewalls.insert" OR "compute.firewalls.delete")`},
		{"network-changes", "somebody changed a network.",
			`resource.type="gce_network" AND protoPayload.methodName:("compute.networks.insert" OR "compute.networks.patch" OR "compute.networks.delete" OR "compute.networks.removePeering" OR "compute.networks.addPeering")`},
		{"route-changes", "somebody changed a route.",
			`resource.type="gce_route" AND protoPayload.methodName:("compute.routes.delete" OR "compute.routes.insert")`},
		{"bucket-rights", "somebody changed who may use a bucket.",
			`resource.type="gcs_bucket" AND protoPayload.methodName="storage.setIamPermissions"`},
		{"database-changes", "somebody changed a Cloud SQL instance.",
			`protoPayload.methodName="cloudsql.instances.update"`},
		{"key-destruction", "somebody ordered the destruction of a key: what it encrypts is lost with it.",
			`protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName="DestroyCryptoKeyVersion"`},
	} {
		all = append(all, alert{name: "audit-" + w.name, severity: p1, means: w.means, runbook: "gcp-security.md#" + w.name, log: w.log})
	}
	return all
}
