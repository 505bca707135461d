// Package policies holds what security catalogues, the law and this repository
// ask of what a stack registers, as rules: a row each, by resource family, with
// the reason and with changes that must break it. A rule carries the catalogues'
// own ids: F is AWS Foundational Security Best Practices, T Trivy, C checkov, K
// KICS, CIS the CIS benchmark of the cloud, own what this repository asks of
// itself.
//
// The same rules run in three places: in the policy pack (cmd/policies), which
// refuses a preview or an update that breaks them; in this package's tests, on
// every shipped stack (go test ./policies -v prints what became of each rule in
// each stack); and on each rule's own bad changes, which it must refuse.
//
// A rule never fails for a value that a preview cannot know. What it could not
// see is counted, and said.
//
// settings.yaml says what a broken rule does in which stack, and holds the
// figures that rules ask for. waivers.yaml names what a sound design breaks.
package policies
