package gcp

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

// world is a project in which things are made, and refused.
type world struct {
	t     *testing.T
	cloud *simcloud.Cloud
	s     simcloud.Session
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := session(simcloud.Values{"project": "explico-test"})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, simcloud.New(Catalog()), s}
}

func (w *world) try(token string, in simcloud.Values) (*simcloud.Record, error) {
	return w.cloud.Create(w.s, token, "urn:"+token+":"+in.String("name"), in)
}

// make makes what must be there.
func (w *world) make(token string, in simcloud.Values) *simcloud.Record {
	w.t.Helper()
	r, err := w.try(token, in)
	if err != nil {
		w.t.Fatalf("%s: %v", token, err)
	}
	return r
}

// refuses fails the test unless what is tried is refused in these words.
func (w *world) refuses(name, token string, in simcloud.Values, words string) {
	w.t.Helper()
	if _, err := w.try(token, in); err == nil || !strings.Contains(err.Error(), words) {
		w.t.Errorf("%s: got %v, want %q", name, err, words)
	}
}

// with are inputs with some of them changed; nil takes one away.
func with(in, change simcloud.Values) simcloud.Values {
	all := maps.Clone(in)
	for k, v := range change {
		all[k] = v
		if v == nil {
			delete(all, k)
		}
	}
	return all
}

func (w *world) network() (network, subnet *simcloud.Record) {
	network = w.make(networkToken, simcloud.Values{"name": "net", "autoCreateSubnetworks": false})
	subnet = w.make(subnetToken, simcloud.Values{
		"name": "nodes", "network": network.ID, "region": "europe-west1", "ipCidrRange": "10.0.0.0/17",
		"secondaryIpRanges": []any{
			map[string]any{"rangeName": "pods", "ipCidrRange": "100.64.0.0/16"}, map[string]any{"rangeName": "services", "ipCidrRange": "172.20.0.0/20"},
		},
	})
	return network, subnet
}

func TestNetworkRefusals(t *testing.T) {
	w := newWorld(t)
	network, subnet := w.network()
	more := simcloud.Values{"name": "more", "network": network.Out.String("selfLink"), "region": "europe-west1", "ipCidrRange": "10.0.128.0/20"}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"bad name":   {simcloud.Values{"name": "Nodes"}, "Must be a match of regex"},
		"taken":      {simcloud.Values{"name": "nodes"}, "already exists, alreadyExists"},
		"overlap":    {simcloud.Values{"ipCidrRange": "10.0.64.0/20"}, "conflicts with existing subnetwork 'nodes' in region 'europe-west1'"},
		"no network": {simcloud.Values{"network": "projects/explico-test/global/networks/none"}, "The resource 'projects/explico-test/global/networks/none' was not found"},
		"wrong kind": {simcloud.Values{"network": subnet.ID}, "it is a subnetwork"},
		"no region":  {simcloud.Values{"region": "europe-west99"}, "Unknown region"},
		"no range":   {simcloud.Values{"ipCidrRange": "10.0.0.1/20"}, "Must be a CIDR address range"},
		"its own":    {simcloud.Values{"secondaryIpRanges": []any{map[string]any{"rangeName": "a", "ipCidrRange": "10.0.128.0/24"}}}, "overlaps with another range"},
	} {
		w.refuses(name, subnetToken, with(more, c.change), c.words)
	}
	w.make(subnetToken, more)
	w.refuses("reserved", globalAddressToken, simcloud.Values{
		"name": "peered", "network": network.ID, "purpose": "VPC_PEERING", "address": "10.0.0.0", "prefixLength": 18,
	}, "overlaps with subnetwork")
	if err := w.cloud.Delete(w.s, networkToken, network.ID); err == nil || !strings.Contains(err.Error(), "is already being used by") {
		t.Errorf("a network in use is deleted: %v", err)
	}
	typ, err := w.cloud.Type(subnetToken)
	if err != nil {
		t.Fatal(err)
	}
	for to, replaced := range map[string]bool{"10.0.0.0/16": false, "10.0.0.0/18": true, "10.1.0.0/16": true} {
		got := typ.Replaces(subnet.In, with(subnet.In, simcloud.Values{"ipCidrRange": to}), []string{"ipCidrRange"})
		if (len(got) > 0) != replaced {
			t.Errorf("10.0.0.0/17 to %s: replaced by %v", to, got)
		}
	}
}

