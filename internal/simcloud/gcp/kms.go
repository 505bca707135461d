package gcp

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/te-explico/infrastructure/internal/simcloud"
)

const (
	ringToken     = "gcp:kms/keyRing:KeyRing"
	keyToken      = "gcp:kms/cryptoKey:CryptoKey"
	keyGrantToken = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	keyUser       = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
)

var (
	keyName  = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,63}$`)
	duration = regexp.MustCompile(`^\d+(\.\d{1,9})?s$`)
	// multiRegions are the places of keys beside the regions.
	// Source: Cloud KMS docs, "Cloud KMS locations", read 2026-11.
	multiRegions = []string{"global", "us", "europe", "asia", "eur3", "eur4", "nam4", "asia1"}
)

func kmsTypes() []*simcloud.Type {
	return []*simcloud.Type{{
		Token: ringToken, Noun: "key ring", Auto: "name", AutoMax: 63, Takes: 2 * time.Second, Replace: []string{"*"},
		ID: func(op *simcloud.Op) string {
			return path(op, "locations", op.In.String("location"), "keyRings", op.In.String("name"))
		},
		Required: []string{"location", "name"},
		Unique:   []simcloud.Unique{{Paths: []string{"location", "name"}, Words: "googleapi: Error 409: KeyRing in %s named %s already exists."}},
		InUse:    "googleapi: Error 400: KeyRing %s has keys, failedPrecondition",
		Validate: func(in simcloud.Values) []error {
			errs := simcloud.Problems(simcloud.Matches(in, "name", keyName))
			if l := in.String("location"); l != "" && regions[l] == "" && !slices.Contains(multiRegions, l) {
				errs = append(errs, refused(400, "badRequest", "The request concerns location '%s' but Cloud KMS does not exist there.", l))
			}
			return errs
		},
		Outputs: func(op *simcloud.Op) simcloud.Values { return simcloud.Values{"project": op.Account} },
	}, {
		Token: keyToken, Noun: "key", Auto: "name", AutoMax: 63, Takes: 2 * time.Second,
		ID:       func(op *simcloud.Op) string { return op.In.String("keyRing") + "/cryptoKeys/" + op.In.String("name") },
		Required: []string{"keyRing", "name"},
		Replace: []string{
			"cryptoKeyBackend", "destroyScheduledDuration", "importOnly", "keyRing", "name", "purpose", "skipInitialVersionCreation",
		},
		Refs:     []simcloud.Ref{holding("keyRing", "googleapi: Error 404: KeyRing %s not found., notFound", ringToken)},
		Unique:   []simcloud.Unique{{Paths: []string{"keyRing", "name"}, Words: "googleapi: Error 409: CryptoKey %s/cryptoKeys/%s already exists."}},
		Validate: validKey,
		Outputs: func(op *simcloud.Op) simcloud.Values {
			out := simcloud.Values{"primaries": []any{map[string]any{"name": op.ID + "/cryptoKeyVersions/1", "state": "ENABLED"}}}
			for input, usual := range map[string]string{"purpose": "ENCRYPT_DECRYPT", "destroyScheduledDuration": "2592000s"} {
				if !op.In.Has(input) {
					out[input] = usual
				}
			}
			return out
		},
	}, grant(keyGrantToken, "cryptoKeyId", keyToken)}
}

// validKey holds a key's durations against their bounds.
// Source: Cloud KMS reference, CryptoKey: rotationPeriod, destroyScheduledDuration;
// read 2026-11.
func validKey(in simcloud.Values) []error {
	errs := simcloud.Problems(
		simcloud.Matches(in, "name", keyName), simcloud.Matches(in, "rotationPeriod", duration),
		simcloud.Matches(in, "destroyScheduledDuration", duration),
	)
	if s, known := seconds(in, "rotationPeriod"); known && s < 24*3600 {
		errs = append(errs, refused(400, "badRequest", "rotation period must be at least 24 hours"))
	}
	if s, known := seconds(in, "destroyScheduledDuration"); known && (s < 24*3600 || s > 120*24*3600) {
		errs = append(errs, refused(400, "badRequest", "destroy_scheduled_duration must be between 24 hours and 120 days"))
	}
	if p := in.String("purpose"); p != "" && p != "ENCRYPT_DECRYPT" && in.Has("rotationPeriod") {
		errs = append(errs, refused(400, "badRequest", "Only CryptoKeys with purpose ENCRYPT_DECRYPT support automatic rotation."))
	}
	return errs
}

// seconds are the whole seconds of a duration.
func seconds(in simcloud.Values, input string) (int, bool) {
	whole, _, _ := strings.Cut(strings.TrimSuffix(in.String(input), "s"), ".")
	n, err := strconv.Atoi(whole)
	return n, err == nil
}

// mayUse says whether the service agent with a domain may encrypt with a key.
func mayUse(op *simcloud.Op, key, domain string) bool {
	agent := "serviceAccount:service-" + ProjectNumber + "@" + domain + agentSuffix
	return slices.ContainsFunc(op.All(keyGrantToken), func(r *simcloud.Record) bool {
		return r.In.String("cryptoKeyId") == key && r.In.String("member") == agent && r.In.String("role") == keyUser
	})
}

// encrypts refuses to encrypt with a key that is elsewhere, or that the agent of
// the service may not use. The input may name no key.
func encrypts(op *simcloud.Op, input, domain, location string) error {
	key := op.In.String(input)
	if key == "" {
		return nil
	}
	email := "service-" + ProjectNumber + "@" + domain + agentSuffix
	r := op.Find(keyToken, "id", key)
	if r == nil || !mayUse(op, key, domain) {
		return refused(403, "forbidden",
			"Cloud KMS error when using key %s: Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '%s' (or it may not exist). Service account: %s",
			key, key, email)
	}
	if at := strings.Split(key, "/"); len(at) > 3 && at[3] != location && location != "" {
		return refused(400, "badRequest", "The Cloud KMS key %s is in location %s, which does not match the location %s of the resource.", key, at[3], location)
	}
	return nil
}
