package platform

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Outputs are the stack's outputs: the contract, by neutral names.
func (p *Platform) Outputs() pulumi.Map {
	buckets := pulumi.StringMap{}
	for purpose, b := range p.Buckets {
		buckets[purpose] = b.Name
	}
	all := pulumi.Map{
		"compute": pulumi.String(p.Compute), "cloud": pulumi.String(p.Cloud),
		"region": pulumi.String(p.Region),
		"network": pulumi.Map{
			"id": orNothing(p.Network.ID), "cidr": pulumi.String(p.Network.CIDR), "zones": pulumi.ToStringArray(p.Network.Zones),
			"egressAddresses": orNone(p.Network.EgressAddresses),
		},
		"database": pulumi.Map{
			"host": p.Database.Host, "poolHost": p.Database.PoolHost, "port": p.Database.Port, "name": pulumi.String(p.Database.Name),
			"readers": p.Database.Readers, "secret": p.Database.Secret,
		},
		"secrets": pulumi.Map{
			"store": pulumi.String(p.Secrets.Store), "references": p.Secrets.References,
			"address": pulumi.String(p.Secrets.Address), "authMount": pulumi.String(p.Secrets.AuthMount),
			"role": pulumi.String(p.Secrets.Role), "path": pulumi.String(p.Secrets.Path),
		},
		"registry": pulumi.Map{"images": orNone(p.Registry.Images), "mirrors": orNone(p.Registry.Mirrors)},
		"buckets":  buckets,
		"objects":  pulumi.Map{"endpoint": orNothing(p.Objects.Endpoint), "secret": orNothing(p.Objects.Secret)},
		"cdn":      pulumi.Map{"id": orNothing(p.CDN.ID), "url": orNothing(p.CDN.URL)},
		"alerts":   pulumi.Map{"p0": orNothing(p.Alerts.P0), "p1": orNothing(p.Alerts.P1)},
		"dns": pulumi.Map{
			"zone": pulumi.String(p.DNS.Zone), "zoneId": orNothing(p.DNS.ZoneID),
			"nameServers": orEmpty(p.DNS.NameServers), "ds": orNothing(p.DNS.DS),
		},
		"backup": pulumi.Map{
			"vault": orNothing(p.Backup.Vault), "plan": orNothing(p.Backup.Plan),
			"days": pulumi.Int(p.Backup.Days), "continuousDays": pulumi.Int(p.Backup.ContinuousDays),
		},
	}
	if c := p.Cache; c != nil {
		all["cache"] = pulumi.Map{
			"host": c.Host, "port": c.Port, "reader": c.Reader, "clustered": pulumi.Bool(c.Clustered),
			"users": orNone(c.Users), "secret": orNothing(c.Secret), "tls": pulumi.Bool(c.TLS), "ca": orNothing(c.CA),
			"open": pulumi.Bool(c.Open),
		}
	}
	if p.CI.Deploy != nil {
		all["ci"] = pulumi.Map{"preview": p.CI.Preview, "deploy": p.CI.Deploy}
	}
	if len(p.Lacks) > 0 {
		all["lacks"] = pulumi.ToStringMap(p.Lacks)
	}
	p.computeOutputs(all)
	return all
}

// orNothing is a text that a cloud may lack.
func orNothing(s pulumi.StringInput) pulumi.StringInput {
	if s == nil {
		return pulumi.String("")
	}
	return s
}

// orNone are texts by name that a cloud may lack.
func orNone(m pulumi.StringMapInput) pulumi.StringMapInput {
	if m == nil {
		return pulumi.StringMap{}
	}
	return m
}

// orEmpty are texts that a cloud may lack.
func orEmpty(a pulumi.StringArrayInput) pulumi.StringArrayInput {
	if a == nil {
		return pulumi.StringArray{}
	}
	return a
}

// computeOutputs adds what runs the services.
func (p *Platform) computeOutputs(all pulumi.Map) {
	if c := p.Cluster; c != nil {
		all["cluster"] = pulumi.Map{
			"name": c.Name, "version": pulumi.String(c.Version), "endpoint": c.Endpoint, "issuer": c.Issuer,
		}
		if c.Kubeconfig != nil {
			all["kubeconfig"] = pulumi.ToSecret(c.Kubeconfig)
		}
		return
	}
	services := pulumi.StringMap{}
	for name, s := range p.Services {
		services[name] = s.URL
	}
	all["services"] = services
}