func TestEdgeOfNetworkRefusals(t *testing.T) {
	w := newWorld(t)
	network, _ := w.network()
	router := w.make(routerToken, simcloud.Values{"name": "router", "network": network.ID, "region": "europe-west1"})
	address := w.make(addressToken, simcloud.Values{"name": "nat", "region": "europe-west1"})
	nat := simcloud.Values{
		"name": "nat", "router": router.Out.String("name"), "region": "europe-west1", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
		"natIpAllocateOption": "MANUAL_ONLY", "natIps": []string{address.Out.String("selfLink")},
	}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"no router":  {simcloud.Values{"router": "none"}, "was not found"},
		"no address": {simcloud.Values{"natIps": []string{"projects/explico-test/regions/europe-west1/addresses/none"}}, "was not found"},
		"none given": {simcloud.Values{"natIps": nil}, "NAT IPs must be specified"},
		"both":       {simcloud.Values{"enableDynamicPortAllocation": true, "enableEndpointIndependentMapping": true}, "can not be enabled at the same time"},
		"odd ports":  {simcloud.Values{"minPortsPerVm": 100}, "power of two"},
	} {
		w.refuses(name, natToken, with(nat, c.change), c.words)
	}
	w.make(natToken, nat)
	for token, id := range map[string]string{addressToken: address.ID, routerToken: router.ID} {
		if err := w.cloud.Delete(w.s, token, id); err == nil || !strings.Contains(err.Error(), "resourceInUseByAnotherResource") {
			t.Errorf("%s in use is deleted: %v", token, err)
		}
	}
	rule := simcloud.Values{"name": "rule", "network": network.ID, "direction": "INGRESS", "sourceRanges": []string{"10.0.0.0/8"}, "allows": []any{map[string]any{"protocol": "tcp"}}}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"neither":   {simcloud.Values{"allows": nil}, "Exactly one of"},
		"bad tag":   {simcloud.Values{"targetTags": []string{"Node"}}, "resource.targetTags"},
		"bad range": {simcloud.Values{"sourceRanges": []string{"10.0.0.1/8"}}, "Must be a CIDR address range"},
		"egress":    {simcloud.Values{"direction": "EGRESS"}, "can not be specified for EGRESS"},
	} {
		w.refuses(name, firewallToken, with(rule, c.change), c.words)
	}
	w.make(firewallToken, rule)
}

func TestKeyRefusals(t *testing.T) {
	w := newWorld(t)
	ring := w.make(ringToken, simcloud.Values{"name": "ring", "location": "europe-west1"})
	w.refuses("taken", ringToken, simcloud.Values{"name": "ring", "location": "europe-west1"}, "Error 409: KeyRing")
	w.refuses("nowhere", ringToken, simcloud.Values{"name": "other", "location": "mars"}, "does not exist there")
	key := simcloud.Values{"name": "key", "keyRing": ring.ID, "rotationPeriod": "7776000s"}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"no ring":    {simcloud.Values{"keyRing": "projects/explico-test/locations/europe-west1/keyRings/none"}, "not found"},
		"hourly":     {simcloud.Values{"rotationPeriod": "3600s"}, "at least 24 hours"},
		"no unit":    {simcloud.Values{"rotationPeriod": "90d"}, "invalid value for rotationPeriod"},
		"too soon":   {simcloud.Values{"destroyScheduledDuration": "60s"}, "between 24 hours and 120 days"},
		"asymmetric": {simcloud.Values{"purpose": "ASYMMETRIC_SIGN"}, "support automatic rotation"},
	} {
		w.refuses(name, keyToken, with(key, c.change), c.words)
	}
	id := w.make(keyToken, key).ID
	grant := simcloud.Values{"cryptoKeyId": id, "role": keyUser, "member": "serviceAccount:service-" + ProjectNumber + "@compute-system.iam.gserviceaccount.com"}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"other number": {simcloud.Values{"member": "serviceAccount:service-1@compute-system.iam.gserviceaccount.com"}, "does not exist"},
		"not asked":    {simcloud.Values{"member": "serviceAccount:service-" + ProjectNumber + "@gcp-sa-cloud-sql.iam.gserviceaccount.com"}, "does not exist"},
		"own account":  {simcloud.Values{"member": "serviceAccount:none@explico-test.iam.gserviceaccount.com"}, "does not exist"},
		"no pool":      {simcloud.Values{"member": "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/explico-test.svc.id.goog/subject/ns/a/sa/b"}, "Identity Pool does not exist"},
		"old style":    {simcloud.Values{"member": "serviceAccount:explico-test.svc.id.goog[a/b]"}, "Identity Pool does not exist"},
		"no kind":      {simcloud.Values{"member": "ada@example.com"}, "unknown type"},
		"bad role":     {simcloud.Values{"role": "viewer"}, "invalid value for role"},
	} {
		w.refuses(name, keyGrantToken, with(grant, c.change), c.words)
	}
	w.make(keyGrantToken, grant)
}

