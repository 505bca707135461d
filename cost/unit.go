package cost

// Unit is what a price is for one of.
type Unit string

// The units. A month has 730 hours; GB is 10⁹ bytes, as clouds bill it.
const (
	Hour      Unit = "hour"
	VCPUHour  Unit = "vCPU-hour"
	VCPUMonth Unit = "vCPU-month"
	GBHour    Unit = "GB-hour"
	LCUHour   Unit = "LCU-hour"
	Month     Unit = "month"
	GB        Unit = "GB"
	GBMonth   Unit = "GB-month"
	IOPSMonth Unit = "IOPS-month"
	MBpsMonth Unit = "MBps-month"
	Thousand  Unit = "1k"
	TenK      Unit = "10k"
	HundredK  Unit = "100k"
	Million   Unit = "1M"
	Record    Unit = "record"
)

// units are all units: a row of the catalogue has one of them.
var units = map[Unit]bool{
	Hour: true, VCPUHour: true, VCPUMonth: true, GBHour: true, LCUHour: true, Month: true, GB: true, GBMonth: true,
	IOPSMonth: true, MBpsMonth: true, Thousand: true, TenK: true, HundredK: true, Million: true, Record: true,
}

// HoursPerMonth is what clouds count a month as: 365 days of 24 hours, divided
// by twelve.
const HoursPerMonth = 730
