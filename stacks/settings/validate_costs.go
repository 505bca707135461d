package settings

import (
	"fmt"
	"regexp"
)

var (
	clockShape   = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	monitorShape = regexp.MustCompile(`^arn:aws(-[a-z]+)*:ce::[0-9]{12}:anomalymonitor/[a-f0-9-]{36}$`)
)

const (
	maxAlertEmails = 10
	// shortestDay, in minutes, holds a database's backup, its maintenance and the
	// daily backup one after the other, also when clocks change.
	shortestDay = 6 * 60
)

func (c *checker) costs() {
	k := c.s.Costs
	amounts := map[string]int{"costs.monthlyBudgetUSD": k.MonthlyBudgetUSD, "costs.anomalyUSD": k.AnomalyUSD}
	for _, path := range ordered(amounts) {
		if amounts[path] < 0 {
			c.bad(BadBudget, path, fmt.Sprint(amounts[path]), "a whole number of US dollars above 0, or 0 for none")
		}
	}
	if n := len(k.AlertEmails); n > maxAlertEmails {
		c.bad(BadCostAlert, "costs.alertEmails", fmt.Sprintf("%d addresses", n), fmt.Sprintf("at most %d", maxAlertEmails))
	}
	for i, address := range k.AlertEmails {
		if !emailShape.MatchString(address) {
			c.bad(BadCostAlert, fmt.Sprintf("costs.alertEmails[%d]", i), shown(address), "a mail address")
		}
	}
	if len(c.s.Alerts.P1) == 0 {
		if k.MonthlyBudgetUSD > 0 && len(k.AlertEmails) == 0 {
			c.warn(NobodyPays, "costs.monthlyBudgetUSD", "a budget that nobody hears of", "an address in costs.alertEmails or a subscriber in alerts.p1", "costs.alertEmails", "alerts.p1")
		}
		if k.AnomalyUSD > 0 {
			c.warn(NobodyPays, "costs.anomalyUSD", "anomalies that nobody hears of", "a subscriber in alerts.p1", "alerts.p1")
		}
	}
	c.schedule()
}

func (c *checker) schedule() {
	s := c.s.Costs.Schedule
	const path = "costs.schedule"
	if s == (Schedule{}) {
		return
	}
	times := map[string]string{path + ".start": s.Start, path + ".stop": s.Stop}
	readable := true
	for _, at := range ordered(times) {
		if _, ok := minuteOf(times[at]); !ok {
			c.bad(BadTime, at, shown(times[at]), `a time of day such as "07:00", in quotes`)
			readable = false
		}
	}
	if start, stop := s.Minutes(); readable && stop < start+shortestDay {
		c.bad(ShortDay, path+".stop", s.Stop, fmt.Sprintf("at least six hours after %s: the database's backups and maintenance take place in between", s.Start), path+".start")
	}
	if _, ok := timezones[s.Timezone]; !ok {
		want := zoneWant(s.Timezone)
		if want == "" { // hours are counted by the name that the table has
			want = "UTC"
		}
		c.bad(BadTimezone, path+".timezone", shown(s.Timezone), want)
	}
	if pools := len(c.s.Operators.Pools); pools > 0 && c.s.Compute != ECS {
		c.warn(SleeplessNodes, path, fmt.Sprintf("hours, with %d pools of nodes that go on through the night", pools),
			"operators.pools without any, and node groups that hold all pods", "operators.pools")
	}
	if c.protected() {
		c.bad(StoppedProtected, path, "hours", "nothing: a protected stack does not stand still", "protect")
	}
	if n := c.s.Database.Replicas; n > 0 {
		c.bad(StoppedReplicas, path, fmt.Sprintf("hours, with %d read replicas", n), "database.replicas: 0: RDS stops no database that has any", "database.replicas")
	}
}

// awsCosts checks what only AWS knows.
func (c *checker) awsCosts() {
	if r := c.s.Costs.ReferenceRegion; r != "" && awsRegions[r] == "" {
		want := "a region of AWS, or nothing"
		if near := nearest(r, ordered(awsRegions)); near != "" {
			want = "a region of AWS: did you mean " + near + "?"
		}
		c.bad(UnknownReference, "costs.referenceRegion", shown(r), want)
	}
	m := c.s.Costs.AnomalyMonitor
	if m != "" && !monitorShape.MatchString(m) {
		c.bad(BadMonitor, "costs.anomalyMonitor", shown(m), "the ARN of an anomaly monitor: aws ce get-anomaly-monitors")
	}
	if m != "" && c.s.Costs.AnomalyUSD == 0 {
		c.bad(BadMonitor, "costs.anomalyMonitor", "a monitor that nothing asks for", "costs.anomalyUSD above 0", "costs.anomalyUSD")
	}
}