// gke makes what a cluster needs, and returns the inputs of a good one.
func (w *world) gke() simcloud.Values {
	w.t.Helper()
	network, subnet := w.network()
	ring := w.make(ringToken, simcloud.Values{"name": "ring", "location": "europe-west1"})
	key := w.make(keyToken, simcloud.Values{"name": "key", "keyRing": ring.ID}).ID
	for _, agent := range []string{containerAgent, computeAgent} {
		w.make(keyGrantToken, simcloud.Values{"cryptoKeyId": key, "role": keyUser, "member": "serviceAccount:service-" + ProjectNumber + "@" + agent + agentSuffix})
	}
	account := w.make(accountToken, simcloud.Values{"accountId": "nodes-of-test"}).Out.String("email")
	return simcloud.Values{
		"name": "main", "location": "europe-west1", "network": network.ID, "subnetwork": subnet.ID, "networkingMode": "VPC_NATIVE",
		"ipAllocationPolicy":             map[string]any{"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
		"privateClusterConfig":           map[string]any{"enablePrivateNodes": true, "enablePrivateEndpoint": true},
		"masterAuthorizedNetworksConfig": map[string]any{}, "datapathProvider": "ADVANCED_DATAPATH", "minMasterVersion": "1.34",
		"nodeConfig": map[string]any{"serviceAccount": account, "bootDiskKmsKey": key}, "removeDefaultNodePool": true, "initialNodeCount": 1,
		"databaseEncryption": map[string]any{"state": "ENCRYPTED", "keyName": key}, "deletionProtection": true,
		"workloadIdentityConfig": map[string]any{"workloadPool": "explico-test.svc.id.goog"},
	}
}

func TestClusterRefusals(t *testing.T) {
	w := newWorld(t)
	good := w.gke()
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"long name":       {simcloud.Values{"name": strings.Repeat("a", 41)}, "up to 39 lowercase letters"},
		"no version":      {simcloud.Values{"minMasterVersion": "1.20"}, `Master version "1.20" is unsupported.`},
		"no range":        {simcloud.Values{"ipAllocationPolicy": map[string]any{"clusterSecondaryRangeName": "other"}}, `range "other" does not exist`},
		"zone elsewhere":  {simcloud.Values{"nodeLocations": []string{"europe-west4-a"}}, "is not in region europe-west1"},
		"public nodes":    {simcloud.Values{"privateClusterConfig": map[string]any{"enablePrivateEndpoint": true}}, "can only be enabled when private nodes are enabled"},
		"open endpoint":   {simcloud.Values{"masterAuthorizedNetworksConfig": nil}, "must be enabled when private_endpoint"},
		"calico":          {simcloud.Values{"networkPolicy": map[string]any{"enabled": true}}, "DatapathProvider=ADVANCED_DATAPATH is not allowed"},
		"autopilot":       {simcloud.Values{"enableAutopilot": true}, "conflicts with enable_autopilot"},
		"no limits":       {simcloud.Values{"clusterAutoscaling": map[string]any{"enabled": true}}, "requires resource limits"},
		"channel":         {simcloud.Values{"releaseChannel": map[string]any{"channel": "FAST"}}, "releaseChannel.channel"},
		"key of nobody":   {simcloud.Values{"databaseEncryption": map[string]any{"state": "ENCRYPTED", "keyName": "projects/x"}}, "useToEncrypt"},
		"no key":          {simcloud.Values{"databaseEncryption": map[string]any{"state": "ENCRYPTED"}}, "key_name must be specified"},
		"no account":      {simcloud.Values{"nodeConfig": map[string]any{"serviceAccount": "none@explico-test.iam.gserviceaccount.com"}}, "does not exist"},
		"short window":    {simcloud.Values{"maintenancePolicy": map[string]any{"recurringWindow": map[string]any{"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T01:00:00Z"}}}, "at least 4 hours"},
		"pool of another": {simcloud.Values{"workloadIdentityConfig": map[string]any{"workloadPool": "pool"}}, "Invalid workload pool"},
		"no topic":        {simcloud.Values{"notificationConfig": map[string]any{"pubsub": map[string]any{"enabled": true, "topic": "projects/explico-test/topics/none"}}}, "topic"},
	} {
		w.refuses(name, clusterToken, with(good, c.change), c.words)
	}
	cluster := w.make(clusterToken, good)
	w.refuses("services twice", clusterToken, with(good, simcloud.Values{"name": "second"}), "already in use by another cluster")
	for _, c := range [][2]string{{"1.33", "cannot be downgraded"}, {"1.36", "one minor at a time"}, {"1.35", ""}} { // the last one changes it
		to, words := c[0], c[1]
		_, err := w.cloud.Update(w.s, clusterToken, cluster.ID, "urn", with(good, simcloud.Values{"minMasterVersion": to}))
		if words == "" && err != nil || words != "" && (err == nil || !strings.Contains(err.Error(), words)) {
			t.Errorf("1.34 to %s: got %v, want %q", to, err, words)
		}
	}
	if err := w.cloud.Delete(w.s, clusterToken, cluster.ID); err == nil || !strings.Contains(err.Error(), "deletion_protection") {
		t.Errorf("a protected cluster is deleted: %v", err)
	}
}

