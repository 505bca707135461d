package refresh

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/te-explico/infrastructure/cost"
)

// columns are those of the catalogue's files.
var columns = strings.Split("service,sku,region,unit,from,usd,grade,source,date,note", ",")

// Merge puts the prices of an offer into a file of the catalogue: all tiers of
// what it prices are replaced, the other rows stay, and the order is that of the
// file. It returns the file and what changed, a line each.
func Merge(file []byte, prices []cost.Price) (merged []byte, changes []string, err error) {
	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	if len(records) == 0 || !slices.Equal(records[0], columns) {
		return nil, nil, fmt.Errorf("reading the catalogue: want the columns %s", strings.Join(columns, ","))
	}
	old := map[string]string{}
	priced := map[string]bool{}
	for _, p := range prices {
		priced[p.Service+"/"+p.SKU+"/"+p.Region] = true
	}
	rows := slices.DeleteFunc(slices.Clone(records[1:]), func(r []string) bool {
		key := strings.Join(r[:3], "/")
		if priced[key] {
			old[key+" from "+r[4]] = r[5]
		}
		return priced[key]
	})
	for _, p := range prices {
		key := p.Service + "/" + p.SKU + "/" + p.Region + " from " + p.From.String()
		switch was, known := old[key]; {
		case !known:
			changes = append(changes, fmt.Sprintf("%s: new, %s", key, p.USD))
		case !sameNumber(was, p.USD.String()):
			changes = append(changes, fmt.Sprintf("%s: %s, was %s", key, p.USD, was))
		}
		rows = append(rows, []string{
			p.Service, p.SKU, p.Region, string(p.Unit), p.From.String(), p.USD.String(), p.Grade, p.Source, p.Date, p.Note,
		})
	}
	slices.SortStableFunc(rows, func(a, b []string) int {
		if c := slices.Compare(a[:3], b[:3]); c != 0 {
			return c
		}
		return numberOf(a[4]).Cmp(numberOf(b[4]))
	})
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(append([][]string{columns}, rows...)); err != nil {
		return nil, nil, fmt.Errorf("writing the catalogue: %w", err)
	}
	return out.Bytes(), changes, nil
}

func sameNumber(a, b string) bool { return numberOf(a).Equal(numberOf(b)) }

// numberOf is a number of the catalogue; what is none is 0, and is refused when
// the catalogue is read.
func numberOf(text string) decimal.Decimal {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return d
}
