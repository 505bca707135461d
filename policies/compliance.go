package policies

import (
	"fmt"
	"slices"
	"strings"
)

// framework is a body of controls, with where its words are from.
type framework struct {
	name, source string
	controls     []control
}

// control is one thing that a framework asks for, and the topics of the rules
// that hold it up.
type control struct{ id, text, topics string }

// topicNames are what rules are about.
var topicNames = map[string]string{
	"rights": "least privilege", "trust": "who may act for whom", "identity": "people and programs show who they are",
	"alerts": "somebody is told", "audit": "records of what was done", "detection": "intruders and holes are looked for",
	"attacks": "attacks on applications are stopped", "inTransit": "encryption in transit", "exposure": "no way in that is not meant",
	"atRest": "encryption at rest", "backups": "what is lost can be had back", "availability": "a lost zone takes nothing with it",
	"patching": "fixes come in time", "hardening": "who breaks in gets no further", "secrets": "keys and secrets are kept and changed",
	"retention": "nothing is kept for ever", "minimal": "no more personal data than needed", "inventory": "what there is, and whose",
	"residency": "data stays where it may be", "cost": "money is watched",
}

var frameworks = []framework{
	{
		"SOC 2", "AICPA, TSP section 100, 2017 Trust Services Criteria (with revised points of focus, 2022), read 2026-11; texts shortened",
		[]control{
			{"CC6.1", "logical access security protects information assets", "rights trust identity exposure atRest secrets hardening"},
			{"CC6.3", "access follows roles, least privilege and separation of duties", "rights trust"},
			{"CC6.6", "measures against threats from outside the system's boundaries", "exposure attacks inTransit"},
			{"CC6.7", "information is protected while it moves", "inTransit residency"},
			{"CC6.8", "unauthorised or malicious software is prevented or found", "hardening detection patching"},
			{"CC7.1", "changes of configuration and new vulnerabilities are found", "detection patching audit inventory"},
			{"CC7.2", "anomalies are watched for and analysed", "alerts audit detection"},
			{"CC7.3", "security events are evaluated", "alerts audit"},
			{"CC7.5", "the entity recovers from incidents", "backups"},
			{"CC8.1", "changes are authorised, tested and approved", "inventory cost"},
			{"A1.1", "capacity is watched and managed", "alerts cost"},
			{"A1.2", "environmental protection, backups and recovery infrastructure", "backups availability"},
			{"C1.1", "confidential information is identified and protected", "atRest inTransit exposure residency"},
			{"C1.2", "confidential information is disposed of", "retention"},
		},
	},
	{
		"GDPR", "Regulation (EU) 2016/679, OJ L 119, 4.5.2016, https://eur-lex.europa.eu/eli/reg/2016/679/oj, read 2026-11; texts shortened",
		[]control{
			{"Art. 5(1)(c)", "data minimisation", "minimal"},
			{"Art. 5(1)(e)", "storage limitation", "retention"},
			{"Art. 5(1)(f)", "integrity and confidentiality", "rights exposure atRest inTransit hardening"},
			{"Art. 25", "data protection by design and by default", "minimal exposure rights"},
			{"Art. 30", "records of processing activities: where data is and whose", "inventory"},
			{"Art. 32(1)(a)", "encryption of personal data", "atRest inTransit secrets"},
			{"Art. 32(1)(b)", "confidentiality, integrity, availability and resilience", "availability attacks identity trust patching"},
			{"Art. 32(1)(c)", "availability is restored in time after an incident", "backups"},
			{"Art. 32(1)(d)", "the measures are tested and evaluated regularly", "detection audit"},
			{"Art. 33", "a breach is notified within 72 hours, so it has to be noticed", "alerts detection audit"},
			{"Art. 44", "transfers to third countries", "residency"},
		},
	},
	{
		"CIS Controls", "Center for Internet Security, CIS Critical Security Controls v8.1 (2024), https://www.cisecurity.org/controls, read 2026-11",
		[]control{
			{"1.1", "Establish and Maintain Detailed Enterprise Asset Inventory", "inventory"},
			{"3.3", "Configure Data Access Control Lists", "rights trust exposure"},
			{"3.4", "Enforce Data Retention", "retention backups"},
			{"3.10", "Encrypt Sensitive Data in Transit", "inTransit"},
			{"3.11", "Encrypt Sensitive Data at Rest", "atRest"},
			{"3.12", "Segment Data Processing and Storage Based on Sensitivity", "exposure residency"},
			{"3.14", "Log Sensitive Data Access", "audit"},
			{"4.1", "Establish and Maintain a Secure Configuration Process", "hardening minimal"},
			{"4.4", "Implement and Manage a Firewall on Servers", "exposure"},
			{"5.2", "Use Unique Passwords", "identity secrets"},
			{"6.8", "Define and Maintain Role-Based Access Control", "rights identity"},
			{"7.3", "Perform Automated Operating System Patch Management", "patching"},
			{"7.5", "Perform Automated Vulnerability Scans of Internal Enterprise Assets", "detection"},
			{"8.2", "Collect Audit Logs", "audit"},
			{"8.11", "Conduct Audit Log Reviews", "alerts"},
			{"11.2", "Perform Automated Backups", "backups"},
			{"11.3", "Protect Recovery Data", "backups atRest"},
			{"12.2", "Establish and Maintain a Secure Network Architecture", "exposure availability"},
			{"13.1", "Centralize Security Event Alerting", "alerts detection"},
			{"13.10", "Perform Application Layer Filtering", "attacks"},
		},
	},
}

