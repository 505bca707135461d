package aws

import "github.com/te-explico/infrastructure/internal/simcloud"

func monitoringTypes() []*simcloud.Type { return nil }
