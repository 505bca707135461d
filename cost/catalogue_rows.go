package cost

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// longColumns are those of a file with a row for each price, wideColumns those
// of a file with a column for each region.
var (
	longColumns = strings.Split("service,sku,region,unit,from,usd,grade,source,date,note", ",")
	wideColumns = strings.Split("service,sku,unit,grade,source,date", ",")
)

// placed is a price and the line that it stands in.
type placed struct {
	Price
	line int
}

// readPrices reads a price file of either form, told by its header.
func readPrices(dir fs.FS, name string) ([]placed, []error) {
	records, err := readCSV(dir, name)
	if err != nil {
		return nil, []error{err}
	}
	if len(records) == 0 {
		return nil, []error{fmt.Errorf("%s: empty", name)}
	}
	row := longRow
	switch header := records[0]; {
	case slices.Equal(header, longColumns):
	case len(header) > len(wideColumns) && slices.Equal(header[:len(wideColumns)], wideColumns):
		row = wideRow(header[len(wideColumns):])
	default:
		return nil, []error{fmt.Errorf("%s:1: got the columns %s, want %s, or %s and regions",
			name, strings.Join(header, ","), strings.Join(longColumns, ","), strings.Join(wideColumns, ","))}
	}
	var all []placed
	var problems []error
	for i, r := range records[1:] {
		prices, err := row(r)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", name, i+2, err))
			continue
		}
		for _, p := range prices {
			all = append(all, placed{p, i + 2})
		}
	}
	return all, problems
}

func longRow(r []string) ([]Price, error) {
	from, err := readDecimal(r[4], "start of a tier")
	if err != nil {
		return nil, err
	}
	usd, err := readDecimal(r[5], "price")
	if err != nil {
		return nil, err
	}
	return []Price{{
		Service: r[0], SKU: r[1], Region: r[2], Unit: Unit(r[3]), From: from, USD: usd,
		Grade: r[6], Source: r[7], Date: r[8], Note: r[9],
	}}, nil
}

// wideRow reads a row with a price for each region; an empty one is not sold
// there, or not known.
func wideRow(regions []string) func([]string) ([]Price, error) {
	return func(r []string) ([]Price, error) {
		var all []Price
		for i, text := range r[len(wideColumns):] {
			if text == "" {
				continue
			}
			usd, err := readDecimal(text, "price in "+regions[i])
			if err != nil {
				return nil, err
			}
			all = append(all, Price{
				Service: r[0], SKU: r[1], Region: regions[i], Unit: Unit(r[2]), USD: usd,
				Grade: r[3], Source: r[4], Date: r[5],
			})
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("%s has no price", r[1])
		}
		return all, nil
	}
}

// readDecimal reads a plain number: no exponent, no sign, no currency.
func readDecimal(text, what string) (decimal.Decimal, error) {
	if !priceShape.MatchString(text) {
		return decimal.Zero, fmt.Errorf("got %q as the %s, want a number not below 0, such as 0.045", text, what)
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero, fmt.Errorf("reading the %s: %w", what, err)
	}
	return d, nil
}

// sortedKeys are a map's keys in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
