package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// logGroup makes an encrypted log group that forgets after days. The service
// that writes to it decides its name; made beforehand, it has our key and
// retention instead of neither.
func (s Scope) logGroup(ctx *pulumi.Context, comp, name string, path, key pulumi.StringInput, days int, opts ...pulumi.ResourceOption) (*bound, error) {
	group, err := bind(ctx, "aws:cloudwatch/logGroup:LogGroup", name, pulumi.Map{
		"name": path, "kmsKeyId": key, "retentionInDays": pulumi.Int(days), "tags": s.tags(comp, name),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating log group %s: %w", name, err)
	}
	return group, nil
}
