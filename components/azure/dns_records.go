package azure

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// key tells the record from the zone's others.
func (r *RecordArgs) key() string {
	name := r.Name
	if name == "" {
		name = "apex"
	}
	return strings.ReplaceAll(name, "*", "any") + "-" + r.Type
}

func (r *RecordArgs) check() error {
	switch {
	case (len(r.Values) == 0) == (r.Alias == nil):
		return fmt.Errorf("Records[%s]: Values and Alias: want one of them", r.key())
	case r.Alias != nil && r.Type != "A" && r.Type != "AAAA" && r.Type != "CNAME":
		return fmt.Errorf("Records[%s]: Alias: got type %s, want A, AAAA or CNAME", r.key(), r.Type)
	case r.Type == "CNAME" && r.Name == "":
		return fmt.Errorf("Records[%s]: got a CNAME for the zone itself, want an alias of type A", r.key())
	case r.Type == "CNAME" && len(r.Values) > 1:
		return fmt.Errorf("Records[%s]: got %d values, want one", r.key(), len(r.Values))
	}
	_, err := r.answers()
	if err != nil {
		return fmt.Errorf("Records[%s]: %w", r.key(), err)
	}
	return nil
}

// create makes the record in a zone.
func (r *RecordArgs) create(ctx *pulumi.Context, name string, group, zone pulumi.StringInput, parent pulumi.ResourceOption) error {
	label, ttl := r.Name, r.TTL
	if label == "" {
		label = "@"
	}
	if ttl == 0 {
		ttl = 300
	}
	args, err := r.answers()
	if err != nil {
		return fmt.Errorf("creating record %s: %w", r.key(), err)
	}
	args["resourceGroupName"], args["zoneName"] = group, zone
	args["recordType"], args["relativeRecordSetName"], args["ttl"] = pulumi.String(r.Type), pulumi.String(label), pulumi.Float64(ttl)
	if _, err := bind(ctx, "azure-native:network:RecordSet", name, args, parent); err != nil {
		return fmt.Errorf("creating record %s: %w", r.key(), err)
	}
	return nil
}

// answers are the values, each kind in its own form.
func (r *RecordArgs) answers() (pulumi.Map, error) {
	if r.Alias != nil {
		return pulumi.Map{"targetResource": pulumi.Map{"id": r.Alias}}, nil
	}
	list := func(field string) pulumi.Array {
		all := pulumi.Array{}
		for _, v := range r.Values {
			all = append(all, pulumi.Map{field: pulumi.String(v)})
		}
		return all
	}
	switch r.Type {
	case "A":
		return pulumi.Map{"aRecords": list("ipv4Address")}, nil
	case "AAAA":
		return pulumi.Map{"aaaaRecords": list("ipv6Address")}, nil
	case "CNAME":
		return pulumi.Map{"cnameRecord": pulumi.Map{"cname": pulumi.String(strings.Join(r.Values, ""))}}, nil
	case "NS":
		return pulumi.Map{"nsRecords": list("nsdname")}, nil
	case "TXT":
		all := pulumi.Array{}
		for _, v := range r.Values {
			all = append(all, pulumi.Map{"value": pulumi.StringArray{pulumi.String(v)}})
		}
		return pulumi.Map{"txtRecords": all}, nil
	case "MX", "CAA":
		return r.pairs()
	}
	return nil, fmt.Errorf("Type: got %q, want A, AAAA, CAA, CNAME, MX, NS or TXT", r.Type)
}

// pairs are the values that begin with numbers: "10 mail.example.com" and
// `0 issue "digicert.com"`.
func (r *RecordArgs) pairs() (pulumi.Map, error) {
	all := pulumi.Array{}
	for _, v := range r.Values {
		word := strings.Fields(v)
		if r.Type == "MX" && len(word) != 2 || r.Type == "CAA" && len(word) != 3 {
			return nil, fmt.Errorf("got %q, want 10 mail.example.com of an MX, 0 issue digicert.com of a CAA", v)
		}
		n, err := strconv.Atoi(word[0])
		if err != nil {
			return nil, fmt.Errorf("got %q, want it to begin with a number", v)
		}
		if r.Type == "MX" {
			all = append(all, pulumi.Map{"preference": pulumi.Int(n), "exchange": pulumi.String(word[1])})
			continue
		}
		all = append(all, pulumi.Map{
			"flags": pulumi.Int(n), "tag": pulumi.String(word[1]), "value": pulumi.String(strings.Trim(word[2], `"`)),
		})
	}
	if r.Type == "MX" {
		return pulumi.Map{"mxRecords": all}, nil
	}
	return pulumi.Map{"caaRecords": all}, nil
}
