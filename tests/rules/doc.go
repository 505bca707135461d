// Package rules holds what security catalogues ask of AWS resources, as checks
// over what each stack registers. A rule carries the catalogues' own ids: F is
// AWS Foundational Security Best Practices, T Trivy, C checkov, K KICS, CIS the
// CIS AWS Foundations Benchmark, own what this repository asks of itself.
//
// The rules are tests; go test ./tests/rules -v prints what became of each rule
// in each stack.
package rules
