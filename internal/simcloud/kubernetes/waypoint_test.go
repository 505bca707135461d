package kubernetes

import (
	"strings"
	"testing"
)

// A waypoint's pods have the labels that its Gateway asks for, and start in a
// restricted namespace if istiod gives them a profile.
func TestWaypoint(t *testing.T) {
	for profile, want := range map[string]string{
		"RuntimeDefault": "", "Unconfined": `pods "waypoint-" is forbidden: violates PodSecurity "restricted:v1.35": seccompProfile`,
	} {
		g := newGround(t)
		g.publish(gatewayFile)
		if _, err := g.release("istiod", m{"gateways": m{"seccompProfile": m{"type": profile}}}); err != nil {
			t.Fatal(err)
		}
		err := g.try("gateway.networking.k8s.io/v1", "Gateway", "shop", "waypoint", m{"spec": m{
			"gatewayClassName": "istio-waypoint", "infrastructure": m{"labels": m{"team": "platform"}},
			"listeners": []any{m{"name": "mesh", "port": 15008, "protocol": "HBONE"}},
		}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", profile, err, want)
		}
		if want != "" {
			continue
		}
		for _, r := range g.cloud.Records() {
			if r.Type == "kubernetes:apps/v1:Deployment" && r.ID == "shop/waypoint" {
				if team := r.Out.String("spec.template.metadata.labels.team"); team != "platform" {
					t.Errorf("the waypoint's pods have the team %q", team)
				}
				return
			}
		}
		t.Error("the waypoint has no pods")
	}
}
