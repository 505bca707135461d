package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/review"
)

// changes reviews what previews say.
func changes(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("review changes", flag.ContinueOnError)
	flags.SetOutput(errs)
	from := flags.String("from", "", "the directory with a directory for each stack, which holds "+review.PreviewFile+" and what else there is")
	names := flags.String("stacks", "", "the stacks, separated by commas: one that is missing fails the review")
	overrides := flags.String("overrides", "overrides", "the directory of signed overrides")
	signers := flags.String("signers", "overrides/signers", "who may sign, in the format of ssh-keygen's allowed signers")
	markdown := flags.String("markdown", "", "write the comment to this file instead of printing it")
	jsonFile := flags.String("json", "", "write the review as JSON to this file, too")
	if err := flags.Parse(args); err != nil || *from == "" || *names == "" || flags.NArg() > 0 {
		fmt.Fprint(errs, usage)
		return wrongUse
	}
	approved, ignored, err := readOverrides(*overrides, *signers)
	r := review.Make(os.DirFS(*from), strings.Split(*names, ","), approved)
	r.Ignored = ignored
	if err != nil {
		r.Problems, r.Verdict = append(r.Problems, err.Error()), review.Failed
	}
	if err := write(r, *markdown, *jsonFile, out); err != nil {
		fmt.Fprintln(errs, "review:", err)
		return failed
	}
	switch r.Verdict {
	case review.Passes:
		return ok
	case review.Refused:
		return refused
	}
	return failed
}

// readOverrides reads the overrides of a directory, if there is one.
func readOverrides(dir, file string) (valid []review.Override, ignored []string, err error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("reading who may sign overrides: %w", err)
	}
	who, err := review.ReadSigners(file, text)
	if err != nil {
		return nil, nil, err
	}
	return review.ReadOverrides(os.DirFS(dir), who, time.Now())
}

// write writes the review as a comment and as JSON.
func write(r *review.Review, markdown, jsonFile string, out io.Writer) error {
	if jsonFile != "" {
		text, err := r.JSON()
		if err != nil {
			return err
		}
		if err := os.WriteFile(jsonFile, text, 0o644); err != nil {
			return fmt.Errorf("writing the review: %w", err)
		}
	}
	if markdown == "" {
		fmt.Fprint(out, r.Markdown())
		return nil
	}
	if err := os.WriteFile(markdown, []byte(r.Markdown()), 0o644); err != nil {
		return fmt.Errorf("writing the comment: %w", err)
	}
	return nil
}
