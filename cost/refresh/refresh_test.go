package refresh

import (
	"os"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/cost"
)

func fixture(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func rows(prices []cost.Price) string {
	var all []string
	for _, p := range prices {
		all = append(all, strings.Join([]string{p.Service, p.SKU, p.Region, string(p.Unit), p.From.String(), p.USD.String(), p.Grade, p.Source, p.Date, p.Note}, ","))
	}
	return strings.Join(all, "\n")
}

// The lists have the shape of AWS's offer files: the same machine for several
// operating systems, tenancies and reservations, regional gateways beside zonal
// ones, prefixes of regions, and tiers.
func TestRead(t *testing.T) {
	for name, want := range map[string]string{
		"AmazonEC2-eu-west-1.json": `ec2,m7g.large,eu-west-1,hour,0,0.5,A,price-list,2026-09-25,AmazonEC2 20260925174521
nat,data,eu-west-1,GB,0,0.048,A,price-list,2026-09-25,AmazonEC2 20260925174521
nat,gateway,eu-west-1,hour,0,0.048,A,price-list,2026-09-25,AmazonEC2 20260925174521`,
		"AmazonS3-eu-west-1.json": `s3,standard,eu-west-1,GB-month,0,0.023,A,price-list,2026-08-31,AmazonS3 20260831092225
s3,standard,eu-west-1,GB-month,51200,0.022,A,price-list,2026-08-31,AmazonS3 20260831092225
s3,writes,eu-west-1,1k,0,0.005,A,price-list,2026-08-31,AmazonS3 20260831092225`,
		"AmazonRDS-eu-west-1.json": `rds-postgres-multi-az,db.m7g.large,eu-west-1,hour,0,1.2,A,price-list,2026-08-31,AmazonRDS 20260831092223
rds-postgres,db.m7g.large,eu-west-1,hour,0,0.6,A,price-list,2026-08-31,AmazonRDS 20260831092223`,
	} {
		offer, err := Read(strings.NewReader(fixture(t, name)), "eu-west-1")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := rows(offer.Prices); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// What is no price list, half of one, or one that contradicts itself is refused.
func TestReadRefuses(t *testing.T) {
	list := fixture(t, "AmazonEC2-eu-west-1.json")
	for name, tt := range map[string]struct{ list, region, want string }{
		"another region": {list, "us-west-2", "nothing for us-west-2"},
		"truncated":      {list[:len(list)/2], "eu-west-1", "reading the price list"},
		"nothing":        {"", "eu-west-1", "reading the price list"},
		"a page":         {"<html>", "eu-west-1", "reading the price list"},
		"another format": {`{"FormatVersion":"aws_v1","PriceList":[]}`, "eu-west-1", "no offerCode"},
		"yuan":           {strings.ReplaceAll(list, `"USD"`, `"CNY"`), "eu-west-1", "want US dollars"},
		"a unit":         {strings.Replace(list, `"unit": "GB"`, `"unit": "TB"`, 1), "eu-west-1", `"TB"`},
		"two prices":     {strings.ReplaceAll(strings.ReplaceAll(list, `"Windows"`, `"Linux"`), `"Run2"`, `"Run1"`), "eu-west-1", "are both"},
	} {
		if _, err := Read(strings.NewReader(tt.list), tt.region); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, tt.want)
		}
	}
}

// A merge replaces what the list prices and nothing else; a second one changes
// nothing.
func TestMerge(t *testing.T) {
	offer, err := Read(strings.NewReader(fixture(t, "AmazonEC2-eu-west-1.json")), "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	const old = "service,sku,region,unit,from,usd,grade,source,date,note\n" +
		"eks,cluster,us-east-1,hour,0,0.10,A,infracost,2025-07-04,eks_cluster\n" +
		"nat,gateway,eu-west-1,hour,0,0.05,B,infracost,2024-07-01,guess\n" +
		"nat,gateway,us-east-1,hour,0,0.045,A,infracost,2024-07-01,nat_gateway\n"
	merged, changes, err := Merge([]byte(old), offer.Prices)
	if err != nil {
		t.Fatal(err)
	}
	want := "ec2/m7g.large/eu-west-1 from 0: new, 0.5\nnat/data/eu-west-1 from 0: new, 0.048\nnat/gateway/eu-west-1 from 0: 0.048, was 0.05"
	if got := strings.Join(changes, "\n"); got != want {
		t.Errorf("changes: got\n%s\nwant\n%s", got, want)
	}
	for _, kept := range []string{"eks,cluster,us-east-1,hour,0,0.10,", "nat,gateway,us-east-1,hour,0,0.045,"} {
		if !strings.Contains(string(merged), kept) {
			t.Errorf("%s is gone:\n%s", kept, merged)
		}
	}
	if strings.Contains(string(merged), "guess") {
		t.Errorf("the old price is still there:\n%s", merged)
	}
	again, changes, err := Merge(merged, offer.Prices)
	if err != nil || len(changes) > 0 || string(again) != string(merged) {
		t.Errorf("a second merge changes %v (%v)", changes, err)
	}
	if _, _, err := Merge([]byte("a,b\n"), offer.Prices); err == nil {
		t.Error("a file with other columns is accepted")
	}
}
