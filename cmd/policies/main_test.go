package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func call(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

func TestCommands(t *testing.T) {
	for line, want := range map[string]string{
		"rules": "F RDS.2\tP1\trds.Instance\t", "compliance": "# Compliance\n",
	} {
		if code, out, errs := call(line); code != 0 || !strings.Contains(out, want) || errs != "" {
			t.Errorf("%s: got code %d, %q", line, code, errs)
		}
	}
	for _, args := range [][]string{nil, {"chekc"}, {"rules", "x"}} {
		if code, out, errs := call(args...); code != 2 || out != "" || !strings.HasPrefix(errs, "usage:") {
			t.Errorf("%v: got code %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestCheckNamesWaiversThatHaveEnded(t *testing.T) {
	var out, errs bytes.Buffer
	if code := check(&out, &errs, time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)); code != 0 || errs.Len() != 0 {
		t.Errorf("today: got code %d, %s", code, &errs)
	}
	if code := check(&out, &errs, time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC)); code != 1 || !strings.Contains(errs.String(), "expired on") || !strings.Contains(errs.String(), "waivers.yaml:") {
		t.Errorf("in a hundred years: got code %d, %s", code, &errs)
	}
}
