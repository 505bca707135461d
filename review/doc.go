// Package review says what a change means before it is made, of what the engine
// says in a preview: what changes, what of it holds data and would be lost, what
// the stack will cost, which policies it breaks, and what could not be told.
//
// What it reads may be cut off, of another stack, or nothing at all, and then it
// says so: a review that cannot be made is never a review of no changes. It
// prints no secret, and nothing that might be one.
package review
