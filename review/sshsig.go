package review

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Namespace is what signatures of overrides are made for: a signature of
// something else (of a commit, say) is none.
const Namespace = "explico-override"

// Signers are who may sign overrides: the lines of a file in the format of
// ssh-keygen's allowed signers.
type Signers []signer

type signer struct {
	principals []string
	key        ssh.PublicKey
	until      time.Time
}

// ReadSigners reads an allowed-signers file: a line each, of names separated by
// commas, options, and a public key. Source: ssh-keygen(1), ALLOWED SIGNERS, read
// 2026-11. Of its options, namespaces and valid-before are known; a line with
// another one is refused, since to ignore it could let too many sign.
func ReadSigners(file string, text []byte) (Signers, error) {
	var all Signers
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		where := fmt.Sprintf("%s:%d", file, i+1)
		names, rest, _ := strings.Cut(line, " ")
		key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(rest))
		if err != nil {
			return nil, fmt.Errorf("%s: got no public key after %q: %w", where, names, err)
		}
		s := signer{principals: strings.Split(names, ","), key: key}
		ours := true
		for _, option := range options {
			name, value, _ := strings.Cut(option, "=")
			value = strings.Trim(value, `"`)
			switch name {
			case "namespaces":
				ours = false
				for _, n := range strings.Split(value, ",") {
					ours = ours || n == Namespace
				}
			case "valid-before":
				if s.until, err = time.Parse("20060102", strings.TrimSuffix(value, "Z")); err != nil {
					return nil, fmt.Errorf("%s: valid-before: got %q, want YYYYMMDD", where, value)
				}
			default:
				return nil, fmt.Errorf("%s: option %q is not supported", where, name)
			}
		}
		if strings.ContainsAny(names, "*?!") {
			return nil, fmt.Errorf("%s: got the pattern %q, want names: an override says who approves it", where, names)
		}
		if ours {
			all = append(all, s)
		}
	}
	return all, nil
}

// find returns who has a key at a time.
func (s Signers) find(key ssh.PublicKey, now time.Time) (principals []string) {
	for _, each := range s {
		if bytes.Equal(each.key.Marshal(), key.Marshal()) && (each.until.IsZero() || now.Before(each.until)) {
			principals = append(principals, each.principals...)
		}
	}
	return principals
}

const (
	armourBegin = "-----BEGIN SSH SIGNATURE-----"
	armourEnd   = "-----END SSH SIGNATURE-----"
	preamble    = "SSHSIG"
)

// envelope is a signature's blob, and signed what is signed. Source: OpenSSH,
// PROTOCOL.sshsig, read 2026-11.
type envelope struct {
	Version                                  uint32
	PublicKey, Namespace, Reserved, HashName string
	Signature                                string
}

type signed struct{ Namespace, Reserved, HashName, Hash string }

// verify says whose key signed a text with ssh-keygen -Y sign.
func verify(text, armoured []byte) (ssh.PublicKey, error) {
	body := strings.TrimSpace(string(armoured))
	body, ok := strings.CutPrefix(body, armourBegin)
	body, ok2 := strings.CutSuffix(body, armourEnd)
	if !ok || !ok2 {
		return nil, errors.New("it is no signature of ssh-keygen -Y sign")
	}
	blob, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(body), ""))
	if err != nil {
		return nil, fmt.Errorf("it is no signature of ssh-keygen -Y sign: %w", err)
	}
	packed, ok := bytes.CutPrefix(blob, []byte(preamble))
	var e envelope
	if !ok {
		return nil, errors.New("it is no signature of ssh-keygen -Y sign")
	}
	if err := ssh.Unmarshal(packed, &e); err != nil {
		return nil, fmt.Errorf("it is no signature of ssh-keygen -Y sign: %w", err)
	}
	if e.Version != 1 || e.Namespace != Namespace {
		return nil, fmt.Errorf("it is of version %d for %q, want version 1 for %q (ssh-keygen -Y sign -n %s)", e.Version, e.Namespace, Namespace, Namespace)
	}
	var hash []byte
	switch e.HashName {
	case "sha256":
		sum := sha256.Sum256(text)
		hash = sum[:]
	case "sha512":
		sum := sha512.Sum512(text)
		hash = sum[:]
	default:
		return nil, fmt.Errorf("it uses the hash %q, want sha512 or sha256", e.HashName)
	}
	key, err := ssh.ParsePublicKey([]byte(e.PublicKey))
	if err != nil {
		return nil, fmt.Errorf("reading its key: %w", err)
	}
	var sig ssh.Signature
	if err := ssh.Unmarshal([]byte(e.Signature), &sig); err != nil {
		return nil, fmt.Errorf("reading the signature: %w", err)
	}
	if sig.Format == ssh.KeyAlgoRSA {
		return nil, errors.New("it is an RSA signature with SHA-1, which proves nothing")
	}
	message := append([]byte(preamble), ssh.Marshal(signed{e.Namespace, e.Reserved, e.HashName, string(hash)})...)
	if err := key.Verify(message, &sig); err != nil {
		return nil, fmt.Errorf("it is of another text: %w", err)
	}
	return key, nil
}
