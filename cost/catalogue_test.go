package cost

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/shopspring/decimal"
)

func load(t testing.TB, cloud string) *Catalogue {
	t.Helper()
	c, err := LoadCatalogue(cloud)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func TestShippedCataloguesAreSound(t *testing.T) {
	for cloud, least := range map[string]int{"aws": 1000, "gcp": 5000, "azure": 5000} {
		if n := len(load(t, cloud).Prices()); n < least {
			t.Errorf("%s has %d prices only", cloud, n)
		}
	}
	if n := len(load(t, "local").Prices()); n != 0 {
		t.Errorf("local has %d prices: nobody bills it", n)
	}
	if _, err := LoadCatalogue("elsewhere"); err == nil {
		t.Error("a cloud that nobody knows has prices")
	}
}

const (
	goodSources = "key,name,address\nlist,A price list,\n"
	longHeader  = "service,sku,region,unit,from,usd,grade,source,date,note\n"
	goodRow     = "nat,gateway,eu-west-1,hour,0,0.048,A,list,2026-09-25,\n"
)

// Every fault of a catalogue is refused, with its line and what is wrong.
func TestBrokenCatalogues(t *testing.T) {
	for name, tt := range map[string]struct{ rows, want string }{
		"no source":        {"nat,gateway,eu-west-1,hour,0,0.048,A,,2026,\n", "got no source"},
		"unknown source":   {"nat,gateway,eu-west-1,hour,0,0.048,A,hearsay,2026,\n", `"hearsay"`},
		"negative price":   {"nat,gateway,eu-west-1,hour,0,-0.048,A,list,2026,\n", `"-0.048"`},
		"no price":         {"nat,gateway,eu-west-1,hour,0,,A,list,2026,\n", `""`},
		"an exponent":      {"nat,gateway,eu-west-1,hour,0,1e3,A,list,2026,\n", `"1e3"`},
		"a currency":       {"nat,gateway,eu-west-1,hour,0,$1,A,list,2026,\n", `"$1"`},
		"duplicate":        {goodRow + goodRow, "stands twice"},
		"unknown unit":     {"nat,gateway,eu-west-1,fortnight,0,0.048,A,list,2026,\n", `"fortnight"`},
		"unknown grade":    {"nat,gateway,eu-west-1,hour,0,0.048,D,list,2026,\n", `"D"`},
		"no date":          {"nat,gateway,eu-west-1,hour,0,0.048,A,list,,\n", "date"},
		"a bad date":       {"nat,gateway,eu-west-1,hour,0,0.048,A,list,25.9.2026,\n", "25.9.2026"},
		"no region":        {"nat,gateway,,hour,0,0.048,A,list,2026,\n", "no region"},
		"no first tier":    {"nat,gateway,eu-west-1,hour,5,0.048,A,list,2026,\n", "begins at 5"},
		"units of a tier":  {goodRow + "nat,gateway,eu-west-1,GB,5,0.048,A,list,2026,\n", "several units"},
		"a missing column": {"nat,gateway\n", "wrong number of fields"},
	} {
		dir := fstest.MapFS{"sources.csv": {Data: []byte(goodSources)}, "x.csv": {Data: []byte(longHeader + tt.rows)}}
		_, err := ReadCatalogue(dir, "x.csv")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, tt.want)
		}
	}
	for name, dir := range map[string]fstest.MapFS{
		"no sources":     {"x.csv": {Data: []byte(longHeader + goodRow)}},
		"other columns":  {"sources.csv": {Data: []byte(goodSources)}, "x.csv": {Data: []byte("a,b\n")}},
		"empty":          {"sources.csv": {Data: []byte(goodSources)}, "x.csv": {Data: nil}},
		"twice a source": {"sources.csv": {Data: []byte(goodSources + "list,Again,\n")}, "x.csv": {Data: []byte(longHeader + goodRow)}},
	} {
		if _, err := ReadCatalogue(dir, "x.csv"); err == nil {
			t.Errorf("%s: is accepted", name)
		}
	}
}

