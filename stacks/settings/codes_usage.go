package settings

// The codes of usage, commitments and what they are compared with: 33x.
const (
	NegativeUsage    Code = "CFG330"
	UsageOfNothing   Code = "CFG331"
	BadAverage       Code = "CFG332"
	BadUsageShare    Code = "CFG333"
	BadCommitment    Code = "CFG334"
	BadCommitted     Code = "CFG335"
	BadCommitPrice   Code = "CFG336"
	NoLimit          Code = "CFG337"
	UnknownReference Code = "CFG338"
)

var usageCodes = []Rule{
	{Code: NegativeUsage, Text: "Usage is not negative."},
	{Code: UsageOfNothing, Text: "Usage is of something that the stack has."},
	{Code: BadAverage, Text: "An average number of nodes or tasks lies between min and max."},
	{Code: BadUsageShare, Text: "A share is 0 to 100 percent."},
	{Code: BadCommitment, Text: "A commitment holds for 12 or 36 months: reserved instances have a type and a count, a savings plan a discount."},
	{Code: BadCommitted, Text: "A savings plan is for nodes or tasks, reserved instances for nodes, database or cache."},
	{Code: BadCommitPrice, Text: "A commitment has a price: decimal numbers in quotes, of which one is above 0."},
	{Code: NoLimit, Text: "Only what has a budget can be refused for being above it."},
	{Code: UnknownReference, Text: "The region of reference rates is a region of the cloud."},
}
