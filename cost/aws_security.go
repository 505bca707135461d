package cost

// key is a key of KMS. Each of its first two rotations adds its price again, so
// that a key that is rotated costs three times as much after two years.
type key struct{ rotated bool }

func newKey(r *reader) domain { return key{r.flag("enableKeyRotation")} }

func (k key) components(b *basis) []component {
	const requests = "keyRequestsThousand"
	versions := between(1, 1, 1)
	if k.rotated {
		versions = between(1, 1, 3)
	}
	return []component{
		{item: "key", category: Security, sku: "kms/key", unit: Month, quantity: versions},
		{
			item: "requests to keys", category: Security, sku: "kms/requests", unit: TenK, rests: []string{requests},
			quantity: exactly(b.share(b.assume(requests), nil).Div(whole(10))),
		},
	}
}

// secret is a secret of Secrets Manager.
type secret struct{}

func newSecret(*reader) domain { return secret{} }

func (secret) components(b *basis) []component {
	const requests = "secretRequestsThousand"
	return []component{
		{item: "secret", category: Security, sku: "secrets-manager/secret", unit: Month, quantity: exactly(whole(1))},
		{
			item: "requests to secrets", category: Security, sku: "secrets-manager/requests", unit: TenK, rests: []string{requests},
			quantity: exactly(b.share(b.assume(requests), nil).Div(whole(10))),
		},
	}
}

// metered is what is billed by one measure of use and nothing else.
type metered struct {
	item, sku, assumption string
	unit                  Unit
	category              Category
	shared                bool // among all of the type
}

func (m metered) components(b *basis) []component {
	quantity := b.assume(m.assumption)
	if m.shared {
		quantity = b.share(quantity, nil)
	}
	return []component{{item: m.item, category: m.category, sku: m.sku, unit: m.unit, quantity: exactly(quantity), rests: []string{m.assumption}}}
}

// of makes a kind of what needs nothing of its inputs.
func of(d domain) kind { return func(*reader) domain { return d } }

// trail is a trail of CloudTrail: the first copy of an account's management
// events is free, and data events are not recorded unless asked for.
type trail struct{ selectors int }

func newTrail(r *reader) domain {
	return trail{len(r.list("eventSelectors")) + len(r.list("advancedEventSelectors"))}
}

func (t trail) components(b *basis) []component {
	const copies = "security.managementEventsHundredThousand"
	all := []component{{
		item: "copies of management events beyond the first", category: Security, sku: "cloudtrail/management", unit: HundredK,
		quantity: exactly(b.assume(copies)), rests: []string{copies},
	}}
	if t.selectors > 0 {
		all = append(all, component{item: "data events", category: Security, reason: "nobody says how many data events are recorded"})
	}
	return all
}
