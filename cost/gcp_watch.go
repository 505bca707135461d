package cost

import (
	"strings"
)

// cryptoKey is a key of Cloud KMS, billed by its versions. Each rotation adds one,
// and the old ones stay: they decrypt what they encrypted.
type cryptoKey struct{ days int }

func newCryptoKey(r *reader) domain {
	seconds := strings.TrimSuffix(r.text("rotationPeriod", "0s"), "s")
	in := &reader{in: Values{"seconds": seconds}}
	return cryptoKey{in.number("seconds", 0) / 86400}
}

func (k cryptoKey) components(b *basis) []component {
	const requests = "keyRequestsThousand"
	versions := between(1, 1, 1)
	if k.days > 0 { // those of a year
		versions = between(1, 1, 1+365/k.days)
	}
	return []component{
		{item: "key versions", category: Security, sku: "kms/version", unit: Month, quantity: versions},
		{item: "requests to keys", category: Security, sku: "kms/requests", unit: TenK, rests: []string{requests}, quantity: exactly(b.share(b.assume(requests), nil).Div(whole(10)))},
	}
}

// gcpSecret is a secret of Secret Manager, billed by its versions and the regions
// that keep them: one value is the likely case.
type gcpSecret struct{ regions int }

func newGcpSecret(r *reader) domain {
	return gcpSecret{max(len(r.list("replication.userManaged.replicas")), 1)}
}

func (s gcpSecret) components(b *basis) []component {
	const requests = "secretRequestsThousand"
	return []component{
		{item: "secret versions, by region", category: Security, sku: "secret-manager/version", unit: Month, quantity: exactly(whole(s.regions))},
		{item: "requests to secrets", category: Security, sku: "secret-manager/requests", unit: TenK, rests: []string{requests}, quantity: exactly(b.share(b.assume(requests), nil).Div(whole(10)))},
	}
}

// alertPolicy is an alert, billed by its conditions.
type alertPolicy struct{ conditions int }

func newAlertPolicy(r *reader) domain { return alertPolicy{len(r.list("conditions"))} }

func (a alertPolicy) components(*basis) []component {
	return []component{{item: "alert conditions", category: Observability, sku: "monitoring/condition", unit: Month, quantity: exactly(whole(a.conditions))}}
}
