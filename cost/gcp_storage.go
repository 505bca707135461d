package cost

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// gcsBucket is a bucket of Cloud Storage: what lies in it, by the classes that its
// lifecycle moves objects to, and what is done with it.
type gcsBucket struct {
	moves     []classAt
	oldest    int
	autoclass bool
	dual      bool
}

// classAt is a storage class and the age at which objects get there.
type classAt struct {
	class string
	days  int
}

func newGcsBucket(r *reader) domain {
	g := gcsBucket{oldest: horizonDays, autoclass: r.flag("autoclass.enabled"), dual: r.has("customPlacementConfig")}
	for i := range r.list("lifecycleRules") {
		at := "lifecycleRules." + itoa(i) + "."
		days := r.number(at+"condition.age", 0)
		switch r.text(at+"action.type", "") {
		case "SetStorageClass":
			g.moves = append(g.moves, classAt{strings.ToLower(r.text(at+"action.storageClass", "")), days})
		case "Delete":
			if days > 0 {
				g.oldest = days
			}
		}
	}
	slices.SortFunc(g.moves, func(a, b classAt) int { return a.days - b.days })
	return g
}

func (g gcsBucket) components(b *basis) []component {
	// Its name is the purpose's, and Pulumi's name of it has the stack's as well.
	name := b.r.Component
	size, writes, reads := "buckets."+name+".gb", "buckets."+name+".writesThousand", "buckets."+name+".readsThousand"
	return append(g.held(b, size),
		component{item: "writes and lists", category: Storage, sku: "gcs/class-a", unit: TenK, quantity: exactly(b.assume(writes).Div(whole(10))), rests: []string{writes}},
		component{item: "reads", category: Storage, sku: "gcs/class-b", unit: TenK, quantity: exactly(b.assume(reads).Div(whole(10))), rests: []string{reads}},
	)
}

// held is what lies in each class. Objects are of all ages alike, up to the age at
// which they expire.
func (g gcsBucket) held(b *basis, key string) []component {
	gb := b.assume(key)
	part := func(class string, share decimal.Decimal) component {
		sku := "gcs/" + class
		if g.dual {
			sku += "-dual"
		}
		return component{item: "storage, " + class, category: Storage, sku: sku, unit: GBMonth, quantity: exactly(gb.Mul(share)), rests: []string{key}}
	}
	if g.autoclass {
		const often = "objects.frequentPercent"
		share := b.assume(often).Div(whole(100))
		read, seldom := part("standard", share), part("nearline", whole(1).Sub(share))
		read.rests, seldom.rests = append(read.rests, often), append(seldom.rests, often)
		return []component{read, seldom, {item: "objects watched", category: Storage, sku: "gcs/autoclass", unit: Thousand, quantity: exactly(
			gb.Mul(whole(1000)).Div(decimal.Max(b.assume("objects.kb"), whole(1)))), rests: []string{key, "objects.kb"}}}
	}
	var all []component
	class, from := "standard", 0
	for _, m := range append(slices.Clone(g.moves), classAt{"", g.oldest}) {
		to := min(m.days, g.oldest)
		if to > from {
			all = append(all, part(class, whole(to-from).Div(whole(g.oldest))))
		}
		class, from = m.class, max(to, from)
	}
	return all
}
