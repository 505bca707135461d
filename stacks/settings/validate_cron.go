package settings

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// fiveFields says what is wanted of a schedule as Kubernetes and Velero read it, with
// the library that both of them use; nothing of a good one. A time zone stands in a
// setting of its own, never in front.
// Source: Kubernetes docs, "CronJob", schedule syntax and time zones; Velero docs,
// "Backup Reference", Schedule a Backup.
func fiveFields(schedule string) string {
	const want = "cron's five fields, such as 30 3 * * *"
	if len(strings.Fields(schedule)) != 5 || strings.ContainsAny(schedule, "=@") {
		return want
	}
	times, err := cron.ParseStandard(schedule)
	if err != nil {
		return want + ": " + err.Error()
	}
	// Any day will do, as long as it is always the same one. It looks five years ahead.
	if times.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return want + ": there is no such day"
	}
	return ""
}

// zoneWant says what is wanted of a time zone; nothing of a good one.
func zoneWant(name string) string {
	if _, known := timezones[name]; known || name == "Etc/UTC" || name == "UTC" {
		return ""
	}
	if near := nearest(name, ordered(timezones)); near != "" {
		return "a time zone: did you mean " + near + "?"
	}
	return "a time zone such as Europe/Berlin"
}

// watcherField is a field of a schedule of Elasticsearch.
type watcherField struct {
	name        string
	least, most int
	words       string         // what stands for the numbers from least on
	special     *regexp.Regexp // what else it takes
}

// watcherFields are the fields, the last of which may be left out.
// Source: Elasticsearch reference, "Cron expressions".
var watcherFields = []watcherField{
	{"seconds", 0, 59, "", nil}, {"minutes", 0, 59, "", nil}, {"hours", 0, 23, "", nil},
	{"day of the month", 1, 31, "", regexp.MustCompile(`^(\?|L|LW|L-([1-9]|[12][0-9]|30)|([1-9]|[12][0-9]|3[01])W)$`)},
	{"month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", nil},
	{"day of the week", 1, 7, "SUN MON TUE WED THU FRI SAT", regexp.MustCompile(`^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$`)},
	{"year", 1970, 2099, "", nil},
}

// watcherWant says what is wanted of a schedule of Elasticsearch: seconds, minutes,
// hours, day of the month, month, day of the week and perhaps a year; one of the
// days is ?. Nothing of a good one.
func watcherWant(schedule string) string {
	const want = `a cron expression with seconds in front and a ? for one of the days, such as "0 30 1 * * ?"`
	fields := strings.Fields(strings.ToUpper(schedule))
	if len(fields) < 6 || len(fields) > 7 || (fields[3] == "?") == (fields[5] == "?") {
		return want
	}
	for i, text := range fields {
		f := watcherFields[i]
		for part := range strings.SplitSeq(text, ",") {
			if !f.takes(part) {
				return fmt.Sprintf("%s: %s, %d to %d", want, f.name, f.least, f.most)
			}
		}
	}
	return ""
}

// takes says whether a field has a part: *, a value or a range, perhaps with a step.
func (f watcherField) takes(part string) bool {
	if f.special != nil && f.special.MatchString(part) {
		return true
	}
	of, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || n > f.most) {
		return false
	}
	if of == "*" {
		return true
	}
	from, to, ranged := strings.Cut(of, "-")
	return f.has(from) && (!ranged || f.has(to))
}

// has says whether a field has a value.
func (f watcherField) has(text string) bool {
	for word := range strings.FieldsSeq(f.words) {
		if text == word {
			return true
		}
	}
	n, err := strconv.Atoi(text)
	return err == nil && n >= f.least && n <= f.most
}
