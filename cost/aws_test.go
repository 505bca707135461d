package cost

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// quantity is the sum of the likely quantities of the lines whose item begins so.
func quantity(r *Report, item string) decimal.Decimal {
	sum := decimal.Zero
	for _, l := range r.Lines {
		if strings.HasPrefix(l.Item, item) {
			sum = sum.Add(l.Quantity.Likely)
		}
	}
	return sum
}

func check(t *testing.T, what string, got decimal.Decimal, want string) {
	t.Helper()
	if !got.Round(4).Equal(dec(want)) {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

// What passes endpoints is divided among interface endpoints; one that is a
// gateway is free and takes no share. What NAT carries is divided among gateways.
func TestShares(t *testing.T) {
	gateway := res("ec2/vpcEndpoint:VpcEndpoint", "network-s3", Values{"vpcEndpointType": "Gateway"})
	other := endpointIn(2)
	other.Name, other.URN = "network-other", "urn:other"
	r := Estimate(options(t), []Resource{endpointIn(3), other, gateway,
		res("ec2/natGateway:NatGateway", "network-a", Values{}), res("ec2/natGateway:NatGateway", "network-b", Values{})})
	check(t, "through endpoints", quantity(r, "data through endpoints"), "50")
	check(t, "endpoint hours", quantity(r, "endpoint hours"), "3650")
	check(t, "through NAT", quantity(r, "data through NAT"), "100")
	if r.Free()["ec2.VpcEndpoint"] == "" {
		t.Error("a gateway endpoint is not free")
	}
	two := Estimate(options(t), []Resource{ // a component's logs are divided among its groups alone
		res("cloudwatch/logGroup:LogGroup", "a-one", Values{"retentionInDays": 30}), res("cloudwatch/logGroup:LogGroup", "a-two", Values{"retentionInDays": 30}),
		res("cloudwatch/logGroup:LogGroup", "b-one", Values{"retentionInDays": 30}),
	})
	check(t, "logs", quantity(two, "logs taken in"), "10")
	check(t, "logs kept", quantity(two, "logs kept"), "1.5")
}

// Objects of all ages lie in the classes that their age leads to; all classes
// together hold what lies in the bucket.
func TestBuckets(t *testing.T) {
	rules := func(rule map[string]any) []Resource {
		return []Resource{res("s3/bucketV2:BucketV2", "uploads", Values{}),
			res("s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "uploads", Values{"rules": []any{rule}})}
	}
	move := func(class string, days int) any { return map[string]any{"storageClass": class, "days": days} }
	aged := Estimate(options(t), rules(map[string]any{
		"transitions": []any{move("STANDARD_IA", 30), move("GLACIER_IR", 90)}, "expiration": map[string]any{"days": 300},
	}))
	for item, want := range map[string]string{"storage, standard": "10", "storage, infrequent": "20", "storage, glacier instant": "70", "storage": "100"} {
		check(t, item, quantity(aged, item), want)
	}
	check(t, "no rule", quantity(Estimate(options(t), rules(nil)[:1]), "storage, standard"), "100")
	o := options(t)
	o.Usage["objects.frequentPercent"], o.Usage["objects.kb"] = Assumed{Value: 30}, Assumed{Value: 500}
	tiered := Estimate(o, rules(map[string]any{"transitions": []any{move("INTELLIGENT_TIERING", 0)}}))
	for item, want := range map[string]string{"storage, read often": "30", "storage, seldom": "70", "objects watched": "200"} {
		check(t, item, quantity(tiered, item), want)
	}
	strange := Estimate(options(t), rules(map[string]any{"transitions": []any{move("ATTIC", 30)}}))
	if i := strange.Lines[0]; i.State != Unpriced || !strings.Contains(i.Reason, "ATTIC") {
		t.Errorf("an unknown class: got %+v", i)
	}
}

// Tasks are on demand up to the base, and so many percent of the others on spot
// capacity; together they are all tasks.
func TestFargate(t *testing.T) {
	strategy := func(name string, base, weight int) any {
		return map[string]any{"capacityProvider": name, "base": base, "weight": weight}
	}
	service := func(strategies ...any) []Resource {
		return []Resource{
			res("ecs/service:Service", "ecs-web", Values{"desiredCount": 5, "capacityProviderStrategies": strategies}),
			res("ecs/taskDefinition:TaskDefinition", "ecs-web", Values{"cpu": "512", "memory": "1024"}),
			res("appautoscaling/target:Target", "ecs-web", Values{"minCapacity": 5, "maxCapacity": 10}),
		}
	}
	plain := Estimate(options(t), service())
	check(t, "vCPU", quantity(plain, "task vCPU"), "1825") // 5 × 0.5 × 730
	check(t, "memory", quantity(plain, "task memory"), "3650")
	if l := plain.Lines[0]; !l.Quantity.High.Equal(dec("3650")) {
		t.Errorf("at most: got %s, want twice as much", l.Quantity.High)
	}
	mixed := Estimate(options(t), service(strategy("FARGATE", 1, 50), strategy("FARGATE_SPOT", 0, 50)))
	check(t, "mixed vCPU", quantity(mixed, "task vCPU"), "1825")
	check(t, "spot vCPU", quantity(mixed, "task vCPU hours, spot"), "730") // 2 of the 4 above the base
	if mixed.Total().Likely.GreaterThanOrEqual(plain.Total().Likely) {
		t.Errorf("half spot costs %s, on demand %s", mixed.Total().Likely, plain.Total().Likely)
	}
	if alone := Estimate(options(t), service()[:1]).Lines; len(alone) != 1 || alone[0].State != Unpriced {
		t.Errorf("a service without task definition: got %+v", alone)
	}
}

func TestDatabases(t *testing.T) {
	replica := res("rds/instance:Instance", "database-replica", Values{"instanceClass": "db.m7g.large", "storageType": "gp3", "replicateSourceDb": Unknown{}})
	proxied := res("rds/proxy:Proxy", "database-proxy", Values{})
	main := rds("db.m7g.4xlarge", 100, 300, false)
	r := Estimate(options(t), []Resource{main, replica, proxied})
	check(t, "storage", quantity(r, "storage"), "200") // the replica's is its source's
	check(t, "proxy", quantity(r, "proxy"), "11680")   // 16 processors
	check(t, "small proxy", quantity(Estimate(options(t), []Resource{rds("db.t4g.micro", 20, 0, false), proxied}), "proxy"), "1460")
	if alone := Estimate(options(t), []Resource{proxied}).Lines; alone[0].State != Unpriced {
		t.Errorf("a proxy without database: got %+v", alone)
	}
	mysql := rds("db.m7g.large", 100, 0, false)
	mysql.Inputs["engine"] = "mysql"
	if lines := Estimate(options(t), []Resource{mysql}).Lines; len(lines) != 1 || lines[0].State != Unpriced {
		t.Errorf("MySQL has PostgreSQL's price: %+v", lines)
	}
}

// An alarm costs by the metrics that it looks at, and more where it looks more
// often than every minute.
func TestAlarms(t *testing.T) {
	for want, inputs := range map[string]Values{
		"0.1": {"period": 300}, "0.3": {"period": 10}, "0.9": {"thresholdMetricId": "e1"},
		"0.2": {"metricQueries": []any{
			map[string]any{"metric": map[string]any{"period": 60}}, map[string]any{"metric": map[string]any{"period": 60}}, map[string]any{"expression": "a/b"},
		}},
	} {
		if got := likely(t, res("cloudwatch/metricAlarm:MetricAlarm", "a", inputs)); !got.Equal(dec(want)) {
			t.Errorf("%v: got %s, want %s", inputs, got, want)
		}
	}
}

// What a controller in the cluster makes is not free.
func TestKubernetes(t *testing.T) {
	object := func(typ string, spec map[string]any) Resource {
		return Resource{Type: "kubernetes:core/v1:" + typ, Name: "web", Component: "web", Inputs: Values{"spec": spec}}
	}
	for _, tt := range []struct {
		r    Resource
		free bool
	}{
		{object("Service", nil), true}, {object("Service", map[string]any{"type": "ClusterIP"}), true}, {object("Service", map[string]any{"type": "LoadBalancer"}), false},
		{object("PersistentVolumeClaim", nil), false}, {object("ConfigMap", nil), true},
	} {
		if lines := Estimate(options(t), []Resource{tt.r}).Lines; (len(lines) == 0) != tt.free {
			t.Errorf("%s %v: got %v", tt.r.Type, tt.r.Inputs, lines)
		}
	}
}
