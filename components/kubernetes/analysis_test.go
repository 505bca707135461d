package kubernetes_test

import (
	"math"
	"testing"

	"github.com/expr-lang/expr"

	"github.com/te-explico/infrastructure/components/kubernetes"
	"github.com/te-explico/infrastructure/internal/simcloud"
)

// phase is what becomes of a measurement or a metric.
type phase string

const (
	successful   phase = "Successful"
	failed       phase = "Failed"
	inconclusive phase = "Inconclusive"
	running      phase = "Running"
)

// judge decides a metric over a series of results as Argo Rollouts does: each
// result is a success, a failure or neither by the two conditions; more failures
// than failureLimit fail the metric, more that are neither than inconclusiveLimit
// leave it undecided, and count measurements without either are a success.
// Source: argo-rollouts v1.9.1, utils/evaluate (EvaluateResult) and analysis
// (assessMetricStatus).
func judge(t *testing.T, metric simcloud.Values, series [][]float64) phase {
	t.Helper()
	counts := map[phase]int{}
	for i, result := range series {
		good, bad := holds(t, metric.String("successCondition"), result), holds(t, metric.String("failureCondition"), result)
		switch {
		case bad:
			counts[failed]++
		case good:
			counts[successful]++
		default:
			counts[inconclusive]++
		}
		switch {
		case counts[inconclusive] > metric.Int("inconclusiveLimit"):
			return inconclusive
		case counts[failed] > metric.Int("failureLimit"):
			return failed
		case i+1 >= metric.Int("count"):
			return successful
		}
	}
	return running
}

// holds evaluates a condition in the expression language that Argo Rollouts uses,
// with what it knows there.
func holds(t *testing.T, condition string, result []float64) bool {
	t.Helper()
	env := map[string]any{"result": result, "isNaN": math.IsNaN}
	program, err := expr.Compile(condition, expr.Env(env), expr.AsBool())
	if err != nil {
		t.Fatalf("%s: %v", condition, err)
	}
	out, err := expr.Run(program, env)
	if err != nil {
		t.Fatalf("%s of %v: %v", condition, result, err)
	}
	return out.(bool)
}

// series is n times the same result.
func series(n int, result ...float64) [][]float64 {
	var all [][]float64
	for range n {
		all = append(all, result)
	}
	return all
}

// A release that breaks the SLO is taken back, one that keeps it goes live, and
// one that nobody asks anything does as the settings say.
func TestAnalysisDecides(t *testing.T) {
	for _, strategy := range []kubernetes.Strategy{kubernetes.Canary, kubernetes.BlueGreen} {
		for _, pass := range []bool{false, true} {
			g := deliver(t, strategy, func(a *kubernetes.ServiceArgs) { a.Analysis.PassUnasked = pass })
			metrics := g.One(t, "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate", "service-backend-"+string(strategy)+"-slo").Inputs
			for i, name := range []string{"error-rate", "latency"} {
				metric := simcloud.Values(metrics.Get("spec.metrics").([]any)[i].(map[string]any))
				if metric.String("name") != name {
					t.Fatalf("got metric %s, want %s", metric.String("name"), name)
				}
				limit := map[string]float64{"error-rate": 0.006, "latency": 0.5}[name]
				n := metric.Int("count")
				unasked := map[bool]phase{true: successful, false: inconclusive}[pass]
				for what, c := range map[string]struct {
					series [][]float64
					want   phase
				}{
					"good":            {series(n, limit/2), successful},
					"at the limit":    {series(n, limit), successful},
					"none failed":     {series(n, 0), successful},
					"bad":             {series(n, limit*2), failed},
					"turns bad":       {append(series(2, limit/2), series(2, 1)...), failed},
					"one bad minute":  {append(series(1, 1), series(n-1, limit/2)...), successful},
					"two bad minutes": {append(append(series(1, 1), series(1, limit/2)...), series(1, 1)...), failed},
					"unasked":         {series(n), unasked},
					"0 of 0":          {series(n, math.NaN()), unasked},
					"not over":        {series(n-1, limit/2), running},
				} {
					if got := judge(t, metric, c.series); got != c.want {
						t.Errorf("%s, pass %v, %s, %s: got %s, want %s", strategy, pass, name, what, got, c.want)
					}
				}
			}
		}
	}
}

// The analysis of a canary is there while its share grows, and measures to the end.
func TestAnalysisLastsAsLongAsTheSteps(t *testing.T) {
	g := deliver(t, kubernetes.Canary)
	rollout := g.One(t, "kubernetes:argoproj.io/v1alpha1:Rollout", "").Inputs
	steps := rollout.Get("spec.strategy.canary.steps").([]any)
	start := rollout.Int("spec.strategy.canary.analysis.startingStep")
	if start < 1 || start >= len(steps) {
		t.Fatalf("the analysis starts at step %d of %d", start, len(steps))
	}
	if first := steps[start-1].(map[string]any); first["setWeight"] == nil {
		t.Errorf("the analysis starts after %v, want the first share", first)
	}
	for _, step := range steps[:start-1] {
		if step.(map[string]any)["setWeight"] != nil {
			t.Errorf("users reach the canary before it is measured: %v", step)
		}
	}
	template := g.One(t, "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate", "service-backend-canary-slo").Inputs
	metric := simcloud.Values(template.Get("spec.metrics").([]any)[0].(map[string]any))
	const pauses = 2 * 5 // minutes
	if n := metric.Int("count"); n < pauses-1 || n > pauses {
		t.Errorf("%d measurements, a minute apart, for %d minutes", n, pauses)
	}
}