// All problems are reported at once.
func TestBrokenCatalogueReportsAll(t *testing.T) {
	dir := fstest.MapFS{"sources.csv": {Data: []byte(goodSources)}, "x.csv": {Data: []byte(longHeader +
		"nat,gateway,eu-west-1,hour,0,-1,A,list,2026,\nnat,data,eu-west-1,league,0,1,A,list,2026,\n")}}
	_, err := ReadCatalogue(dir, "x.csv")
	if err == nil || !strings.Contains(err.Error(), "x.csv:2") || !strings.Contains(err.Error(), "x.csv:3") {
		t.Errorf("got %v, want both lines", err)
	}
}

// A region has its own rate, or a global one, and never another region's.
func TestRatesStayInTheirRegion(t *testing.T) {
	c := load(t, "aws")
	if got := c.Find("nat/gateway", "eu-west-1"); len(got) != 1 || !got[0].USD.Equal(dec("0.048")) {
		t.Errorf("NAT in eu-west-1: got %v", got)
	}
	if got := c.Find("nat/gateway", "ap-south-2"); got != nil {
		t.Errorf("NAT in ap-south-2: got %v, want nothing", got)
	}
	if got := c.Find("route53/zone", "ap-south-2"); got == nil {
		t.Error("a zone has no price in ap-south-2, though it is global")
	}
}

func TestTiers(t *testing.T) {
	tiers := []Price{{USD: dec("0.09")}, {From: dec("10000"), USD: dec("0.085")}, {From: dec("50000"), USD: dec("0.07")}}
	for quantity, want := range map[string]string{"0": "0", "1": "0.09", "10000": "900", "10001": "900.085", "60000": "5000"} {
		if got := charge(tiers, dec(quantity)); !got.Equal(dec(want)) {
			t.Errorf("%s: got %s, want %s", quantity, got, want)
		}
	}
}

// Prices that public tables are known to get wrong: another engine's, another
// service's, another region's.
func TestKnownTraps(t *testing.T) {
	c := load(t, "aws")
	for sku, want := range map[string]string{
		"rds-postgres/db.m6g.large": "0.159", "rds-postgres/db.r5.large": "0.25", "elasticache-redis/cache.m6g.large": "0.149",
		"ebs/gp3-storage": "0.08", "rds/gp3-storage": "0.115", "rds-postgres-multi-az/db.t4g.medium": "0.129", "eks/cluster-extended": "0.6",
	} {
		got := c.Find(sku, "us-east-1")
		if len(got) == 0 || !got[0].USD.Equal(dec(want)) {
			t.Errorf("%s: got %v, want %s", sku, got, want)
		}
	}
	for _, p := range c.Prices() {
		if strings.Contains(p.SKU, "metal") {
			t.Errorf("%s is priced on dedicated hardware", p.SKU)
		}
		if p.Service == "backup" && p.Region == "us-east-1" {
			t.Errorf("%s is a price of us-west-1", p.SKU)
		}
	}
}

var azureSize = regexp.MustCompile(`^Standard_([DE])(\d+)((?:l?d?s|ls|lds|as|ads|ps|pds)_v[56])$`)

// A processor costs the same in all sizes of a family: a table that mixes
// operating systems does not.
func TestPricePerProcessorIsConstant(t *testing.T) {
	first := map[string]decimal.Decimal{}
	checked := 0
	for _, p := range load(t, "azure").Prices() {
		m := azureSize.FindStringSubmatch(p.SKU)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		each, family := p.USD.Div(whole(n)), p.Region+" "+m[1]+m[3]
		if was, seen := first[family]; seen && each.Sub(was).Abs().GreaterThan(was.Mul(dec("0.05"))) {
			t.Errorf("%s in %s: %s a processor, others %s", p.SKU, p.Region, each, was)
		}
		if _, seen := first[family]; !seen {
			first[family] = each
		}
		checked++
	}
	if checked < 100 {
		t.Errorf("checked %d sizes only", checked)
	}
}
