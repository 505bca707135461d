package cost

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

//go:embed catalogue/*.csv
var shipped embed.FS

// Global is the region of a price that holds in all regions.
const Global = "global"

// Price is one row of a catalogue.
type Price struct {
	// Service and SKU name what is sold, such as nat and gateway.
	Service, SKU string
	// Region is the cloud's name of a region, or Global.
	Region string
	Unit   Unit
	// From is the quantity a month from which the price holds: the tier's start.
	From decimal.Decimal
	// USD is the price of one unit in US dollars.
	USD decimal.Decimal
	// Grade is A, B or C; Source a key of sources.csv; Date a year, a month or a day.
	Grade, Source, Date, Note string
}

// Catalogue is what things cost.
type Catalogue struct {
	// Date is the newest row's.
	Date  string
	tiers map[string][]Price // by service/sku/region, by From
}

// LoadCatalogue returns the shipped prices of a cloud. They are read once.
func LoadCatalogue(cloud string) (*Catalogue, error) {
	load, ok := catalogues[cloud]
	if !ok {
		return nil, fmt.Errorf("no prices for cloud %s", cloud)
	}
	return load()
}

var catalogues = map[string]func() (*Catalogue, error){
	"aws": onceOf("aws.csv", "aws-ec2.csv"), "gcp": onceOf("gcp.csv", "gcp-vm.csv"), "azure": onceOf("azure.csv", "azure-vm.csv"),
	"local": onceOf(), // nobody bills a cluster on one's own machine
}

func onceOf(files ...string) func() (*Catalogue, error) {
	return sync.OnceValues(func() (*Catalogue, error) {
		dir, err := fs.Sub(shipped, "catalogue")
		if err != nil {
			return nil, fmt.Errorf("opening the catalogue: %w", err)
		}
		return ReadCatalogue(dir, files...)
	})
}

// ReadCatalogue reads price files of a directory, and sources.csv beside them.
// Every problem of every file is in the error: a price without a known source
// or with a negative price, an unknown unit, a row that stands twice, tiers that
// do not begin at 0.
func ReadCatalogue(dir fs.FS, files ...string) (*Catalogue, error) {
	sources, err := readSources(dir)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{tiers: map[string][]Price{}}
	var problems []error
	for _, name := range files {
		prices, errs := readPrices(dir, name)
		problems = append(problems, errs...)
		for _, p := range prices {
			if err := c.add(p.Price, sources); err != nil {
				problems = append(problems, fmt.Errorf("%s:%d: %w", name, p.line, err))
			}
		}
	}
	for _, key := range sortedKeys(c.tiers) {
		tiers := c.tiers[key]
		slices.SortFunc(tiers, func(a, b Price) int { return a.From.Cmp(b.From) })
		if !tiers[0].From.IsZero() {
			problems = append(problems, fmt.Errorf("%s: the first tier begins at %s, not at 0", key, tiers[0].From))
		}
		if slices.ContainsFunc(tiers, func(p Price) bool { return p.Unit != tiers[0].Unit }) {
			problems = append(problems, fmt.Errorf("%s: tiers of several units", key))
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("reading the catalogue: %w", errors.Join(problems...))
	}
	return c, nil
}

var (
	dateShape  = regexp.MustCompile(`^20\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$`)
	priceShape = regexp.MustCompile(`^\d+(\.\d+)?$`)
	skuShape   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
)

// check says what is wrong with a price.
func (p Price) check(sources map[string]bool) error {
	switch {
	case !skuShape.MatchString(p.Service) || !skuShape.MatchString(p.SKU):
		return fmt.Errorf("got %q and %q, want a service and a SKU", p.Service, p.SKU)
	case p.Region == "":
		return errors.New("got no region")
	case !units[p.Unit]:
		return fmt.Errorf("got the unit %q, want one of those in cost/unit.go", p.Unit)
	case p.USD.IsNegative() || p.From.IsNegative():
		return fmt.Errorf("got the price %s from %s on, want none below 0", p.USD, p.From)
	case !slices.Contains([]string{"A", "B", "C"}, p.Grade):
		return fmt.Errorf("got the grade %q, want A, B or C", p.Grade)
	case p.Source == "":
		return errors.New("got no source")
	case !sources[p.Source]:
		return fmt.Errorf("got the source %q, want a key of sources.csv", p.Source)
	case !dateShape.MatchString(p.Date):
		return fmt.Errorf("got the date %q, want a year, month or day such as 2026-09-25", p.Date)
	}
	return nil
}

func (c *Catalogue) add(p Price, sources map[string]bool) error {
	if err := p.check(sources); err != nil {
		return err
	}
	key := path.Join(p.Service, p.SKU, p.Region)
	for _, other := range c.tiers[key] {
		if other.From.Equal(p.From) {
			return fmt.Errorf("%s from %s on stands twice", key, p.From)
		}
	}
	c.tiers[key] = append(c.tiers[key], p)
	c.Date = max(c.Date, p.Date)
	return nil
}

// Find returns the tiers of a price in a region, or the global ones. It never
// takes another region's.
func (c *Catalogue) Find(sku, region string) []Price {
	if tiers := c.tiers[sku+"/"+region]; region != "" && len(tiers) > 0 {
		return tiers
	}
	return c.tiers[sku+"/"+Global]
}

// Prices returns all rows, in order.
func (c *Catalogue) Prices() []Price {
	var all []Price
	for _, key := range sortedKeys(c.tiers) {
		all = append(all, c.tiers[key]...)
	}
	return all
}

// charge is what a quantity costs over the tiers.
func charge(tiers []Price, quantity decimal.Decimal) decimal.Decimal {
	total := decimal.Zero
	for i, tier := range tiers {
		top := quantity
		if i+1 < len(tiers) {
			top = decimal.Min(quantity, tiers[i+1].From)
		}
		if part := top.Sub(tier.From); part.IsPositive() {
			total = total.Add(part.Mul(tier.USD))
		}
	}
	return total
}

// readSources reads the keys of sources.csv.
func readSources(dir fs.FS) (map[string]bool, error) {
	records, err := readCSV(dir, "sources.csv")
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || strings.Join(records[0], ",") != "key,name,address" {
		return nil, errors.New("reading the catalogue: sources.csv: want the columns key,name,address")
	}
	keys := map[string]bool{}
	for _, r := range records[1:] {
		if r[0] == "" || r[1] == "" || keys[r[0]] {
			return nil, fmt.Errorf("reading the catalogue: sources.csv: %q has no name, or stands twice", r[0])
		}
		keys[r[0]] = true
	}
	return keys, nil
}

func readCSV(dir fs.FS, name string) ([][]string, error) {
	file, err := dir.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	records, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %s: %w", name, err)
	}
	return records, nil
}