const complianceHeader = `# Compliance

<!-- Printed from policies by: go run ./cmd/policies compliance > docs/compliance.md -->

Which rule holds up which control. It shows what the program and its policy pack enforce; it is no audit, and it says nothing of people and procedures.

- A rule is a row in ` + "`policies/`" + `, found by its id: ` + "`grep -rn 'F RDS.2' policies`" + `. ` + "`F`" + ` is AWS Foundational Security Best Practices, ` + "`T`" + ` Trivy, ` + "`C`" + ` checkov, ` + "`K`" + ` KICS, ` + "`CIS`" + ` the CIS benchmark of the cloud, ` + "`own`" + ` this repository's.
- Priority 1 is mandatory everywhere, 2 where ` + "`policies/settings.yaml`" + ` says so (prod), 3 is advice. What a sound design must break stands in ` + "`policies/waivers.yaml`" + `, with owner, reason and expiry.
- Each rule has a test: it must refuse its own bad changes, before and after an update. ` + "`go test ./policies -run 'TestEveryRuleCanFail/<test>$'`" + ` with the name in the last column; ` + "`go test ./policies -run TestRules -v`" + ` prints what became of each in each stack.
- Rules of GCP and Azure name the CIS benchmark's items where it has them (` + "`CIS 3.10`" + `).
`

// Compliance prints the controls of each framework with the rules that hold
// them up, and then the rules.
func Compliance() string {
	var b strings.Builder
	b.WriteString(complianceHeader)
	for _, f := range frameworks {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n| control | asks for | topics | rules |\n| --- | --- | --- | --- |\n", f.name, f.source)
		for _, c := range f.controls {
			var names, ids []string
			for topic := range strings.FieldsSeq(c.topics) {
				names = append(names, topicNames[topic])
			}
			for _, r := range rules {
				if r.isAbout(c.topics) {
					ids = append(ids, r.id())
				}
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.id, c.text, strings.Join(names, "; "), strings.Join(ids, ", "))
		}
	}
	b.WriteString("\n## Rules\n\n| rule | also known as | priority | resources | why | test |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, r := range rules {
		names := strings.TrimPrefix(strings.TrimPrefix(r.ids, r.id()), ", ")
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | `%s` |\n", r.id(), strings.TrimSpace(names), r.priority, Rule{r}.Types(), r.reason, Slug(r.id()))
	}
	return b.String()
}

// isAbout says whether a rule has one of some topics.
func (r rule) isAbout(topics string) bool {
	mine := strings.Fields(r.topics)
	return slices.ContainsFunc(strings.Fields(topics), func(t string) bool { return slices.Contains(mine, t) })
}

// Slug is a rule's id as the name of a policy and of a test: "F RDS.3/27" is
// F-RDS.3-27.
func Slug(id string) string { return strings.NewReplacer(" ", "-", "/", "-").Replace(id) }
