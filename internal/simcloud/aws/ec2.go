package aws

import "github.com/te-explico/infrastructure/internal/simcloud"

func ec2Types() []*simcloud.Type { return nil }
