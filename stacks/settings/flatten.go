package settings

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// ordered are the keys of a map, sorted.
func ordered[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// bySeverity are the subscribers by the key of their severity.
func (a Alerts) bySeverity() map[string]map[string]Subscription {
	return map[string]map[string]Subscription{"p0": a.P0, "p1": a.P1}
}

// byKey are the buckets by their key.
func (b Buckets) byKey() map[string]Bucket {
	return map[string]Bucket{"assets": b.Assets, "uploads": b.Uploads, "logs": b.Logs, "backups": b.Backups}
}

// Flatten lists every setting by its path (network.zones.eu-west-1a) with its
// value as text: what two stacks are compared by. Secrets show as [secret], an
// empty list or map as nothing.
func Flatten(s *Settings) map[string]string {
	all := map[string]string{}
	flatten("", reflect.ValueOf(*s), all)
	return all
}

func flatten(path string, v reflect.Value, all map[string]string) {
	switch {
	case v.Type() == secretType || v.Type() == durationType:
		all[path] = fmt.Sprint(v.Interface())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			flatten(child(path, v.Type().Field(i).Tag.Get("yaml")), v.Field(i), all)
		}
	case v.Kind() == reflect.Map:
		if v.Len() == 0 {
			all[path] = ""
		}
		for iter := v.MapRange(); iter.Next(); {
			flatten(child(path, iter.Key().String()), iter.Value(), all)
		}
	case v.Kind() == reflect.Slice:
		if v.Len() == 0 {
			all[path] = ""
		}
		for i := range v.Len() {
			flatten(path+"["+strconv.Itoa(i)+"]", v.Index(i), all)
		}
	default:
		all[path] = fmt.Sprint(v.Interface())
	}
}
