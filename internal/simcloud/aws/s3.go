package aws

import "github.com/te-explico/infrastructure/internal/simcloud"

func s3Types() []*simcloud.Type { return nil }
