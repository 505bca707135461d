// Package admission has tests alone: they judge pods by the program's admission
// policies with the CEL implementation that API servers use. It is a module of
// its own, since the program needs no CEL.
package admission