func TestNodePoolRefusals(t *testing.T) {
	w := newWorld(t)
	in := w.gke()
	cluster := w.make(clusterToken, in)
	pool := simcloud.Values{
		"name": "pool", "cluster": cluster.ID, "nodeLocations": []string{"europe-west1-b"},
		"nodeConfig": map[string]any{"machineType": "n2d-standard-4", "serviceAccount": simcloud.Values(in).String("nodeConfig.serviceAccount")},
	}
	node := func(change simcloud.Values) simcloud.Values {
		return simcloud.Values{"nodeConfig": map[string]any(with(simcloud.Values(pool["nodeConfig"].(map[string]any)), change))}
	}
	for name, c := range map[string]struct {
		change simcloud.Values
		words  string
	}{
		"no cluster":  {simcloud.Values{"cluster": "projects/explico-test/locations/europe-west1/clusters/none"}, "Not found"},
		"bad name":    {simcloud.Values{"name": "Pool"}, "lowercase"},
		"elsewhere":   {simcloud.Values{"nodeLocations": []string{"europe-west1-a"}}, "is not in region"},
		"no machine":  {node(simcloud.Values{"machineType": "m7g.large"}), "Machine type with name 'm7g.large' does not exist"},
		"no GPU":      {node(simcloud.Values{"machineType": "g2-standard-8"}), "requires accelerators"},
		"other GPU":   {node(simcloud.Values{"guestAccelerators": []any{map[string]any{"type": "nvidia-l4", "count": 1}}}), "is not supported with machine type n2d-standard-4"},
		"no account":  {node(simcloud.Values{"serviceAccount": "none@explico-test.iam.gserviceaccount.com"}), "does not exist"},
		"key":         {node(simcloud.Values{"bootDiskKmsKey": "projects/x"}), "useToEncrypt"},
		"two limits":  {simcloud.Values{"autoscaling": map[string]any{"maxNodeCount": 1, "totalMaxNodeCount": 1}}, "cannot be used together"},
		"no room":     {simcloud.Values{"upgradeSettings": map[string]any{"maxSurge": 0, "maxUnavailable": 0}}, "at least 1"},
		"bad taint":   {node(simcloud.Values{"taints": []any{map[string]any{"key": "a", "effect": "NoSchedule"}}}), "taints"},
		"no identity": {node(simcloud.Values{"workloadMetadataConfig": map[string]any{"mode": "OTHER"}}), "workloadMetadataConfig"},
	} {
		w.refuses(name, nodePoolToken, with(pool, c.change), c.words)
	}
	w.make(nodePoolToken, pool)
}

