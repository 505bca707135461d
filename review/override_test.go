package review

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/crypto/ssh"
)

// today is when the tests' overrides are read.
var today = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// Overrides that ssh-keygen signed are read, with an Ed25519 key and an RSA key.
func TestSignaturesOfSSHKeygen(t *testing.T) {
	dir := filepath.Join("testdata", "overrides")
	text, err := os.ReadFile(filepath.Join(dir, "signers"))
	if err != nil {
		t.Fatal(err)
	}
	who, err := ReadSigners("signers", text)
	if err != nil {
		t.Fatal(err)
	}
	valid, problems, err := ReadOverrides(os.DirFS(dir), who, today)
	if err != nil || len(problems) > 0 || len(valid) != 2 {
		t.Fatalf("got %v, %v, %v", valid, problems, err)
	}
	for _, o := range valid {
		if o.URN != databaseURN || o.Approver != "ada@example.com" || !strings.HasPrefix(o.Key, "SHA256:") {
			t.Errorf("got %+v", o)
		}
	}
	if r := Make(sample(t), []string{"dev"}, valid); r.Verdict != Passes {
		t.Errorf("got %s: %v", r.Verdict, r.Stacks[0].Refusals)
	}
}

// key is a key made of a seed, and the line by which it may sign.
func key(t *testing.T, seed byte) (ssh.Signer, string) {
	t.Helper()
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return s, string(ssh.MarshalAuthorizedKey(s.PublicKey()))
}

// sshSign does what ssh-keygen -Y sign does.
func sshSign(t *testing.T, by ssh.Signer, namespace, hash, text string) string {
	t.Helper()
	sum := sha512.Sum512([]byte(text))
	message := append([]byte(preamble), ssh.Marshal(signed{namespace, "", hash, string(sum[:])})...)
	sig, err := by.Sign(nil, message)
	if err != nil {
		t.Fatal(err)
	}
	blob := append([]byte(preamble), ssh.Marshal(envelope{1, string(by.PublicKey().Marshal()), namespace, "", hash, string(ssh.Marshal(sig))})...)
	return armourBegin + "\n" + base64.StdEncoding.EncodeToString(blob) + "\n" + armourEnd + "\n"
}

const goodOverride = `- urn: urn:pulumi:dev::explico::aws:rds/instance:Instance::database
  op: replace
  reason: its snapshot is restored
  approver: ada@example.com
  expires: 2026-12-05
`

// Whatever is wrong with an override, it does not count, and the review says why.
func TestBrokenOverrides(t *testing.T) {
	ada, adaLine := key(t, 1)
	other, _ := key(t, 2)
	late, lateLine := key(t, 3)
	who, err := ReadSigners("signers", []byte("ada@example.com "+adaLine+"\nlate@example.com,ada@example.com valid-before=\"20261101\" "+lateLine+
		"git@example.com namespaces=\"git\" "+string(ssh.MarshalAuthorizedKey(other.PublicKey()))))
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) string { return strings.Replace(goodOverride, old, new, 1) }
	good := sshSign(t, ada, Namespace, "sha512", goodOverride)
	for name, tt := range map[string]struct{ text, signature, want string }{
		"good":               {goodOverride, good, ""},
		"unsigned":           {goodOverride, "", "it is not signed"},
		"changed after":      {goodOverride + "\n", good, "it is of another text"},
		"no signature":       {goodOverride, "ada was here", "it is no signature"},
		"no base64":          {goodOverride, armourBegin + "!" + armourEnd, "it is no signature"},
		"cut off":            {goodOverride, armourBegin + base64.StdEncoding.EncodeToString([]byte(preamble+"\x00\x00")) + armourEnd, "it is no signature"},
		"another purpose":    {goodOverride, sshSign(t, ada, "git", "sha512", goodOverride), `for "git"`},
		"a weak hash":        {goodOverride, sshSign(t, ada, Namespace, "md5", goodOverride), `"md5"`},
		"someone else's key": {goodOverride, sshSign(t, other, Namespace, "sha512", goodOverride), "of nobody who may sign"},
		"an old key":         {goodOverride, sshSign(t, late, Namespace, "sha512", goodOverride), "of nobody who may sign"},
		"another approver":   signedBy(t, ada, with("ada@", "grace@"), "signed by ada@example.com"),
		"expired":            signedBy(t, ada, with("2026-12-05", "2026-11-27"), "it held until 2026-11-27"),
		"for ever":           signedBy(t, ada, with("2026-12-05", "2027-12-05"), "within a month"),
		"no day":             signedBy(t, ada, with("  expires: 2026-12-05\n", ""), "expires: got none"),
		"a bad day":          signedBy(t, ada, with("2026-12-05", "next week"), "want a day"),
		"no reason":          signedBy(t, ada, with("its snapshot is restored", "ok"), "want why"),
		"another operation":  signedBy(t, ada, with("op: replace", "op: update"), "want replace or delete"),
		"no URN":             signedBy(t, ada, with("urn:pulumi", "pulumi"), "want a URN"),
		"an unknown key":     signedBy(t, ada, with("op:", "action:"), "field action not found"),
		"nothing":            signedBy(t, ada, "\n", "it holds no override"),
		"today, the last":    signedBy(t, ada, with("2026-12-05", "2026-11-28"), ""),
	} {
		dir := fstest.MapFS{"o.yaml": {Data: []byte(tt.text)}}
		if tt.signature != "" {
			dir["o.yaml.sig"] = &fstest.MapFile{Data: []byte(tt.signature)}
		}
		valid, problems, err := ReadOverrides(dir, who, today)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(problems, "\n"); (tt.want == "") != (len(problems) == 0) || !strings.Contains(got, tt.want) || len(valid)+len(problems) != 1 {
			t.Errorf("%s: got %v and %q, want %q", name, valid, got, tt.want)
		}
	}
}

func signedBy(t *testing.T, by ssh.Signer, text, want string) struct{ text, signature, want string } {
	t.Helper()
	return struct{ text, signature, want string }{text, sshSign(t, by, Namespace, "sha512", text), want}
}

// A file of signers that could mean more than it says is refused.
func TestBrokenSigners(t *testing.T) {
	_, line := key(t, 1)
	for text, want := range map[string]string{
		"ada@example.com":                                   "got no public key",
		"ada@example.com ssh-ed25519 AAAA":                  "got no public key",
		"* " + line:                                         "want names",
		"ada@example.com cert-authority " + line:            `"cert-authority" is not supported`,
		"ada@example.com valid-before=\"tomorrow\" " + line: "want YYYYMMDD",
	} {
		if _, err := ReadSigners("signers", []byte("\n# a comment\n"+text)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "signers:3") {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if who, err := ReadSigners("signers", []byte("# nobody yet\n")); err != nil || len(who) != 0 {
		t.Errorf("got %v, %v", who, err)
	}
}

// The file that this repository ships is one, and names nobody by accident.
func TestShippedSigners(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "overrides", "signers"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSigners("overrides/signers", text); err != nil {
		t.Error(err)
	}
	if bytes.Contains(text, []byte("-----BEGIN")) {
		t.Error(fmt.Errorf("a private key lies among the signers"))
	}
}
