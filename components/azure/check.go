package azure

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// problems are all that is wrong with a component's arguments.
type problems []error

func (p *problems) want(ok bool, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Errorf(format, args...))
	}
}

func (p *problems) add(errs ...error) {
	for _, err := range errs {
		p.want(err == nil, "%w", err)
	}
}

// err is all of them in one, in an order that does not change.
func (p *problems) err() error {
	slices.SortFunc(*p, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errors.Join(*p...)
}

func (at *PrivatePlace) check(path string) []error {
	var p problems
	p.want(at != nil && at.SubnetID != nil, "%s.SubnetID is missing", path)
	p.want(at != nil && at.ZoneID != nil, "%s.ZoneID is missing", path)
	return p
}
