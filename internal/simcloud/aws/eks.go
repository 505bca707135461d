package aws

import "github.com/te-explico/infrastructure/internal/simcloud"

func eksTypes() []*simcloud.Type { return nil }
