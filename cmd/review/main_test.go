package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs the command in a directory and returns its code and what it said.
func call(t *testing.T, dir string, args ...string) (code int, out, errs string) {
	t.Helper()
	t.Chdir(dir)
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

func TestCost(t *testing.T) {
	code, out, errs := call(t, "../..", "cost", "-s", "dev")
	if code != ok || errs != "" {
		t.Fatalf("got %d: %s", code, errs)
	}
	for _, want := range []string{"dev: ", "by category", "by component", "rests on", "usage.network.natGB", "costs.schedule", "have no rate"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	file := filepath.Join(t.TempDir(), "dev.html")
	code, out, _ = call(t, ".", "cost", "-s", "dev", "--json", "--html", file)
	var cost map[string]any
	if err := json.Unmarshal([]byte(out), &cost); code != ok || err != nil || cost["summary"] == nil {
		t.Errorf("got %d, %v: %s", code, err, out)
	}
	if page, err := os.ReadFile(file); err != nil || !bytes.Contains(page, []byte("network: NAT gateway hours")) {
		t.Errorf("the page: %v\n%s", err, page)
	}
	if code, _, errs := call(t, ".", "cost", "-s", "dev", "--html", filepath.Join(file, "x")); code != failed || errs == "" {
		t.Errorf("a page that cannot be written: got %d, %q", code, errs)
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{
		{}, {"costs"}, {"cost"}, {"cost", "-s", "dev", "prod"}, {"cost", "--speed"},
		{"changes"}, {"changes", "-from", "."}, {"changes", "-stacks", "dev"}, {"changes", "-from", ".", "-stacks", "dev", "prod"},
		{"prices"}, {"prices", "-region", "eu-west-1"}, {"prices", "-region", "eu-west-1", "-offer", "a", "-service", "b"},
	} {
		if code, out, errs := call(t, ".", args...); code != wrongUse || out != "" || !strings.Contains(errs, "usage:") {
			t.Errorf("%v: got %d, %q, %q", args, code, out, errs)
		}
	}
}

// What cannot be told is said, never a sum of nothing.
func TestBrokenStacks(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"broken": "config: {explico:region: mars}\n", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, "Pulumi."+name+".yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for stack, want := range map[string]string{"broken": "CFG012", "empty": "CFG001", "absent": "no such file"} {
		if code, out, errs := call(t, dir, "cost", "-s", stack); code != failed || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: got %d, %q, %q", stack, code, out, errs)
		}
	}
}

// A stack over a budget that refuses has a table, and a code of its own.
func TestOverBudget(t *testing.T) {
	file, err := os.ReadFile("../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	text := strings.Replace(string(file), "monthlyBudgetUSD: 400", "monthlyBudgetUSD: 1\n    overBudget: refuse", 1)
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.dev.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, dir, "cost", "-s", "dev"); code != refused || !strings.Contains(out, "headroom (over)") {
		t.Errorf("got %d: %s", code, out)
	}
}

// catalogue is a copy of the shipped catalogue.
func catalogue(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../cost/catalogue")); err != nil {
		t.Fatal(err)
	}
	return dir
}

const ec2List = "../../cost/refresh/testdata/AmazonEC2-eu-west-1.json"

// The catalogue is refreshed from a file, or from an address; what is no price
// list changes nothing.
func TestPrices(t *testing.T) {
	list, err := filepath.Abs(ec2List)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(list))))
	defer server.Close()
	for _, from := range []string{list, server.URL + "/" + filepath.Base(list)} {
		dir := catalogue(t)
		code, out, errs := call(t, ".", "prices", "-offer", from, "-region", "eu-west-1", "-catalogue", dir)
		if code != ok || !strings.Contains(out, "ec2/m7g.large/eu-west-1 from 0: 0.5, was ") {
			t.Fatalf("%s: got %d, %q, %q", from, code, out, errs)
		}
		if text, _ := os.ReadFile(filepath.Join(dir, "aws-ec2.csv")); !strings.Contains(string(text), "\nec2,m7g.large,eu-west-1,hour,0,0.5,A,price-list,2026-09-25,AmazonEC2 20260925174521\n") {
			t.Error("the price is not in aws-ec2.csv")
		}
	}
	dir := catalogue(t)
	before, _ := os.ReadFile(filepath.Join(dir, "aws.csv"))
	for from, want := range map[string]string{
		server.URL + "/absent.json": "404", filepath.Join(dir, "sources.csv"): "reading the price list", filepath.Join(dir, "absent"): "no such file",
	} {
		if code, _, errs := call(t, ".", "prices", "-offer", from, "-region", "eu-west-1", "-catalogue", dir); code != failed || !strings.Contains(errs, want) {
			t.Errorf("%s: got %d, %q", from, code, errs)
		}
	}
	if after, _ := os.ReadFile(filepath.Join(dir, "aws.csv")); !bytes.Equal(before, after) {
		t.Error("a list that cannot be read changed the catalogue")
	}
}

// unpriced are the lines of an output that have no rate, with the reasons.
func unpriced(t *testing.T, out string) map[string]string {
	t.Helper()
	var cost struct{ Unpriced map[string]string }
	if err := json.Unmarshal([]byte(out), &cost); err != nil {
		t.Fatal(err)
	}
	return cost.Unpriced
}