func TestIdentityRefusals(t *testing.T) {
	w := newWorld(t)
	w.refuses("short", accountToken, simcloud.Values{"accountId": "abc"}, "accountId")
	w.make(accountToken, simcloud.Values{"accountId": "deployer"})
	w.refuses("taken", accountToken, simcloud.Values{"accountId": "deployer", "name": "2"}, "already exists")
	w.refuses("reserved", poolToken, simcloud.Values{"workloadIdentityPoolId": "gcp-pool"}, "reserved")
	w.make(poolToken, simcloud.Values{"workloadIdentityPoolId": "pool"})
	provider := simcloud.Values{
		"workloadIdentityPoolId": "pool", "workloadIdentityPoolProviderId": "github", "attributeMapping": map[string]any{"google.subject": "assertion.sub"},
		"oidc": map[string]any{"issuerUri": "https://token.actions.githubusercontent.com"},
	}
	w.refuses("anybody", providerToken, provider, "attribute condition")
	w.refuses("no subject", providerToken, with(provider, simcloud.Values{"attributeMapping": map[string]any{}}), "google.subject")
	w.make(providerToken, with(provider, simcloud.Values{"attributeCondition": "assertion.repository == 'a/b'"}))
	w.refuses("what log", auditToken, simcloud.Values{
		"project": "explico-test", "service": "allServices", "auditLogConfigs": []any{map[string]any{"logType": "ALL"}},
	}, "logType")
}

// A project that switches services on has those and no others.
func TestServicesRefusals(t *testing.T) {
	w := newWorld(t)
	w.make(serviceToken, simcloud.Values{"service": "compute.googleapis.com"})
	w.make(networkToken, simcloud.Values{"name": "net"})
	w.refuses("not on", ringToken, simcloud.Values{"name": "ring", "location": "europe-west1"}, "cloudkms API has not been used in project")
	w.refuses("no agent", identityToken, simcloud.Values{"service": "compute.googleapis.com"}, "does not support service identity")
	w.refuses("agent of what is off", identityToken, simcloud.Values{"service": "sqladmin.googleapis.com"}, "is not enabled")
}

func TestFunctions(t *testing.T) {
	w := newWorld(t)
	p, err := w.cloud.Invoke(w.s, "gcp:organizations/getProject:getProject", simcloud.Values{})
	if err != nil || p.String("number") != ProjectNumber {
		t.Errorf("project: got %v, %v", p, err)
	}
	z, err := w.cloud.Invoke(w.s, "gcp:compute/getZones:getZones", simcloud.Values{"region": "europe-west1"})
	if names, _ := z["names"].([]string); err != nil || !slices.Equal(names, []string{"europe-west1-b", "europe-west1-c", "europe-west1-d"}) {
		t.Errorf("zones: got %v, %v", z, err)
	}
	if _, err := w.cloud.Invoke(w.s, "gcp:compute/getZones:getZones", simcloud.Values{"region": "mars"}); err == nil {
		t.Error("there is a region mars")
	}
}
