package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/cost"
	"github.com/te-explico/infrastructure/cost/refresh"
)

// listAddress is where AWS publishes its price lists, without credentials.
const listAddress = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/%s/current/%s/index.json"

// prices refreshes the catalogue from a price list: a file, or an address.
func prices(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("review prices", flag.ContinueOnError)
	flags.SetOutput(errs)
	offer := flags.String("offer", "", "a price list: a file or an address")
	service := flags.String("service", "", "the service whose current list is fetched instead, such as AmazonEC2")
	region := flags.String("region", "", "the region whose prices are taken, such as eu-west-1")
	dir := flags.String("catalogue", "cost/catalogue", "the directory of the catalogue")
	if err := flags.Parse(args); err != nil || *region == "" || (*offer == "") == (*service == "") || flags.NArg() > 0 {
		fmt.Fprint(errs, usage)
		return wrongUse
	}
	from := *offer
	if from == "" {
		from = fmt.Sprintf(listAddress, *service, *region)
	}
	if err := refreshFrom(from, *region, *dir, out); err != nil {
		fmt.Fprintln(errs, "review:", err)
		return failed
	}
	return ok
}

func refreshFrom(from, region, dir string, out io.Writer) error {
	list, err := open(from)
	if err != nil {
		return err
	}
	defer list.Close()
	offer, err := refresh.Read(list, region)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	byFile := map[string][]cost.Price{}
	for _, p := range offer.Prices {
		name := "aws.csv"
		if p.Service == "ec2" {
			name = "aws-ec2.csv"
		}
		byFile[name] = append(byFile[name], p)
	}
	merged, changed := map[string][]byte{}, 0
	for name, part := range byFile {
		file, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("reading the catalogue: %w", err)
		}
		text, changes, err := refresh.Merge(file, part)
		if err != nil {
			return err
		}
		for _, c := range changes {
			fmt.Fprintln(out, c)
		}
		merged[name], changed = text, changed+len(changes)
	}
	for name, text := range merged {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return fmt.Errorf("writing the catalogue: %w", err)
		}
	}
	if _, err := cost.ReadCatalogue(os.DirFS(dir), "aws.csv", "aws-ec2.csv"); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s %s of %s: %d prices, %d changed\n", offer.Code, offer.Version, offer.Date, len(offer.Prices), changed)
	return nil
}

// open opens a file, or what is at an address.
func open(from string) (io.ReadCloser, error) {
	if !strings.HasPrefix(from, "https://") && !strings.HasPrefix(from, "http://") {
		file, err := os.Open(from)
		if err != nil {
			return nil, fmt.Errorf("opening the price list: %w", err)
		}
		return file, nil
	}
	client := http.Client{Timeout: 15 * time.Minute} // that of EC2 is large
	answer, err := client.Get(from)
	if err != nil {
		return nil, fmt.Errorf("fetching the price list: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("fetching the price list: %s: %s", from, answer.Status)
	}
	return answer.Body, nil
}
