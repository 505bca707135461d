package aws

import "github.com/te-explico/infrastructure/internal/simcloud"

func rdsTypes() []*simcloud.Type { return nil }
