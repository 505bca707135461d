package settings

// EntranceHosts are the names that the way in of the cluster answers under: the
// services' first, then those of what people look at. There are none where nobody
// comes in from outside.
func (s *Settings) EntranceHosts() []string {
	if s.Compute == ECS || !s.Ingress.Enabled || s.Ingress.Host == "" {
		return nil
	}
	all := []string{s.Ingress.Host}
	if host := s.Metrics.Grafana.Host; host != "" {
		all = append(all, host)
	}
	return all
}
