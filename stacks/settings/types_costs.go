package settings

import (
	"fmt"
	"strconv"
)

// Costs says what a stack may cost, and when it stands still.
type Costs struct {
	// MonthlyBudgetUSD is what a month may cost in US dollars; 0 for no budget. Where
	// a bill of Azure or Google Cloud has another currency, the budget is the same
	// number of that: estimates stay in dollars. At 80 and 100 % of it, and when the month's forecast passes it, the
	// subscribers of alerts.p1 and alertEmails hear of it. It counts the whole
	// account's costs, unless allocationTags are on.
	MonthlyBudgetUSD int `yaml:"monthlyBudgetUSD"`
	// OverBudget is what happens when the stack's estimated cost is above
	// monthlyBudgetUSD: warn, or refuse, which lets neither a preview nor an update
	// begin.
	OverBudget OverBudget `yaml:"overBudget"`
	// ReferenceRegion is a region whose rates the estimate shows beside those of the
	// stack's own, where the catalogue of prices knows few of them; empty for none.
	ReferenceRegion string `yaml:"referenceRegion"`
	// AlertEmails are addresses that hear of the budget, up to ten.
	AlertEmails []string `yaml:"alertEmails"`
	// AnomalyUSD is how much more than expected a service must cost, in US
	// dollars, for the subscribers of alerts.p1 to hear of it; 0 for never.
	AnomalyUSD int `yaml:"anomalyUSD"`
	// AnomalyMonitor is the ARN of the account's monitor of its services. Without
	// one it is made, which AWS refuses where there is one: it makes one itself
	// in accounts opened since 2023 (aws ce get-anomaly-monitors lists them).
	AnomalyMonitor string `yaml:"anomalyMonitor"`
	// AllocationTags makes the tags project, stack, team, cost-centre and
	// component columns of the bill. Set it a day after the first update, when
	// the bill has seen the tags; in one stack of an account, and only where the
	// account pays for itself: AWS refuses members of an organisation, whose
	// payer has to do it.
	AllocationTags bool `yaml:"allocationTags"`
	// Schedule stops nodes and database while nobody works.
	Schedule Schedule `yaml:"schedule"`
}

// Schedule says when a stack runs. Empty means always.
type Schedule struct {
	// Timezone is the time zone of start and stop by its name in the IANA
	// database, such as Europe/Berlin.
	Timezone string `yaml:"timezone"`
	// Start is when the stack starts, such as "07:00" (in quotes).
	Start string `yaml:"start"`
	// Stop is when it stops on the same day, at least six hours later: the
	// database's backups and maintenance take place in between.
	Stop string `yaml:"stop"`
	// Weekends has it run on Saturdays and Sundays as on other days; otherwise it
	// stands still from Friday's stop to Monday's start.
	Weekends bool `yaml:"weekends"`
}

// On says whether there is a schedule.
func (s Schedule) On() bool { return s.Start != "" || s.Stop != "" }

// Minutes are start and stop as minutes after midnight.
func (s Schedule) Minutes() (start, stop int) {
	start, _ = minuteOf(s.Start)
	stop, _ = minuteOf(s.Stop)
	return start, stop
}

// Window is a weekly hour in UTC, such as wed:08:00-wed:09:00, or with no day a
// daily one (08:00-09:00): it begins so many minutes after the start, by
// standard time. In summer that is an hour later, where clocks change.
func (s Schedule) Window(day string, after int) string {
	start, _ := s.Minutes()
	at := start + after - timezones[s.Timezone].least
	clock := func(minute int) string {
		of := (minute%(24*60) + 24*60) % (24 * 60)
		text := fmt.Sprintf("%02d:%02d", of/60, of%60)
		if day == "" {
			return text
		}
		return weekday(day, minute) + ":" + text
	}
	return clock(at) + "-" + clock(at+60)
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// weekday is the day that a minute counted from a day's midnight falls on.
func weekday(day string, minute int) string {
	for i, name := range weekdays {
		if name == day {
			days := (minute + 7*24*60) / (24 * 60) // from a week before, to round down
			return weekdays[(i+days)%7]
		}
	}
	return day
}

// minuteOf reads a time of day, hh:mm.
func minuteOf(text string) (int, bool) {
	if !clockShape.MatchString(text) {
		return 0, false
	}
	hour, errH := strconv.Atoi(text[:2])
	minute, errM := strconv.Atoi(text[3:])
	return hour*60 + minute, errH == nil && errM == nil
}
