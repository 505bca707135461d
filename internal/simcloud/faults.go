package simcloud

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Faults are accidents that befall the nth operation (creation, update or
// deletion) of a cloud, counted from 1.
type Faults struct {
	mu    sync.Mutex
	count int
	plan  map[int]string
}

// The kinds of accidents, in the words of AWS.
var accidents = map[string]string{
	"fail":     "InternalFailure: an internal error has occurred",
	"throttle": "ThrottlingException: Rate exceeded",
	"timeout":  "RequestError: send request failed: context deadline exceeded",
}

// ParseFaults reads a plan such as "fail@12,throttle@40".
func ParseFaults(text string) (*Faults, error) {
	f := &Faults{plan: map[int]string{}}
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		kind, at, _ := strings.Cut(word, "@")
		n, err := strconv.Atoi(at)
		if _, known := accidents[kind]; !known || err != nil || n < 1 {
			return nil, fmt.Errorf("reading the fault %q: want fail@N, throttle@N or timeout@N, with N from 1", word)
		}
		f.plan[n] = kind
	}
	return f, nil
}

// Plan sets the accidents that are to come.
func (c *Cloud) Plan(f *Faults) { c.faults = f }

// Operations is how many operations there were.
func (f *Faults) Operations() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

func (f *Faults) strike(verb, what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	kind, hit := f.plan[f.count]
	if !hit {
		return nil
	}
	return fmt.Errorf("%s (planned fault: operation %d, %s %s)", accidents[kind], f.count, verb, what)
}
