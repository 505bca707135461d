package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	certificateToken = "aws:acm/certificate:Certificate"
	validationToken  = "aws:acm/certificateValidation:CertificateValidation"
)

var domainName = regexp.MustCompile(`^(\*\.)?([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}$`)

func acmTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: certificateToken, Noun: "certificate",
		ID: func(op *simcloud.Op) string { return arn(op, "acm", "certificate/"+uuid(op)) },
		Replace: []string{
			"domainName", "subjectAlternativeNames", "validationMethod", "validationOptions", "keyAlgorithm", "certificateAuthorityArn",
		},
		InUse: "ResourceInUseException: Certificate %s in use.",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(
				simcloud.Matches(in, "domainName", domainName), simcloud.OneOf(in, "validationMethod", "DNS", "EMAIL", "NONE"),
				simcloud.OneOf(in, "keyAlgorithm", "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
			)
			for _, name := range in.Strings("subjectAlternativeNames[]") {
				if !domainName.MatchString(name) {
					errs = append(errs, fmt.Errorf("invalid value for subjectAlternativeNames (%s): must match %s", name, domainName))
				}
			}
			if !in.Has("domainName") && !in.Has("privateKey") {
				errs = append(errs, fmt.Errorf("one of `domain_name,private_key` must be specified"))
			}
			if name := in.String("domainName"); len(name) > 64 {
				errs = append(errs, simcloud.Refusal("InvalidDomainValidationOptionsException", "The first domain name can have no more than 64 characters. (%s)", name))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values {
			names := certificateNames(op)
			return simcloud.Values{
				"arn": op.ID, "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED", "subjectAlternativeNames": names,
				"domainValidationOptions": validationOptions(op, names), "renewalEligibility": "INELIGIBLE", "pendingRenewal": false,
			}
		},
	}, {
		// Nothing at AWS: it stands for the waiting until the certificate is issued.
		Token: validationToken, Noun: "certificate validation", IDFrom: "certificateArn", Takes: 2 * time.Minute,
		Required: []string{"certificateArn"},
		Replace:  []string{"*"},
		Refs: []simcloud.Ref{{
			Path: "certificateArn", To: []string{certificateToken}, Missing: "ResourceNotFoundException: Could not find certificate %s.",
		}},
		Refuse: validated,
	}}
}

// certificateNames are the names that a certificate is for, the first one first.
func certificateNames(op *simcloud.Op) []string {
	names := []string{op.In.String("domainName")}
	for _, name := range op.In.Strings("subjectAlternativeNames[]") {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// validationOptions are the records by which the owner of a name proves to be
// it. A wildcard is proved with the name it stands under. They are an account's:
// its certificates for the same name, in all regions, have the same.
// Source: ACM user guide, "DNS validation".
func validationOptions(op *simcloud.Op, names []string) []any {
	var options []any
	for _, name := range names {
		base := strings.TrimPrefix(name, "*.")
		options = append(options, map[string]any{
			"domainName": name, "resourceRecordType": "CNAME",
			"resourceRecordName":  "_" + token("name", op.Account, base) + "." + base + ".",
			"resourceRecordValue": "_" + token("value", op.Account, base) + ".abcdefghij.acm-validations.aws.",
		})
	}
	return options
}

// token is 32 hex digits that are the same for the same texts.
func token(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, " ")))
	return hex.EncodeToString(sum[:16])
}

// validated refuses to wait for a certificate whose records are not there.
func validated(op *simcloud.Op) error {
	cert := op.Find(certificateToken, "id", op.In.String("certificateArn"))
	fqdns := op.In.Strings("validationRecordFqdns[]")
	for _, option := range cert.Out.Objects("domainValidationOptions[]") {
		name := strings.TrimSuffix(option.String("resourceRecordName"), ".")
		if len(fqdns) > 0 && !slices.ContainsFunc(fqdns, func(f string) bool { return strings.TrimSuffix(f, ".") == name }) {
			return fmt.Errorf("missing %s DNS validation record: %s", option.String("domainName"), name)
		}
		proof := op.Find(recordToken, "fqdn", name)
		if proof == nil || !slices.Contains(proof.Out.Strings("records[]"), option.String("resourceRecordValue")) {
			return fmt.Errorf("waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s; no record %s)", cert.ID, name)
		}
	}
	return nil
}
