package azure

import (
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// door makes a profile with an endpoint and a group of origins.
func (w *world) door() (profile simcloud.Values, endpoint, origins *simcloud.Record) {
	w.t.Helper()
	w.make(profileToken, "door", but(in(object{"profileName": "door", "sku": object{"name": premiumFrontDoor}}), object{"location": "Global"}))
	profile = simcloud.Values{"resourceGroupName": "rg", "profileName": "door"}
	endpoint = w.make(endpointAFDToken, "e", but(profile, object{"endpointName": "door", "location": "Global"}))
	origins = w.make(originsToken, "site", but(profile, object{"originGroupName": "site", "loadBalancingSettings": object{"sampleSize": 4}}))
	return profile, endpoint, origins
}

func TestFrontDoorRefuses(t *testing.T) {
	w := newWorld(t)
	profile, endpoint, origins := w.door()
	if !strings.HasSuffix(endpoint.Out.String("hostName"), ".z01.azurefd.net") {
		t.Errorf("got %v", endpoint.Out)
	}
	route := but(profile, object{
		"endpointName": "door", "routeName": "site", "originGroup": object{"id": origins.ID}, "patternsToMatch": []any{"/*"},
		"supportedProtocols": []any{"Http", "Https"}, "httpsRedirect": "Enabled", "linkToDefaultDomain": "Enabled",
	})
	_, err := w.try(routeToken, "early", route)
	refused(t, err, "at least one enabled origin is created under the origin group")

	account := w.make(storageToken, "assets", accountIn(nil))
	link := func(id, group, at string) object {
		return object{"sharedPrivateLinkResource": object{"privateLink": object{"id": id}, "groupId": group, "privateLinkLocation": at}}
	}
	origin := but(profile, object{"originGroupName": "site", "originName": "site", "hostName": "x.web.core.windows.net", "priority": 1, "weight": 1000})
	w.refusals(originToken, origin, refusalCases{
		"group":    {object{"originGroupName": "none"}, "ParentResourceNotFound"},
		"priority": {object{"priority": 9}, "expected priority"},
		"resource": {link(account.ID+"x", "web", "westeurope"), "was not found"},
		"service":  {link(account.ID, "vault", "westeurope"), "group id vault is not valid"},
		"region":   {link(account.ID, "web", "polandcentral"), "location polandcentral is not supported"},
	})
	made := w.make(originToken, "site", but(origin, link(account.ID, "web", "westeurope")))
	_, err = w.try(originToken, "public", but(origin, object{"originName": "public"}))
	refused(t, err, "cannot be in the same origin group")
	w.refusals(routeToken, route, refusalCases{
		"no such group": {object{"originGroup": object{"id": origins.ID + "x"}}, "InvalidResourceReference"},
		"one protocol":  {object{"supportedProtocols": []any{"Https"}}, "HTTPS redirect needs both"},
		"no domain":     {object{"linkToDefaultDomain": "Disabled"}, "linked to at least one domain"},
	})
	w.make(routeToken, "site", route)
	_, err = w.try(routeToken, "same", but(route, object{"routeName": "other"}))
	refused(t, err, "is already used by route site")
	refused(t, w.cloud.Delete(w.s, originToken, made.ID), "must have at least one enabled origin")
	refused(t, w.cloud.Delete(w.s, originsToken, origins.ID), "still associated with a route")
}

// A private link is the premium tier's.
func TestFrontDoorStandard(t *testing.T) {
	w := newWorld(t)
	w.make(profileToken, "door", in(object{"profileName": "door", "sku": object{"name": "Standard_AzureFrontDoor"}}))
	profile := simcloud.Values{"resourceGroupName": "rg", "profileName": "door"}
	w.make(originsToken, "site", but(profile, object{"originGroupName": "site", "loadBalancingSettings": object{"sampleSize": 4}}))
	account := w.make(storageToken, "assets", accountIn(nil))
	_, err := w.try(originToken, "site", but(profile, object{
		"originGroupName": "site", "originName": "site", "hostName": "x", "sharedPrivateLinkResource": object{"privateLink": object{"id": account.ID}, "groupId": "web", "privateLinkLocation": "westeurope"},
	}))
	refused(t, err, "Private link is only supported for profiles of the SKU")
}

func TestRulesRefuse(t *testing.T) {
	w := newWorld(t)
	profile, _, _ := w.door()
	w.make(ruleSetToken, "set", but(profile, object{"ruleSetName": "headers"}))
	header := object{"name": "ModifyResponseHeader", "parameters": object{"typeName": "DeliveryRuleHeaderActionParameters"}}
	rule := but(profile, object{"ruleSetName": "headers", "ruleName": "security", "order": 1, "actions": []any{header}})
	w.refusals(ruleToken, rule, refusalCases{
		"name":    {object{"ruleName": "a-b"}, "is invalid"},
		"actions": {object{"actions": []any{header, header, header, header, header, header}}, "at most 5 actions"},
		"type":    {object{"actions": []any{object{"name": "UrlRewrite", "parameters": object{"typeName": "UrlRewrite"}}}}, "type name UrlRewrite"},
		"set":     {object{"ruleSetName": "none"}, "ParentResourceNotFound"},
	})
	w.make(ruleToken, "security", rule)
	_, err := w.try(ruleToken, "other", but(rule, object{"ruleName": "other"}))
	refused(t, err, "The order 1 is already used by rule security")
	_, err = w.try(ruleSetToken, "bad", but(profile, object{"ruleSetName": "my-rules"}))
	refused(t, err, "is invalid")
}

func TestWafRefuses(t *testing.T) {
	w := newWorld(t)
	set := func(version string, action any) object {
		s := object{"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": version}
		if action != nil {
			s["ruleSetAction"] = action
		}
		return object{"managedRules": object{"managedRuleSets": []any{s}}}
	}
	limit := func(minutes, requests int) object {
		return object{"customRules": object{"rules": []any{object{
			"name": "rate", "priority": 1, "ruleType": "RateLimitRule", "rateLimitDurationInMinutes": minutes, "rateLimitThreshold": requests,
			"matchConditions": []any{object{"matchVariable": "RemoteAddr"}},
		}}}}
	}
	good := but(in(object{"policyName": "waf", "sku": object{"name": premiumFrontDoor}, "policySettings": object{"mode": "Prevention"}}), set("2.1", "Block"))
	w.refusals(frontWafToken, good, refusalCases{
		"name":     {object{"policyName": "explico-waf"}, "is invalid"},
		"mode":     {object{"policySettings.mode": "Block"}, "expected policySettings.mode"},
		"version":  {set("9.9", "Block"), "does not exist"},
		"action":   {set("2.1", nil), "RuleSetAction is required"},
		"standard": {object{"sku.name": "Standard_AzureFrontDoor"}, "only supported for the sku"},
		"minutes":  {limit(2, 100), "must be 1 or 5 minutes"},
		"requests": {limit(1, 5), "at least 10"},
	})
	policy := w.make(frontWafToken, "waf", good)
	profile, endpoint, _ := w.door()
	guard := but(profile, object{"securityPolicyName": "waf", "parameters": object{
		"wafPolicy": object{"id": policy.ID}, "associations": []any{object{"domains": []any{object{"id": endpoint.ID}}}},
	}})
	w.make(guardToken, "waf", guard)
	_, err := w.try(guardToken, "again", but(guard, object{"securityPolicyName": "again"}))
	refused(t, err, "is already associated with security policy waf")
	refused(t, w.cloud.Delete(w.s, frontWafToken, policy.ID), "linked to a security policy")
}

func TestDNSRefuses(t *testing.T) {
	w := newWorld(t)
	good := simcloud.Values{"resourceGroupName": "rg", "zoneName": "example.com", "location": "global", "zoneType": "Public"}
	w.refusals(zoneToken, good, refusalCases{
		"name":   {object{"zoneName": "example"}, "is invalid"},
		"region": {object{"location": "westeurope"}, "LocationNotAvailableForResourceType"},
	})
	zone := w.make(zoneToken, "zone", good)
	if got := zone.Out.Strings("nameServers[]"); len(got) != 4 || !strings.HasSuffix(got[0], ".azure-dns.com.") {
		t.Errorf("got %v", got)
	}
	a := simcloud.Values{
		"resourceGroupName": "rg", "zoneName": "example.com", "recordType": "A", "relativeRecordSetName": "www", "ttl": 300,
		"aRecords": []any{object{"ipv4Address": "203.0.113.7"}},
	}
	network := w.network(nil)[""]
	w.refusals(recordToken, a, refusalCases{
		"zone":    {object{"zoneName": "example.org"}, "ParentResourceNotFound"},
		"type":    {object{"recordType": "SPF"}, "The record type 'SPF' is not valid"},
		"address": {object{"aRecords": []any{object{"ipv4Address": "::1"}}}, "is not a valid IP address"},
		"nothing": {object{"aRecords": nil}, "must have either records or a target resource"},
		"apex":    {object{"recordType": "CNAME", "relativeRecordSetName": "@", "aRecords": nil, "cnameRecord": object{"cname": "x.example"}}, "at the zone apex"},
		"target":  {object{"aRecords": nil, "targetResource": object{"id": network.ID}}, "cannot target a resource of type"},
		"ttl":     {object{"ttl": 0}, "expected ttl"},
	})
	w.make(recordToken, "www", a)
	_, err := w.try(recordToken, "same", but(a, object{"recordType": "CNAME", "aRecords": nil, "cnameRecord": object{"cname": "x.example"}}))
	refused(t, err, "cannot coexist")
	signed := w.make(dnssecToken, "sign", simcloud.Values{"resourceGroupName": "rg", "zoneName": "example.com"})
	if got := signed.Out.Objects("signingKeys[]"); len(got) != 2 || got[1].Int("flags") != 257 {
		t.Errorf("got %v", got)
	}
	if found, err := w.cloud.Invoke(w.s, "azure-native:network:getZone", simcloud.Values{"resourceGroupName": "rg", "zoneName": "example.com"}); err != nil || len(found.Strings("nameServers[]")) != 4 {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestAlertsRefuse(t *testing.T) {
	w := newWorld(t)
	group := in(object{"actionGroupName": "p0", "groupShortName": "p0", "enabled": true})
	w.refusals(actionGroupToken, group, refusalCases{
		"short": {object{"groupShortName": "much too long a name"}, "longer than 12"},
		"email": {object{"emailReceivers": []any{object{"name": "a", "emailAddress": "a"}}}, "is not valid"},
		"twice": {object{"emailReceivers": []any{object{"name": "a", "emailAddress": "a@b"}}, "smsReceivers": []any{object{"name": "a"}}}, "used twice"},
	})
	p0 := w.make(actionGroupToken, "p0", group)
	account := w.make(storageToken, "uploads", accountIn(nil))
	criterion := object{"metricName": "Availability", "operator": "LessThan", "timeAggregation": "Average", "threshold": 99}
	alert := but(in(object{
		"ruleName": "a", "enabled": true, "severity": 0, "evaluationFrequency": "PT5M", "windowSize": "PT15M", "scopes": []any{account.ID},
		"criteria": object{"allOf": []any{criterion}}, "actions": []any{object{"actionGroupId": p0.ID}},
	}), object{"location": "global"})
	w.refusals(metricAlertToken, alert, refusalCases{
		"region":    {object{"location": "westeurope"}, "LocationNotAvailableForResourceType"},
		"group":     {object{"actions": []any{object{"actionGroupId": p0.ID + "x"}}}, "The action group"},
		"scope":     {object{"scopes": []any{account.ID + "x"}}, "ResourceNotFound"},
		"metric":    {object{"criteria.allOf": []any{object{"metricName": "cpu_percent"}}}, "Couldn't find a metric named cpu_percent"},
		"frequency": {object{"evaluationFrequency": "PT1H"}, "must be at least the evaluation frequency"},
		"window":    {object{"windowSize": "PT10M"}, "expected windowSize"},
		"operator":  {object{"criteria.allOf": []any{object{"metricName": "Availability", "operator": "<"}}}, "expected operator"},
	})
	w.make(metricAlertToken, "a", alert)
	_, err := w.try(activityAlertToken, "b", in(object{
		"activityLogAlertName": "b", "scopes": []any{"/subscriptions/" + subscription}, "actions": object{"actionGroups": []any{}},
		"condition": object{"allOf": []any{object{"field": "status", "equals": "Succeeded"}}},
	}))
	refused(t, err, "must have a category")
	budget := simcloud.Values{
		"scope": rgID, "budgetName": "b", "amount": 1, "category": "Cost", "timeGrain": "Monthly", "timePeriod": object{"startDate": "2026-11-01T00:00:00Z"},
		"notifications": object{"all": object{"threshold": 80, "contactGroups": []any{p0.ID}}},
	}
	w.refusals(budgetToken, budget, refusalCases{
		"start":   {object{"timePeriod": object{"startDate": "2026-11-15T00:00:00Z"}}, "first day of a month"},
		"scope":   {object{"scope": rgID + "x"}, "ResourceNotFound"},
		"contact": {object{"notifications": object{"all": object{"threshold": 80}}}, "at least one contact"},
		"group":   {object{"notifications": object{"all": object{"threshold": 80, "contactGroups": []any{p0.ID + "x"}}}}, "Invalid contact group"},
	})
	w.make(budgetToken, "b", budget)
}

func TestEventsRefuse(t *testing.T) {
	w := newWorld(t)
	vault := w.make(vaultToken, "vault", vaultIn("kv-explico", true))
	topic := in(object{"systemTopicName": "t", "source": vault.ID, "topicType": "Microsoft.KeyVault.vaults"})
	w.refusals(systemTopicToken, topic, refusalCases{
		"source": {object{"source": vault.ID + "x"}, "ResourceNotFound"}, "type": {object{"topicType": "Microsoft.Storage.StorageAccounts"}, "does not match"},
	})
	w.make(systemTopicToken, "t", topic)
	_, err := w.try(systemTopicToken, "u", but(topic, object{"systemTopicName": "u"}))
	refused(t, err, "Only one system topic is allowed")
	_, err = w.try(subscriptionToken, "s", simcloud.Values{
		"resourceGroupName": "rg", "systemTopicName": "t", "eventSubscriptionName": "s", "eventDeliverySchema": "EventGridSchema", "destination": object{"endpointType": "MonitorAlert"},
	})
	refused(t, err, "CloudEventSchemaV1_0 only")
}
