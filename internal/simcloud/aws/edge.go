package aws

import "github.com/te-explico/infrastructure/internal/simcloud"

func edgeTypes() []*simcloud.Type { return nil }
