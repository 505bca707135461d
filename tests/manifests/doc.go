// Package manifests renders every Kubernetes object of every stack and scenario
// and has it checked by code that nobody here wrote: Kubernetes' own types,
// strictly decoded; the custom resource definitions that projects ship in their
// Go modules; Kubernetes' evaluator of Pod Security Standards; kube-score.
//
// The checkers are modules of their own (tools/manifests, tools/kube-score), so
// that the program does not compile what only its tests need.
package manifests
