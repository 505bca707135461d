// Package refresh turns the public price lists of AWS into rows of the
// catalogue.
//
// A price list is an offer file of one service and one region
// (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html):
// products by SKU with their attributes, then the terms at which they are sold.
// That of EC2 has some 400 MB, so it is read as a stream.
package refresh

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/te-explico/infrastructure/cost"
)

// Source is the key of the price lists among the catalogue's sources.
const Source = "price-list"

// Offer is what a price list says of what the catalogue has.
type Offer struct {
	// Code is the service's, such as AmazonEC2; Version names the list, and Date is
	// the day of its publication.
	Code, Version, Date string
	Prices              []cost.Price
}

type product struct {
	Family     string            `json:"productFamily"`
	Attributes map[string]string `json:"attributes"`
}

type term struct {
	Dimensions map[string]struct {
		Begin string            `json:"beginRange"`
		Unit  string            `json:"unit"`
		Price map[string]string `json:"pricePerUnit"`
	} `json:"priceDimensions"`
}

// reader reads one offer file.
type reader struct {
	*json.Decoder
	region string
	offer  Offer
	skus   map[string]target // the products that the catalogue has
	done   map[string]string // the SKU behind a row, by service/sku/from
}

// Read reads an offer file and returns the prices of a region. A file of another
// format, of another region, or that prices one thing twice is an error.
func Read(r io.Reader, region string) (*Offer, error) {
	f := &reader{Decoder: json.NewDecoder(r), region: region, skus: map[string]target{}, done: map[string]string{}}
	err := f.object(func(key string) error {
		switch key {
		case "offerCode":
			return f.Decode(&f.offer.Code)
		case "version":
			return f.Decode(&f.offer.Version)
		case "publicationDate":
			return f.Decode(&f.offer.Date)
		case "products":
			return f.products()
		case "terms":
			return f.terms()
		}
		return f.skip()
	})
	if err != nil {
		return nil, fmt.Errorf("reading the price list: %w", err)
	}
	switch {
	case f.offer.Code == "" || f.offer.Version == "" || len(f.offer.Date) < len("2026-01-02"):
		return nil, errors.New("reading the price list: got no offerCode, version or publicationDate, want an offer file of AWS")
	case len(f.offer.Prices) == 0:
		return nil, fmt.Errorf("reading the price list: %s has nothing for %s that the catalogue knows", f.offer.Code, region)
	}
	f.offer.Date = f.offer.Date[:len("2026-01-02")]
	for i := range f.offer.Prices {
		p := &f.offer.Prices[i]
		p.Date, p.Note = f.offer.Date, f.offer.Code+" "+f.offer.Version
	}
	slices.SortFunc(f.offer.Prices, func(a, b cost.Price) int {
		if c := strings.Compare(a.Service+"/"+a.SKU, b.Service+"/"+b.SKU); c != 0 {
			return c
		}
		return a.From.Cmp(b.From)
	})
	return &f.offer, nil
}

// object calls visit for each key of the object that comes next.
func (f *reader) object(visit func(key string) error) error {
	t, err := f.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return fmt.Errorf("got %v, want an object", t)
	}
	for f.More() {
		key, err := f.Token()
		if err != nil {
			return err
		}
		if err := visit(key.(string)); err != nil {
			return err
		}
	}
	_, err = f.Token()
	return err
}

func (f *reader) skip() error {
	var ignored json.RawMessage
	return f.Decode(&ignored)
}

// products notes which products the catalogue has.
func (f *reader) products() error {
	return f.object(func(sku string) error {
		var p product
		if err := f.Decode(&p); err != nil {
			return err
		}
		if code := p.Attributes["regionCode"]; code != "" && code != f.region {
			return nil // a list of all regions, or of another
		}
		if t, ok := find(p); ok {
			f.skus[sku] = t
		}
		return nil
	})
}

// terms reads what is sold on demand.
func (f *reader) terms() error {
	return f.object(func(kind string) error {
		if kind != "OnDemand" {
			return f.skip()
		}
		return f.object(func(sku string) error {
			t, wanted := f.skus[sku]
			if !wanted {
				return f.skip()
			}
			var terms map[string]term
			if err := f.Decode(&terms); err != nil {
				return err
			}
			return f.take(sku, t, terms)
		})
	})
}

var plainNumber = regexp.MustCompile(`^\d+(\.\d+)?$`)

// take turns the terms of a product into prices, one for each tier.
func (f *reader) take(sku string, t target, terms map[string]term) error {
	for _, offered := range terms {
		for _, d := range offered.Dimensions {
			usd, from := d.Price["USD"], d.Begin
			if from == "" {
				from = "0"
			}
			if !plainNumber.MatchString(usd) || !plainNumber.MatchString(from) {
				return fmt.Errorf("%s: got the price %q from %q, want US dollars", sku, usd, from)
			}
			if !sameUnit(t.per, d.Unit) {
				return fmt.Errorf("%s: got the unit %q for %s/%s, want %q", sku, d.Unit, t.service, t.sku, t.per)
			}
			price, start := decimal.RequireFromString(usd), decimal.RequireFromString(from)
			many := decimal.NewFromInt(int64(max(t.many, 1)))
			p := cost.Price{
				Service: t.service, SKU: t.sku, Region: f.region, Unit: t.unit, Grade: "A", Source: Source,
				USD: price.Mul(many), From: start.Div(many),
			}
			key := p.Service + "/" + p.SKU + " from " + p.From.String()
			if i := slices.IndexFunc(f.offer.Prices, func(o cost.Price) bool { return o.Service == p.Service && o.SKU == p.SKU && o.From.Equal(p.From) }); i >= 0 {
				if !f.offer.Prices[i].USD.Equal(p.USD) {
					return fmt.Errorf("%s and %s are both %s, at %s and %s", f.done[key], sku, key, f.offer.Prices[i].USD, p.USD)
				}
				continue
			}
			f.done[key] = sku
			f.offer.Prices = append(f.offer.Prices, p)
		}
	}
	return nil
}

// sameUnit compares units of price lists, whose services write hours in several
// ways.
func sameUnit(a, b string) bool {
	short := strings.NewReplacer("hours", "hrs", "hour", "hrs")
	return short.Replace(strings.ToLower(a)) == short.Replace(strings.ToLower(b))
}
