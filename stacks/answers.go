package stacks

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/te-explico/infrastructure/internal/dryrun"
	"github.com/te-explico/infrastructure/stacks/settings"
)

// answers are what the clouds' look-ups find in a dry run.
var answers = map[settings.Cloud]func(*settings.Settings) dryrun.Answers{
	settings.AWSCloud: awsAnswers, settings.GCPCloud: gcpAnswers, settings.AzureCloud: azureAnswers,
}

// Answers are what look-ups find in a dry run of a stack.
func Answers(s *settings.Settings) dryrun.Answers {
	if of := answers[s.Cloud]; of != nil {
		return of(s)
	}
	return nil
}

func awsAnswers(s *settings.Settings) dryrun.Answers {
	account := accountOf(s)
	partition := "aws"
	switch {
	case strings.HasPrefix(s.Region, "cn-"):
		partition = "aws-cn"
	case strings.HasPrefix(s.Region, "us-gov-"):
		partition = "aws-us-gov"
	}
	return dryrun.Answers{
		"aws:index/getCallerIdentity:getCallerIdentity": {"accountId": account, "arn": "arn:" + partition + ":iam::" + account + ":root", "id": account, "userId": account},
		"aws:index/getPartition:getPartition":           {"partition": partition, "dnsSuffix": "amazonaws.com", "id": partition, "reverseDnsPrefix": "com.amazonaws"},
		"aws:route53/getZone:getZone":                   {"zoneId": s.Domain.ZoneID, "id": s.Domain.ZoneID, "name": s.Domain.Zone, "arn": "arn:" + partition + ":route53:::hostedzone/" + s.Domain.ZoneID, "privateZone": false},
	}
}

// accountOf is the account of a stack: the one that it says, or that of the roles
// that it lets into its cluster, which have to be of its account.
func accountOf(s *settings.Settings) string {
	if s.AWS.AccountID != "" {
		return s.AWS.AccountID
	}
	for _, name := range slices.Sorted(maps.Keys(s.Cluster.Access)) {
		if parts := strings.Split(s.Cluster.Access[name].Role, ":"); len(parts) > 4 && parts[4] != "" {
			return parts[4]
		}
	}
	return "000000000000"
}

// azureAnswers are what a subscription is asked for: which it is, in which
// directory, and who serves an existing zone.
func azureAnswers(s *settings.Settings) dryrun.Answers {
	const nobody = "00000000-0000-0000-0000-000000000000"
	return dryrun.Answers{
		"azure-native:authorization:getClientConfig": {
			"subscriptionId": cmp.Or(s.Azure.SubscriptionID, nobody), "tenantId": cmp.Or(s.Azure.TenantID, nobody), "clientId": nobody, "objectId": nobody,
		},
		"azure-native:network:getZone": {"id": s.Domain.ZoneID, "name": s.Domain.Zone, "nameServers": []any{}},
	}
}

// gcpAnswers are what a project is asked for: its number is not in the settings.
func gcpAnswers(s *settings.Settings) dryrun.Answers {
	const number = "000000000000"
	agent := "service-" + number + "@gs-project-accounts.iam.gserviceaccount.com"
	return dryrun.Answers{
		"gcp:organizations/getProject:getProject": {"projectId": s.GCP.Project, "number": number, "id": "projects/" + s.GCP.Project, "name": s.GCP.Project},
		"gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
			"emailAddress": agent, "member": "serviceAccount:" + agent, "id": agent, "project": s.GCP.Project,
		},
		"gcp:dns/getManagedZone:getManagedZone": {
			"id": s.Domain.ZoneID, "name": s.Domain.ZoneID, "dnsName": s.Domain.Zone + ".", "visibility": "public", "project": s.GCP.Project,
		},
	}
}
