package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/certificatemanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ipVersions are the load balancer's addresses, and the records that name them.
var ipVersions = []struct{ version, record string }{{"IPV4", "A"}, {"IPV6", "AAAA"}}

// addresses make the addresses and point the domain at them.
func (b *edgeBuilder) addresses() error {
	b.ips = map[string]*ipAddress{}
	all := pulumi.StringArray{}
	for _, ip := range ipVersions {
		name := b.name + "-" + ip.record
		address, err := reserve(b.ctx, "globalAddress:GlobalAddress", b.name+"-"+strings.ToLower(ip.version), pulumi.Map{
			"addressType": pulumi.String("EXTERNAL"), "ipVersion": pulumi.String(ip.version), "description": pulumi.String(b.Prefix + "-" + b.name),
			"labels": b.labels("edge"),
		}, pulumi.Parent(b.edge), pulumi.Protect(b.Protect)) // partners may have let it through their firewalls
		if err != nil {
			return fmt.Errorf("creating address %s: %w", name, err)
		}
		b.ips[ip.version] = address
		all = append(all, address.Address)
		if err := b.record(b.ctx, name, b.ZoneID, b.Domain, ip.record, pulumi.StringArray{address.Address}, 0, pulumi.Parent(b.edge)); err != nil {
			return err
		}
	}
	b.edge.Addresses = all.ToStringArrayOutput()
	return nil
}

// certificate makes the domain's certificate: Google issues and renews it as long
// as the zone holds the record that shows whose the domain is.
func (b *edgeBuilder) certificate() error {
	name, parent := b.name+"-certificate", pulumi.Parent(b.edge)
	proof, err := certificatemanager.NewDnsAuthorization(b.ctx, name, &certificatemanager.DnsAuthorizationArgs{
		Domain: pulumi.String(b.Domain), Description: pulumi.String(b.Prefix + "-" + b.name), Labels: b.labels("edge"),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating the DNS authorization of %s: %w", b.Domain, err)
	}
	data := proof.DnsResourceRecords.Index(pulumi.Int(0)).Data().Elem()
	if err := b.record(b.ctx, name, b.ZoneID, "_acme-challenge."+b.Domain, "CNAME", pulumi.StringArray{data}, 0, parent); err != nil {
		return err
	}
	certificate, err := certificatemanager.NewCertificate(b.ctx, name, &certificatemanager.CertificateArgs{
		Description: pulumi.String(b.Prefix + "-" + b.name), Labels: b.labels("edge"),
		Managed: certificatemanager.CertificateManagedArgs{
			Domains: pulumi.ToStringArray([]string{b.Domain}), DnsAuthorizations: pulumi.StringArray{proof.ID()},
		},
	}, parent)
	if err != nil {
		return fmt.Errorf("creating certificate %s: %w", name, err)
	}
	served, err := certificatemanager.NewCertificateMapResource(b.ctx, b.name, &certificatemanager.CertificateMapResourceArgs{
		Description: pulumi.String(b.Prefix + "-" + b.name), Labels: b.labels("edge"),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating certificate map %s: %w", b.name, err)
	}
	entry, err := certificatemanager.NewCertificateMapEntry(b.ctx, b.name, &certificatemanager.CertificateMapEntryArgs{
		Map: served.Name, Hostname: pulumi.String(b.Domain), Certificates: pulumi.StringArray{certificate.ID()}, Labels: b.labels("edge"),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating the entry of certificate map %s: %w", b.name, err)
	}
	b.certificates = after(pulumi.Sprintf("//certificatemanager.googleapis.com/%s", served.ID()), []any{entry.ID()})
	return nil
}

// listen answers HTTPS with TLS 1.2 and newer and sends HTTP there, on both
// addresses.
func (b *edgeBuilder) listen() error {
	parent := pulumi.Parent(b.edge)
	tls, err := bind(b.ctx, "gcp:compute/sSLPolicy:SSLPolicy", b.name, pulumi.Map{
		"profile": pulumi.String("MODERN"), "minTlsVersion": pulumi.String("TLS_1_2"), "description": pulumi.String(b.Prefix + "-" + b.name),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating TLS policy %s: %w", b.name, err)
	}
	b.edge.TLSPolicy = tls.Name
	https, err := bind(b.ctx, "gcp:compute/targetHttpsProxy:TargetHttpsProxy", b.name, pulumi.Map{
		"urlMap": b.urls.SelfLink, "sslPolicy": tls.SelfLink, "certificateMap": b.certificates,
		"quicOverride": pulumi.String("ENABLE"), "description": pulumi.String(b.Prefix + "-" + b.name),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating HTTPS proxy %s: %w", b.name, err)
	}
	clear := b.name + "-redirect"
	away, err := bind(b.ctx, "gcp:compute/uRLMap:URLMap", clear, pulumi.Map{
		"description": pulumi.String("Sends HTTP to HTTPS"),
		"defaultUrlRedirect": pulumi.Map{
			"httpsRedirect": pulumi.Bool(true), "redirectResponseCode": pulumi.String("MOVED_PERMANENTLY_DEFAULT"), "stripQuery": pulumi.Bool(false),
		},
	}, parent)
	if err != nil {
		return fmt.Errorf("creating URL map %s: %w", clear, err)
	}
	http, err := bind(b.ctx, "gcp:compute/targetHttpProxy:TargetHttpProxy", clear, pulumi.Map{
		"urlMap": away.SelfLink, "description": pulumi.String("Sends HTTP to HTTPS"),
	}, parent)
	if err != nil {
		return fmt.Errorf("creating HTTP proxy %s: %w", clear, err)
	}
	for _, ip := range ipVersions {
		for _, to := range []struct {
			kind, port string
			target     pulumi.StringInput
		}{{"https", "443", https.SelfLink}, {"http", "80", http.SelfLink}} {
			name := b.name + "-" + to.kind + "-" + strings.ToLower(ip.version)
			if _, err := bind(b.ctx, "gcp:compute/globalForwardingRule:GlobalForwardingRule", name, pulumi.Map{
				"ipAddress": b.ips[ip.version].Address, "ipProtocol": pulumi.String("TCP"), "portRange": pulumi.String(to.port),
				"loadBalancingScheme": pulumi.String(scheme), "target": to.target, "labels": b.labels("edge"),
			}, parent, pulumi.DeleteBeforeReplace(true), secretLabels()); err != nil {
				return fmt.Errorf("creating forwarding rule %s: %w", name, err)
			}
		}
	}
	return nil
}
