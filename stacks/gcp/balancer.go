package gcp

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/stacks/platform"
)

// entersCluster says whether the internet reaches the cluster: through a load
// balancer, which has a host with a certificate.
func (b *builder) entersCluster() bool {
	return len(b.EntranceHosts()) > 0 && b.dns != nil
}

// What GKE calls the objects by which a load balancer is described.
const (
	frontendConfig = "gateway"
	backendConfig  = "gateway"
)

// balancer asks GKE for an external Application Load Balancer: it speaks TLS with
// the gateway's own certificate, sends on whoever comes in clear, and has Cloud
// Armor in front. GKE's own controller makes it, and takes the annotation where
// others take a class.
// Source: GKE docs, "Configure Ingress features through FrontendConfig and
// BackendConfig parameters", read 2026-11.
func (b *builder) balancer() *platform.Balancer {
	return &platform.Balancer{
		Certificate: true,
		Annotations: map[string]pulumi.StringInput{
			"kubernetes.io/ingress.class":              pulumi.String("gce"),
			"networking.gke.io/v1beta1.FrontendConfig": pulumi.String(frontendConfig),
		},
		Service: balancedService, Objects: b.balancerObjects,
	}
}

// balancedService says how the load balancer speaks to the pods, each of which is
// an endpoint of its own.
func balancedService(p platform.Backend) map[string]string {
	all := map[string]string{
		"cloud.google.com/neg":            `{"ingress":true}`,
		"cloud.google.com/backend-config": fmt.Sprintf(`{"default":%q}`, backendConfig),
	}
	if p.TLS {
		protocols, err := json.Marshal(map[string]string{"https": "HTTPS"})
		if err == nil { // a map of texts always has a JSON
			all["cloud.google.com/app-protocols"] = string(protocols)
		}
	}
	return all
}

func (b *builder) balancerObjects(p platform.Backend) []platform.Spec {
	backend := map[string]any{
		"healthCheck": map[string]any{
			"type": "HTTP", "port": p.HealthPort, "requestPath": p.HealthPath, "checkIntervalSec": 5, "timeoutSec": 5,
			"healthyThreshold": 1, "unhealthyThreshold": 3,
		},
		"timeoutSec": b.EntranceSeconds(), "connectionDraining": map[string]any{"drainingTimeoutSec": 30},
		"logging": map[string]any{"enable": true, "sampleRate": logSample},
	}
	if b.armor != nil {
		backend["securityPolicy"] = map[string]any{"name": b.armor.BackendPolicyName}
	}
	return []platform.Spec{
		{APIVersion: "cloud.google.com/v1", Kind: "BackendConfig", Name: backendConfig, Spec: backend},
		{APIVersion: "networking.gke.io/v1beta1", Kind: "FrontendConfig", Name: frontendConfig, Spec: map[string]any{
			"sslPolicy":       b.edge.TLSPolicy,
			"redirectToHttps": map[string]any{"enabled": true, "responseCodeName": "MOVED_PERMANENTLY_DEFAULT"},
		}},
	}
}
